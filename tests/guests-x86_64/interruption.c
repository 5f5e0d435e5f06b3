/*
 * External interruptions: the 8254 through the 8259s, masked, held off, waited for, in order.
 * Before it: port.c. After it: nmi.c.
 */
#include "runtime/guest.h"

#define PIT_HERTZ 1193182
#define ONCE      0x30 /* channel 0, both bytes, mode 0 */

static struct trial t;

/* One interruption in so many microseconds. */
static void timer_once(unsigned microseconds)
{
	unsigned count = (unsigned)((uint64_t)PIT_HERTZ * microseconds / 1000000);

	out8(0x43, ONCE);
	out8(0x40, (uint8_t)count);
	out8(0x40, (uint8_t)(count >> 8));
}

static bool timer_requested(void)
{
	out8(0x20, 0x0a); /* the request register is to be read */
	return in8(0x20) & 1;
}

static void timer_wait(void)
{
	while (!timer_requested())
		;
}

static void taken(void)
{
	expect("the timer's vector", t.vector == VECTOR_IRQ);
	pic_end(0);
}

static void waits(void)
{
	pic_set(1);
	timer_once(2000);
	t = (struct trial){.rflags = FLAGS_IF};
	try(&t, "HLT until the timer", CODE("hlt"));
	taken();
	timer_once(2000);
	t = (struct trial){.gpr = {0}};
	try(&t, "STI and HLT", CODE("sti\n hlt"));
	taken();
	timer_once(2000);
	t = (struct trial){.rflags = FLAGS_IF};
	trying("a loop that the timer ends");
	t.rip = (uint64_t)CODE("1: jmp 1b");
	t.rflags |= 2;
	t.cs = CODE_KERNEL;
	t.ss = DATA_KERNEL;
	trial_run(&t);
	taken();
	timer_once(2000);
	t = (struct trial){.rflags = FLAGS_IF};
	t.rip = (uint64_t)CODE("1: jmp 1b");
	t.rflags |= 2;
	t.cs = CODE_USER;
	t.ss = DATA_USER;
	trying("a loop in a user program");
	trial_run(&t);
	taken();
}

static void held_off(void)
{
	timer_once(500);
	timer_wait();
	t = (struct trial){.gpr = {0}};
	try(&t, "pending, interruptions off", CODE("nop\n nop\n nop"));
	expect_done(&t);
	t = (struct trial){.gpr = {0}};
	try(&t, "  STI opens after one more instruction", CODE("sti\n nop\n nop"));
	taken();
	timer_once(500);
	timer_wait();
	t = (struct trial){.gpr = {0}};
	try(&t, "  POPF opens at once", CODE("pushf\n orl $0x200, (%%rsp)\n popf\n nop\n nop"));
	taken();
	timer_once(500);
	timer_wait();
	pic_set(0);
	t = (struct trial){.rflags = FLAGS_IF};
	try(&t, "  masked at the 8259", CODE("nop\n nop"));
	expect_done(&t);
	pic_set(1);
}

/* A second one of the same line has to wait for the end of the first. */
static void in_service(void)
{
	timer_once(300);
	timer_wait();
	t = (struct trial){.rflags = FLAGS_IF};
	try(&t, "the first", CODE("nop\n nop"));
	expect("the timer's vector", t.vector == VECTOR_IRQ);
	timer_once(300);
	timer_wait();
	t = (struct trial){.rflags = FLAGS_IF};
	try(&t, "  the next, before its end", CODE("nop\n nop"));
	expect_done(&t);
	pic_end(0);
	t = (struct trial){.rflags = FLAGS_IF};
	try(&t, "  after its end", CODE("nop\n nop"));
	taken();
}

int main(void)
{
	waits();
	held_off();
	in_service();
	pic_set(0);
	return failures;
}
