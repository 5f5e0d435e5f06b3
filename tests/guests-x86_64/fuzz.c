/*
 * A wild guest: random instructions with random operands, one at a time by the trap flag, as a user program and as a kernel. It
 * catches what they cause and goes on; CP has to stay up, and its neighbours have to stay as they are.
 * Before it: ends.c. After it: fuzz-port.c.
 * Known simplification: when it is careful, what takes the machine out of the guest's own hands is left out in the kernel's
 * mode (control registers, descriptor tables, far transfers, HLT). Else nothing is left out; then it lives as long as it lives.
 * Its program may only be read, but its data and tables are within reach of a random address: it can lose itself all the same.
 */
#include "random.h"

#define CODE_AT 0x1800000ul
#define REPORT  (WANTED_ALL ? 20 : 500) /* instructions from one line to the next */
#define LARGE   0x87ul                  /* present, writable, user, 2 MiB */

static struct trial t;
static unsigned long executed, vectors[256];

/* First bytes behind which there is much; the rest of the byte space is tried, too. */
static const uint8_t rich[] = {0x0f, 0x0f, 0x0f, 0x66, 0xf2, 0xf3, 0x48, 0x41, 0xd9,
			       0xdd, 0xc4, 0xc5, 0x8e, 0x6c, 0x6e, 0xe4, 0xed, 0xef};

static const uint8_t *behind_prefixes(const uint8_t *code)
{
	for (unsigned n = 0; n < 14; n++, code++) {
		bool rex = (*code & 0xf0) == 0x40, legacy = *code == 0x66 || *code == 0x67 || *code == 0xf0 ||
							    *code == 0xf2 || *code == 0xf3 || *code == 0x26 ||
							    *code == 0x2e || *code == 0x36 || *code == 0x3e ||
							    *code == 0x64 || *code == 0x65;
		if (!rex && !legacy)
			break;
	}
	return code;
}

/* What would be the end of this program, not of CP. */
static bool left_out(const uint8_t *code)
{
	const uint8_t *op = behind_prefixes(code);
	unsigned field = op[1] >> 3 & 7;

	switch (op[0]) {
	case 0xf4: /* HLT */
	case 0xcf:
	case 0xca:
	case 0xcb: /* IRET, far RET */
	case 0x8e:
	case 0x17: /* MOV and POP to a segment register */
	case 0xe4:
	case 0xe5:
	case 0xe6:
	case 0xe7: /* ports: fuzz-port.c */
	case 0xec:
	case 0xed:
	case 0xee:
	case 0xef:
	case 0x6e:
	case 0x6f:
		return true;
	case 0xff:
		return field == 3 || field == 5; /* far CALL, JMP */
	case 0x0f:
		/* 00: LLDT, LTR; 01: LGDT, LIDT, LMSW, VMMCALL; 22, 23: MOV to CR, DR; system calls; WRMSR; LSS, LFS, LGS; POP FS, GS */
		return op[1] <= 1 || op[1] == 0x22 || op[1] == 0x23 || op[1] == 0x05 || op[1] == 0x07 ||
		       op[1] == 0x34 || op[1] == 0x35 || op[1] == 0x30 || op[1] == 0xb2 || op[1] == 0xb4 ||
		       op[1] == 0xb5 || op[1] == 0xa1 || op[1] == 0xa9;
	}
	return false;
}

/* VPERMILPS without its VEX prefix: QEMU 7.2 has no answer, not even #UD, and ends itself (differences.md). */
static bool ends_qemu(const uint8_t *code)
{
	const uint8_t *op = behind_prefixes(code);

	return op[0] == 0x0f && op[1] == 0x38 && op[2] == 0x0c;
}

static void code_write(bool user)
{
	uint8_t *at = (uint8_t *)CODE_AT;

	do {
		for (unsigned n = 0; n < 16; n++)
			at[n] = (uint8_t)(random_next() >> 32);
		if (random_below(2))
			at[0] = rich[random_below(sizeof(rich))];
	} while (ends_qemu(at) || (!user && !WANTED_ALL && left_out(at)));
}

static void trial(void)
{
	bool user = random_below(2);

	code_write(user);
	for (unsigned n = 0; n < 16; n++)
		t.gpr[n] = random_address();
	t.gpr[RSP] = WILD_BEGIN + (random_below(WILD_SIZE) & ~7ul);
	t.gpr[RCX] = random_below(64); /* of a repeated one, so many */
	t.rip = CODE_AT;
	t.rflags = 2 | FLAGS_TF | (random_next() & 0xcd5); /* condition codes, direction */
	t.cs = user ? CODE_USER : CODE_KERNEL;
	t.ss = user ? DATA_USER : DATA_KERNEL;
	trial_run(&t);
	vectors[t.vector & 255]++;
	executed++;
}

static void map(unsigned n, uint64_t entry)
{
	directories[n] = entry;
	__asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

/* Our own storage, as a wild kernel sees it: the first 2 MiB by small pages, of which only the bss and the data may be written. */
static void protect(void)
{
	extern char data_begin[];
	uint64_t *table = page_new(1);

	for (uint64_t n = 0; n < 512; n++)
		table[n] = n << 12 | 5 | (n << 12 >= (uint64_t)data_begin ? 2 : 0);
	map(0, (uint64_t)table | 7);
}

int main(void)
{
	unsigned long count = WANTED_COUNT ? WANTED_COUNT : 20000, next = REPORT;

	if (WANTED_SEED)
		random_state = WANTED_SEED;
	protect();
	while (executed < count) {
		trial();
		if (executed >= next) {
			print("fuzz: %lu instructions\n", executed);
			next += REPORT;
		}
	}
	for (unsigned n = 0; n < 256; n++)
		if (vectors[n] && n < 32)
			print("vector %02X: %lu\n", n, vectors[n]);
	map(0, LARGE); /* the verdict is written into the program */
	print("fuzz: %lu instructions done\n", executed);
	return 0;
}
