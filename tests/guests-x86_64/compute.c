/*
 * A guest that only computes: what CP takes from it is what its time slices and its timers cost.
 * Before it: cost.c. After it: nothing. Known simplification: registers and one page of storage.
 */
#include "runtime/guest.h"

#define ROUNDS 10000000UL

int main(void)
{
	static uint64_t table[512];
	uint64_t begin = tsc(), sum = 1;

	for (uint64_t i = 0; i < ROUNDS; i++) {
		sum = sum * 6364136223846793005UL + i;
		table[sum >> 55] ^= sum;
	}
	begin = tsc() - begin;
	for (int i = 0; i < 512; i++)
		sum ^= table[i];
	print("compute: %lu ticks' time, sum %016lX\n", begin, sum);
	return 0;
}
