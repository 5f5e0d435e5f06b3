/*
 * wild.c - a program that does what it may not: it stops the machine, or would, if problem state let it.
 *
 * Owns: nothing. CMS-lite ends it with message DMSITP141T and goes on. Under CP this is the difference between a program
 * that fails and a system that fails: compare it with a nucleus that loads a disabled wait.
 *
 * Simplification: one privileged instruction is as good as another.
 */
#include "../calls.h"

int program(const char *arguments)
{
	static const uint64_t disabled_wait[2] = {0x0002000180000000, 0xdead};

	(void)arguments;
	asm volatile("lpswe %0" : : "Q"(disabled_wait));
	return 0;
}
