/*
 * test_calls.c - DIAGNOSE, the virtual SCLP and IUCV, with good and bad parameters.
 *
 * Owns: what each call answers, in registers, condition code and storage. Before: test_channel.c. After: fuzz.c.
 */
#include "world.h"
#include <CUnit/Basic.h>
#include <arch/sclp.h>
#include <cp/format.h>
#include <string.h>

#define LIST   0x3000u
#define BUFFER 0x5000u
#define GR(n)  (world->vcpu.arch.gpr[n])

static void text_at(uint32_t a, size_t length, char *text)
{
	memcpy(text, world->storage + a, length);
	ebcdic_to_ascii(text, length);
	text[length] = '\0';
}

/* Block n of the disks, which begin at sector 16 of the volume. */
static uint8_t *block(unsigned n)
{
	return world->disk + (16 + n) * SECTOR_SIZE;
}

static void test_unknown(void)
{
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x258), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x204), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0xffff), -PGM_SPECIFICATION);
	for (const struct diagnose_entry *e = diagnose_table; e[0].name && e[1].name; e++)
		CU_ASSERT_TRUE(e[0].code < e[1].code);
}

static void test_identify(void)
{
	char text[9];

	GR(2) = LIST;
	GR(4) = 100;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x00), 0);
	CU_ASSERT_EQUAL(GR(4), 60);
	text_at(LIST, 8, text);
	CU_ASSERT_STRING_EQUAL(text, "VM/40   ");
	text_at(LIST + 16, 8, text);
	CU_ASSERT_STRING_EQUAL(text, "WORLD   ");
	CU_ASSERT_EQUAL(world->storage[LIST + 11], 0xff);
	GR(2) = LIST + 4;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x00), -PGM_SPECIFICATION);
	GR(2) = WORLD_STORAGE;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x00), -PGM_ADDRESSING);
	GR(2) = WORLD_STORAGE - 8;
	GR(4) = 8;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x00), 0);
	CU_ASSERT_EQUAL(GR(4), 0);
}

static void test_timer(void)
{
	char text[9];

	GR(2) = LIST;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x0c), 0);
	text_at(LIST, 8, text);
	CU_ASSERT_EQUAL(text[2], '/');
	text_at(LIST + 8, 8, text);
	CU_ASSERT_EQUAL(text[5], ':');
	CU_ASSERT_EQUAL(get32(LIST + 20), 5000000);
	CU_ASSERT_EQUAL(get32(LIST + 28), 7000000);
	GR(2) = LIST + 1;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x0c), -PGM_SPECIFICATION);
}

static void test_command(void)
{
	char text[40];

	put_text(LIST, "query time?query names");
	world->storage[LIST + 10] = 0x15;
	GR(2) = LIST;
	GR(3) = BUFFER;
	GR(4) = 0x40000000 | 22;
	GR(5) = 100;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), 0);
	CU_ASSERT_EQUAL(GR(4), 11); /* of the last command */
	CU_ASSERT_EQUAL(GR(5), 23);
	CU_ASSERT_STRING_EQUAL(world->command, "query names");
	CU_ASSERT_EQUAL(world->storage[BUFFER + 10], 0x15);
	text_at(BUFFER + 11, 11, text);
	CU_ASSERT_STRING_EQUAL(text, "query names");
	/* Too little room. */
	GR(4) = 0x40000000 | 10;
	GR(5) = 4;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), 1);
	CU_ASSERT_EQUAL(GR(5), 7);
	/* Without an answer. */
	GR(4) = 10;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), 0);
	CU_ASSERT_EQUAL(GR(4), 10);
	/* Bad: pairs that overlap, a length, register 15, an address. */
	GR(4) = 0x40000000 | 10;
	CU_ASSERT_EQUAL(run_diagnose(2, 3, 0x08), -PGM_SPECIFICATION);
	GR(15) = GR(4);
	CU_ASSERT_EQUAL(run_diagnose(2, 15, 0x08), -PGM_SPECIFICATION);
	GR(4) = 241;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), -PGM_SPECIFICATION);
	GR(2) = WORLD_STORAGE - 2;
	GR(4) = 10;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), -PGM_ADDRESSING);
	GR(4) = 0;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x08), 0);
	CU_ASSERT_EQUAL(world->vm.requests, REQUEST_STOP);
}

static void test_edit_message(void)
{
	static const struct {
		uint32_t emsg;
		uint64_t address, length;
	} cases[] = {
		{SET_EMSG_CODE | SET_EMSG_TEXT, LIST, 20},
		{SET_EMSG_CODE, LIST, 10},
		{SET_EMSG_TEXT, LIST + 11, 9},
		{0, LIST, 0},
	};

	put_text(LIST, "DMSABC123E Something");
	for (size_t n = 0; n < ARRAY_SIZE(cases); n++) {
		world->vm.options = cases[n].emsg;
		GR(2) = LIST;
		GR(3) = 20;
		CU_ASSERT_EQUAL(run_diagnose(2, 3, 0x5c), 0);
		CU_ASSERT_EQUAL(GR(2), cases[n].address);
		CU_ASSERT_EQUAL(GR(3), cases[n].length);
	}
}

static void test_storage(void)
{
	GR(2) = 0;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x60), 0);
	CU_ASSERT_EQUAL(GR(2), WORLD_STORAGE);
	put32(BUFFER, 1);
	GR(2) = GR(4) = BUFFER;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x10), 0);
	CU_ASSERT_EQUAL(get32(BUFFER), 0);
	GR(4) = BUFFER - 0x1000;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x10), -PGM_SPECIFICATION);
	GR(4) = WORLD_STORAGE;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x10), -PGM_ADDRESSING);
	GR(2) = LIST;
	GR(3) = 64;
	GR(4) = 0x10;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x260), 0);
	CU_ASSERT_EQUAL(GR(4), 1);
	CU_ASSERT_EQUAL(get32(LIST + 12), WORLD_STORAGE - 1);
	GR(4) = 0x0c;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x260), 0);
	CU_ASSERT_EQUAL(GR(2), WORLD_STORAGE - 1);
	/* Never a program interruption. */
	GR(2) = WORLD_STORAGE + 16;
	GR(4) = 0x10;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x260), 3);
	GR(4) = 99;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x260), 3);
}

static void test_device_type(void)
{
	GR(2) = 0xffffffff;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x24), 0);
	CU_ASSERT_EQUAL(GR(2), WORLD_CONSOLE);
	CU_ASSERT_EQUAL(GR(4), 0x80000000);
	GR(2) = WORLD_DISK_READ_ONLY;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x24), 0);
	CU_ASSERT_EQUAL(GR(4), 0x01100080);
	GR(2) = WORLD_PUNCH;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x24), 2);
	CU_ASSERT_EQUAL(GR(4), 0x10820000);
	CU_ASSERT_EQUAL(GR(5), 0);
	GR(2) = 0x999;
	CU_ASSERT_EQUAL(run_diagnose(2, 4, 0x24), 3);
	CU_ASSERT_EQUAL(run_diagnose(2, 5, 0x24), -PGM_SPECIFICATION);
	put32(LIST, WORLD_READER << 16 | 12);
	GR(2) = LIST;
	CU_ASSERT_EQUAL(run_diagnose(2, 0, 0x210), 2);
	CU_ASSERT_EQUAL(get32(LIST + 4), 0x20820000);
	put32(LIST, WORLD_DISK << 16 | 8);
	put32(LIST + 8, 0x55555555);
	CU_ASSERT_EQUAL(run_diagnose(2, 0, 0x210), 0);
	CU_ASSERT_EQUAL(get32(LIST + 8), 0x55555555); /* as many as fit */
	put32(LIST, WORLD_DISK << 16 | 4);
	CU_ASSERT_EQUAL(run_diagnose(2, 0, 0x210), -PGM_SPECIFICATION);
}

/* ---- X'A4' --------------------------------------------------------------------------------- */

#define ENTRIES 0x3100u

static void block_list(uint16_t device, uint8_t type, uint32_t size, uint32_t count)
{
	memset(world->storage + LIST, 0, 88);
	put32(LIST, (uint32_t)device << 16 | type);
	put32(LIST + 4, size);
	put32(LIST + 8, ENTRIES);
	put32(LIST + 12, count);
	GR(2) = LIST;
}

static void entry(unsigned n, uint32_t number, uint32_t address)
{
	put32(ENTRIES + 8 * n, number);
	put32(ENTRIES + 8 * n + 4, address);
}

/* Condition code and GR15 in one. */
static int block_io(void)
{
	int cc = run_diagnose(2, 0, 0xa4);

	return cc < 0 ? cc : cc * 100 + (int)GR(15);
}

static void test_block_io(void)
{
	memset(block(8), 0x11, 512);
	memset(block(9), 0x22, 512);
	memset(block(3), 0x33, 512);
	block_list(WORLD_DISK, 2, 512, 3);
	entry(0, 8, BUFFER + 1);
	entry(1, 9, BUFFER + 0xf80); /* across a page */
	entry(2, 3, 0x8000);
	CU_ASSERT_EQUAL(block_io(), 0);
	CU_ASSERT_EQUAL(get32(LIST + 16), 3);
	CU_ASSERT_EQUAL(world->storage[LIST + 20], 0x0c);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 1], 0x11);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 512], 0x11);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 0xf80 + 511], 0x22);
	CU_ASSERT_EQUAL(world->storage[0x8000], 0x33);
	memset(world->storage + 0x8000, 0x44, 4096);
	block_list(WORLD_DISK, 1, 4096, 1);
	entry(0, 2, 0x8000); /* block 2 of 4096 is sector 16 */
	CU_ASSERT_EQUAL(block_io(), 0);
	CU_ASSERT_EQUAL(block(16)[0], 0x44);
	CU_ASSERT_EQUAL(block(23)[511], 0x44);
	CU_ASSERT_EQUAL(block(24)[0], 0);
}

static void test_block_io_refused(void)
{
	block_list(0x999, 2, 512, 1);
	CU_ASSERT_EQUAL(block_io(), 102);
	block_list(WORLD_CONSOLE, 2, 512, 1);
	CU_ASSERT_EQUAL(block_io(), 102);
	block_list(WORLD_DISK, 2, 513, 1);
	CU_ASSERT_EQUAL(block_io(), 208);
	block_list(WORLD_DISK, 2, 512, 0);
	CU_ASSERT_EQUAL(block_io(), 211);
	block_list(WORLD_DISK, 2, 512, 501);
	CU_ASSERT_EQUAL(block_io(), 211);
	block_list(WORLD_DISK, 2, 512, 1);
	put32(LIST + 8, WORLD_STORAGE);
	CU_ASSERT_EQUAL(block_io(), 210);
	block_list(WORLD_DISK, 2, 512, 1);
	entry(0, 1, WORLD_STORAGE - 511);
	CU_ASSERT_EQUAL(block_io(), 212);
	/* A key that does not open the buffer. */
	world->pages[BUFFER / PAGE_SIZE].key = 0x20;
	block_list(WORLD_DISK, 2, 512, 1);
	world->storage[LIST + 2] = 0x30;
	entry(0, 1, BUFFER);
	CU_ASSERT_EQUAL(block_io(), 212);
	world->storage[LIST + 2] = 0x20;
	CU_ASSERT_EQUAL(block_io(), 0);
	/* Past the end: the blocks before it are done. */
	block_list(WORLD_DISK, 2, 512, 4);
	for (unsigned n = 0; n < 4; n++)
		entry(n, 126 + n, 0x8000 + 512 * n);
	CU_ASSERT_EQUAL(block_io(), 313);
	CU_ASSERT_EQUAL(get32(LIST + 16), 2);
	CU_ASSERT_EQUAL(world->storage[LIST + 20], 0x0e);
	CU_ASSERT_EQUAL(world->storage[LIST + 56], 0x80);
	block_list(WORLD_DISK_READ_ONLY, 1, 512, 1);
	entry(0, 1, 0x8000);
	CU_ASSERT_EQUAL(block_io(), 313);
	CU_ASSERT_EQUAL(world->storage[LIST + 57], 0x02);
	world->disk_broken = true;
	block_list(WORLD_DISK, 2, 512, 1);
	CU_ASSERT_EQUAL(block_io(), 313);
}

static void test_block_io_exceptions(void)
{
	block_list(WORLD_DISK, 2, 512, 1);
	GR(2) = LIST + 2;
	CU_ASSERT_EQUAL(block_io(), -PGM_SPECIFICATION);
	GR(2) = WORLD_STORAGE - 4;
	CU_ASSERT_EQUAL(block_io(), -PGM_ADDRESSING);
	block_list(WORLD_DISK, 3, 512, 1);
	CU_ASSERT_EQUAL(block_io(), -PGM_OPERAND);
	block_list(WORLD_DISK, 2, 512, 1);
	world->storage[LIST + 2] = 0x01;
	CU_ASSERT_EQUAL(block_io(), -PGM_OPERAND);
	block_list(WORLD_DISK, 2, 512, 1);
	put32(LIST + 8, ENTRIES + 4);
	CU_ASSERT_EQUAL(block_io(), -PGM_OPERAND);
	block_list(WORLD_DISK, 2, 512, 1);
	world->storage[LIST + 55] = 1;
	CU_ASSERT_EQUAL(block_io(), -PGM_OPERAND);
}

/* ---- X'250' and X'308' ------------------------------------------------------------------------ */

static int call250(unsigned function, uint16_t device)
{
	int cc;

	put32(LIST, (uint32_t)device << 16 | (world->storage[LIST + 2] & 0x80u) << 8);
	GR(2) = LIST;
	GR(4) = 0xdead000000000000 | function; /* only the word counts */
	cc = run_diagnose(2, 4, 0x250);
	return cc < 0 ? cc : cc * 100 + (int)GR(3);
}

static void test_environment(void)
{
	world->storage[LIST + 2] = 0x80; /* the 64-bit format */
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 228);
	CU_ASSERT_EQUAL(call250(0, 0x999), 216);
	put32(LIST + 24, 777);
	CU_ASSERT_EQUAL(call250(0, WORLD_DISK), 224);
	put32(LIST + 24, 1024);
	CU_ASSERT_EQUAL(call250(0, WORLD_DISK_READ_ONLY), 4);
	put32(LIST + 24, 1024);
	CU_ASSERT_EQUAL(call250(0, WORLD_DISK), 0);
	CU_ASSERT_EQUAL(get32(LIST + 44), 1);
	CU_ASSERT_EQUAL(get32(LIST + 52), 64);
	CU_ASSERT_EQUAL(call250(0, WORLD_DISK), 228);
	/* Two entries: write block 2 (sectors 2 and 3), read it back; one more that cannot be. */
	memset(world->storage + LIST, 0, 64);
	put32(LIST + 28, 3);
	world->storage[LIST + 2] = 0x80; /* the 64-bit format */
	put64(LIST + 48, ENTRIES);
	memset(world->storage + 0x8000, 0x66, 1024);
	for (unsigned n = 0; n < 3; n++) {
		put32(ENTRIES + 24 * n, n == 0 ? 0x01ff0000 : 0x02ff0000);
		put64(ENTRIES + 24 * n + 8, n == 2 ? 65 : 2);
		put64(ENTRIES + 24 * n + 16, 0x8000 + 0x1000 * n);
	}
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 112);
	CU_ASSERT_EQUAL(block(2)[0], 0x66);
	CU_ASSERT_EQUAL(block(3)[511], 0x66);
	CU_ASSERT_EQUAL(world->storage[0x9000], 0x66);
	CU_ASSERT_EQUAL(world->storage[ENTRIES + 1], 0);
	CU_ASSERT_EQUAL(world->storage[ENTRIES + 49], 1);
	CU_ASSERT_EQUAL(call250(2, WORLD_DISK), 0);
	CU_ASSERT_EQUAL(call250(2, WORLD_DISK), 228);
	CU_ASSERT_EQUAL(call250(3, WORLD_DISK), -PGM_SPECIFICATION);
}

/* An environment, a list of one entry in the format of 4-byte fields, and one that is to be told of later. */
static void test_environment_31(void)
{
	memset(world->storage + LIST, 0, 64);
	put32(LIST + 24, 512);
	put32(LIST + 28, 10); /* offset: the guest's block 1 is the disk's 11 */
	CU_ASSERT_EQUAL(call250(0, WORLD_DISK), 0);
	CU_ASSERT_EQUAL(get32(LIST + 32), (uint32_t)-9);
	CU_ASSERT_EQUAL(get32(LIST + 36), 128 - 10);
	memset(world->storage + LIST, 0, 64);
	put32(LIST + 28, 1);
	put32(LIST + 36, ENTRIES);
	put32(LIST + 40, 0x12345678);
	put32(ENTRIES, 0x01ff0000);
	put32(ENTRIES + 4, 1);
	put32(ENTRIES + 12, 0x8000);
	memset(world->storage + 0x8000, 0x77, 512);
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 0);
	CU_ASSERT_EQUAL(block(10)[511], 0x77);
	CU_ASSERT_EQUAL(world->vcpu.arch.block_ends.count, 0);
	world->storage[LIST + 25] = 2;
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 8);
	CU_ASSERT_EQUAL(world->vcpu.arch.block_ends.count, 1);
	CU_ASSERT_EQUAL(world->vcpu.arch.block_ends.code[0], 0x0300);
	CU_ASSERT_EQUAL(world->vcpu.arch.block_ends.parameter[0], 0x12345678);
	CU_ASSERT(world->vcpu.arch.pending & PENDING_BLOCK_END);
	put32(ENTRIES + 4, WORLD_SECTORS);
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 8);
	CU_ASSERT_EQUAL(world->vcpu.arch.block_ends.code[1], 0x0301);
	/* Nobody takes them: no room is left, and no memory is used up. */
	put32(ENTRIES + 4, 1);
	for (unsigned n = 2; n < BLOCK_ENDS_MAX; n++)
		CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 8);
	CU_ASSERT_EQUAL(call250(1, WORLD_DISK), 0);
	CU_ASSERT_EQUAL(call250(2, WORLD_DISK), 0);
}

static int call308(uint64_t function, uint64_t address)
{
	int rc;

	GR(2) = address;
	GR(4) = function;
	rc = run_diagnose(2, 4, 0x308);
	return rc < 0 ? rc : (int)GR(3);
}

static void test_ipl_block(void)
{
	char text[65];

	world->vm.ipl = (struct ipl_settings){.vdev = 0x201, .loadparm = "LOAD", .parm = "root=/dev/dasda"};
	CU_ASSERT_EQUAL(call308(6, BUFFER), 1);
	CU_ASSERT_EQUAL(get32(BUFFER), 192);
	CU_ASSERT_EQUAL(get32(BUFFER + 8), 184);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 12], 2);
	CU_ASSERT_EQUAL(get32(BUFFER + 108), 0x201);
	CU_ASSERT_EQUAL(get32(BUFFER + 116), 15);
	text_at(BUFFER + 120, 15, text);
	CU_ASSERT_STRING_EQUAL(text, "root=/dev/dasda");
	text_at(BUFFER + 16, 8, text);
	CU_ASSERT_STRING_EQUAL(text, "LOAD    ");
	/* Set: a device that does not exist can be named, but not loaded. */
	put32(BUFFER + 108, 0x999);
	CU_ASSERT_EQUAL(call308(5, BUFFER), 1);
	CU_ASSERT_EQUAL(world->vm.ipl.vdev, 0x999);
	CU_ASSERT_STRING_EQUAL(world->vm.ipl.parm, "root=/dev/dasda");
	CU_ASSERT_EQUAL(call308(3, 0), 0x102);
	world->vm.ipl.vdev = WORLD_DISK;
	call308(3, 0);
	CU_ASSERT_EQUAL(world->vm.requests, REQUEST_IPL | REQUEST_CLEAR);
	put32(BUFFER + 116, 65);
	CU_ASSERT_EQUAL(call308(5, BUFFER), 0x102);
	CU_ASSERT_EQUAL(call308(5, BUFFER + 8), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(call308(17, BUFFER), 2);
	CU_ASSERT_EQUAL(call308(6, WORLD_STORAGE), -PGM_ADDRESSING);
}

/* ---- SCLP and IUCV ----------------------------------------------------------------------------- */

/* Response code, or -(program interruption); the signal is taken as an interruption would. */
static int service(uint32_t command, uint32_t address)
{
	struct instruction i = {.v = &world->vcpu, .r1 = 2, .r2 = 3};
	int rc;

	GR(2) = command;
	GR(3) = address;
	rc = sim_servc(&i);
	if (rc)
		return -rc;
	CU_ASSERT_EQUAL(world->vcpu.arch.pending & PENDING_SERVICE, PENDING_SERVICE);
	CU_ASSERT_EQUAL(world->vcpu.arch.service_parameter & ~7u, address);
	world->vcpu.arch.pending &= ~(uint32_t)PENDING_SERVICE;
	return (int)(get32(address + 4) & 0xffff);
}

static void sccb(uint16_t length)
{
	memset(world->storage + BUFFER, 0, 4096);
	put32(BUFFER, (uint32_t)length << 16);
}

static void test_sclp_information(void)
{
	sccb(4096);
	CU_ASSERT_EQUAL(service(0x00120001, BUFFER), 0x10);
	CU_ASSERT_EQUAL(get32(BUFFER + 8), 0x00010100); /* one increment of 1 MiB */
	CU_ASSERT_EQUAL(get32(BUFFER + 16), 0x00010080);
	sccb(100);
	CU_ASSERT_EQUAL(service(0x00020001, BUFFER), 0x300);
	sccb(4096);
	CU_ASSERT_EQUAL(service(0x00010001, BUFFER), 0x10);
	CU_ASSERT_EQUAL(get32(BUFFER + 8), 0x00010010);
	CU_ASSERT_EQUAL(service(0x00040001, BUFFER), 0x1f0);
	CU_ASSERT_EQUAL(service(0x00020001, BUFFER + 4), -PGM_SPECIFICATION);
	sccb(4);
	CU_ASSERT_EQUAL(service(0x00020001, BUFFER), -PGM_SPECIFICATION);
	put32(BUFFER + 8, 4096u << 16);
	CU_ASSERT_EQUAL(service(0x00020001, BUFFER + 8), -PGM_SPECIFICATION);
	CU_ASSERT_EQUAL(service(0x00020001, WORLD_STORAGE), -PGM_ADDRESSING);
}

static void listen(uint32_t receive)
{
	sccb(28);
	put32(BUFFER + 8, 4);
	put32(BUFFER + 12, receive);
	put32(BUFFER + 16, 0x40000000);
	CU_ASSERT_EQUAL(service(0x00780005, BUFFER), 0x20);
}

static void test_sclp_events(void)
{
	char text[10];

	sccb(20);
	put32(BUFFER + 8, 4);
	CU_ASSERT_EQUAL(service(0x00780005, BUFFER), 0x74f0);
	CU_ASSERT_FALSE(virtual_sclp_quiesce(&world->vm)); /* nobody listens */
	listen(0x80000008);
	CU_ASSERT_EQUAL(get32(BUFFER + 20), 0x40000000);
	CU_ASSERT_EQUAL(get32(BUFFER + 24), 0x80000008);
	sccb(4096);
	CU_ASSERT_EQUAL(service(0x00770005, BUFFER), 0x60f0);
	CU_ASSERT_TRUE(virtual_sclp_command(&world->vm, "HELLO", 5));
	CU_ASSERT_FALSE(virtual_sclp_command(&world->vm, "AGAIN", 5));
	CU_ASSERT_EQUAL(world->vcpu.arch.service_parameter & 1, 1);
	CU_ASSERT_EQUAL(service(0x00770005, BUFFER), 0x20);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 10], 1);
	CU_ASSERT_EQUAL(get32(BUFFER + 22), 0x000d1320);
	text_at(BUFFER + 30, 5, text);
	CU_ASSERT_STRING_EQUAL(text, "HELLO");
	CU_ASSERT_TRUE(virtual_sclp_quiesce(&world->vm));
	sccb(4096);
	CU_ASSERT_EQUAL(service(0x00770005, BUFFER), 0x20);
	CU_ASSERT_EQUAL(world->storage[BUFFER + 10], 0x1d);
}

static void test_sclp_message(void)
{
	sccb(8 + 6 + 12 + 15);
	put32(BUFFER + 8, (6 + 12 + 15) << 16 | 0x0200);
	put32(BUFFER + 14, (12 + 15) << 16 | 1);
	put32(BUFFER + 26, 15 << 16 | 4);
	put_text(BUFFER + 36, "HELLO");
	CU_ASSERT_EQUAL(service(0x00760005, BUFFER), 0x20);
	CU_ASSERT_STRING_EQUAL(world->terminal, "HELLO\n");
	CU_ASSERT_EQUAL(world->storage[BUFFER + 11], 0x80);
	/* Lengths that lead out of the block. */
	put32(BUFFER + 8, 5000u << 16 | 0x0200);
	CU_ASSERT_EQUAL(service(0x00760005, BUFFER), 0x73f0);
	put32(BUFFER + 8, (6 + 12 + 15) << 16 | 0x0200);
	put32(BUFFER + 26, 999u << 16 | 4);
	CU_ASSERT_EQUAL(service(0x00760005, BUFFER), 0x20);
	CU_ASSERT_STRING_EQUAL(world->terminal, "HELLO\n");
}

static void test_iucv(void)
{
	GR(0) = 0;
	CU_ASSERT_EQUAL(run_io(sim_iucv, 0, 0), 0);
	CU_ASSERT_EQUAL(GR(0), 40);
	CU_ASSERT_TRUE(GR(1) > 0);
	GR(0) = 11;
	CU_ASSERT_EQUAL(run_io(sim_iucv, LIST, 0), 1);
	CU_ASSERT_EQUAL(world->storage[LIST + 3], 11);
	CU_ASSERT_EQUAL(run_io(sim_iucv, WORLD_STORAGE, 0), -PGM_ADDRESSING);
	GR(0) = 4711;
	CU_ASSERT_EQUAL(run_io(sim_iucv, LIST, 0), 3);
}

static CU_TestInfo tests[] = {
	{"unknown codes", test_unknown},
	{"X'00' identification", test_identify},
	{"X'0C' timer", test_timer},
	{"X'08' commands", test_command},
	{"X'5C' messages", test_edit_message},
	{"X'10' X'60' X'260' storage", test_storage},
	{"X'24' X'210' devices", test_device_type},
	{"X'A4' block I/O", test_block_io},
	{"X'A4' refused", test_block_io_refused},
	{"X'A4' exceptions", test_block_io_exceptions},
	{"X'250' environment", test_environment},
	{"X'250' of 31 bits, asynchronous", test_environment_31},
	{"X'308' IPL block", test_ipl_block},
	{"SCLP information", test_sclp_information},
	{"SCLP events", test_sclp_events},
	{"SCLP message", test_sclp_message},
	{"IUCV", test_iucv},
	CU_TEST_INFO_NULL,
};

void suite_calls(void)
{
	CU_SuiteInfo suites[] = {{"calls", NULL, NULL, world_begin, world_end, tests}, CU_SUITE_INFO_NULL};

	CU_register_suites(suites);
}
