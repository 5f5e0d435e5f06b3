/*
 * temporary.c - disks that last until LOGOFF: V-DISK in storage, T-DISK in free blocks of the spool area.
 *
 * Owns: where each block of such a disk is, and how much of storage and of the spool area they may take. Before: extent.c, heap.h,
 * spool/area.c. After: MDISK statements with V-DISK or T-DISK, and DEFINE.
 * Heritage: VM/370's T-disks had cylinders of their own (DMKSYS, TDSK); VM/ESA brought disks in storage.
 * Simplification: a block of a T-disk is taken when the disk is made, one of a V-disk when it is written; neither is known after a
 * restart of CP, whose map of the spool area is made from the files alone.
 *
 * What was never written reads as zeros, so that nothing need be cleared and nobody sees what another left behind.
 */
#include <cp/heap.h>
#include <cp/spool.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>
#include <cp/temporary.h>
#include <cp/volume.h>

#define BLOCK_SECTORS VOLUME_SECTORS_PER_BLOCK
#define WRITTEN       0x80000000u /* of a T-disk's block: something stands there */
#define TURN          256         /* blocks until others have theirs */
#define STORAGE_SHARE 4           /* V-disks promise at most a quarter of the frames, */
#define SPOOL_SHARE   2           /* and T-disks leave half of the spool area to files */

struct temporary {
	uint8_t kind;    /* enum object_temporary_kind */
	uint32_t blocks; /* of 4 KiB */
	/* V-disk: number of the frame, 0 none. T-disk: block of the system volume, and WRITTEN. */
	uint32_t place[];
};

static uint64_t promised; /* blocks of all V-disks */

static size_t size_of(uint32_t blocks)
{
	return sizeof(struct temporary) + (size_t)blocks * sizeof(uint32_t);
}

/* ---- room ------------------------------------------------------------------------------------------------------- */

static bool room_for(uint8_t kind, uint32_t blocks)
{
	uint32_t free, all;

	if (kind == OBJECT_TEMPORARY_STORAGE)
		return promised + blocks <= frames_total() / STORAGE_SHARE;
	spool_space(&free, &all);
	return (uint64_t)blocks + all / SPOOL_SHARE <= free;
}

struct temporary *temporary_create(uint8_t kind, uint64_t sectors)
{
	uint32_t blocks = (uint32_t)((sectors + BLOCK_SECTORS - 1) / BLOCK_SECTORS);
	struct temporary *t;

	if (sectors == 0 || sectors > OBJECT_TEMPORARY_MAX || !room_for(kind, blocks))
		return NULL;
	t = heap_alloc(size_of(blocks));
	if (!t)
		return NULL;
	t->kind = kind;
	t->blocks = blocks;
	if (kind == OBJECT_TEMPORARY_STORAGE) {
		promised += blocks;
		return t;
	}
	for (uint32_t n = 0; n < blocks; n++) {
		t->place[n] = spool_block_take();
		if (!t->place[n]) { /* somebody was faster while others had their turn */
			temporary_destroy(t);
			return NULL;
		}
		if (n % TURN == TURN - 1)
			task_yield();
	}
	return t;
}

void temporary_destroy(struct temporary *t)
{
	if (!t)
		return;
	for (uint32_t n = 0; n < t->blocks; n++) {
		if (t->kind != OBJECT_TEMPORARY_STORAGE)
			spool_block_release(t->place[n] & ~WRITTEN);
		else if (t->place[n])
			frame_free((frame_t)t->place[n] * PAGE_SIZE);
		if (n % TURN == TURN - 1)
			task_yield();
	}
	if (t->kind == OBJECT_TEMPORARY_STORAGE)
		promised -= t->blocks;
	heap_free(t, size_of(t->blocks));
}

const char *temporary_name(const struct temporary *t)
{
	return t->kind == OBJECT_TEMPORARY_STORAGE ? "(VDSK)" : "(TEMP)";
}

/* ---- a block --------------------------------------------------------------------------------------------------------- */

static char *frame_of(uint32_t place)
{
	return (char *)(uintptr_t)((frame_t)place * PAGE_SIZE);
}

/* Part of a block of a T-disk; `page` is a block's room to work in. */
static int spool_part_read(uint32_t place, uint32_t at, uint32_t bytes, char *buf, char *page)
{
	int rc;

	if (!(place & WRITTEN)) {
		memset(buf, 0, bytes);
		return 0;
	}
	rc = volume_read(volume_find(NULL), place & ~WRITTEN, 1, page);
	memcpy(buf, page + at, bytes);
	return rc;
}

static int spool_part_write(uint32_t *place, uint32_t at, uint32_t bytes, const char *buf, char *page)
{
	int rc = 0;

	memset(page, 0, PAGE_SIZE);
	if (*place & WRITTEN && bytes < PAGE_SIZE)
		rc = volume_read(volume_find(NULL), *place & ~WRITTEN, 1, page);
	memcpy(page + at, buf, bytes);
	if (rc == 0)
		rc = volume_write(volume_find(NULL), *place & ~WRITTEN, page);
	if (rc == 0)
		*place |= WRITTEN;
	return rc;
}

static int part_read(const struct temporary *t, uint32_t n, uint32_t at, uint32_t bytes, char *buf,
		     char *page)
{
	if (t->kind != OBJECT_TEMPORARY_STORAGE)
		return spool_part_read(t->place[n], at, bytes, buf, page);
	if (t->place[n])
		memcpy(buf, frame_of(t->place[n]) + at, bytes);
	else
		memset(buf, 0, bytes);
	return 0;
}

static int part_write(struct temporary *t, uint32_t n, uint32_t at, uint32_t bytes, const char *buf,
		      char *page)
{
	if (t->kind != OBJECT_TEMPORARY_STORAGE)
		return spool_part_write(&t->place[n], at, bytes, buf, page);
	if (!t->place[n])
		t->place[n] = (uint32_t)(frame_alloc() / PAGE_SIZE);
	if (!t->place[n])
		return CP_NO_STORAGE;
	memcpy(frame_of(t->place[n]) + at, buf, bytes);
	return 0;
}

/* ---- sectors --------------------------------------------------------------------------------------------------------- */

/* How much of `count` sectors lies in the block of the first. */
static uint32_t piece(uint64_t sector, uint32_t count)
{
	uint32_t left = BLOCK_SECTORS - (uint32_t)(sector % BLOCK_SECTORS);

	return count < left ? count : left;
}

int temporary_read(const struct temporary *t, uint64_t sector, uint32_t count, void *buf)
{
	char *to = buf, *page = heap_alloc(PAGE_SIZE);
	int rc = page ? 0 : CP_NO_STORAGE;

	for (uint32_t n; count && rc == 0; count -= n, sector += n, to += (size_t)n * SECTOR_SIZE) {
		n = piece(sector, count);
		rc = part_read(t, (uint32_t)(sector / BLOCK_SECTORS),
			       (uint32_t)(sector % BLOCK_SECTORS) * SECTOR_SIZE, n * SECTOR_SIZE, to, page);
	}
	heap_free(page, PAGE_SIZE);
	return rc;
}

int temporary_write(struct temporary *t, uint64_t sector, uint32_t count, const void *buf)
{
	const char *from = buf;
	char *page = heap_alloc(PAGE_SIZE);
	int rc = page ? 0 : CP_NO_STORAGE;

	for (uint32_t n; count && rc == 0; count -= n, sector += n, from += (size_t)n * SECTOR_SIZE) {
		n = piece(sector, count);
		rc = part_write(t, (uint32_t)(sector / BLOCK_SECTORS),
				(uint32_t)(sector % BLOCK_SECTORS) * SECTOR_SIZE, n * SECTOR_SIZE, from,
				page);
	}
	heap_free(page, PAGE_SIZE);
	return rc;
}
