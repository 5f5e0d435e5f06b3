/*
 * Random programs: short ones, of problem-state, semi-privileged and privileged instructions, with DAT on and off, run to their
 * end over all their interruptions. What each leaves is made one number; whoever runs this guest on two machines compares
 * those numbers (tests/machine/test_equivalence.py).
 * Before it: esa390.c. After it: fuzz.c, whose instructions are wholly random and whose results nobody compares.
 * Known simplification: key 0 only, one CPU, no PER, no I/O.
 */
#include "program-rows.h"
#include "random.h"

/* What deck.py may set. A program's number is its seed; one program can be run alone, told in detail, and without some of it. */
#define WANTED_FLAGS  LOW(uint64_t, 0x2018)
#define WANTED_ABSENT LOW(uint64_t, 0x2020) /* bit n: the n-th instruction is left out */
#define FLAG_SAME     1                     /* only what bare QEMU does as the architecture says */
#define FLAG_DETAIL   2

#define LENGTH_MAX 20 /* an IPTE counts twice */
#define BATCH      50
#define CODE_AT    0x3000000UL
#define OPERANDS   (SCRATCH + 0x8000) /* prepared ones */
#define VIRTUAL    0x40000000UL
#define PAGES      4     /* of data; the third is invalid and the fourth protected when DAT is on */
#define PART       0x300 /* bytes of each page that operands reach */
#define PROTECT    0x200UL
#define INVALID    0x400UL
#define WILD       0x00ffffff7ffff000UL
#define LEAD       12
/* The clock comparator: far away, and only bits that every machine has. */
#define COMPARATOR_LAST (~0UL << 16)

static struct trial t;
static uint64_t standard[16], *data_pages;
static uint8_t *at;                     /* where the next instruction goes */
static unsigned begins[LENGTH_MAX + 2]; /* where each begins, from CODE_AT */
static const struct row *made[LENGTH_MAX + 1];
static unsigned made_count, patch; /* patch: the branch whose target is not known yet, 1 + its place */
static uint64_t sum;

/* LD or STD of all floating-point registers. */
#define FLOAT(op, n) op " " #n ",8*" #n "(%0)\n\t"
#define FLOATS(op, area)                                                                                     \
	__asm__ volatile(FLOAT(op, 0) FLOAT(op, 1) FLOAT(op, 2) FLOAT(op, 3) FLOAT(op, 4) FLOAT(op, 5)       \
				 FLOAT(op, 6) FLOAT(op, 7) FLOAT(op, 8) FLOAT(op, 9) FLOAT(op, 10)           \
					 FLOAT(op, 11) FLOAT(op, 12) FLOAT(op, 13) FLOAT(op, 14)             \
						 FLOAT(op, 15)                                               \
			 :                                                                                   \
			 : "a"(area)                                                                         \
			 : "memory")

/* ---- the sum of all that a program leaves ------------------------------------------ */

static void add(uint64_t word)
{
	sum = (sum ^ word) * 0x9e3779b97f4a7c15;
	sum ^= sum >> 29;
}

static void add_data(void)
{
	for (unsigned page = 0; page < PAGES; page++)
		for (unsigned n = 0; n < PART / 8; n++) {
			add(((volatile uint64_t *)(SCRATCH + page * 4096))[n]);
			add(((volatile uint64_t *)(SCRATCH + page * 4096 + 4096 - PART))[n]);
		}
}

static void add_registers(void)
{
	uint64_t controls[16], floats[16], comparator;
	uint32_t access[16];

	control_store_all(controls);
	control_load_all(standard);
	__asm__ volatile("stam 0,15,%0" : "=Q"(access));
	__asm__ volatile("stckc %0" : "=Q"(comparator));
	FLOATS("std", floats);
	for (int n = 0; n < 16; n++) {
		add(t.gpr[n]);
		add(controls[n]);
		add(floats[n]);
		add(access[n]);
	}
	add(comparator);
	add(t.mask);
}

static unsigned storage_key(uint64_t frame)
{
	uint64_t key = 0;

	__asm__ volatile("iske %0,%1" : "+d"(key) : "d"(frame));
	return key & 0xf8; /* reference and change are hints */
}

/* ---- making a program ---------------------------------------------------------------- */

static void put2(unsigned value)
{
	*at++ = value >> 8;
	*at++ = value;
}

static unsigned result(void)
{
	return random_below(6);
}

static unsigned even(void)
{
	return random_below(3) * 2;
}

static unsigned any(void)
{
	return random_below(16);
}

/* Base and displacement: mostly in the first page or over its end, sometimes where DAT refuses, rarely nowhere. */
static unsigned operand(void)
{
	static const uint8_t bases[] = {12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 12, 10, 10, 11, 11, 15};
	unsigned place = random_below(0x200);

	return bases[random_below(16)] << 12 | (random_below(4) ? place & ~7u : place);
}

/* A doubleword that the instruction finds; returns base and displacement. */
static unsigned prepared(uint64_t first, uint64_t second)
{
	unsigned place = made_count * 16; /* an instruction has one */
	uint64_t *words = (uint64_t *)(OPERANDS + place);

	words[0] = first;
	words[1] = second;
	return 13 << 12 | place;
}

static void put_rxy(const struct row *row, unsigned registers, unsigned operand)
{
	put2((row->code & 0xff00) | registers);
	put2(operand);
	put2(row->code & 0xff);
}

static void put_rx(const struct row *row, unsigned registers, unsigned operand)
{
	put2(row->code << 8 | registers);
	put2(operand);
}

static unsigned run_of_results(void)
{
	unsigned first = result(), second = result();

	return first < second ? first << 4 | second : second << 4 | first;
}

/* Control registers that a program may load, and what with. */
static uint64_t control_value(unsigned number)
{
	static const uint64_t bits[] = {0x40000000, 0x10000000, 0x08000000, 0x04000000, 0x40000, 0};

	if (number != 0)
		return (uint32_t)random_next();
	return standard[0] ^ bits[random_below(6)] ^ bits[random_below(6)];
}

static void put_control(const struct row *row)
{
	static const uint8_t numbers[] = {0, 0, 3, 4, 8};
	unsigned number = numbers[random_below(5)];
	uint64_t value = control_value(number);

	if (row->shape == CONTROL)
		put_rx(row, number << 4 | number, prepared(value << 32, 0));
	else
		put_rxy(row, number << 4 | number, prepared(value, 0));
}

/* Six bits in ten keep the system mask as it is; interruptions have no source. */
static uint64_t mask_next(uint64_t mask)
{
	if (random_below(4) == 0)
		mask ^= PSW_IO;
	if (random_below(4) == 0)
		mask ^= PSW_PROBLEM;
	return (mask & ~0x00003f0000000000UL) | random_below(4) << 44 | random_below(16) << 40;
}

static void put_next_psw(const struct row *row, uint64_t mask)
{
	uint64_t next = (uint64_t)at + 4;

	mask = mask_next(mask);
	if (row->shape == NEXT_PSW)
		put2(row->code), put2(prepared(mask, next));
	else
		put_rx(row, 0, prepared((mask & ~0xffffffffUL) | 0x0008000080000000 | next, 0));
}

static void put_execute(void)
{
	static const uint64_t targets[] = {
		0xd200c010c0800000, /* MVC */
		0x9200c02000000000, /* MVI */
		0x1802000000000000, /* LR */
		0x0a10000000000000, /* SVC */
		0xad00c03000000000, /* STOSM */
		0x4400c00000000000, /* EX */
	};

	uint64_t target = targets[random_below(sizeof(targets) / sizeof(*targets))];

	/* registers 14 and 15 and the system mask must not come from a random byte */
	put2(0x4400 | (target >> 56 == 0xad || target >> 56 == 0x18 ? 0 : result()) << 4);
	put2(prepared(target, 0));
}

static void instruction_begins(const struct row *row)
{
	begins[made_count] = at - (uint8_t *)CODE_AT;
	made[made_count++] = row;
}

/* IPTE needs two registers of its own making: the table and an address in one of the data's pages. */
static void put_entry(const struct row *row)
{
	unsigned place = prepared((uint64_t)data_pages, VIRTUAL + random_below(PAGES) * 4096);

	put2(0xeb45), put2(place), put2(0x0004); /* LMG 4,5 */
	instruction_begins(row);
	put2(row->code), put2(0x0045);
}

static void put_row(const struct row *row, uint64_t mask)
{
	switch ((enum shape)row->shape) {
	case RR:
		put2(row->code << 8 | result() << 4 | result());
		break;
	case RR_PAIR:
		put2(row->code << 8 | even() << 4 | result());
		break;
	case RR_LONG:
		put2(row->code << 8 | 0x68);
		break;
	case RRE:
		put2(row->code), put2(result() << 4 | result());
		break;
	case RRE_A:
		put2(row->code), put2(any() << 4 | any());
		break;
	case RRE_P:
		put2(row->code), put2(result() << 4 | 14);
		break;
	case RX:
		put_rx(row, result() << 4, operand());
		break;
	case RX_PAIR:
		put_rx(row, even() << 4, operand());
		break;
	case RX_F:
		put_rx(row, (random_below(4) ? even() : any()) << 4, operand());
		break;
	case RXY:
		put_rxy(row, result() << 4, operand());
		break;
	case RI:
		put2((row->code & 0xff00) | result() << 4 | (row->code & 15));
		put2(random_next());
		break;
	case SI:
		put_rx(row, random_below(256), operand());
		break;
	case SI_MASK:
		put_rx(row, row->code == 0xad ? random_below(2) * 2 : 0xfc | random_below(4), operand());
		break;
	case SS:
		put_rx(row, random_below(4) ? random_below(24) : random_below(256), operand());
		put2(operand());
		break;
	case SS_TWO:
		put_rx(row, random_below(256), operand());
		put2(operand());
		break;
	case RS:
		put_rx(row, run_of_results(), operand());
		break;
	case RS_ANY:
		put_rx(row, random_below(256), operand());
		break;
	case RS_PAIR:
		put_rx(row, even() << 4 | even(), operand());
		break;
	case RS_SHIFT:
		put_rx(row, result() << 4, random_below(64));
		break;
	case RS_CC:
		put_rx(row, result() << 4 | any(), operand());
		break;
	case RSY:
		put_rxy(row, run_of_results(), operand());
		break;
	case RSY_ANY:
		put_rxy(row, random_below(256), operand());
		break;
	case S:
		if (row->code < 0x100)
			put_rx(row, 0, operand());
		else
			put2(row->code), put2(operand());
		break;
	case S_NUMBER:
		put2(row->code), put2(0); /* key 0: others are not enforced everywhere */
		break;
	case S_NONE:
		put2(row->code), put2(0);
		break;
	case SKIP:
		put2(row->code | any() << 4), put2(2);
		patch = made_count;
		break;
	case EXECUTE:
		put_execute();
		break;
	case SUPERVISOR:
		put2(row->code << 8 | random_below(200));
		break;
	case CONTROL:
	case CONTROL_G:
		put_control(row);
		break;
	case MASK:
		put_rx(row, 0, prepared((mask & (PSW_IO | PSW_DAT)) ^ (random_below(2) ? PSW_IO : 0), 0));
		break;
	case NEXT_PSW:
	case NEXT_OLD:
		put_next_psw(row, mask);
		break;
	case COMPARATOR:
		put2(row->code), put2(prepared(COMPARATOR_LAST - (random_below(1000) << 20), 0));
		break;
	case ENTRY:
		put_entry(row);
		break;
	}
}

/* What is left out becomes BCR 0,0, which does nothing. */
static void leave_out(uint8_t *from)
{
	for (; from < at; from += 2) {
		from[0] = 0x07;
		from[1] = 0;
	}
}

static void instruction_make(uint64_t mask)
{
	const struct row *row;
	uint8_t *before = at;
	unsigned branch = patch, number = made_count;

	do
		row = &rows[random_below(ROWS)];
	while (row->flags & OTHERWISE && WANTED_FLAGS & FLAG_SAME);
	patch = 0;
	instruction_begins(row);
	put_row(row, mask);
	if (branch)
		((uint8_t *)CODE_AT + begins[branch - 1])[3] = 2 + (at - before) / 2;
	if (WANTED_ABSENT >> number & 1)
		leave_out(before);
}

/* CP finds EPSW by how the code before it reads, so that must read like code. */
static void program_make(uint64_t mask)
{
	unsigned length = 4 + random_below(LENGTH_MAX - 3);

	at = (uint8_t *)CODE_AT;
	made_count = patch = 0;
	for (int n = 0; n < LEAD; n++)
		put2(0x0700);
	while (made_count < length)
		instruction_make(mask);
	begins[made_count] = at - (uint8_t *)CODE_AT;
	for (int n = 0; n < 4; n++)
		put2(0x0a00 | SVC_DONE);
}

/* ---- what it starts with ---------------------------------------------------------------- */

static void data_fill(void)
{
	for (unsigned page = 0; page < PAGES; page++)
		for (unsigned n = 0; n < PART / 8; n++) {
			uint64_t word = random_next();

			((uint64_t *)(SCRATCH + page * 4096))[n] = random_below(3) ? word : 0x0123456789012c;
			((uint64_t *)(SCRATCH + page * 4096 + 4096 - PART))[n] = ~word;
		}
	for (unsigned page = 0; page < 16; page++)
		data_pages[page] = (SCRATCH + page * 4096) | (page == 2 ? INVALID : page == 3 ? PROTECT : 0);
}

static uint64_t value(void)
{
	switch (random_below(4)) {
	case 0:
		return random_below(16);
	case 1:
		return -random_below(16);
	case 2:
		return 1UL << random_below(64);
	default:
		return random_next();
	}
}

static void registers_fill(uint64_t data)
{
	for (int n = 0; n < 6; n++)
		t.gpr[n] = value();
	t.gpr[6] = data + 0x40;
	t.gpr[7] = random_below(0x60);
	t.gpr[8] = data + 0x140;
	t.gpr[9] = random_below(0x60);
	t.gpr[10] = data + 0x2000;
	t.gpr[11] = data + 0x3000;
	t.gpr[12] = data + 0xf00;
	t.gpr[13] = OPERANDS;
	t.gpr[14] = SCRATCH + 0x1000 + random_below(PART / 8) * 8;
	t.gpr[15] = WILD;
}

static void others_fill(void)
{
	uint32_t access[16];
	uint64_t floats[16];

	memset(access, 0, sizeof(access));
	__asm__ volatile("lam 0,15,%0" : : "Q"(access));
	for (int n = 0; n < 16; n++)
		floats[n] = random_next();
	FLOATS("ld", floats);
	__asm__ volatile("sckc %0" : : "Q"(*(uint64_t[]){COMPARATOR_LAST}));
	__asm__ volatile("sske %0,%1" : : "d"(0UL), "d"(SCRATCH + 0x1000));
}

static void tables_build(void)
{
	uint64_t *segments = page_new(4);

	for (unsigned n = 0; n < 2048; n++)
		segments[n] = 0x20;
	for (uint64_t segment = 0; segment < 64; segment++) {
		uint64_t *pages = page_new(1);

		for (uint64_t page = 0; page < 256; page++)
			pages[page] = segment << 20 | page << 12;
		segments[segment] = (uint64_t)pages;
	}
	data_pages = page_new(1);
	for (unsigned n = 0; n < 256; n++)
		data_pages[n] = INVALID;
	segments[VIRTUAL >> 20] = (uint64_t)data_pages;
	control_store_all(standard);
	standard[0] |= 0x40000; /* all floating-point registers */
	standard[1] = standard[7] = standard[13] = (uint64_t)segments | 3;
}

/* ---- running it ---------------------------------------------------------------------------- */

static int nullified(unsigned code)
{
	return code == 0x10 || code == 0x11 || (code >= 0x38 && code <= 0x3b);
}

static void note_interruption(void)
{
	add(t.end << 24 | t.ilc << 16 | t.code);
	add(t.address);
	add(t.mask);
	if (t.end != END_PROGRAM)
		return;
	if (nullified(t.code))
		add(t.teid & ~0xfffUL);
	if (t.code == 7)
		add(LOW(uint32_t, 0x90) & 0xffff);
	if (t.code == 0x40) {
		add(LOW(uint16_t, 0x94));
		add(LOW(uint64_t, 0xb0));
	}
}

/* The next instruction to begin after an interruption; none: it is over, or has gone astray. */
static unsigned next_after(void)
{
	uint64_t reached = t.address - CODE_AT;

	for (unsigned n = 0; n <= made_count; n++)
		if (begins[n] == reached)
			return nullified(t.code) && t.end == END_PROGRAM ? n + 1 : n;
	return made_count;
}

static void detail(const char *what)
{
	if (WANTED_FLAGS & FLAG_DETAIL)
		print("  %s: end %u, code %04X, length %u, mask %016lX, at %lX, sum %016lX\n", what, t.end,
		      t.code, t.ilc, t.mask, t.address - CODE_AT, sum);
}

static void program_tell(uint64_t number)
{
	if (!(WANTED_FLAGS & FLAG_DETAIL))
		return;
	print("program %lu, %u instructions, mask %016lX\n", number, made_count, t.mask);
	for (unsigned n = 0; n < made_count; n++) {
		const uint8_t *code = (uint8_t *)CODE_AT + begins[n];

		print("  %u at %X: %s %02X%02X %02X%02X %02X%02X\n", n, begins[n], made[n]->name, code[0],
		      code[1], code[2], code[3], code[4], code[5]);
	}
}

static void state_tell(void)
{
	if (!(WANTED_FLAGS & FLAG_DETAIL))
		return;
	for (int n = 0; n < 16; n += 4)
		print("  r%u %016lX %016lX %016lX %016lX\n", n, t.gpr[n], t.gpr[n + 1], t.gpr[n + 2],
		      t.gpr[n + 3]);
}

static void program_run(uint64_t number)
{
	uint64_t mask, start;
	int dat;

	random_state = (number + 1) * 0x9e3779b97f4a7c15;
	for (int n = 0; n < 8; n++)
		random_next();
	dat = random_below(2);
	mask = PSW_64BIT | (dat ? PSW_DAT : 0) | (random_below(4) ? 0 : PSW_PROBLEM);
	if (random_below(8) == 0)
		mask &= ~0x100000000UL;
	mask |= random_below(4) << 44 | random_below(16) << 40;
	program_make(mask);
	data_fill();
	registers_fill(dat ? VIRTUAL : SCRATCH);
	control_load_all(standard);
	__asm__ volatile("ptlb" : : : "memory");
	others_fill();
	t.mask = mask;
	program_tell(number);
	start = CODE_AT;
	for (unsigned next = 0; next < made_count;) {
		t.address = start;
		trial_run(&t);
		note_interruption();
		detail("interrupted");
		if (t.end == END_SVC && t.code == SVC_DONE)
			break;
		next = next_after();
		start = CODE_AT + begins[next < made_count ? next : made_count];
	}
	add_registers();
	add(storage_key(SCRATCH + 0x1000));
	state_tell();
	add_data();
	detail("at its end");
}

int main(void)
{
	uint64_t count = WANTED_COUNT ? WANTED_COUNT : 200, first = WANTED_SEED;

	tables_build();
	for (uint64_t n = 0; n < count; n++) {
		program_run(first + n);
		if (n % BATCH == BATCH - 1 || n == count - 1) {
			print("programs %lu to %lu: %016lX\n", first + n / BATCH * BATCH, first + n, sum);
			sum = 0;
		}
	}
	return 0;
}
