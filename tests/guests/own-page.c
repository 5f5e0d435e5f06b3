/*
 * Instructions that store into the page they stand in, of the kinds that CP does not simulate: what they store, their condition code,
 * the one from before them, and the guest's own program-event recording of them.
 * Before it: executed.c. After it: spaces.c.
 * Known simplification: one page.
 */
#include "runtime/guest.h"

static struct trial t;

/* Register 6 points to sixteen bytes beside the code; afterwards they are in 8 and 9. */
#define OWN(text)                                                                                            \
	CODE(" larl 6,1f\n" text                                                                             \
	     "\n lmg 8,9,0(6)\n j 2f\n .balign 8\n1: .quad 0x1122334455667788, 0\n2: lr 0,0")
#define LOW_FIRST " lhi 2,1\n chi 2,2\n" /* condition code 1 */

static void run(const char *name, const void *code, int cc, uint64_t left, uint64_t right)
{
	for (int i = 0; i < 16; i++)
		t.gpr[i] = 0;
	t.gpr[7] = 0x0102030405060708;
	t.gpr[11] = 0x55;
	try(&t, name, PSW_64BIT, code);
	expect_done(&t, cc);
	expect("left doubleword", t.gpr[8] == left);
	expect("right doubleword", t.gpr[9] == right);
}

static void stores(void)
{
	run("stcm", OWN(LOW_FIRST "stcm 7,5,0(6)"), 1, 0x0608334455667788, 0);
	run("mvghi", OWN(LOW_FIRST "mvghi 8(6),-2"), 1, 0x1122334455667788, -2UL);
	run("strvg", OWN(LOW_FIRST "strvg 7,8(6)"), 1, 0x1122334455667788, 0x0807060504030201);
	run("std", OWN(LOW_FIRST "std 0,0(6)\n ld 0,8(6)\n stg 7,0(6)"), 1, 0x0102030405060708, 0);
	run("stam", OWN(LOW_FIRST "sar 3,7\n stam 3,3,12(6)"), 1, 0x1122334455667788, 0x05060708);
	run("mvn", OWN(LOW_FIRST "mvn 8(4,6),0(6)"), 1, 0x1122334455667788, 0x0102030400000000);
	run("tr", OWN("xc 8(8,6),8(6)\n tr 8(2,6),0(6)"), -1 /* QEMU's own TR loses it */, 0x1122334455667788,
	    0x1111000000000000);
}

static void with_condition(void)
{
	run("cs, equal", OWN("l 2,0(6)\n lr 3,7\n cs 2,3,0(6)"), 0, 0x0506070855667788, 0);
	run("cs, unequal", OWN("lr 3,7\n lhi 2,1\n cs 2,3,0(6)"), 1, 0x1122334455667788, 0);
	run("csg, equal", OWN("lg 2,0(6)\n lgr 3,7\n csg 2,3,0(6)"), 0, 0x0102030405060708, 0);
	run("agsi, to below zero", OWN("lhi 2,0\n chi 2,0\n agsi 8(6),-1"), 1, 0x1122334455667788, -1UL);
	run("asi, to above zero", OWN("lhi 2,0\n chi 2,0\n asi 8(6),9"), 2, 0x1122334455667788, 9UL << 32);
	run("mvcl", OWN("la 2,8(6)\n lhi 3,8\n lgr 4,6\n lhi 5,4\n mvcl 2,4"), 2, 0x1122334455667788,
	    0x1122334400000000);
}

static void executed(void)
{
	run("stcm, by EX", OWN("larl 4,3f\n" LOW_FIRST "ex 0,0(4)\n j 4f\n3: stcm 7,5,0(6)\n4: lr 0,0"), 1,
	    0x0608334455667788, 0);
	run("mvc, by EX",
	    OWN("lhi 5,3\n larl 4,3f\n" LOW_FIRST "ex 5,0(4)\n j 4f\n3: mvc 8(1,6),0(6)\n4: lr 0,0"), 1,
	    0x1122334455667788, 0x1122334400000000);
	run("oi, by EXRL", OWN("exrl 11,3f\n j 4f\n3: oi 8(6),0\n4: lr 0,0"), 1, 0x1122334455667788,
	    0x5500000000000000);
}

/* A loop that stores into its own page many times: each store is one, and none is done twice. */
static void many(void)
{
	run("agsi, 2,000 times", OWN("lhi 2,2000\n3: agsi 8(6),1\n brct 2,3b\n chi 2,1"), 1,
	    0x1122334455667788, 2000);
	run("stcm and new code, 500 times",
	    OWN("lhi 2,500\n lhi 10,0\n3: lr 3,2\n larl 4,5f\n stcm 3,3,2(4)\n j 5f\n .balign 4\n5: la 12,0\n aghi 10,1\n brct 2,3b\n"
		" nilf 12,0xfff\n chi 12,2"),
	    1, 0x1122334455667788, 0);
	expect("five hundred rounds", t.gpr[10] == 500);
	expect("the last instruction that was stored", t.gpr[12] == 1);
}

/* What CP goes through by itself once it has done the first store. */
static void loops(void)
{
	run("l, ahi, st and brct, 20 times", OWN("lhi 2,20\n3: l 3,8(6)\n ahi 3,7\n st 3,8(6)\n brct 2,3b"),
	    2, 0x1122334455667788, 140UL << 32);
	expect("counted to zero", (uint32_t)t.gpr[2] == 0);
	run("aghi, stg and brctg, 1,000 times",
	    OWN("lghi 2,1000\n lghi 3,-1000\n3: aghi 3,1\n stg 3,8(6)\n brctg 2,3b"), 0, 0x1122334455667788,
	    0);
	run("st, ahi that overflows, st", OWN("lhi 3,-1\n srl 3,1\n st 3,8(6)\n ahi 3,1\n st 3,12(6)"), 3,
	    0x1122334455667788, 0x7fffffff80000000);
	run("st, ahi below zero, st", OWN("lghi 3,-1\n st 3,8(6)\n ahi 3,-1\n stg 3,8(6)"), 1,
	    0x1122334455667788, 0xfffffffffffffffe);
	run("sth into the loop's own ahi",
	    OWN("lhi 2,5\n lhi 3,0\n larl 4,3f\n3: ahi 3,1\n sth 2,2(4)\n brct 2,3b"), 2, 0x1122334455667788,
	    0);
	expect("1 and 5 and 4 and 3 and 2", t.gpr[3] == 15);
}

/* What is stored again and again among code, and then executed after all: CP had hidden it. */
static void hidden(void)
{
	run("one of two instructions, 500 times",
	    OWN("lhi 2,500\n lhi 12,0\n larl 4,5f\n3: lhi 3,0x1ac2\n tmll 2,1\n jo 4f\n lhi 3,0x1bc2\n"
		"4: sth 3,0(4)\n lr 0,0\n lr 0,0\n5: lr 0,0\n brct 2,3b\n chi 12,-250"),
	    0, 0x1122334455667788, 0);
	run("the same by EX",
	    OWN("lhi 2,500\n lhi 12,0\n larl 4,5f\n3: lhi 3,0x1ac2\n tmll 2,1\n jo 4f\n lhi 3,0x1bc2\n"
		"4: sth 3,0(4)\n ex 0,0(4)\n brct 2,3b\n chi 12,-250\n j 6f\n lr 0,0\n lr 0,0\n5: lr 0,0\n6: lr 0,0"),
	    0, 0x1122334455667788, 0);
	run("data that becomes an instruction's second half",
	    OWN("lhi 2,20\n larl 4,5f\n lhi 12,0\n3: sth 2,2(4)\n brct 2,3b\n lhi 3,0xa7ca - 0x10000\n sth 3,0(4)\n j 5f\n"
		" lr 0,0\n lr 0,0\n5: lr 0,0\n lr 0,0\n chi 12,1"),
	    0, 0x1122334455667788, 0);
	run("one that no machine knows",
	    OWN("lhi 2,20\n larl 4,5f\n3: sth 2,0(4)\n brct 2,3b\n j 6f\n lr 0,0\n lr 0,0\n5: lr 0,0\n6: chi 2,0"),
	    0, 0x1122334455667788, 0);
}

static void hidden_privileged(void)
{
	run("a privileged one that was hidden",
	    OWN("lhi 2,20\n larl 4,5f\n lghi 12,0\n3: sth 2,0(4)\n brct 2,3b\n lhi 3,0xb202 - 0x10000\n sth 3,0(4)\n j 5f\n"
		" lr 0,0\n lr 0,0\n5: .short 0x0700, 0x6008\n aghi 12,1\n lghi 13,0\n stg 13,8(6)\n chi 12,1"),
	    0, 0x1122334455667788, 0);
	run("relative load of what was hidden",
	    OWN("lhi 2,20\n larl 4,5f\n lghi 12,0\n3: sth 2,0(4)\n brct 2,3b\n lhi 3,0x1234\n sth 3,0(4)\n .insn ril,0xc40500000000,5,5f\n j 6f\n"
		" lr 0,0\n lr 0,0\n5: .short 0x0700\n6: chi 5,0x1234"),
	    0, 0x1122334455667788, 0);
}

static void recorded(void)
{
	const char *code = OWN(" stcm 7,5,0(6)\n la 2,1");

	control_set(9, 0x40000000);
	control_set(10, (uint64_t)code + 6);
	control_set(11, (uint64_t)code + 6);
	t.gpr[2] = 0;
	try(&t, "stcm, recorded as fetched", PSW_64BIT | PSW_PER, code);
	expect("PER interruption", t.end == END_PROGRAM && t.code == 0x80);
	if (t.end == END_PROGRAM && t.code == 0x80) {
		expect("past the store", t.address == (uint64_t)code + 10);
		expect("its address", t.per_address == (uint64_t)code + 6 && t.per_code >> 8 == 0x40);
	}
	control_set(9, 0);
	control_set(10, 0);
	control_set(11, 0);
}

int main(void)
{
	stores();
	with_condition();
	executed();
	many();
	loops();
	hidden();
	hidden_privileged();
	recorded();
	return failures;
}
