/*
 * The wild guests' neighbour: fills its storage and its registers with what only it knows, and looks again and again whether it
 * is still there.
 * Before it: fuzz-ring.c. After it: cost.c. Known simplification: 4 MiB, a look ten times a second at most.
 */
#include "random.h"

#define BEGIN 0x800000ul
#define SIZE  0x400000ul

static uint64_t sum(void)
{
	uint64_t hash = 14695981039346656037ul;

	for (const uint64_t *p = (uint64_t *)BEGIN; p < (uint64_t *)(BEGIN + SIZE); p++)
		hash = (hash ^ *p) * 1099511628211ul;
	return hash;
}

static void registers_set(uint64_t value)
{
	__asm__ volatile("movq %0, %%xmm7\n movq %0, %%xmm15\n mov %0, %%dr2" : : "r"(value) : "memory");
}

static bool registers_kept(uint64_t value)
{
	uint64_t a, b, c;

	__asm__ volatile("movq %%xmm7, %0\n movq %%xmm15, %1\n mov %%dr2, %2" : "=r"(a), "=r"(b), "=r"(c));
	return a == value && b == value && c == value;
}

static void pause(void)
{
	struct trial t = {.rflags = 2 | FLAGS_IF, .cs = CODE_KERNEL, .ss = DATA_KERNEL};

	pic_set(1);
	out8(0x43, 0x30);
	out8(0x40, 0xff);
	out8(0x40, 0xff);
	t.rip = (uint64_t)CODE("hlt");
	trial_run(&t);
	pic_end(0);
	pic_set(0);
}

int main(void)
{
	uint64_t hash, secret;

	random_state ^= tsc();
	secret = random_next() & 0xffffffff; /* what a debug register can hold */
	for (uint64_t *p = (uint64_t *)BEGIN; p < (uint64_t *)(BEGIN + SIZE); p++)
		*p = random_next();
	hash = sum();
	registers_set(secret);
	for (unsigned look = 1; look <= (WANTED_COUNT ? WANTED_COUNT : 2); look++) {
		pause();
		if (sum() != hash || !registers_kept(secret)) {
			print("neighbour: storage has changed\n");
			return 1;
		}
		print("neighbour: look %u, storage is as it was\n", look);
	}
	return 0;
}
