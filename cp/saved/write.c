/*
 * write.c - making an image.
 *
 * Owns: an image from its creation to its commit. Before: room.c, catalogue.c. After: whoever saves a machine or a system.
 * Heritage: SAVESYS (DMKCFG), which wrote over the old system as it went.
 * Simplification: an image that is not committed when CP stops has never been: nothing is kept of it.
 *
 * Bytes go into free blocks only, so there is nothing to undo but to give them back.
 */
#include "saved.h"
#include <cp/arch.h>
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

struct saved_writer {
	struct saved_image *image; /* as it will be */
	uint8_t *buf;
	uint32_t used;
	int result; /* of the first call that failed */
};

static void name_take(char to[9], const char *from)
{
	uint8_t padded[8];

	saved_name_pad(padded, from);
	saved_name_get(to, padded);
}

void saved_abandon(struct saved_writer *w)
{
	if (!w)
		return;
	if (w->image)
		saved_image_destroy(w->image);
	heap_free(w->buf, SAVED_BUFFER);
	heap_free(w, sizeof(*w));
}

static struct saved_image *image_create(void)
{
	struct saved_image *i = heap_alloc(sizeof(*i));

	if (!i)
		return NULL;
	list_init(&i->all);
	i->room = saved_room_create(0);
	if (i->room)
		return i;
	heap_free(i, sizeof(*i));
	return NULL;
}

static struct saved_writer *writer_create(void)
{
	struct saved_writer *w = heap_alloc(sizeof(*w));

	if (!w)
		return NULL;
	w->image = image_create();
	w->buf = heap_alloc(SAVED_BUFFER);
	if (w->image && w->buf)
		return w;
	saved_abandon(w);
	return NULL;
}

int saved_create(struct saved_writer **w, enum saved_kind kind, const char *owner, const char *name,
		 uint64_t expected)
{
	uint8_t padded[8];

	*w = NULL;
	if (saved.refusal)
		return saved.refusal;
	if (!saved_name_pad(padded, owner) || !saved_name_pad(padded, name))
		return CP_CANNOT;
	if (saved_blocks(expected) > saved.blocks.free)
		return SAVED_FULL;
	*w = writer_create();
	if (!*w)
		return CP_NO_STORAGE;
	(*w)->image->kind = kind;
	name_take((*w)->image->owner, owner);
	name_take((*w)->image->name, name);
	return 0;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

/* So many more blocks for what is in the buffer. */
static int room_grow(struct saved_room *r, uint32_t blocks)
{
	int result = 0;

	for (uint32_t i = 0; i < blocks && result == 0; i++)
		result = saved_room_grow(r);
	return result;
}

static int runs_write(const struct saved_room *r, uint32_t from, const uint8_t *bytes)
{
	int result = 0;

	while (from < r->blocks && result == 0) {
		struct volume_run run = saved_room_find(r, from);

		result = block_write(saved.volume->disk, (uint64_t)run.first * VOLUME_SECTORS_PER_BLOCK,
				     run.count * VOLUME_SECTORS_PER_BLOCK, bytes);
		from += run.count;
		bytes += run.count * VOLUME_BLOCK;
	}
	return result;
}

/* Write out the buffer; its last block is filled with zeros. */
static int buffer_write(struct saved_writer *w)
{
	struct saved_room *r = w->image->room;
	uint32_t blocks = (uint32_t)saved_blocks(w->used), from = r->blocks;
	int result = room_grow(r, blocks);

	if (result < 0)
		return result;
	memset(w->buf + w->used, 0, blocks * VOLUME_BLOCK - w->used);
	w->used = 0;
	return saved_io(runs_write(r, from, w->buf));
}

/* Up to a block's worth into the buffer. */
static size_t buffer_put(struct saved_writer *w, const uint8_t *bytes, size_t n)
{
	size_t room = SAVED_BUFFER - w->used;

	n = n < room ? n : room;
	n = n < VOLUME_BLOCK ? n : VOLUME_BLOCK;
	memcpy(w->buf + w->used, bytes, n);
	w->image->crc = crc32_update(w->image->crc, bytes, n);
	w->image->bytes += n;
	w->used += (uint32_t)n;
	return n;
}

int saved_append(struct saved_writer *w, const void *bytes, size_t n)
{
	const uint8_t *from = bytes;

	while (n > 0 && w->result == 0) {
		size_t taken = buffer_put(w, from, n);

		from += taken;
		n -= taken;
		if (w->used == SAVED_BUFFER)
			w->result = buffer_write(w);
		if (n > 0)
			task_yield();
	}
	return w->result;
}

void saved_with_disks(struct saved_writer *w)
{
	w->image->flags = SAVED_DISKS;
}

uint64_t saved_written(const struct saved_writer *w)
{
	return w->image->bytes;
}

/* ---- commit ------------------------------------------------------------------------------------------------------ */

static struct saved_image *same_name(const struct saved_image *image)
{
	struct saved_image *i;

	list_for_each(i, &saved.images, all) {
		if (saved_image_compare(i, image) == 0)
			return i;
	}
	return NULL;
}

/* serial 0: it has not been there yet. */
static int publish(struct saved_image *image)
{
	struct saved_image *before;
	int result;

	saved_lock();
	if (!image->serial) {
		image->serial = saved.next_serial++;
		image->created = arch_clock();
		image->blocks = image->room->blocks;
	}
	before = same_name(image);
	result = before && before->restoring ? SAVED_BUSY : saved_catalogue_write(image, before);
	saved_unlock();
	return result;
}

int saved_commit(struct saved_writer *w)
{
	int result = w->result;

	if (result == 0 && w->used > 0)
		result = buffer_write(w);
	if (result == 0)
		result = publish(w->image);
	if (result == 0)
		w->image = NULL; /* it belongs to the catalogue now */
	saved_abandon(w);
	return result;
}

/* ---- and taken back ---------------------------------------------------------------------------------------------- */

struct saved_image *saved_keep(const struct saved_image *i)
{
	struct saved_image *kept = heap_alloc(sizeof(*kept));

	if (!kept)
		return NULL;
	*kept = *i;
	list_init(&kept->all);
	kept->room->users++;
	return kept;
}

void saved_keep_no_longer(struct saved_image *kept)
{
	list_remove(&kept->all);
	saved_image_destroy(kept);
}

int saved_put_back(struct saved_image *kept)
{
	int result;

	list_remove(&kept->all);
	result = publish(kept);
	if (result < 0)
		saved_image_destroy(kept);
	return result;
}
