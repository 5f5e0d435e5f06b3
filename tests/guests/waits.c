/*
 * Many waits for the clock comparator, short and long, some already over when they begin: none may be missed, none may end early.
 * Before it: timer.c. After it: interruption.c. Known simplification: nothing else goes on meanwhile.
 */
#include "random.h"

#define WAITS 300

int main(void)
{
	uint64_t begin = clock_now();
	unsigned early = 0;

	control_set(0, control_get(0) | 0x800);
	for (int i = 0; i < WAITS; i++) {
		uint64_t due = clock_now() + (random_below(i % 8 ? 3000 : 40000) << 12) - random_below(2000);
		struct trial t = {.mask = PSW_64BIT | PSW_WAIT | PSW_EXTERNAL | (i & 1 ? PSW_IO : 0),
				  .address = 0};

		__asm__ volatile("sckc %0" : : "Q"(due));
		trial_run(&t);
		trying("a wait for the comparator");
		expect("its interruption", t.end == END_EXTERNAL && t.code == 0x1004);
		if (clock_now() < due)
			early++;
		if (i % 50 == 49)
			print("waits: %d\n", i + 1);
	}
	control_set(0, control_get(0) & ~0x800UL);
	if (early)
		differs("it comes early");
	print("waits: took %lu ms\n", (clock_now() - begin) / 4096000);
	return failures;
}
