/*
 * A machine begins in ESA/390 mode: eight-byte PSWs in other places, 31-bit addressing, 32-bit control registers. The guest
 * turns back to it by SIGP, looks, and comes back to z/Architecture.
 * Before it: subchannel.c. After it: fuzz.c.
 * Its translation tables are other ones, too.
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

#define SHOWN        0x100000UL /* the second segment; the first shows the first megabyte as it lies */
#define PAGE_INVALID 0x400
#define PAGE_PROTECT 0x200

/* What the code below finds, and what it leaves. */
static struct {
	uint32_t control[2]; /* CR0: the translation format; CR1: the segment-table designation */
	uint32_t psw[3][2];  /* to go on with, DAT on */
	uint32_t handler[3]; /* where program interruptions go */
	uint32_t loaded, lra[3], cc[3];
	uint32_t old[3][2], code[3], teid[3];
} dat;

static uint32_t *pages_390;

static void tables_build(void)
{
	uint32_t *segments = page_new(1), *low = page_new(1), *frame = page_new(1);

	pages_390 = page_new(1);
	for (unsigned i = 0; i < 256; i++) {
		low[i] = i << 12;
		pages_390[i] = PAGE_INVALID;
	}
	pages_390[0] = (uint32_t)(uint64_t)frame;
	pages_390[1] = (uint32_t)(uint64_t)frame | PAGE_PROTECT;
	segments[0] = (uint32_t)(uint64_t)low | 0xf;
	segments[1] = (uint32_t)(uint64_t)pages_390 | 0xf;
	for (unsigned i = 2; i < 16; i++)
		segments[i] = 0x20;
	frame[2] = 0x55667788;
	dat.control[0] = 0x00b00000;
	dat.control[1] = (uint32_t)(uint64_t)segments; /* 16 entries */
	for (unsigned i = 0; i < 3; i++)
		dat.psw[i][0] = 0x04080000;
}

/* Put the address of a label into the area at register 9. */
#define ADDRESS(label, at) "larl 4," label "\n oilh 4,0x8000\n st 4," #at "(9)\n"
/* Go on with PSW n; a program interruption goes to handler n. */
#define WITH_DAT(psw, handler) "mvc 0x6c(4)," #handler "(9)\n lpsw " #psw "(9)\n"
#define WHAT_CAME(old, code, teid)                                                                           \
	"mvc " #old "(8,9),0x28\n mvc " #code "(4,9),0x8c\n mvc " #teid "(4,9),0x90\n"

/* Translation by ESA/390's tables: load, LRA with each condition code, page fault, protection, IPTE. */
static void translation(void)
{
	tables_build();
	t.gpr[9] = (uint64_t)&dat;
	t.gpr[10] = SHOWN + 8;      /* mapped */
	t.gpr[11] = SHOWN + 0x5008; /* invalid */
	t.gpr[12] = 0x40000000;     /* beyond the segment table */
	t.gpr[13] = (uint64_t)pages_390;
	t.gpr[14] = SHOWN + 0x1008; /* protected */
	t.gpr[7] = 0;
	try(&t, "translation in ESA/390", 0x80000000UL,
	    CODE(ADDRESS("3f", 12) ADDRESS("4f", 20) ADDRESS("5f", 28) ADDRESS("6f", 32) ADDRESS("7f", 36)
			 ADDRESS("8f", 40) "lhi 1,0\n slr 3,3\n sigp 1,3,0x12\n brc 7,9f\n lctl 0,1,0(9)\n" WITH_DAT(
				 8, 32) "3: mvc 44(4,9),0(10)\n"
					"lra 6,0(10)\n ipm 5\n st 6,48(9)\n st 5,60(9)\n"
					"lra 6,0(11)\n ipm 5\n st 6,52(9)\n st 5,64(9)\n"
					"lra 6,0(12)\n ipm 5\n st 6,56(9)\n st 5,68(9)\n"
					"l 5,0(11)\n"
					"6: " WHAT_CAME(72, 96, 108) WITH_DAT(
						16, 36) "4: st 5,0(14)\n"
							"7: " WHAT_CAME(80, 100, 112) "ipte 13,10\n" WITH_DAT(
								24, 40) "5: l 5,0(10)\n"
									"8: " WHAT_CAME(88, 104, 116) BACK
		 "brc 7,9f\n lghi 7,1\n"
		 "9: ipm 8\n sam64"));
	expect_done(&t, -1);
	expect("it came back", t.gpr[7] == 1);
	expect("loaded by the tables", dat.loaded == 0x55667788);
	expect("lra, mapped", dat.cc[0] >> 28 == 0 && dat.lra[0] == (pages_390[0] & ~PAGE_INVALID) + 8);
	expect("lra, page invalid", dat.cc[1] >> 28 == 2 && dat.lra[1] == (uint32_t)(uint64_t)&pages_390[5]);
	expect("lra, beyond the table", dat.cc[2] >> 28 == 3);
	expect("page translation", dat.code[0] == 0x00040011 && (dat.teid[0] & 0x7ffff000) == SHOWN + 0x5000);
	expect("old PSW has DAT on", dat.old[0][0] >> 16 == 0x0408);
	expect("protection", dat.code[1] == 0x00040004);
	expect("page translation after ipte", dat.code[2] == 0x00040011 && pages_390[0] & PAGE_INVALID);
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
	translation();
	return failures;
}
