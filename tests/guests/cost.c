/*
 * What a simulated instruction costs: a loop of each, timed by the TOD clock. Under `-icount shift=0` a nanosecond is an
 * instruction, so the figures are exact and repeat; elsewhere they are times.
 * Before it: neighbour.c. After it: compute.c.
 * Known simplification: the loop's own BRCTG is measured by an empty loop and taken off.
 */
#include "runtime/guest.h"

#define ROUNDS 20000

static uint64_t operand[2] __attribute__((aligned(4096)));

/* TOD units for ROUNDS rounds of one instruction; 4096 units are a microsecond. */
#define LOOP(text)                                                                                           \
	({                                                                                                   \
		uint64_t begin_, rounds_ = ROUNDS;                                                           \
		begin_ = clock_now();                                                                        \
		__asm__ volatile("0: " text "\n brctg %0,0b"                                                 \
				 : "+d"(rounds_)                                                             \
				 : "a"(operand)                                                              \
				 : "memory", "cc");                                                          \
		clock_now() - begin_;                                                                        \
	})

static uint64_t empty;

/* In hundredths of an instruction. */
static void show(const char *name, uint64_t units)
{
	uint64_t hundredths = (units > empty ? units - empty : 0) * 100 * 1000 / 4096 / ROUNDS;

	print("cost: %s %lu.%02lu\n", name, hundredths / 100, hundredths % 100);
}

int main(void)
{
	operand[1] = control_get(1);
	*(uint8_t *)operand = 0;
	empty = LOOP("lr 0,0"); /* warm */
	empty = LOOP("");
	show("lr", LOOP("lr 0,0"));
	show("stap", LOOP("stap 0(%1)"));
	show("stap", LOOP("stap 0(%1)"));
	*(uint8_t *)operand = 0;
	show("ssm", LOOP("ssm 0(%1)"));
	show("stnsm", LOOP("stnsm 1(%1),0xff"));
	show("stosm", LOOP("stosm 1(%1),0"));
	show("stpt", LOOP("stpt 0(%1)"));
	show("stctg", LOOP("stctg 0,0,0(%1)"));
	show("lctlg-cr1", LOOP("lctlg 1,1,8(%1)"));
	show("epsw", LOOP("epsw 0,0"));
	return 0;
}
