/*
 * disk_copy.c - copy on write for minidisks: one that is written is read as it was.
 *
 * Owns: the copies under way, and what is kept for them. Before: extent.c, through which all writes go. After: snapshot/disks.c.
 * Heritage: none in VM/370, where DDR wanted the disk for itself; FlashCopy and the snapshots of volume managers.
 *
 * A copy is read front to back. Somebody who writes behind its place is not held up. Before he writes ahead of it the piece that he
 * is to change is read and kept, once, and given back when the copy has come there. What is kept is bounded: when there is
 * no more room, the writer waits until the copy has passed him, which it does without anybody's help.
 * Simplification: one channel for all who wait; they look again from the start, for the copy that they waited for may be no more.
 */
#include <cp/disk_copy.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

#define PIECE_BYTES (DISK_COPY_SECTORS * SECTOR_SIZE)
#define KEPT_MAX    32u /* pieces of all copies: a megabyte */

struct kept {
	struct list list;
	uint32_t piece;
	bool filled;
	int result;
	uint8_t bytes[PIECE_BYTES];
};

static struct list copies = LIST_INIT(copies);
static unsigned kept_count;

/* Sectors of a piece; 0 beyond the disk. */
static uint32_t piece_sectors(const struct disk_copy *c, uint32_t piece)
{
	uint64_t first = (uint64_t)piece * DISK_COPY_SECTORS;
	uint64_t left = first < c->extent.sectors ? c->extent.sectors - first : 0;

	return left < DISK_COPY_SECTORS ? (uint32_t)left : DISK_COPY_SECTORS;
}

static int piece_read(const struct disk_copy *c, uint32_t piece, void *buf)
{
	return extent_read(&c->extent, (uint64_t)piece * DISK_COPY_SECTORS, piece_sectors(c, piece), buf);
}

static struct kept *kept_find(const struct disk_copy *c, uint32_t piece)
{
	struct kept *k;

	list_for_each(k, &c->kept, list)
		if (k->piece == piece)
			return k;
	return NULL;
}

static void kept_drop(struct kept *k)
{
	while (!k->filled)
		task_sleep(&copies);
	list_remove(&k->list);
	heap_free(k, sizeof(*k));
	kept_count--;
	task_wake(&copies);
}

/* ---- who copies --------------------------------------------------------------------------------------------------- */

void disk_copy_begin(struct disk_copy *c, const struct extent *e)
{
	*c = (struct disk_copy){.extent = *e};
	list_init(&c->kept);
	list_append(&copies, &c->all);
}

int disk_copy_read(struct disk_copy *c, void *buf)
{
	uint32_t count = piece_sectors(c, c->next);
	struct kept *k = kept_find(c, c->next);
	int rc;

	if (!count)
		return 0;
	if (k) {
		while (!k->filled)
			task_sleep(&copies);
		memcpy(buf, k->bytes, (size_t)count * SECTOR_SIZE);
		rc = k->result;
		kept_drop(k);
	} else {
		c->reading = true;
		rc = piece_read(c, c->next, buf);
		c->reading = false;
	}
	c->next++;
	task_wake(&copies);
	return rc < 0 ? CP_IO_ERROR : (int)count;
}

void disk_copy_end(struct disk_copy *c)
{
	c->next = UINT32_MAX; /* nobody need keep anything any more */
	task_wake(&copies);
	while (!list_empty(&c->kept))
		kept_drop(container_of(c->kept.next, struct kept, list));
	list_remove(&c->all);
}

/* ---- who writes --------------------------------------------------------------------------------------------------- */

/* The first piece among the `count` sectors from `sector` of the volume that must be kept for c and is not, or UINT32_MAX. */
static uint32_t piece_exposed(const struct disk_copy *c, uint64_t sector, uint32_t count)
{
	uint64_t start = c->extent.start, end = start + c->extent.sectors;
	uint64_t first = sector > start ? sector - start : 0, last;

	if (sector >= end || sector + count <= start)
		return UINT32_MAX;
	last = (sector + count < end ? sector + count : end) - start - 1;
	for (uint64_t p = first / DISK_COPY_SECTORS; p <= last / DISK_COPY_SECTORS; p++) {
		const struct kept *k = kept_find(c, (uint32_t)p);

		if (p >= c->next && !(k && k->filled))
			return (uint32_t)p;
	}
	return UINT32_MAX;
}

/* Read it before it is written; or wait, if somebody does already or there is no room, until something has happened. */
static void piece_keep(struct disk_copy *c, uint32_t piece)
{
	bool busy = kept_find(c, piece) || (c->reading && piece == c->next) || kept_count == KEPT_MAX;
	struct kept *k = busy ? NULL : heap_alloc(sizeof(*k));

	if (!k) {
		task_sleep(&copies);
		return;
	}
	k->piece = piece;
	list_append(&c->kept, &k->list);
	kept_count++;
	k->result = piece_read(c, piece, k->bytes);
	k->filled = true;
	task_wake(&copies);
}

/* A copy for which a piece must be kept first, or NULL. */
static struct disk_copy *exposed(const struct extent *e, uint64_t sector, uint32_t count, uint32_t *piece)
{
	struct disk_copy *c;

	list_for_each(c, &copies, all) {
		*piece = c->extent.volume == e->volume ? piece_exposed(c, e->start + sector, count)
						       : UINT32_MAX;
		if (*piece != UINT32_MAX)
			return c;
	}
	return NULL;
}

void disk_copies_keep(const struct extent *e, uint64_t sector, uint32_t count)
{
	struct disk_copy *c;
	uint32_t piece;

	while ((c = exposed(e, sector, count, &piece)) != NULL)
		piece_keep(c, piece);
}
