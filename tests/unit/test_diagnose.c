/*
 * test_diagnose.c - a guest's calls to CP: known answers, and any registers and parameter lists at all.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/command.h>
#include <cp/crc32.h>
#include <cp/diagnose.h>
#include <cp/format.h>
#include <cp/session.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

#define SIZE (1u << 20)

static const struct hosted_user users[] = {
	{.userid = "ALICE", .storage = SIZE, .classes = "ABCDEG", .devices = true},
	{.userid = "BOB",
	 .storage = SIZE,
	 .devices = true,
	 .disk = TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + 64},
};

static struct hosted_disk *disk;
static struct vm *alice, *bob;
static struct vcpu *v;

static void begin(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, users, ARRAY_SIZE(users));
	CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0 && spool_init() == 0);
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(session_autolog("BOB", &reply_nowhere), 0);
	alice = vm_find("ALICE");
	bob = vm_find("BOB");
	v = alice->cpu[0];
}

static void end(void)
{
	if (vm_find("ALICE"))
		vm_request(alice, REQUEST_LOGOFF);
	if (vm_find("BOB"))
		vm_request(bob, REQUEST_LOGOFF);
	while (vm_count())
		task_sleep_until(&disk, arch_clock() + TOD_MILLISECOND);
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static int call(uint16_t code, unsigned x, unsigned y)
{
	struct diagnose d = {.v = v, .code = code, .x = x, .y = y, .result = 15, .wide = true};

	return diagnose_run(&d);
}

static void set(unsigned n, uint64_t value)
{
	v->arch.gpr[n] = value;
}

static void put(gabs_t a, unsigned bytes, uint64_t value)
{
	uint8_t field[8];

	for (unsigned i = bytes; i-- > 0; value >>= 8)
		field[i] = (uint8_t)value;
	guest_write(alice, a, field, bytes);
}

static uint64_t get(gabs_t a, unsigned bytes)
{
	uint8_t field[8];
	uint64_t value = 0;

	guest_read(alice, a, field, bytes);
	for (unsigned i = 0; i < bytes; i++)
		value = value << 8 | field[i];
	return value;
}

static void text_get(gabs_t a, char *text, size_t length)
{
	guest_read(alice, a, text, length);
	ebcdic_to_ascii(text, length);
	text[length] = '\0';
}

static void text_put(gabs_t a, const char *text)
{
	uint8_t e[200];
	size_t length = strlen(text);

	memcpy(e, text, length);
	ascii_to_ebcdic(e, length);
	guest_write(alice, a, e, length);
}

/* ---- known answers ------------------------------------------------------------------------------------------------- */

static void identify(void *argument)
{
	char text[50];

	(void)argument;
	begin();
	set(2, 0x1000);
	set(3, 40);
	CU_ASSERT_EQUAL(call(0x00, 2, 3), 0);
	CU_ASSERT_EQUAL(v->arch.gpr[3], 0);
	text_get(0x1000, text, 40);
	CU_ASSERT_EQUAL(memcmp(text + 16, "ALICE   ", 8), 0);
	CU_ASSERT_EQUAL(get(0x100b, 1), 0xff);
	set(3, 10); /* what fits, and nothing beyond */
	put(0x100a, 8, 0x1122334455667788);
	CU_ASSERT_EQUAL(call(0x00, 2, 3), 0);
	CU_ASSERT_EQUAL(get(0x100a, 8), 0x1122334455667788);
	set(2, 0x1001);
	CU_ASSERT_EQUAL(call(0x00, 2, 3), DIAG_SPECIFICATION);
	set(2, SIZE);
	set(3, 40);
	CU_ASSERT_EQUAL(call(0x00, 2, 3), DIAG_ADDRESSING);
	CU_ASSERT_EQUAL(call(0x1ff, 2, 3), DIAG_SPECIFICATION);
	CU_ASSERT_EQUAL(call(0x60, 5, 0), 0);
	CU_ASSERT_EQUAL(v->arch.gpr[5], SIZE);
	set(2, 0x2000);
	CU_ASSERT_EQUAL(call(0x0c, 2, 0), 0);
	text_get(0x2000, text, 8);
	CU_ASSERT_STRING_EQUAL(text, "11/23/26");
	set(3, 0x0c);
	CU_ASSERT_EQUAL(call(0x260, 2, 3), 0);
	CU_ASSERT(v->arch.gpr[2] == SIZE - 1 && v->arch.cc == 0);
	end();
}

static void pages(void *argument)
{
	uint64_t resident;

	(void)argument;
	begin();
	for (gabs_t a = 0x8000; a < 0xc000; a += PAGE_SIZE)
		put(a + 8, 8, a);
	resident = alice->storage.resident;
	set(2, 0x9000);
	set(3, 0xa000);
	CU_ASSERT_EQUAL(call(0x10, 2, 3), 0);
	CU_ASSERT_EQUAL(alice->storage.resident, resident - 2);
	CU_ASSERT(get(0x8008, 8) == 0x8000 && get(0x9008, 8) == 0 && get(0xa008, 8) == 0 &&
		  get(0xb008, 8) == 0xb000);
	set(3, 0x8000);
	CU_ASSERT_EQUAL(call(0x10, 2, 3), DIAG_SPECIFICATION);
	set(3, SIZE);
	CU_ASSERT_EQUAL(call(0x10, 2, 3), DIAG_ADDRESSING);
	end();
}

static void commands(void *argument)
{
	char text[300];

	(void)argument;
	begin();
	text_put(0x1000, "QUERY TIME  ");
	set(2, 0x1000);
	set(3, 0x2000);
	set(4, 0x40000000 | 12);
	set(5, 100);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), 0);
	CU_ASSERT(v->arch.cc == 0 && v->arch.gpr[4] == 0 && v->arch.gpr[5] > 5);
	text_get(0x2000, text, 5);
	CU_ASSERT_STRING_EQUAL(text, "TIME ");
	/* Too small a buffer: what fits, cc 1, and how much did not. */
	text_put(0x1000, "QUERY VIRTUAL");
	put(0x2014, 4, 0xaabbccdd);
	set(4, 0x40000000 | 13);
	set(5, 20);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), 0);
	CU_ASSERT(v->arch.cc == 1 && v->arch.gpr[5] > 100);
	CU_ASSERT_EQUAL(get(0x2014, 4), 0xaabbccdd);
	text_put(0x1000, "NONSENSE");
	set(4, 0x40000000 | 8);
	set(5, 100);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), 0);
	CU_ASSERT_EQUAL(v->arch.gpr[4], 1);
	/* Two commands, one answer buffer; the return code is the last one's. */
	text_put(0x1000, "NONSENSE?QUERY TIME  ");
	put(0x1008, 1, 0x15);
	set(4, 0x40000000 | 21);
	set(5, 200);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), 0);
	CU_ASSERT_EQUAL(v->arch.gpr[4], 0);
	set(4, 0x40000000 | 241);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), DIAG_SPECIFICATION);
	set(4, 0x40000000 | 8);
	CU_ASSERT_EQUAL(call(0x08, 15, 4), DIAG_SPECIFICATION);
	CU_ASSERT_EQUAL(call(0x08, 3, 4), DIAG_SPECIFICATION);
	set(2, SIZE - 4);
	CU_ASSERT_EQUAL(call(0x08, 2, 4), DIAG_ADDRESSING);
	end();
}

/* DIAGNOSE A4: blocks of 191, and not a byte beside it. */
static int blocks(uint8_t type, uint32_t block, uint32_t count, uint32_t size)
{
	for (gabs_t a = 0x1000; a < 0x1058; a += 8)
		put(a, 8, 0);
	put(0x1000, 2, 0x191);
	put(0x1003, 1, type);
	put(0x1004, 4, size);
	put(0x1008, 4, 0x1100);
	put(0x100c, 4, count);
	for (uint32_t i = 0; i < count && i < 20; i++) {
		put(0x1100 + i * 8, 4, block + i);
		put(0x1104 + i * 8, 4, 0x4000 + i * size);
	}
	set(2, 0x1000);
	CU_ASSERT_EQUAL(call(0xa4, 2, 0), 0);
	return (int)v->arch.gpr[15];
}

static void disk_blocks(void *argument)
{
	const uint64_t first = TEST_MINIDISK * VOLUME_BLOCK;

	(void)argument;
	begin();
	put(0x4000, 8, 0x1111111111111111);
	put(0x41f8, 8, 0x2222222222222222);
	put(0x4200, 8, 0x3333333333333333);
	CU_ASSERT_EQUAL(blocks(1, 3, 2, 512), 0);
	CU_ASSERT(v->arch.cc == 0 && get(0x1010, 4) == 2);
	CU_ASSERT_EQUAL(disk->data[first + 3 * 512], 0x11);
	CU_ASSERT_EQUAL(disk->data[first + 4 * 512 - 1], 0x22);
	CU_ASSERT_EQUAL(disk->data[first + 4 * 512], 0x33);
	put(0x4000, 8, 0);
	CU_ASSERT_EQUAL(blocks(2, 3, 1, 512), 0);
	CU_ASSERT_EQUAL(get(0x4000, 8), 0x1111111111111111);
	CU_ASSERT_EQUAL(blocks(1, 63, 2, 512), 13); /* the second lies beyond the end */
	CU_ASSERT(v->arch.cc == 3 && get(0x1010, 4) == 1);
	CU_ASSERT_EQUAL(disk->data[first + 64 * 512], 0);
	CU_ASSERT_EQUAL(blocks(1, 0xffffffff, 1, 4096), 13);
	CU_ASSERT_EQUAL(blocks(2, 0, 1, 500), 8);
	CU_ASSERT_EQUAL(blocks(2, 0, 501, 512), 11);
	CU_ASSERT_EQUAL(blocks(2, 0, 0, 512), 11);
	end();
}

/* DIAGNOSE A8: cards punched, and read again; what is refused. */
static int operation(uint16_t device, uint8_t command, uint32_t buffer, uint32_t count)
{
	for (gabs_t a = 0x1000; a < 0x1030; a += 8)
		put(a, 8, 0);
	put(0x1000, 2, device);
	put(0x1002, 1, command);
	put(0x1004, 4, buffer);
	put(0x1008, 4, count);
	set(2, 0x1000);
	CU_ASSERT_EQUAL(call(0xa8, 2, 0), 0);
	return (int)v->arch.gpr[15];
}

static void operations(void *argument)
{
	(void)argument;
	begin();
	/* the characteristics of a disk of 64 sectors */
	CU_ASSERT_EQUAL(operation(0x191, 0x64, 0x4000, 32), 0);
	CU_ASSERT_EQUAL(get(0x400e, 4), 64);
	CU_ASSERT(v->arch.cc == 0 && get(0x100c, 4) == 0 && get(0x1010, 1) == STATUS_ENDED);
	put(0x4020, 8, 0x77);
	CU_ASSERT_EQUAL(operation(0x191, 0x64, 0x4020, 40), 0);
	CU_ASSERT(get(0x100c, 4) == 8 && get(0x4040, 8) == 0);
	CU_ASSERT_EQUAL(operation(0x191, 0x42, 0x4000, 512), 13); /* READ without LOCATE */
	CU_ASSERT(v->arch.cc == 3 && get(0x1010, 1) == (STATUS_ENDED | STATUS_UNIT_CHECK));
	CU_ASSERT(get(0x1012, 2) == 24 && get(0x1018, 1) == SENSE_COMMAND_REJECT);
	CU_ASSERT_EQUAL(operation(0x009, 0x0a, 0x4000, 80), 2); /* a console may wait */
	CU_ASSERT_EQUAL(v->arch.cc, 1);
	CU_ASSERT_EQUAL(operation(0x777, 0x02, 0x4000, 80), 2);
	CU_ASSERT_EQUAL(operation(0x191, 0x64, SIZE - 16, 32), 12);
	CU_ASSERT_EQUAL(v->arch.cc, 2);
	CU_ASSERT_EQUAL(operation(0x191, 0x64, 0x4000, 0), 11);
	CU_ASSERT_EQUAL(operation(0x191, 0x64, 0x4000, 4097), 11);
	CU_ASSERT_EQUAL(operation(0x191, 0x63, SIZE - 8, 16), 12);
	set(2, 0x1002);
	CU_ASSERT_EQUAL(call(0xa8, 2, 0), DIAG_SPECIFICATION);
	set(2, SIZE - 4);
	CU_ASSERT_EQUAL(call(0xa8, 2, 0), DIAG_ADDRESSING);
	end();
}

/* ---- anything at all ------------------------------------------------------------------------------------------------- */

static uint64_t wild(uint64_t *seed)
{
	static const uint64_t edges[] = {0,           1,          8,          0x0c,       0x10,
					 40,          0x191,      0x009,      0x00c,      SIZE - 8,
					 SIZE - 4096, SIZE,       UINT64_MAX, 0x7fffffff, 0x80000000,
					 0xffffffff,  0x40000010, 0x1000,     0x2000,     0x100000000};
	uint32_t r = hosted_random(seed);

	switch (r % 4) {
	case 0:
		return edges[r / 4 % ARRAY_SIZE(edges)];
	case 1:
		return r / 4 % SIZE & ~7ull;
	case 2:
		return r / 4 % 512;
	default:
		return (uint64_t)r << 32 | hosted_random(seed);
	}
}

/* Low storage holds lists of plausible words, so that handlers get past their first checks. */
static void wild_storage(uint64_t *seed)
{
	for (int i = 0; i < 40; i++) {
		uint64_t value = wild(seed);

		put(0x1000 + hosted_random(seed) % 0x1800, hosted_random(seed) & 1 ? 4 : 2, value);
	}
	if (hosted_random(seed) & 1)
		put(0x1000, 2, 0x191);
	if (hosted_random(seed) & 1)
		put(0x1003, 1, 1 + hosted_random(seed) % 2);
	if (hosted_random(seed) & 1)
		put(0x1004, 4, 512u << hosted_random(seed) % 4);
	if (hosted_random(seed) & 1)
		put(0x100c, 4, hosted_random(seed) % 70);
	if (hosted_random(seed) & 1)
		put(0x1008, 4, 0x1100);
}

static uint32_t neighbour_sum(void)
{
	static uint8_t piece[PAGE_SIZE];
	uint32_t crc = 0;

	for (gabs_t a = 0; a < SIZE; a += PAGE_SIZE) {
		guest_read(bob, a, piece, sizeof(piece));
		crc = crc32_update(crc, piece, sizeof(piece));
	}
	return crc32_update(crc, disk->data + (TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + 64) * SECTOR_SIZE,
			    64 * SECTOR_SIZE);
}

static void fuzz(void *argument)
{
	unsigned rounds = hosted_long() ? 300000 : 6000;
	uint64_t seed = 308;
	uint32_t sum;

	(void)argument;
	begin();
	for (gabs_t a = 0; a < SIZE; a += 3000) {
		uint64_t value = a * 77;

		guest_write(bob, a, &value, 8);
	}
	memset(disk->data + (TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + 64) * SECTOR_SIZE, 0xb0,
	       64 * SECTOR_SIZE);
	sum = neighbour_sum();
	for (unsigned round = 0; round < rounds; round++) {
		const struct diagnose_entry *e = diagnose_table;
		unsigned codes = 0, x = hosted_random(&seed) % 16, y = hosted_random(&seed) % 16;

		while (diagnose_table[codes].name)
			codes++;
		e += hosted_random(&seed) % codes;
		for (unsigned n = 0; n < 16; n++)
			set(n, wild(&seed));
		wild_storage(&seed);
		if (hosted_random(&seed) & 1)
			set(x, 0x1000);
		if (e->code == 0x08) /* not "LOGOFF", not by chance either: the letters are EBCDIC noise */
			put(0x1000, 8, wild(&seed));
		else if (e->code == 0x308 && hosted_random(&seed) % 4)
			set(y, 5 + hosted_random(&seed) %
					       2); /* reset and load end the run soon: mostly the others */
		call(e->code, x, y);
		if (round % 500 == 0) {
			vm_settle(alice);
			CU_ASSERT_PTR_EQUAL(vm_find("ALICE"), alice);
			CU_ASSERT_EQUAL(neighbour_sum(), sum);
		}
	}
	CU_ASSERT_EQUAL(neighbour_sum(), sum);
	end();
}

#define IN_TASK(function)                                                                                    \
	static void test_##function(void)                                                                    \
	{                                                                                                    \
		UNIT_IN_TASK(function, NULL);                                                                \
	}

IN_TASK(identify)
IN_TASK(pages)
IN_TASK(commands)
IN_TASK(disk_blocks)
IN_TASK(operations)
IN_TASK(fuzz)

static const struct unit_test tests[] = {
	{"identification, size, time, extents", test_identify},
	{"pages are released, exactly those", test_pages},
	{"commands and their answers", test_commands},
	{"blocks of a minidisk, and not a byte beside it", test_disk_blocks},
	{"one operation of a device", test_operations},
	{"any registers and lists: CP stays up, the neighbour is untouched", test_fuzz},
};

UNIT_MAIN("diagnose", tests)
