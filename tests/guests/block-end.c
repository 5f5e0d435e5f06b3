/*
 * DIAGNOSE X'250' as an operating system uses it: an environment, and transfers whose end is an external interruption. Only under CP; its
 * disk is 201.
 * Before it: authority.c. After it: channel-report.c.
 * Known simplification: 512-byte blocks, the 64-bit format.
 */
#include "runtime/guest.h"

enum { BEGIN, TRANSFER, END };
enum { WRITE = 1, READ = 2 };
enum { DISK = 0x201, ASYNCHRONOUS = 2, WIDE = 0x80 };

static struct {
	uint16_t device;
	uint8_t format, unused[21];
	uint8_t key, flags, spare[2];
	uint32_t count, alet, spare2;
	uint64_t parameter, list, spare3;
} io __attribute__((aligned(8)));

static struct {
	uint16_t device;
	uint8_t format, unused[21];
	uint32_t block_size, spare;
	uint64_t offset, first, last, spare2;
} environment __attribute__((aligned(8)));

static struct {
	uint8_t type, status, spare[2];
	uint32_t alet;
	uint64_t number, buffer;
} list[2] __attribute__((aligned(8)));

static struct trial t;
static uint8_t *out, *in;

static void call(const char *name, void *block, uint64_t function)
{
	t.gpr[2] = (uint64_t)block;
	t.gpr[3] = 0xeeeeeeee;
	t.gpr[4] = 0xdead000000000000 | function; /* a word: the left half may be anything */
	try(&t, name, PSW_64BIT, CODE("diag 2,4,0x250"));
}

static void expect_code(unsigned code, int cc)
{
	expect_done(&t, cc);
	expect("return code", t.gpr[3] == code);
}

static void transfer(const char *name, unsigned flags, unsigned type, uint64_t number, uint64_t parameter)
{
	for (unsigned i = 0; i < 2; i++) {
		list[i].type = type;
		list[i].status = 0xff;
		list[i].number = number + i;
		list[i].buffer = (uint64_t)(type == WRITE ? out : in) + 512 * i;
	}
	memset(&io, 0, sizeof(io));
	io.device = DISK;
	io.format = WIDE;
	io.flags = flags;
	io.count = 2;
	io.parameter = parameter;
	io.list = (uint64_t)list;
	call(name, &io, TRANSFER);
}

/* Opened for it, the next instruction is not reached. */
static void take(const char *name, unsigned status, uint64_t parameter)
{
	LOW(uint64_t, 0x11b8) = 0;
	try(&t, name, PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect("external interruption 2603", t.end == END_EXTERNAL && t.code == 0x2603);
	expect("64-bit parameter, and this status", t.subcode == (0x0700 | status));
	expect("the parameter", LOW(uint64_t, 0x11b8) == parameter);
}

static void none_left(void)
{
	try(&t, "none is left", PSW_64BIT | PSW_EXTERNAL, CODE("lr 0,0"));
	expect_done(&t, -1);
}

/* Return N: LGHI 2,N and BR 14. Not at the beginning of what any instruction moves. */
static uint64_t (*routine(uint8_t *page, uint64_t n))(void)
{
	uint64_t *at = (uint64_t *)(page + 0x98);

	*at = 0xa729000007fe0000 | n << 32;
	return (uint64_t(*)(void))at;
}

/* Whatever a machine keeps of instructions that it executed, it has to see them change. */
static void read_over_code(void)
{
	uint64_t (*call_it)(void) = routine(in, 1);

	routine(out, 2);
	expect("the old routine", call_it() == 1);
	transfer("write a routine", 0, WRITE, 50, 6);
	transfer("read it over an executed one", 0, READ, 50, 7);
	expect("the new routine", call_it() == 2);
}

int main(void)
{
	out = page_new(1);
	in = page_new(1);
	for (unsigned i = 0; i < 1024; i++)
		out[i] = (uint8_t)(i * 7 + 3);
	environment.device = DISK;
	environment.format = WIDE;
	environment.block_size = 512;
	call("begin", &environment, BEGIN);
	expect_code(0, 0);
	expect("blocks from 1 on", environment.first == 1 && environment.last > 100);
	transfer("write, at once", 0, WRITE, 50, 1);
	expect_code(0, 0);
	expect("status of the entries", list[0].status == 0 && list[1].status == 0);
	none_left();
	transfer("write, later", ASYNCHRONOUS, WRITE, 60, 0x123456789abcdef0);
	expect_code(8, 0);
	take("  its end", 0, 0x123456789abcdef0);
	none_left();
	transfer("read, later", ASYNCHRONOUS, READ, 60, 2);
	expect_code(8, 0);
	transfer("read beyond the end, later", ASYNCHRONOUS, READ, environment.last, 3);
	expect_code(8, 0);
	expect("bytes as written", !memcmp(in + 512, out + 512, 512));
	expect("status of the second entry", list[1].status == 1);
	take("  the end of the first", 0, 2);
	take("  the end of the second", 1, 3);
	none_left();
	read_over_code();
	control_set(0, control_get(0) & ~0x200UL);
	transfer("masked", ASYNCHRONOUS, READ, 50, 4);
	expect_code(8, 0);
	none_left();
	control_set(0, control_get(0) | 0x200);
	take("opened", 0, 4);
	call("end", &environment, END);
	expect_code(0, 0);
	transfer("without an environment", ASYNCHRONOUS, READ, 1, 5);
	expect_code(28, 2);
	none_left();
	return failures;
}
