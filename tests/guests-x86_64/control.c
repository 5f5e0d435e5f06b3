/*
 * Control registers: what may be turned on, what not; caches; the floating-point unit's task switch.
 * Before it: exception.c. After it: port.c.
 */
#include "runtime/guest.h"

static struct trial t;

static uint64_t cr4(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static void cr4_refuse(const char *name, uint64_t value)
{
	t = (struct trial){.gpr = {[R9] = value}};
	try(&t, name, CODE("mov %%r9, %%cr4"));
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
}

int main(void)
{
	uint64_t before = cr4();

	t = (struct trial){.gpr = {[R9] = before | 0x80}};
	try(&t, "CR4, global pages on", CODE("mov %%r9, %%cr4\n mov %%cr4, %%rax"));
	expect_done(&t);
	expect("it is on", t.gpr[RAX] == (before | 0x80));
	t = (struct trial){.gpr = {[RBX] = before}};
	try(&t, "CR4 from another register", CODE("mov %%rbx, %%cr4\n mov %%cr4, %%rax"));
	expect("it is off again", t.gpr[RAX] == before);
	if (under_cp) { /* QEMU itself checks nothing of it */
		cr4_refuse("CR4, PAE off in long mode", before & ~0x20ul);
		cr4_refuse("CR4, a reserved bit", before | 1ul << 40);
		cr4_refuse("CR4, OSXSAVE, which is not shown", before | 1ul << 18);
		cr4_refuse("CR4, protection keys, which are not shown", before | 1ul << 22);
		cr4_refuse("CR4, SMEP, which is not shown", before | 1ul << 20);
	}
	t = (struct trial){.gpr = {0}};
	try(&t, "CR0, write protection off and on",
	    CODE("mov %%cr0, %%rax\n btr $16, %%rax\n mov %%rax, %%cr0\n mov %%cr0, %%rbx\n"
		 "bts $16, %%rax\n mov %%rax, %%cr0\n mov %%cr0, %%rcx"));
	expect_done(&t);
	expect("off and on", !(t.gpr[RBX] & 0x10000) && t.gpr[RCX] & 0x10000);
	t = (struct trial){.gpr = {0}};
	try(&t, "LMSW, MP",
	    CODE("smsw %%ax\n mov %%eax, %%ebx\n xor $2, %%ebx\n lmsw %%bx\n smsw %%cx\n lmsw %%ax"));
	expect_done(&t);
	expect("MP has changed", (t.gpr[RAX] ^ t.gpr[RCX]) == 2);
	if (under_cp) {
		t = (struct trial){.gpr = {0}};
		try(&t, "CR0, paging off in 64-bit code",
		    CODE("mov %%cr0, %%rax\n btr $31, %%rax\n mov %%rax, %%cr0"));
		expect_exception(&t, VECTOR_PROTECTION, 0, 8);
	}
	t = (struct trial){.gpr = {0}};
	try(&t, "an x87 error",
	    CODE("fninit\n push $0x372\n fldcw (%%rsp)\n pop %%rax\n fldz\n fld1\n fdivp\n fldz\n fdivrp\n fwait"));
	expect("exception 16", t.vector == 16);
	__asm__ volatile("fninit");
	if (under_cp) { /* bare, it would be IRQ 13 */
		t = (struct trial){.gpr = {0}};
		try(&t, "an x87 error with NE off",
		    CODE("mov %%cr0, %%rax\n btr $5, %%rax\n mov %%rax, %%cr0\n fninit\n push $0x372\n fldcw (%%rsp)\n"
			 "pop %%rax\n fldz\n fld1\n fdivp\n fldz\n fdivrp\n fwait"));
		expect("exception 16 all the same", t.vector == 16);
		__asm__ volatile("fninit");
	}
	t = (struct trial){.gpr = {0}};
	try(&t, "WBINVD", CODE("wbinvd"));
	expect_done(&t);
	t = (struct trial){.gpr = {0}};
	try(&t, "CR8",
	    CODE("mov $5, %%eax\n mov %%rax, %%cr8\n mov %%cr8, %%rbx\n xor %%eax, %%eax\n mov %%rax, %%cr8"));
	expect_done(&t);
	expect("CR8 keeps its value", t.gpr[RBX] == 5);
	t = (struct trial){.gpr = {0}};
	try(&t, "an x87 instruction with TS on",
	    CODE("mov %%cr0, %%rax\n mov %%rax, %%rbx\n or $8, %%rax\n mov %%rax, %%cr0\n fninit"));
	expect("device not available", t.vector == 7);
	__asm__ volatile("clts");
	t = (struct trial){.gpr = {0}};
	try(&t, "DR0 and DR7",
	    CODE("mov $0x123456, %%eax\n mov %%rax, %%dr0\n mov %%dr0, %%rbx\n mov %%dr7, %%rcx"));
	expect("DR0 keeps its value", t.gpr[RBX] == 0x123456);
	expect("DR7 is as after a reset", t.gpr[RCX] == 0x400);
	return failures;
}
