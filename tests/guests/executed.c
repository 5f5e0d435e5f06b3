/*
 * EXECUTE and EXECUTE RELATIVE LONG of instructions that only an operating system uses, of two, four and six bytes: the old PSW is past
 * the EXECUTE, the modifier is ored in, the length is that of the EXECUTE. And relative-long stores, whose operand lies beside the code.
 * Before it: control.c. After it: spaces.c.
 * Known simplification: instructions that need DAT are in spaces.c.
 */
#include "runtime/guest.h"

static struct trial t;
static uint64_t operand[32] __attribute__((aligned(256)));

/* Register 5 has the modifier, 1 the operand's address, 4 the target's. */
#define EX(target)   CODE("larl 4,1f\n ex 5,0(4)\n j 2f\n .balign 8\n1: " target "\n2: lr 0,0")
#define EXRL(target) CODE("exrl 5,1f\n j 2f\n .balign 8\n1: " target "\n2: lr 0,0")

static void run(const char *name, uint64_t mask, unsigned modifier, const void *code)
{
	memset(operand, 0, sizeof(operand));
	t.gpr[1] = (uint64_t)operand;
	t.gpr[5] = modifier;
	try(&t, name, mask, code);
}

static void two_bytes(void)
{
	t.gpr[0] = 0x1234;
	run("sckpf, by EX", PSW_64BIT, 0, EX(".word 0x0107"));
	expect_done(&t, 0);
	run("sckpf, by EXRL", PSW_64BIT, 0, EXRL(".word 0x0107"));
	expect_done(&t, 0);
	t.gpr[0] = 0x12340000;
	run("sckpf, by EX, bits that must be zero", PSW_64BIT, 0, EX(".word 0x0107"));
	expect_program(&t, 6, 4, 10);
	run("sckpf, by EXRL, problem state", PSW_64BIT | PSW_PROBLEM, 0, EXRL(".word 0x0107"));
	expect_program(&t, 2, 6, 6);
	t.gpr[0] = 0;
}

static void four_bytes(void)
{
	run("stap, by EX", PSW_64BIT, 0, EX("stap 8(1)"));
	expect_done(&t, 0);
	operand[2] = 0x1111111111111111;
	run("stctl, by EX: registers in the modifier", PSW_64BIT, 0x13, EX("stctl 0,0,16(1)"));
	expect_done(&t, 0);
	run("stctl, by EXRL: registers in the modifier", PSW_64BIT, 0xee, EXRL("stctl 0,0,16(1)"));
	expect_done(&t, 0);
	expect("control register 14", operand[2] == control_get(14) << 32);
	run("stnsm, by EX: mask in the modifier", PSW_64BIT | PSW_IO | PSW_EXTERNAL, 0xfe,
	    EX("stnsm 8(1),0"));
	expect_done(&t, 0);
	expect("mask as it was", operand[1] >> 56 == 3);
	expect("anded", t.mask >> 56 == 2);
	run("iske, by EX", PSW_64BIT, 0, EX("iske 3,1"));
	expect_done(&t, 0);
	t.gpr[7] = 0x0102030405060708;
	run("sturg, by EXRL", PSW_64BIT, 0, EXRL("sturg 7,1"));
	expect_done(&t, 0);
	expect("stored", operand[0] == 0x0102030405060708);
	run("epsw, by EX", PSW_64BIT | 0x0030000000000000UL, 0, EX(".long 0xb98d0089"));
	expect_done(&t, 0);
	expect("the PSW's words", (uint32_t)t.gpr[8] == 0x00300001 && (uint32_t)t.gpr[9] == 0x80000000);
	run("epsw, by EXRL", PSW_64BIT, 0, EXRL(".long 0xb98d0089"));
	expect_done(&t, 0);
	expect("the PSW's words", (uint32_t)t.gpr[8] == 0x00000001 && (uint32_t)t.gpr[9] == 0x80000000);
	t.gpr[0] = 0;
	run("stfle, by EX", PSW_64BIT, 0, EX(".long 0xb2b01008"));
	expect_done(&t, -1);
	expect("z/Architecture", operand[1] >> 61 == 7);
	run("lpswe, by EX", PSW_64BIT, 0,
	    CODE("larl 4,1f\n mvghi 0(1),1\n mvi 3(1),0\n larl 2,2f\n stg 2,8(1)\n mvghi 0(1),0\n "
		 "oi 3(1),1\n oi 4(1),0x80\n ex 5,0(4)\n j 3f\n .balign 8\n1: lpswe 0(1)\n"
		 "2: la 9,77\n3: lr 0,0"));
	expect_done(&t, 0);
	expect("it went there", t.gpr[9] == 77);
	t.gpr[1] = 0x7fffffffffff0000;
	t.gpr[5] = 0;
	try(&t, "stap, by EX, addressing", PSW_64BIT, EX("stap 8(1)"));
	expect_program(&t, 5, 4, 10);
	run("stpx, by EXRL, operand not on a word", PSW_64BIT, 0, EXRL("stpx 2(1)"));
	expect_program(&t, 6, 6, 6);
}

static void six_bytes(void)
{
	run("stctg, by EX: registers in the modifier", PSW_64BIT, 0xef, EX("stctg 0,0,16(1)"));
	expect_done(&t, 0);
	expect("control registers 14 and 15", operand[2] == control_get(14) && operand[3] == control_get(15));
	run("lctlg, by EXRL", PSW_64BIT, 0,
	    CODE("mvghi 16(1),0x123\n exrl 0,1f\n j 2f\n1: lctlg 9,9,16(1)\n2: lctlg 10,10,24(1)"));
	expect_done(&t, 0);
	expect("loaded", control_get(9) == 0x123);
	control_set(9, 0);
	run("tprot, by EX", PSW_64BIT, 0, EX("tprot 0(1),0"));
	expect_done(&t, 0);
	run("stctg, by EX, operand not on a doubleword", PSW_64BIT, 0, EX("stctg 0,0,20(1)"));
	expect_program(&t, 6, 4, 10);
	run("lctlg, by EXRL, problem state", PSW_64BIT | PSW_PROBLEM, 0, EXRL("lctlg 9,9,16(1)"));
	expect_program(&t, 2, 6, 6);
}

/* Stores by an address relative to the instruction: they are fetches by the code's way to storage, but stores they are. */
static void relative_stores(void)
{
	t.gpr[7] = 0x0102030405060708;
	run("strl", PSW_64BIT, 0, CODE("strl 7,1f\n j 2f\n .balign 8\n1: .quad 0\n2: larl 6,1b\n lg 3,0(6)"));
	expect_done(&t, -1);
	expect("a word", t.gpr[3] == 0x0506070800000000);
	t.gpr[7] = 0x0102030405060708;
	run("sthrl", PSW_64BIT, 0,
	    CODE("sthrl 7,1f\n j 2f\n .balign 8\n1: .quad 0\n2: larl 6,1b\n lg 3,0(6)"));
	expect_done(&t, -1);
	expect("a halfword", t.gpr[3] == 0x0708000000000000);
	run("stgrl", PSW_64BIT, 0,
	    CODE("stgrl 7,1f\n j 2f\n .balign 8\n1: .quad 0\n2: larl 6,1b\n lg 3,0(6)"));
	expect_done(&t, -1);
	expect("a doubleword", t.gpr[3] == 0x0102030405060708);
	run("stgrl, again, and the code after it changes", PSW_64BIT, 0,
	    CODE("larl 6,3f\n lg 7,0(6)\n stgrl 7,1f\n j 1f\n .balign 8\n1: la 9,1\n la 9,2\n j 2f\n .balign 8\n3: la 9,55\n lr 0,0\n lr 0,0\n2: lr 0,0"));
	expect_done(&t, -1);
	expect("the new instruction was executed", t.gpr[9] == 55);
	run("strl, operand not on a word", PSW_64BIT, 0,
	    CODE(".word 0xc47f,0,5\n j 2f\n .balign 4\n .long 0,0,0\n2: lr 0,0"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else
		expect_program(&t, 6, 6, 6);
}

int main(void)
{
	two_bytes();
	four_bytes();
	six_bytes();
	relative_stores();
	return failures;
}
