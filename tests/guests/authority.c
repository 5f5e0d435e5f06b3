/*
 * What only supervisors with authority do, and seldom: the secondary ASN, the trace table, the program parameter, linkage; and calls
 * beyond the CPU: channel-subsystem calls, channel-path status, service calls, IUCV.
 * Before it: spaces.c. After it: storage.c.
 * Known simplification: no ASN but the current one; linkage is tried only where the book refuses it.
 */
#include "runtime/guest.h"

#define DAT             (PSW_64BIT | PSW_DAT)
#define ASN_TRANSLATION 0x80000UL

static struct trial t;

static void secondary_asn(void)
{
	control_set(1, 0x20); /* real space: DAT on, and every address is itself */
	control_set(4, 0x00011234);
	t.gpr[3] = 0x1234;
	try(&t, "ssar, without ASN translation", DAT, CODE("ssar 3"));
	if (!absent(&t))
		expect_program(&t, 0x13, 4, 4);
	control_set(14, control_get(14) | ASN_TRANSLATION);
	t.gpr[3] = 0x1234;
	try(&t, "ssar, DAT off", PSW_64BIT, CODE("ssar 3"));
	if (!absent(&t))
		expect_program(&t, 0x13, 4, 4);
	control_set(3, 0x00770055);
	control_set(7, 0x1000);
	try(&t, "ssar, to the current primary", DAT, CODE("ssar 3"));
	if (!absent(&t)) {
		expect_done(&t, -1);
		expect("secondary ASN", control_get(3) == 0x00771234);
		expect("secondary space", control_get(7) == 0x20);
	}
	control_set(14, control_get(14) & ~ASN_TRANSLATION);
	control_set(3, 0);
	control_set(7, 0);
	control_set(4, 0);
	control_set(1, 0);
}

/* Each of these needs DAT, among other things. */
static void linkage(void)
{
	static const struct {
		const char *name;
		uint32_t code;
		uint8_t length;
	} rows[] = {
		{"bsa", 0xb25a0012, 4},  {"eregg", 0xb90e0012, 4}, {"pc", 0xb2180000, 4},
		{"pt", 0xb2280012, 4},   {"bsg", 0xb2580012, 4},   {"bakr", 0xb2400012, 4},
		{"ereg", 0xb2490012, 4}, {"esta", 0xb24a0024, 4},  {"msta", 0xb2470020, 4},
		{"pr", 0x01010000, 2},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		static uint32_t code[2];

		code[0] = rows[i].code | (rows[i].length == 2 ? 0x0aff : 0);
		code[1] = 0x0aff0000;
		t.gpr[1] = t.gpr[2] = 0x800;
		try(&t, rows[i].name, PSW_64BIT, code);
		if (!absent(&t))
			expect_program(&t, 0x13, rows[i].length, rows[i].length);
	}
}

#define TRACING 1UL

static uint8_t *table;

static void entry_at(unsigned offset)
{
	memset(table, 0, 4096);
	control_set(12, (uint64_t)table + offset + TRACING);
}

static void tracing(void)
{
	static const uint32_t words[2] = {0x00112233, 0x80112233};
	uint64_t before, after;

	table = page_new(1);
	t.gpr[1] = (uint64_t)words;
	control_set(12, 0);
	try(&t, "trace, off", PSW_64BIT, CODE("trace 2,4,0(1)"));
	if (absent(&t))
		return;
	expect_done(&t, 0);
	entry_at(0x100);
	try(&t, "trace, not this operand", PSW_64BIT, CODE("trace 2,4,4(1)"));
	expect_done(&t, 0);
	expect("no entry", control_get(12) == (uint64_t)table + 0x100 + TRACING);
	t.gpr[2] = 0x1111111122222222;
	t.gpr[3] = 0x3333333344444444;
	t.gpr[4] = 0x5555555566666666;
	before = clock_now();
	try(&t, "trace, three registers", PSW_64BIT, CODE("trace 2,4,0(1)"));
	after = clock_now();
	expect_done(&t, 0);
	expect("type and number", table[0x100] == 0x72 && table[0x101] == 0);
	expect("clock", (*(uint64_t *)(table + 0x100) << 16) >= before << 16 &&
				(*(uint64_t *)(table + 0x100) << 16) <= after << 16);
	expect("operand", *(uint32_t *)(table + 0x108) == words[0]);
	expect("registers", *(uint64_t *)(table + 0x10c) == 0x2222222244444444 &&
				    *(uint32_t *)(table + 0x114) == 0x66666666);
	expect("the next entry follows it", control_get(12) == (uint64_t)table + 0x118 + TRACING);
	t.gpr[15] = 0xf1f2f3f4f5f6f7f8;
	t.gpr[0] = 0x0102030405060708;
	try(&t, "tracg, registers 15 and 0", PSW_64BIT, CODE(".insn rsy,0xeb000000000f,15,0,0(1)"));
	expect_done(&t, 0);
	expect("type and number", table[0x118] == 0x71 && table[0x119] == 0x80);
	if ((*(uint64_t *)(table + 0x118) << 16) < before >> 16 << 16)
		differs("not the clock's first 48 bits");
	expect("operand", *(uint32_t *)(table + 0x124) == words[0]);
	expect("whole registers", *(uint64_t *)(table + 0x128) == 0xf1f2f3f4f5f6f7f8 &&
					  *(uint64_t *)(table + 0x130) == 0x0102030405060708);
	expect("the next entry follows it", control_get(12) == (uint64_t)table + 0x138 + TRACING);
	entry_at(4096 - 76);
	try(&t, "trace, no room for the longest entry", PSW_64BIT, CODE("trace 2,2,0(1)"));
	expect_program(&t, 0x16, 4, 0);
	entry_at(4096 - 80);
	try(&t, "trace, room for the longest entry", PSW_64BIT, CODE("trace 2,2,0(1)"));
	expect_done(&t, 0);
	control_set(12, 0x7fff0000 + TRACING);
	try(&t, "trace, table beyond storage", PSW_64BIT, CODE("trace 2,2,0(1)"));
	expect_program(&t, 5, 4, 4);
	entry_at(0);
	t.gpr[1] = (uint64_t)words + 2;
	try(&t, "trace, operand not on a word", PSW_64BIT, CODE("trace 2,2,0(1)"));
	expect_program(&t, 6, 4, 4);
	try(&t, "trace, problem state", PSW_64BIT | PSW_PROBLEM, CODE("trace 2,2,0(1)"));
	expect_program(&t, 2, 4, 4);
	control_set(12, 0);
}

static void small_ones(void)
{
	static uint64_t parameter;

	t.gpr[1] = (uint64_t)&parameter;
	try(&t, "lpp", PSW_64BIT, CODE(".insn s,0xb2800000,0(1)"));
	if (!absent(&t))
		expect_done(&t, 0);
	try(&t, "lpp, problem state", PSW_64BIT | PSW_PROBLEM, CODE(".insn s,0xb2800000,0(1)"));
	if (!absent(&t))
		expect_program(&t, 2, 4, 4);
	try(&t, "palb", PSW_64BIT, CODE(".long 0xb2480000"));
	if (!absent(&t))
		expect_done(&t, 0);
	try(&t, "ptlb", PSW_64BIT, CODE("ptlb"));
	expect_done(&t, 0);
}

/* What is asked for the channel subsystem, and how its answers are shaped; what it has is the machine's own affair. */
static void channel_calls(void)
{
	uint16_t *block = page_new(1);

	block[0] = 16;
	block[1] = 0x0010; /* store characteristics */
	t.gpr[3] = (uint64_t)block;
	try(&t, "chsc, characteristics", PSW_64BIT, CODE(".long 0xb25f0030"));
	if (!absent(&t)) {
		expect_done(&t, 0);
		if (block[9] != 1) /* response */
			differs("no such command");
	}
	block[0] = 15;
	t.gpr[3] = (uint64_t)block;
	try(&t, "chsc, length not even", PSW_64BIT, CODE(".long 0xb25f0030"));
	if (!absent(&t)) {
		if (t.end == END_SVC)
			differs("no operand exception");
		else
			expect_program(&t, 0x15, 4, 4);
	}
	t.gpr[3] = (uint64_t)block + 8;
	try(&t, "chsc, not on a page", PSW_64BIT, CODE(".long 0xb25f0030"));
	if (!absent(&t))
		expect_program(&t, 6, 4, 4);
	t.gpr[3] = (uint64_t)block;
	try(&t, "stcps", PSW_64BIT, CODE(".long 0xb23a3020"));
	if (!absent(&t))
		expect_done(&t, -1);
	t.gpr[3] = (uint64_t)block;
	try(&t, "stcps, operand not on 32 bytes", PSW_64BIT, CODE(".long 0xb23a3010"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else if (!absent(&t))
		expect_program(&t, 6, 4, 4);
	t.gpr[3] = (uint64_t)block;
	try(&t, "stcrw, nothing to report", PSW_64BIT, CODE(".long 0xb2393000"));
	expect_done(&t, 1);
	expect("zero is stored", !block[0] && !block[1]);
	t.gpr[3] = (uint64_t)block + 2;
	try(&t, "stcrw, operand not on a word", PSW_64BIT, CODE(".long 0xb2393000"));
	expect_program(&t, 6, 4, 4);
}

/* Service calls: what is wrong with the call itself. What they do is how every line here comes out. */
static void service_calls(void)
{
	uint16_t *sccb = page_new(1);

	sccb[0] = 8;
	t.gpr[2] = 0x00020001;
	t.gpr[3] = (uint64_t)sccb + 4;
	try(&t, "servc, not on a doubleword", PSW_64BIT, CODE(".long 0xb2200023"));
	expect_program(&t, 6, 4, 4);
	t.gpr[3] = 0x7ffff000;
	try(&t, "servc, addressing", PSW_64BIT, CODE(".long 0xb2200023"));
	expect_program(&t, 5, 4, 4);
	t.gpr[3] = (uint64_t)sccb;
	try(&t, "servc, problem state", PSW_64BIT | PSW_PROBLEM, CODE(".long 0xb2200023"));
	expect_program(&t, 2, 4, 4);
}

/* IUCV as Linux asks: only a machine under CP has it, and there it must answer, never interrupt. */
static void iucv(void)
{
	static uint8_t list[40] __attribute__((aligned(8)));
	uint64_t identity;

	__asm__ volatile("stidp %0" : "=Q"(identity));
	if (identity >> 56 != 0xff)
		return;
	t.gpr[0] = 0; /* QUERY */
	t.gpr[1] = 0xeeee;
	try(&t, "iucv, query", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_done(&t, 0);
	expect("size of an interruption buffer", t.gpr[0] == 40);
	expect("number of paths", t.gpr[1] >= 1 && t.gpr[1] < 0x10000);
	t.gpr[0] = 12; /* DECLARE BUFFER */
	t.gpr[1] = (uint64_t)list;
	try(&t, "iucv, declare buffer", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_done(&t, 0);
	t.gpr[0] = 11; /* CONNECT */
	t.gpr[1] = (uint64_t)list;
	try(&t, "iucv, connect to nobody", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_done(&t, 1);
	expect("not logged on", list[3] == 11);
	t.gpr[0] = 15; /* SEVER */
	t.gpr[1] = (uint64_t)list;
	try(&t, "iucv, sever no path", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_done(&t, 1);
	expect("no such path", list[3] == 1);
	t.gpr[0] = 4711;
	try(&t, "iucv, no such function", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_done(&t, 3);
	t.gpr[0] = 11;
	t.gpr[1] = 0x7ffff000;
	try(&t, "iucv, addressing", PSW_64BIT, CODE(".long 0xb2f00000"));
	expect_program(&t, 5, 4, 4);
	try(&t, "iucv, problem state", PSW_64BIT | PSW_PROBLEM, CODE(".long 0xb2f00000"));
	expect_program(&t, 2, 4, 4);
}

int main(void)
{
	secondary_asn();
	linkage();
	tracing();
	small_ones();
	channel_calls();
	service_calls();
	iucv();
	return failures;
}
