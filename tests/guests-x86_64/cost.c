/*
 * What a simulated operation costs: a loop of each, timed by the time-stamp counter. Under `-icount shift=0` its unit is an
 * instruction, so the figures are exact and repeat; elsewhere they are times.
 * Before it: neighbour.c. After it: compute.c.
 * Known simplification: the loop's own instructions are measured by an empty loop and taken off.
 */
#include "runtime/guest.h"

#define ROUNDS 20000

/* Ticks for ROUNDS rounds of one operation. */
#define LOOP(text)                                                                                           \
	({                                                                                                   \
		uint64_t begin_ = tsc(), rounds_ = ROUNDS;                                                   \
		__asm__ volatile("0: " text "\n dec %0\n jnz 0b"                                             \
				 : "+r"(rounds_)                                                             \
				 :                                                                           \
				 : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "memory", "cc");                \
		tsc() - begin_;                                                                              \
	})

static uint64_t empty;

/* In hundredths. own: instructions of the text that are not the operation. */
static void show(const char *name, uint64_t ticks, unsigned own)
{
	uint64_t hundredths = (ticks > empty ? ticks - empty : 0) * 100 / ROUNDS - own * 100;

	print("cost: %s %lu.%02lu\n", name, hundredths / 100, hundredths % 100);
}

int main(void)
{
	empty = LOOP("nop"); /* warm */
	empty = LOOP("");
	show("nop", LOOP("nop"), 0);
	show("cpuid", LOOP("xor %%eax, %%eax\n cpuid"), 1);
	show("cpuid", LOOP("xor %%eax, %%eax\n cpuid"), 1);
	if (under_cp)
		show("vmmcall", LOOP("mov $0x60, %%eax\n vmmcall"), 1);
	show("rdmsr", LOOP("mov $0xc0000080, %%ecx\n rdmsr"), 1);
	show("in", LOOP("mov $0x3fd, %%edx\n inb %%dx, %%al"), 1);
	show("out", LOOP("mov $0x21, %%edx\n mov $0xff, %%al\n outb %%al, %%dx"), 2);
	return 0;
}
