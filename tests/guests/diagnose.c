/*
 * A guest that does nothing but call CP: what one DIAGNOSE costs, there and back. Run under each engine of one machine,
 * the difference is theirs.
 * Before it: compute.c. After it: nothing. Known simplification: DIAGNOSE X'60' answers in a register; others cost more.
 */
#include "runtime/guest.h"

#define ROUNDS 50000UL

int main(void)
{
	uint64_t begin = clock_now(), size = 0;

	for (uint64_t n = 0; n < ROUNDS; n++)
		__asm__ volatile("lgr 2,%1\n diag 2,0,0x60\n lgr %0,2" : "=d"(size) : "d"(n) : "2", "cc");
	begin = clock_now() - begin;
	expect("the size of storage", size != 0 && size % 0x100000 == 0);
	print("diagnose: %lu nanoseconds each\n", begin * 1000 / 4096 / ROUNDS);
	return failures;
}
