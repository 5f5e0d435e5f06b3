/*
 * IN and OUT in all their forms: sizes, registers, strings, directions, faults half way.
 * Before it: control.c. After it: interruption.c.
 */
#include "runtime/guest.h"

#define NOWHERE 0x6f0 /* no device has it */
#define CMOS    0x70
#define COM1    0x3f8
#define WINDOW  0x40000000ul /* addresses for a table of our own */
#define SPARE   0x1ff        /* a port of which nothing comes */

static struct trial t;
static uint8_t buffer[8192] __attribute__((aligned(4096)));

static void widths(void)
{
	t = (struct trial){.gpr = {[RAX] = 0x1111111111111111, [RDX] = NOWHERE}};
	try(&t, "INB where nothing is", CODE("inb %%dx, %%al"));
	expect("one byte of ones", t.gpr[RAX] == 0x11111111111111ff);
	t = (struct trial){.gpr = {[RAX] = 0x1111111111111111, [RDX] = NOWHERE}};
	try(&t, "INW where nothing is", CODE("inw %%dx, %%ax"));
	expect("two bytes of ones", t.gpr[RAX] == 0x111111111111ffff);
	t = (struct trial){.gpr = {[RAX] = 0x1111111111111111, [RDX] = NOWHERE}};
	try(&t, "INL where nothing is", CODE("inl %%dx, %%eax"));
	expect("four, and the rest is zero", t.gpr[RAX] == 0xffffffff);
	t = (struct trial){.gpr = {[RAX] = 0x55}};
	try(&t, "OUTB, immediate port", CODE("outb %%al, $0x80"));
	expect_done(&t);
}

static void strings(void)
{
	memset(buffer, 0x22, sizeof(buffer));
	t = (struct trial){.gpr = {[RDX] = NOWHERE, [RDI] = (uint64_t)buffer, [RCX] = 300}};
	try(&t, "REP INSB", CODE("cld\n rep insb"));
	expect_done(&t);
	expect("the count is 0", t.gpr[RCX] == 0);
	expect("the address is past the last", t.gpr[RDI] == (uint64_t)buffer + 300);
	expect("bytes were stored", buffer[0] == 0xff && buffer[299] == 0xff && buffer[300] == 0x22);
	memset(buffer, 0x22, sizeof(buffer));
	t = (struct trial){.gpr = {[RDX] = NOWHERE, [RDI] = (uint64_t)buffer + 400, [RCX] = 3}};
	try(&t, "REP INSL, backwards", CODE("std\n rep insl\n cld"));
	expect("the address went down", t.gpr[RDI] == (uint64_t)buffer + 400 - 12);
	expect("three words",
	       buffer[403] == 0xff && buffer[392] == 0xff && buffer[391] == 0x22 && buffer[404] == 0x22);
	t = (struct trial){.gpr = {[RDX] = NOWHERE, [RDI] = (uint64_t)buffer, [RCX] = 0}};
	try(&t, "REP INSB, none", CODE("rep insb"));
	expect("nothing was done", t.gpr[RDI] == (uint64_t)buffer);
	t = (struct trial){.gpr = {[RDX] = 0x80, [RSI] = (uint64_t)buffer, [RCX] = 10}};
	try(&t, "REP OUTSW", CODE("rep outsw"));
	expect("the address is past the last", t.gpr[RSI] == (uint64_t)buffer + 20 && t.gpr[RCX] == 0);
	t = (struct trial){.gpr = {[RDX] = NOWHERE,
				   [RDI] = 0xffffffff00000000ul | (uint64_t)buffer,
				   [RCX] = 0xffffffff00000002ul}};
	try(&t, "REP INSB, 32-bit addresses", CODE("addr32 rep insb"));
	expect("count and address are 32 bits", t.gpr[RCX] == 0 && t.gpr[RDI] == (uint64_t)buffer + 2);
}

/* The second page is not there: what was stored before counts, and the registers say how much. */
static void fault_half_way(void)
{
	t = (struct trial){.gpr = {[RDX] = NOWHERE, [RDI] = 0x100000000ul - 4, [RCX] = 8}};
	try(&t, "REP INSB over the end of what is mapped", CODE("rep insb"));
	expect_exception(&t, VECTOR_PAGE, 2, 0);
	expect("CR2", t.cr2 == 0x100000000ul);
	expect("four were done", t.gpr[RCX] == 4 && t.gpr[RDI] == 0x100000000ul);
}

/* ---- strings for COM1, which in a loop hears what it says: the bytes in `heard`, at most 16 ---- */

static uint8_t heard[16];
static unsigned heard_count;

static void loop(const char *name, const void *code, uint64_t from, uint64_t count)
{
	trying(name);
	t.gpr[RDX] = COM1, t.gpr[RSI] = from, t.gpr[RCX] = count;
	t.rflags |= 2;
	t.rip = (uint64_t)code, t.cs = CODE_KERNEL, t.ss = DATA_KERNEL;
	while (!(in8(COM1 + 5) & 0x40)) /* the last line is out */
		;
	out8(COM1 + 2, 0x07);
	out8(COM1 + 4, 0x10);
	trial_run(&t);
	for (heard_count = 0; heard_count < sizeof(heard) && in8(COM1 + 5) & 1; heard_count++)
		heard[heard_count] = in8(COM1);
	out8(COM1 + 4, 0x03);
	out8(COM1 + 2, 0);
}

static bool hears(const char *text, unsigned length)
{
	return heard_count == length && memcmp(heard, text, length) == 0;
}

/* Where the string ends, and nothing left of the count. */
static void expect_ended(uint64_t at)
{
	expect("it was done", t.vector == VECTOR_DONE);
	expect("the count is 0", t.gpr[RCX] == 0);
	expect("the address is past the last", t.gpr[RSI] == at);
}

/* The second page is not there: what is in the first is out, and the registers say how much. */
static void console_fault(void)
{
	static uint64_t table[512] __attribute__((aligned(4096)));
	const uint64_t end = WINDOW + 4096;

	table[0] = (uint64_t)buffer | 3;
	directories[WINDOW >> 21] = (uint64_t)table | 3;
	__asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
	memcpy(buffer + 4092, "WXYZ", 4);
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB into a page that is not there", CODE("rep outsb"), end - 4, 8);
	expect("a page fault", t.vector == VECTOR_PAGE && t.error == 0 && t.cr2 == end);
	expect("four are out", hears("WXYZ", 4) && t.gpr[RCX] == 4 && t.gpr[RSI] == end);
}

static void console(void)
{
	uint8_t *s = buffer + 4090; /* the first six lie in one page, the others in the next */
	uint64_t at = (uint64_t)s;

	memcpy(s, "ABCDEFGHIJKL", 12);
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB over the end of a page", CODE("cld\n rep outsb"), at, 12);
	expect_ended(at + 12);
	expect("all bytes, in order", hears("ABCDEFGHIJKL", 12));
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB, backwards", CODE("std\n rep outsb\n cld"), at + 8, 5);
	expect_ended(at + 3);
	expect("the last comes first", hears("IHGFE", 5));
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB, none", CODE("rep outsb"), at, 0);
	expect_ended(at);
	expect("nothing", hears("", 0));
	t = (struct trial){.gpr = {0}};
	loop("OUTSB", CODE("outsb"), at, 7);
	expect("one byte, and no count", hears("A", 1) && t.gpr[RCX] == 7 && t.gpr[RSI] == at + 1);
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB, 32-bit addresses", CODE("addr32 rep outsb"), at | 0xffffffff00000000ul,
	     0xffffffff00000003ul);
	expect_ended(at + 3);
	expect("three bytes", hears("ABC", 3));
	t = (struct trial){.rflags = FLAGS_TF};
	loop("REP OUTSB, traced", CODE("rep outsb"), at, 3);
	expect("a trap after the first", t.vector == VECTOR_DEBUG && t.gpr[RCX] == 2 && t.gpr[RSI] == at + 1);
	expect("which is out", hears("A", 1));
	t = (struct trial){.gpr = {0}};
	loop("REP OUTSB to another register", CODE("add $7, %%edx\n rep outsb\n in %%dx, %%al"), at, 3);
	expect_ended(at + 3);
	expect("the last stays", hears("", 0) && (t.gpr[RAX] & 0xff) == 'C');
}

/* A user program with IOPL 3 may; its stores are a user program's. */
static void user(void)
{
	t = (struct trial){.gpr = {[RDX] = NOWHERE}, .rflags = FLAGS_IOPL};
	try_user(&t, "INB in a user program with IOPL 3", CODE("inb %%dx, %%al"));
	expect_done(&t);
	t = (struct trial){.gpr = {[RDX] = NOWHERE, [RDI] = 0x1234567000, [RCX] = 1}, .rflags = FLAGS_IOPL};
	try_user(&t, "REP INSB in a user program, to nowhere", CODE("rep insb"));
	expect_exception(&t, VECTOR_PAGE, 6, 0);
}

int main(void)
{
	uint8_t a, b;

	widths();
	strings();
	fault_half_way();
	console();
	console_fault();
	user();
	trying("the CMOS clock");
	out8(CMOS, 0x0d);
	expect("its battery is good", in8(CMOS + 1) == 0x80);
	do {
		out8(CMOS, 0);
		a = in8(CMOS + 1);
		out8(CMOS, 0);
		b = in8(CMOS + 1);
	} while (a != b);
	expect("seconds are below 60", a < 0x60);
	return failures;
}
