/*
 * The wild guest's neighbour: fills its storage with what only it knows, and looks again and again whether it is still there.
 * Before it: fuzz-io.c. After it: cost.c. Known simplification: 8 MiB, a look every two seconds.
 */
#include "random.h"

#define BEGIN 0x1000000UL
#define SIZE  0x800000UL

static uint64_t sum(void)
{
	uint64_t hash = 14695981039346656037UL;

	for (const uint64_t *p = (uint64_t *)BEGIN; p < (uint64_t *)(BEGIN + SIZE); p++)
		hash = (hash ^ *p) * 1099511628211UL;
	return hash;
}

static void pause(void)
{
	struct trial t = {.mask = PSW_64BIT | PSW_EXTERNAL | PSW_WAIT};

	__asm__ volatile("sckc %0" : : "Q"(*(uint64_t[]){clock_now() + (2000000UL << 12)}));
	control_set(0, control_get(0) | 0x800);
	trial_run(&t);
	control_set(0, control_get(0) & ~0x800UL);
}

int main(void)
{
	uint64_t hash;

	random_state ^= clock_now();
	for (uint64_t *p = (uint64_t *)BEGIN; p < (uint64_t *)(BEGIN + SIZE); p++)
		*p = random_next();
	hash = sum();
	for (unsigned look = 1; look <= (WANTED_COUNT ? WANTED_COUNT : 2); look++) {
		pause();
		if (sum() != hash) {
			print("neighbour: storage has changed\n");
			return 1;
		}
		print("neighbour: look %u, storage is as it was\n", look);
	}
	return 0;
}
