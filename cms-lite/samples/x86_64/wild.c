/*
 * wild.c - a program that does what it may not: it stops the machine, or would, if privilege level 3 let it.
 *
 * Owns: nothing. CMS-lite ends it with message DMSITP141T and goes on. Under CP this is the difference between a program
 * that fails and a system that fails: compare it with a nucleus that halts with interruptions off.
 *
 * Simplification: one privileged instruction is as good as another.
 */
#include "../calls.h"

int program(const char *arguments)
{
	(void)arguments;
	asm volatile("cli\n\thlt");
	return 0;
}
