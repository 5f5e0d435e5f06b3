/*
 * Ways in which a machine ends, or never ends: bad PSWs, and interruptions that come for ever. Which of them is a word in
 * storage (deck.py); CP has to say where the machine stands, and to stay up.
 * Before it: wild.c. After it: fatal.c.
 * Known simplification: it says nothing itself; CP and the other users are the ones to be heard.
 */
#include "random.h"

#define NEW_EXTERNAL 0x1b0
#define NEW_PROGRAM  0x1d0

static void psw_put(unsigned at, uint64_t mask, uint64_t address)
{
	LOW(uint64_t, at) = mask;
	LOW(uint64_t, at + 8) = address;
}

static void psw_load(uint64_t mask, uint64_t address)
{
	psw_put(0x290, mask, address);
	__asm__ volatile("lpswe 0x290" : : : "memory");
}

/* A clock comparator that has passed, and nothing that would ever change it. */
static void comparator_open(void)
{
	__asm__ volatile("sckc %0" : : "Q"(*(uint64_t[]){1}));
	control_set(0, control_get(0) | 0x800);
}

int main(void)
{
	switch (WANTED_COUNT) {
	case 0: /* a disabled wait */
		psw_load(PSW_64BIT | PSW_WAIT, 0x123456);
		break;
	case 1: /* a PSW that is none, and then a program new PSW that is none */
		psw_put(NEW_PROGRAM, PSW_64BIT | 0x8000000000000000, 0x654320);
		psw_load(PSW_64BIT | 0x0008000000000000, 0x654322);
		break;
	case 2: /* program interruptions for ever: the first instruction of their handler is not there */
		psw_put(NEW_PROGRAM, PSW_64BIT, 0x7ffffffffffff000);
		psw_load(PSW_64BIT, 0x7ffffffffffff000);
		break;
	case 3: /* external interruptions for ever, the machine waiting */
		psw_put(NEW_EXTERNAL, PSW_64BIT | PSW_WAIT | PSW_EXTERNAL, 0x1000);
		comparator_open();
		psw_load(PSW_64BIT | PSW_WAIT | PSW_EXTERNAL, 0x1000);
		break;
	case 4: /* the same, the machine running */
		psw_put(NEW_EXTERNAL, PSW_64BIT | PSW_EXTERNAL, 0x7ffffffffffff000);
		psw_put(NEW_PROGRAM, PSW_64BIT | PSW_EXTERNAL, 0x7ffffffffffff000);
		comparator_open();
		psw_load(PSW_64BIT | PSW_EXTERNAL, 0x7ffffffffffff000);
	}
	return 1;
}
