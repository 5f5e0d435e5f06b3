/*
 * A machine begins in ESA/390 mode: eight-byte PSWs in other places, 31-bit addressing, 32-bit control registers. The guest
 * turns back to it by SIGP, looks, and comes back to z/Architecture.
 * Before it: subchannel.c. After it: fuzz.c.
 * Known simplification: interruptions by SVC and program only; QEMU has no ESA/390 mode and says so.
 */
#include "runtime/guest.h"

static struct trial t;

/*
 * In ESA/390 mode the PSWs lie at 0x20 (old) and 0x60 (new) for SVC, 0x28 and 0x68 for program interruptions. Whatever
 * happens goes on at the address in register 8; register 2 counts how it came.
 */
#define BACK "lhi 1,1\n slr 3,3\n sigp 1,3,0x12\n"

static void short_psws(void)
{
	LOW(uint32_t, 0x60) = LOW(uint32_t, 0x68) = 0x00080000;
}

int main(void)
{
	static uint32_t seen[8];

	t.gpr[1] = 0;
	t.gpr[3] = 0;
	t.gpr[9] = (uint64_t)seen;
	short_psws();
	/* The old PSW of the SVC, then of an operation exception; every address fits 31 bits. */
	try(&t, "to ESA/390 and back", 0x80000000UL,
	    CODE("larl 4,1f\n oilh 4,0x8000\n st 4,0x64\n larl 4,2f\n oilh 4,0x8000\n st 4,0x6c\n"
		 "lhi 1,0\n slr 3,3\n sigp 1,3,0x12\n brc 7,9f\n"
		 "svc 0x21\n"
		 "1: mvc 0(8,9),0x20\n mvc 8(4,9),0x88\n"
		 ".word 0\n"
		 "2: mvc 12(8,9),0x28\n mvc 20(4,9),0x8c\n" BACK "brc 7,9f\n lghi 7,1\n"
		 "9: ipm 8\n sam64"));
	if (t.gpr[7] != 1 && t.end == END_SVC) {
		differs("no ESA/390 mode");
		return failures;
	}
	expect_done(&t, -1);
	expect("SVC old PSW is an ESA/390 PSW", seen[0] >> 16 == 0x0008 && seen[1] >> 31 == 1);
	expect("SVC code and length", seen[2] == 0x00020021);
	expect("program old PSW", seen[3] >> 16 == 0x0008 && seen[4] > seen[1]);
	expect("program code and length", seen[5] == 0x00020001);
	expect("back in z/Architecture: its old PSW is used", t.mask == PSW_64BIT);
	return failures;
}
