/*
 * MONITOR CALL: nothing happens when its class is masked off, event 0040 when it is on. Linux executes MC 0,0 on purpose.
 * Before it: epsw.c. After it: privileged.c. Known simplification: no monitor event counting (a later facility).
 */
#include "runtime/guest.h"

static struct trial t;

int main(void)
{
	try(&t, "mc, class 0 off", PSW_64BIT, CODE("mc 0,0"));
	expect_done(&t, 0);
	control_set(8, 0x8400);
	t.gpr[1] = 0x123456789;
	try(&t, "mc, class 0 on", PSW_64BIT, CODE("mc 0,0"));
	expect_program(&t, 0x40, 4, 4);
	expect("class", LOW(uint8_t, 0x95) == 0);
	expect("code", LOW(uint64_t, 0xb0) == 0);
	try(&t, "mc, class 5 on", PSW_64BIT | PSW_PROBLEM, CODE("mc 0x111(1),5"));
	expect_program(&t, 0x40, 4, 4);
	expect("class", LOW(uint8_t, 0x95) == 5);
	expect("code", LOW(uint64_t, 0xb0) == 0x12345689a);
	try(&t, "mc, class 6 off", PSW_64BIT | PSW_PROBLEM, CODE("mc 0,6"));
	expect_done(&t, 0);
	try(&t, "mc, class 16", PSW_64BIT, CODE(".long 0xaf100000"));
	expect_program(&t, 6, 4, 4);
	control_set(8, 0);
	try(&t, "mc, class 16 with every class off", PSW_64BIT, CODE(".long 0xaf100000"));
	expect_program(&t, 6, 4, 4);
	return failures;
}
