/*
 * RDMSR and WRMSR: what there is, what is refused, and what does not exist.
 * Before it: cpuid.c. After it: exception.c.
 */
#include "runtime/guest.h"

#define EFER      0xc0000080
#define PAT       0x277
#define LSTAR     0xc0000082
#define FS_BASE   0xc0000100
#define KERNEL_GS 0xc0000102
#define TSC_AUX   0xc0000103
#define TSC       0x10
#define CLOCK     0x4b564d01 /* Linux' KVM clock: where the time is to stand, and bit 0 */
#define NOWHERE   0x12345678

static void msr(struct trial *t, const char *name, uint32_t number, bool write, uint64_t value)
{
	*t = (struct trial){.gpr = {[RCX] = number, [RAX] = (uint32_t)value, [RDX] = value >> 32}};
	if (write)
		try(t, name, CODE("wrmsr"));
	else
		try(t, name, CODE("rdmsr"));
}

static uint64_t result(const struct trial *t)
{
	return t->gpr[RDX] << 32 | (uint32_t)t->gpr[RAX];
}

static void keeps(const char *name, uint32_t number, uint64_t value)
{
	uint64_t before;
	struct trial t;

	msr(&t, name, number, false, 0);
	before = result(&t);
	msr(&t, "  written", number, true, value);
	expect_done(&t);
	msr(&t, "  read again", number, false, 0);
	expect("is what was written", result(&t) == value);
	msr(&t, "  as before", number, true, before);
}

/* Bare, QEMU lets everything pass: it does not check what is written, nor refuse what it does not know. */
static void refused(const char *name, uint32_t number, bool write, uint64_t value)
{
	struct trial t;

	if (!under_cp)
		return;
	msr(&t, name, number, write, value);
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
}

static void efer(void)
{
	struct trial t;

	msr(&t, "EFER", EFER, false, 0);
	expect("long mode is on and active", (result(&t) & 0x500) == 0x500);
	expect("SVM is not", !(result(&t) & 0x1000));
	refused("EFER, LME turned off with paging on", EFER, true, result(&t) & ~0x100ul);
	refused("EFER, reserved bits", EFER, true, result(&t) | 1ul << 40);
}

static volatile struct {
	uint32_t version, reserved;
	uint64_t timestamp, time;
	uint32_t factor, rest;
} clock __attribute__((aligned(32)));

static bool clock_right(void)
{
	return clock.version && !(clock.version & 1) && clock.factor &&
	       tsc() - clock.timestamp < 0x10000000000;
}

/* From here on to the guest's end: so every machine of this guest that is saved has one. */
static void clock_in_storage(void)
{
	struct trial t;

	msr(&t, "clock", CLOCK, true, (uint64_t)&clock | 1);
	expect_done(&t);
	msr(&t, "  read again", CLOCK, false, 0);
	expect("is what was written", result(&t) == ((uint64_t)&clock | 1));
	expect("and the time is there", clock_right());
}

int main(void)
{
	struct trial t;

	if (under_cp)
		clock_in_storage();
	efer();
	keeps("PAT", PAT, 0x0007040600070401);
	refused("PAT, an unknown memory type", PAT, true, 2);
	keeps("LSTAR", LSTAR, 0xffffffff81234560);
	keeps("FS base", FS_BASE, 0x12345000);
	keeps("TSC_AUX", TSC_AUX, 0x12345678);
	t = (struct trial){.gpr = {0}};
	try(&t, "RDTSCP",
	    CODE("mov $0xc0000103, %%ecx\n mov $77, %%eax\n xor %%edx, %%edx\n wrmsr\n rdtscp"));
	expect("TSC_AUX comes with the time", t.gpr[RCX] == 77);
	keeps("KERNEL_GS base", KERNEL_GS, 0xffff888000001000);
	if (under_cp) { /* QEMU's own counter cannot be set */
		msr(&t, "TSC", TSC, true, 0x100000000000);
		expect_done(&t);
		expect("the counter goes on from what was written", tsc() - 0x100000000000 < 0x10000000000);
		expect("and the clock with it", clock_right());
	}
	refused("an MSR that is not there, read", NOWHERE, false, 0);
	refused("an MSR that is not there, written", NOWHERE, true, 0);
	t = (struct trial){.gpr = {[RCX] = EFER}};
	try_user(&t, "RDMSR in a user program", CODE("rdmsr"));
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	return failures;
}
