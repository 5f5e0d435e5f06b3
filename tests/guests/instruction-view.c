/*
 * The ground that the trap engine stands on: a guest in problem state runs in secondary-space mode, so that its
 * instructions come from CR1's space (the instruction view) and its data from CR7's (the data view).
 * This program plays CP and guest at once and prints what the machine does; the checks are those that CP relies on.
 * Before it: runtime/trial.c. After it: the guests that run under CP.
 * Known simplification: one page of code, one of data, no second CPU.
 */
#include "runtime/guest.h"

#define SPLIT   0x400000UL /* the page that differs between the views */
#define DATA    0x401000UL /* the same frame in both views; its flags vary */
#define NEXT    0x402000UL /* invalid in both */
#define INVALID 0x400UL
#define PROTECT 0x200UL
#define D_MARK  0x4444444444444444UL
#define I_MARK  0x1111111111111111UL

struct view {
	uint64_t *segments;
	uint64_t *pages; /* of the megabyte at SPLIT */
	uint8_t *code;   /* the frame at SPLIT */
};

static struct view instruction, data, other;
static uint8_t *shared;
static uint64_t controls[16];

#define SNIPPET(name, text)                                                                                  \
	__asm__(".pushsection .rodata\n.machine push\n.machine z10\n.balign 2\nsnip_" #name ":\n" text       \
		"\n svc 255\nsnip_" #name "_end:\n.machine pop\n.popsection");                               \
	extern const char snip_##name[], snip_##name##_end[]
#define LOAD(view, name) memcpy((view).code + 0x100, snip_##name, snip_##name##_end - snip_##name)

SNIPPET(load, "lg 2,0(1)");
SNIPPET(store, "stg 2,0(1)");
SNIPPET(epsw, "epsw 2,3");
SNIPPET(stfle, "stfle 0(1)");
SNIPPET(bad4, ".long 0x00ff0000");
SNIPPET(bad2, ".word 0x0000");
SNIPPET(badb2, ".long 0xb2fe1000");
SNIPPET(badb9, ".long 0xb9ff0023");
SNIPPET(badc8, ".word 0xc80f,0x1000,0");
SNIPPET(lgrl, "lgrl 2,.-0x100");
SNIPPET(stgrl, "stgrl 2,.-0x100");
SNIPPET(ex, "ex 0,0x80(4)");
SNIPPET(exrl, "exrl 0,.-0x80");
SNIPPET(sacf0, "sacf 0");
SNIPPET(sacf1, "sacf 0x100");
SNIPPET(sacf2, "sacf 0x200");
SNIPPET(sacf3, "sacf 0x300");
SNIPPET(sac1, "sac 0x100");
SNIPPET(iac, "iac 2");
SNIPPET(tprot, "tprot 0(1),0");
SNIPPET(lrag, "lrag 2,0(1)");
SNIPPET(lra, "lra 2,0(1)");
SNIPPET(mc0, "mc 0,0");
SNIPPET(mc5, "mc 0x123,5");
SNIPPET(nops, "lr 0,0\n lgr 0,0\n larl 2,.\n lr 0,0");
SNIPPET(mvc, "mvc 0(8,1),8(1)");
SNIPPET(lam, "lg 2,0(1)\n bras 5,.+4");
SNIPPET(basr, "basr 2,0");
SNIPPET(svc7, "svc 7");

static void view_create(struct view *v, uint64_t mark)
{
	v->segments = page_new(4);
	v->pages = page_new(1);
	v->code = page_new(1);
	for (int i = 0; i < 2048; i++)
		v->segments[i] = 0x20;
	for (int i = 0; i < 256; i++)
		v->pages[i] = INVALID;
	v->segments[SPLIT >> 20] = (uint64_t)v->pages;
	v->pages[0] = (uint64_t)v->code;
	v->pages[1] = (uint64_t)shared;
	*(uint64_t *)v->code = mark;
}

static uint64_t asce(const struct view *v)
{
	return (uint64_t)v->segments | 3; /* segment table of 2048 entries */
}

static void purge(void)
{
	__asm__ volatile("ptlb" : : : "memory");
}

static void views_load(void)
{
	controls[1] = asce(&instruction);
	controls[7] = asce(&data);
	controls[13] = asce(&data);
	control_load_all(controls);
	purge();
}

#define GUEST (PSW_64BIT | PSW_PROBLEM | PSW_DAT | PSW_SECONDARY)

static struct trial run_at(uint64_t mask, uint64_t address, uint64_t r1)
{
	struct trial t = {.mask = mask, .address = address};

	t.gpr[1] = r1;
	t.gpr[2] = 0x2222222222222222;
	t.gpr[4] = SPLIT;
	trial_run(&t);
	return t;
}

static void show(const char *name, const struct trial *t)
{
	print("%s: end=%u code=%04X ilc=%u psw=%016lX.%lX teid=%016lX a0=%02X r2=%lX\n", name, t->end,
	      t->code, t->ilc, t->mask, t->address, t->teid, t->access_id, t->gpr[2]);
}

static struct trial guest(const char *name, uint64_t r1)
{
	struct trial t;

	if (!(controls[0] & 0x10000000)) { /* low-address protection binds this program too */
		LOW(uint64_t, 0xa8) = 0xaaaaaaaaaaaaaaaa;
		LOW(uint8_t, 0xa0) = 0xaa;
	}
	t = run_at(GUEST, SPLIT + 0x100, r1);
	show(name, &t);
	return t;
}

static void check(const char *what, int good)
{
	if (!good)
		failures++;
	print("  %s: %s\n", good ? "ok" : "BAD", what);
}

static void both(const char *unused, const void *from, size_t size)
{
	(void)unused;
	memcpy(instruction.code + 0x100, from, size);
	memcpy(data.code + 0x100, from, size);
}
#define BOTH(name) both(#name, snip_##name, snip_##name##_end - snip_##name)

static void prove_translation(void)
{
	struct trial t;
	static const uint64_t spaces[] = {PSW_PRIMARY, PSW_SECONDARY, PSW_HOME};
	static const uint64_t where[] = {SPLIT, NEXT, 0x7fffe000, SPLIT + 0x100000};

	LOAD(other, lrag);
	for (unsigned s = 0; s < 3; s++)
		for (unsigned w = 0; w < 4; w++) {
			t = run_at(PSW_64BIT | spaces[s], (uint64_t)other.code + 0x100, where[w]);
			print("lrag dat=off as=%u va=%lX: end=%u code=%04X cc=%u r2=%lX (I=%lX D=%lX)\n", s,
			      where[w], t.end, t.code, (unsigned)(t.mask >> 44 & 3), t.gpr[2],
			      (uint64_t)instruction.code, (uint64_t)data.code);
			if (!w)
				check("LRAG with DAT off goes by the address-space bits",
				      t.gpr[2] == (uint64_t)(s ? data.code : instruction.code));
		}
	LOAD(other, lra);
	t = run_at(PSW_64BIT | PSW_SECONDARY, (uint64_t)other.code + 0x100, SPLIT);
	show("lra dat=off secondary", &t);
}

static void prove_views(void)
{
	struct trial t;

	LOAD(instruction, load);
	LOAD(data, svc7);
	t = guest("load", SPLIT);
	check("fetch by CR1, data by CR7", t.end == END_SVC && t.code == SVC_DONE && t.gpr[2] == D_MARK);
	BOTH(store);
	t = guest("store", SPLIT);
	check("store goes to the data view",
	      *(uint64_t *)data.code == 0x2222222222222222 && *(uint64_t *)instruction.code == I_MARK);
	*(uint64_t *)data.code = D_MARK;
	BOTH(epsw);
	guest("epsw native", SPLIT);
	BOTH(stfle);
	guest("stfle native", DATA);
	LOAD(instruction, bad4);
	guest("00ff0000", SPLIT);
	LOAD(instruction, bad2);
	t = guest("0000", SPLIT);
	check("operation exception 0001", t.end == END_PROGRAM && t.code == 1);
	LOAD(instruction, badb2);
	t = guest("b2fe1000", SPLIT);
	check("B2FE is an invalid opcode of 4 bytes", t.code == 1 && t.ilc == 4);
	LOAD(instruction, badb9);
	t = guest("b9ff0023", SPLIT);
	check("B9FF is an invalid opcode of 4 bytes", t.code == 1 && t.ilc == 4);
	LOAD(instruction, badc8);
	t = guest("c80f10000000", SPLIT);
	check("C8xF is an invalid opcode of 6 bytes", t.code == 1 && t.ilc == 6);
	BOTH(svc7);
	guest("svc 7", SPLIT);
	BOTH(basr);
	guest("basr", SPLIT);
}

static void prove_relative(void)
{
	struct trial t;

	BOTH(lgrl);
	t = guest("lgrl", SPLIT);
	print("  LGRL reads the %s view\n", t.gpr[2] == D_MARK ? "data" : "instruction");
	BOTH(stgrl);
	guest("stgrl", SPLIT);
	print("  STGRL writes the %s view\n", *(uint64_t *)data.code != D_MARK ? "data" : "instruction");
	*(uint64_t *)data.code = D_MARK;
	*(uint64_t *)instruction.code = I_MARK;
	instruction.pages[0] |= PROTECT;
	purge();
	guest("stgrl, instruction view protected", SPLIT);
	*(uint64_t *)data.code = D_MARK;
	instruction.pages[0] &= ~PROTECT;
	data.pages[0] |= PROTECT;
	purge();
	guest("stgrl, data view protected", SPLIT);
	*(uint64_t *)instruction.code = I_MARK;
	data.pages[0] &= ~PROTECT;
	data.pages[0] |= INVALID;
	purge();
	guest("lgrl/stgrl, data view invalid", SPLIT);
	*(uint64_t *)instruction.code = I_MARK;
	data.pages[0] &= ~INVALID;
	purge();
	memcpy(instruction.code + 0x80, "\x17\x22", 2); /* XR 2,2 */
	memcpy(data.code + 0x80, "\x0a\x07", 2);
	BOTH(ex);
	t = guest("ex", SPLIT);
	check("target of EX comes from the instruction view", t.code == SVC_DONE);
	BOTH(exrl);
	t = guest("exrl", SPLIT);
	check("target of EXRL comes from the instruction view", t.code == SVC_DONE);
	memcpy(instruction.code + 0x80, "\x00\x00", 2);
	guest("exrl of invalid", SPLIT);
	BOTH(ex);
	guest("ex of invalid", SPLIT);
}

static void prove_faults(void)
{
	struct trial t;

	BOTH(load);
	t = guest("load, page invalid", NEXT);
	t = guest("load, segment invalid", SPLIT + 0x100000);
	t = guest("load, beyond the table", 0x80000000);
	t = guest("load, far beyond", 0x1000000000000);
	BOTH(store);
	t = guest("store, page invalid", NEXT + 8);
	t = guest("store, segment invalid", SPLIT + 0x100000);
	BOTH(mvc);
	t = guest("mvc, target+source invalid", NEXT);
	data.pages[1] |= PROTECT;
	purge();
	BOTH(store);
	t = guest("store, page protected", DATA + 8);
	check("protection 0004", t.code == 4);
	BOTH(mvc);
	t = guest("mvc, page protected", DATA);
	data.pages[1] &= ~PROTECT;
	data.pages[3] = 0x40000000;
	purge();
	BOTH(load);
	t = guest("load, no such frame", SPLIT + 0x3000);
	t = run_at(GUEST, NEXT, 0);
	show("fetch, page invalid", &t);
	check("fetch page fault 0011", t.code == 0x11 && t.address == NEXT);
	t = run_at(GUEST, SPLIT + 0x100000 + 6, 0);
	show("fetch, segment invalid", &t);
	t = run_at(GUEST, 0x80000000, 0);
	show("fetch, beyond the table", &t);
	memcpy(shared + 0xffe, "\xe3\x20", 2);
	t = run_at(GUEST, DATA + 0xffe, 0);
	show("fetch, second half invalid", &t);
	t = run_at(GUEST, DATA + 0x101, 0);
	show("fetch, odd address", &t);
	instruction.pages[0] |= INVALID;
	purge();
	BOTH(load);
	t = guest("fetch, instruction view invalid, data view valid", SPLIT);
	check("fetch faults by CR1", t.code == 0x11);
	instruction.pages[0] &= ~INVALID;
	t = guest("  made valid, no purge", SPLIT);
	check("an entry made valid needs no purge", t.code == SVC_DONE);
	BOTH(ex);
	t = run_at(GUEST, SPLIT + 0x100, 0);
	t.gpr[4] = NEXT;
	t.mask = GUEST;
	t.address = SPLIT + 0x100;
	trial_run(&t);
	show("ex, target page invalid", &t);
}

static void prove_space_control(void)
{
	struct trial t;

	BOTH(sacf0);
	guest("sacf 0", SPLIT);
	BOTH(sacf1);
	guest("sacf secondary", SPLIT);
	BOTH(sacf2);
	guest("sacf ar", SPLIT);
	BOTH(sacf3);
	guest("sacf home", SPLIT);
	BOTH(sac1);
	guest("sac secondary", SPLIT);
	BOTH(iac);
	guest("iac", SPLIT);
	BOTH(tprot);
	t = guest("tprot", SPLIT);
	t = guest("tprot invalid", NEXT);
	print("  tprot cc=%u\n", (unsigned)(t.mask >> 44 & 3));
	controls[0] |= 0x10000000;
	data.segments[0] = (uint64_t)data.pages;
	data.pages[0x10] = (uint64_t)shared;
	views_load();
	BOTH(store);
	*(uint64_t *)data.pages = (uint64_t)data.code;
	guest("low-address protection, store at 0x100", 0x100);
	guest("low-address protection, store at 0x1008", 0x1008);
	guest("low-address protection, store at 0x200", 0x200);
	controls[0] &= ~0x10000000UL;
	data.segments[0] = 0x20;
	views_load();
}

static void prove_monitor_and_per(void)
{
	struct trial t;

	BOTH(mc0);
	guest("mc class 0, CR8=0", 0);
	controls[8] = 0x8400;
	views_load();
	t = guest("mc class 0, CR8=8400", 0);
	print("  monitor class %04X code %lX\n", LOW(uint16_t, 0x94), LOW(uint64_t, 0xb0));
	BOTH(mc5);
	t = guest("mc class 5, CR8=8400", 0);
	print("  monitor class %04X code %lX\n", LOW(uint16_t, 0x94), LOW(uint64_t, 0xb0));
	controls[8] = 0;
	controls[9] = 0x41000000;
	controls[10] = controls[11] = SPLIT + 0x106;
	views_load();
	BOTH(nops);
	t = run_at(GUEST | PSW_PER, SPLIT + 0x100, 0);
	show("per fetch nullification", &t);
	print("  per code=%04X address=%lX a1=%02X\n", t.per_code, t.per_address, LOW(uint8_t, 0xa1));
	check("PER stops before the instruction", t.code == 0x80 && t.address == SPLIT + 0x106);
	controls[9] = 0x40000000;
	views_load();
	t = run_at(GUEST | PSW_PER, SPLIT + 0x100, 0);
	show("per fetch", &t);
	controls[9] = controls[10] = controls[11] = 0;
	views_load();
}

static void prove_switch(void)
{
	struct trial t;

	LOAD(instruction, svc7);
	LOAD(other, load);
	guest("view one", 0);
	__asm__ volatile("lctlg 1,1,%0" : : "Q"(*(uint64_t[]){asce(&other)}) : "memory");
	t = run_at(GUEST, SPLIT + 0x100, SPLIT);
	show("view two, CR1 alone loaded, no purge", &t);
	check("LCTLG of CR1 takes effect at once", t.code == SVC_DONE && t.gpr[2] == D_MARK);
	views_load();
	LOAD(instruction, load);
	t = guest("code replaced in the frame", SPLIT);
	check("a changed frame is executed as changed", t.code == SVC_DONE);
}

int main(void)
{
	shared = page_new(1);
	view_create(&instruction, I_MARK);
	view_create(&data, D_MARK);
	view_create(&other, 0x3333333333333333);
	control_store_all(controls);
	views_load();
	prove_translation();
	prove_views();
	prove_faults();
	prove_relative();
	prove_space_control();
	prove_monitor_and_per();
	prove_switch();
	return failures;
}
