/*
 * The clocks: TOD clock, clock comparator, CPU timer; what they store and how they interrupt.
 * Before it: control.c. After it: interruption.c.
 * Known simplification: SCK is tried with the time that is; CP answers it and changes nothing.
 */
#include "runtime/guest.h"

#define COMPARATOR 0x800UL /* CR0: subclass masks */
#define CPU_TIMER  0x400UL
#define FAR_AWAY   0xfffffffffffff000UL

static struct trial t;
static uint64_t operand[4] __attribute__((aligned(16)));

static void operand_at_r1(void)
{
	t.gpr[1] = (uint64_t)operand;
}

static void comparator_set(uint64_t when)
{
	__asm__ volatile("sckc %0" : : "Q"(when));
}

static void cpu_timer_set(uint64_t left)
{
	__asm__ volatile("spt %0" : : "Q"(left));
}

static void stores(void)
{
	operand_at_r1();
	operand[0] = 0x123456789abcd000;
	try(&t, "sckc, stckc", PSW_64BIT, CODE("sckc 0(1)\n stckc 8(1)"));
	expect_done(&t, 0);
	expect("comparator as set", (operand[1] ^ operand[0]) >> 12 == 0);
	operand[0] = 0x0fffffffffffffff;
	try(&t, "spt, stpt", PSW_64BIT, CODE("spt 0(1)\n stpt 8(1)\n stpt 16(1)"));
	expect_done(&t, 0);
	expect("timer counts down from what was set",
	       operand[1] <= operand[0] && operand[1] > operand[0] - (1UL << 32));
	expect("and on", operand[2] <= operand[1]);
	try(&t, "stck twice", PSW_64BIT | PSW_PROBLEM, CODE("stck 0(1)\n stck 8(1)"));
	expect_done(&t, 0);
	expect("each value is later", operand[1] > operand[0]);
	try(&t, "stckf, stcke", PSW_64BIT | PSW_PROBLEM, CODE(".insn s,0xb27c0000,0(1)\n stcke 8(1)"));
	expect_done(&t, 0);
	expect("STCKE is STCK eight bits further", (operand[1] << 8 | operand[2] >> 56) >= operand[0]);
	__asm__ volatile("stck %0" : "=Q"(operand[0]) : : "cc");
	try(&t, "sck", PSW_64BIT, CODE("sck 0(1)"));
	expect("set or secure", t.end == END_SVC && trial_cc(&t) <= 1);
	t.gpr[1] = (uint64_t)operand + 4;
	try(&t, "sckc, operand not on a doubleword", PSW_64BIT, CODE("sckc 0(1)"));
	expect_program(&t, 6, 4, 4);
	try(&t, "stpt, operand not on a doubleword", PSW_64BIT, CODE("stpt 0(1)"));
	expect_program(&t, 6, 4, 4);
	try(&t, "stck, any address", PSW_64BIT, CODE("stck 0(1)"));
	expect_done(&t, 0);
}

static void wait_for(const char *name, unsigned code)
{
	try(&t, name, PSW_64BIT | PSW_WAIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect("external interruption", t.end == END_EXTERNAL && t.code == code);
	expect("old PSW is the waiting one", t.mask == (PSW_64BIT | PSW_WAIT | PSW_EXTERNAL));
}

static void loop_until(const char *name, unsigned code)
{
	try(&t, name, PSW_64BIT | PSW_PROBLEM | PSW_EXTERNAL, CODE("1: j 1b"));
	expect("external interruption", t.end == END_EXTERNAL && t.code == code);
	expect("old PSW is that of the loop", t.mask == (PSW_64BIT | PSW_PROBLEM | PSW_EXTERNAL));
}

/* A timer's interruption stays pending as long as its condition lasts: the architecture says so, an emulator may not. */
static void still_pending(const char *name, unsigned code)
{
	try(&t, name, PSW_64BIT | PSW_EXTERNAL, CODE("lghi 2,2000\n1: brctg 2,1b"));
	if (t.end == END_SVC)
		differs("is pending no more");
	else
		expect("external interruption", t.end == END_EXTERNAL && t.code == code);
}

static void interruptions(void)
{
	cpu_timer_set(FAR_AWAY >> 1);
	comparator_set(FAR_AWAY);
	control_set(0, control_get(0) | COMPARATOR | CPU_TIMER);
	comparator_set(clock_now() + (2000UL << 12));
	wait_for("comparator ends a wait, 2 ms", 0x1004);
	expect("not before its time", clock_now() - (2000UL << 12) < clock_now());
	still_pending("comparator stays pending", 0x1004);
	comparator_set(clock_now() + (2000UL << 12));
	loop_until("comparator ends a loop", 0x1004);
	comparator_set(FAR_AWAY);
	cpu_timer_set(2000UL << 12);
	loop_until("CPU timer ends a loop", 0x1005);
	__asm__ volatile("stpt %0" : "=Q"(operand[0]));
	if ((int64_t)operand[0] > 0)
		differs("CPU timer reads positive after its end");
	still_pending("CPU timer stays pending", 0x1005);
	comparator_set(clock_now());
	still_pending("comparator comes first of both", 0x1004);
	control_set(0, control_get(0) & ~COMPARATOR);
	still_pending("comparator off, timer comes", 0x1005);
	control_set(0, control_get(0) & ~CPU_TIMER);
	try(&t, "both off", PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect_done(&t, 0);
	cpu_timer_set(FAR_AWAY >> 1);
	comparator_set(FAR_AWAY);
}

/* The interruption is taken right after the instruction that opens it, before the next one. */
static void at_once(void)
{
	if (t.end == END_SVC) {
		differs("interruption comes later");
		return;
	}
	expect("external interruption", t.end == END_EXTERNAL && t.code == 0x1004);
	if (t.gpr[2])
		differs("interruption comes later");
}

static void opens_at_once(void)
{
	comparator_set(clock_now());
	control_set(0, control_get(0) | COMPARATOR);
	t.gpr[2] = 0;
	operand_at_r1();
	try(&t, "stosm opens a pending one", PSW_64BIT, CODE("stosm 0(1),1\n la 2,1\n la 2,2"));
	at_once();
	comparator_set(FAR_AWAY);
	t.gpr[2] = 0;
	operand[0] = clock_now();
	operand[1] = control_get(0);
	try(&t, "sckc makes one pending", PSW_64BIT | PSW_EXTERNAL, CODE("sckc 0(1)\n la 2,1\n la 2,2"));
	at_once();
	control_set(0, control_get(0) & ~COMPARATOR);
	t.gpr[2] = 0;
	try(&t, "lctlg opens a pending one", PSW_64BIT | PSW_EXTERNAL,
	    CODE("lctlg 0,0,8(1)\n la 2,1\n la 2,2"));
	at_once();
	comparator_set(FAR_AWAY);
	control_set(0, control_get(0) & ~COMPARATOR);
}

int main(void)
{
	stores();
	interruptions();
	opens_at_once();
	return failures;
}
