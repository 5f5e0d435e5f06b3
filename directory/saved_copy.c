/*
 * saved_copy.c - saved machines leave a volume and come onto one.
 *
 * Owns: the way between the area and a host file. Before it: saved.c. After it: `vm40 image`.
 * Heritage: DDR, which moved what was on a disk by way of tape.
 * Simplification: an image is moved as it is: what it says of its machine is not changed.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cp/crc32.h>
#include "arena.h"
#include "saved.h"
#include "volume.h"

/* Open the volume with its area in good order. */
static int area_open(struct store *s, struct saved_area *a, const char *path, enum store_use use, FILE *out)
{
	int status = store_open(s, path, use, out);

	if (status != STORE_DONE)
		return status;
	if (!saved_load(a, s)) {
		store_close(s);
		return STORE_FAILED;
	}
	if (a->state == SAVED_AREA_NONE)
		status = store_say(s, "this volume has no area for saved machines: it was made without one");
	else if (a->state == SAVED_AREA_BAD)
		status = store_say(s, "the catalogue of saved machines is damaged; `vm40 image clear` "
				      "empties the area");
	if (status != STORE_DONE) {
		saved_unload(a);
		store_close(s);
	}
	return status;
}

static void area_close(struct store *s, struct saved_area *a)
{
	saved_unload(a);
	store_close(s);
}

/* ---- listing --------------------------------------------------------------------------------------------------- */

static bool image_tell(const struct saved_area *a, uint32_t n,
		       void (*each)(void *context, const struct volume_image *i), void *context)
{
	const struct disk_saved_entry *e = saved_slot_entry(a->slot, n);
	struct volume_image i = {.kind = saved_kind_name(e->kind),
				 .serial = be64_get(e->serial),
				 .bytes = be64_get(e->bytes),
				 .created = be64_get(e->created),
				 .disks = e->flags & SAVED_DISKS,
				 .restoring = e->flags & SAVED_RESTORING,
				 .damaged = !saved_bytes(a, n, NULL, NULL)};

	saved_name_get(i.owner, e->owner);
	saved_name_get(i.name, e->name);
	each(context, &i);
	return !i.damaged;
}

int volume_images(const char *path, struct volume_images *all,
		  void (*each)(void *context, const struct volume_image *i), void *context, FILE *out)
{
	struct saved_area a;
	struct store s;
	unsigned damaged;
	uint32_t count;
	int status = area_open(&s, &a, path, STORE_READ, out);

	if (status != STORE_DONE)
		return status;
	damaged = a.damaged;
	count = be32_get(saved_header(&a)->count);
	for (uint32_t i = 0; i < count; i++)
		damaged += !image_tell(&a, i, each, context);
	if (all != NULL)
		*all = (struct volume_images){
			be64_get(saved_header(&a)->generation), (uint64_t)a.layout.count * VOLUME_BLOCK,
			(uint64_t)(a.layout.count - a.used_count) * VOLUME_BLOCK, count};
	area_close(&s, &a);
	return damaged > 0 ? STORE_FAILED : STORE_DONE;
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static bool file_put(void *context, const void *bytes, size_t length)
{
	return fwrite(bytes, 1, length, context) == length;
}

/* Nothing of a file stays that is not whole; what is no file is left alone. */
static int image_out(const struct saved_area *a, uint32_t n, const char *file)
{
	FILE *to = fopen(file, "we");
	struct stat st;
	bool good;

	if (to == NULL)
		return store_say(a->store, "cannot make %s: %s", file, strerror(errno));
	if (fstat(fileno(to), &st) != 0)
		st.st_mode = 0;
	good = saved_bytes(a, n, file_put, to);
	if (ferror(to))
		store_say(a->store, "cannot write %s: %s", file, strerror(errno));
	else if (!good)
		store_say(a->store, "the image is damaged: its checksum is wrong");
	if (fclose(to) != 0 && good)
		good = store_say(a->store, "cannot write %s: %s", file, strerror(errno)) == STORE_DONE;
	if (!good && S_ISREG(st.st_mode))
		unlink(file);
	return good ? STORE_DONE : STORE_FAILED;
}

int volume_export_image(const char *path, const char *name, const char *file, FILE *out)
{
	struct saved_area a;
	struct store s;
	int status = area_open(&s, &a, path, STORE_READ, out), n;

	if (status != STORE_DONE)
		return status;
	n = saved_lookup(&a, name);
	status = n < 0 ? STORE_FAILED : image_out(&a, (uint32_t)n, file);
	area_close(&s, &a);
	return status;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

/* An image on its way into the area. */
struct import {
	const struct saved_area *a;
	FILE *from;
	const char *file;
	struct disk_saved_entry entry;
	struct disk_saved_extent *extents; /* malloc'ed */
	uint32_t count;
};

/* What an image tells of itself in its first bytes: cp/snapshot/format.h. */
#define IMAGE_MAGIC  "VM40IMG\n"
#define IMAGE_USERID 24
#define IMAGE_HEAD   64

/* The name that a host file suggests: its own, up to the first dot. */
static void name_suggest(char name[9], const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t n = 0;

	for (const char *c = slash != NULL ? slash + 1 : file; *c && *c != '.' && n < 8; c++)
		name[n++] = *c;
	name[n] = '\0';
}

/* OWNER/NAME, NAME or nothing, over what the image and its file say. */
static int names_take(struct import *m, const uint8_t owner[8], const char *name)
{
	const char *slash = name != NULL ? strchr(name, '/') : NULL;
	char left[9], right[9];

	saved_name_get(left, owner);
	if (slash != NULL)
		snprintf(left, sizeof(left), "%.*s", slash - name <= 8 ? (int)(slash - name) : 0, name);
	name_suggest(right, m->file);
	if (name == NULL)
		name = right;
	if (!saved_name_pad(m->entry.owner, left) ||
	    !saved_name_pad(m->entry.name, slash != NULL ? slash + 1 : name))
		return store_say(m->a->store, "%s: expected NAME or OWNER/NAME, each of at most 8 characters",
				 name);
	return STORE_DONE;
}

static int head_read(struct import *m, const char *name)
{
	uint8_t head[IMAGE_HEAD];
	struct stat st;

	if (fstat(fileno(m->from), &st) != 0 || !S_ISREG(st.st_mode) ||
	    fread(head, 1, sizeof(head), m->from) != sizeof(head) ||
	    memcmp(head, IMAGE_MAGIC, sizeof(IMAGE_MAGIC) - 1) != 0)
		return store_say(m->a->store, "%s is not the image of a machine", m->file);
	rewind(m->from);
	m->entry.bytes = be64_make((uint64_t)st.st_size);
	m->entry.created = be64_make(store_now());
	m->entry.serial = saved_header(m->a)->next_serial;
	if (be64_get(m->entry.serial) == 0)
		m->entry.serial = be64_make(1);
	return names_take(m, head + IMAGE_USERID, name);
}

static uint32_t extent_end(const struct disk_saved_extent *x)
{
	return be32_get(x->first) + be32_get(x->count);
}

static void block_add(struct import *m, uint32_t block)
{
	struct disk_saved_extent *next = &m->extents[m->count];

	if (m->count > 0 && extent_end(next - 1) == block) {
		next[-1].count = be32_make(be32_get(next[-1].count) + 1);
		return;
	}
	*next = (struct disk_saved_extent){be32_make(block), be32_make(1)};
	m->count++;
}

/* Free blocks for all of it, from the front of the area. */
static int room_find(struct import *m)
{
	uint64_t want = saved_blocks(be64_get(m->entry.bytes));
	const struct saved_layout *l = &m->a->layout;

	if (want > l->count - m->a->used_count)
		return store_say(m->a->store,
				 "no room for %s: it needs %llu KiB, %llu KiB are free; nothing was replaced",
				 m->file, (unsigned long long)want * 4,
				 (unsigned long long)(l->count - m->a->used_count) * 4);
	m->extents = storage_grow(NULL, (size_t)(l->count / 2 + 1) * sizeof(*m->extents));
	for (uint32_t i = 0; i < l->count && want > 0; i++) {
		if (!m->a->used[i]) {
			block_add(m, l->first + i);
			want--;
		}
	}
	m->entry.extents = be32_make(m->count);
	return STORE_DONE;
}

/* Fill one run of blocks from the file; the last block ends in zeros. */
static bool run_fill(struct import *m, const struct disk_saved_extent *x, uint64_t *left)
{
	uint32_t crc = be32_get(m->entry.crc);

	for (uint32_t i = 0; i < be32_get(x->count); i++) {
		size_t n = *left < VOLUME_BLOCK ? (size_t)*left : VOLUME_BLOCK;
		uint8_t block[VOLUME_BLOCK] = {0};

		if (fread(block, 1, n, m->from) != n) {
			store_say(m->a->store, "cannot read %s: %s", m->file,
				  ferror(m->from) ? strerror(errno) : "it became shorter");
			return false;
		}
		crc = crc32_update(crc, block, n);
		if (!store_write_block(m->a->store, be32_get(x->first) + i, block))
			return false;
		*left -= n;
	}
	m->entry.crc = be32_make(crc);
	return true;
}

static int image_in(struct import *m, const char *name)
{
	int status = head_read(m, name);
	uint64_t left;

	if (status == STORE_DONE)
		status = room_find(m);
	if (status != STORE_DONE)
		return status;
	left = be64_get(m->entry.bytes);
	for (uint32_t i = 0; i < m->count; i++)
		if (!run_fill(m, &m->extents[i], &left))
			return STORE_FAILED;
	if (!store_flush(m->a->store) || !saved_write(m->a, &m->entry, m->extents))
		return STORE_FAILED;
	return STORE_DONE;
}

int volume_import_image(const char *path, const char *file, const char *name, bool system, uint8_t flags,
			FILE *out)
{
	struct import m = {.file = file,
			   .entry = {.kind = system ? SAVED_SYSTEM : SAVED_MACHINE, .flags = flags}};
	struct saved_area a;
	struct store s;
	int status = area_open(&s, &a, path, STORE_WRITE, out);

	if (status != STORE_DONE)
		return status;
	m.a = &a;
	m.from = fopen(file, "re");
	if (m.from != NULL) {
		status = image_in(&m, name);
		fclose(m.from);
	} else {
		store_say(&s, "cannot open %s: %s", file, strerror(errno));
		status = STORE_CANNOT_OPEN;
	}
	free(m.extents);
	area_close(&s, &a);
	return status;
}

int volume_clear_images(const char *path, FILE *out)
{
	struct saved_area a;
	struct store s;
	int status = store_open(&s, path, STORE_WRITE, out);

	if (status != STORE_DONE)
		return status;
	status = STORE_FAILED;
	if (saved_load(&a, &s)) {
		if (a.state == SAVED_AREA_NONE)
			store_say(&s, "this volume has no area for saved machines");
		else if (saved_clear(&a))
			status = STORE_DONE;
		saved_unload(&a);
	}
	store_close(&s);
	return status;
}
