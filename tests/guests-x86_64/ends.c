/*
 * Ways to an end: by the seed, a triple fault (0), HLT with interruptions off (1), a loop in which its user stops it (2).
 * Before it: real.c. After it: fuzz.c.
 */
#include "random.h"

int main(void)
{
	static const struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) none;

	print("guest: ready\n");
	if (WANTED_SEED == 0)
		__asm__ volatile("lidt %0\n ud2" : : "m"(none));
	if (WANTED_SEED == 1)
		__asm__ volatile("cli\n hlt");
	for (;;)
		;
}
