/*
 * Program-event recording, as a debugger in a guest uses it: instruction fetch, successful branching, storage alteration.
 * Before it: subchannel.c. After it: esa390.c.
 * Known simplification: straight-line code; no PER with SVC, and no wrapped range.
 */
#include "runtime/guest.h"

static struct trial t;
static uint64_t operand[2] __attribute__((aligned(16)));

static void per(uint64_t events, uint64_t from, uint64_t to)
{
	uint64_t controls[16];

	control_store_all(controls);
	controls[9] = events;
	controls[10] = from;
	controls[11] = to;
	control_load_all(controls);
}

/* The code byte; the bits that say how the address was translated are left out. */
static void expect_per(unsigned code, const void *address)
{
	expect("PER code", t.per_code >> 8 == code);
	expect("PER address", t.per_address == (uint64_t)address);
}

int main(void)
{
	const char *code = CODE("lr 0,0\n la 2,1\n la 2,2");

	per(0x40000000, 0, -1UL);
	try(&t, "instruction fetch, everywhere", PSW_64BIT | PSW_PER, code);
	if (t.ilc != 2)
		differs("the length is not that of the instruction");
	expect("PER interruption past it",
	       t.end == END_PROGRAM && t.code == 0x80 && t.address == (uint64_t)code + 2);
	expect_per(0x40, code);
	per(0x40000000, (uint64_t)code + 2, (uint64_t)code + 2);
	t.gpr[2] = 0;
	try(&t, "instruction fetch, one address", PSW_64BIT | PSW_PER, code);
	expect_program(&t, 0x80, 4, 6);
	expect_per(0x40, code + 2);
	expect("the instruction was executed, the next was not", t.gpr[2] == 1);
	try(&t, "PER off in the PSW", PSW_64BIT, code);
	expect_done(&t, -1);
	per(0x40000000, 0, 0x100);
	try(&t, "instruction fetch, elsewhere", PSW_64BIT | PSW_PER, code);
	expect_done(&t, -1);
	per(0x20000000, (uint64_t)operand, (uint64_t)operand + 7);
	t.gpr[1] = (uint64_t)operand;
	code = CODE("stg 1,8(1)\n stg 1,0(1)\n la 2,3");
	try(&t, "storage alteration", PSW_64BIT | PSW_PER, code);
	expect_program(&t, 0x80, 6, 12);
	expect_per(0x20, code + 6);
	per(0x80000000, 0, -1UL);
	code = CODE("lr 0,0\n j 1f\n lr 0,0\n1: la 2,3");
	try(&t, "successful branch", PSW_64BIT | PSW_PER, code);
	expect("PER interruption", t.end == END_PROGRAM && t.code == 0x80);
	expect_per(0x80, code + 2);
	if (t.address != (uint64_t)code + 8)
		differs("not the address of the branch's target");
	per(0x40000000, 0, -1UL);
	code = CODE("stap 0(1)");
	t.gpr[1] = (uint64_t)operand;
	try(&t, "a privileged instruction that is simulated", PSW_64BIT | PSW_PER, code);
	expect_program(&t, 0x80, 4, 4);
	t.gpr[1] = (uint64_t)operand;
	try(&t, "with another program interruption", PSW_64BIT | PSW_PER | PSW_PROBLEM, code);
	expect("both at once", t.end == END_PROGRAM && t.code == 0x82);
	per(0x40000000, 0, -1UL);
	for (int i = 0; i < 3; i++) {
		static const uint64_t values[] = {0, 5, -5UL};
		static const unsigned ccs[] = {0, 2, 1};

		t.gpr[2] = values[i];
		try(&t, "condition code of the instruction", PSW_64BIT | PSW_PER | 0x0000300000000000UL,
		    CODE("ltgr 2,2"));
		expect("PER interruption", t.end == END_PROGRAM && t.code == 0x80);
		if (trial_cc(&t) != ccs[i])
			differs("the condition code is not that of the instruction");
		operand[0] = values[i];
		t.gpr[1] = (uint64_t)operand;
		try(&t, "condition code of a store", PSW_64BIT | PSW_PER | 0x0000300000000000UL,
		    CODE("oi 7(1),0"));
		if (trial_cc(&t) != (values[i] != 0))
			differs("the condition code is not that of the instruction");
		t.gpr[1] = (uint64_t)operand;
		try(&t, "condition code of an addition to storage",
		    PSW_64BIT | PSW_PER | 0x0000300000000000UL, CODE("agsi 0(1),0"));
		if (t.code == 0x80 && trial_cc(&t) != ccs[i])
			differs("the condition code is not that of the instruction");
	}
	per(0, 0, 0);
	return failures;
}
