/*
 * disks.c - what is on a machine's own disks, as part of its image.
 *
 * Owns: which disks those are, their blocks on the way into an image, and on the way back. Before: volume/disk_copy.c, which gives a disk as it was
 * while it is written; pages.c. After: save.c; service.c, which sees to it that nobody else has the disks while they are written back.
 * Heritage: DDR, which dumped a disk to tape and restored it, and knew of no machine.
 *
 * Its own are the minidisks of its user's directory entry that it may write. What belongs to others, or is only read, is a link in the image
 * and no more. A block that is already what it is to be is not written: that is most of them, and it keeps zeros from taking room on a sparse volume.
 * Simplification: temporary disks are not copied; an image of a machine that has one cannot be restored, as before.
 */
#include <cp/disk_copy.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "snapshot.h"

#define BLOCKS      (DISK_COPY_SECTORS / VOLUME_SECTORS_PER_BLOCK) /* of a piece */
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

/* ---- SAVE --------------------------------------------------------------------------------------------------------- */

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

/* ---- RESTORE ------------------------------------------------------------------------------------------------------ */

/* Blocks that follow each other, until there are enough of them for one transfer. */
struct rewriting {
	struct minidisk *disk;
	uint64_t first; /* block of the disk */
	unsigned blocks;
	uint8_t now[PIECE_BYTES], wanted[PIECE_BYTES];
	uint8_t block[VOLUME_BLOCK], packed[VOLUME_BLOCK];
};

static int piece_flush(struct rewriting *w)
{
	uint64_t sector = w->first * VOLUME_SECTORS_PER_BLOCK;
	uint64_t left = w->disk ? w->disk->extent.sectors - sector : 0;
	uint32_t sectors = w->blocks * VOLUME_SECTORS_PER_BLOCK;
	int rc;

	if (!w->blocks)
		return 0;
	sectors = sectors < left ? sectors : (uint32_t)left;
	w->first += w->blocks;
	w->blocks = 0;
	rc = minidisk_read(w->disk, sector, sectors, w->now);
	if (rc == 0 && memcmp(w->now, w->wanted, (size_t)sectors * SECTOR_SIZE) != 0)
		rc = minidisk_write(w->disk, sector, sectors, w->wanted);
	task_yield();
	return rc;
}

static int block_add(struct rewriting *w)
{
	memcpy(w->wanted + w->blocks * VOLUME_BLOCK, w->block, VOLUME_BLOCK);
	return ++w->blocks == BLOCKS ? piece_flush(w) : 0;
}

/* The records were found good before; the medium may still fail. */
static int blocks_rewrite(struct restore *r, struct rewriting *w)
{
	struct image_pages p;
	int rc = 0;

	if (image_get_pages(&r->in, &p) != IMAGE_MORE ||
	    image_get_page(&r->in, &p, w->block, w->packed) != IMAGE_MORE)
		return CP_IO_ERROR;
	if (be64_get(p.first) == 0) {
		rc = piece_flush(w);
		w->disk = disk_own(device_find(r->vm, (uint16_t)r->in.instance));
		w->first = 0;
	}
	for (uint32_t n = be32_get(p.count); rc == 0 && n > 0; n--)
		rc = w->disk ? block_add(w) : CP_CANNOT;
	return rc;
}

static int all_rewrite(struct restore *r, struct rewriting *w)
{
	int status = image_open(&r->in), rc = 0;

	while (status == IMAGE_MORE && rc == 0) {
		status = image_next(&r->in);
		if (status == IMAGE_MORE && r->in.type == IMAGE_BLOCKS)
			rc = blocks_rewrite(r, w);
	}
	if (rc == 0 && status != IMAGE_DONE)
		rc = CP_IO_ERROR;
	return rc ? rc : piece_flush(w);
}

int disks_rewrite(struct restore *r)
{
	struct rewriting *w = heap_alloc(sizeof(*w));
	int rc = w ? all_rewrite(r, w) : CP_NO_STORAGE;
	struct device *d;

	heap_free(w, sizeof(*w));
	list_for_each(d, &r->vm->devices, list)
		if (rc == 0 && disk_own(d))
			rc = minidisk_flush(disk_own(d));
	return rc;
}
