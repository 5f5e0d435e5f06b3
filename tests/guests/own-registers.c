/*
 * Floating-point, access and vector registers beside another user: this guest fills them with what only it has, runs through many time
 * slices, waits, and looks whether they are still its own. Two of them run at once.
 * Before it: registers.c. After it: dat.c.
 * Known simplification: whose guest it is, is told by the clock at its start.
 */
#include "random.h"

#define ROUNDS 10

struct registers {
	uint64_t vector[32][2];
	uint64_t floating[16];
	uint32_t access[16], control;
};

static struct registers mine, seen;
static int vectors;

static int vector_facility(void)
{
	uint64_t list[3] = {0};
	register uint64_t number __asm__("0") = 2;

	__asm__ volatile(".insn s,0xb2b00000,%1" : "+d"(number), "=Q"(list) : : "cc");
	return list[2] >> 62 & 1; /* 129 */
}

static void load(void)
{
	if (vectors)
		__asm__ volatile(
			".machine push\n.machine z13\n vlm 0,15,0(%0)\n vlm 16,31,256(%0)\n.machine pop"
			:
			: "a"(mine.vector)
			: "memory");
	else
		__asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n ld \\n,\\n*8(%0)\n .endr"
				 :
				 : "a"(mine.floating)
				 : "memory");
	__asm__ volatile("lam 0,15,0(%0)\n lfpc 0(%1)" : : "a"(mine.access), "a"(&mine.control) : "memory");
}

static void store(void)
{
	memset(&seen, 0, sizeof(seen));
	if (vectors)
		__asm__ volatile(
			".machine push\n.machine z13\n vstm 0,15,0(%0)\n vstm 16,31,256(%0)\n.machine pop"
			:
			: "a"(seen.vector)
			: "memory");
	__asm__ volatile(".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n std \\n,\\n*8(%0)\n .endr\n"
			 "stam 0,15,0(%1)\n stfpc 0(%2)"
			 :
			 : "a"(seen.floating), "a"(seen.access), "a"(&seen.control)
			 : "memory");
}

static void look(void)
{
	store();
	for (int i = 0; i < 16; i++) {
		expect("floating-point register", seen.floating[i] == mine.floating[i]);
		expect("access register", seen.access[i] == mine.access[i]);
	}
	for (int i = 0; i < 32 && vectors; i++)
		expect("vector register",
		       seen.vector[i][0] == mine.vector[i][0] && seen.vector[i][1] == mine.vector[i][1]);
	expect("floating-point control", seen.control == mine.control);
}

/* Values that another guest, or this one in another round, has not. */
static void choose(uint64_t seed)
{
	for (int i = 0; i < 32; i++)
		for (int half = 0; half < 2; half++)
			mine.vector[i][half] = (seed = seed * 6364136223846793005UL + 1442695040888963407UL);
	for (int i = 0; i < 16; i++) {
		mine.floating[i] = mine.vector[i][0]; /* the same register */
		mine.access[i] = (uint32_t)(seed >> 7) + i * 0x01010101;
	}
	mine.control = (seed & 3) << 4;
}

static void run_for(uint64_t microseconds, uint64_t mask)
{
	struct trial t = {.mask = PSW_64BIT | PSW_EXTERNAL | mask, .address = (uint64_t)CODE("1: j 1b")};
	uint64_t when = clock_now() + (microseconds << 12);

	__asm__ volatile("sckc %0" : : "Q"(when));
	control_set(0, control_get(0) | 0x800);
	trial_run(&t);
	control_set(0, control_get(0) & ~0x800UL);
}

int main(void)
{
	vectors = vector_facility();
	control_set(0, control_get(0) | 0x40000 | (vectors ? 0x20000 : 0));
	print("own registers: begun, %s vector registers\n", vectors ? "with" : "without");
	for (unsigned round = 1; round <= (WANTED_COUNT ? WANTED_COUNT : ROUNDS); round++) {
		trying("own registers");
		choose(clock_now());
		load();
		look();
		run_for(60000, 0);
		look();
		run_for(20000, PSW_WAIT);
		look();
		if (round % ROUNDS == 0)
			print("own registers: round %u, %u failures\n", round, (unsigned)failures);
	}
	return failures;
}
