/*
 * test_disk.c - ports in general, PCI, and disks by virtio: good requests, and rings that cannot be.
 *
 * Before: world.c. Source of what is expected: PCI 2.1; virtio 0.9.5, and Linux's legacy driver.
 */
#include "world.h"
#include "ring.h"
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

/* ---- ports --------------------------------------------------------------------------- */

static void unknown(void)
{
	uint16_t port;
	uint64_t count;

	world_begin();
	CU_ASSERT_EQUAL(inb(0x1234), 0xff);
	CU_ASSERT_EQUAL(in(0x1234, 2), 0xffff);
	CU_ASSERT_EQUAL(in(0x1234, 4), 0xffffffff);
	outb(0x300, 1);
	CU_ASSERT_TRUE(pc_unknown_port(&world->vm, 0, &port, &count));
	CU_ASSERT_EQUAL(port, 0x1234);
	CU_ASSERT_EQUAL(count, 3);
	CU_ASSERT_TRUE(pc_unknown_port(&world->vm, 1, &port, &count));
	CU_ASSERT_EQUAL(port, 0x300);
	CU_ASSERT_FALSE(pc_unknown_port(&world->vm, 2, &port, &count));
	for (uint16_t n = 0; n < 1000; n++)
		inb((uint16_t)(0x8000 + n));
	CU_ASSERT_TRUE(pc_unknown_port(&world->vm, 31, &port, &count));
	CU_ASSERT_EQUAL(count, 1000 - 29);
	CU_ASSERT_FALSE(pc_unknown_port(&world->vm, 32, &port, &count));
	world_end();
}

/* Wider accesses of what is a byte wide are bytes. */
static void wide(void)
{
	world_begin();
	out(0x20, 2, 0x5a0a);
	CU_ASSERT_EQUAL(in(0x20, 2) >> 8, 0x5a);
	out(0x70, 2, 0xa540); /* index and data at once */
	CU_ASSERT_EQUAL(in(0x71, 1), 0xa5);
	CU_ASSERT_EQUAL(in(0xffff, 4), 0xffffffff);
	out(0xffff, 4, 0);
	world_end();
}

static void resets(void)
{
	static const struct {
		uint16_t port;
		uint8_t value;
	} ways[] = {{0x64, 0xfe}, {0x92, 0x01}, {0xcf9, 0x06}};

	for (unsigned n = 0; n < ARRAY_SIZE(ways); n++) {
		world_begin();
		outb(ways[n].port, ways[n].value);
		CU_ASSERT_EQUAL(world->vm.requests, REQUEST_RESET | REQUEST_CLEAR | REQUEST_IPL);
		world_end();
	}
	world_begin();
	CU_ASSERT_EQUAL(inb(0x64) & 0x02, 0); /* nobody waits for the keyboard controller */
	outb(0x64, 0xd1);
	outb(0x60, 0x00);
	outb(0x92, 0x02);
	outb(0xcf9, 0x02);
	CU_ASSERT_EQUAL(world->vm.requests, 0);
	out(0x604, 2, 0x2000);
	CU_ASSERT_TRUE(world->vm.stopped);
	CU_ASSERT_TRUE(strstr(world->terminal, "power off") != NULL);
	world_end();
}

/* ---- PCI -------------------------------------------------------------------------------- */

static uint32_t config(unsigned slot, unsigned reg)
{
	out(0xcf8, 4, 0x80000000u | slot << 11 | reg);
	return in(0xcfc, 4);
}

static void config_set(unsigned slot, unsigned reg, unsigned size, uint32_t value)
{
	out(0xcf8, 4, 0x80000000u | slot << 11 | (reg & ~3u));
	out((uint16_t)(0xcfc + (reg & 3)), size, value);
}

static void configuration(void)
{
	world_begin();
	out(0xcf8, 4, 0x80000000);
	CU_ASSERT_EQUAL(in(0xcf8, 4), 0x80000000); /* how Linux knows this mechanism */
	CU_ASSERT_EQUAL(config(0, 0), 0x12378086);
	CU_ASSERT_EQUAL(config(0, 8) >> 16, 0x0600);
	CU_ASSERT_EQUAL(config(1, 0), 0x10011af4);
	CU_ASSERT_EQUAL(config(2, 0), 0x10011af4);
	CU_ASSERT_EQUAL(config(3, 0), 0xffffffff);
	CU_ASSERT_EQUAL(config(1, 0x2c), 0x00021af4);
	CU_ASSERT_EQUAL(config(1, 0x3c), 0x0100 | 11);
	CU_ASSERT_EQUAL(config(2, 0x3c), 0x0100 | 10);
	out(0xcf8, 4, 0x80010800); /* bus 1 */
	CU_ASSERT_EQUAL(in(0xcfc, 4), 0xffffffff);
	out(0xcf8, 4, 0x80000900); /* function 1 */
	CU_ASSERT_EQUAL(in(0xcfc, 4), 0xffffffff);
	out(0xcf8, 4, 0x00000800); /* not enabled */
	CU_ASSERT_EQUAL(in(0xcfc, 4), 0xffffffff);
	config_set(1, 0x3c, 1, 0x77);
	CU_ASSERT_EQUAL(config(1, 0x3c), 0x0177);
	config_set(1, 0, 4, 0);
	CU_ASSERT_EQUAL(config(1, 0), 0x10011af4);
	outb(0xcf9, 0); /* a byte inside of the address register */
	CU_ASSERT_EQUAL(in(0xcf8, 4), 0x80000800);
	world_end();
}

static void base_address(void)
{
	uint32_t at;

	world_begin();
	at = config(1, 0x10);
	CU_ASSERT_EQUAL(at, 0xc041);
	config_set(1, 0x10, 4, 0xffffffff);
	CU_ASSERT_EQUAL(config(1, 0x10), 0xffc1); /* 64 ports */
	config_set(1, 0x10, 4, 0xd000);
	CU_ASSERT_EQUAL(in(0xd000 + 12, 2), 128);
	CU_ASSERT_EQUAL(in(0xc040 + 12, 2), 0xffff);
	config_set(1, 4, 2, 0); /* decoding off */
	CU_ASSERT_EQUAL(in(0xd000 + 12, 2), 0xffff);
	config_set(1, 4, 2, 5);
	CU_ASSERT_EQUAL(config(1, 4), 5);
	CU_ASSERT_EQUAL(in(0xd000 + 12, 2), 128);
	world_end();
}

/* A disk that comes takes the first free slot; one that goes lets its line down. */
static void hot(void)
{
	world_begin();
	device_destroy(world_device(WORLD_DISK_READ_ONLY));
	CU_ASSERT_EQUAL(config(1, 0), 0xffffffff);
	CU_ASSERT_EQUAL(config(2, 0), 0x10011af4);
	CU_ASSERT_EQUAL(in(0xc04c, 2), 0xffff);
	world_end();
}

/* ---- virtio -------------------------------------------------------------------------------- */

static void pattern(void)
{
	for (unsigned n = 0; n < sizeof(world->disk); n++)
		world->disk[n] = (uint8_t)(n * 7 + n / 512);
}

static void registers(void)
{
	world_begin();
	CU_ASSERT_EQUAL(in(RW + 20, 4), WORLD_SECTORS - 16);
	CU_ASSERT_EQUAL(in(RW + 20 + 20, 4), 512);
	CU_ASSERT_EQUAL(in(RW + 12, 2), 128);
	CU_ASSERT_EQUAL(in(RW, 4) & 0x20, 0);
	CU_ASSERT_EQUAL(in(RO, 4) & 0x20, 0x20);
	CU_ASSERT_EQUAL(in(RW, 4) & 0x200, 0x200);
	out(RW + 14, 2, 1);
	CU_ASSERT_EQUAL(in(RW + 12, 2), 0);
	out(RW + 4, 4, 0xffffffff);
	CU_ASSERT_EQUAL(in(RW + 4, 4), in(RW, 4));
	out(RW + 18, 1, 3);
	CU_ASSERT_EQUAL(inb(RW + 18), 3);
	out(RW + 18, 1, 0);
	CU_ASSERT_EQUAL(in(RW + 4, 4), 0);
	world_end();
}

static void reading(void)
{
	world_begin();
	pattern();
	ring_start(RW, 0);
	memset(world->storage + 0x20000, 0xee, 0x3000);
	CU_ASSERT_EQUAL(ring_request(RW, 0, 3, 0x20000, 1024, true), 0);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x20000, world->disk + (16 + 3) * 512, 1024) == 0);
	CU_ASSERT_EQUAL(world->storage[0x20400], 0xee);
	CU_ASSERT_EQUAL(ring_used_length(0), 1025);
	CU_ASSERT_TRUE(pic_pending(&world->vm) || true);
	CU_ASSERT_EQUAL(inb(RW + 19), 1);
	CU_ASSERT_EQUAL(inb(RW + 19), 0);
	/* The whole disk in pieces of every size, more than the buffer. */
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x100000, 1 << 20, true), 0);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x100000, world->disk + 16 * 512, 1 << 20) == 0);
	CU_ASSERT_EQUAL(ring_request(RW, 0, WORLD_SECTORS - 17, 0x20000, 512, true), 0);
	CU_ASSERT_EQUAL(ring_request(RW, 0, WORLD_SECTORS - 17, 0x20000, 1024, true), 1);
	CU_ASSERT_EQUAL(ring_request(RW, 0, UINT64_MAX, 0x20000, 1024, true), 1);
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x20000, 1000, true), 1);
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x20000, 0, true), 0);
	world->disk_broken = true;
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x20000, 512, true), 1);
	world_end();
}

static void writing(void)
{
	world_begin();
	ring_start(RW, 0);
	memset(world->storage + 0x20000, 0x5a, 1024);
	CU_ASSERT_EQUAL(ring_request(RW, 1, 5, 0x20000, 1024, false), 0);
	CU_ASSERT_EQUAL(world->disk[(16 + 5) * 512], 0x5a);
	CU_ASSERT_EQUAL(world->disk[(16 + 7) * 512 - 1], 0x5a);
	CU_ASSERT_EQUAL(world->disk[(16 + 7) * 512], 0);
	CU_ASSERT_EQUAL(ring_used_length(0), 1);
	CU_ASSERT_EQUAL(ring_request(RW, 4, 0, 0, 0, false), 0);
	CU_ASSERT_EQUAL(world->flushes, 1);
	CU_ASSERT_EQUAL(ring_request(RW, 8, 0, 0x21000, 20, true), 0);
	CU_ASSERT_STRING_EQUAL((char *)world->storage + 0x21000, "MAINT-0191");
	CU_ASSERT_EQUAL(ring_request(RW, 77, 0, 0x21000, 20, true), 2);
	ring_start(RO, 0);
	CU_ASSERT_EQUAL(ring_request(RO, 1, 5, 0x20000, 512, false), 1);
	world_end();
}

static void indirect(void)
{
	world_begin();
	pattern();
	ring_start(RW, 1u << 28);
	ring_header(0, 7);
	ring_descriptor(INDIRECT + 0, HEADER, 16, 1, 1);
	ring_descriptor(INDIRECT + 16, 0x20000, 512, 3, 2);
	ring_descriptor(INDIRECT + 32, STATUS_BYTE, 1, 2, 0);
	ring_descriptor(TABLE, INDIRECT, 48, 4, 0);
	CU_ASSERT_EQUAL(ring_go(RW, 0), 0);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x20000, world->disk + (16 + 7) * 512, 512) == 0);
	world_end();
}

/* INTA is a level that reading the status register takes down; a driver may do without. */
static void interruptions(void)
{
	world_begin();
	outb(0x21, 0xfb);
	outb(0xa1, 0xfb); /* line 10 */
	ring_start(RW, 0);
	ring_request(RW, 4, 0, 0, 0, false);
	CU_ASSERT_EQUAL(pic_acknowledge(&world->vm), 0x72);
	outb(0xa0, 0x20);
	outb(0x20, 0x20);
	CU_ASSERT_TRUE(pic_pending(&world->vm));
	CU_ASSERT_EQUAL(config(2, 4) >> 16, 0x0008);
	inb(RW + 19);
	CU_ASSERT_FALSE(pic_pending(&world->vm));
	ring_put16(AVAILABLE, 1);
	ring_request(RW, 4, 0, 0, 0, false);
	CU_ASSERT_FALSE(pic_pending(&world->vm));
	ring_put16(AVAILABLE, 0);
	config_set(2, 4, 2, 0x405);
	ring_request(RW, 4, 0, 0, 0, false);
	CU_ASSERT_FALSE(pic_pending(&world->vm));
	config_set(2, 4, 2, 0x005);
	CU_ASSERT_TRUE(pic_pending(&world->vm));
	/* A disk that goes takes its interruption with it. */
	device_destroy(world_device(WORLD_DISK));
	CU_ASSERT_FALSE(pic_pending(&world->vm));
	world_end();
}

/* ---- rings that cannot be --------------------------------------------------------------------- */

/* The device has stopped, says so, and works again when it is reset. */
static void stopped(const char *why)
{
	CU_ASSERT_EQUAL(inb(RW + 18) & 0x40, 0x40);
	world->terminal[world->terminal_used] = '\0';
	if (!strstr(world->terminal, why))
		printf("said: %s", world->terminal);
	CU_ASSERT_TRUE(strstr(world->terminal, why) != NULL);
	CU_ASSERT_EQUAL(inb(RW + 19) & 2, 2);
	world->terminal_used = 0;
	out(RW + 16, 2, 0);
	CU_ASSERT_EQUAL(world->terminal_used, 0); /* it stays stopped */
	memset(world->storage + TABLE, 0, 8192);
	ring_start(RW, 0);
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x20000, 512, true), 0);
	memset(world->storage + TABLE, 0, 8192);
	ring_start(RW, 1u << 28);
}

static void hostile(void)
{
	world_begin();
	ring_start(RW, 1u << 28);
	ring_header(0, 0);

	ring_put16(AVAILABLE + 2, 129);
	out(RW + 16, 2, 0);
	stopped("more requests");

	ring_go(RW, 128);
	stopped("not in its table");

	ring_descriptor(TABLE, HEADER, 16, 1, 500);
	ring_go(RW, 0);
	stopped("not in its table");

	ring_descriptor(TABLE, HEADER, 16, 1, 1);
	ring_descriptor(TABLE + 16, HEADER, 16, 1, 0);
	ring_go(RW, 0);
	stopped("comes back to itself");

	ring_descriptor(TABLE, HEADER, 16, 1, 1);
	ring_descriptor(TABLE + 16, WORLD_STORAGE - 4, 16, 2, 0);
	ring_go(RW, 0);
	stopped("outside of storage");

	ring_descriptor(TABLE, UINT64_MAX - 8, 16, 0, 0);
	ring_go(RW, 0);
	stopped("outside of storage");

	ring_descriptor(TABLE, HEADER, 16, 0, 0);
	ring_go(RW, 0);
	stopped("no room for its status");

	ring_descriptor(TABLE, HEADER, 15, 1, 1);
	ring_descriptor(TABLE + 16, STATUS_BYTE, 1, 2, 0);
	ring_go(RW, 0);
	stopped("no header");

	ring_descriptor(TABLE, INDIRECT, 48, 5, 0);
	ring_go(RW, 0);
	stopped("indirect");

	ring_descriptor(TABLE, INDIRECT, 47, 4, 0);
	ring_go(RW, 0);
	stopped("indirect");

	ring_descriptor(TABLE, WORLD_STORAGE - 16, 48, 4, 0);
	ring_descriptor(WORLD_STORAGE - 16, HEADER, 16, 1, 1);
	ring_go(RW, 0);
	stopped("outside of storage");

	ring_descriptor(TABLE, INDIRECT, 16, 4, 0);
	ring_descriptor(INDIRECT, INDIRECT, 16, 4, 0);
	ring_go(RW, 0);
	stopped("indirect");

	ring_descriptor(TABLE, INDIRECT, 0x10000, 4, 0);
	for (unsigned n = 0; n < 4096; n++)
		ring_descriptor(INDIRECT + 16 * n, HEADER, 1, 1, (uint16_t)(n + 1));
	ring_go(RW, 0);
	stopped("too many");

	out(RW + 8, 4, 0xfffffff);
	out(RW + 16, 2, 0);
	stopped("queue is outside");
	world_end();
}

/* A request for gigabytes in one breath ends with an error. */
static void enormous(void)
{
	world_begin();
	ring_start(RW, 0);
	CU_ASSERT_EQUAL(ring_request(RW, 0, 0, 0x100000, 3 << 20, true), 1);
	world_end();
}

static void no_storage(void)
{
	world_begin();
	ring_start(RW, 0);
	world->no_storage = true;
	CU_ASSERT_EQUAL(pc_port_out(&world->vcpu, RW + 16, 2, 0), CP_NO_STORAGE);
	world_end();
}

void suite_pci(void)
{
	CU_pSuite s = CU_add_suite("ports and PCI", NULL, NULL);

	CU_add_test(s, "ports that nobody has", unknown);
	CU_add_test(s, "wide accesses", wide);
	CU_add_test(s, "reset and power", resets);
	CU_add_test(s, "configuration", configuration);
	CU_add_test(s, "base addresses", base_address);
	CU_add_test(s, "disks go", hot);
}

void suite_disk(void)
{
	CU_pSuite s = CU_add_suite("virtio disks", NULL, NULL);

	CU_add_test(s, "registers", registers);
	CU_add_test(s, "reading", reading);
	CU_add_test(s, "writing, flush, identity", writing);
	CU_add_test(s, "indirect descriptors", indirect);
	CU_add_test(s, "interruptions", interruptions);
	CU_add_test(s, "rings that cannot be", hostile);
	CU_add_test(s, "enormous request", enormous);
	CU_add_test(s, "CP has no storage", no_storage);
}
