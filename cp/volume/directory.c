/*
 * directory.c - CP's side of the object directory.
 *
 * Owns: which of the two slots counts at IPL, and who holds it. Before: mount.c; object.c, which checks every byte. After: lookup.c;
 * swap.c and update.c, which replace it while CP runs.
 * Heritage: DMKCPI's look for the active directory.
 *
 * A slot that is neither empty nor good stops the start, even when the other one is good: nobody could say whether
 * the damaged one was the newer, and an older directory brings back users and passwords that were taken away.
 */
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

#include "directory.h"

struct directory *directory_current;
bool directory_changing;

/* ---- bytes --------------------------------------------------------------------------------------------------- */

/* A slot as a source of bytes: context is its volume_run, in the system volume's area table. */
static int slot_read(void *context, uint64_t offset, void *buf, size_t length)
{
	const struct volume_run *slot = context;
	struct block_device *disk = volume_find(NULL)->disk;
	uint64_t sector = (uint64_t)slot->first * VOLUME_SECTORS_PER_BLOCK + offset / SECTOR_SIZE;
	uint32_t skip = offset % SECTOR_SIZE;
	size_t around = (skip + length + SECTOR_SIZE - 1) / SECTOR_SIZE * SECTOR_SIZE;
	uint8_t *whole;
	int result;

	task_yield();         /* between two pieces of a checksum others may run */
	if (around == length) /* whole sectors go straight to their place */
		return block_read(disk, sector, length / SECTOR_SIZE, buf);
	whole = heap_alloc_dirty(around);
	if (!whole)
		return CP_NO_STORAGE;
	result = block_read(disk, sector, around / SECTOR_SIZE, whole);
	memcpy(buf, whole + skip, length);
	heap_free(whole, around);
	return result;
}

struct object_source directory_source(struct volume *v, unsigned slot)
{
	struct volume_run *run = &v->area[VOLUME_AREA_OBJECT_A + slot];

	return (struct object_source){
		.read = slot_read, .context = run, .size = (uint64_t)run->count * VOLUME_BLOCK};
}

int directory_wipe(struct volume *v, unsigned slot)
{
	void *nothing = heap_alloc(VOLUME_BLOCK);
	int rc = nothing ? 0 : CP_NO_STORAGE;

	if (rc == 0) {
		memset(nothing, 0, VOLUME_BLOCK);
		rc = volume_write(v, v->area[VOLUME_AREA_OBJECT_A + slot].first, nothing);
	}
	if (rc == 0)
		rc = volume_flush(v);
	heap_free(nothing, VOLUME_BLOCK);
	return rc;
}

/* ---- opening a slot ------------------------------------------------------------------------------------------- */

/* Was the header wiped by a writer? Then the slot is empty; anything else without a magic is damage. */
static bool slot_wiped(const struct object_source *s)
{
	struct object_header h;

	if (s->size < sizeof(h))
		return true;
	if (s->read(s->context, 0, &h, sizeof(h)) < 0)
		return false;
	for (size_t i = 0; i < sizeof(h); i++) {
		if (((const uint8_t *)&h)[i])
			return false;
	}
	return true;
}

/* The checksum over everything, once: a look-up then meets damage only if the disk fails later. */
static int slot_verify(const struct object_directory *d)
{
	void *buf = heap_alloc(PAGE_SIZE);
	int status;

	if (!buf)
		return OBJECT_READ_ERROR;
	status = object_verify(d, buf, PAGE_SIZE);
	heap_free(buf, PAGE_SIZE);
	return status;
}

static int thumbs_make(struct directory *c)
{
	struct object_user user;
	int status = OBJECT_OK;

	c->thumb_count = (c->d.count + THUMB_STEP - 1) / THUMB_STEP;
	c->thumbs = c->thumb_count ? heap_alloc(c->thumb_count * sizeof(*c->thumbs)) : NULL;
	if (c->thumb_count && !c->thumbs)
		return OBJECT_READ_ERROR;
	for (uint32_t i = 0; i < c->thumb_count && status == OBJECT_OK; i++) {
		status = object_at(&c->d, i * THUMB_STEP, &user);
		memcpy(c->thumbs[i], user.userid, 8);
	}
	return status;
}

static void directory_free(struct directory *c)
{
	for (unsigned n = 0; n < ENTRIES_KEPT; n++)
		heap_free(c->kept[n].entry, c->kept[n].length);
	heap_free(c->thumbs, c->thumb_count * sizeof(*c->thumbs));
	heap_free(c, sizeof(*c));
}

int directory_open_slot(struct directory **made, unsigned slot)
{
	struct volume *v = volume_find(NULL);
	struct object_source source = directory_source(v, slot);
	struct directory *c;
	int status;

	if (source.size == 0)
		return OBJECT_EMPTY;
	c = heap_alloc(sizeof(*c));
	if (!c)
		return OBJECT_READ_ERROR;
	*c = (struct directory){.slot = slot, .users = 1};
	status = object_open(&c->d, &source);
	if (status == OBJECT_EMPTY && !slot_wiped(&source))
		status = OBJECT_DAMAGED;
	if (status == OBJECT_OK)
		status = slot_verify(&c->d);
	if (status == OBJECT_OK)
		status = thumbs_make(c);
	if (status == OBJECT_OK)
		*made = c;
	else
		directory_free(c);
	return status;
}

/* ---- the one in use ---------------------------------------------------------------------------------------------- */

struct directory *directory_hold(void)
{
	if (directory_current)
		directory_current->users++;
	return directory_current;
}

void directory_drop(struct directory *c)
{
	if (c && --c->users == 0)
		directory_free(c);
}

void directory_use(struct directory *c)
{
	struct directory *old = directory_current;

	directory_current = c;
	directory_drop(old);
}

/* A slot at IPL; what is wrong with it is said. */
static int slot_start(struct directory **c, struct volume *v, unsigned slot)
{
	int status = directory_open_slot(c, slot);

	if (status != OBJECT_OK && status != OBJECT_EMPTY)
		log_line("VOLUME %s DIRECTORY SLOT %c AT BLOCK %u: %s", v->label, 'A' + slot,
			 v->area[VOLUME_AREA_OBJECT_A + slot].first, object_status_text(status));
	return status;
}

int directory_init(void)
{
	struct volume *v = volume_find(NULL);
	struct directory *slot[2] = {NULL, NULL};
	int status[2];
	bool good;
	unsigned newest;

	directory_use(NULL);
	if (!v)
		return CP_CANNOT;
	for (unsigned i = 0; i < 2; i++)
		status[i] = slot_start(&slot[i], v, i);
	if (status[0] == OBJECT_EMPTY && status[1] == OBJECT_EMPTY)
		log_line("VOLUME %s HAS NO OBJECT DIRECTORY: WRITE ONE WITH  vm40 direct", v->label);
	good = (slot[0] || slot[1]) && (slot[0] || status[0] == OBJECT_EMPTY) &&
	       (slot[1] || status[1] == OBJECT_EMPTY);
	newest = !slot[0] || (slot[1] && slot[1]->d.generation > slot[0]->d.generation);
	if (good) {
		directory_use(slot[newest]);
		slot[newest] = NULL;
	}
	directory_drop(slot[0]);
	directory_drop(slot[1]);
	return good ? 0 : CP_CANNOT;
}

uint64_t directory_generation(void)
{
	return directory_current ? directory_current->d.generation : 0;
}

uint32_t directory_count(void)
{
	return directory_current ? directory_current->d.count : 0;
}

uint32_t directory_weak(void)
{
	return directory_current ? directory_current->d.weak : 0;
}
