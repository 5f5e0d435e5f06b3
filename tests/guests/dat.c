/*
 * Dynamic address translation: every kind of designation, every kind of translation exception, protection, the three
 * address spaces, and entries that change under the CPU's feet.
 * Before it: interruption.c. After it: storage.c.
 * Known simplification: no access registers, no large pages, no ASN translation.
 */
#include "runtime/guest.h"

#define INVALID      0x20UL
#define PAGE_INVALID 0x400UL
#define PROTECT      0x200UL
#define SHOWN        0x40000000UL /* 1 GiB: beyond real storage, so nothing here is reached by chance */
#define MEGABYTE     0x100000UL

static struct trial t;
static uint64_t *pages, *segments, *third, *second, *first;
static uint64_t *frame, *other_frame;

/* One page table for SHOWN, and the image itself mapped as it lies, so that code can run with DAT on. */
static void tables_build(void)
{
	uint64_t *low = page_new(1);

	first = page_new(4);
	second = page_new(4);
	third = page_new(4);
	segments = page_new(4);
	pages = page_new(1);
	frame = page_new(1);
	other_frame = page_new(1);
	for (int i = 0; i < 2048; i++)
		first[i] = second[i] = third[i] = segments[i] = INVALID;
	for (uint64_t i = 0; i < 256; i++) {
		low[i] = i << 12;
		pages[i] = PAGE_INVALID;
	}
	segments[0] = (uint64_t)low;
	segments[SHOWN >> 20] = (uint64_t)pages;
	third[0] = (uint64_t)segments | 4 | 3;
	second[0] = (uint64_t)third | 8 | 3;
	first[0] = (uint64_t)second | 12 | 3;
	pages[1] = (uint64_t)frame;
	pages[2] = (uint64_t)other_frame;
	pages[3] = (uint64_t)frame | PROTECT;
	frame[0] = 0x1111111111111111;
	other_frame[0] = 0x2222222222222222;
}

static void use(int control, uint64_t designation)
{
	control_set(control, designation);
	__asm__ volatile("ptlb" : : : "memory");
}

static void read_at(const char *name, uint64_t mask, uint64_t address)
{
	LOW(uint64_t, 0xa8) = 0;
	t.gpr[1] = address;
	t.gpr[2] = 0;
	try(&t, name, mask, CODE("lg 2,0(1)"));
}

#define DAT (PSW_64BIT | PSW_DAT)

static void expect_fault(unsigned code, uint64_t page, unsigned space)
{
	expect_program(&t, code, 6, 0);
	expect("page address in the exception identification", (t.teid & ~0xfffUL) == page);
	expect("address space in bits 62-63", (t.teid & 3) == space);
}

static void designation(const char *name, uint64_t asce, unsigned unmapped)
{
	use(1, asce);
	read_at(name, DAT, SHOWN + 0x1000);
	expect_done(&t, 0);
	expect("the frame's doubleword", t.gpr[2] == 0x1111111111111111);
	read_at("  page invalid", DAT | PSW_PROBLEM, SHOWN + 0x5008);
	expect_fault(0x11, SHOWN + 0x5000, 0);
	read_at("  segment invalid", DAT, SHOWN + MEGABYTE);
	expect_fault(0x10, SHOWN + MEGABYTE, 0);
	read_at("  next higher level", DAT, 0x80000000);
	expect_fault(unmapped, 0x80000000, 0);
	t.gpr[1] = SHOWN + 0x3000;
	t.gpr[2] = 7;
	try(&t, "  page protected", DAT, CODE("stg 2,0(1)"));
	expect_program(&t, 4, 6, 6);
	t.gpr[1] = SHOWN + 0x1010;
	try(&t, "  store", DAT, CODE("stg 2,0(1)"));
	expect_done(&t, 0);
	expect("the frame has it", frame[2] == 7);
	frame[2] = 0;
}

static void levels(void)
{
	designation("segment table", (uint64_t)segments | 3, 0x38);
	designation("region-third table", (uint64_t)third | 4 | 3, 0x3b);
	designation("region-second table", (uint64_t)second | 8 | 3, 0x3b);
	designation("region-first table", (uint64_t)first | 12 | 3, 0x3b);
	read_at("region-second invalid", DAT, 1UL << 42);
	expect_fault(0x3a, 1UL << 42, 0);
	read_at("region-first invalid", DAT, 1UL << 53);
	expect_fault(0x39, 1UL << 53, 0);
	use(1, (uint64_t)second | 8 | 3);
	read_at("beyond a region-second table", DAT, 1UL << 53);
	expect_fault(0x38, 1UL << 53, 0);
	use(1, (uint64_t)segments); /* length 0: 512 entries */
	read_at("beyond a segment table's length", DAT, SHOWN);
	expect_fault(0x10, SHOWN, 0);
	use(1, (uint64_t)segments | 2);
	read_at("within a segment table's length", DAT, SHOWN + 0x1000);
	expect_done(&t, 0);
	use(1, 0x20);
	read_at("real space", DAT, (uint64_t)frame);
	expect("translates to itself", t.end == END_SVC && t.gpr[2] == frame[0]);
	read_at("real space, beyond storage", DAT, SHOWN);
	expect_program(&t, 5, 6, 6);
	use(1, (uint64_t)third | 4 | 3);
}

static void broken_tables(void)
{
	pages[4] = 0x7ffff000;
	read_at("frame beyond storage", DAT, SHOWN + 0x4000);
	expect_program(&t, 5, 6, 6);
	segments[(SHOWN >> 20) + 2] = 0x7ffff000;
	read_at("page table beyond storage", DAT, SHOWN + 2 * MEGABYTE);
	expect("addressing", t.end == END_PROGRAM && t.code == 5);
	pages[4] = (uint64_t)frame | 0x800;
	read_at("bit 52 of a page-table entry", DAT, SHOWN + 0x4000);
	if (t.end == END_PROGRAM && t.code == 0x12)
		expect_program(&t, 0x12, 6, 6);
	else
		differs("no translation-specification exception");
	pages[4] = PAGE_INVALID;
	third[1] = (uint64_t)segments | 8 | 3; /* the type of an entry of a region-second table */
	read_at("wrong table type", DAT, 0x80000000);
	expect("translation specification", t.end == END_PROGRAM && t.code == 0x12);
	third[1] = INVALID;
}

/* LRA tells where the invalid entry is. */
static void entry_expect(int cc, const uint64_t *entry)
{
	expect_done(&t, -1);
	if (trial_cc(&t) == 3) {
		differs("condition code 3");
		return;
	}
	expect_done(&t, cc);
	expect("address of the entry", t.gpr[2] == (uint64_t)entry);
}

static void load_real(void)
{
	t.gpr[1] = SHOWN + 0x1234;
	try(&t, "lrag, mapped", DAT, CODE("lrag 2,0(1)"));
	expect_done(&t, 0);
	expect("real address", t.gpr[2] == (uint64_t)frame + 0x234);
	t.gpr[1] = SHOWN + 0x2234;
	try(&t, "lray, mapped, displacement below zero", DAT, CODE("lray 2,-0x1000(1)"));
	expect_done(&t, 0);
	expect("real address", (uint32_t)t.gpr[2] == (uint32_t)(uint64_t)frame + 0x234);
	t.gpr[1] = SHOWN + 0x5000;
	try(&t, "lrag, page invalid", DAT, CODE("lrag 2,0(1)"));
	entry_expect(2, &pages[5]);
	t.gpr[1] = SHOWN + MEGABYTE;
	try(&t, "lrag, segment invalid", DAT, CODE("lrag 2,0(1)"));
	entry_expect(1, &segments[(SHOWN >> 20) + 1]);
	t.gpr[1] = 1UL << 53;
	try(&t, "lrag, beyond the designation", DAT, CODE("lrag 2,0(1)"));
	expect_done(&t, 3);
	if ((uint32_t)t.gpr[2] != 0x80000038)
		differs("not the interruption code");
	use(1, (uint64_t)segments); /* length 0: 512 entries */
	t.gpr[1] = SHOWN;
	t.gpr[2] = 0xeeeeeeeeeeeeeeee;
	try(&t, "lrag, beyond a segment table's length", DAT, CODE("lrag 2,0(1)"));
	expect_done(&t, 3);
	if ((uint32_t)t.gpr[2] != 0x80000010)
		differs("not the interruption code");
	use(1, (uint64_t)third | 4 | 3);
	t.gpr[1] = SHOWN + 0x1234;
	t.gpr[5] = 0x20;
	t.gpr[2] = 0;
	try(&t, "lrag, by EX", DAT, CODE("larl 4,1f\n exrl 5,1f\n j 2f\n1: lrag 0,0(0,1)\n2: lr 0,0"));
	expect_done(&t, 0);
	expect("real address", t.gpr[2] == (uint64_t)frame + 0x234);
	t.gpr[1] = SHOWN + 0x1234;
	t.gpr[2] = 0xffffffff00000000;
	try(&t, "lra, mapped", DAT, CODE("lra 2,0(1)"));
	expect_done(&t, 0);
	expect("real address, left half stays",
	       t.gpr[2] == (0xffffffff00000000 | ((uint64_t)frame + 0x234)) ||
		       t.gpr[2] == (uint64_t)frame + 0x234);
}

/* Each store, and the exception of one, is the STURG's. */
static void load_real_and_store(void)
{
	t.gpr[1] = SHOWN + 0x1230;
	t.gpr[3] = 0x0102030405060708;
	try(&t, "lra and sturg", DAT, CODE("lra 1,0(1)\n sturg 3,1"));
	expect_done(&t, 0);
	expect("real address", t.gpr[1] == (uint64_t)frame + 0x230);
	expect("stored", *(uint64_t *)((uint64_t)frame + 0x230) == 0x0102030405060708);
	pages[6] = 1UL << 40;
	t.gpr[1] = SHOWN + 0x6230;
	try(&t, "lra and sturg, beyond storage", DAT, CODE("lra 1,0(1)\n sturg 3,1"));
	expect_program(&t, 5, 4, 8);
	expect("real address", t.gpr[1] == (1UL << 40) + 0x230);
	pages[6] = PAGE_INVALID;
}

/* Primary, secondary and home space show one address three ways. */
static void spaces(void)
{
	static const uint64_t mode[] = {PSW_PRIMARY, PSW_SECONDARY, PSW_HOME};
	static const int control[] = {1, 7, 13};
	uint64_t *table[3];

	for (int i = 0; i < 3; i++) {
		uint64_t *own = page_new(1);

		table[i] = page_new(4);
		memcpy(table[i], segments, 2048 * 8);
		for (int n = 0; n < 256; n++)
			own[n] = PAGE_INVALID;
		own[0] = (uint64_t)page_new(1);
		*(uint64_t *)own[0] = 0x100 + i;
		table[i][SHOWN >> 20] = (uint64_t)own;
		control_set(control[i], (uint64_t)table[i] | 3);
	}
	__asm__ volatile("ptlb" : : : "memory");
	for (int i = 0; i < 3; i++) {
		read_at(i == 0   ? "primary space"
			: i == 1 ? "secondary space"
				 : "home space",
			DAT | mode[i], SHOWN);
		expect_done(&t, 0);
		expect("its own doubleword", t.gpr[2] == 0x100U + i);
		read_at("  page invalid", DAT | mode[i], SHOWN + 0x1000);
		expect_fault(0x11, SHOWN + 0x1000, i == 0 ? 0 : i + 1);
		t.gpr[1] = SHOWN;
		try(&t, "  lrag", DAT | mode[i], CODE("lrag 2,0(1)"));
		expect_done(&t, 0);
	}
	control_set(0, control_get(0) | 0x04000000); /* secondary-space control */
	t.gpr[1] = SHOWN;
	t.gpr[2] = t.gpr[3] = 0;
	try(&t, "sacf, to secondary and back", DAT, CODE("sacf 0x100\n lg 2,0(1)\n sacf 0\n lg 3,0(1)"));
	expect_done(&t, -1);
	expect("each space's doubleword", t.gpr[2] == 0x101 && t.gpr[3] == 0x100);
	expect("primary in the old PSW", (t.mask & PSW_HOME) == PSW_PRIMARY);
	t.gpr[2] = 0;
	try(&t, "sacf, to home", DAT, CODE("sacf 0x300\n lg 2,0(1)"));
	expect("home space's doubleword", t.end == END_SVC && t.gpr[2] == 0x102);
	t.gpr[2] = 0;
	try(&t, "sac, to secondary", DAT, CODE("sac 0x100\n lg 2,0(1)"));
	if (t.end == END_PROGRAM && t.code == 1)
		differs("operation exception");
	else
		expect("secondary space's doubleword", t.gpr[2] == 0x101);
	t.gpr[1] = SHOWN + 8;
	t.gpr[3] = SHOWN;
	t.gpr[2] = 7;
	t.gpr[4] = 0;
	try(&t, "mvcp", DAT, CODE("mvcp 0(2,1),0(3),4\n lg 5,0(1)"));
	expect_done(&t, 0);
	expect("seven bytes from secondary", (t.gpr[5] >> 8) == 1);
	t.gpr[2] = 8;
	try(&t, "mvcs", DAT, CODE("mvcs 8(2,1),0(3),4\n sacf 0x100\n lg 5,8(1)\n sacf 0"));
	expect_done(&t, -1);
	expect("eight bytes to secondary", t.gpr[5] == 0x100);
	control_set(0, control_get(0) & ~0x04000000UL);
	use(1, (uint64_t)third | 4 | 3);
}

/* What the tables say now is what counts, once the instruction that purges has run. */
static void changes(void)
{
	read_at("before", DAT, SHOWN + 0x6000);
	expect_fault(0x11, SHOWN + 0x6000, 0);
	pages[6] = (uint64_t)frame;
	read_at("made valid", DAT, SHOWN + 0x6000);
	expect_done(&t, 0);
	t.gpr[3] = (uint64_t)pages;
	t.gpr[4] = SHOWN + 0x6000;
	try(&t, "ipte", PSW_64BIT, CODE("ipte 3,4"));
	expect_done(&t, 0);
	expect("invalid bit set", pages[6] == ((uint64_t)frame | PAGE_INVALID));
	read_at("after ipte", DAT, SHOWN + 0x6000);
	expect_fault(0x11, SHOWN + 0x6000, 0);
	pages[6] = (uint64_t)other_frame;
	read_at("another frame", DAT, SHOWN + 0x6000);
	expect("the other frame's doubleword", t.gpr[2] == other_frame[0]);
	pages[6] = (uint64_t)frame;
	__asm__ volatile("ptlb" : : : "memory");
	read_at("changed and purged", DAT, SHOWN + 0x6000);
	expect("the frame's doubleword", t.gpr[2] == frame[0]);
	t.gpr[2] = 0;
	t.gpr[3] = (uint64_t)segments;
	t.gpr[4] = SHOWN;
	try(&t, "idte, one segment", PSW_64BIT, CODE(".insn rrf,0xb98e0000,3,4,2,0"));
	if (t.end == END_PROGRAM && t.code == 1) {
		differs("operation exception");
	} else {
		expect_done(&t, -1);
		expect("segment invalid", segments[SHOWN >> 20] & INVALID);
		read_at("after idte", DAT, SHOWN + 0x6000);
		expect_fault(0x10, SHOWN + 0x6000, 0);
		segments[SHOWN >> 20] = (uint64_t)pages;
	}
	t.gpr[1] = SHOWN + 0x6000;
	try(&t, "writable", DAT, CODE("lg 2,0(1)\n stg 2,0(1)"));
	expect_done(&t, -1);
	pages[6] |= PROTECT;
	t.gpr[0] = 0;
	t.gpr[3] = 0x800; /* clearing by designation */
	t.gpr[4] = (uint64_t)third | 4 | 3;
	try(&t, "idte, by designation", PSW_64BIT, CODE(".insn rrf,0xb98e0000,0,3,4,0"));
	expect_done(&t, -1);
	t.gpr[1] = SHOWN + 0x6000;
	try(&t, "protected and cleared by designation", DAT, CODE("stg 2,0(1)"));
	expect_program(&t, 4, 6, 6);
	pages[6] = (uint64_t)other_frame;
	t.gpr[3] = 0x800;
	t.gpr[4] = (uint64_t)third | 0x1c0 | 4 | 3; /* other bits of a designation do not matter */
	try(&t, "idte, by designation with other bits", DAT, CODE(".insn rrf,0xb98e0000,0,3,4,0"));
	expect_done(&t, -1);
	read_at("another frame and cleared by designation", DAT, SHOWN + 0x6000);
	expect("the other frame's doubleword", t.gpr[2] == other_frame[0]);
	pages[6] = (uint64_t)frame;
	__asm__ volatile("ptlb" : : : "memory");
	segments[SHOWN >> 20] |= PROTECT;
	__asm__ volatile("ptlb" : : : "memory");
	t.gpr[1] = SHOWN + 0x1000;
	try(&t, "segment protected", DAT, CODE("stg 2,0(1)"));
	expect_program(&t, 4, 6, 6);
	segments[SHOWN >> 20] &= ~PROTECT;
	__asm__ volatile("ptlb" : : : "memory");
	t.gpr[1] = SHOWN + 0x1ffc;
	try(&t, "fetch across two pages", DAT, CODE("lg 2,0(1)"));
	expect_done(&t, 0);
	expect("half of each", t.gpr[2] == other_frame[0] >> 32);
	t.gpr[1] = SHOWN + 0x2ffc;
	t.gpr[2] = 0x9999999999999999;
	try(&t, "store across into a protected page", DAT, CODE("stg 2,0(1)"));
	expect_program(&t, 4, 6, 6);
	expect("nothing stored in the first", other_frame[511] == 0);
}

/* The length of an instruction that cannot be fetched is unpredictable, so it is not printed. */
static void fetch_try(const char *name, uint64_t address)
{
	trying(name);
	t.mask = DAT;
	t.address = address;
	trial_run(&t);
	print("%s: code %04X\n", name, t.code);
}

/* Instruction fetch, with the pages that hold the instruction coming and going. */
static void fetch(void)
{
	static const uint8_t done[] = {0x0a, SVC_DONE};
	uint8_t *code = (uint8_t *)frame;

	memcpy(code + 0x100, done, 2);
	try(&t, "code at a virtual address", DAT, (void *)(SHOWN + 0x1100));
	expect_done(&t, -1);
	fetch_try("code on an invalid page", SHOWN + 0x7100);
	expect("page translation", t.end == END_PROGRAM && t.code == 0x11 && t.address == SHOWN + 0x7100);
	expect("its page", (t.teid & ~0xfffUL) == SHOWN + 0x7000);
	code[4094] = 0xe3; /* LG, whose second half lies on the next page */
	code[4095] = 0x20;
	pages[7] = (uint64_t)frame;
	fetch_try("second half on an invalid page", SHOWN + 0x7ffe);
	expect("page translation", t.end == END_PROGRAM && t.code == 0x11 && t.address == SHOWN + 0x7ffe);
	expect("the next page", (t.teid & ~0xfffUL) == SHOWN + 0x8000);
	code[4094] = code[4095] = 0;
	pages[7] = PAGE_INVALID;
}

int main(void)
{
	tables_build();
	levels();
	broken_tables();
	load_real();
	load_real_and_store();
	spaces();
	changes();
	fetch();
	return failures;
}
