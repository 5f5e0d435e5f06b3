/*
 * Registers that CP does not use itself: floating point, its control register, access registers. They must be as the guest
 * left them after everything that brings CP in: simulated instructions, interruptions, waits, and time slices of others.
 * Before it: interruption.c. After it: dat.c. Known simplification: no vector registers.
 */
#include "runtime/guest.h"

static uint64_t floats[16], seen[16];
static uint32_t access[16], access_seen[16], control = 0x00000070, control_seen;
static struct trial t;

static void registers_load(void)
{
	for (int i = 0; i < 16; i++) {
		floats[i] = 0x4011223344556600UL + i * 0x0101010101010101UL;
		access[i] = 0x12340000 + i;
	}
	__asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n ld \\n,\\n*8(%0)\n .endr\n lam "
			 "0,15,0(%1)\n lfpc 0(%2)"
			 :
			 : "a"(floats), "a"(access), "a"(&control)
			 : "memory");
}

static void registers_check(const char *what)
{
	memset(seen, 0, sizeof(seen));
	__asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n std \\n,\\n*8(%0)\n .endr\n stam "
			 "0,15,0(%1)\n stfpc 0(%2)"
			 :
			 : "a"(seen), "a"(access_seen), "a"(&control_seen)
			 : "memory");
	trying(what);
	for (int i = 0; i < 16; i++)
		expect("floating-point register", seen[i] == floats[i]);
	for (int i = 0; i < 16; i++)
		expect("access register", access_seen[i] == access[i]);
	expect("floating-point control", control_seen == control);
	print("%s: seen\n", what);
}

static void wait_for(uint64_t microseconds, uint64_t mask)
{
	uint64_t when = clock_now() + (microseconds << 12);

	__asm__ volatile("sckc %0" : : "Q"(when));
	control_set(0, control_get(0) | 0x800);
	t.mask = PSW_64BIT | PSW_EXTERNAL | mask;
	t.address = (uint64_t)CODE("1: j 1b");
	trial_run(&t);
	control_set(0, control_get(0) & ~0x800UL);
}

int main(void)
{
	uint64_t operand = 0;

	control_set(0, control_get(0) | 0x40000); /* all sixteen floating-point registers */
	registers_load();
	registers_check("at once");
	__asm__ volatile("stap %0\n stosm %0,0\n stpt %0\n stctg 0,0,%0\n lctlg 0,0,%0" : "+Q"(operand));
	registers_check("after simulated instructions");
	try(&t, "svc", PSW_64BIT | PSW_PROBLEM, CODE("svc 7"));
	registers_check("after an SVC");
	try(&t, "addressing", PSW_64BIT, CODE("lghi 1,-4096\n lg 2,0(1)"));
	registers_check("after a program interruption");
	wait_for(100000, PSW_WAIT);
	registers_check("after a wait");
	wait_for(100000, 0);
	registers_check("after a tenth of a second");
	for (int i = 0; i < 200; i++)
		*(volatile char *)(0x2000000UL + 4096 * i) = 1;
	registers_check("after fresh pages");
	t.gpr[2] = 0x1234567890abcdef;
	try(&t, "lgdr, ldgr", PSW_64BIT, CODE("ldgr 5,2\n stap 0x800\n lgdr 3,5"));
	expect("the general register by way of a floating-point register", t.gpr[3] == 0x1234567890abcdef);
	control_set(0, control_get(0) & ~0x40000UL);
	try(&t, "ld 1, AFP off", PSW_64BIT, CODE("ld 1,0x800"));
	expect_program(&t, 7, 4, 4);
	expect("data exception code", LOW(uint8_t, 0x93) == 1);
	return failures;
}
