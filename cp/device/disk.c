/*
 * disk.c - the virtual 9336 and 3370: fixed-block disks that are minidisks.
 *
 * Owns: the fixed-block commands (DEFINE EXTENT, LOCATE, READ, WRITE, READ IPL, READ DEVICE CHARACTERISTICS) and the bounds of a
 * minidisk. Before: volume/ (extents). After: the channel, DIAGNOSE block I/O, IPL.
 * Heritage: DMKVIO, DMKCCW, which translated whole channel programs; here each operation is carried out on its own.
 * Simplification: blocks are 512 bytes; replication of READ and the CE area do not exist.
 */
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include <cp/vm.h>
#include "classes.h"

#define COMMAND_READ_IPL             0x02
#define COMMAND_WRITE                0x41
#define COMMAND_READ                 0x42
#define COMMAND_LOCATE               0x43
#define COMMAND_DEFINE_EXTENT        0x63
#define COMMAND_READ_CHARACTERISTICS 0x64
#define COMMAND_READ_LOG             0xa4

/* DEFINE EXTENT, byte 0: bits 0-1 say what may be written. */
#define EXTENT_SIZE       16
#define EXTENT_PERMISSION 0xc0
#define EXTENT_NO_WRITE   0x40
#define EXTENT_RESERVED   0x33

/* LOCATE, byte 0. */
#define LOCATE_SIZE        8
#define LOCATE_WRITE       1
#define LOCATE_WRITE_CHECK 5
#define LOCATE_READ        6

/* minidisk.defined */
#define DEFINED_READ  1
#define DEFINED_WRITE 2

/* Sense byte 1. */
#define SENSE1_FILE_PROTECTED  0x04
#define SENSE1_WRITE_INHIBITED 0x02

#define ZEROS_SIZE 8192

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_word(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (24 - 8 * i));
}

struct minidisk *minidisk_of(struct device *d)
{
	return d && (d->class == &class_disk_9336 || d->class == &class_disk_3370) ? d->private : NULL;
}

static bool inside(const struct minidisk *m, uint64_t sector, uint64_t count)
{
	return sector <= m->extent.sectors && count <= m->extent.sectors - sector;
}

int minidisk_read(struct minidisk *m, uint64_t sector, uint32_t count, void *buf)
{
	if (!inside(m, sector, count))
		return CP_CANNOT;
	return extent_read(&m->extent, sector, count, buf) < 0 ? CP_IO_ERROR : 0;
}

int minidisk_write(struct minidisk *m, uint64_t sector, uint32_t count, const void *buf)
{
	if (m->read_only || !inside(m, sector, count))
		return CP_CANNOT;
	return extent_write(&m->extent, sector, count, buf) < 0 ? CP_IO_ERROR : 0;
}

int minidisk_flush(struct minidisk *m)
{
	return extent_flush(&m->extent) < 0 ? CP_IO_ERROR : 0;
}

/* ---- channel operations -------------------------------------------------- */

static int reject(struct device *d, struct operation *o, uint8_t sense1)
{
	d->sense[1] |= sense1;
	return device_check(d, o, SENSE_COMMAND_REJECT);
}

static int done(struct operation *o, uint32_t bytes)
{
	o->done = bytes;
	o->status = STATUS_ENDED;
	return DEVICE_DONE;
}

static int define_extent(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	const uint8_t *p = o->data;
	uint32_t location, first, last, size;

	if (o->count < EXTENT_SIZE || m->defined || (p[0] & EXTENT_RESERVED) || p[1])
		return reject(d, o, 0);
	size = (uint32_t)p[2] << 8 | p[3];
	location = word(p + 4);
	first = word(p + 8);
	last = word(p + 12);
	if ((size && size != SECTOR_SIZE) || last < first)
		return reject(d, o, 0);
	if (!inside(m, location, (uint64_t)last - first + 1))
		return reject(d, o, SENSE1_FILE_PROTECTED);
	m->defined = (p[0] & EXTENT_PERMISSION) == EXTENT_NO_WRITE ? DEFINED_READ : DEFINED_WRITE;
	m->extent_first = location;
	m->extent_base = first;
	m->extent_last = last;
	o->more = false;
	return done(o, EXTENT_SIZE);
}

static int locate(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	const uint8_t *p = o->data;
	uint32_t count, block;

	m->operation = 0;
	if (o->count < LOCATE_SIZE || !m->defined)
		return reject(d, o, 0);
	count = (uint32_t)p[2] << 8 | p[3];
	block = word(p + 4);
	if (!count || block < m->extent_base || block > m->extent_last || count - 1 > m->extent_last - block)
		return reject(d, o, SENSE1_FILE_PROTECTED);
	switch (p[0] & 0x0f) {
	case LOCATE_READ:
		break;
	case LOCATE_WRITE:
	case LOCATE_WRITE_CHECK:
		if (m->read_only || m->defined == DEFINED_READ)
			return reject(d, o, SENSE1_WRITE_INHIBITED);
		break;
	default:
		return reject(d, o, 0);
	}
	m->operation = p[0] & 0x0f;
	m->next = m->extent_first + (block - m->extent_base);
	m->left = count;
	return done(o, LOCATE_SIZE);
}

/* Read whole blocks into data, the last one partly if the count ends inside it. */
static int read_blocks(struct minidisk *m, uint32_t block, uint8_t *data, uint32_t bytes)
{
	uint32_t whole = bytes / SECTOR_SIZE, rest = bytes % SECTOR_SIZE;
	uint8_t last[SECTOR_SIZE];
	int error = whole ? minidisk_read(m, block, whole, data) : 0;

	if (error || !rest)
		return error;
	error = minidisk_read(m, block + whole, 1, last);
	memcpy(data + whole * SECTOR_SIZE, last, rest);
	return error;
}

static int read(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	uint64_t most = (uint64_t)m->left * SECTOR_SIZE;
	uint32_t bytes = o->count < most ? o->count : (uint32_t)most;

	if (m->operation != LOCATE_READ)
		return reject(d, o, 0);
	m->operation = 0;
	if (read_blocks(m, m->next, o->data, bytes) < 0)
		return device_check(d, o, SENSE_EQUIPMENT_CHECK);
	o->more = o->count < most;
	return done(o, bytes);
}

/* The rest of what LOCATE named is filled with zeros when the data ends early. */
static int write_zeros(struct minidisk *m, uint32_t block, uint32_t count)
{
	void *zeros = heap_alloc(ZEROS_SIZE);
	int error = zeros ? 0 : CP_NO_STORAGE;

	while (count && !error) {
		uint32_t n = count < ZEROS_SIZE / SECTOR_SIZE ? count : ZEROS_SIZE / SECTOR_SIZE;

		error = minidisk_write(m, block, n, zeros);
		block += n;
		count -= n;
	}
	heap_free(zeros, ZEROS_SIZE);
	return error;
}

static int write_blocks(struct minidisk *m, const uint8_t *data, uint32_t bytes)
{
	uint32_t whole = bytes / SECTOR_SIZE, rest = bytes % SECTOR_SIZE;
	uint8_t last[SECTOR_SIZE] = {0};
	int error = whole ? minidisk_write(m, m->next, whole, data) : 0;

	if (rest && !error) {
		memcpy(last, data + whole * SECTOR_SIZE, rest);
		error = minidisk_write(m, m->next + whole, 1, last);
		whole++;
	}
	return error ? error : write_zeros(m, m->next + whole, m->left - whole);
}

static int write(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	uint64_t most = (uint64_t)m->left * SECTOR_SIZE;
	uint32_t bytes = o->count < most ? o->count : (uint32_t)most;

	if (m->operation != LOCATE_WRITE && m->operation != LOCATE_WRITE_CHECK)
		return reject(d, o, 0);
	m->operation = 0;
	if (write_blocks(m, o->data, bytes) < 0)
		return device_check(d, o, SENSE_EQUIPMENT_CHECK);
	o->more = o->count < most;
	return done(o, bytes);
}

/* Block 0, and the whole disk as extent for what follows: an IPL chain cannot define its own. */
static int read_ipl(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	uint32_t bytes = o->count < SECTOR_SIZE ? o->count : SECTOR_SIZE;

	m->defined = DEFINED_READ;
	m->extent_first = m->extent_base = 0;
	m->extent_last = (uint32_t)m->extent.sectors - 1;
	m->operation = 0;
	if (read_blocks(m, 0, o->data, bytes) < 0)
		return device_check(d, o, SENSE_EQUIPMENT_CHECK);
	o->more = o->count < SECTOR_SIZE;
	return done(o, bytes);
}

static int read_characteristics(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;
	uint8_t c[32] = {
		0x30, /* data chaining and overrun allowed */
		0x08, /* moving head */
		0x21, /* fixed-block disk */
		d->class == &class_disk_3370 ? 0x02 : 0x11,
		SECTOR_SIZE >> 8,
		SECTOR_SIZE & 0xff,
	};

	put_word(c + 6, 111);  /* blocks of a cyclical group, */
	put_word(c + 10, 777); /* and of an access position: the 9336's */
	put_word(c + 14, (uint32_t)m->extent.sectors);
	o->done = o->count < sizeof(c) ? o->count : (uint32_t)sizeof(c);
	o->more = o->count < sizeof(c);
	memcpy(o->data, c, o->done);
	o->status = STATUS_ENDED;
	return DEVICE_DONE;
}

static int disk_exec(struct device *d, struct operation *o)
{
	struct minidisk *m = d->private;

	if (o->first)
		m->defined = m->operation = 0;
	switch (o->command) {
	case COMMAND_READ_IPL:
		return read_ipl(d, o);
	case COMMAND_DEFINE_EXTENT:
		return define_extent(d, o);
	case COMMAND_LOCATE:
		return locate(d, o);
	case COMMAND_READ:
		return read(d, o);
	case COMMAND_WRITE:
		return write(d, o);
	case COMMAND_READ_CHARACTERISTICS:
		return read_characteristics(d, o);
	case COMMAND_READ_LOG: /* 24 bytes of counters that are all zero */
		o->done = o->count < 24 ? o->count : 24;
		memset(o->data, 0, o->done);
		o->status = STATUS_ENDED;
		return DEVICE_DONE;
	default:
		return reject(d, o, 0);
	}
}

/* ---- the class ----------------------------------------------------------- */

static int disk_create(struct device *d)
{
	struct minidisk *m = d->private;

	/* Block numbers are 32 bits. */
	return m->extent.sectors && m->extent.sectors <= UINT32_MAX ? 0 : CP_CANNOT;
}

static void disk_destroy(struct device *d)
{
	struct minidisk *m = d->private;

	extent_close(&m->extent);
}

static void disk_reset(struct device *d)
{
	struct minidisk *m = d->private;

	m->defined = m->operation = 0;
	m->block_size = 0;
}

static void disk_query(struct device *d, char *line, size_t size)
{
	struct minidisk *m = d->private;

	format(line, size, "%s %-6s %s %10lu BLK", d->class->name, extent_name(&m->extent),
	       m->read_only ? "R/O" : "R/W", (unsigned long)m->extent.sectors);
}

static int disk_loaded(struct device *d)
{
	const struct minidisk *m = d->private;
	uint32_t size = m->block_size;

	/* As DIAGNOSE X'250' takes them: block250.c divides by it. */
	return !size || size == 512 || size == 1024 || size == 2048 || size == 4096 ? 0 : CP_CANNOT;
}

static const struct state_field disk_state[] = {
	STATE_UP_TO(struct minidisk, defined, "DEFINED", 1, DEFINED_WRITE),
	STATE_FIELD(struct minidisk, extent_first, "LOCATION", 0, 2),
	STATE_FIELD(struct minidisk, extent_base, "FIRST", 0, 3),
	STATE_FIELD(struct minidisk, extent_last, "LAST", 0, 4),
	STATE_FIELD(struct minidisk, next, "NEXT", 0, 5),
	STATE_FIELD(struct minidisk, left, "LEFT", 0, 6),
	STATE_FIELD(struct minidisk, operation, "OPERATION", 0, 7),
	STATE_FIELD(struct minidisk, block_size, "BLOCKSIZE", 0, 8),
	STATE_FIELD(struct minidisk, block_offset, "OFFSET", 0, 9),
	STATE_END,
#if STATE_WHOLE
	/* What LINK made of it: a saved machine names the link, and the right to it is asked for anew. */
	STATE_HOST(struct minidisk, extent),
	STATE_HOST(struct minidisk, read_only),
	STATE_HOST(struct minidisk, owner),
	STATE_HOST(struct minidisk, owner_vdev),
	STATE_HOST(struct minidisk, mode),
	STATE_END,
#endif
};

#define DISK(number, control_unit)                                                                           \
	{                                                                                                    \
		.name = #number, .query_name = "DASD", .cu_type = 0x##control_unit, .type = 0x##number,      \
		.sense_size = 24, .size = sizeof(struct minidisk), .create = disk_create,                    \
		.destroy = disk_destroy, .reset = disk_reset, .exec = disk_exec, .query = disk_query,        \
		.state = disk_state, .loaded = disk_loaded,                                                  \
	}

const struct device_class class_disk_9336 = DISK(9336, 6310);
const struct device_class class_disk_3370 = DISK(3370, 3880);
