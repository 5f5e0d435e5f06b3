/* Random numbers that repeat: xorshift, seeded from storage so that a deck can choose. */
#ifndef GUEST_RANDOM_H
#define GUEST_RANDOM_H

#include "runtime/guest.h"

/* Words that deck.py --store may set: how much to do, and the seed. */
#define WANTED_COUNT LOW(uint64_t, 0x2008)
#define WANTED_SEED  LOW(uint64_t, 0x2010)

static uint64_t random_state = 0x9e3779b97f4a7c15;

static inline uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static inline uint64_t random_below(uint64_t limit)
{
	return (random_next() >> 11) % limit;
}

/* An address that is mostly harmless: in the scratch area, sometimes anywhere at all. */
#define SCRATCH      0x2000000UL
#define SCRATCH_SIZE 0x10000UL

static inline uint64_t random_address(void)
{
	switch (random_below(16)) {
	case 0:
		return random_next();
	case 1:
		return (uint32_t)random_next();
	case 2:
		return 0x0ffff000 + random_below(0x2000); /* about the end of storage */
	case 3:
		return SCRATCH + random_below(SCRATCH_SIZE);
	case 4:
		return random_below(256);
	default:
		return SCRATCH + (random_below(SCRATCH_SIZE) & ~7UL);
	}
}

#endif
