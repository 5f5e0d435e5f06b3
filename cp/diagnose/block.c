/*
 * block.c - DIAGNOSE X'A4': synchronous block I/O on a minidisk.
 *
 * Owns: the X'A4' parameter list, checked to the byte. Before: device/disk.c. After: CMS-lite's file system; block250.c, the same in
 * another shape. Heritage: DMKDGD, DMKGIO.
 * Simplification: runs of adjacent blocks are moved together through one CP buffer of up to 32 KiB.
 */
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "handlers.h"

#define LIST_SIZE   88
#define ENTRY_SIZE  8
#define COUNT_MAX   500
#define TYPE_WRITE  1
#define TYPE_READ   2
#define BUFFER_SIZE 32768u

/* What the parameter list says. */
struct request {
	struct device *device;
	struct minidisk *disk;
	uint8_t key; /* 0-15 */
	bool write;
	uint32_t block_size, sectors; /* of a block, in bytes and in sectors */
	uint64_t list;
	uint32_t count, done;
};

struct entry {
	uint32_t block;
	uint64_t address;
};

enum outcome {
	DONE = 0,
	NO_DEVICE = 2,
	BUSY = 5,
	BLOCK_SIZE = 8,
	LIST = 10,
	COUNT = 11,
	BUFFER = 12,
	IO_ERROR = 13
};

static unsigned condition_of(enum outcome code)
{
	switch (code) {
	case DONE:
		return 0;
	case NO_DEVICE:
	case BUSY:
		return 1;
	case IO_ERROR:
		return 3;
	default:
		return 2;
	}
}

static int entries_read(struct diagnose *d, const struct request *r, struct entry *e, uint32_t n)
{
	uint8_t bytes[ENTRY_SIZE];

	for (uint32_t i = 0; i < n; i++) {
		int rc = diagnose_read(d, r->list + (uint64_t)(r->done + i) * ENTRY_SIZE, bytes,
				       sizeof(bytes));

		if (rc)
			return rc;
		e[i].block = (uint32_t)field_get(bytes, 4);
		e[i].address = field_get(bytes + 4, 4);
	}
	return 0;
}

/* How many of n entries name blocks that follow each other. */
static uint32_t run_length(const struct entry *e, uint32_t n)
{
	uint32_t length = 1;

	while (length < n && e[length].block == e[length - 1].block + 1)
		length++;
	return length;
}

static bool buffer_allowed(struct diagnose *d, const struct request *r, uint64_t address)
{
	uint64_t size = d->v->vm->storage.size;

	if (address >= size || r->block_size > size - address)
		return false;
	return diagnose_key_allows(d->v->vm, diagnose_absolute(d, address), r->block_size, r->key, !r->write);
}

/* Move the n blocks between CP's buffer and the guest's. */
static enum outcome move(struct diagnose *d, const struct request *r, const struct entry *e, uint32_t n,
			 uint8_t *buffer)
{
	for (uint32_t i = 0; i < n; i++) {
		uint8_t *piece = buffer + i * r->block_size;
		int rc;

		if (!buffer_allowed(d, r, e[i].address))
			return BUFFER;
		rc = r->write ? diagnose_read(d, e[i].address, piece, r->block_size)
			      : diagnose_write(d, e[i].address, piece, r->block_size);
		if (rc)
			return BUFFER;
	}
	return DONE;
}

static enum outcome move_run(struct diagnose *d, const struct request *r, const struct entry *e, uint32_t n,
			     uint8_t *buffer)
{
	uint64_t sector = (uint64_t)e[0].block * r->sectors;
	enum outcome code;

	if (!r->write) {
		if (minidisk_read(r->disk, sector, n * r->sectors, buffer) < 0)
			return IO_ERROR;
		return move(d, r, e, n, buffer);
	}
	code = move(d, r, e, n, buffer);
	if (code == DONE && minidisk_write(r->disk, sector, n * r->sectors, buffer) < 0)
		return IO_ERROR;
	return code;
}

/* A run that fails is tried again block by block, so that `done` is exact. */
static enum outcome transfer(struct diagnose *d, struct request *r, uint8_t *buffer)
{
	uint32_t most = BUFFER_SIZE / r->block_size, n;
	struct entry e[BUFFER_SIZE / SECTOR_SIZE];
	bool single = false;
	enum outcome code;

	while (r->done < r->count) {
		n = r->count - r->done < most ? r->count - r->done : most;
		if (entries_read(d, r, e, n))
			return LIST;
		n = single ? 1 : run_length(e, n);
		code = move_run(d, r, e, n, buffer);
		if (code == IO_ERROR && n > 1) {
			single = true;
			continue;
		}
		if (code != DONE)
			return code;
		r->done += n;
	}
	return DONE;
}

static enum outcome run(struct diagnose *d, struct request *r)
{
	enum outcome code;
	uint8_t *buffer;
	size_t size;

	if (!r->disk)
		return NO_DEVICE;
	if (r->device->active)
		return BUSY;
	if (!r->sectors)
		return BLOCK_SIZE;
	if (r->count < 1 || r->count > COUNT_MAX)
		return COUNT;
	size = r->count < BUFFER_SIZE / r->block_size ? r->count * r->block_size : BUFFER_SIZE;
	buffer = heap_alloc(size);
	if (!buffer)
		return IO_ERROR;
	device_hold(r->device);
	code = transfer(d, r, buffer);
	device_release(r->device);
	heap_free(buffer, size);
	return code;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	while (n--)
		if (*p++)
			return false;
	return true;
}

/* 0, or a program interruption. */
static int parse(struct diagnose *d, const uint8_t *list, struct request *r)
{
	uint32_t size = (uint32_t)field_get(list + 4, 4);

	r->device = device_find(d->v->vm, (uint16_t)field_get(list, 2));
	r->disk = minidisk_of(r->device);
	r->key = list[2] >> 4;
	r->write = list[3] == TYPE_WRITE;
	r->block_size = size;
	r->sectors = size == 512 || size == 1024 || size == 2048 || size == 4096 ? size / SECTOR_SIZE : 0;
	r->list = field_get(list + 8, 4);
	r->count = (uint32_t)field_get(list + 12, 4);
	r->done = 0;
	if ((list[2] & 0x0f) || (list[3] != TYPE_WRITE && list[3] != TYPE_READ) || r->list % 8)
		return DIAG_OPERAND;
	return all_zero(list + 25, 5) && all_zero(list + 32, 24) ? 0 : DIAG_OPERAND;
}

/* Fields that CP fills in: 16 to 24, 30 and 31, 56 to 87. */
static void answer(uint8_t *list, const struct request *r, enum outcome code)
{
	bool error = code == IO_ERROR;

	field_put(list + 16, 4, r->done);
	list[20] = code == DONE || error ? STATUS_ENDED | (error ? STATUS_UNIT_CHECK : 0) : 0;
	list[21] = 0;
	field_put(list + 22, 2, 0);
	list[24] = 0x80;
	field_put(list + 30, 2, error ? 2 : 0);
	memset(list + 56, 0, 32);
	if (!error)
		return;
	if (r->write && r->disk->read_only) {
		list[56] = SENSE_COMMAND_REJECT;
		list[57] = 0x02; /* write inhibited */
	} else {
		list[56] = SENSE_COMMAND_REJECT;
	}
}

int diag_synchronous_block_io(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	uint8_t list[LIST_SIZE];
	enum outcome code;
	struct request r;
	int rc;

	if (address % 4)
		return DIAG_SPECIFICATION;
	rc = diagnose_read(d, address, list, sizeof(list));
	if (rc == 0)
		rc = parse(d, list, &r);
	if (rc)
		return rc;
	code = run(d, &r);
	answer(list, &r, code);
	rc = diagnose_write(d, address, list, sizeof(list));
	if (rc)
		return rc;
	diagnose_set_register(d, d->result, code);
	diagnose_set_condition(d, condition_of(code));
	return 0;
}
