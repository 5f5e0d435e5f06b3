/*
 * A wild guest, second kind: random ports, or random MSRs and CPUID leaves, with random operands.
 * Before it: fuzz.c. After it: fuzz-call.c.
 * Known simplification: what ends or restarts a machine by design is left out (power, reset), and so is COM1, on which this
 * program speaks.
 */
#include "random.h"

#define REPORT 500 /* operations from one line to the next */

/* Which of the two: a word that the test sets. */
#define WANTED_MSRS image_words[2]

static struct trial t;
static unsigned long done, refused;

static const uint16_t busy[] = {0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1, 0x40,  0x41,  0x42,  0x43,
				0x61, 0x70, 0x71, 0x60, 0xcf8, 0xcfa, 0xcfc, 0xcfd, 0xcfe, 0xcff};

static bool left_out(uint16_t port, unsigned size)
{
	for (unsigned n = 0; n < size; n++) {
		uint16_t p = port + n;
		if ((p >= 0x3f8 && p <= 0x3ff) || p == 0x64 || p == 0x92 || p == 0xcf9 ||
		    (p >= 0x600 && p <= 0x607))
			return true;
	}
	return false;
}

static uint16_t port_choose(unsigned size)
{
	uint16_t port;

	do {
		switch (random_below(3)) {
		case 0:
			port = busy[random_below(sizeof(busy) / sizeof(*busy))];
			break;
		case 1:
			port = 0xc000 + random_below(0x400); /* where PCI functions are */
			break;
		default:
			port = random_next() >> 20;
		}
	} while (left_out(port, size));
	return port;
}

static void port(void)
{
	static const uint8_t forms[][4] = {{0xec},       {0xed},       {0x66, 0xed}, {0xee},
					   {0xef},       {0x66, 0xef}, {0xf3, 0x6c}, {0xf3, 0x6d},
					   {0xf3, 0x6e}, {0xf3, 0x6f}, {0x67, 0x6e}, {0x64, 0x6f}};
	static uint8_t code[16] __attribute__((aligned(16)));

	memset(code, 0xcc, sizeof(code));
	memcpy(code, forms[random_below(sizeof(forms) / sizeof(*forms))], 3);
	for (unsigned n = 0; n < 3; n++)
		if (!code[n])
			code[n] = 0xcc;
	t.gpr[RDX] = port_choose(4);
	t.gpr[RCX] = random_below(40);
	t.rip = (uint64_t)code;
}

static void msr(void)
{
	static const uint32_t ranges[] = {0,          0x174,      0x200,      0x400,     0xc0000080,
					  0xc0010000, 0x4b564d00, 0x40000000, 0xc0011000};
	bool write = random_below(2);

	t.gpr[RCX] = ranges[random_below(sizeof(ranges) / sizeof(*ranges))] + random_below(32);
	if (write && t.gpr[RCX] == 0xc0000080) /* EFER: long mode is ours */
		write = false;
	if (write && t.gpr[RCX] >= 0x4b564d00 &&
	    t.gpr[RCX] < 0x4b564e00) /* a clock in storage: not into this program */
		t.gpr[RAX] = WILD_BEGIN + (random_below(WILD_SIZE) & ~7ul),
		t.gpr[RDX] = random_below(4) ? 0 : random_next();
	t.rip = write ? (uint64_t)CODE("wrmsr") : (uint64_t)CODE("rdmsr");
}

static void leaf(void)
{
	t.gpr[RAX] = (random_below(4) << 30) + random_below(64);
	t.rip = (uint64_t)CODE("cpuid");
}

static void trial(void)
{
	for (unsigned n = 0; n < 16; n++)
		t.gpr[n] = random_address();
	t.gpr[RSP] = WILD_BEGIN + 0x1000;
	if (!WANTED_MSRS)
		port();
	else if (random_below(4))
		msr();
	else
		leaf();
	if (t.gpr[RDI] < WILD_BEGIN) /* INS: not into this program */
		t.gpr[RDI] += WILD_BEGIN;
	t.rflags = 2;
	t.cs = CODE_KERNEL;
	t.ss = DATA_KERNEL;
	trial_run(&t);
	refused += t.vector != VECTOR_DONE && t.vector != VECTOR_BREAKPOINT;
	done++;
}

int main(void)
{
	unsigned long count = WANTED_COUNT ? WANTED_COUNT : 5000, next = REPORT;

	if (WANTED_SEED)
		random_state = WANTED_SEED;
	while (done < count) {
		trial();
		if (done >= next) {
			print("fuzz-port: %lu operations\n", done);
			next += REPORT;
		}
	}
	print("fuzz-port: %lu operations, %lu refused\n", done, refused);
	return 0;
}
