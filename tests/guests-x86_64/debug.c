/*
 * Debug registers: what they keep, breakpoints on instructions and data, general detection, single steps over each kind of
 * instruction.
 * Before it: fault.c. After it: window.c. Source: AMD64 Architecture Programmer's Manual volume 2, 13.1.
 */
#include "runtime/guest.h"

#define HIT(n)     (1ul << (n))
#define DETECTED   0x2000ul
#define STEPPED    0x4000ul
#define ON(n)      (1ul << 2 * (n))
#define KIND(n, k) ((uint64_t)(k) << (16 + 4 * (n)))
#define EXECUTE    0
#define STORE_4    0xd
#define BOTH_1     0x3
#define BOTH_8     0xb
#define NONE       0x400ul

static struct trial t;
static uint64_t cell[4];

static uint64_t dr6(void)
{
	uint64_t value;

	__asm__ volatile("mov %%dr6, %0" : "=r"(value));
	return value & 0xe00f;
}

static void dr6_clear(void)
{
	__asm__ volatile("mov %0, %%dr6" : : "r"(0xffff0ff0ul));
}

static void breakpoint(uint64_t address, uint64_t control)
{
	dr6_clear();
	__asm__ volatile("mov %0, %%dr0" : : "r"(address));
	__asm__ volatile("mov %0, %%dr7" : : "r"(NONE | control));
}

static void off(void)
{
	__asm__ volatile("mov %0, %%dr7" : : "r"(NONE));
}

static void hits(const char *name, const void *code, uint64_t address, uint64_t kind, bool hit,
		 unsigned advance)
{
	breakpoint(address, ON(0) | KIND(0, kind));
	t = (struct trial){.gpr = {[RBX] = (uint64_t)cell}};
	same(&t, name, code);
	off();
	if (hit) {
		expect_exception(&t, VECTOR_DEBUG, 0, advance);
		expect("DR6 says which", dr6() == HIT(0));
	} else {
		expect_done(&t);
	}
}

static void breakpoints(void)
{
	const void *code = CODE("nop\n nop\n nop");
	const void *left = CODE("wbinvd\n nop");
	const void *store = CODE("mov %%eax, (%%rbx)\n nop"), *load = CODE("mov (%%rbx), %%eax\n nop");

	hits("a breakpoint at an instruction", code, (uint64_t)code + 1, EXECUTE, true, 1);
	hits("a breakpoint elsewhere", code, (uint64_t)cell, EXECUTE, false, 0);
	hits("a breakpoint behind WBINVD", left, (uint64_t)left + 2, EXECUTE, true, 2);
	hits("a store into a watched cell", store, (uint64_t)cell, STORE_4, true, 2);
	hits("a load from a cell whose stores are watched", load, (uint64_t)cell, STORE_4, false, 0);
	hits("a load from a watched cell", load, (uint64_t)cell, BOTH_8, true, 2);
	hits("a store beside a watched byte", store, (uint64_t)cell + 8, BOTH_1, false, 0);
	hits("a store over a watched byte", store, (uint64_t)cell + 3, BOTH_1, true, 2);
	breakpoint((uint64_t)code, ON(0));
	t = (struct trial){.rflags = FLAGS_RF};
	same(&t, "a breakpoint with the resume flag", code);
	off();
	expect_done(&t);
}

static void kept(void)
{
	t = (struct trial){.gpr = {[RAX] = 0x1000}};
	same(&t, "DR0 to DR3",
	     CODE("mov %%rax, %%dr0\n inc %%eax\n mov %%rax, %%dr1\n inc %%eax\n mov %%rax, %%dr2\n inc %%eax\n"
		  "mov %%rax, %%dr3\n mov %%dr0, %%rbx\n mov %%dr1, %%rcx\n mov %%dr2, %%rdx\n mov %%dr3, %%rsi"));
	expect("each keeps its own",
	       t.gpr[RBX] == 0x1000 && t.gpr[RCX] == 0x1001 && t.gpr[RDX] == 0x1002 && t.gpr[RSI] == 0x1003);
	dr6_clear();
	t = (struct trial){.gpr = {0}};
	same(&t, "DR6 and DR7 after they were cleared", CODE("mov %%dr6, %%rbx\n mov %%dr7, %%rcx"));
	expect("fixed bits are ones", t.gpr[RBX] == 0xffff0ff0 && t.gpr[RCX] == 0x400);
	t = (struct trial){.gpr = {0}};
	same(&t, "DR4 and DR5 are DR6 and DR7", CODE(".byte 0x0f, 0x21, 0xe3, 0x0f, 0x21, 0xe9"));
	expect_done(&t);
	t = (struct trial){.gpr = {0}};
	same(&t, "DR4 with CR4.DE",
	     CODE("mov %%cr4, %%rax\n or $8, %%eax\n mov %%rax, %%cr4\n .byte 0x0f, 0x21, 0xe3"));
	expect("an undefined instruction", t.vector == VECTOR_UNDEFINED);
	__asm__ volatile("mov %%cr4, %%rax\n and $~8, %%rax\n mov %%rax, %%cr4" : : : "rax");
	t = (struct trial){.gpr = {[RAX] = 1ul << 32}};
	same(&t, "DR7, bits that are not there", CODE("mov %%rax, %%dr7"));
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	off();
	dr6_clear();
	t = (struct trial){.gpr = {[RAX] = 0x2400}};
	same(&t, "general detection", CODE("mov %%rax, %%dr7\n mov %%rbx, %%dr0"));
	expect_exception(&t, VECTOR_DEBUG, 0, 3);
	expect("DR6 says so", dr6() == DETECTED);
	off();
}

static void steps(void)
{
	static const struct {
		const char *name;
		uint8_t code[8];
		unsigned length;
	} rows[] = {
		{"a step over NOP", {0x90}, 1},
		{"a step over a jump", {0xeb, 0x00}, 2},
		{"a step over PUSHF", {0x9c}, 1},
		{"a step over CPUID", {0x0f, 0xa2}, 2},
		{"a step over RDMSR", {0x0f, 0x32}, 2},
		{"a step over IN", {0xe4, 0x80}, 2},
		{"a step over OUT", {0xe6, 0x80}, 2},
		{"a step over WBINVD", {0x0f, 0x09}, 2},
		{"a step over CLTS", {0x0f, 0x06}, 2},
		{"a step over MOV from CR0", {0x0f, 0x20, 0xc3}, 3},
		{"a step over MOV to CR8", {0x44, 0x0f, 0x22, 0xc2}, 4},
		{"a step over MOV to CR3", {0x0f, 0x22, 0xde}, 3},
		{"a step over MOV to CR0", {0x0f, 0x22, 0xc7}, 3},
		{"a step over STI", {0xfb}, 1},
		{"a step over CLI", {0xfa}, 1},
	};
	static uint8_t code[16] __attribute__((aligned(16)));
	uint64_t cr0, cr3;

	__asm__ volatile("mov %%cr0, %0\n mov %%cr3, %1" : "=r"(cr0), "=r"(cr3));
	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		memset(code, 0x90, sizeof(code));
		memcpy(code, rows[n].code, sizeof(rows[n].code));
		memset(code + rows[n].length, 0x90, sizeof(code) - rows[n].length);
		dr6_clear();
		t = (struct trial){.gpr = {[RSI] = cr3, [RDI] = cr0, [RCX] = 0xc0000080}, .rflags = FLAGS_TF};
		try(&t, rows[n].name, code);
		expect_exception(&t, VECTOR_DEBUG, 0, rows[n].length);
		expect("DR6 says so", dr6() == STEPPED);
	}
	t = (struct trial){.gpr = {[RBX] = DATA_KERNEL}, .rflags = FLAGS_TF};
	try(&t, "a step over MOV SS, and what comes after it", CODE("mov %%ebx, %%ss\n nop\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 3);
	t = (struct trial){.gpr = {[RCX] = 3, [RSI] = (uint64_t)cell, [RDI] = (uint64_t)cell},
			   .rflags = FLAGS_TF};
	same(&t, "a step into REP MOVSB", CODE("rep movsb\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 0);
	expect("one was done", t.gpr[RCX] == 2);
	t = (struct trial){.gpr = {[RCX] = 3, [RDX] = 0x6f0, [RDI] = (uint64_t)cell}, .rflags = FLAGS_TF};
	same(&t, "a step into REP INSB", CODE("rep insb\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 0);
	expect("one was done", t.gpr[RCX] == 2);
}

int main(void)
{
	kept();
	breakpoints();
	steps();
	return failures;
}
