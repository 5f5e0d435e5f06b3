/*
 * block250.c - DIAGNOSE X'250': block I/O in an environment that is begun and ended.
 *
 * Owns: the environment of a minidisk (block size and offset), and its requests, in the 31-bit and in the 64-bit format. Before: block.c.
 * After: Linux's dasd_diag. Source: Linux, drivers/s390/block/dasd_diag.h. Heritage: z/VM's Standardized Block I/O; no forebear in VM/370.
 * Simplification: an asynchronous request, too, is carried out while its virtual CPU stands in DIAGNOSE; only its end is told later, by an
 * external interruption, as a channel program's is.
 */
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "handlers.h"

#define FUNCTION_BEGIN    0
#define FUNCTION_TRANSFER 1
#define FUNCTION_END      2

#define BLOCK_SIZE        64 /* of the parameter block */
#define ENTRY_MAX         24
#define COUNT_MAX         256
#define TYPE_WRITE        1
#define TYPE_READ         2
#define FLAG_WIDE         0x80 /* byte 2: the 64-bit format */
#define FLAG_ASYNCHRONOUS 0x02 /* byte 25 */
#define END_FAILED        1    /* in the interruption: not every entry went well */

/* Where a format has the fields that differ; addresses and block numbers are `size` bytes long. */
static const struct layout {
	uint8_t size, offset, first, last; /* begin */
	uint8_t parameter, list;           /* transfer */
	uint8_t entry, number, address;    /* each entry of its list */
} narrow = {4, 28, 32, 36, 40, 36, 16, 4, 12}, wide = {8, 32, 40, 48, 40, 48, 24, 8, 16};

static const struct layout *layout_of(const uint8_t *block)
{
	return block[2] & FLAG_WIDE ? &wide : &narrow;
}

enum outcome {
	DONE = 0,
	READ_ONLY = 4,
	STARTED = 8,
	PARTLY = 12,
	NO_DEVICE = 16,
	BAD_BLOCK_SIZE = 24,
	ENVIRONMENT = 28,
	COUNT = 36,
	LIST = 40,
};

/* Status of one entry. */
enum entry_status {
	ENTRY_DONE = 0,
	ENTRY_BLOCK = 1,
	ENTRY_DATA = 2,
	ENTRY_READ_ONLY = 3,
	ENTRY_ADDRESS = 5,
	ENTRY_TYPE = 11
};

static int32_t sectors_per_block(const struct minidisk *m)
{
	return (int32_t)(m->block_size / SECTOR_SIZE);
}

static int64_t block_count(const struct minidisk *m)
{
	return (int64_t)(m->extent.sectors / (uint64_t)sectors_per_block(m));
}

static enum outcome begin(struct minidisk *m, uint8_t *block)
{
	uint32_t size = (uint32_t)field_get(block + 24, 4);
	const struct layout *l = layout_of(block);

	if (m->block_size)
		return ENVIRONMENT;
	if (size != 512 && size != 1024 && size != 2048 && size != 4096)
		return BAD_BLOCK_SIZE;
	m->block_size = size;
	m->block_offset = (int64_t)field_get(block + l->offset, l->size);
	/* Blocks are numbered from 1, shifted by the offset that the guest asked for. */
	field_put(block + l->first, l->size, 1 - (uint64_t)m->block_offset);
	field_put(block + l->last, l->size, (uint64_t)block_count(m) - (uint64_t)m->block_offset);
	return m->read_only ? READ_ONLY : DONE;
}

static enum entry_status transfer_one(struct diagnose *d, struct minidisk *m, const struct layout *l,
				      const uint8_t *entry, uint8_t key, uint8_t *buffer)
{
	uint64_t block = field_get(entry + l->number, l->size) + (uint64_t)m->block_offset - 1;
	uint64_t address = field_get(entry + l->address, l->size);
	uint32_t n = (uint32_t)sectors_per_block(m);
	uint64_t size = d->v->vm->storage.size;
	bool write = entry[0] == TYPE_WRITE;

	if (entry[0] != TYPE_READ && !write)
		return ENTRY_TYPE;
	if (block >= (uint64_t)block_count(m))
		return ENTRY_BLOCK;
	if (write && m->read_only)
		return ENTRY_READ_ONLY;
	if (address >= size || m->block_size > size - address ||
	    !diagnose_key_allows(d->v->vm, diagnose_absolute(d, address), m->block_size, key, !write))
		return ENTRY_ADDRESS;
	if (write) {
		if (diagnose_read(d, address, buffer, m->block_size))
			return ENTRY_ADDRESS;
		return minidisk_write(m, block * n, n, buffer) < 0 ? ENTRY_DATA : ENTRY_DONE;
	}
	if (minidisk_read(m, block * n, n, buffer) < 0)
		return ENTRY_DATA;
	return diagnose_write(d, address, buffer, m->block_size) ? ENTRY_ADDRESS : ENTRY_DONE;
}

static enum outcome transfer(struct diagnose *d, struct minidisk *m, const uint8_t *block, uint8_t *buffer)
{
	uint32_t count = (uint32_t)field_get(block + 28, 4), failed = 0;
	const struct layout *l = layout_of(block);
	uint64_t list = field_get(block + l->list, l->size);
	uint8_t entry[ENTRY_MAX];

	if (count < 1 || count > COUNT_MAX)
		return COUNT;
	for (uint32_t i = 0; i < count; i++) {
		if (diagnose_read(d, list + i * l->entry, entry, l->entry))
			return LIST;
		entry[1] = transfer_one(d, m, l, entry, block[24] >> 4, buffer);
		failed += entry[1] != ENTRY_DONE;
		if (diagnose_write(d, list + i * l->entry + 1, entry + 1, 1))
			return LIST;
	}
	return failed ? PARTLY : DONE;
}

/* The end of an asynchronous request. If the guest has left too many of them untaken, it is told at once. */
static enum outcome end_later(struct diagnose *d, const uint8_t *block, enum outcome result)
{
	const struct layout *l = layout_of(block);
	uint8_t status = result == PARTLY ? END_FAILED : 0;

	if ((result != DONE && result != PARTLY) || !(block[25] & FLAG_ASYNCHRONOUS))
		return result;
	return diagnose_block_end(d, status, field_get(block + l->parameter, l->size), l == &wide) ? STARTED
												   : result;
}

static enum outcome function(struct diagnose *d, uint8_t *block, uint32_t code)
{
	struct device *device = device_find(d->v->vm, (uint16_t)field_get(block, 2));
	struct minidisk *m = minidisk_of(device);
	enum outcome result;
	uint8_t *buffer;

	if (!m)
		return NO_DEVICE;
	if (code == FUNCTION_BEGIN)
		return begin(m, block);
	if (!m->block_size)
		return ENVIRONMENT;
	if (code == FUNCTION_END) {
		m->block_size = 0;
		return DONE;
	}
	buffer = heap_alloc(m->block_size);
	if (!buffer)
		return NO_DEVICE;
	device_hold(device);
	result = transfer(d, m, block, buffer);
	heap_free(buffer, m->block_size);
	device_release(device);
	return end_later(d, block, result);
}

int diag_block_io(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	uint32_t code =
		(uint32_t)diagnose_register(d, d->y); /* a word: Linux leaves anything in the left half */
	uint8_t block[BLOCK_SIZE];
	enum outcome result;
	int rc;

	if (address % 8 || code > FUNCTION_END)
		return DIAG_SPECIFICATION;
	rc = diagnose_read(d, address, block, sizeof(block));
	if (rc)
		return rc;
	result = function(d, block, code);
	rc = diagnose_write(d, address, block, sizeof(block));
	if (rc)
		return rc;
	diagnose_set_register(d, d->x + 1, result);
	diagnose_set_condition(d, result <= STARTED ? 0 : result == PARTLY ? 1 : 2);
	return 0;
}
