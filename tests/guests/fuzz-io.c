/*
 * A wild guest, second kind: random channel programs, random blocks for the I/O instructions, random parameters for DIAGNOSE,
 * commands to CP with and without mistakes. Some of that ends it; then it is loaded again.
 * Before it: fuzz.c. After it: neighbour.c.
 * Known simplification: of CP's commands those that throw away reader files are left out, for the next life comes from there.
 */
#include "random.h"

#define FIRST  0x00010000U
#define REPORT 250 /* operations from one line to the next */

static struct trial t;
static unsigned long done, diagnosed, ends[8], statuses;
static unsigned devices;
static uint64_t controls[16];

static const uint16_t diagnoses[] = {0x00,  0x04,  0x08,  0x0c,  0x10,  0x14,  0x18,  0x20,  0x24,
				     0x34,  0x3c,  0x44,  0x58,  0x5c,  0x60,  0x64,  0x7c,  0x84,
				     0x9c,  0xa0,  0xa4,  0xa8,  0xdc,  0x204, 0x210, 0x250, 0x258,
				     0x25c, 0x260, 0x270, 0x288, 0x2fc, 0x308, 0x318};

/* Commands that mean something to a 3215, a reader, a punch, a printer, a disk; every other byte is tried, too. */
static const uint8_t commands[] = {0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0a, 0x14, 0x22, 0x34, 0x41, 0x42,
				   0x43, 0x63, 0x64, 0xe4, 0xaf, 0x19, 0x89, 0x8b, 0x42, 0x82, 0x07, 0x00};

/* What a user of class G may say, and what he may not. */
static const char *const spoken[] = {
	"LOGOFF",
	"DISCONN",
	"DETACH 009",
	"DETACH 00E 00D",
	"DETACH 201",
	"STOP",
	"SYSTEM RESET",
	"SYSTEM CLEAR",
	"SYSTEM RESTART",
	"IPL 00C",
	"IPL 201 CLEAR",
	"DEFINE STORAGE 1M",
	"DEFINE PRINTER 00F",
	"DEFINE STORAGE 4096G",
	"EXTERNAL",
	"EXTERNAL FFFF",
	"ATTN",
	"READY 00E",
	"READY 009",
	"STORE PSW 0 0",
	"STORE S0 00",
	"STORE X0-15 FFFFFFFF",
	"STORE 1FC 0",
	"DISPLAY 0-1000",
	"DISPLAY V7FFFFFFF-END",
	"BEGIN 0",
	"BEGIN",
	"TRACE PROG RUN",
	"TRACE I/O RUN",
	"TRACE END",
	"LINK MAINT 190 222 RR",
	"LINK * 201 333 MW",
	"QUERY VIRTUAL ALL",
	"QUERY READER ALL",
	"QUERY SET",
	"SET EMSG OFF",
	"SET RUN ON",
	"SET MACHINE FACILITIES HOST",
	"SPOOL PRT CONT COPY 255",
	"SPOOL PUN TO *",
	"CLOSE PRT",
	"CLOSE PUN NAME A B",
	"MSG * X",
	"MSG OPERATOR X",
	"SEND STUDENT1 STOP",
	"FORCE STUDENT1",
	"SHUTDOWN",
	"XAUTOLOG MAINT",
	"STORE S0",
	"HELP QUERY",
};

static void scratch_fill(void)
{
	volatile uint64_t *words = (uint64_t *)SCRATCH;

	for (unsigned i = 0; i < 64; i++)
		words[random_below(SCRATCH_SIZE / 8)] = random_below(4) ? random_next() : random_address();
}

static uint32_t address31(void)
{
	uint64_t address = random_address();

	return address & 0x7fffffff;
}

/* A channel program: mostly CCWs that could be good, in format 0 or 1, with jumps back and forth among them. */
static void program_write(uint32_t *ccw, int format)
{
	for (int i = 0; i < 8; i++) {
		uint32_t command =
			random_below(4) ? commands[random_below(sizeof(commands))] : random_below(256);
		uint32_t flags = random_below(4) ? (random_below(8) << 5) : random_below(256);
		uint32_t count = random_below(4) ? random_below(256) : random_below(65536);
		uint32_t address = command == 8 ? (uint32_t)(uint64_t)&ccw[2 * random_below(8)] : address31();

		ccw[2 * i] =
			format ? command << 24 | flags << 16 | count : command << 24 | (address & 0xffffff);
		ccw[2 * i + 1] = format ? address : flags << 24 | count;
	}
}

static void run(const void *code)
{
	__asm__ volatile("sckc %0" : : "Q"(*(uint64_t[]){clock_now() + (5000UL << 12)}));
	t.mask = PSW_64BIT | PSW_EXTERNAL;
	t.address = (uint64_t)code;
	controls[0] |= 0x800;
	control_load_all(controls);
	trial_run(&t);
	controls[0] &= ~0x800UL;
	control_load_all(controls);
	ends[t.end & 7]++;
	done++;
}

static void operate(void)
{
	static uint32_t block[32] __attribute__((aligned(64)));
	uint32_t *ccw = (uint32_t *)(SCRATCH + 0x100);
	int format = random_below(2);

	program_write(ccw, format);
	for (int i = 0; i < 32; i++)
		block[i] = random_next();
	t.gpr[1] = random_below(16) ? FIRST + random_below(devices) : random_next();
	t.gpr[2] = random_below(16) ? (uint64_t)block : random_address();
	switch (random_below(8)) {
	case 0: /* a block as it comes, but with the device enabled more often than not */
		block[1] |= 0x00800000;
		block[1] &= random_below(4) ? ~0xc7600000 : ~0U;
		run(CODE("msch 0(2)"));
		return;
	case 1:
		run(CODE("hsch"));
		return;
	case 2:
		run(CODE("csch"));
		return;
	case 3:
		run(CODE("rsch\n xsch"));
		return;
	default:
		block[1] = random_below(8) ? 0x0000ff00 | (format ? 0x00800000 : 0) : block[1];
		block[2] = random_below(8) ? (uint32_t)(uint64_t)ccw : address31();
		run(CODE("ssch 0(2)"));
	}
}

static void collect(void)
{
	static uint32_t irb[24];

	for (uint32_t id = FIRST; id < FIRST + devices; id++) {
		t.gpr[1] = id;
		t.gpr[2] = (uint64_t)irb;
		run(CODE("tsch 0(2)"));
		if (t.end == END_SVC && trial_cc(&t) == 0)
			statuses++;
	}
}

/* A command's text in storage, whole or with mistakes; its length. */
static unsigned command_write(uint8_t *text)
{
	const char *words = spoken[random_below(sizeof(spoken) / sizeof(*spoken))];
	unsigned length = 0;

	for (; words[length]; length++)
		text[length] = print_code(words[length]);
	if (random_below(4) == 0)
		text[random_below(length)] = random_next();
	return random_below(8) ? length : random_below(300);
}

static void diagnose(void)
{
	static uint32_t code[3];
	unsigned number =
		random_below(8) ? diagnoses[random_below(sizeof(diagnoses) / 2)] : random_below(0x400);

	for (int i = 0; i < 16; i++)
		t.gpr[i] = random_below(3) ? random_address() : random_below(0x1000);
	code[0] = 0x83000000 | random_below(256) << 16 | number;
	code[1] = 0x0aff0000;
	if (number == 0x308 &&
	    random_below(16)) { /* mostly queries: subcodes 4 and below restart the machine */
		code[0] = 0x83000000 | 2 << 20 | 4 << 16 | number;
		t.gpr[4] = 5 + random_below(0x1000);
	}
	if (number == 8 && random_below(2)) {
		code[0] = 0x83000000 | 2 << 20 | 4 << 16 | number;
		t.gpr[2] = SCRATCH;
		t.gpr[4] = command_write((uint8_t *)SCRATCH) | (random_below(4) << 29);
	}
	diagnosed++;
	run(code);
}

static void devices_count(void)
{
	static uint32_t schib[13];

	for (devices = 0; devices < 256; devices++) {
		t.gpr[1] = FIRST + devices;
		t.gpr[2] = (uint64_t)schib;
		do
			run(CODE("stsch 0(2)"));
		while (t.end == END_EXTERNAL); /* a busy host has let the clock pass before it came to run */
		if (t.end != END_SVC || trial_cc(&t) == 3)
			break;
		schib[1] |= 0x00800000;
		t.gpr[1] = FIRST + devices;
		t.gpr[2] = (uint64_t)schib;
		run(CODE("msch 0(2)"));
	}
}

int main(void)
{
	unsigned long count = WANTED_COUNT ? WANTED_COUNT : 20000, next = REPORT;

	if (WANTED_SEED)
		random_state = WANTED_SEED;
	control_store_all(controls);
	devices_count();
	print("fuzz-io: %u devices\n", devices);
	if (!devices)
		return 1;
	while (done < count) {
		if (random_below(16) == 0)
			scratch_fill();
		if (random_below(4))
			operate();
		else
			diagnose();
		if (random_below(4) == 0)
			collect();
		if (done >= next) {
			print("fuzz-io: %lu operations\n", done);
			next += REPORT;
		}
	}
	print("fuzz-io: %lu operations, %lu diagnoses, %lu statuses\n", done, diagnosed, statuses);
	print("fuzz-io ends: program %lu, svc %lu, external %lu\n", ends[1], ends[2], ends[3]);
	return 0;
}
