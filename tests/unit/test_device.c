/*
 * test_device.c - virtual devices: what all answer alike, minidisks by channel commands, and any operation at all.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/command.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/minidisk.h>
#include <cp/session.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <cp/unitrecord.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST (TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK)

static const struct hosted_user users[] = {{.userid = "ALICE", .devices = true, .disk = FIRST + 64}};

static struct hosted_disk *disk;
static struct vm *alice;
static uint8_t status;

static void begin(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, users, ARRAY_SIZE(users));
	CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0 && spool_init() == 0);
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	alice = vm_find("ALICE");
}

static void end(void)
{
	vm_request(alice, REQUEST_LOGOFF);
	while (vm_count())
		task_sleep_until(&disk, arch_clock() + TOD_MILLISECOND);
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static int operate(uint16_t vdev, uint8_t command, void *data, uint32_t count, bool first)
{
	struct operation o = {
		.command = command, .data = data, .count = count, .first = first, .chained = true};
	int rc = device_exec(device_find(alice, vdev), &o);

	status = o.status;
	return rc == DEVICE_DONE ? (int)o.done : -100 - rc;
}

static uint8_t sense(uint16_t vdev)
{
	uint8_t bytes[SENSE_MAX] = {0};

	operate(vdev, 0x04, bytes, sizeof(bytes), true);
	CU_ASSERT_EQUAL(status, STATUS_ENDED);
	return bytes[0];
}

/* ---- alike ------------------------------------------------------------------------------------------------------------ */

static void alike(void *argument)
{
	static const struct {
		uint16_t vdev;
		uint8_t id[7];
	} known[] = {{0x009, {0xff, 0x32, 0x15, 0x00, 0x32, 0x15, 0x00}},
		     {0x00c, {0xff, 0x25, 0x40, 0x01, 0x25, 0x40, 0x01}},
		     {0x00d, {0xff, 0x25, 0x40, 0x01, 0x25, 0x40, 0x02}},
		     {0x00e, {0xff, 0x14, 0x03, 0x01, 0x14, 0x03, 0x02}}};
	uint8_t bytes[32];

	(void)argument;
	begin();
	for (unsigned i = 0; i < ARRAY_SIZE(known); i++) {
		CU_ASSERT_EQUAL(operate(known[i].vdev, 0xe4, bytes, 7, true), 7);
		CU_ASSERT(status == STATUS_ENDED && bytes[0] == 0xff);
		CU_ASSERT_EQUAL(memcmp(bytes + 4, known[i].id + 4, 2), 0);
		CU_ASSERT_EQUAL(operate(known[i].vdev, 0xe4, bytes, 3, true), 3);
		CU_ASSERT_EQUAL(operate(known[i].vdev, 0x03, bytes, 0, true), 0);
		CU_ASSERT_EQUAL(status, STATUS_ENDED);
		operate(known[i].vdev, 0xff, bytes, 1, true); /* nobody's */
		CU_ASSERT_EQUAL(status, STATUS_ENDED | STATUS_UNIT_CHECK);
		CU_ASSERT_EQUAL(sense(known[i].vdev), SENSE_COMMAND_REJECT);
		CU_ASSERT_EQUAL(sense(known[i].vdev), 0); /* told once */
	}
	end();
}

/* ---- minidisks by channel commands ---------------------------------------------------------------------------------------- */

static void word(uint8_t *p, uint32_t value)
{
	for (int i = 4; i-- > 0; value >>= 8)
		p[i] = (uint8_t)value;
}

/* DEFINE EXTENT over the whole disk, LOCATE, then the operation. */
static int transfer(uint8_t kind, uint32_t block, uint16_t blocks, void *data, uint32_t count)
{
	uint8_t extent[16] = {0}, locate[8] = {kind == 0x42 ? 6 : 1};

	word(extent + 12, 63);
	CU_ASSERT_EQUAL(operate(0x191, 0x63, extent, sizeof(extent), true), 16);
	locate[2] = (uint8_t)(blocks >> 8);
	locate[3] = (uint8_t)blocks;
	word(locate + 4, block);
	operate(0x191, 0x43, locate, sizeof(locate), false);
	return status == STATUS_ENDED ? operate(0x191, kind, data, count, false) : -1;
}

static void minidisk(void *argument)
{
	static uint8_t data[64 * 512], back[64 * 512];

	(void)argument;
	begin();
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i / 512 + 1);
	CU_ASSERT_EQUAL(transfer(0x41, 0, 64, data, sizeof(data)), (int)sizeof(data));
	CU_ASSERT_EQUAL(memcmp(disk->data + (FIRST + 64) * 512, data, sizeof(data)), 0);
	CU_ASSERT(disk->data[(FIRST + 64) * 512 - 1] == 0 && disk->data[(FIRST + 128) * 512] == 0);
	CU_ASSERT_EQUAL(transfer(0x42, 10, 3, back, 3 * 512), 3 * 512);
	CU_ASSERT_EQUAL(memcmp(back, data + 10 * 512, 3 * 512), 0);
	CU_ASSERT_EQUAL(transfer(0x42, 63, 2, back, 1024), -1); /* the extent ends before that */
	CU_ASSERT_NOT_EQUAL(sense(0x191), 0);
	CU_ASSERT_EQUAL(transfer(0x42, 64, 1, back, 512), -1);
	sense(0x191);
	disk->read_error = FIRST + 64 + 5;
	CU_ASSERT(transfer(0x42, 5, 1, back, 512) <= 0);
	CU_ASSERT(status & STATUS_UNIT_CHECK);
	disk->read_error = -1;
	minidisk_of(device_find(alice, 0x191))->read_only = true;
	data[0] = 99;
	CU_ASSERT(transfer(0x41, 0, 1, data, 512) <= 0);
	CU_ASSERT_EQUAL(disk->data[(FIRST + 64) * 512], 1);
	end();
}

/* ---- anything at all ------------------------------------------------------------------------------------------------------ */

static void fuzz(void *argument)
{
	static const uint16_t vdevs[] = {0x009, 0x00c, 0x00d, 0x00e, 0x191};
	static const uint8_t commands[] = {0x01, 0x02, 0x03, 0x04, 0x09, 0x0a, 0x0b, 0x13,
					   0x1b, 0x23, 0x41, 0x42, 0x43, 0x63, 0x64, 0x89,
					   0x8b, 0xa4, 0xe4, 0x34, 0xaf, 0xc2, 0xfb, 0x07};
	unsigned rounds = hosted_long() ? 1000000 : 20000;
	uint64_t seed = 3215;

	(void)argument;
	begin();
	memset(disk->data + FIRST * 512, 0x77, 64 * 512);
	memset(disk->data + (FIRST + 128) * 512, 0x77, 64 * 512);
	for (unsigned round = 0; round < rounds; round++) {
		uint16_t vdev = vdevs[hosted_random(&seed) % ARRAY_SIZE(vdevs)];
		uint8_t command = hosted_random(&seed) % 4
					  ? commands[hosted_random(&seed) % ARRAY_SIZE(commands)]
					  : (uint8_t)hosted_random(&seed);
		uint32_t count = hosted_random(&seed) % (hosted_random(&seed) % 20 ? 200 : 65536);
		uint8_t *data = malloc(count ? count : 1); /* exactly so many: one byte more is seen */

		for (uint32_t i = 0; i < count && i < 64; i++)
			data[i] = hosted_random(&seed) % 3 ? 0 : (uint8_t)hosted_random(&seed);
		if (count >= 16 && hosted_random(&seed) & 1)
			word(data + 12, hosted_random(&seed) % 70);
		if (count >= 8 && hosted_random(&seed) & 1) {
			data[0] = hosted_random(&seed) & 1 ? 6 : 1;
			word(data + 4, hosted_random(&seed) % 70);
		}
		operate(vdev, command, data, count, hosted_random(&seed) % 4 == 0);
		free(data);
		if (round % 64 == 0)
			console_input(alice, "typed", hosted_random(&seed) % 6);
		if (round % 500 == 0) {
			command_run("PURGE ALL", alice, NULL, NULL, CLASS('G'), &reply_nowhere);
			command_run("CLOSE PUNCH PURGE", alice, NULL, NULL, CLASS('G'), &reply_nowhere);
			command_run("CLOSE PRINTER PURGE", alice, NULL, NULL, CLASS('G'), &reply_nowhere);
		}
	}
	for (unsigned i = 0; i < 64 * 512; i++) {
		if (disk->data[FIRST * 512 + i] != 0x77 || disk->data[(FIRST + 128) * 512 + i] != 0x77) {
			CU_FAIL("a neighbour's disk was written");
			break;
		}
	}
	end();
}

/* ---- the console as a serial port ---------------------------------------------------------------------------------------- */

/* Everything that is waiting, in ASCII. */
static const char *taken(struct device *d)
{
	static char text[600];
	size_t n = 0;
	uint8_t byte;

	while (n < sizeof(text) - 1 && console_take(d, &byte)) {
		text_from_guest(&byte, 1);
		text[n++] = (char)byte;
	}
	text[n] = '\0';
	return text;
}

static void serial(void *argument)
{
	struct device *d;
	struct console *c;
	uint8_t byte = 'x';

	(void)argument;
	begin();
	d = device_find(alice, 0x009);
	c = console_of(d);
	CU_ASSERT_FALSE(console_ready(d));
	CU_ASSERT_FALSE(console_take(d, &byte));
	CU_ASSERT_EQUAL(byte, 'x');
	CU_ASSERT_TRUE(console_input(alice, "ls", 2));
	CU_ASSERT_TRUE(console_input(alice, "", 0));
	CU_ASSERT_TRUE(console_ready(d));
	CU_ASSERT_STRING_EQUAL(taken(d), "ls\r\r");
	CU_ASSERT_FALSE(console_ready(d));
	CU_ASSERT_TRUE(console_input(alice, "^c", 2) && console_input(alice, "^D", 2) &&
		       console_input(alice, "^1", 2));
	CU_ASSERT_STRING_EQUAL(taken(d), "\003\004^1\r");
	for (unsigned n = 0; n < CONSOLE_LINES; n++)
		CU_ASSERT_TRUE(console_input(alice, "a", 1));
	CU_ASSERT_FALSE(console_input(alice, "one too many", 12));
	CU_ASSERT_TRUE(console_take(d, &byte));
	d->class->reset(d); /* in the middle of a line */
	CU_ASSERT_FALSE(console_ready(d));
	CU_ASSERT_TRUE(console_input(alice, "new", 3));
	CU_ASSERT_STRING_EQUAL(taken(d), "new\r");
	CU_ASSERT_EQUAL(c->count, 0);
	end();
}

#define IN_TASK(function)                                                                                    \
	static void test_##function(void)                                                                    \
	{                                                                                                    \
		UNIT_IN_TASK(function, NULL);                                                                \
	}

IN_TASK(alike)
IN_TASK(minidisk)
IN_TASK(serial)
IN_TASK(fuzz)

static const struct unit_test tests[] = {
	{"SENSE, SENSE ID, NOP and unknown commands", test_alike},
	{"a minidisk by channel commands, and its bounds", test_minidisk},
	{"a typed line byte by byte, and control characters", test_serial},
	{"any operation: CP stays up, the neighbours' disks are untouched", test_fuzz},
};

UNIT_MAIN("device", tests)
