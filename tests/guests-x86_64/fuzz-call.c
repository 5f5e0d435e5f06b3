/*
 * A wild guest, third kind: calls to CP (DIAGNOSE by VMMCALL) with random codes and parameters, parameter blocks that are nearly
 * right, and commands to CP with and without mistakes. Some of that ends it; then it is loaded again.
 * Before it: fuzz-port.c. After it: fuzz-ring.c.
 * Known simplification: of CP's commands those that throw away reader files are left out, for the next life comes from there.
 */
#include "random.h"

#define REPORT       50 /* operations from one line to the next */
#define COMMAND      0x08
#define RELEASE      0x10
#define LOAD         0x308
#define SUBCODES_BAD 5 /* of LOAD, below: they restart the machine */

static struct trial t;
static unsigned long done, refused;

static const uint16_t codes[] = {0x00, 0x0c, RELEASE, 0x24,  0x3c,  0x44,  0x5c,  0x60, 0x84,
				 0x9c, 0xa4, 0xa8,    0x210, 0x250, 0x258, 0x260, LOAD};

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
	"IPL 201 CLEAR",
	"DEFINE STORAGE 1M",
	"DEFINE STORAGE 4096G",
	"DEFINE PRINTER 00F",
	"EXTERNAL",
	"ATTN",
	"READY 00E",
	"READY 009",
	"STORE PSW 0",
	"STORE S0 00",
	"STORE S2000000 00112233",
	"STORE G0-15 FFFFFFFF",
	"STORE X0 80000010",
	"STORE X4 FFFFFFFF",
	"DISPLAY 0-1000",
	"DISPLAY V7FFFFFFF-END",
	"DISPLAY X",
	"DISPLAY PSW",
	"BEGIN 0",
	"BEGIN",
	"TRACE PROG RUN",
	"TRACE INSTR RUN",
	"TRACE I/O RUN",
	"TRACE END",
	"LINK MAINT 190 222 RR",
	"LINK * 201 333 MW",
	"DETACH 222",
	"QUERY VIRTUAL ALL",
	"QUERY READER ALL",
	"QUERY SET",
	"INDICATE USER",
	"SET EMSG OFF",
	"SET RUN ON",
	"SPOOL PRT CONT COPY 255",
	"CLOSE PRT",
	"CLOSE PUN NAME A B",
	"MSG * X",
	"MSG OPERATOR X",
	"SEND STUDENT1 STOP",
	"FORCE STUDENT1",
	"SHUTDOWN",
	"XAUTOLOG MAINT",
	"HELP QUERY",
};

static uint64_t wild_page(void)
{
	return WILD_BEGIN + (random_below(WILD_SIZE) & ~0xffful);
}

/* Text, whole or with a mistake; answered on the terminal or into a buffer, of any length. */
static void command(void)
{
	const char *words = spoken[random_below(sizeof(spoken) / sizeof(*spoken))];
	char *text = (char *)wild_page();
	unsigned length = 0;

	for (; words[length]; length++)
		text[length] = words[length];
	if (random_below(4) == 0)
		text[random_below(length)] = (char)random_next();
	t.gpr[RAX] = COMMAND;
	t.gpr[RDI] = (uint64_t)text;
	t.gpr[RDX] = (random_below(8) ? length : random_below(300)) | random_below(4) << 29;
	t.gpr[RCX] = random_below(4) ? random_below(0x4000) : random_next();
}

/* A parameter block that is nearly right reaches deeper than noise does. */
static void block_write(void)
{
	static const uint16_t devices[] = {0x009, 0x00c, 0x00d, 0x00e, 0x190, 0x191, 0x201};
	uint8_t *at = (uint8_t *)wild_page();

	for (unsigned n = 0; n < 96; n++)
		at[n] = random_below(3) ? 0 : (uint8_t)random_next();
	if (random_below(2))
		*(uint16_t *)(void *)at = devices[random_below(sizeof(devices) / sizeof(*devices))];
	if (random_below(2))
		*(uint64_t *)(void *)(at + 8 * random_below(12)) =
			random_below(4) ? wild_page() : random_next();
	t.gpr[RDI] = (uint64_t)at;
}

static void other(void)
{
	t.gpr[RAX] =
		random_below(16) ? codes[random_below(sizeof(codes) / sizeof(*codes))] : random_below(0x1000);
	if (random_below(2))
		block_write();
	if (random_below(2))
		t.gpr[RDX] = random_below(8);
	if (t.gpr[RAX] == RELEASE) /* gives pages away: not those of this program */
		t.gpr[RDI] = WILD_BEGIN, t.gpr[RDX] = WILD_BEGIN + (random_below(64) << 12);
	if (t.gpr[RAX] == LOAD && random_below(32))
		t.gpr[RDX] = SUBCODES_BAD + random_below(0x1000);
	if (t.gpr[RAX] == COMMAND)
		t.gpr[RDX] = random_next();
	if (t.gpr[RDI] < WILD_BEGIN) /* answers: not into this program */
		t.gpr[RDI] += WILD_BEGIN;
}

static void trial(void)
{
	for (unsigned n = 0; n < 16; n++)
		t.gpr[n] = random_address();
	t.gpr[RSP] = WILD_BEGIN + 0x1000;
	if (random_below(64))
		other();
	else
		command();
	t.rip = (uint64_t)CODE("vmmcall");
	t.rflags = 2;
	t.cs = CODE_KERNEL;
	t.ss = DATA_KERNEL;
	trial_run(&t);
	refused += t.vector != VECTOR_DONE;
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
			print("fuzz-call: %lu operations\n", done);
			next += REPORT;
		}
	}
	print("fuzz-call: %lu operations, %lu refused\n", done, refused);
	return 0;
}
