/*
 * read.c - reading an image.
 *
 * Owns: a reader's place and the comparison of the checksum. Before: room.c, image.c. After: RESTORE, IPL of a named system.
 * Heritage: DMKCFG's load of a named system.
 * Simplification: a reader has a buffer of its own; two readers of one image read it twice.
 */
#include "saved.h"
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

#define NOTHING UINT32_MAX

struct saved_reader {
	struct saved_room *room;
	uint64_t bytes, offset;
	uint32_t crc, crc_wanted;
	bool whole;     /* read from byte 0 without a jump: the checksum means something */
	uint32_t first; /* the image's block that the buffer begins with; NOTHING */
	uint32_t count; /* blocks in it */
	uint8_t *buf;
};

int saved_open(struct saved_reader **r, const struct saved_image *i)
{
	struct saved_reader *n = heap_alloc(sizeof(*n));

	*r = NULL;
	if (!n)
		return CP_NO_STORAGE;
	n->buf = heap_alloc(SAVED_BUFFER);
	if (!n->buf) {
		heap_free(n, sizeof(*n));
		return CP_NO_STORAGE;
	}
	n->room = i->room;
	n->room->users++;
	n->bytes = i->bytes;
	n->crc_wanted = i->crc;
	n->whole = true;
	n->first = NOTHING;
	*r = n;
	return 0;
}

void saved_close(struct saved_reader *r)
{
	if (!r)
		return;
	saved_room_drop(r->room);
	heap_free(r->buf, SAVED_BUFFER);
	heap_free(r, sizeof(*r));
}

uint64_t saved_length(const struct saved_reader *r)
{
	return r->bytes;
}

int saved_seek(struct saved_reader *r, uint64_t offset)
{
	if (offset > r->bytes)
		return CP_CANNOT;
	r->offset = offset;
	r->whole = offset == 0;
	r->crc = 0;
	return 0;
}

/* The buffer holds this block of the image, and what follows it on the volume. */
static int buffer_read(struct saved_reader *r, uint32_t block)
{
	struct volume_run run = saved_room_find(r->room, block);
	uint32_t count = run.count < SAVED_BUFFER_BLOCKS ? run.count : SAVED_BUFFER_BLOCKS;

	if (r->first != NOTHING && block >= r->first && block - r->first < r->count)
		return 0;
	r->first = NOTHING;
	if (block_read(saved.volume->disk, (uint64_t)run.first * VOLUME_SECTORS_PER_BLOCK,
		       count * VOLUME_SECTORS_PER_BLOCK, r->buf) < 0)
		return CP_IO_ERROR;
	r->first = block;
	r->count = count;
	return 0;
}

/* Bytes up to the end of the block at the reader's place: how many, or < 0. */
static int piece_read(struct saved_reader *r, uint8_t *to, size_t n)
{
	uint32_t block = (uint32_t)(r->offset / VOLUME_BLOCK), at = (uint32_t)(r->offset % VOLUME_BLOCK);
	int result = buffer_read(r, block);

	if (result < 0)
		return result;
	n = n < VOLUME_BLOCK - at ? n : VOLUME_BLOCK - at;
	memcpy(to, r->buf + (size_t)(block - r->first) * VOLUME_BLOCK + at, n);
	r->crc = crc32_update(r->crc, to, n);
	r->offset += n;
	return (int)n;
}

int saved_read(struct saved_reader *r, void *buf, size_t n)
{
	uint64_t left = r->bytes - r->offset;
	size_t done = 0;

	n = n < left ? n : (size_t)left;
	while (done < n) {
		int result = piece_read(r, (uint8_t *)buf + done, n - done);

		if (result < 0)
			return result;
		done += (size_t)result;
		if (done < n)
			task_yield();
	}
	if (r->whole && r->offset == r->bytes && r->crc != r->crc_wanted)
		return SAVED_DAMAGED;
	return (int)n;
}
