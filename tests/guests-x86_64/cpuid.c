/*
 * CPUID: under CP only what CP virtualizes is shown, and there is a hypervisor leaf.
 * Before it: runtime/. After it: msr.c.
 */
#include "runtime/guest.h"

#define SVM        (1u << 2)  /* 80000001 ECX */
#define HYPERVISOR (1u << 31) /* 1 ECX */
#define XSAVE      (3u << 26)
#define APIC       (1u << 9) /* 1 EDX */
#define NEEDED_EDX                                                                                           \
	0x07808139u /* FPU, TSC? ... what a 64-bit kernel must have: FPU PSE TSC MSR PAE CX8 CMOV MMX FXSR SSE SSE2 */
#define LONG_MODE (1u << 29)

static void expect_same(const char *what, uint32_t a, uint32_t b)
{
	expect(what, a == b);
	if (a != b)
		print("  %08X, %08X\n", a, b);
}

static void under_cp_only(void)
{
	struct cpuid one = cpuid(1, 0), hypervisor = cpuid(0x40000000, 0), none = cpuid(0x0b, 0);

	trying("CPUID under CP");
	expect("leaf 1 says that there is a hypervisor", one.ecx & HYPERVISOR);
	expect("XSAVE is not shown", !(one.ecx & XSAVE));
	expect("the local APIC is not shown", !(one.edx & APIC));
	expect("there is one CPU", (one.ebx >> 16 & 0xff) == 1 && one.ebx >> 24 == 0);
	expect("SVM is not shown", !(cpuid(0x80000001, 0).ecx & SVM));
	expect("leaf 7 shows nothing that needs a control register",
	       !(cpuid(7, 0).ebx & ~0x200u) && !cpuid(7, 0).ecx);
	expect_same("the hypervisor's name is VM/40", hypervisor.ebx, 0x342f4d56);
	expect_same("and ends", hypervisor.ecx, 0x30);
	expect("a leaf that is not virtualized is all zeros", !(none.eax | none.ebx | none.ecx | none.edx));
}

int main(void)
{
	struct cpuid one = cpuid(1, 0);
	struct trial t = {.gpr = {[RAX] = 0xffffffff00000000, [RCX] = 0xffffffff00000000}};

	trying("CPUID");
	expect("what a 64-bit kernel needs is there", (one.edx & NEEDED_EDX) == NEEDED_EDX);
	expect("long mode", cpuid(0x80000001, 0).edx & LONG_MODE);
	expect("the extended leaves go to 80000008 at least", cpuid(0x80000000, 0).eax >= 0x80000008);
	try(&t, "CPUID", CODE("cpuid"));
	expect_done(&t);
	expect("left halves of its registers are cleared",
	       !((t.gpr[RAX] | t.gpr[RBX] | t.gpr[RCX] | t.gpr[RDX]) >> 32));
	t = (struct trial){.gpr = {[RAX] = 0}};
	try_user(&t, "CPUID in a user program", CODE("cpuid"));
	expect_done(&t);
	if (under_cp)
		under_cp_only();
	return failures;
}
