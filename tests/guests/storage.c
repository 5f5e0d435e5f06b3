/*
 * Instructions on storage that only an operating system uses: keys, real-address loads and stores, compare-and-swap with
 * purge, protection tests, moves between spaces with a key.
 * Before it: dat.c. After it: subchannel.c. Known simplification: where keys are kept but not enforced is written down.
 */
#include "runtime/guest.h"

static struct trial t;
static uint64_t *block;

static void key_set(uint64_t key)
{
	__asm__ volatile("sske %0,%1" : : "d"(key), "a"(block));
}

static void keys(void)
{
	t.gpr[1] = (uint64_t)block;
	t.gpr[2] = 0x36;
	t.gpr[3] = 0xaaaaaaaaaaaaaaaa;
	try(&t, "sske, iske", PSW_64BIT, CODE("sske 2,1\n iske 3,1"));
	expect_done(&t, 0);
	expect("key as set, other bits stay", t.gpr[3] == 0xaaaaaaaaaaaaaa36);
	try(&t, "rrbe, referenced and changed", PSW_64BIT, CODE("rrbe 0,1\n iske 3,1"));
	expect_done(&t, 3);
	expect("reference bit is off, change bit stays", (t.gpr[3] & 0xff) == 0x32);
	try(&t, "rrbe, changed", PSW_64BIT, CODE("rrbe 0,1"));
	expect_done(&t, 1);
	key_set(0x10);
	try(&t, "rrbe, neither", PSW_64BIT, CODE("rrbe 0,1"));
	expect_done(&t, 0);
	key_set(0x10);
	try(&t, "a fetch references", PSW_64BIT | 0x0010000000000000UL, CODE("lg 4,8(1)\n rrbe 0,1"));
	if (trial_cc(&t) == 0)
		differs("reference is not recorded");
	else
		expect_done(&t, 2);
	key_set(0x10);
	try(&t, "a store changes", PSW_64BIT | 0x0010000000000000UL, CODE("stg 4,8(1)\n rrbe 0,1"));
	expect_done(&t, 3);
	t.gpr[1] = 0x7fff0000;
	try(&t, "iske, addressing", PSW_64BIT, CODE("iske 3,1"));
	expect_program(&t, 5, 4, 4);
	t.gpr[1] = 0x7fff0000;
	try(&t, "sske, addressing", PSW_64BIT, CODE("sske 2,1"));
	expect_program(&t, 5, 4, 4);
}

static void key_protection(void)
{
	key_set(0x20);
	t.gpr[1] = (uint64_t)block;
	try(&t, "store with key 1 into key 2", PSW_64BIT | 0x0010000000000000UL, CODE("stg 4,8(1)"));
	if (t.end == END_SVC)
		differs("keys are not enforced");
	else
		expect_program(&t, 4, 6, 6);
	try(&t, "store with key 0 into key 2", PSW_64BIT, CODE("stg 4,8(1)"));
	expect_done(&t, -1);
	key_set(0x28);
	try(&t, "fetch with key 1 from key 2, fetch protected", PSW_64BIT | 0x0010000000000000UL,
	    CODE("lg 4,8(1)"));
	if (t.end == END_SVC)
		differs("keys are not enforced");
	else
		expect_program(&t, 4, 6, 6);
	t.gpr[2] = 0x10;
	try(&t, "tprot, key 1, fetch protected", PSW_64BIT, CODE("tprot 0(1),0(2)"));
	if (trial_cc(&t) == 0)
		differs("keys are not enforced");
	else
		expect_done(&t, 2);
	key_set(0);
	try(&t, "tprot, key 0", PSW_64BIT, CODE("tprot 0(1),0"));
	expect_done(&t, 0);
	t.gpr[1] = 0x7fff0000;
	try(&t, "tprot, addressing", PSW_64BIT, CODE("tprot 0(1),0"));
	expect_program(&t, 5, 6, 6);
}

static void real_storage(void)
{
	block[0] = 0x1122334455667788;
	t.gpr[1] = (uint64_t)block;
	t.gpr[2] = 0xffffffffffffffff;
	t.gpr[3] = 0xffffffffffffffff;
	try(&t, "lura, lurag", PSW_64BIT, CODE("lura 2,1\n lurag 3,1"));
	expect_done(&t, 0);
	expect("word", t.gpr[2] == 0xffffffff11223344);
	expect("doubleword", t.gpr[3] == 0x1122334455667788);
	t.gpr[4] = 0xaabbccdd99887766;
	try(&t, "stura", PSW_64BIT, CODE("stura 4,1"));
	expect_done(&t, 0);
	expect("word", block[0] == 0x9988776655667788);
	try(&t, "sturg", PSW_64BIT, CODE("sturg 4,1"));
	expect_done(&t, 0);
	expect("doubleword", block[0] == 0xaabbccdd99887766);
	t.gpr[1] = 0x7fff0000;
	try(&t, "sturg, addressing", PSW_64BIT, CODE("sturg 4,1"));
	expect_program(&t, 5, 4, 4);
	t.gpr[1] = (uint64_t)block + 4;
	try(&t, "sturg, operand not on a doubleword", PSW_64BIT, CODE("sturg 4,1"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else
		expect_program(&t, 6, 4, 4);
}

static void compare_and_swap(void)
{
	block[0] = 0x0000000500000009;
	t.gpr[2] = 5;
	t.gpr[3] = 6;
	t.gpr[4] = (uint64_t)block;
	try(&t, "csp, equal", PSW_64BIT, CODE("csp 2,4"));
	expect_done(&t, 0);
	expect("swapped", block[0] == 0x0000000600000009);
	try(&t, "csp, unequal", PSW_64BIT, CODE("csp 2,4"));
	expect_done(&t, 1);
	expect("loaded, nothing stored", (uint32_t)t.gpr[2] == 6 && block[0] == 0x0000000600000009);
	t.gpr[2] = 0x0000000600000009;
	t.gpr[3] = 0x123456789abcdef0;
	t.gpr[4] = (uint64_t)block | 1;
	try(&t, "cspg, equal, with purge", PSW_64BIT, CODE(".insn rre,0xb98a0000,2,4"));
	expect_done(&t, 0);
	expect("swapped", block[0] == 0x123456789abcdef0);
	t.gpr[2] = 0;
	try(&t, "cspg, unequal", PSW_64BIT, CODE(".insn rre,0xb98a0000,2,4"));
	expect_done(&t, 1);
	expect("loaded", t.gpr[2] == 0x123456789abcdef0);
	block[0] = 5;
	block[2] = 0;
	block[4] = 0xaaaaaaaaaaaaaaaa; /* parameter list: replacement, then store value */
	block[6] = 0xbbbbbbbbbbbbbbbb;
	t.gpr[0] = 0x0301; /* doublewords */
	t.gpr[1] = (uint64_t)&block[4];
	t.gpr[2] = 5;
	t.gpr[4] = (uint64_t)block;
	try(&t, "csst, equal", PSW_64BIT | PSW_PROBLEM, CODE(".word 0xc822,0x4000,0x4010"));
	expect_done(&t, 0);
	expect("swapped and stored", block[0] == 0xaaaaaaaaaaaaaaaa && block[2] == 0xbbbbbbbbbbbbbbbb);
	block[2] = 0;
	t.gpr[2] = 5;
	try(&t, "csst, unequal", PSW_64BIT, CODE(".word 0xc822,0x4000,0x4010"));
	expect_done(&t, 1);
	expect("loaded, nothing stored", t.gpr[2] == 0xaaaaaaaaaaaaaaaa && block[2] == 0);
	t.gpr[0] = 0x0303;
	try(&t, "csst, no such function", PSW_64BIT, CODE(".word 0xc822,0x4000,0x4010"));
	expect_program(&t, 6, 6, 6);
	t.gpr[4] = (uint64_t)block;
	try(&t, "csp, odd register", PSW_64BIT, CODE(".long 0xb2500034"));
	expect_program(&t, 6, 4, 4);
	t.gpr[2] = 0;
	t.gpr[4] = 0x7fff0000;
	try(&t, "csp, addressing", PSW_64BIT, CODE("csp 2,4"));
	expect_program(&t, 5, 4, 4);
}

static void test_block(void)
{
	memset(block, 0x77, 4096);
	t.gpr[0] = 0;
	t.gpr[3] = (uint64_t)block + 0x123;
	try(&t, "tb", PSW_64BIT, CODE("tb 0,3"));
	expect_done(&t, 0);
	expect("the block is cleared", !block[0] && !block[511]);
}

static void moves(void)
{
	uint8_t *bytes = (uint8_t *)block;

	memset(block, 0, 4096);
	memcpy(bytes, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	t.gpr[0] = 0;
	t.gpr[1] = (uint64_t)block + 100;
	t.gpr[2] = (uint64_t)block;
	t.gpr[3] = 8;
	try(&t, "mvcos", PSW_64BIT, CODE("mvcos 0(1),0(2),3"));
	if (t.end == END_PROGRAM && t.code == 1)
		differs("operation exception");
	else if (t.end == END_PROGRAM)
		expect_program(&t, 0x13, 6, 6); /* DAT is off */
	t.gpr[0] = 0;
	t.gpr[1] = (uint64_t)block + 200;
	try(&t, "mvck", PSW_64BIT, CODE("mvck 0(3,1),0(2),0"));
	if (t.end == END_PROGRAM && t.code == 1)
		differs("operation exception");
	else
		expect("bytes moved", t.end == END_SVC && !memcmp(bytes + 200, bytes, 8));
	t.gpr[0] = 7;
	t.gpr[1] = 0;
	t.gpr[4] = (uint64_t)block + 300;
	t.gpr[1] = 7; /* length less one in register 0, key in 1 */
	try(&t, "mvcdk", PSW_64BIT, CODE("lghi 0,7\n lghi 1,0\n mvcdk 0(4),0(2)"));
	if (t.end == END_PROGRAM && t.code == 1)
		differs("operation exception");
	else
		expect("bytes moved", t.end == END_SVC && !memcmp(bytes + 300, bytes, 8));
}

/* What only a machine under CP has: it says that it is virtual, in a partition, in a machine. */
static void under_cp(void)
{
	static const struct {
		const char *name;
		uint32_t function, selector;
	} blocks[] = {
		{"stsi 1.2.1", 0x10000002, 1}, {"stsi 1.2.2", 0x10000002, 2}, {"stsi 2.2.1", 0x20000002, 1},
		{"stsi 2.2.2", 0x20000002, 2}, {"stsi 3.2.2", 0x30000002, 2},
	};
	static const uint8_t program[] = {0xa9, 0x61, 0xe5, 0xd4}; /* z/VM */
	uint64_t identity;

	__asm__ volatile("stidp %0" : "=Q"(identity));
	if (identity >> 56 != 0xff)
		return;
	print("stidp: version FF\n");
	for (unsigned i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		t.gpr[0] = blocks[i].function;
		t.gpr[1] = blocks[i].selector;
		t.gpr[5] = (uint64_t)block;
		memset(block, 0xee, 4096);
		try(&t, blocks[i].name, PSW_64BIT, CODE("stsi 0(5)"));
		expect_done(&t, 0);
		expect("the whole page is stored", block[511] == 0);
	}
	expect("one level", ((uint8_t *)block)[31] == 1);
	expect("one CPU", ((uint16_t *)block)[18] == 1);
	expect("its control program", !memcmp((uint8_t *)block + 56, program, sizeof(program)));
}

static void move_source_key(void)
{
	uint8_t *bytes = (uint8_t *)block;

	memset(block, 0, 4096);
	memcpy(bytes, "\x01\x02\x03\x04\x05\x06\x07\x08", 8);
	t.gpr[2] = (uint64_t)block;
	t.gpr[4] = (uint64_t)block + 400;
	try(&t, "mvcsk", PSW_64BIT, CODE("lghi 0,7\n lghi 1,0\n mvcsk 0(4),0(2)"));
	if (t.end == END_PROGRAM && t.code == 1)
		differs("operation exception");
	else
		expect("bytes moved", t.end == END_SVC && !memcmp(bytes + 400, bytes, 8));
}

static void system_information(void)
{
	t.gpr[0] = t.gpr[1] = 0;
	try(&t, "stsi, what level", PSW_64BIT, CODE("stsi 0"));
	expect_done(&t, 0);
	expect("a level from 1 to 3", (t.gpr[0] >> 28 & 15) >= 1 && (t.gpr[0] >> 28 & 15) <= 3);
	memset(block, 0, 4096);
	t.gpr[0] = 0x10000001;
	t.gpr[1] = 1;
	t.gpr[5] = (uint64_t)block;
	try(&t, "stsi 1.1.1", PSW_64BIT, CODE("stsi 0(5)"));
	expect_done(&t, 0);
	expect("a manufacturer in EBCDIC", ((uint8_t *)block)[32] >= 0x40);
	t.gpr[0] = 0x1000000f;
	t.gpr[1] = 1;
	try(&t, "stsi, no such selector", PSW_64BIT, CODE("stsi 0(5)"));
	expect_done(&t, 3);
	t.gpr[0] = 0x70000001;
	t.gpr[1] = 1;
	try(&t, "stsi, no such level", PSW_64BIT, CODE("stsi 0(5)"));
	expect_done(&t, 3);
	t.gpr[0] = 0x10000f01;
	t.gpr[1] = 1;
	try(&t, "stsi, reserved bits", PSW_64BIT, CODE("stsi 0(5)"));
	expect_program(&t, 6, 4, 4);
	t.gpr[0] = 0x10000001;
	t.gpr[1] = 1;
	t.gpr[5] = (uint64_t)block + 8;
	try(&t, "stsi, not on a page", PSW_64BIT, CODE("stsi 0(5)"));
	expect_program(&t, 6, 4, 4);
}

int main(void)
{
	block = page_new(1);
	keys();
	key_protection();
	real_storage();
	compare_and_swap();
	test_block();
	moves();
	move_source_key();
	system_information();
	under_cp();
	return failures;
}
