/*
 * disks.c - what is on a machine's own disks, as part of its image.
 *
 * Owns: which disks those are, and their blocks on the way into an image. Before: volume/disk_copy.c, which gives a disk as it was while it is
 * written; pages.c. After: save.c; rewrite.c, for the way back.
 * Heritage: DDR, which dumped a disk to tape and restored it, and knew of no machine.
 *
 * Its own are the minidisks of its user's directory entry that it may write. What belongs to others, or is only read, is a link in the image
 * and no more.
 * Simplification: temporary disks are not copied.
 */
#include <cp/disk_copy.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "snapshot.h"

#define PIECE_BYTES (DISK_COPY_SECTORS * SECTOR_SIZE)

struct minidisk *disk_own(struct device *d)
{
	struct minidisk *m = minidisk_of(d);

	return m && !m->read_only && !m->extent.temporary && strcmp(m->owner, d->vm->userid) == 0 ? m : NULL;
}

bool disk_shared(const struct vm *ours, const struct minidisk *m, bool writers, char *text)
{
	char who[16];

	if (!link_elsewhere(ours, &m->extent, writers, who, sizeof(who)))
		return false;
	format(text, DISK_SHARED_MAX, "%s %04X is %s by %s", m->owner, m->owner_vdev,
	       writers ? "R/W" : "linked", who);
	return true;
}

struct taken {
	struct list list;
	uint16_t vdev;
	struct disk_copy copy;
};

/* What a machine that does not stand still writes at the same time would be in the copy in part. */
static int disk_take(struct capture *c, struct device *d, const struct minidisk *m)
{
	struct taken *t;

	if (disk_shared(d->vm, m, true, c->shared))
		return CP_CANNOT;
	t = heap_alloc(sizeof(*t));
	if (!t)
		return CP_NO_STORAGE;
	t->vdev = d->vdev;
	disk_copy_begin(&t->copy, &m->extent);
	list_append(&c->disks, &t->list);
	return 0;
}

int disks_take(struct vm *vm, struct capture *c)
{
	struct device *d;
	int rc = 0;

	list_for_each(d, &vm->devices, list)
		if (rc == 0 && disk_own(d))
			rc = disk_take(c, d, disk_own(d));
	return rc;
}

/* Blocks from `first` on, of which the last `zeros` before them are zeros that no record names yet. */
static uint32_t piece_save(struct image_writer *w, uint32_t disk, uint64_t first, unsigned blocks,
			   const uint8_t *bytes, uint32_t zeros, struct image_packing *packing)
{
	for (unsigned n = 0; n < blocks; n++, bytes += VOLUME_BLOCK) {
		if (image_zeros(bytes)) {
			zeros++;
			continue;
		}
		image_put_zero_blocks(w, disk, first + n - zeros, zeros);
		zeros = 0;
		image_put_block(w, disk, first + n, bytes, packing);
	}
	return zeros;
}

static int disk_save(struct image_writer *w, struct taken *t, uint8_t *piece, struct image_packing *packing)
{
	uint64_t first = 0;
	uint32_t zeros = 0;
	int sectors = 0;

	while (w->result >= 0 && (sectors = disk_copy_read(&t->copy, piece)) > 0) {
		unsigned blocks =
			((unsigned)sectors + VOLUME_SECTORS_PER_BLOCK - 1) / VOLUME_SECTORS_PER_BLOCK;

		memset(piece + (unsigned)sectors * SECTOR_SIZE, 0,
		       blocks * VOLUME_BLOCK - (unsigned)sectors * SECTOR_SIZE);
		zeros = piece_save(w, t->vdev, first, blocks, piece, zeros, packing);
		first += blocks;
		task_yield();
	}
	image_put_zero_blocks(w, t->vdev, first - zeros, zeros);
	return sectors < 0 ? sectors : w->result < 0 ? w->result : 0;
}

int disks_save(struct capture *c, struct image_packing *packing)
{
	uint8_t *piece = heap_alloc(PIECE_BYTES);
	int rc = piece ? 0 : CP_NO_STORAGE;
	struct taken *t;

	list_for_each(t, &c->disks, list)
		if (rc == 0)
			rc = disk_save(&c->w, t, piece, packing);
	heap_free(piece, PIECE_BYTES);
	return rc;
}

void disks_forget(struct capture *c)
{
	struct taken *t, *next;

	list_for_each_safe(t, next, &c->disks, list) {
		disk_copy_end(&t->copy);
		list_remove(&t->list);
		heap_free(t, sizeof(*t));
	}
}
