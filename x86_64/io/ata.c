/*
 * ata.c - ATA disks at the PC's two old places.
 *
 * Before it: probe.c. After it: cp/io/block.c.
 * A channel does one thing at a time, for one of its two disks; who wants it
 * meanwhile sleeps. The processor moves the data, a sector for each
 * interruption (PIO), so this is the disk of last resort: what Bochs and
 * old PCs have.
 * Known simplification: a transfer that fails is not tried again; the disk
 * itself has done that.
 * Source: AT Attachment with Packet Interface - 7, volume 1 (T13/1532D).
 */
#include <arch/real.h>
#include <cp/arch.h>
#include <cp/block.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include "pci.h"

/* Registers from the channel's first port on. */
enum { DATA, ERROR, COUNT, LBA_LOW, LBA_MIDDLE, LBA_HIGH, DRIVE, STATUS, COMMAND = STATUS };

#define AT_ERROR    0x01 /* of STATUS */
#define AT_DATA     0x08
#define AT_FAULT    0x20
#define AT_BUSY     0x80
#define DRIVE_LBA   0xe0
#define DRIVE_SLAVE 0x10
#define QUIET       0x02 /* of the control port: no interruptions */

#define READ     0x24 /* all with addresses of 48 bits */
#define WRITE    0x34
#define FLUSH    0xea
#define IDENTIFY 0xec

#define IDENTITY_WORDS    256
#define IDENTITY_COMMANDS 83 /* bit 10: 48-bit addresses */
#define IDENTITY_SECTORS  100
#define ATA_SECTORS       256 /* in one call */
#define PATIENCE          (10 * TOD_SECOND)
#define PROBE_PATIENCE    (TOD_SECOND / 2)

struct channel {
	uint16_t ports, control;
	unsigned irq;
	bool used, busy, called; /* called: it has interrupted since the last look */
};

struct ata {
	struct block_device disk;
	struct channel *channel;
	uint8_t drive; /* DRIVE_SLAVE or 0 */
};

static struct channel channels[] = {{.ports = 0x1f0, .control = 0x3f6, .irq = 14},
				    {.ports = 0x170, .control = 0x376, .irq = 15}};

static void words_in(uint16_t port, void *to, size_t count)
{
	__asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static void words_out(uint16_t port, const void *from, size_t count)
{
	__asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

/* ---- one transfer ------------------------------------------------------------------ */

static void ata_interrupt(void *argument)
{
	struct channel *c = argument;

	inb(c->ports + STATUS); /* takes the request back */
	c->called = true;
	task_wake(c);
}

static void channel_take(struct channel *c)
{
	while (c->busy)
		task_sleep(&c->busy);
	c->busy = true;
}

static void channel_give(struct channel *c)
{
	c->busy = false;
	task_wake(&c->busy);
}

/* Until the disk has interrupted: 0, or negative when it has failed or does not answer. */
static int channel_wait(struct channel *c, uint8_t wanted)
{
	tod_t end = arch_clock() + PATIENCE;
	uint8_t status;

	while (!c->called && arch_clock() < end)
		task_sleep_until(c, end);
	status = inb(c->ports + STATUS);
	if (!c->called || status & (AT_BUSY | AT_ERROR | AT_FAULT) || (status & wanted) != wanted)
		return -1;
	c->called = false;
	return 0;
}

/* The disk is ready for the first sector of a write within the time of a few readings, and does not interrupt for it. */
static int channel_ready(struct channel *c)
{
	tod_t end = arch_clock() + PATIENCE;

	while (inb(c->ports + STATUS) & AT_BUSY) {
		if (arch_clock() > end)
			return -1;
	}
	return inb(c->ports + STATUS) & AT_DATA ? 0 : -1;
}

/* Each register is two deep: the upper bytes go first. */
static void ata_command(const struct ata *a, uint8_t command, uint64_t sector, uint32_t count)
{
	uint16_t ports = a->channel->ports;

	a->channel->called = false;
	outb(ports + DRIVE, DRIVE_LBA | a->drive);
	outb(ports + COUNT, (uint8_t)(count >> 8));
	outb(ports + LBA_LOW, (uint8_t)(sector >> 24));
	outb(ports + LBA_MIDDLE, (uint8_t)(sector >> 32));
	outb(ports + LBA_HIGH, (uint8_t)(sector >> 40));
	outb(ports + COUNT, (uint8_t)count);
	outb(ports + LBA_LOW, (uint8_t)sector);
	outb(ports + LBA_MIDDLE, (uint8_t)(sector >> 8));
	outb(ports + LBA_HIGH, (uint8_t)(sector >> 16));
	outb(ports + COMMAND, command);
}

static int ata_done(const struct ata *a, int rc, const char *what, uint64_t sector)
{
	if (rc)
		log_line("Disk %04X: %s of block %lu failed, status %02X, error %02X", a->disk.address, what,
			 sector, inb(a->channel->ports + STATUS), inb(a->channel->ports + ERROR));
	channel_give(a->channel);
	return rc;
}

static int ata_read(struct block_device *d, uint64_t sector, uint32_t count, void *buf)
{
	struct ata *a = d->private;
	int rc = 0;

	channel_take(a->channel);
	ata_command(a, READ, sector, count);
	for (uint32_t n = 0; n < count && !rc; n++) {
		rc = channel_wait(a->channel, AT_DATA);
		if (!rc)
			words_in(a->channel->ports + DATA, (char *)buf + n * SECTOR_SIZE, SECTOR_SIZE / 2);
	}
	return ata_done(a, rc, "read", sector);
}

static int ata_write(struct block_device *d, uint64_t sector, uint32_t count, const void *buf)
{
	struct ata *a = d->private;
	int rc;

	channel_take(a->channel);
	ata_command(a, WRITE, sector, count);
	rc = channel_ready(a->channel);
	for (uint32_t n = 0; n < count && !rc; n++) {
		words_out(a->channel->ports + DATA, (const char *)buf + n * SECTOR_SIZE, SECTOR_SIZE / 2);
		rc = channel_wait(a->channel, n + 1 < count ? AT_DATA : 0);
	}
	return ata_done(a, rc, "write", sector);
}

static int ata_flush(struct block_device *d)
{
	struct ata *a = d->private;

	channel_take(a->channel);
	ata_command(a, FLUSH, 0, 0);
	return ata_done(a, channel_wait(a->channel, 0), "flush", 0);
}

static const struct block_driver ata_driver = {
	.name = "ATA",
	.read = ata_read,
	.write = ata_write,
	.flush = ata_flush,
};

/* ---- finding ------------------------------------------------------------------------- */

/* Polled, for nobody knows yet whether there is a disk that could interrupt. */
static bool ata_identify(const struct channel *c, uint8_t drive, uint16_t identity[IDENTITY_WORDS])
{
	tod_t end = arch_clock() + PROBE_PATIENCE;
	uint8_t status;

	outb(c->control, QUIET);
	outb(c->ports + DRIVE, DRIVE_LBA | drive);
	outb(c->ports + LBA_MIDDLE, 0);
	outb(c->ports + LBA_HIGH, 0);
	outb(c->ports + COMMAND, IDENTIFY);
	do
		status = inb(c->ports + STATUS);
	while (status && status != 0xff && status & AT_BUSY && arch_clock() < end);
	if (status & AT_BUSY || !(status & AT_DATA) || inb(c->ports + LBA_MIDDLE) || inb(c->ports + LBA_HIGH))
		return false; /* nothing, or a CD drive */
	words_in(c->ports + DATA, identity, IDENTITY_WORDS);
	return true;
}

static void ata_create(struct channel *c, uint8_t drive, const uint16_t identity[IDENTITY_WORDS])
{
	uint16_t address = (uint16_t)(c->ports + (drive ? 1 : 0));
	struct ata *a = heap_alloc(sizeof(*a));

	if (!a || !(identity[IDENTITY_COMMANDS] >> 10 & 1)) {
		log_line("Disk %04X: not usable, its addresses have less than 48 bits", address);
		return;
	}
	a->channel = c;
	a->drive = drive;
	a->disk.driver = &ata_driver;
	a->disk.private = a;
	a->disk.address = address;
	a->disk.max_sectors = ATA_SECTORS;
	for (unsigned n = 0; n < 4; n++)
		a->disk.sectors |= (uint64_t)identity[IDENTITY_SECTORS + n] << 16 * n;
	if (!c->used)
		interrupt_route(c->irq, ata_interrupt, c);
	c->used = true;
	block_register(&a->disk);
}

void ata_probe(void)
{
	uint16_t identity[IDENTITY_WORDS];

	for (unsigned n = 0; n < ARRAY_SIZE(channels); n++) {
		struct channel *c = &channels[n];

		for (unsigned drive = 0; drive <= DRIVE_SLAVE; drive += DRIVE_SLAVE) {
			if (ata_identify(c, (uint8_t)drive, identity))
				ata_create(c, (uint8_t)drive, identity);
		}
		if (c->used)
			outb(c->control, 0);
	}
}
