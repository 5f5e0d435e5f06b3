/*
 * What a guest must never see: that it is not alone. EPSW shows supervisor state, STFLE a list that CP chose, wherever the
 * instruction stands: fetched, executed by EX, just written, on a page with other data.
 * Before it: instruction-view.c, which shows the trick. After it: monitor.c.
 * Known simplification: an operand that looks like EPSW is not tried; CP's page scan takes it for one.
 */
#include "runtime/guest.h"

#define EXTENDED  1U /* PSW bit 31: 64-bit addressing, with bit 32 */
#define UNTOUCHED 0x5555555555555555UL

static struct trial t;

static void epsw_in(const char *name, uint64_t mask, uint32_t high)
{
	t.gpr[2] = t.gpr[3] = UNTOUCHED;
	try(&t, name, mask, CODE("epsw 2,3"));
	expect_done(&t, -1);
	expect("left halves stay", (t.gpr[2] & t.gpr[3]) >> 32 == UNTOUCHED >> 32);
	expect("PSW bits 0-31", (uint32_t)t.gpr[2] == (high | EXTENDED));
	expect("PSW bits 32-63", (uint32_t)t.gpr[3] == (uint32_t)PSW_64BIT);
}

static void epsw_everywhere(void)
{
	epsw_in("epsw, supervisor", PSW_64BIT, 0);
	epsw_in("epsw, problem", PSW_64BIT | PSW_PROBLEM, 0x00010000);
	epsw_in("epsw, key 3, masks, cc 2", PSW_64BIT | 0x00f02f0000000000UL, 0x00f02f00);
	epsw_in("epsw, enabled", PSW_64BIT | PSW_IO, 0x02000000);
	t.gpr[2] = t.gpr[3] = UNTOUCHED;
	try(&t, "epsw, second operand 0", PSW_64BIT, CODE("epsw 2,0"));
	expect("first register only", t.gpr[3] == UNTOUCHED && (uint32_t)t.gpr[2] == EXTENDED);
	t.gpr[2] = t.gpr[3] = UNTOUCHED;
	try(&t, "epsw, executed", PSW_64BIT, CODE("exrl 0,1f\n j 2f\n1: epsw 2,3\n2: lr 0,0"));
	expect_done(&t, -1);
	expect("PSW bits 0-31", (uint32_t)t.gpr[2] == EXTENDED);
	t.gpr[2] = t.gpr[3] = UNTOUCHED;
	try(&t, "epsw, executed by EX", PSW_64BIT,
	    CODE("larl 4,1f\n ex 0,0(4)\n j 2f\n1: epsw 2,3\n2: lr 0,0"));
	expect("PSW bits 0-31", (uint32_t)t.gpr[2] == EXTENDED);
}

/* Code that is stored and executed at once, again and again, on one page: CP's idea of the page must follow. */
static void epsw_written(void)
{
	static const uint32_t epsw = 0xb98d0023, lgr = 0xb9040022;
	uint32_t *page = page_new(1);
	int bad = 0;

	for (int round = 0; round < 20; round++) {
		page[0] = round & 1 ? epsw : lgr;
		page[1] = 0x0aff0000; /* SVC 255 */
		t.gpr[2] = UNTOUCHED;
		t.mask = PSW_64BIT;
		t.address = (uint64_t)page;
		trial_run(&t);
		bad += t.end != END_SVC || (uint32_t)t.gpr[2] != (round & 1 ? EXTENDED : (uint32_t)UNTOUCHED);
	}
	t.gpr[1] = (uint64_t)page;
	try(&t, "epsw, stored and executed in turn", PSW_64BIT, CODE("lr 0,0"));
	expect("each round did what stood there", !bad);
	expect("the page reads as written", page[0] == epsw);
}

/* Reads of a page that has an EPSW must give the guest's own bytes, by ordinary and by relative-long instructions. */
static void epsw_read(void)
{
	t.gpr[2] = 0;
	try(&t, "epsw, read as data", PSW_64BIT, CODE("larl 4,1f\n l 2,0(4)\n j 2f\n1: epsw 2,3\n2: lr 0,0"));
	expect("its own bytes", (uint32_t)t.gpr[2] == 0xb98d0023);
	t.gpr[2] = 0;
	try(&t, "epsw, read by LRL", PSW_64BIT, CODE("lrl 2,1f\n j 2f\n.balign 4\n1: epsw 2,3\n2: lr 0,0"));
	if ((uint32_t)t.gpr[2] != 0xb98d0023)
		differs("not its own bytes");
}

/* The last two bytes of a page and the first two of the next one. */
static void epsw_across(void)
{
	uint8_t *pages = page_new(2);
	static const uint8_t epsw[] = {0xb9, 0x8d, 0x00, 0x23, 0x0a, 0xff};

	memcpy(pages + 4094, epsw, sizeof(epsw));
	t.gpr[2] = UNTOUCHED;
	try(&t, "epsw, across a page boundary", PSW_64BIT, pages + 4094);
	expect_done(&t, -1);
	expect("PSW bits 0-31", (uint32_t)t.gpr[2] == EXTENDED);
	expect("the pages read as written", !memcmp(pages + 4094, epsw, sizeof(epsw)));
}

static void stfle_everywhere(void)
{
	static uint64_t list[4];

	memset(list, 0xaa, sizeof(list));
	t.gpr[0] = 2;
	t.gpr[1] = (uint64_t)list;
	try(&t, "stfle, three doublewords", PSW_64BIT, CODE(".insn s,0xb2b00000,0(1)"));
	expect("not interrupted", t.end == END_SVC);
	print("facilities %016lX %016lX\n", list[0], list[1]);
	expect("z/Architecture installed and active", (list[0] >> 61 & 3) == 3);
	expect("no store beyond what was asked", list[3] == 0xaaaaaaaaaaaaaaaa);
	memset(list, 0xaa, sizeof(list));
	t.gpr[0] = 0;
	try(&t, "stfle, one doubleword", PSW_64BIT | PSW_PROBLEM, CODE(".insn s,0xb2b00000,0(1)"));
	expect("not interrupted", t.end == END_SVC);
	expect("one doubleword and cc 3 when there are more", list[1] == 0xaaaaaaaaaaaaaaaa);
	expect("register 0 tells how many there are", (trial_cc(&t) == 3) == ((t.gpr[0] & 0xff) > 0));
	try(&t, "stfl", PSW_64BIT, CODE("stfl 0"));
	expect_done(&t, -1);
	expect("the first word of STFLE", LOW(uint32_t, 0xc8) >> 1 == list[0] >> 33);
	t.gpr[0] = 0;
	t.gpr[1] = (uint64_t)list + 4;
	try(&t, "stfle, operand not on a doubleword", PSW_64BIT, CODE(".insn s,0xb2b00000,0(1)"));
	if (t.end == END_SVC)
		differs("no specification exception");
	else
		expect_program(&t, 6, 4, 4);
}

int main(void)
{
	epsw_everywhere();
	epsw_written();
	epsw_read();
	epsw_across();
	stfle_everywhere();
	return failures;
}
