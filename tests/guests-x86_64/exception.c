/*
 * Exceptions: each arrives with its vector, its error code and the address of its instruction, whoever of processor and CP
 * brings it.
 * Before it: msr.c. After it: control.c.
 */
#include "runtime/guest.h"

#define TASK          0x28
#define NOT_CANONICAL 0x8000000000000000ul

static struct trial t;

/* What a processor that shows no more than CP does has not got. */
static void undefined(void)
{
	static const struct {
		const char *name;
		uint8_t code[4];
	} rows[] = {
		{"UD2", {0x0f, 0x0b}},           {"VMRUN", {0x0f, 0x01, 0xd8}},
		{"VMLOAD", {0x0f, 0x01, 0xda}},  {"VMSAVE", {0x0f, 0x01, 0xdb}},
		{"STGI", {0x0f, 0x01, 0xdc}},    {"CLGI", {0x0f, 0x01, 0xdd}},
		{"INVLPGA", {0x0f, 0x01, 0xdf}}, {"XSETBV", {0x0f, 0x01, 0xd1}},
		{"MONITOR", {0x0f, 0x01, 0xc8}}, {"MWAIT", {0x0f, 0x01, 0xc9}},
		{"RSM", {0x0f, 0xaa}},
	};
	static uint8_t code[16] __attribute__((aligned(16)));

	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		if (n && !under_cp) /* bare, the processor may have them */
			break;
		memset(code, 0, sizeof(code));
		memcpy(code, rows[n].code, sizeof(rows[n].code));
		t = (struct trial){.gpr = {0}};
		try(&t, rows[n].name, code);
		expect_exception(&t, VECTOR_UNDEFINED, 0, 0);
	}
}

static void in_a_user_program(void)
{
	static const struct {
		const char *name;
		uint8_t code[4];
	} rows[] = {
		{"HLT", {0xf4}},
		{"CLI", {0xfa}},
		{"IN", {0xe4, 0x60}},
		{"OUT", {0xe6, 0x80}},
		{"WBINVD", {0x0f, 0x09}},
		{"MOV TO CR3", {0x0f, 0x22, 0xd8}},
		{"MOV TO CR4", {0x0f, 0x22, 0xe0}},
		{"LGDT", {0x0f, 0x01, 0x10}},
		{"INVLPG", {0x0f, 0x01, 0x38}},
	};
	static uint8_t code[16] __attribute__((aligned(16)));

	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		memset(code, 0xcc, sizeof(code));
		memcpy(code, rows[n].code, sizeof(rows[n].code));
		t = (struct trial){.gpr = {[RAX] = 0x200000}};
		try_user(&t, rows[n].name, code);
		expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	}
	if (under_cp) {
		t = (struct trial){.gpr = {[RAX] = 0x60}};
		try_user(&t, "VMMCALL in a user program", CODE("vmmcall"));
		expect_exception(&t, VECTOR_UNDEFINED, 0, 0);
		t = (struct trial){.gpr = {[RAX] = 0x60}};
		try_user(&t, "VMCALL in a user program", CODE("vmcall"));
		expect_exception(&t, VECTOR_UNDEFINED, 0, 0);
	}
}

static void page_faults(void)
{
	t = (struct trial){.gpr = {[RAX] = 0x1234567890}};
	try(&t, "a load from where nothing is mapped", CODE("mov (%%rax), %%rbx"));
	expect_exception(&t, VECTOR_PAGE, 0, 0);
	expect("CR2", t.cr2 == 0x1234567890);
	t = (struct trial){.gpr = {[RAX] = 0x1234567890}};
	try_user(&t, "a store by a user program", CODE("mov %%rbx, (%%rax)"));
	expect_exception(&t, VECTOR_PAGE, 6, 0);
	t = (struct trial){.gpr = {[RAX] = NOT_CANONICAL}};
	try(&t, "a load by an address that is none", CODE("mov (%%rax), %%rbx"));
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
}

static void debug(void)
{
	t = (struct trial){.rflags = FLAGS_TF};
	try(&t, "a single step", CODE("nop\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 1);
	expect("the trap flag is in the stored flags", t.rflags & FLAGS_TF);
	t = (struct trial){.gpr = {0}, .rflags = FLAGS_TF};
	try(&t, "a single step over CPUID", CODE("cpuid\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 2);
	t = (struct trial){.gpr = {[RDX] = 0x80}, .rflags = FLAGS_TF};
	try(&t, "a single step over OUT", CODE("outb %%al, %%dx\n nop"));
	expect_exception(&t, VECTOR_DEBUG, 0, 1);
}

/* Bare, QEMU takes the null selector, and ends itself at the next exception. */
static void task_register(void)
{
	static const uint16_t none = 0;

	if (under_cp) {
		t = (struct trial){.gpr = {0}};
		try(&t, "LTR, the null selector", CODE("nop\n ltr %%ax"));
		expect_exception(&t, VECTOR_PROTECTION, 0, 1);
		t = (struct trial){.gpr = {[RBX] = (uint64_t)&none}};
		try(&t, "LTR from storage, the null selector", CODE("ltr (%%rbx)"));
		expect_exception(&t, VECTOR_PROTECTION, 0, 0);
		t = (struct trial){.gpr = {[RAX] = 3}, .rflags = FLAGS_TF};
		try(&t, "a single step over LTR, null with a privilege", CODE("ltr %%ax"));
		expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	}
	t = (struct trial){.gpr = {[RAX] = TASK}};
	try(&t, "LTR, a task that is busy", CODE("ltr %%ax"));
	expect_exception(&t, VECTOR_PROTECTION, TASK, 0);
	t = (struct trial){.gpr = {[RAX] = DATA_KERNEL}};
	try(&t, "LTR, a segment that is no task", CODE("ltr %%ax"));
	expect_exception(&t, VECTOR_PROTECTION, DATA_KERNEL, 0);
	t = (struct trial){.gpr = {[RAX] = 0x1000}};
	try(&t, "LTR, beyond the table", CODE("ltr %%ax"));
	expect_exception(&t, VECTOR_PROTECTION, 0x1000, 0);
	segments[TASK / 8] &= ~(2ul << 40); /* not busy */
	t = (struct trial){.gpr = {[RAX] = TASK}};
	try(&t, "LTR", CODE("ltr %%ax\n str %%bx"));
	expect_done(&t);
	expect("its selector", (t.gpr[RBX] & 0xffff) == TASK);
	expect("the task is busy", segments[TASK / 8] & 2ul << 40);
	segments[TASK / 8] &= ~(2ul << 40 | 1ul << 47);
	t = (struct trial){.gpr = {[RAX] = TASK}};
	try(&t, "LTR, a task that is not present", CODE("ltr %%ax"));
	expect_exception(&t, VECTOR_ABSENT, TASK, 0);
	segments[TASK / 8] |= 2ul << 40 | 1ul << 47;
	t = (struct trial){.gpr = {[RAX] = TASK}};
	try_user(&t, "LTR in a user program", CODE("ltr %%ax"));
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
}

/* Delivery meets a second exception: the gate of the first is taken away. */
static void double_fault(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) table, small;

	__asm__ volatile("sidt %0" : "=m"(table));
	small = table;
	small.limit = 16 * 13 - 1; /* no #GP, no #PF */
	__asm__ volatile("lidt %0" : : "m"(small));
	t = (struct trial){.gpr = {[RAX] = 0x1234567890}};
	trying("a page fault without a gate");
	t.rip = (uint64_t)CODE("mov (%%rax), %%rbx");
	t.rflags = 2;
	t.cs = CODE_KERNEL;
	t.ss = DATA_KERNEL;
	trial_run(&t);
	__asm__ volatile("lidt %0" : : "m"(table));
	print("a page fault without a gate: vector %02X, error %lX\n", (unsigned)t.vector, t.error);
	expect("a double fault", t.vector == VECTOR_DOUBLE_FAULT && t.error == 0);
}

int main(void)
{
	undefined();
	in_a_user_program();
	page_faults();
	debug();
	task_register();
	double_fault();
	t = (struct trial){.gpr = {0}};
	try(&t, "a division by zero", CODE("xor %%eax, %%eax\n div %%eax"));
	expect_exception(&t, 0, 0, 2);
	t = (struct trial){.gpr = {0}};
	try(&t, "INT3", CODE("int3"));
	expect_exception(&t, VECTOR_BREAKPOINT, 0, 1);
	if (under_cp) { /* QEMU does not know it */
		t = (struct trial){.gpr = {[RCX] = 0}};
		try(&t, "RDPMC", CODE("rdpmc"));
		expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	}
	return failures;
}
