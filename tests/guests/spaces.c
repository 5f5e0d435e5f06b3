/*
 * Moves between address spaces: MVCOS from each space to each, MVCP and MVCS; lengths, keys, and faults in either operand.
 * Before it: dat.c. After it: authority.c.
 * Known simplification: no access registers.
 */
#include "runtime/guest.h"

#define INVALID           0x20UL
#define PAGE_INVALID      0x400UL
#define PROTECT           0x200UL
#define SHOWN             0x40000000UL
#define DAT               (PSW_64BIT | PSW_DAT)
#define SECONDARY_CONTROL 0x04000000UL

enum { PRIMARY, SECONDARY, HOME, SPACES };
static const int control[SPACES] = {1, 7, 13};
static const unsigned in_teid[SPACES] = {0, 2, 3};
static const char *const from_to[SPACES][SPACES] = {
	{"mvcos, primary to primary", "mvcos, primary to secondary", "mvcos, primary to home"},
	{"mvcos, secondary to primary", "mvcos, secondary to secondary", "mvcos, secondary to home"},
	{"mvcos, home to primary", "mvcos, home to secondary", "mvcos, home to home"},
};

static struct trial t;
static uint8_t *frames[SPACES]; /* of pages 0 and 1 at SHOWN; page 2 is page 0 protected, page 3 is invalid */
static uint64_t *lows[SPACES], *shown[SPACES]; /* the page tables: of the first segment, and at SHOWN */

static void space_build(int space)
{
	uint64_t *segments = page_new(4), *low = page_new(1), *pages = page_new(1);

	for (int i = 0; i < 2048; i++)
		segments[i] = INVALID;
	for (uint64_t i = 0; i < 256; i++) {
		low[i] = i << 12;
		pages[i] = PAGE_INVALID;
	}
	lows[space] = low;
	shown[space] = pages;
	frames[space] = page_new(2);
	for (int i = 0; i < 8192; i++)
		frames[space][i] = (uint8_t)(space * 64 + i % 61 + 1);
	pages[0] = (uint64_t)frames[space];
	pages[1] = (uint64_t)frames[space] + 4096;
	pages[2] = (uint64_t)frames[space] | PROTECT;
	segments[0] = (uint64_t)low;
	segments[SHOWN >> 20] = (uint64_t)pages;
	control_set(control[space], (uint64_t)segments | 3);
}

/* Operand-access control: this space, the PSW's key. */
static unsigned access_to(int space)
{
	static const unsigned bits[SPACES] = {0x0001, 0x0081, 0x00c1};

	return bits[space];
}

static void move(const char *name, uint64_t mask, uint64_t controls, uint64_t to, uint64_t from,
		 uint64_t length)
{
	t.gpr[0] = controls;
	t.gpr[1] = SHOWN + to;
	t.gpr[2] = SHOWN + from;
	t.gpr[3] = length;
	LOW(uint64_t, 0xa8) = 0;
	try(&t, name, mask, CODE("mvcos 0(1),0(2),3"));
}

static void expect_fault(unsigned code, unsigned advance, uint64_t page, int space)
{
	expect_program(&t, code, 6, advance);
	expect("page address in the exception identification", (t.teid & ~0xfffUL) == SHOWN + page);
	expect("address space in bits 62-63", (t.teid & 3) == in_teid[space]);
}

static void each(int from, int to)
{
	uint64_t controls = (uint64_t)access_to(to) << 16 | access_to(from);

	memset(frames[to] + 0x800, 0, 0x100);
	move(from_to[from][to], DAT, controls, 0x800, 0x100, 40);
	expect_done(&t, 0);
	expect("forty bytes", !memcmp(frames[to] + 0x800, frames[from] + 0x100, 40) && !frames[to][0x828]);
	memset(frames[to] + 0xff0, 0, 0x20);
	move("  across two pages", DAT, controls, 0xff0, 0x200, 32);
	expect_done(&t, 0);
	expect("on either page", !memcmp(frames[to] + 0xff0, frames[from] + 0x200, 32));
	move("  nothing", DAT, controls, 0x3000, 0x3000, 0);
	expect_done(&t, 0);
	move("  more than 4,096", DAT, controls, 0x800, 0x900, 4097);
	expect_done(&t, 3);
	move("  exactly 4,096", DAT, controls, 0x800, 0x900, 4096);
	expect_done(&t, 0);
	move("  source invalid", DAT, controls, 0x800, 0x3000, 8);
	expect_fault(0x11, 0, 0x3000, from);
	move("  target invalid", DAT, controls, 0x3000, 0x100, 8);
	expect_fault(0x11, 0, 0x3000, to);
	move("  target protected", DAT, controls, 0x2000, 0x100, 8);
	expect_fault(4, 6, 0x2000, to);
	move("  source protected", DAT, controls, 0x800, 0x2100, 8);
	expect_done(&t, 0);
}

/* Without the A bit an operand is in the space the PSW names. */
static void current_space(void)
{
	static const uint64_t modes[SPACES] = {PSW_PRIMARY, PSW_SECONDARY, PSW_HOME};
	static const char *const names[SPACES] = {"mvcos, the current space: primary",
						  "mvcos, the current space: secondary",
						  "mvcos, the current space: home"};

	for (int space = 0; space < SPACES; space++) {
		memset(frames[space] + 0x800, 0, 16);
		move(names[space], DAT | modes[space], 0, 0x800, 0x300, 16);
		expect_done(&t, 0);
		expect("sixteen bytes", !memcmp(frames[space] + 0x800, frames[space] + 0x300, 16));
	}
	move("mvcos, DAT off", PSW_64BIT, 0, 0x800, 0x300, 16);
	expect_program(&t, 0x13, 6, 6);
}

static void allowed(void)
{
	if (t.end == END_PROGRAM && t.code == 2)
		differs("privileged operation");
	else
		expect_done(&t, 0);
}

/* Which spaces and keys a program may name. */
static void authority(void)
{
	move("mvcos, key 0 not allowed, problem state", DAT | PSW_PROBLEM, 0, 0x800, 0x100, 8);
	expect_program(&t, 2, 6, 6);
	control_set(3, 0x80000000); /* key mask: key 0 only */
	move("mvcos, home from the problem state", DAT | PSW_PROBLEM, access_to(HOME) << 16, 0x800, 0x100, 8);
	expect_program(&t, 0x13, 6, 6);
	move("mvcos, key 0 allowed, problem state", DAT | PSW_PROBLEM, 0x00030003, 0x800, 0x100, 8);
	allowed();
	control_set(3, 0x00800000); /* key 8 only */
	__asm__ volatile("sske %0,%1" : : "d"(0x80UL), "a"(frames[PRIMARY]));
	move("mvcos, key 8 allowed, problem state", DAT | PSW_PROBLEM, 0x80038003, 0x800, 0x100, 8);
	allowed();
	move("mvcos, key 9 not allowed, problem state", DAT | PSW_PROBLEM, 0x80039003, 0x800, 0x100, 8);
	expect_program(&t, 2, 6, 6);
	move("mvcos, key 9 into key 8", DAT, 0x90038003, 0x800, 0x100, 8);
	if (t.end == END_SVC)
		differs("keys are not enforced");
	else
		expect_program(&t, 4, 6, 6);
	__asm__ volatile("sske %0,%1" : : "d"(0UL), "a"(frames[PRIMARY]));
	control_set(3, 0);
	control_set(0, control_get(0) & ~SECONDARY_CONTROL);
	move("mvcos, secondary without its control", DAT, access_to(SECONDARY), 0x800, 0x100, 8);
	expect_program(&t, 0x13, 6, 6);
	control_set(0, control_get(0) | SECONDARY_CONTROL);
}

#define MVCP CODE("mvcp 0(3,1),0(2),4")
#define MVCS CODE("mvcs 0(3,1),0(2),4")

static void between(const char *name, uint64_t mask, const void *code, uint64_t to, uint64_t from,
		    uint64_t length)
{
	t.gpr[1] = SHOWN + to;
	t.gpr[2] = SHOWN + from;
	t.gpr[3] = length;
	t.gpr[4] = 0;
	LOW(uint64_t, 0xa8) = 0;
	try(&t, name, mask, code);
}

static void primary_and_secondary(const char *name, uint64_t mask)
{
	memset(frames[PRIMARY] + 0x800, 0, 512);
	between(name, mask, MVCP, 0x800, 0x123, 100);
	expect_done(&t, 0);
	expect("a hundred bytes from secondary",
	       !memcmp(frames[PRIMARY] + 0x800, frames[SECONDARY] + 0x123, 100) && !frames[PRIMARY][0x864]);
	memset(frames[SECONDARY] + 0x800, 0, 512);
	between("  mvcs", mask, MVCS, 0x800, 0x223, 256);
	expect_done(&t, 0);
	expect("256 bytes from primary", !memcmp(frames[SECONDARY] + 0x800, frames[PRIMARY] + 0x223, 256));
	memset(frames[SECONDARY] + 0x800, 0, 512);
	between("  mvcs, more than 256", mask, MVCS, 0x800, 0x223, 257);
	expect_done(&t, 3);
	expect("256 of them", frames[SECONDARY][0x8ff] && !frames[SECONDARY][0x900]);
	between("  mvcp, nothing", mask, MVCP, 0x3000, 0x3000, 0);
	expect_done(&t, 0);
	between("  mvcp, source invalid", mask, MVCP, 0x800, 0x3000, 4);
	expect_fault(0x11, 0, 0x3000, SECONDARY);
	between("  mvcp, target invalid", mask, MVCP, 0x3000, 0x100, 4);
	expect_fault(0x11, 0, 0x3000, PRIMARY);
	between("  mvcs, source invalid", mask, MVCS, 0x800, 0x3000, 4);
	expect_fault(0x11, 0, 0x3000, PRIMARY);
	between("  mvcs, target invalid", mask, MVCS, 0x3000, 0x100, 4);
	expect_fault(0x11, 0, 0x3000, SECONDARY);
	between("  mvcs, target protected", mask, MVCS, 0x2000, 0x100, 4);
	expect_fault(4, 6, 0x2000, SECONDARY);
}

static void special_operation(void)
{
	between("mvcp, home mode", DAT | PSW_HOME, MVCP, 0x800, 0x100, 4);
	expect_program(&t, 0x13, 6, 6);
	between("mvcs, DAT off", PSW_64BIT, MVCS, 0x800, 0x100, 4);
	expect_program(&t, 0x13, 6, 6);
	between("mvcp, key 0 not allowed, problem state", DAT | PSW_PROBLEM, MVCP, 0x800, 0x100, 4);
	expect_program(&t, 2, 6, 6);
	control_set(0, control_get(0) & ~SECONDARY_CONTROL);
	between("mvcp, secondary-space control off", DAT, MVCP, 0x800, 0x100, 4);
	expect_program(&t, 0x13, 6, 6);
}

/* A store into the page the instructions stand in, by another address; the next goes to their own address, which is another page. */
static void own_page(void)
{
	const char *code = CODE("st 2,0(4)\n st 3,0(5)\n j 1f\n .long 0\n1: lr 0,0");
	uint64_t page = (uint64_t)code & ~0xfffUL, data = (uint64_t)code + 12;
	uint8_t *other = (uint8_t *)0x700000; /* nobody has touched it: CP has no frame for it yet */

	lows[SECONDARY][page >> 12] = (uint64_t)other;
	shown[SECONDARY][4] = page;
	__asm__ volatile("ptlb" : : : "memory");
	t.gpr[2] = 0x11111111;
	t.gpr[3] = 0x22222222;
	t.gpr[4] = SHOWN + 0x4000 + (data & 0xfff);
	t.gpr[5] = page + 0x20;
	try(&t, "stores in secondary mode, first into the own page", DAT | PSW_SECONDARY, code);
	expect_done(&t, -1);
	expect("the first in the own page", *(const uint32_t *)data == 0x11111111);
	expect("the second in the other", *(const uint32_t *)(other + 0x20) == 0x22222222);
	lows[SECONDARY][page >> 12] = page;
	__asm__ volatile("ptlb" : : : "memory");
}

int main(void)
{
	for (int space = 0; space < SPACES; space++)
		space_build(space);
	__asm__ volatile("ptlb" : : : "memory");
	control_set(0, control_get(0) | SECONDARY_CONTROL);
	for (int from = 0; from < SPACES; from++)
		for (int to = 0; to < SPACES; to++)
			each(from, to);
	current_space();
	authority();
	primary_and_secondary("mvcp, primary mode", DAT);
	primary_and_secondary("mvcp, secondary mode", DAT | PSW_SECONDARY);
	special_operation();
	own_page();
	return failures;
}
