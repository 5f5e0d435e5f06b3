/*
 * image.c - a file that is to be loaded, as bytes: a reader file, or a run of a minidisk's sectors.
 *
 * Owns: the VM/40 boot record, by which a minidisk says where its file lies. Before: spool/read.c, cp/device/disk.c. After: ipl.c and
 * the loaders.
 * Simplification: a reader file is read forward; going back starts it again.
 */
#include <arch/nested.h>
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "ipl.h"

/* Sector 0 of a minidisk may say where on it the file is, little-endian. Without it the whole disk is the file. */
struct boot_record {
	char magic[8];
	uint32_t first; /* sector */
	uint32_t bytes;
};

static const char magic[8] = {'V', 'M', '4', '0', 'B', 'O', 'O', 'T'};

static int buffer(struct image *i)
{
	i->record = heap_alloc(IMAGE_BUFFER);
	return i->record ? 0 : CP_NO_STORAGE;
}

int image_disk(struct image *i, struct minidisk *m)
{
	struct boot_record b;
	int rc;

	*i = (struct image){.disk = m, .size = m->extent.sectors * SECTOR_SIZE};
	rc = buffer(i);
	if (rc == 0)
		rc = minidisk_read(m, 0, 1, i->record);
	if (rc)
		return rc;
	memcpy(&b, i->record, sizeof(b));
	if (memcmp(b.magic, magic, sizeof(magic)) == 0) {
		i->first = b.first;
		i->size = b.bytes;
	}
	return 0;
}

int image_spool(struct image *i, struct spool_file *f)
{
	*i = (struct image){0};
	spool_open(f, &i->position);
	return buffer(i);
}

void image_close(struct image *i)
{
	heap_free(i->record, IMAGE_BUFFER);
	i->record = NULL;
}

/* ---- reading ------------------------------------------------------------------------- */

static int64_t disk_read(struct image *i, uint64_t offset, uint8_t *buf, size_t n)
{
	uint64_t first = offset / SECTOR_SIZE, skip = offset % SECTOR_SIZE;
	uint64_t count = (skip + n + SECTOR_SIZE - 1) / SECTOR_SIZE;
	int rc;

	if (offset >= i->size)
		return 0;
	if (n > i->size - offset)
		n = (size_t)(i->size - offset);
	if (count > IMAGE_BUFFER / SECTOR_SIZE) {
		count = IMAGE_BUFFER / SECTOR_SIZE;
		n = IMAGE_BUFFER - (size_t)skip;
	}
	rc = minidisk_read(i->disk, i->first + first, (uint32_t)((skip + n + SECTOR_SIZE - 1) / SECTOR_SIZE),
			   i->record);
	if (rc)
		return rc;
	memcpy(buf, i->record + skip, n);
	return (int64_t)n;
}

/* The next records: their length, 0 at the end, < 0. */
static int next_records(struct image *i)
{
	int n = spool_read_bytes(&i->position, i->record, IMAGE_BUFFER);

	i->taken = 0;
	i->length = n > 0 ? (uint32_t)n : 0;
	return n < 0 ? CP_IO_ERROR : n;
}

static void rewind_to_start(struct image *i)
{
	i->position = (struct spool_position){.id = i->position.id};
	i->at = 0;
	i->taken = i->length = 0;
}

/* The rest of the records at hand, or the next ones; buf NULL: passed over. */
static int64_t spool_take(struct image *i, uint8_t *buf, uint64_t n)
{
	uint32_t part;

	if (i->taken == i->length) {
		int rc = next_records(i);

		if (rc <= 0)
			return rc;
	}
	part = i->length - i->taken;
	if (part > n)
		part = (uint32_t)n;
	if (buf)
		memcpy(buf, i->record + i->taken, part);
	i->taken += part;
	i->at += part;
	return part;
}

static int64_t file_read(struct image *i, uint64_t offset, uint8_t *buf, size_t n)
{
	int64_t rc = 1;

	if (offset < i->at)
		rewind_to_start(i);
	while (i->at < offset && rc > 0)
		rc = spool_take(i, NULL, offset - i->at);
	return rc > 0 ? spool_take(i, buf, n) : rc;
}

int64_t image_read(struct image *i, uint64_t offset, void *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		int64_t rc = i->disk ? disk_read(i, offset + done, (uint8_t *)buf + done, n - done)
				     : file_read(i, offset + done, (uint8_t *)buf + done, n - done);

		if (rc < 0)
			return rc;
		if (rc == 0)
			break;
		done += (size_t)rc;
	}
	return (int64_t)done;
}

#define PIECE 16384u

int64_t image_load(struct image *i, uint64_t offset, struct vm *vm, gabs_t to, uint64_t n)
{
	uint8_t *piece = heap_alloc(PIECE);
	uint64_t done = 0;
	int64_t rc = piece ? 1 : CP_NO_STORAGE;

	while (done < n && rc > 0) {
		if (done == 0 || (to + done) % (NESTED_BLOCK * PAGE_SIZE) < PIECE)
			nested_expect(vm, to + done);
		rc = image_read(i, offset + done, piece, n - done < PIECE ? (size_t)(n - done) : PIECE);
		if (rc > 0) {
			int error = guest_write(vm, to + done, piece, (size_t)rc);

			done += (uint64_t)rc;
			rc = error ? (error < 0 ? error : CP_CANNOT) : rc;
		}
	}
	heap_free(piece, PIECE);
	return rc < 0 ? rc : (int64_t)done;
}
