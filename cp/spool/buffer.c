/*
 * buffer.c - a spool file in use, and where its blocks lie.
 *
 * Owns: struct spool_buffer and the map from a block's sequence to its place: 72 numbers in the file's sector, then
 * indirect blocks of 1020. Before: area.c. After: write.c, read.c, start.c.
 * Heritage: SPLINK, which chained a file's pages; a map finds block n without reading the n - 1 before it.
 * Simplification: one indirect block is in storage at a time.
 */
#include "spool.h"
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>

struct spool_buffer *spool_buffer_create(struct spool_file *f)
{
	struct spool_buffer *b = heap_alloc(sizeof(*b));

	if (!b)
		return NULL;
	b->block = heap_alloc(sizeof(*b->block));
	if (!b->block) {
		heap_free(b, sizeof(*b));
		return NULL;
	}
	list_init(&b->recent);
	b->file = f;
	b->sequence = NO_BLOCK;
	b->indirect_number = NO_BLOCK;
	return b;
}

void spool_buffer_destroy(struct spool_buffer *b)
{
	if (!b)
		return;
	list_remove(&b->recent);
	heap_free(b->block, sizeof(*b->block));
	heap_free(b->ahead, SPOOL_AHEAD * sizeof(*b->ahead));
	heap_free(b->indirect, sizeof(*b->indirect));
	heap_free(b, sizeof(*b));
}

/* ---- indirect blocks -------------------------------------------------------------------------------------------- */

static uint32_t indirect_crc(const struct disk_spool_indirect *i)
{
	return crc32_update(0, (const uint8_t *)i + 8, sizeof(*i) - 8);
}

static bool indirect_room(struct spool_buffer *b)
{
	if (!b->indirect)
		b->indirect = heap_alloc(sizeof(*b->indirect));
	return b->indirect != NULL;
}

int spool_map_write(struct spool_buffer *b)
{
	int result;

	if (!b->indirect_changed)
		return 0;
	memcpy(b->indirect->magic, DISK_SPOOL_INDIRECT_MAGIC, sizeof(b->indirect->magic));
	b->indirect->serial = b->entry.serial;
	b->indirect->crc = be32_make(indirect_crc(b->indirect));
	result = volume_write(spool.volume, be32_get(b->entry.indirect[b->indirect_number]), b->indirect);
	if (result == 0)
		b->indirect_changed = false;
	return result;
}

/* Does the number come from inside the spool area? The file's sector is no more to be trusted than the rest. */
static bool block_inside(uint32_t block)
{
	const struct volume_run *r = &spool.volume->area[VOLUME_AREA_SPOOL_DATA];

	return block >= r->first && block - r->first < r->count;
}

static int indirect_read(struct spool_buffer *b, uint32_t number)
{
	uint32_t at = be32_get(b->entry.indirect[number]);
	int result;

	if (b->indirect_number == number)
		return 0;
	result = spool_map_write(b);
	if (result < 0)
		return result;
	if (!block_inside(at))
		return CP_CANNOT;
	if (!indirect_room(b))
		return CP_NO_STORAGE;
	b->indirect_number = NO_BLOCK;
	if (volume_read(spool.volume, at, 1, b->indirect) < 0)
		return CP_IO_ERROR;
	if (memcmp(b->indirect->magic, DISK_SPOOL_INDIRECT_MAGIC, sizeof(b->indirect->magic)) != 0 ||
	    indirect_crc(b->indirect) != be32_get(b->indirect->crc) ||
	    be64_get(b->indirect->serial) != be64_get(b->entry.serial))
		return CP_CANNOT;
	b->indirect_number = number;
	return 0;
}

/* ---- the map ---------------------------------------------------------------------------------------------------- */

int spool_map_get(struct spool_buffer *b, uint32_t sequence, uint32_t *block)
{
	uint32_t n = sequence - DISK_SPOOL_DIRECT;
	int result;

	if (sequence < DISK_SPOOL_DIRECT) {
		*block = be32_get(b->entry.direct[sequence]);
	} else if (sequence < DISK_SPOOL_BLOCKS_MAX) {
		result = indirect_read(b, n / DISK_SPOOL_PER_INDIRECT);
		if (result < 0)
			return result;
		*block = be32_get(b->indirect->block[n % DISK_SPOOL_PER_INDIRECT]);
	} else {
		return CP_CANNOT;
	}
	return block_inside(*block) ? 0 : CP_CANNOT;
}

/* The first block beyond an indirect block's reach needs the next indirect block. */
int spool_map_prepare(struct spool_buffer *b, uint32_t sequence)
{
	uint32_t number = (sequence - DISK_SPOOL_DIRECT) / DISK_SPOOL_PER_INDIRECT, at;
	int result;

	if (sequence < DISK_SPOOL_DIRECT)
		return 0;
	if (sequence >= DISK_SPOOL_BLOCKS_MAX)
		return CP_CANNOT;
	if (be32_get(b->entry.indirect[number]) != 0)
		return indirect_read(b, number);
	result = spool_map_write(b);
	if (result < 0)
		return result;
	if (!indirect_room(b))
		return CP_NO_STORAGE;
	at = spool_block_take();
	if (!at)
		return CP_CANNOT;
	memset(b->indirect, 0, sizeof(*b->indirect));
	b->entry.indirect[number] = be32_make(at);
	b->indirect_number = number;
	b->indirect_changed = true;
	return 0;
}

void spool_map_set(struct spool_buffer *b, uint32_t sequence, uint32_t block)
{
	if (sequence < DISK_SPOOL_DIRECT) {
		b->entry.direct[sequence] = be32_make(block);
		return;
	}
	b->indirect->block[(sequence - DISK_SPOOL_DIRECT) % DISK_SPOOL_PER_INDIRECT] = be32_make(block);
	b->indirect_changed = true;
}

/* One more than the data blocks call for may have been prepared for a file being written. */
static uint32_t indirect_count(const struct spool_buffer *b)
{
	uint32_t n = 0;

	while (n < DISK_SPOOL_INDIRECT && be32_get(b->entry.indirect[n]) != 0)
		n++;
	return n;
}

uint32_t spool_map_count(const struct spool_buffer *b)
{
	return indirect_count(b) + be32_get(b->entry.blocks);
}

uint32_t spool_map_walk(struct spool_buffer *b, uint32_t limit, bool (*visit)(uint32_t block))
{
	uint32_t indirect = indirect_count(b), all = spool_map_count(b), block;

	for (uint32_t n = 0; n < all && n < limit; n++) {
		if (n < indirect)
			block = be32_get(b->entry.indirect[n]);
		else if (spool_map_get(b, n - indirect, &block) < 0)
			return n;
		if (!visit(block))
			return n;
	}
	return all < limit ? all : limit;
}
