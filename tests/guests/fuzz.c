/*
 * A wild guest: random instructions with random operands, in the problem and in the supervisor state. It catches what they
 * cause and goes on; CP has to stay up, and its neighbours have to stay as they are.
 * Before it: esa390.c. After it: fuzz-io.c.
 * Known simplification: when it is careful, instructions that end any machine by design are left out in the supervisor state (a
 * wild PSW, a wild prefix, SIGP, DIAGNOSE). Else nothing is left out; then it lives as long as it lives.
 */
#include "random.h"

#define GROUP   16  /* instructions a trial */
#define REPORT  250 /* instructions from one line to the next */
#define CODE_AT 0x3000000UL
#define PROTECT 0x200UL

/* A word that deck.py or CP's STORE may set: leave nothing out. */
#define WANTED_ALL LOW(uint64_t, 0x2018)

static struct trial t;
static uint64_t controls[16], image_copy[0x8000 / 8], low_copy[0x2000 / 8];
extern char image_constant_end[];

static unsigned long executed, ends[8], codes[64];
static unsigned begins[GROUP]; /* where the trial's instructions begin */

/* First bytes that exist in great number; the rest of the byte space is tried, too. */
static const uint8_t rich[] = {0xb2, 0xb9, 0xb3, 0xe3, 0xeb, 0xec, 0xe5, 0xc0,
			       0xc4, 0xc6, 0xa7, 0xa5, 0xed, 0x01, 0xb6, 0xb7};

/* What CP hides from the real machine (s390x/dat/code.c), bits that are fixed: some of it would end QEMU 7.2. */
static const struct special {
	uint8_t mask[6], value[6];
} specials[] = {
	{{0xff, 0xff, 0xff}, {0xb9, 0x8d}},                         /* EPSW */
	{{0xff, 0xff}, {0xb2, 0xb0}},                               /* STFLE */
	{{0xff, 0xff}, {0xb2, 0x05}},                               /* STCK */
	{{0xff, 0xff}, {0xb2, 0x7c}},                               /* STCKF */
	{{0xff, 0xff}, {0xe5, 0x01}},                               /* TPROT */
	{{0xff, 0xff}, {0xe5, 0x0a}},                               /* MVCRL */
	{{0xff, 0x0f}, {0xc8, 0x02}},                               /* CSST */
	{{0xff, 0, 0x80, 0, 0, 0xff}, {0xec, 0, 0x80, 0, 0, 0x54}}, /* RNSBG that only tests */
	{{0xff, 0, 0x80, 0, 0, 0xfe}, {0xec, 0, 0x80, 0, 0, 0x56}}, /* ROSBG, RXSBG */
};

static unsigned length_of(uint8_t first)
{
	return first < 0x40 ? 2 : first < 0xc0 ? 4 : 6;
}

static int is_special(const uint8_t *code)
{
	for (unsigned i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
		int same = 1;

		for (int n = 0; n < 6; n++)
			same &= (code[n] & specials[i].mask[n]) == specials[i].value[n];
		if (same)
			return 1;
	}
	return 0;
}

static void make_special(uint8_t *code)
{
	const struct special *one = &specials[random_below(sizeof(specials) / sizeof(*specials))];

	for (int n = 0; n < 6; n++)
		code[n] = (code[n] & ~one->mask[n]) | one->value[n];
}

/*
 * What ends any machine by design: a wild PSW, prefix, clock; another mode; IPTE and IDTE, which no protection keeps from the
 * new PSWs; CP's and SCLP's calls have a guest of their own.
 */
static int fatal_by_design(const uint8_t *code)
{
	static const uint16_t two[] = {0xb2b2, 0xb210, 0xb204, 0xb218, 0xb219, 0xb279,
				       0x0101, 0xb214, 0xb220, 0xb221, 0xb98e};

	for (unsigned i = 0; i < sizeof(two) / sizeof(*two); i++)
		if (two[i] == (code[0] << 8 | code[1]))
			return 1;
	return code[0] == 0x82 || code[0] == 0x83 || code[0] == 0xae;
}

/* Relative branches go forward in the supervisor state: a loop that is disabled would never end. */
static void forward(uint8_t *code)
{
	if (code[0] == 0xa7 && (code[1] & 15) >= 4 && (code[1] & 15) <= 7) {
		code[2] &= 0x7f;
		code[3] |= 1;
	} else if (code[0] == 0x84 || code[0] == 0x85) {
		code[2] &= 0x7f;
		code[3] |= 1;
	} else if (code[0] == 0xc0 || code[0] == 0xcc) {
		code[2] &= 0x7f;
		code[5] |= 1;
	} else if (code[0] == 0xec && !is_special(code)) {
		code[2] &= 0x7f;
		code[3] |= 1;
	}
}

static void instruction_choose(uint8_t *code, int careful)
{
	uint64_t bits;

	do {
		bits = random_next();
		memcpy(code, &bits, 6);
		if (random_below(16) == 0)
			make_special(code);
		else if (random_below(2))
			code[0] = rich[random_below(sizeof(rich))];
	} while (careful && fatal_by_design(code));
	if (careful)
		forward(code);
}

/* CP finds a special one by how the code before it reads, so that must read like code. */
#define LEAD 12
static uint8_t *lead(uint8_t *at)
{
	for (int i = 0; i < LEAD; i++) {
		*at++ = 0x07; /* BCR 0,0 */
		*at++ = 0x00;
	}
	return at;
}

static void code_write(int careful)
{
	uint8_t *at = (uint8_t *)CODE_AT, code[8];

	for (int i = 0; i < GROUP; i++) {
		instruction_choose(code, careful);
		if (is_special(code))
			at = lead(at);
		begins[i] = at - (uint8_t *)CODE_AT;
		memcpy(at, code, 6);
		at += length_of(code[0]);
	}
	for (int i = 0; i < 4; i++) {
		*at++ = 0x0a;
		*at++ = SVC_DONE;
	}
}

/* Where operands mostly are: words that could be PSWs. */
static void psws_fill(void)
{
	for (uint64_t *p = (uint64_t *)SCRATCH; p < (uint64_t *)(SCRATCH + SCRATCH_SIZE); p += 2) {
		p[0] = PSW_64BIT | (random_next() & 0x07f3ff0000000000);
		p[1] = random_below(2) ? CODE_AT + random_below(64) * 2 : random_address();
	}
}

/* Odd registers are lengths: mostly short, for MOVE LONG of half the storage takes as long as a thousand others. */
static void registers_fill(void)
{
	for (int i = 0; i < 16; i++)
		t.gpr[i] = i & 1 && random_below(16) ? random_below(0x400) : random_address();
	if (random_below(8))
		t.gpr[0] |= 0x80; /* function codes with this bit mean modify or nothing */
	else
		t.gpr[0] = random_below(3) | random_below(5) << 8; /* what CSST takes */
}

/* Storage as it lies, the first megabyte protected: a store there is an interruption, not the end of this program. */
static void tables_build(void)
{
	uint64_t *segments = page_new(4);

	for (uint64_t segment = 0; segment < 2048; segment++)
		segments[segment] = 0x20;
	for (uint64_t segment = 0; segment < 64; segment++) {
		uint64_t *pages = page_new(1);

		for (uint64_t page = 0; page < 256; page++)
			pages[page] = segment << 20 | page << 12 | (segment == 0 && page ? PROTECT : 0);
		segments[segment] = (uint64_t)pages;
	}
	control_store_all(controls);
	controls[0] |= 0x10000800; /* low-address protection, clock comparator */
	controls[1] = controls[7] = controls[13] = (uint64_t)segments | 3;
}

static uint64_t mask_choose(int problem)
{
	uint64_t mask = PSW_64BIT | PSW_EXTERNAL;

	if (problem)
		mask |= PSW_PROBLEM;
	if (random_below(8))
		mask |= PSW_DAT;
	if (random_below(8) == 0)
		mask &= ~0x100000000UL; /* 31-bit addressing */
	return mask | random_below(4) << 44 | random_below(16) << 40;
}

/* How many instructions from this one on have been begun, as the old PSW tells; the one it was interrupted at is over. */
static unsigned begun(unsigned first)
{
	uint64_t reached = t.address - CODE_AT;
	unsigned count = 0;

	if (reached < 4096)
		while (first + count < GROUP && begins[first + count] < reached)
			count++;
	return count || t.end == END_EXTERNAL ? count : 1;
}

/* Whatever interrupts, on with the next one; but a clock that has passed would interrupt for ever. */
static void group_run(uint64_t mask)
{
	for (unsigned next = 0; next < GROUP;) {
		unsigned count;

		t.mask = mask;
		t.address = CODE_AT + begins[next];
		trial_run(&t);
		ends[t.end & 7]++;
		if (t.end == END_PROGRAM)
			codes[t.code & 63]++;
		count = begun(next);
		executed += count;
		next += count;
		if (t.end == END_EXTERNAL)
			break;
	}
}

static void trial(void)
{
	int problem = random_below(2);

	code_write(!problem && !WANTED_ALL);
	registers_fill();
	controls[0] &= ~0xf0UL;
	__asm__ volatile("sckc %0" : : "Q"(*(uint64_t[]){clock_now() + (2000UL << 12)}));
	control_load_all(controls);
	group_run(mask_choose(problem));
	controls[0] &= ~0x10000000UL;
	control_load_all(controls); /* whatever it loaded; and low storage may be written again */
	controls[0] |= 0x10000000;
}

static unsigned constant_size(void)
{
	unsigned size = image_constant_end - (char *)0x11000;

	return size < sizeof(image_copy) ? size : sizeof(image_copy);
}

/* Words of the image and of the new PSWs that are not as they were: a trial without DAT may have reached them. */
static unsigned damage(void)
{
	unsigned damaged = 0;

	for (unsigned i = 0; i < constant_size() / 8; i++)
		damaged += ((volatile uint64_t *)0x11000)[i] != image_copy[i];
	for (unsigned i = 0x1a0 / 8; i < 0x200 / 8; i++)
		damaged += LOW(uint64_t, i * 8) != low_copy[i];
	return damaged;
}

int main(void)
{
	unsigned long count = WANTED_COUNT ? WANTED_COUNT : 100000, next = REPORT;

	if (WANTED_SEED)
		random_state = WANTED_SEED;
	memcpy(image_copy, (void *)0x11000, constant_size());
	for (unsigned i = 0; i < sizeof(low_copy) / 8; i++)
		low_copy[i] = LOW(uint64_t, i * 8);
	tables_build();
	if (WANTED_ALL)
		psws_fill();
	while (executed < count) {
		trial();
		if (executed >= next) {
			print("fuzz: %lu instructions\n", executed);
			next += REPORT;
		}
	}
	control_load_all((uint64_t[16]){[0] = 0x200});
	print("fuzz: %lu instructions, damaged %u\n", executed, damage());
	print("fuzz ends: program %lu, svc %lu, external %lu, io %lu, restart %lu\n", ends[1], ends[2],
	      ends[3], ends[4], ends[5]);
	for (int i = 0; i < 64; i++)
		if (codes[i])
			print("program interruption %04X: %lu\n", i, codes[i]);
	return 0;
}
