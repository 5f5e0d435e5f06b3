/*
 * IN and OUT in all their forms: sizes, registers, strings, directions, faults half way.
 * Before it: control.c. After it: interruption.c.
 */
#include "runtime/guest.h"

#define NOWHERE 0x6f0 /* no device has it */
#define CMOS    0x70
#define SPARE   0x1ff /* a port of which nothing comes */

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
