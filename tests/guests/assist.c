/*
 * SSM, STNSM and STOSM in long rows, as a kernel issues them: CP has a short cut for these (SET ASSIST), which must leave
 * the same machine as its plain way does. Each trial begins with what the short cut takes and ends at one of its borders.
 * Before it: control.c. After it: timer.c.
 * Known simplification: a border that would need translation (the DAT bit in the mask) is dat.c's.
 */
#include "runtime/guest.h"

#define COMPARATOR      0x800UL
#define LOW_PROTECT     0x10000000UL
#define SSM_SUPPRESSION 0x40000000UL
#define FAR_AWAY        0xffffffff00000000UL
#define ROUNDS          300

static struct trial t;
static uint8_t operand[2][4096] __attribute__((aligned(4096)));

static void comparator_set(uint64_t value)
{
	__asm__ volatile("sckc %0" : : "Q"(value));
}

static void begin(void)
{
	memset(operand, 0, sizeof(operand));
	t.gpr[0] = (uint64_t)operand + 64; /* as a base, register 0 is not used */
	t.gpr[1] = (uint64_t)operand;
	t.gpr[15] = (uint64_t)operand + 4095;
	t.gpr[5] = ROUNDS;
	t.gpr[6] = 0;
}

/* Two loads of the interruption masks and two changes a round; the stored bytes are added up, so that a wrong one shows. */
#define ROW                                                                                                  \
	"0: mvi 0(1),0x02\n ssm 0(1)\n stosm 1(1),0x01\n stnsm 0(15),0xfd\n stosm 4095(1),0x03\n"            \
	"   ic 7,1(1)\n ar 6,7\n ic 7,0(15)\n ar 6,7\n brct 5,0b\n"

static void row_expect(const char *what, unsigned rounds)
{
	/* stored by the first STOSM: 02; by STNSM: 03, over which the second STOSM stores 01 */
	expect(what, (uint32_t)t.gpr[6] == rounds * (2 + 1) && operand[0][1] == 2 && operand[0][4095] == 1);
}

static void rows(void)
{
	begin();
	t.gpr[7] = 0;
	try(&t, "a long row", PSW_64BIT, CODE(ROW));
	expect_done(&t, -1);
	expect("masks at the end", t.mask >> 56 == 3);
	row_expect("what was stored", ROUNDS);
	begin();
	t.gpr[7] = 0;
	try(&t, "a long row, 31-bit addressing", 0x80000000, CODE(ROW));
	expect_done(&t, -1);
	row_expect("what was stored", ROUNDS);
	begin();
	try(&t, "over the end of a page", PSW_64BIT,
	    CODE("stosm 0(15),1\n stosm 1(15),2\n stnsm 2(15),0\n ssm 0(15)"));
	expect_done(&t, -1);
	expect("stored on both sides", operand[0][4095] == 0 && operand[1][0] == 1 && operand[1][1] == 3);
	begin();
	try(&t, "base register 0", PSW_64BIT,
	    CODE("stosm 0(1),3\n stnsm 0x3f8(0),0xfe\n stosm 1(1),1\n ssm 0x3f8(0)"));
	expect_done(&t, -1);
	expect("stored low, not by the register",
	       LOW(uint8_t, 0x3f8) == 3 && operand[0][64] == 0 && operand[0][1] == 2);
}

static void borders(void)
{
	uint64_t control0 = control_get(0);

	begin();
	try(&t, "then the PER bit", PSW_64BIT,
	    CODE("stosm 0(1),3\n stosm 1(1),0x40\n stnsm 2(1),0xbf\n stnsm 3(1),0"));
	expect_done(&t, -1);
	expect("each mask",
	       operand[0][0] == 0 && operand[0][1] == 3 && operand[0][2] == 0x43 && operand[0][3] == 3);
	begin();
	try(&t, "then the problem state", PSW_64BIT | PSW_PROBLEM, CODE("stosm 0(1),3"));
	expect_program(&t, 2, 4, 4);
	expect("nothing stored", operand[0][0] == 0);
	begin();
	control_set(0, control0 | LOW_PROTECT);
	try(&t, "then a protected place", PSW_64BIT,
	    CODE("stosm 0(1),3\n stnsm 1(1),0xfe\n stosm 0x80(0),1"));
	control_set(0, control0);
	expect_program(&t, 4, 4, 12);
	expect("the mask is as it was before that", t.mask >> 56 == 2);
	begin();
	control_set(0, control0 | SSM_SUPPRESSION);
	try(&t, "then SSM, suppressed", PSW_64BIT, CODE("stosm 0(1),3\n stnsm 1(1),0xfe\n ssm 0(1)"));
	control_set(0, control0);
	if (t.end == END_SVC)
		differs("SSM is not suppressed");
	else
		expect_program(&t, 0x13, 4, 12);
}

/* The comparator is long due and enabled: what opens the external mask is followed by it. */
static void opens(void)
{
	uint64_t control0 = control_get(0);

	begin();
	comparator_set(1);
	control_set(0, control0 | COMPARATOR);
	try(&t, "then a pending interruption", PSW_64BIT,
	    CODE("stosm 0(1),2\n stnsm 1(1),0\n stosm 2(1),2\n stosm 3(1),1\n lhi 6,1\n lhi 6,2"));
	comparator_set(FAR_AWAY);
	control_set(0, control0);
	if (t.end == END_SVC || (uint32_t)t.gpr[6] != 0)
		differs("interruption comes later");
	else
		expect("external interruption", t.end == END_EXTERNAL && t.code == 0x1004);
	expect("all were done before", operand[0][1] == 2 && operand[0][2] == 0 && operand[0][3] == 2);
}

int main(void)
{
	rows();
	borders();
	opens();
	return failures;
}
