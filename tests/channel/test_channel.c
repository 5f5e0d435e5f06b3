/*
 * test_channel.c - channel programs on every kind of device, good and bad.
 *
 * Owns: the status in which programs end, by the Principles of Operation. Before: world.c. After: test_calls.c.
 */
#include "world.h"
#include "../../s390x/channel/channel.h"
#include <CUnit/Basic.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM 0x1000u
#define DATA    0x4000u

static struct device *ready(uint16_t vdev)
{
	struct device *d = world_device(vdev);

	world_enable(d);
	return d;
}

/* Start, test, and the status in one word: device, channel. -1 when a condition code was wrong. */
static int status(struct device *d, uint32_t orb)
{
	if (world_start(d, orb, PROGRAM) != 0 || world_test(d) != 0)
		return -1;
	return (int)(IRB_DEVICE << 8 | IRB_CHANNEL);
}

/* ---- instructions --------------------------------------------------------------- */

static void test_subchannels(void)
{
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10000, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB + 4), 0x00010009);
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10006, IRB), 3);
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x20000, IRB), -PGM_OPERAND);
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10000, IRB + 2), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10000, WORLD_STORAGE), -PGM_ADDRESSING);
	/* A hole: the number is there, the device is not, and the next device fills it. */
	device_destroy(world_device(WORLD_PUNCH));
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10002, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB + 4), 0);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10002, IRB), 3);
	device_create(&world->vm, 0x00d, device_class_find("3525"), NULL, NULL);
	CU_ASSERT_EQUAL(run_io(sim_stsch, 0x10002, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB + 4), 0x0001000d);
}

/* What a running machine is told of devices that come and go, oldest first; and that something was lost when it does not ask. */
static void test_reports(void)
{
	world->vm.loaded = false;
	world->vm.stopped = true;
	report_reset(&world->vm);
	device_destroy(world_device(WORLD_PUNCH));
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 1);
	CU_ASSERT_EQUAL(get32(IRB), 0);
	world->vm.loaded = true;
	device_create(&world->vm, 0x777, device_class_find("3525"), NULL, NULL);
	device_destroy(world_device(WORLD_PRINTER));
	CU_ASSERT(world->vm.arch.reports.interruption);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB + 1), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, WORLD_STORAGE), -PGM_ADDRESSING);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB), 0x03040002);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB), 0x03040003);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 1);
	CU_ASSERT(!world->vm.arch.reports.interruption);
	for (unsigned n = 0; n < REPORTS_MAX / 2 + 1; n++) {
		device_create(&world->vm, 0x888, device_class_find("3525"), NULL, NULL);
		device_destroy(world_device(0x888));
	}
	for (unsigned n = 0; n < REPORTS_MAX - 1; n++)
		CU_ASSERT(run_io(sim_stcrw, 0, IRB) == 0 && get32(IRB) == 0x03040003);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB), 0x23040003);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 1);
	device_create(&world->vm, 0x888, device_class_find("3525"), NULL, NULL);
	CU_ASSERT_EQUAL(run_io(sim_stcrw, 0, IRB), 0);
	CU_ASSERT_EQUAL(get32(IRB), 0x03040003);
	world->vm.loaded = world->vm.stopped = false;
}

static void test_modify(void)
{
	struct device *d = world_device(WORLD_CONSOLE);

	run_io(sim_stsch, 0x10000, IRB);
	put32(IRB, 0x12345678);
	put32(IRB + 4, 0x38840000);
	put32(IRB + 24, 1);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10000, IRB), 0);
	CU_ASSERT_EQUAL(d->arch.pmcw[0], 0x12345678);
	CU_ASSERT_EQUAL(d->arch.pmcw[1], 0x38850009);
	CU_ASSERT_EQUAL(d->arch.pmcw[6], 1);
	put32(IRB + 4, 0x80000000);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10000, IRB), -PGM_OPERAND);
	put32(IRB + 4, 0x00600000);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10000, IRB), -PGM_OPERAND);
	put32(IRB + 4, 0);
	put32(IRB + 24, 8);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10000, IRB), -PGM_OPERAND);
}

static void test_start_conditions(void)
{
	struct device *d = world_device(WORLD_CONSOLE);

	ccw1(PROGRAM, 0x03, 0, 0, 1);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 3); /* not enabled */
	CU_ASSERT_EQUAL(world_test(d), 3);
	world_enable(d);
	CU_ASSERT_EQUAL(world_test(d), 1);
	put32(IRB + 4, 0);
	put32(IRB + 8, PROGRAM);
	CU_ASSERT_EQUAL(run_io(sim_ssch, 0x10000, IRB), 3); /* no path */
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1 | 2, PROGRAM), -PGM_OPERAND);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, 0x80000000), -PGM_OPERAND);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 0);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 1);
	CU_ASSERT_EQUAL(run_io(sim_msch, 0x10000, 0x2000), 1);
	CU_ASSERT_EQUAL(run_io(sim_xsch, 0x10000, 0), 1);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(world_test(d), 1);
	CU_ASSERT_EQUAL(run_io(sim_xsch, 0x10000, 0), 2);
	CU_ASSERT_EQUAL(run_io(sim_rsch, 0x10000, 0), 2);
}

static void test_interruptions(void)
{
	struct device *console = ready(WORLD_CONSOLE), *punch = ready(WORLD_PUNCH);
	struct io_interruption io;

	ccw1(PROGRAM, 0x03, 0, 0, 1);
	world_start(console, ORB_FORMAT1, PROGRAM);
	world_start(punch, ORB_FORMAT1, PROGRAM);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 2);
	CU_ASSERT_EQUAL(channel_interruption(&world->vm, 0xe0000000, true, &io), 0);
	CU_ASSERT_EQUAL(channel_interruption(&world->vm, 0x10000000, false, &io), 1);
	CU_ASSERT_EQUAL(channel_interruption(&world->vm, 0x10000000, true, &io), 1);
	CU_ASSERT_EQUAL(io.id, 0x10000);
	CU_ASSERT_EQUAL(io.parameter, 0xcafe);
	CU_ASSERT_EQUAL(io.word, 0x18000000);
	/* TPI takes the other, to address 0: low storage. */
	CU_ASSERT_EQUAL(run_io(sim_tpi, 0, 0), 1);
	CU_ASSERT_EQUAL(get32(184), 0x10002);
	CU_ASSERT_EQUAL(get32(188), 0xcafe);
	CU_ASSERT_EQUAL(run_io(sim_tpi, 0, 0), 0);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 0);
	/* Status is still there; testing for it needs no interruption. */
	CU_ASSERT_EQUAL(world_test(console), 0);
	CU_ASSERT_EQUAL(world_test(punch), 0);
}

/* ---- channel programs --------------------------------------------------------------- */

static void test_formats(void)
{
	struct device *d = ready(WORLD_CONSOLE);

	put_text(DATA, "HELLO");
	ccw0(PROGRAM, 0x09, DATA, 0, 5);
	CU_ASSERT_EQUAL(status(d, 0), 0x0c00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 8);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x4007);
	ccw1(PROGRAM, 0x09, DATA, CCW_CHAIN_DATA, 2);
	ccw1(PROGRAM + 8, 0x00, DATA + 2, CCW_CHAIN_COMMAND, 3);
	ccw1(PROGRAM + 16, 0x08, PROGRAM + 32, 0, 0); /* TIC */
	ccw1(PROGRAM + 32, 0x03, 0, CCW_SUPPRESS_LENGTH, 1);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 40);
	CU_ASSERT_STRING_EQUAL(world->terminal, "HELLO\nHELLO\n");
}

static void test_program_checks(void)
{
	struct device *d = ready(WORLD_CONSOLE);
	static const struct {
		const char *why;
		uint32_t orb;
		uint8_t command;
		uint32_t data;
		uint8_t flags;
		uint16_t count;
	} bad[] = {
		{"command 00", ORB_FORMAT1, 0x00, DATA, 0, 5},
		{"first is TIC", ORB_FORMAT1, 0x08, PROGRAM, 0, 0},
		{"x8 is no TIC in format 1", ORB_FORMAT1, 0x18, PROGRAM, 0, 0},
		{"count 0 with data chaining", ORB_FORMAT1, 0x09, DATA, CCW_CHAIN_DATA, 0},
		{"suspend without ORB's S", ORB_FORMAT1, 0x03, DATA, CCW_SUSPEND, 1},
		{"modified IDAW", ORB_FORMAT1, 0x03, DATA, CCW_MODIFIED_INDIRECT, 1},
		{"data address bit 0", ORB_FORMAT1, 0x09, 0x80000000u + DATA, 0, 1},
		{"data beyond storage", ORB_FORMAT1, 0x09, WORLD_STORAGE - 1, 0, 2},
		{"IDAW list not on a word", ORB_FORMAT1, 0x09, DATA + 2, CCW_INDIRECT, 2},
		{"IDAW list not on a doubleword", ORB_FORMAT1 | 0x20000, 0x09, DATA + 4, CCW_INDIRECT, 2},
	};

	for (size_t n = 0; n < ARRAY_SIZE(bad); n++) {
		ccw1(PROGRAM, bad[n].command, bad[n].data, bad[n].flags, bad[n].count);
		if ((status(d, bad[n].orb) & 0xff) != CHANNEL_PROGRAM_CHECK)
			CU_FAIL(bad[n].why);
		CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 8);
		CU_ASSERT_EQUAL(IRB_FLAGS & 0x1f, 0x17);
	}
	ccw0(PROGRAM, 0x03, DATA, 0, 0);
	CU_ASSERT_EQUAL(status(d, 0), CHANNEL_PROGRAM_CHECK);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM + 4), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_CHANNEL, CHANNEL_PROGRAM_CHECK);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, WORLD_STORAGE), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_CHANNEL, CHANNEL_PROGRAM_CHECK);
	CU_ASSERT_EQUAL(world->terminal_used, 0);
}

static void test_endless(void)
{
	struct device *d = ready(WORLD_CONSOLE);

	ccw1(PROGRAM, 0x03, 0, CCW_CHAIN_COMMAND, 1);
	ccw1(PROGRAM + 8, 0x08, PROGRAM, 0, 0);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), CHANNEL_PROGRAM_CHECK);
	ccw1(PROGRAM + 8, 0x08, PROGRAM + 8, 0, 0);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), CHANNEL_PROGRAM_CHECK);
	/* Data chaining in a circle. */
	ccw1(PROGRAM, 0x09, DATA, CCW_CHAIN_DATA, 1);
	ccw1(PROGRAM + 8, 0x08, PROGRAM, 0, 0);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), CHANNEL_CHAINING_CHECK);
}

static void test_keys(void)
{
	struct device *d = ready(WORLD_DISK);

	world->pages[DATA / PAGE_SIZE].key = 0x30;
	ccw1(PROGRAM, 0x64, DATA, 0, 32);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x30000000), 0x0c00);
	/* Storing with another key is refused; fetching only from a fetch-protected page. */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x40000000) & 0xff, CHANNEL_PROTECTION_CHECK);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	world->pages[PROGRAM / PAGE_SIZE].key = 0x38;
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x40000000), CHANNEL_PROTECTION_CHECK);
}

static void test_lengths(void)
{
	struct device *d = ready(WORLD_DISK);

	ccw1(PROGRAM, 0xe4, DATA, 0, 7);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(get32(DATA), 0xff631000);
	CU_ASSERT_EQUAL(get32(DATA + 4) >> 8, 0x933600);
	ccw1(PROGRAM, 0xe4, DATA, 0, 9);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c40);
	CU_ASSERT_EQUAL(IRB_COUNT, 2);
	ccw1(PROGRAM, 0xe4, DATA, 0, 5);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c40);
	CU_ASSERT_EQUAL(IRB_COUNT, 0);
	ccw1(PROGRAM, 0xe4, DATA, CCW_SUPPRESS_LENGTH, 9);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	/* Data chaining that the device does not use up: SLI does not help. */
	ccw1(PROGRAM, 0xe4, DATA, CCW_CHAIN_DATA | CCW_SUPPRESS_LENGTH, 20);
	ccw1(PROGRAM + 8, 0, DATA + 20, CCW_SUPPRESS_LENGTH, 20);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c40);
	/* Incorrect length stops command chaining. */
	ccw1(PROGRAM, 0xe4, DATA, CCW_CHAIN_COMMAND, 9);
	ccw1(PROGRAM + 8, 0x64, DATA, 0, 32);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c40);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 8);
	/* An immediate operation has no length. */
	ccw1(PROGRAM, 0x03, DATA, 0, 99);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
}

static void test_indirect(void)
{
	struct device *d = ready(WORLD_CONSOLE);

	put_text(0x5ffc, "ABCD");
	put_text(0x9000, "EFGH");
	put32(DATA, 0x5ffc);
	put32(DATA + 4, 0x9000);
	ccw1(PROGRAM, 0x09, DATA, CCW_INDIRECT, 8);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	put64(DATA, 0x5ffc);
	put64(DATA + 8, 0x9000);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x20000), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "ABCDEFGH\nABCDEFGH\n");
	/* The second IDAW must stand on a block boundary: 2 KiB in format 1, 4 KiB in format 2 unless T. */
	put32(DATA, 0x5ffc);
	put32(DATA + 4, 0x9004);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1) & 0xff, CHANNEL_PROGRAM_CHECK);
	put64(DATA, 0x57fc);
	put64(DATA + 8, 0x9800);
	put_text(0x57fc, "ABCD");
	put_text(0x5800, "IJKL");
	put_text(0x9800, "EFGH");
	world->terminal_used = 0;
	memset(world->terminal, 0, sizeof(world->terminal));
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x20000), 0x0c00);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1 | 0x30000), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "ABCDIJKL\nABCDEFGH\n");
}

static void test_skip_and_pci(void)
{
	struct device *d = ready(WORLD_DISK);

	put32(DATA, 0x11111111);
	ccw1(PROGRAM, 0xe4, DATA, CCW_SKIP | CCW_CHAIN_COMMAND | CCW_PCI, 7);
	ccw1(PROGRAM + 8, 0x03, DATA, 0, 1);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00 | CHANNEL_PCI);
	CU_ASSERT_EQUAL(get32(DATA), 0x11111111);
}

static void test_suspend(void)
{
	struct device *d = ready(WORLD_DISK);

	ccw1(PROGRAM, 0x03, 0, CCW_CHAIN_COMMAND, 1);
	ccw1(PROGRAM + 8, 0xe4, DATA, CCW_SUSPEND, 7);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1 | ORB_SUSPEND, PROGRAM), 0);
	CU_ASSERT_EQUAL(run_io(sim_rsch, 0x10000u | d->arch.number, 0), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, 0x0c);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1 | ORB_SUSPEND, PROGRAM), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x4029); /* start, suspended, intermediate */
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 2);
	put32(DATA, 0);
	CU_ASSERT_EQUAL(run_io(sim_rsch, 0x10000u | d->arch.number, 0), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(get32(DATA), 0xff631000);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 16);
}

static void test_sense(void)
{
	struct device *d = ready(WORLD_DISK);

	ccw1(PROGRAM, 0x34, DATA, 0, 12); /* SNID: no such command here */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x1f, 0x17);
	ccw1(PROGRAM, 0x04, DATA, CCW_SUPPRESS_LENGTH, 32);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(IRB_COUNT, 8);
	CU_ASSERT_EQUAL(get32(DATA) >> 24, SENSE_COMMAND_REJECT);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(get32(DATA), 0);
	/* Concurrent sense: it comes with the status. */
	d->arch.pmcw[6] = PMCW6_CONCURRENT_SENSE;
	ccw1(PROGRAM, 0x34, DATA, 0, 12);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(IRB_FLAGS & SCSW_EXTENDED, SCSW_EXTENDED);
	CU_ASSERT_EQUAL(get32(IRB + 16), 0x01180000);
	CU_ASSERT_EQUAL(get32(IRB + 32) >> 24, SENSE_COMMAND_REJECT);
	CU_ASSERT_EQUAL(d->sense[0], 0);
}

static void test_functions(void)
{
	struct device *d = ready(WORLD_CONSOLE);

	/* Halt and clear of an idle subchannel: pending with nothing else. */
	CU_ASSERT_EQUAL(run_io(sim_hsch, 0x10000, 0), 0);
	CU_ASSERT_EQUAL(run_io(sim_hsch, 0x10000, 0), 1);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x2001);
	CU_ASSERT_EQUAL(run_io(sim_csch, 0x10000, 0), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x1001);
	/* Of a read that waits. */
	ccw1(PROGRAM, 0x0a, DATA, CCW_SUPPRESS_LENGTH, 80);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 0);
	CU_ASSERT_EQUAL(world_test(d), 1);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x40c0);
	CU_ASSERT_TRUE(console_reading(&world->vm));
	CU_ASSERT_EQUAL(run_io(sim_hsch, 0x10000, 0), 0);
	CU_ASSERT_FALSE(console_reading(&world->vm));
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x6007);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 0);
	CU_ASSERT_EQUAL(run_io(sim_csch, 0x10000, 0), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(world_start(d, ORB_FORMAT1, PROGRAM), 0);
	CU_ASSERT_TRUE(console_input(&world->vm, "now", 3));
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, 0x0c);
	CU_ASSERT_EQUAL(IRB_COUNT, 77);
}

/* ---- console ---------------------------------------------------------------------------- */

static void test_console_input(void)
{
	struct device *d = ready(WORLD_CONSOLE);
	char text[4];

	/* Typed first: attention, then the read gets it at once; the second line asks again. */
	CU_ASSERT_TRUE(console_input(&world->vm, "one", 3));
	CU_ASSERT_TRUE(console_input(&world->vm, "two", 3));
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, STATUS_ATTENTION);
	CU_ASSERT_EQUAL(IRB_FLAGS & 0x7fff, 0x0011);
	world_test(d);
	ccw1(PROGRAM, 0x0a, DATA, CCW_SUPPRESS_LENGTH, 160);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(IRB_COUNT, 157);
	memcpy(text, world->storage + DATA, 3);
	ebcdic_to_ascii(text, 3);
	CU_ASSERT_EQUAL(memcmp(text, "one", 3), 0);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, STATUS_ATTENTION);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(world_test(d), 1);
	/* Not for ever: a guest that does not read. */
	for (int n = 0; n < CONSOLE_LINES; n++)
		CU_ASSERT_TRUE(console_input(&world->vm, "x", 1));
	CU_ASSERT_FALSE(console_input(&world->vm, "x", 1));
}

static void test_console_attention_waits(void)
{
	struct device *d = world_device(WORLD_CONSOLE);

	/* Before the guest has enabled its console: presented when it does. */
	CU_ASSERT_TRUE(console_input(&world->vm, "early", 5));
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 0);
	world_enable(d);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 1);
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, STATUS_ATTENTION);
}

static void test_console_output(void)
{
	struct device *d = ready(WORLD_CONSOLE);

	put_text(DATA, "first second\x15third");
	world->storage[DATA + 5] = 0x15;
	world->storage[DATA + 12] = 0x15;
	ccw1(PROGRAM, 0x01, DATA, CCW_SUPPRESS_LENGTH | CCW_CHAIN_COMMAND, 18);
	ccw1(PROGRAM + 8, 0x03, 0, 0, 1);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "first\nsecond\nthird\n");
	/* TERM AUTOCR OFF: what does not end goes on in the next write. */
	world->vm.options &= ~(uint32_t)SET_AUTOCR;
	ccw1(PROGRAM, 0x01, DATA + 13, 0, 5);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "first\nsecond\nthird\n");
	ccw1(PROGRAM, 0x01, DATA, 0, 6);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "first\nsecond\nthird\nthirdfirst\n");
}

/* Lines that nobody hears are done at once; what does not end yet may find somebody. */
static void test_console_unheard(void)
{
	struct device *d = ready(WORLD_CONSOLE);
	struct console *c = console_of(d);

	world->unheard = true;
	put_text(DATA, "lost, begun");
	world->storage[DATA + 12] = 0x27; /* ESC */
	ccw1(PROGRAM, 0x09, DATA, 0, 13);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(IRB_COUNT, 0);
	CU_ASSERT_EQUAL(world->terminal_used, 0);
	CU_ASSERT_FALSE(c->used || c->skipping);
	world->vm.options &= ~(uint32_t)SET_AUTOCR;
	ccw1(PROGRAM, 0x01, DATA + 6, 0, 5);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	world->unheard = false;
	put_text(DATA, " and ended");
	ccw1(PROGRAM, 0x09, DATA, 0, 10);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_STRING_EQUAL(world->terminal, "begun and ended\n");
}

static void test_console_listing(void)
{
	struct device *d = ready(WORLD_CONSOLE);
	struct console *c = console_of(d);
	char text[200];
	uint8_t control;

	c->spool.started = true;
	c->spool.to_reader = true;
	put_text(DATA, "LOGGED");
	ccw1(PROGRAM, 0x09, DATA, 0, 6);
	status(d, ORB_FORMAT1);
	CU_ASSERT_TRUE(unit_record_close(d, UNIT_CLOSE, "CON", "LOG") > 0);
	CU_ASSERT_PTR_NULL(c->listing);
	CU_ASSERT_EQUAL(world_record(world_file(0), 0, &control, text), 6);
	CU_ASSERT_STRING_EQUAL(text, "LOGGED");
	CU_ASSERT_STRING_EQUAL(world_file(0)->name, "CON");
	CU_ASSERT_EQUAL(world_file(0)->queue, SPOOL_READER);
}

/* ---- unit record --------------------------------------------------------------------------- */

static const char *const deck[] = {"CARD 1", "CARD 2", "CARD 3"};

static void test_reader(void)
{
	struct device *d = ready(WORLD_READER);

	world_deck(deck, 3);
	world_deck(deck, 1);
	for (uint32_t n = 0; n < 5; n++)
		ccw1(PROGRAM + 8 * n, 0x02, DATA + 80 * n, CCW_CHAIN_COMMAND | CCW_SUPPRESS_LENGTH, 80);
	/* Three cards, then unit exception: CCW address 8 past the fourth CCW, its whole count left. */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0d00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 32);
	CU_ASSERT_EQUAL(IRB_COUNT, 80);
	CU_ASSERT_EQUAL(world->storage[DATA + 80 + 5], 0xf2);
	CU_ASSERT_EQUAL(world->storage[DATA + 80 + 79], 0x40);
	CU_ASSERT_EQUAL(world->storage[DATA + 240], 0);
	/* The next start begins the next file; both are gone afterwards. */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0d00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 16);
	CU_ASSERT_PTR_NULL(world_file(0));
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(d->sense[0], SENSE_INTERVENTION_REQUIRED);
	/* A file arrives: device end, because the reader was found empty. */
	world_deck(deck, 1);
	unit_record_arrived("world");
	CU_ASSERT_EQUAL(world_test(d), 0);
	CU_ASSERT_EQUAL(IRB_DEVICE, STATUS_DEVICE_END);
}

static void test_reader_keep(void)
{
	struct device *d = ready(WORLD_READER);
	struct spool_file *f = world_deck(deck, 1);

	f->keep = true;
	ccw1(PROGRAM, 0x02, DATA, CCW_CHAIN_COMMAND, 80);
	ccw1(PROGRAM + 8, 0x02, DATA, 0, 80);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0d00);
	CU_ASSERT_PTR_EQUAL(world_file(0), f);
	CU_ASSERT_TRUE(f->hold);
	/* Purged while it is being read: the reader is empty then, and nothing worse. */
	f->hold = false;
	ccw1(PROGRAM, 0x02, DATA, 0, 80);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	spool_purge(f);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
}

static void test_reader_feed(void)
{
	struct device *d = ready(WORLD_READER);

	world_deck(deck, 3);
	ccw1(PROGRAM, 0xc2, DATA, CCW_CHAIN_COMMAND, 80);    /* look at card 1 */
	ccw1(PROGRAM + 8, 0x23, DATA, CCW_CHAIN_COMMAND, 1); /* feed it */
	ccw1(PROGRAM + 16, 0x02, DATA + 80, 0, 80);          /* read card 2 */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(world->storage[DATA + 5], 0xf1);
	CU_ASSERT_EQUAL(world->storage[DATA + 85], 0xf2);
	/* 24 bytes of a card, as IPL reads it: the rest is lost. */
	ccw1(PROGRAM, 0x02, DATA, CCW_SUPPRESS_LENGTH, 24);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(world->storage[DATA + 5], 0xf3);
}

static void test_output(void)
{
	struct device *punch = ready(WORLD_PUNCH), *printer = ready(WORLD_PRINTER);
	char text[200];
	uint8_t control;

	put_text(DATA, "SOMETHING TO SAY");
	ccw1(PROGRAM, 0x8b, 0, CCW_CHAIN_COMMAND, 1);
	ccw1(PROGRAM + 8, 0x09, DATA, 0, 16);
	CU_ASSERT_EQUAL(status(printer, ORB_FORMAT1), 0x0c00);
	ccw1(PROGRAM, 0x69, DATA, 0, 16);
	CU_ASSERT_EQUAL(status(printer, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_TRUE(unit_record_close(printer, UNIT_CLOSE, NULL, NULL) > 0);
	CU_ASSERT_EQUAL(unit_record_close(printer, UNIT_CLOSE, NULL, NULL), 0);
	CU_ASSERT_EQUAL(world_record(world_file(0), 0, &control, text), 0);
	CU_ASSERT_EQUAL(control, 0x8b);
	CU_ASSERT_EQUAL(world_record(world_file(0), 1, &control, text), 16);
	CU_ASSERT_STRING_EQUAL(text, "SOMETHING TO SAY");
	CU_ASSERT_EQUAL(control, 0x09);
	ccw1(PROGRAM, 0x01, DATA, CCW_SUPPRESS_LENGTH, 100);
	CU_ASSERT_EQUAL(status(punch, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(IRB_COUNT, 20);
	unit_record_close(punch, UNIT_CLOSE_PURGE, NULL, NULL);
	CU_ASSERT_PTR_NULL(world_file(1));
	world->spool_full = true;
	CU_ASSERT_EQUAL(status(punch, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(punch->sense[0], SENSE_INTERVENTION_REQUIRED);
}

/* ---- disk ------------------------------------------------------------------------------------- */

#define EXTENT 0x3000u
#define LOCATE 0x3010u

/* DEFINE EXTENT of blocks 10 to 19, LOCATE count blocks from relative block. */
static void disk_program(uint8_t mask, uint8_t operation, uint16_t count, uint32_t block)
{
	put32(EXTENT, (uint32_t)mask << 24 | SECTOR_SIZE);
	put32(EXTENT + 4, 10);
	put32(EXTENT + 8, 0);
	put32(EXTENT + 12, 9);
	put32(LOCATE, (uint32_t)operation << 24 | count);
	put32(LOCATE + 4, block);
	ccw1(PROGRAM, 0x63, EXTENT, CCW_CHAIN_COMMAND, 16);
	ccw1(PROGRAM + 8, 0x43, LOCATE, CCW_CHAIN_COMMAND, 8);
}

/* Block n of the minidisk, which begins at sector 16 of the volume. */
static uint8_t *block(unsigned n)
{
	return world->disk + (16 + n) * SECTOR_SIZE;
}

static void test_disk_transfer(void)
{
	struct device *d = ready(WORLD_DISK);

	memset(world->storage + DATA, 0xaa, 1024);
	disk_program(0, 5, 2, 3);
	ccw1(PROGRAM + 16, 0x41, DATA, CCW_CHAIN_DATA, 512);
	ccw1(PROGRAM + 24, 0x41, DATA + 512, 0, 512);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(block(13)[0], 0xaa);
	CU_ASSERT_EQUAL(block(14)[511], 0xaa);
	CU_ASSERT_EQUAL(block(12)[511], 0);
	CU_ASSERT_EQUAL(block(15)[0], 0);
	disk_program(0x40, 6, 1, 4);
	ccw1(PROGRAM + 16, 0x42, 0x6000, 0, 512);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(get32(0x6000 + 508), 0xaaaaaaaa);
	/* Less data than blocks: the rest becomes zeros; none at all zeros everything. */
	memset(block(10), 0x55, 10 * SECTOR_SIZE);
	disk_program(0, 1, 2, 0);
	ccw1(PROGRAM + 16, 0x41, DATA, CCW_SUPPRESS_LENGTH, 700);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(block(11)[187], 0xaa);
	CU_ASSERT_EQUAL(block(11)[188], 0);
	CU_ASSERT_EQUAL(block(11)[511], 0);
	CU_ASSERT_EQUAL(block(12)[0], 0x55);
	disk_program(0, 1, 3, 2);
	ccw1(PROGRAM + 16, 0x41, 0, CCW_SUPPRESS_LENGTH, 0);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(block(12)[0], 0);
	CU_ASSERT_EQUAL(block(14)[511], 0);
	CU_ASSERT_EQUAL(block(15)[0], 0x55);
}

static void test_disk_bounds(void)
{
	struct device *d = ready(WORLD_DISK), *only = ready(WORLD_DISK_READ_ONLY);

	disk_program(0, 6, 2, 9); /* one block past the extent */
	ccw1(PROGRAM + 16, 0x42, DATA, 0, 1024);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 16);
	CU_ASSERT_EQUAL(d->sense[1], 0x04);
	disk_program(0, 6, 0xffff, 0xffffffff);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	disk_program(0, 6, 1, 0);
	put32(EXTENT + 4, 125); /* the extent runs past the disk's 128 blocks */
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 8);
	put32(EXTENT + 4, 0xffffffff);
	put32(EXTENT + 12, 0xffffffff);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	/* Writing: inhibited by the extent, or by the link. */
	disk_program(0x40, 1, 1, 0);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(d->sense[1], 0x02);
	disk_program(0, 1, 1, 0);
	CU_ASSERT_EQUAL(status(only, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(only->sense[1], 0x02);
	/* Out of order: READ without LOCATE, LOCATE without DEFINE EXTENT, DEFINE EXTENT twice. */
	ccw1(PROGRAM, 0x42, DATA, 0, 512);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	ccw1(PROGRAM, 0x43, LOCATE, 0, 8);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	disk_program(0, 6, 1, 0);
	ccw1(PROGRAM + 8, 0x63, EXTENT, 0, 16);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(IRB_CCW, PROGRAM + 16);
	/* A real error. */
	world->disk_broken = true;
	disk_program(0, 6, 1, 0);
	ccw1(PROGRAM + 16, 0x42, DATA, 0, 512);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0e00);
	CU_ASSERT_EQUAL(d->sense[0], SENSE_EQUIPMENT_CHECK);
}

static void test_disk_characteristics(void)
{
	struct device *d = ready(WORLD_DISK);

	ccw1(PROGRAM, 0x64, DATA, 0, 32);
	CU_ASSERT_EQUAL(status(d, ORB_FORMAT1), 0x0c00);
	CU_ASSERT_EQUAL(get32(DATA), 0x30082111);
	CU_ASSERT_EQUAL(get32(DATA + 4) >> 16, 512);
	CU_ASSERT_EQUAL(get32(DATA + 12) << 16 | get32(DATA + 16) >> 16, 128);
}

/* ---- IPL ------------------------------------------------------------------------------------------ */

static void test_ipl(void)
{
	uint8_t *ipl = block(0);
	struct device *d = world_device(WORLD_DISK);

	/* Block 0: PSW, READ IPL of 512 bytes to 2000, TIC into it, where a NOP ends the chain. */
	memcpy(ipl, (uint8_t[]){0,    8, 0, 0, 0x80, 0, 0x30, 0,    2, 0, 0x20, 0,
				0x60, 0, 2, 0, 8,    0, 0x20, 0x40, 0, 0, 0,    0},
	       24);
	memcpy(ipl + 64, (uint8_t[]){3, 0, 0, 0, 0x20, 0, 0, 1}, 8);
	world->vm.ipl.vdev = WORLD_DISK;
	CU_ASSERT_EQUAL(arch_vm_ipl(&world->vm), 0);
	CU_ASSERT_EQUAL(world->vcpu.arch.psw.address, 0x3000);
	CU_ASSERT_EQUAL(world->vcpu.arch.psw.mask, PSW_BA);
	CU_ASSERT_EQUAL(get32(184), 0x10000u | d->arch.number);
	CU_ASSERT_EQUAL(get32(0x2000), 0x00080000);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 0);
	CU_ASSERT_EQUAL(world_test(d), 1); /* enabled, nothing pending */
	ipl[1] = 0;
	CU_ASSERT_TRUE(arch_vm_ipl(&world->vm) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(world->vm.reason, "not IPLable"));
	ipl[8] = 0;
	CU_ASSERT_TRUE(arch_vm_ipl(&world->vm) < 0);
	world->vm.ipl.vdev = WORLD_READER;
	CU_ASSERT_TRUE(arch_vm_ipl(&world->vm) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(world->vm.reason, "empty"));
	world->vm.ipl.vdev = WORLD_CONSOLE;
	CU_ASSERT_TRUE(arch_vm_ipl(&world->vm) < 0);
	world->vm.ipl.vdev = 0x999;
	CU_ASSERT_TRUE(arch_vm_ipl(&world->vm) < 0);
}

static CU_TestInfo tests[] = {
	{"subchannels and their numbers", test_subchannels},
	{"channel reports", test_reports},
	{"MODIFY SUBCHANNEL", test_modify},
	{"START SUBCHANNEL's conditions", test_start_conditions},
	{"interruptions by subclass", test_interruptions},
	{"CCW formats and chaining", test_formats},
	{"program checks", test_program_checks},
	{"programs without end", test_endless},
	{"storage keys", test_keys},
	{"lengths", test_lengths},
	{"indirect addresses", test_indirect},
	{"skip and PCI", test_skip_and_pci},
	{"suspend and resume", test_suspend},
	{"sense, concurrent sense", test_sense},
	{"halt and clear", test_functions},
	{"console input", test_console_input},
	{"console attention waits", test_console_attention_waits},
	{"console output", test_console_output},
	{"console that nobody hears", test_console_unheard},
	{"console listing", test_console_listing},
	{"reader: files one after the other", test_reader},
	{"reader: keep, purge", test_reader_keep},
	{"reader: feed", test_reader_feed},
	{"punch and printer", test_output},
	{"disk transfer", test_disk_transfer},
	{"disk bounds", test_disk_bounds},
	{"disk characteristics", test_disk_characteristics},
	{"IPL", test_ipl},
	CU_TEST_INFO_NULL,
};

void suite_channel(void)
{
	CU_SuiteInfo suites[] = {{"channel", NULL, NULL, world_begin, world_end, tests}, CU_SUITE_INFO_NULL};

	CU_register_suites(suites);
}

int main(void)
{
	unsigned failed;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 2;
	suite_channel();
	suite_calls();
	suite_state();
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed ? 1 : 0;
}
