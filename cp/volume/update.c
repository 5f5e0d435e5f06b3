/*
 * update.c - CP changes an entry of the object directory.
 *
 * Owns: the copy of a directory with one entry changed. Before: directory.c. After: DIAGNOSE X'84'; on the host directory/pull.c, which
 * brings the change home to the database.
 * Heritage: DIAGNOSE X'84' of VM/SP (DMKUDU), which changed the entry where it lay.
 * Simplification: the whole directory is copied to the other slot for one entry, and only what does not change the entry's length can be
 * changed. What that buys is the rule that holds for all writers: never change the only copy.
 */
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/sha256.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

#include "directory.h"

/* The copy on its way. */
struct copy {
	struct directory *from;
	struct volume *v;
	unsigned slot;
	const struct object_user *user;
	const uint8_t *entry;      /* the changed one */
	struct object_index index; /* and its index */
	bool newly;                /* it was not changed before */
	int weak;                  /* how many weak passwords more */
	uint32_t crc;
	struct sha256 sha;
};

/* Put what lies at `at` of the slot over the block that begins at `block`, as far as they meet. */
static void overlay(uint8_t *buf, uint64_t block, uint64_t at, const void *bytes, size_t length)
{
	uint64_t from = at > block ? at : block;
	uint64_t end = at + length < block + VOLUME_BLOCK ? at + length : block + VOLUME_BLOCK;

	if (from < end)
		memcpy(buf + (from - block), (const uint8_t *)bytes + (from - at), (size_t)(end - from));
}

/* The sums over what of the block belongs to the directory. */
static void sums_add(struct copy *k, const uint8_t *buf, uint64_t block)
{
	const struct object_directory *d = &k->from->d;
	uint64_t from = d->index_offset > block ? d->index_offset : block;
	uint64_t end = d->length < block + VOLUME_BLOCK ? d->length : block + VOLUME_BLOCK;

	if (from >= end)
		return;
	k->crc = crc32_update(k->crc, buf + (from - block), (size_t)(end - from));
	sha256_update(&k->sha, buf + (from - block), (size_t)(end - from));
}

/* One block of the old slot, with the change in it. */
static int block_make(struct copy *k, uint8_t *buf, uint64_t block)
{
	const struct object_directory *d = &k->from->d;
	size_t n = d->length - block < VOLUME_BLOCK ? (size_t)(d->length - block) : VOLUME_BLOCK;

	memset(buf, 0, VOLUME_BLOCK);
	if (d->source.read(d->source.context, block, buf, n) < 0)
		return CP_IO_ERROR;
	overlay(buf, block, k->user->offset, k->entry, k->user->length);
	overlay(buf, block, d->index_offset + (uint64_t)k->user->number * sizeof(k->index), &k->index,
		sizeof(k->index));
	return 0;
}

static void header_make(struct copy *k, struct object_header *h)
{
	h->generation = be64_make(k->from->d.generation + 1);
	h->data_crc = be32_make(k->crc);
	h->weak = be32_make(k->from->d.weak + (uint32_t)k->weak);
	h->changed = be32_make(k->from->d.changed + k->newly);
	sha256_final(&k->sha, h->identity);
	h->crc = be32_make(crc32_update(0, (const uint8_t *)h + 12, sizeof(*h) - 12));
}

/* All blocks, the first one without its header, which stays in h. */
static int blocks_write(struct copy *k, uint32_t base, struct object_header *h, uint8_t *buf)
{
	uint64_t blocks = (k->from->d.length + VOLUME_BLOCK - 1) / VOLUME_BLOCK;
	int rc = 0;

	for (uint64_t b = 0; rc == 0 && b < blocks; b++) {
		task_yield();
		rc = block_make(k, buf, b * VOLUME_BLOCK);
		if (rc == 0)
			sums_add(k, buf, b * VOLUME_BLOCK);
		if (b == 0) {
			memcpy(h, buf, sizeof(*h));
			memset(buf, 0, sizeof(*h));
		}
		if (rc == 0)
			rc = volume_write(k->v, base + (uint32_t)b, buf);
	}
	return rc;
}

/* Wipe the header, write all the rest, flush, write the header (one sector: it comes whole or not at all), flush. */
static int copy_run(struct copy *k, uint8_t *buf)
{
	enum volume_area_id area = VOLUME_AREA_OBJECT_A + k->slot;
	struct object_header h;
	int rc = directory_wipe(k->v, k->slot);

	if (rc == 0)
		rc = blocks_write(k, k->v->area[area].first, &h, buf);
	if (rc == 0)
		rc = volume_flush(k->v);
	if (rc == 0) {
		header_make(k, &h);
		rc = volume_sector_write(k->v, area, 0, &h);
	}
	return rc == 0 ? volume_flush(k->v) : rc;
}

static void index_make(struct copy *k, bool weak)
{
	const struct object_user *u = k->user;
	uint8_t flags = (uint8_t)(OBJECT_USER_CHANGED | (weak ? OBJECT_USER_WEAK : 0));

	memset(&k->index, 0, sizeof(k->index));
	memcpy(k->index.userid, u->userid, 8);
	k->index.offset = be64_make(u->offset);
	k->index.length = be32_make(u->length);
	k->index.flags = flags;
	k->index.entry_crc = be32_make(crc32_update(0, k->entry, u->length));
	k->index.crc = be32_make(crc32_update(0, (const uint8_t *)&k->index + 4, sizeof(k->index) - 4));
	k->newly = !(u->flags & OBJECT_USER_CHANGED);
	k->weak = (int)weak - !!(u->flags & OBJECT_USER_WEAK);
}

static bool entry_weak(const void *entry, size_t length)
{
	const struct object_record *r;
	struct object_cursor c;
	bool weak = false;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_PASSWORD)
			weak = ((const struct object_password *)r)->secret.flags & SECRET_WEAK;
	return weak;
}

static int write_copy(struct directory *c, const struct object_user *user, const uint8_t *entry)
{
	struct copy k = {
		.from = c, .v = volume_find(NULL), .slot = 1 - c->slot, .user = user, .entry = entry};
	uint8_t *buf = heap_alloc(VOLUME_BLOCK);
	struct directory *new;
	int rc;

	if (!buf)
		return CP_NO_STORAGE;
	index_make(&k, entry_weak(entry, user->length));
	sha256_init(&k.sha);
	rc = c->d.length <= directory_source(k.v, k.slot).size ? copy_run(&k, buf) : CP_CANNOT;
	heap_free(buf, VOLUME_BLOCK);
	if (rc == 0 && directory_open_slot(&new, k.slot) == OBJECT_OK)
		directory_use(new);
	else if (rc == 0)
		rc = CP_IO_ERROR;
	return rc;
}

static int update(struct directory *c, const char *userid, directory_change *change, void *context)
{
	struct object_user user;
	uint8_t *entry;
	int status = directory_find(c, userid, &user), rc;

	if (status != OBJECT_OK)
		return status == OBJECT_MISSING ? 1 : CP_IO_ERROR;
	entry = heap_alloc(user.length);
	if (!entry)
		return CP_NO_STORAGE;
	rc = object_read(&c->d, &user, entry) == OBJECT_OK ? change(context, entry, user.length)
							   : CP_IO_ERROR;
	if (rc == 0 && object_entry_check(&user, entry) != OBJECT_OK)
		rc = CP_CANNOT;
	if (rc == 0)
		rc = write_copy(c, &user, entry);
	heap_free(entry, user.length);
	return rc;
}

int directory_update(const char *userid, directory_change *change, void *context)
{
	struct directory *c;
	int rc;

	if (directory_changing || directory_held())
		return DIRECTORY_BUSY;
	c = directory_hold();
	if (!c)
		return CP_CANNOT;
	directory_changing = true;
	rc = update(c, userid, change, context);
	directory_changing = false;
	directory_drop(c);
	return rc;
}
