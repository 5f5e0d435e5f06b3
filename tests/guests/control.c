/*
 * Instructions that change what the CPU is: system mask, control registers, PSW, prefix, address.
 * Before it: semiprivileged.c. After it: timer.c.
 * Known simplification: what an invalid PSW does is tried only where every machine that we have agrees or is written down.
 */
#include "runtime/guest.h"

static struct trial t;
static uint64_t operand[4] __attribute__((aligned(4096)));

static void operand_at_r1(void)
{
	t.gpr[1] = (uint64_t)operand;
}

static void masks(void)
{
	*(uint8_t *)operand = 0x03;
	operand_at_r1();
	try(&t, "ssm 03", PSW_64BIT, CODE("ssm 0(1)"));
	expect_done(&t, 0);
	expect("system mask", t.mask == (PSW_64BIT | 0x0300000000000000UL));
	try(&t, "stnsm fe", PSW_64BIT | 0x0300000000000000UL, CODE("stnsm 8(1),0xfe"));
	expect_done(&t, 0);
	expect("stored", ((uint8_t *)operand)[8] == 0x03);
	expect("anded", t.mask == (PSW_64BIT | PSW_IO));
	try(&t, "stosm 01", PSW_64BIT | PSW_IO, CODE("stosm 9(1),0x01"));
	expect_done(&t, 0);
	expect("stored", ((uint8_t *)operand)[9] == 0x02);
	expect("ored", t.mask == (PSW_64BIT | PSW_IO | PSW_EXTERNAL));
	try(&t, "stosm, executed", PSW_64BIT,
	    CODE("larl 4,1f\n la 5,2\n ex 5,0(4)\n j 2f\n1: stosm 10(1),0x01\n2: lr 0,0"));
	expect_done(&t, -1);
	expect("the mask is ored with register bits 56-63", t.mask >> 56 == 3);
	operand_at_r1();
	try(&t, "stosm 08, invalid PSW", PSW_64BIT, CODE("stosm 8(1),0x08"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else
		expect_program(&t, 6, 4, 4);
	try(&t, "stosm 08, invalid PSW, executed", PSW_64BIT,
	    CODE("larl 4,1f\n ex 0,0(4)\n1: stosm 8(1),0x08"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else
		expect_program(&t, 6, 4, 10);
	t.gpr[1] = 0x7fffffffffff0000;
	try(&t, "ssm, addressing", PSW_64BIT, CODE("ssm 0(1)"));
	expect_program(&t, 5, 4, 4);
	t.gpr[1] = 0x7fffffffffff0000;
	try(&t, "stnsm, addressing", PSW_64BIT | PSW_IO, CODE("stnsm 0(1),0"));
	expect_program(&t, 5, 4, 4);
	expect("the mask is as it was", t.mask == (PSW_64BIT | PSW_IO));
}

static void control_registers(void)
{
	uint32_t *words = (uint32_t *)operand;

	control_set(9, 0x1111111122222222);
	control_set(10, 0x3333333344444444);
	operand_at_r1();
	try(&t, "stctl 9,10", PSW_64BIT, CODE("stctl 9,10,0(1)"));
	expect_done(&t, 0);
	expect("right halves", words[0] == 0x22222222 && words[1] == 0x44444444);
	words[0] = 0x55555555;
	words[1] = 0x66666666;
	try(&t, "lctl 9,10", PSW_64BIT, CODE("lctl 9,10,0(1)"));
	expect_done(&t, 0);
	expect("left halves stay",
	       control_get(9) == 0x1111111155555555 && control_get(10) == 0x3333333366666666);
	operand[0] = 0;
	operand[1] = 0x240; /* CR0: SCLP stays open */
	operand[2] = 0x123000;
	try(&t, "lctlg 15,1: wraps around", PSW_64BIT, CODE("lctlg 15,1,0(1)"));
	expect_done(&t, 0);
	expect("15, 0, 1",
	       control_get(15) == 0 && control_get(0) == operand[1] && control_get(1) == 0x123000);
	t.gpr[1] = (uint64_t)operand + 4;
	try(&t, "lctlg, operand not on a doubleword", PSW_64BIT, CODE("lctlg 9,9,0(1)"));
	expect_program(&t, 6, 6, 6);
	t.gpr[1] = (uint64_t)operand + 2;
	try(&t, "stctl, operand not on a word", PSW_64BIT, CODE("stctl 9,9,0(1)"));
	expect_program(&t, 6, 4, 4);
	t.gpr[1] = 0x7fffffffffff0000;
	try(&t, "stctg, addressing", PSW_64BIT, CODE("stctg 9,9,0(1)"));
	expect_program(&t, 5, 6, 6);
	control_set(9, 0);
	control_set(10, 0);
}

static void psw_loads(void)
{
	operand_at_r1();
	operand[0] = PSW_64BIT | PSW_PROBLEM | 0x0060200000000000UL;
	try(&t, "lpswe", PSW_64BIT, CODE("larl 2,1f\n stg 2,8(1)\n lpswe 0(1)\n .word 0\n1: lr 0,0"));
	expect_done(&t, 2);
	expect("the PSW as loaded", t.mask == operand[0]);
	((uint32_t *)operand)[0] = 0x00090000;
	try(&t, "lpsw, 31-bit addressing", PSW_64BIT,
	    CODE("larl 2,1f\n oilh 2,0x8000\n st 2,4(1)\n lpsw 0(1)\n .word 0\n1: lr 0,0"));
	expect_done(&t, 0);
	if (t.mask == 0x0009000000000000UL)
		differs("bit 12 stays, bit 32 is lost");
	else
		expect("bit 12 is gone, bit 32 is the addressing mode", t.mask == 0x0001000080000000UL);
	((uint32_t *)operand)[0] = 0x00010000;
	try(&t, "lpsw, bit 12 zero", PSW_64BIT,
	    CODE("larl 2,1f\n oilh 2,0x8000\n st 2,4(1)\n lpsw 0(1)\n1: lr 0,0"));
	if (t.end == END_PROGRAM && t.code == 6)
		expect("specification exception", 1);
	else
		differs("no specification exception");
	t.gpr[1] = (uint64_t)operand + 4;
	try(&t, "lpswe, operand not on a doubleword", PSW_64BIT, CODE("lpswe 0(1)"));
	expect_program(&t, 6, 4, 4);
	operand_at_r1();
	operand[0] = 0x8000000180000000;
	try(&t, "lpswe, PSW bit 0", PSW_64BIT,
	    CODE("larl 2,1f\n stg 2,8(1)\n lpswe 0(1)\n .word 0\n1: lr 0,0"));
	if (t.end == END_PROGRAM && t.code == 6)
		expect("old PSW is the invalid one", t.mask == operand[0]);
	else
		differs("no specification exception");
	operand[0] = 0x0000000100000000;
	try(&t, "lpswe, 64-bit without 31-bit", PSW_64BIT,
	    CODE("larl 2,1f\n stg 2,8(1)\n lpswe 0(1)\n .word 0\n1: lr 0,0"));
	if (t.end == END_PROGRAM && t.code == 6)
		expect("old PSW is the invalid one", t.mask == operand[0]);
	else
		differs("no specification exception");
	operand[0] = PSW_64BIT;
	operand[1] = (uint64_t)operand + 1;
	try(&t, "lpswe, odd address", PSW_64BIT, CODE("lpswe 0(1)"));
	if (t.end == END_PROGRAM && t.code == 6)
		expect("old PSW is past the odd address by the length told",
		       t.address == (uint64_t)operand + 1 + t.ilc);
	else
		differs("no specification exception");
}

/* A second low storage, and the CPU taught to use it: interruptions go there, address 0 reads it. */
static void prefix(void)
{
	uint8_t *area = page_new(3);

	area += (uint64_t)area & 4096; /* on an 8 KiB boundary */
	operand_at_r1();
	try(&t, "stpx", PSW_64BIT, CODE("stpx 0(1)"));
	expect_done(&t, 0);
	expect("prefix zero", *(uint32_t *)operand == 0);
	for (unsigned i = 0; i < 8192; i += 8)
		*(uint64_t *)(area + i) = LOW(uint64_t, i);
	((uint32_t *)operand)[2] = (uint32_t)(uint64_t)area + 0x123;
	__asm__ volatile("spx 8(%0)" : : "a"(operand) : "memory");
	operand_at_r1();
	t.gpr[5] = 0x5555555555555555;
	t.gpr[6] = (uint64_t)area;
	try(&t, "stpx, prefix set", PSW_64BIT,
	    CODE("stpx 4(1)\n stg 5,0x880\n lg 7,0x880(6)\n stg 5,0x890(6)\n lg 8,0x890"));
	expect("address in units of 8 KiB", ((uint32_t *)operand)[1] == (uint32_t)(uint64_t)area);
	expect("the area at the prefix address is the old low storage", t.gpr[7] != 0x5555555555555555);
	expect_done(&t, 0);
	expect("absolute 0 is reached at the prefix address", t.gpr[8] != 0x5555555555555555);
	((uint32_t *)operand)[2] = 0;
	__asm__ volatile("spx 8(%0)" : : "a"(operand) : "memory");
	expect("absolute 0x890 was stored by way of the prefix address",
	       LOW(uint64_t, 0x890) == 0x5555555555555555);
	expect("the store to real 0x880 went to the prefix area",
	       *(uint64_t *)(area + 0x880) == 0x5555555555555555);
	((uint32_t *)operand)[2] = 0x7fffe000;
	try(&t, "spx, addressing", PSW_64BIT, CODE("spx 8(1)"));
	expect_program(&t, 5, 4, 4);
	t.gpr[1] = (uint64_t)operand + 2;
	try(&t, "spx, operand not on a word", PSW_64BIT, CODE("spx 0(1)"));
	expect_program(&t, 6, 4, 4);
}

static void identity(void)
{
	operand_at_r1();
	try(&t, "stap", PSW_64BIT, CODE("stap 0(1)"));
	expect_done(&t, 0);
	expect("CPU address 0", *(uint16_t *)operand == 0);
	t.gpr[1] = (uint64_t)operand + 1;
	try(&t, "stap, odd address", PSW_64BIT, CODE("stap 0(1)"));
	expect_program(&t, 6, 4, 4);
	operand_at_r1();
	operand[0] = 0;
	try(&t, "stidp", PSW_64BIT, CODE("stidp 0(1)"));
	expect_done(&t, 0);
	expect("something stored", operand[0] != 0);
	t.gpr[1] = (uint64_t)operand + 4;
	try(&t, "stidp, operand not on a doubleword", PSW_64BIT, CODE("stidp 0(1)"));
	expect_program(&t, 6, 4, 4);
}

int main(void)
{
	masks();
	control_registers();
	psw_loads();
	prefix();
	identity();
	return failures;
}
