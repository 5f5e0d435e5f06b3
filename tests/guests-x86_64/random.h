/* Random numbers for the wild guests: xorshift64*, the same sequence for the same seed. */
#ifndef RANDOM_H
#define RANDOM_H

#include "runtime/guest.h"

#define WANTED_COUNT image_words[0]
#define WANTED_SEED  image_words[1]
#define WANTED_ALL   image_words[2]

static uint64_t random_state = 88172645463325252ul;

static inline uint64_t random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 2685821657736338717ul;
}

static inline uint64_t random_below(uint64_t n)
{
	return (random_next() >> 16) % n;
}

/* Storage that is the wild guest's to be destroyed. */
#define WILD_BEGIN 0x2000000ul
#define WILD_SIZE  0x1000000ul

static inline uint64_t random_address(void)
{
	switch (random_below(8)) {
	case 0:
		return random_next();
	case 1:
		return 0x100000000ul - random_below(0x2000); /* the end of what is mapped */
	case 2:
		return random_below(0x100000000ul) | 0x80000000ul; /* beyond storage */
	case 3:
		return random_below(256);
	default:
		return WILD_BEGIN + random_below(WILD_SIZE);
	}
}

#endif
