/*
 * What an interruption stores and where: program interruptions with their codes and lengths, SVC, restart, external call and
 * emergency signal. Timers are in timer.c, I/O in subchannel.c, access exceptions in dat.c.
 * Before it: timer.c. After it: dat.c. Known simplification: no machine check, no data exception.
 */
#include "runtime/guest.h"

static struct trial t;

static void program(void)
{
	try(&t, "operation, 2 bytes", PSW_64BIT, CODE(".word 0"));
	expect_program(&t, 1, 2, 2);
	try(&t, "operation, 4 bytes", PSW_64BIT | PSW_PROBLEM, CODE(".long 0xb2fe0000"));
	expect_program(&t, 1, 4, 4);
	try(&t, "operation, 6 bytes", PSW_64BIT, CODE(".word 0xc80f,0,0"));
	expect_program(&t, 1, 6, 6);
	try(&t, "operation, executed", PSW_64BIT, CODE("exrl 0,1f\n1: .word 0"));
	expect_program(&t, 1, 6, 6);
	try(&t, "execute of execute", PSW_64BIT, CODE("larl 4,1f\n ex 0,0(4)\n1: ex 0,0(4)"));
	expect_program(&t, 3, 4, 10);
	try(&t, "specification, odd register", PSW_64BIT, CODE("lr 0,0\n .word 0x1c12"));
	expect_program(&t, 6, 2, 4);
	t.gpr[2] = t.gpr[3] = t.gpr[4] = 0;
	try(&t, "fixed-point divide", PSW_64BIT, CODE("dr 2,4"));
	expect_program(&t, 9, 2, 2);
	t.gpr[2] = t.gpr[4] = 0x7fffffff;
	try(&t, "fixed-point overflow", PSW_64BIT | 0x0000080000000000UL, CODE("ar 2,4"));
	if (t.end == END_SVC)
		differs("no fixed-point overflow");
	else
		expect_program(&t, 8, 2, 2);
	expect("cc 3 and the result are there", trial_cc(&t) == 3 && (uint32_t)t.gpr[2] == 0xfffffffe);
	t.gpr[2] = t.gpr[4] = 0x7fffffff;
	try(&t, "fixed-point overflow masked", PSW_64BIT, CODE("ar 2,4"));
	expect_done(&t, 3);
	t.gpr[1] = 0x7fffffffffff0000;
	try(&t, "addressing, fetch", PSW_64BIT, CODE("lg 2,0(1)"));
	expect_program(&t, 5, 6, 6);
	t.gpr[1] = 0x7fffffffffff0000;
	try(&t, "addressing, store", PSW_64BIT | PSW_PROBLEM, CODE("st 2,0(1)"));
	expect_program(&t, 5, 4, 4);
	t.gpr[1] = 0x7ffff000;
	try(&t, "addressing, just below 2 GiB", PSW_64BIT, CODE("mvi 0(1),1"));
	expect_program(&t, 5, 4, 4);
}

static void supervisor_call(void)
{
	try(&t, "svc 0", PSW_64BIT | PSW_PROBLEM, CODE("svc 0"));
	expect("SVC 0, length 2", t.end == END_SVC && t.code == 0 && t.ilc == 2);
	expect("problem state in the old PSW", t.mask == (PSW_64BIT | PSW_PROBLEM));
	t.gpr[5] = 0x47;
	try(&t, "svc, executed", PSW_64BIT, CODE("larl 4,1f\n ex 5,0(4)\n1: svc 8"));
	expect("number ored, length 4", t.end == END_SVC && t.code == 0x4f && t.ilc == 4);
	try(&t, "svc, executed by EXRL", PSW_64BIT, CODE("exrl 5,1f\n1: svc 8"));
	expect("length 6", t.end == END_SVC && t.ilc == 6);
}

static void low_address_protection(void)
{
	control_set(0, control_get(0) | 0x10000000);
	t.gpr[1] = 0x100;
	try(&t, "low-address protection, 0x100", PSW_64BIT, CODE("mvi 0(1),1"));
	control_set(0, control_get(0) & ~0x10000000UL);
	expect_program(&t, 4, 4, 4);
	control_set(0, control_get(0) | 0x10000000);
	t.gpr[1] = 0x11ff;
	try(&t, "low-address protection, 0x11ff", PSW_64BIT, CODE("mvi 0(1),1"));
	control_set(0, control_get(0) & ~0x10000000UL);
	expect_program(&t, 4, 4, 4);
	control_set(0, control_get(0) | 0x10000000);
	t.gpr[1] = 0x1200;
	try(&t, "low-address protection, 0x1200", PSW_64BIT, CODE("ic 2,0(1)\n stc 2,0(1)\n stc 2,0x2ff"));
	control_set(0, control_get(0) & ~0x10000000UL);
	expect_done(&t, -1);
}

static void signals(void)
{
	t.gpr[3] = 0;
	t.gpr[4] = 0;
	try(&t, "sigp, restart of this CPU", PSW_64BIT, CODE("sigp 2,3,6\n1: j 1b"));
	expect("restart interruption", t.end == END_RESTART);
	t.gpr[3] = 0;
	try(&t, "sigp, emergency signal to this CPU", PSW_64BIT, CODE("sigp 2,3,3"));
	expect_done(&t, 0);
	t.gpr[3] = 0;
	try(&t, "sigp, external call to this CPU", PSW_64BIT, CODE("sigp 2,3,2"));
	expect_done(&t, 0);
	t.gpr[2] = 0;
	t.gpr[3] = 0;
	try(&t, "sigp, second external call", PSW_64BIT, CODE("sigp 2,3,2"));
	expect_done(&t, 1);
	expect("status: external call pending", (uint32_t)t.gpr[2] == 0x80);
	control_set(0, control_get(0) | 0x6000);
	try(&t, "emergency signal comes first", PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect("code 1201", t.end == END_EXTERNAL && t.code == 0x1201);
	expect("address of the sender", t.subcode == 0);
	try(&t, "external call", PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect("code 1202", t.end == END_EXTERNAL && t.code == 0x1202);
	try(&t, "neither is left", PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect_done(&t, 0);
	control_set(0, control_get(0) & ~0x6000UL);
	t.gpr[2] = 0;
	t.gpr[3] = 0;
	try(&t, "sigp, sense of this CPU", PSW_64BIT, CODE("sigp 2,3,1"));
	expect("not interrupted", t.end == END_SVC);
	if (trial_cc(&t) != 0)
		differs("this CPU is not simply operating");
	t.gpr[2] = t.gpr[3] = 0;
	try(&t, "sigp, set prefix of this CPU, which is not stopped", PSW_64BIT, CODE("sigp 2,3,0xd"));
	expect_done(&t, 1);
	expect("status: incorrect state", (uint32_t)t.gpr[2] == 0x200);
	t.gpr[2] = t.gpr[3] = 0;
	try(&t, "sigp, store status of this CPU, which is not stopped", PSW_64BIT, CODE("sigp 2,3,0xe"));
	expect_done(&t, 1);
	expect("status: incorrect state", (uint32_t)t.gpr[2] == 0x200);
	t.gpr[3] = 57;
	try(&t, "sigp, no such CPU", PSW_64BIT, CODE("sigp 2,3,1"));
	expect_done(&t, 3);
	t.gpr[2] = t.gpr[3] = 0;
	try(&t, "sigp, no such order", PSW_64BIT, CODE("sigp 2,3,0xee"));
	expect_done(&t, 1);
	expect("status: invalid order", (uint32_t)t.gpr[2] == 2);
	t.gpr[2] = t.gpr[3] = 0;
	try(&t, "sigp, order in a register", PSW_64BIT, CODE("lghi 4,0xee\n sigp 2,3,0(4)"));
	expect_done(&t, 1);
}

/* Bits of the PSW that an interruption loads and stores, and registers that it leaves alone. */
static void states(void)
{
	for (int i = 0; i < 16; i++)
		t.gpr[i] = 0x0101010101010101UL * i;
	try(&t, "registers", PSW_64BIT | 0x0090310000000000UL, CODE("svc 1"));
	expect("the old PSW is whole", t.mask == (PSW_64BIT | 0x0090310000000000UL));
	for (int i = 0; i < 16; i++)
		expect("register as it was", t.gpr[i] == 0x0101010101010101UL * i);
	t.gpr[2] = 0x1122334455667788;
	try(&t, "31-bit mode", 0x0000000080000000UL, CODE("la 2,0(2)\n basr 3,0"));
	expect_done(&t, 0);
	expect("LA makes 31 bits", (uint32_t)t.gpr[2] == 0x55667788);
	expect("BASR shows the mode", (uint32_t)t.gpr[3] >> 31 == 1);
	try(&t, "24-bit mode", 0x0000000000000000UL, CODE("lr 2,2\n la 4,1"));
	expect_done(&t, -1);
	expect("old PSW is in 24-bit mode", (t.mask & PSW_64BIT) == 0);
	try(&t, "bsm, no branch", 0x0000000080000000UL, CODE("bsm 4,0"));
	if (t.end == END_PROGRAM)
		differs("operation exception");
	else
		expect("addressing mode in bit 32", (uint32_t)t.gpr[4] >> 31 == 1);
	try(&t, "sam31, sam64", 0, CODE("sam31\n sam64"));
	expect_done(&t, -1);
	expect("old PSW is in 64-bit mode", (t.mask & PSW_64BIT) == PSW_64BIT);
}

int main(void)
{
	program();
	supervisor_call();
	low_address_protection();
	signals();
	states();
	return failures;
}
