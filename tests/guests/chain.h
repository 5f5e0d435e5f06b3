/*
 * A chain of hashes through a table: every link depends on all before it, so whatever is lost or done twice shows in all that follow.
 * Before it: compute.c. After it: tests/machine/test_saved_power.py, which knows the lines from a run that nobody interrupted.
 * Known simplification: integers only; other registers are own-registers.c's.
 */
#ifndef GUEST_CHAIN_H
#define GUEST_CHAIN_H

#include <stdint.h>

#include "runtime/print.h"

#define CHAIN_LINKS  20000000UL
#define CHAIN_REPORT 200000UL /* links from one line to the next */
#define CHAIN_WORDS  32768UL

static inline void chain(void)
{
	static uint64_t table[CHAIN_WORDS];
	uint64_t link = 1;

	for (uint64_t n = 1; n <= CHAIN_LINKS; n++) {
		uint64_t *word = &table[link >> 32 & (CHAIN_WORDS - 1)];
		link = (link ^ *word ^ n) * 0x9e3779b97f4a7c15ul;
		link ^= link >> 29;
		*word += link;
		if (n % CHAIN_REPORT == 0)
			print("chain: %s %lu %016lX\n", n < CHAIN_LINKS ? "link" : "last", n, link);
	}
}

#endif
