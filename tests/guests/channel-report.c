/*
 * A running machine learns of devices that come and go: a machine check says that channel reports are pending, and each report names a
 * subchannel. Its user links or defines a device, and detaches it again, while it waits. Only under CP.
 * Before it: block-end.c. After it: storage.c.
 * Known simplification: two machine checks, then it ends.
 */
#include "runtime/guest.h"

#define PSW_MACHINE_CHECK 0x0004000000000000UL
#define REPORT_MASK       0x10000000UL

static struct trial t;
static uint32_t crw, schib[13];

static int crw_store(void)
{
	int cc;

	__asm__ volatile(".insn s,0xb2390000,%1\n ipm %0\n srl %0,28" : "=d"(cc), "=Q"(crw) : : "cc");
	return cc;
}

static int subchannel_store(uint32_t id)
{
	register uint64_t one __asm__("1") = id;
	int cc;

	__asm__ volatile("stsch %1\n ipm %0\n srl %0,28" : "=d"(cc), "=Q"(schib) : "d"(one) : "cc");
	return cc;
}

static void wait(void)
{
	for (int i = 0; i < 16; i++)
		t.gpr[i] = 0x0101010101010101UL * i;
	LOW(uint64_t, 0xe8) = 0;
	t.mask = PSW_64BIT | PSW_MACHINE_CHECK | PSW_WAIT;
	t.address = 0x4711000;
	trial_run(&t);
	trying("machine check");
	expect("machine-check interruption", t.end == END_CHECK);
	expect("channel report pending, and everything valid", LOW(uint64_t, 0xe8) == 0x00400f1d40330000UL);
	expect("old PSW", t.mask == (PSW_64BIT | PSW_MACHINE_CHECK | PSW_WAIT) && t.address == 0x4711000);
	expect("general registers", LOW(uint64_t, 0x1280 + 8 * 9) == 0x0909090909090909UL);
	expect("control registers", LOW(uint64_t, 0x1380 + 8 * 14) == control_get(14));
}

static void report(void)
{
	wait();
	expect("one report", crw_store() == 0);
	expect("a subchannel, parameters installed", crw >> 16 == 0x0304);
	expect("no other", subchannel_store(0x10000 | (crw & 0xffff)) == 0);
	if (schib[1] & 0x10000)
		print("report: device %04X has come\n", schib[1] & 0xffff);
	else
		print("report: a device has gone\n");
	expect("no other report", crw_store() == 1 && crw == 0);
}

int main(void)
{
	checks_expected = 1;
	control_set(14, control_get(14) | REPORT_MASK);
	print("report: waiting\n");
	report();
	report();
	return failures;
}
