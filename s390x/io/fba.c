/*
 * fba.c - fixed-block disks: 9336 and 3370.
 *
 * Before it: probe.c. After it: cp/io/block.c.
 * A transfer is one channel program: DEFINE EXTENT says which blocks may be
 * touched, LOCATE which ones are, READ or WRITE moves them.
 * Known simplification: a buffer beyond 2 GiB, where a 31-bit channel address
 * does not reach, goes through one page of the driver's.
 * Source: IBM 3370 and 9335/9336 reference manuals.
 */
#include <cp/block.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include "css.h"

#define FBA_MAX_SECTORS     120 /* 60 KiB: a CCW counts to 65,535 */
#define FBA_WRITE           0x41
#define FBA_READ            0x42
#define FBA_LOCATE          0x43
#define FBA_DEFINE_EXTENT   0x63
#define FBA_CHARACTERISTICS 0x64

struct fba {
	struct block_device disk;
	struct real_device *device;
	struct ccw program[3];
	struct {
		uint8_t mask; /* 0x40 all writes inhibited, 0xc0 all allowed */
		uint8_t zero[3];
		uint32_t first_block, first, last;
	} extent;
	struct {
		uint8_t operation; /* 06 read, 01 write */
		uint8_t replication;
		uint16_t count;
		uint32_t block;
	} locate;
	char *bounce; /* a page */
};

/* The device is locked: the channel program and its operands lie in *f. */
static int fba_transfer(struct fba *f, bool write, uint64_t sector, uint32_t count, void *buf)
{
	f->extent.mask = write ? 0xc0 : 0x40;
	f->extent.first_block = f->extent.first = 0;
	f->extent.last = (uint32_t)f->disk.sectors - 1;
	f->locate.operation = write ? 0x01 : 0x06;
	f->locate.count = (uint16_t)count;
	f->locate.block = (uint32_t)sector;
	f->program[0] =
		(struct ccw){FBA_DEFINE_EXTENT, CCW_CHAIN, sizeof(f->extent), channel_address(&f->extent)};
	f->program[1] = (struct ccw){FBA_LOCATE, CCW_CHAIN, sizeof(f->locate), channel_address(&f->locate)};
	f->program[2] = (struct ccw){write ? FBA_WRITE : FBA_READ, 0, (uint16_t)(count * SECTOR_SIZE),
				     channel_address(buf)};
	return real_run(f->device, f->program);
}

/* By way of the page that a channel reaches. */
static int fba_bounce(struct fba *f, bool write, uint64_t sector, uint32_t count, char *buf)
{
	const uint32_t sectors = PAGE_SIZE / SECTOR_SIZE;
	int rc = 0;

	while (count && !rc) {
		uint32_t piece = count < sectors ? count : sectors;

		if (write)
			memcpy(f->bounce, buf, (size_t)piece * SECTOR_SIZE);
		rc = fba_transfer(f, write, sector, piece, f->bounce);
		if (!write && !rc)
			memcpy(buf, f->bounce, (size_t)piece * SECTOR_SIZE);
		sector += piece;
		count -= piece;
		buf += (size_t)piece * SECTOR_SIZE;
	}
	return rc;
}

static int fba_io(struct block_device *b, bool write, uint64_t sector, uint32_t count, void *buf)
{
	struct fba *f = b->private;
	int rc;

	real_lock(f->device);
	if (channel_reaches(buf, (size_t)count * SECTOR_SIZE))
		rc = fba_transfer(f, write, sector, count, buf);
	else
		rc = fba_bounce(f, write, sector, count, buf);
	if (rc < 0)
		log_line("Disk %04X: %s of block %u failed, status %02X%02X sense %02X%02X", b->address,
			 write ? "write" : "read", (unsigned)sector, f->device->outcome.device_status,
			 f->device->outcome.channel_status, f->device->sense[0], f->device->sense[1]);
	real_unlock(f->device);
	return rc;
}

static int fba_read(struct block_device *b, uint64_t sector, uint32_t count, void *buf)
{
	return fba_io(b, false, sector, count, buf);
}

static int fba_write(struct block_device *b, uint64_t sector, uint32_t count, const void *buf)
{
	return fba_io(b, true, sector, count, (void *)buf);
}

/* Device end of a write says that the blocks are on the medium. */
static int fba_flush(struct block_device *b)
{
	(void)b;
	return 0;
}

static const struct block_driver fba_driver = {
	.name = "FBA",
	.read = fba_read,
	.write = fba_write,
	.flush = fba_flush,
};

/* READ DEVICE CHARACTERISTICS: block size at +4, number of blocks at +14. */
static uint32_t fba_size(struct real_device *d)
{
	static uint8_t answer[64] __attribute__((aligned(8)));
	unsigned block_size;

	memset(answer, 0, sizeof(answer));
	if (real_command(d, FBA_CHARACTERISTICS, answer, sizeof(answer)) < 0)
		return 0;
	block_size = (unsigned)answer[4] << 8 | answer[5];
	if (block_size != SECTOR_SIZE)
		return 0;
	return (uint32_t)answer[14] << 24 | (uint32_t)answer[15] << 16 | (uint32_t)answer[16] << 8 |
	       answer[17];
}

void fba_probe(struct real_device *d)
{
	struct fba *f;
	uint32_t size;

	if (real_type(d) != 0x9336 && real_type(d) != 0x3370)
		return;
	size = fba_size(d);
	if (!size) {
		log_line("Disk %04X: not usable, its blocks are not 512 bytes or it does not answer",
			 d->address);
		return;
	}
	f = heap_alloc(sizeof(*f));
	if (!f || !channel_reaches(f, sizeof(*f)))
		return;
	f->bounce = (char *)(uintptr_t)frame_alloc();
	if (!f->bounce || !channel_reaches(f->bounce, PAGE_SIZE))
		return;
	f->device = d;
	f->disk.driver = &fba_driver;
	f->disk.private = f;
	f->disk.address = d->address;
	f->disk.sectors = size;
	f->disk.max_sectors = FBA_MAX_SECTORS;
	block_register(&f->disk);
}
