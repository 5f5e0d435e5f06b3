/*
 * What a problem program must not be able to do to the machine that CP runs on: QEMU 7.2 itself ends at each of these. Under
 * CP they do what the architecture says; bare they can be tried on Hercules only.
 * Before it: ends.c. After it: cost.c.
 * Known simplification: only in code that reads like code; see s390x/dat/code.c.
 */
#include "runtime/guest.h"

#define PROBLEM (PSW_64BIT | PSW_PROBLEM)

static struct trial t;
static uint32_t block[16] __attribute__((aligned(64)));

static void rotate(const char *name, uint64_t first, uint64_t second, const void *code, int cc)
{
	t.gpr[2] = first;
	t.gpr[3] = second;
	try(&t, name, PROBLEM, code);
	expect_done(&t, cc);
	expect("registers stay", t.gpr[2] == first && t.gpr[3] == second);
}

/* RNSBG, ROSBG, RXSBG with the T bit: only the condition code is set. */
static void rotate_and_test(void)
{
	rotate("rnsbg, test, nothing in common", 0xf0, 0x0f, CODE(".long 0xec23803f\n .short 0x0054"), 0);
	rotate("rnsbg, test, rotated together", 0xf0, 0x0f, CODE(".long 0xec23803f\n .short 0x0454"), 1);
	rotate("rosbg, test, other bits", 0xf0, 0x0f, CODE(".long 0xec238037\n .short 0x0056"), 0);
	rotate("rosbg, test, one bit", 0xf0, 0x0f, CODE(".long 0xec23bc3c\n .short 0x0056"), 1);
	rotate("rxsbg, test, equal", 0x1234, 0x1234, CODE(".long 0xec23803f\n .short 0x0057"), 0);
	rotate("rxsbg, test, across the end", 1UL << 63, 0, CODE(".long 0xec23be00\n .short 0x0057"), 1);
	rotate("rxsbg, test, executed", 0, 1,
	       CODE("exrl 0,1f\n j 2f\n1: .long 0xec23803f\n .short 0x0057\n2:"), 1);
}

/* The condition code of an ADD LOGICAL is not worked out yet when the store is refused. */
static void clock_refused(const char *name, const void *code)
{
	t.gpr[2] = t.gpr[3] = -2UL;
	t.gpr[4] = 100;
	try(&t, name, PROBLEM, code);
	expect_program(&t, 4, 4, 12);
}

static void clocks(void)
{
	control_set(0, control_get(0) | 0x10000000); /* low-address protection */
	clock_refused("stck after algr, refused", CODE("clgr 4,3\n algr 2,3\n stck 0x100"));
	clock_refused("stckf after algr, refused", CODE("clgr 4,3\n algr 2,3\n .insn s,0xb27c0000,0x100"));
	clock_refused("stck after slgr, refused", CODE("clgr 4,3\n slgr 2,4\n stck 0x100"));
	clock_refused("stcke after algr, refused", CODE("clgr 4,3\n algr 2,3\n stcke 0x100"));
	control_set(0, control_get(0) & ~0x10000000UL);
	t.gpr[2] = (uint64_t)block;
	try(&t, "stck, stckf, stck", PROBLEM, CODE("stck 0(2)\n .insn s,0xb27c0000,8(2)\n stck 19(2)"));
	expect_done(&t, 0);
	expect("they tell the time", LOW(uint64_t, t.gpr[2]) > 1UL << 60);
	expect("it goes on", LOW(uint64_t, t.gpr[2] + 8) >= LOW(uint64_t, t.gpr[2]));
}

int main(void)
{
	rotate_and_test();
	clocks();
	t.gpr[0] = ~0UL;
	t.gpr[1] = t.gpr[2] = (uint64_t)block;
	try(&t, "mvcrl", PROBLEM, CODE(".long 0xe50a1000\n .short 0x2010"));
	expect_program(&t, 1, 6, 6);
	memset(block, 0, sizeof(block));
	block[4] = 0x12345678; /* parameters: replacement, and from the second quadword on what is stored */
	t.gpr[0] = 0;
	t.gpr[1] = (uint64_t)block;
	t.gpr[2] = (uint64_t)&block[8];
	t.gpr[4] = 0;
	try(&t, "csst, register 0 zero", PROBLEM, CODE(".long 0xc8422000\n .short 0x2010"));
	expect_done(&t, 0);
	expect("stored", block[12] >> 24 == 0x12);
	return failures;
}
