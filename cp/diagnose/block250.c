/*
 * block250.c - DIAGNOSE X'250': block I/O in an environment that is begun and ended.
 *
 * Owns: the environment of a minidisk (block size and offset), and its requests. Before: block.c. After: Linux's dasd_diag.
 * Heritage: z/VM's Standardized Block I/O; no forebear in VM/370.
 * Simplification: an asynchronous request is carried out at once and answered as a synchronous one.
 */
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "handlers.h"

#define FUNCTION_BEGIN 0
#define FUNCTION_TRANSFER 1
#define FUNCTION_END 2

#define BLOCK_SIZE 64 /* of the parameter block */
#define ENTRY_SIZE 24
#define COUNT_MAX 256
#define TYPE_READ 1
#define TYPE_WRITE 2

enum outcome {
	DONE = 0, READ_ONLY = 4, PARTLY = 12, NO_DEVICE = 16, BAD_BLOCK_SIZE = 24, ENVIRONMENT = 28, COUNT = 36, LIST = 40,
};

/* Status of one entry. */
enum entry_status { ENTRY_DONE = 0, ENTRY_BLOCK = 1, ENTRY_DATA = 2, ENTRY_READ_ONLY = 3, ENTRY_ADDRESS = 5, ENTRY_TYPE = 11 };

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

	if (m->block_size)
		return ENVIRONMENT;
	if (size != 512 && size != 1024 && size != 2048 && size != 4096)
		return BAD_BLOCK_SIZE;
	m->block_size = size;
	m->block_offset = (int64_t)field_get(block + 32, 8);
	/* Blocks are numbered from 1, shifted by the offset that the guest asked for. */
	field_put(block + 40, 8, 1 - (uint64_t)m->block_offset);
	field_put(block + 48, 8, (uint64_t)block_count(m) - (uint64_t)m->block_offset);
	return m->read_only ? READ_ONLY : DONE;
}

static enum entry_status transfer_one(struct diagnose *d, struct minidisk *m, const uint8_t *entry, uint8_t key, uint8_t *buffer)
{
	uint64_t block = field_get(entry + 8, 8) + (uint64_t)m->block_offset - 1, address = field_get(entry + 16, 8);
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
	uint64_t list = field_get(block + 48, 8);
	uint8_t entry[ENTRY_SIZE];

	if (count < 1 || count > COUNT_MAX)
		return COUNT;
	for (uint32_t i = 0; i < count; i++) {
		if (diagnose_read(d, list + i * ENTRY_SIZE, entry, sizeof(entry)))
			return LIST;
		entry[1] = transfer_one(d, m, entry, block[24] >> 4, buffer);
		failed += entry[1] != ENTRY_DONE;
		if (diagnose_write(d, list + i * ENTRY_SIZE + 1, entry + 1, 1))
			return LIST;
	}
	return failed ? PARTLY : DONE;
}

static enum outcome function(struct diagnose *d, uint8_t *block, uint64_t code)
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
	return result;
}

int diag_block_io(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x), code = diagnose_register(d, d->y);
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
	diagnose_set_condition(d, result <= READ_ONLY ? 0 : result == PARTLY ? 1 : 2);
	return 0;
}
