/*
 * The way to a device: find its subchannel, open it, run a channel program, take its interruption, read its status.
 * Whatever device comes first will do: sense ID and no-operation are understood by all.
 * Before it: storage.c. After it: esa390.c.
 * Known simplification: one device, no data to or from the outside world.
 */
#include "runtime/guest.h"

#define FIRST 0x00010000U

/* Subchannel information block, operation request block, interruption response block: words, as the manual draws them. */
static uint32_t schib[13], orb[8], irb[24];
static struct {
	uint32_t command, data;
} ccw[8] __attribute__((aligned(8)));
static uint8_t data[256] __attribute__((aligned(8)));
static uint32_t id;
static struct trial t;

enum { SENSE_ID = 0xe4, NO_OPERATION = 0x03, TRANSFER = 0x08, BAD = 0x00 };
enum { CHAIN_DATA = 0x80, CHAIN = 0x40, QUIET = 0x20, SKIP = 0x10, INTERRUPT = 0x08 };

static void ask(const char *name, const void *code, void *operand)
{
	t.gpr[1] = id;
	t.gpr[2] = (uint64_t)operand;
	try(&t, name, PSW_64BIT, code);
}

static int device_find(void)
{
	for (id = FIRST; id < FIRST + 64; id++) {
		register uint64_t one __asm__("1") = id;
		int cc;

		__asm__ volatile("stsch %1\n ipm %0\n srl %0,28" : "=d"(cc), "=Q"(schib) : "d"(one) : "cc");
		if (cc == 0 && (schib[1] & 0x00010000)) /* device number valid */
			return 1;
	}
	return 0;
}

static void device_open(void)
{
	ask("stsch", CODE("stsch 0(2)"), schib);
	expect_done(&t, 0);
	expect("device number valid", schib[1] & 0x00010000);
	schib[0] = 0x11223344; /* interruption parameter */
	schib[1] = (schib[1] & 0x0000ffff) | 0x00800000 | 3 << 27;
	ask("msch, enabled, interruption subclass 3", CODE("msch 0(2)"), schib);
	expect_done(&t, 0);
	memset(schib, 0, sizeof(schib));
	ask("stsch, again", CODE("stsch 0(2)"), schib);
	expect("as modified", schib[0] == 0x11223344 && (schib[1] >> 16 & 0x3880) == 0x1880);
	schib[1] |= 0x40000000;
	ask("msch, reserved bit", CODE("msch 0(2)"), schib);
	if (t.end == END_SVC)
		differs("no operand exception");
	else
		expect_program(&t, 0x15, 4, 4);
	t.gpr[1] = 0x00020001;
	t.gpr[2] = (uint64_t)schib;
	try(&t, "stsch, no such subchannel set", PSW_64BIT, CODE("stsch 0(2)"));
	if (t.end == END_PROGRAM)
		expect_program(&t, 0x15, 4, 4);
	else
		expect_done(&t, 3);
	t.gpr[1] = 0x0001f000;
	try(&t, "stsch, no such subchannel", PSW_64BIT, CODE("stsch 0(2)"));
	expect_done(&t, 3);
	t.gpr[1] = 0x12345678;
	try(&t, "stsch, not a subchannel", PSW_64BIT, CODE("stsch 0(2)"));
	expect_program(&t, 0x15, 4, 4);
	ask("stsch, operand not on a word", CODE("stsch 2(2)"), schib);
	expect_program(&t, 6, 4, 4);
}

/* Format 1: command, flags, count; address. */
static void ccw_set(int n, unsigned command, unsigned flags, unsigned count, void *address)
{
	ccw[n].command = command << 24 | flags << 16 | count;
	ccw[n].data = (uint32_t)(uint64_t)address;
}

static void start(const char *name, int format)
{
	memset(orb, 0, sizeof(orb));
	orb[0] = 0xaabbccdd;
	orb[1] = 0x0000ff00 | (format ? 0x00800000 : 0);
	orb[2] = (uint32_t)(uint64_t)ccw;
	ask(name, CODE("ssch 0(2)"), orb);
}

/* Wait for the interruption, then read the status. Channel and device may end apart. */
static void finish(void)
{
	control_set(6, 0xff000000);
	for (int tries = 0; tries < 3; tries++) {
		struct trial wait = {.mask = PSW_64BIT | PSW_IO | PSW_WAIT};

		trial_run(&wait);
		expect("I/O interruption", wait.end == END_IO);
		expect("subchannel", LOW(uint32_t, 0xb8) == id);
		expect("parameter of the ORB", LOW(uint32_t, 0xbc) == 0xaabbccdd);
		expect("subclass 3", (LOW(uint32_t, 0xc0) >> 27 & 7) == 3);
		ask("  tsch", CODE("tsch 0(2)"), irb);
		expect_done(&t, 0);
		if (irb[0] & 0x02) /* secondary status: the device has ended, too */
			break;
	}
	control_set(6, 0);
	print("  status %08X, device and subchannel status %04X\n", irb[0] & 0x0000ffff, irb[2] >> 16);
}

static void status_expect(unsigned device_and_channel, unsigned residual)
{
	expect("device and subchannel status", irb[2] >> 16 == device_and_channel);
	if (residual != 0xffff)
		expect("residual count", (irb[2] & 0xffff) == residual);
}

static void run(void)
{
	ccw_set(0, SENSE_ID, QUIET, 64, data);
	memset(data, 0xee, sizeof(data));
	start("ssch, sense ID", 1);
	expect_done(&t, 0);
	finish();
	expect("normal end", (irb[2] >> 16) == 0x0c00);
	expect("sense ID begins with FF", data[0] == 0xff);
	expect("CCW address is past the CCW", irb[1] == (uint32_t)(uint64_t)(ccw + 1));
	ccw_set(0, NO_OPERATION, CHAIN | QUIET, 1, data);
	ccw_set(1, SENSE_ID, CHAIN_DATA, 1, data);
	ccw_set(2, BAD, CHAIN_DATA | SKIP, 2, data + 8);
	ccw_set(3, BAD, QUIET, 32, data + 16);
	memset(data, 0xee, sizeof(data));
	start("ssch, chained command and data, skip", 1);
	expect_done(&t, 0);
	finish();
	if (irb[2] >> 16 == 0x0020) {
		differs("program check");
	} else {
		status_expect(0x0c00, 0xffff);
		expect("first byte at its place", data[0] == 0xff && data[1] == 0xee);
		expect("skipped bytes are not stored", data[8] == 0xee && data[9] == 0xee);
	}
	ccw_set(0, TRANSFER, 0, 0, &ccw[2]);
	ccw_set(2, SENSE_ID, QUIET, 4, data);
	start("ssch, transfer in channel first", 1);
	expect_done(&t, 0);
	finish();
	if (irb[2] >> 16 == 0x0c00)
		differs("no program check");
	else
		status_expect(0x0020, 0xffff);
	ccw_set(0, NO_OPERATION, CHAIN | QUIET, 1, data);
	ccw_set(1, TRANSFER, 0, 0, &ccw[3]);
	ccw_set(3, SENSE_ID, QUIET, 4, data);
	memset(data, 0xee, sizeof(data));
	start("ssch, transfer in channel", 1);
	finish();
	status_expect(0x0c00, 0xffff);
	expect("four bytes and no more", data[0] == 0xff && data[4] == 0xee);
}

static void bad_programs(void)
{
	ccw_set(0, SENSE_ID, 0, 200, data);
	start("ssch, wrong length", 1);
	finish();
	if (irb[2] >> 16 == 0x0020)
		differs("program check");
	else
		expect("incorrect length", irb[2] >> 16 & 0x40);
	ccw_set(0, SENSE_ID, QUIET, 16, (void *)0x7ff00000);
	start("ssch, data beyond storage", 1);
	finish();
	expect("program check", irb[2] >> 16 & 0x20);
	ccw_set(0, BAD, QUIET, 16, data);
	start("ssch, command 00", 1);
	finish();
	expect("program check", irb[2] >> 16 & 0x20);
	ccw_set(0, SENSE_ID, QUIET, 0, data);
	start("ssch, count 0", 1);
	finish();
	expect("no program check: format 1 allows it", !(irb[2] >> 16 & 0x20));
	ccw_set(0, SENSE_ID, QUIET | CHAIN_DATA, 0, data);
	ccw_set(1, BAD, QUIET, 4, data);
	start("ssch, count 0 with data chaining", 1);
	finish();
	if (irb[2] >> 16 & 0x20)
		status_expect(0x0020, 0xffff);
	else
		differs("no program check");
	ccw_set(0, NO_OPERATION, CHAIN | QUIET, 1, data);
	ccw_set(1, TRANSFER, 0, 0, &ccw[2]);
	ccw_set(2, TRANSFER, 0, 0, &ccw[3]);
	start("ssch, two transfers in a row", 1);
	finish();
	expect("program check", irb[2] >> 16 & 0x20);
	ccw_set(0, 0xff, QUIET, 1, data);
	start("ssch, a command that no device has", 1);
	finish();
	expect("unit check or program check", irb[2] >> 16 & 0x0220);
}

/* Format 0: command and address; flags and count. */
static void old_format(void)
{
	ccw[0].command = SENSE_ID << 24 | (uint32_t)(uint64_t)data;
	ccw[0].data = QUIET << 24 | 7;
	memset(data, 0xee, sizeof(data));
	start("ssch, format 0", 0);
	expect_done(&t, 0);
	finish();
	status_expect(0x0c00, 0);
	expect("seven bytes", data[0] == 0xff && data[7] == 0xee);
	ccw[0].data = (QUIET | 1) << 24 | 7;
	start("ssch, suspend flag not allowed by the ORB", 0);
	finish();
	if (!(irb[2] >> 16 & 0x20))
		differs("no program check");
}

static void polling(void)
{
	ask("tsch, nothing pending", CODE("tsch 0(2)"), irb);
	expect_done(&t, 1);
	ccw_set(0, SENSE_ID, QUIET, 4, data);
	start("ssch, no interruption wanted", 1);
	expect_done(&t, 0);
	do {
		t.gpr[1] = id;
		t.gpr[2] = (uint64_t)irb;
		t.mask = PSW_64BIT;
		t.address = (uint64_t)CODE("tsch 0(2)");
		trial_run(&t);
	} while (trial_cc(&t) == 1);
	expect("normal end", t.end == END_SVC && irb[2] >> 16 == 0x0c00);
	start("ssch, for tpi", 1);
	control_set(6, 0xff000000);
	t.gpr[2] = (uint64_t)irb;
	do {
		t.gpr[2] = (uint64_t)irb;
		t.mask = PSW_64BIT;
		t.address = (uint64_t)CODE("tpi 0(2)");
		trial_run(&t);
	} while (t.end == END_SVC && trial_cc(&t) == 0);
	expect("tpi stores the interruption", t.end == END_SVC && irb[0] == id && irb[1] == 0xaabbccdd);
	control_set(6, 0);
	ask("tsch, after tpi", CODE("tsch 0(2)"), irb);
	expect_done(&t, 0);
}

static void functions(void)
{
	ask("csch", CODE("csch"), irb);
	expect_done(&t, 0);
	memset(irb, 0, sizeof(irb));
	orb[0] = 0x11223344;
	do {
		t.gpr[1] = id;
		t.gpr[2] = (uint64_t)irb;
		t.mask = PSW_64BIT;
		t.address = (uint64_t)CODE("tsch 0(2)");
		trial_run(&t);
	} while (t.end == END_SVC && trial_cc(&t) == 1);
	expect("clear function in the status", irb[0] & 0x1000);
	ask("hsch, nothing running", CODE("hsch"), irb);
	expect("cc 0 or 1", t.end == END_SVC && trial_cc(&t) <= 1);
	ask("tsch", CODE("tsch 0(2)"), irb);
	ask("rsch, nothing suspended", CODE("rsch"), irb);
	expect_done(&t, 2);
	ask("xsch, nothing started", CODE("xsch"), irb);
	expect_done(&t, 2);
	t.gpr[1] = 0;
	t.gpr[2] = 0;
	try(&t, "schm, off", PSW_64BIT, CODE("schm"));
	expect_done(&t, -1);
	t.gpr[1] = 0x00000004;
	try(&t, "schm, reserved bit", PSW_64BIT, CODE("schm"));
	expect_program(&t, 0x15, 4, 4);
	t.gpr[1] = 0x80000000;
	try(&t, "sal, 2 GiB", PSW_64BIT, CODE("sal"));
	expect_program(&t, 0x15, 4, 4);
	t.gpr[1] = 0x00010000;
	try(&t, "sal", PSW_64BIT, CODE("sal"));
	expect_done(&t, -1);
	t.gpr[1] = 0x00000100;
	try(&t, "rchp, reserved bit", PSW_64BIT, CODE("rchp"));
	expect_program(&t, 0x15, 4, 4);
	t.gpr[1] = 0x000000fe;
	try(&t, "rchp, no such path", PSW_64BIT, CODE("rchp"));
	expect_done(&t, 3);
	memset(orb, 0, sizeof(orb));
	orb[1] = 0x0080ff00;
	orb[2] = (uint32_t)(uint64_t)ccw + 4;
	ask("ssch, CCW not on a doubleword", CODE("ssch 0(2)"), orb);
	if (t.end == END_SVC && trial_cc(&t) == 0)
		ask("  tsch", CODE("1: tsch 0(2)\n brc 4,1b"), irb);
	ask("ssch, ORB not on a word", CODE("ssch 2(2)"), orb);
	expect_program(&t, 6, 4, 4);
	schib[1] = schib[1] & 0x0000ffff;
	ask("msch, disabled", CODE("msch 0(2)"), schib);
	expect_done(&t, 0);
	ask("ssch, disabled subchannel", CODE("ssch 0(2)"), orb);
	expect_done(&t, 3);
}

int main(void)
{
	if (!device_find()) {
		print("no device\n");
		return 1;
	}
	device_open();
	run();
	bad_programs();
	old_format();
	polling();
	functions();
	return failures;
}
