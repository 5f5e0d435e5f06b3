/*
 * What a guest that is followed by TRACE INSTRUCTION must not notice: the trap flag in stored flags, interruptions, system calls,
 * its own single steps.
 * Before it: paging.c. After it: real.c.
 */
#include "runtime/guest.h"

static struct trial t;

int main(void)
{
	t = (struct trial){.gpr = {0}};
	try(&t, "PUSHF", CODE("pushf\n pop %%rax\n pushfq\n pop %%rbx\n clc"));
	expect_done(&t);
	expect("no trap flag is stored", !(t.gpr[RAX] & FLAGS_TF) && !(t.gpr[RBX] & FLAGS_TF));
	expect("none is left", !(t.rflags & FLAGS_TF));
	t = (struct trial){.gpr = {0}};
	try(&t, "POPF", CODE("pushf\n popf\n nop\n pushf\n pop %%rax"));
	expect_done(&t);
	expect("no trap flag is stored", !(t.gpr[RAX] & FLAGS_TF));
	t = (struct trial){.gpr = {0}};
	try(&t, "INT3", CODE("int3"));
	expect_exception(&t, VECTOR_BREAKPOINT, 0, 1);
	expect("no trap flag is stored", !(t.rflags & FLAGS_TF));
	t = (struct trial){.gpr = {0}};
	try(&t, "UD2", CODE("nop\n ud2"));
	expect_exception(&t, VECTOR_UNDEFINED, 0, 1);
	expect("no trap flag is stored", !(t.rflags & FLAGS_TF));
	t = (struct trial){.gpr = {[RAX] = 0x1234567890}};
	try(&t, "a page fault", CODE("mov (%%rax), %%rax"));
	expect_exception(&t, VECTOR_PAGE, 0, 0);
	expect("CR2", t.cr2 == 0x1234567890);
	t = (struct trial){.gpr = {[RCX] = 3}};
	try(&t, "a loop", CODE("1: add %%rcx, %%rax\n loop 1b"));
	expect("six", t.gpr[RAX] == 6);
	t = (struct trial){.rflags = FLAGS_TF};
	try(&t, "its own single step", CODE("nop\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 1);
	t = (struct trial){.gpr = {0}};
	try(&t, "SYSCALL",
	    CODE("mov $0xc0000084, %%ecx\n mov $0x700, %%eax\n xor %%edx, %%edx\n wrmsr\n" /* SFMASK: TF IF DF */
		 "mov $0xc0000081, %%ecx\n xor %%eax, %%eax\n mov $0x100008, %%edx\n wrmsr\n"
		 "lea 1f(%%rip), %%rax\n mov %%rax, %%rdx\n shr $32, %%rdx\n mov $0xc0000082, %%ecx\n wrmsr\n"
		 "syscall\n ud2\n 1: pushf\n pop %%rbx\n"));
	expect_done(&t);
	expect("no trap flag in R11", !(t.gpr[R11] & FLAGS_TF));
	expect("nor at its handler", !(t.gpr[RBX] & FLAGS_TF));
	return failures;
}
