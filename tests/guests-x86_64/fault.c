/*
 * Exceptions of each kind, with their error codes and the registers as they were.
 * Before it: transfer.c. After it: debug.c. Source: AMD64 Architecture Programmer's Manual volume 2, 8.2.
 * Known simplification: machine check is left out; nothing brings it.
 */
#include "runtime/guest.h"

#define VECTOR_NO_DEVICE 7
#define VECTOR_STACK     12
#define VECTOR_X87       16
#define NOT_CANONICAL    0x8000000000000000ul
#define TABLE_GATE       2 /* in an error code: of the table of interruptions */

static struct trial t;

struct row {
	const char *name;
	const void *code;
	unsigned vector;
	unsigned error, advance;
	uint64_t rax;
};

static void rows_try(const struct row *rows, unsigned count, uint64_t cs)
{
	for (unsigned n = 0; n < count; n++) {
		t = (struct trial){
			.gpr = {[RAX] = rows[n].rax, [RBX] = 0x1111222233334444, [RCX] = 3, [RSI] = 0x5555}};
		if (cs == CODE_USER)
			same_user(&t, rows[n].name, rows[n].code);
		else
			same(&t, rows[n].name, rows[n].code);
		if (rows[n].vector == VECTOR_DONE)
			expect_done(&t);
		else
			expect_exception(&t, rows[n].vector, rows[n].error, rows[n].advance);
	}
}

#define ROWS(rows, cs) rows_try(rows, sizeof(rows) / sizeof(*(rows)), cs)

static void whole_numbers(void)
{
	const struct row rows[] = {
		{"DIV, 8 bits, by zero", CODE("xor %%ecx, %%ecx\n div %%cl"), 0, 0, 2, 0},
		{"DIV, 64 bits, too large", CODE("mov $1, %%ecx\n mov $1, %%edx\n div %%rcx"), 0, 0, 10, 0},
		{"IDIV, the least number by -1",
		 CODE("mov $0x80000000, %%eax\n cltd\n mov $-1, %%ecx\n idiv %%ecx"), 0, 0, 11, 0},
		{"INT 3", CODE("int3"), VECTOR_BREAKPOINT, 0, 1, 0},
		{"INT 3, two bytes", CODE(".byte 0xcd, 3"), VECTOR_BREAKPOINT, 0, 2, 0},
		{"INT 21", CODE("int $0x21"), 0x21, 0, 2, 0},
		{"INTO in 64-bit code", CODE(".byte 0xce"), VECTOR_UNDEFINED, 0, 0, 0},
		{"BOUND's code in 64-bit code", CODE(".byte 0x62, 0x00, 0, 0"), VECTOR_UNDEFINED, 0, 0, 0},
		{"UD2", CODE("ud2"), VECTOR_UNDEFINED, 0, 0, 0},
		{"LOCK where it may not be", CODE(".byte 0xf0, 0x90"), VECTOR_UNDEFINED, 0, 0, 0},
		{"LOCK of a register", CODE(".byte 0xf0, 0x01, 0xc0"), VECTOR_UNDEFINED, 0, 0, 0},
		{"an instruction of 16 bytes",
		 CODE(".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x90"),
		 VECTOR_PROTECTION, 0, 0, 0},
		{"MOV to CS", CODE(".byte 0x8e, 0xc8"), VECTOR_UNDEFINED, 0, 0, 0},
		{"a load, not canonical", CODE("mov (%%rax), %%rbx"), VECTOR_PROTECTION, 0, 0, NOT_CANONICAL},
		{"a push, not canonical", CODE("mov %%rax, %%rsp\n push %%rbx"), VECTOR_STACK, 0, 3,
		 NOT_CANONICAL},
		{"a load by RBP, not canonical", CODE("mov %%rax, %%rbp\n mov (%%rbp), %%rbx"), VECTOR_STACK,
		 0, 3, NOT_CANONICAL},
		{"a push where nothing is mapped", CODE("mov %%rax, %%rsp\n push %%rbx"), VECTOR_PAGE, 2, 3,
		 0x1234567890},
		{"a load where nothing is mapped", CODE("mov (%%rax), %%rbx"), VECTOR_PAGE, 0, 0,
		 0x1234567890},
		{"ADD to where nothing is mapped", CODE("add %%rbx, (%%rax)"), VECTOR_PAGE, 2, 0,
		 0x1234567890},
		{"XCHG with where nothing is mapped", CODE("xchg %%rbx, (%%rax)"), VECTOR_PAGE, 2, 0,
		 0x1234567890},
		{"CMPXCHG16B, not aligned", CODE("cmpxchg16b 8(%%rsp)"), VECTOR_PROTECTION, 0, 0, 0},
		{"SYSENTER in long mode, which AMD does not have", CODE("sysenter"), VECTOR_UNDEFINED, 0, 0,
		 0},
	};
	const struct row user[] = {
		{"a user program's INT 3", CODE("int3"), VECTOR_BREAKPOINT, 0, 1, 0},
		{"a user program's INT 21", CODE("int $0x21"), VECTOR_PROTECTION, 0x21 * 8 + TABLE_GATE, 0,
		 0},
		{"a user program's INT 0E", CODE("int $0x0e"), VECTOR_PROTECTION, 0x0e * 8 + TABLE_GATE, 0,
		 0},
		{"a user program's ICEBP", CODE(".byte 0xf1"), VECTOR_DEBUG, 0, 1, 0},
		{"a user program's SGDT", CODE("sgdt -16(%%rsp)"), VECTOR_DONE, 0, 0, 0},
		{"a user program's SMSW", CODE("smsw %%ebx"), VECTOR_DONE, 0, 0, 0},
		{"a user program's LMSW", CODE("lmsw %%bx"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's CLTS", CODE("clts"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's MOV from CR0", CODE("mov %%cr0, %%rbx"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's MOV from DR7", CODE("mov %%dr7, %%rbx"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's LIDT", CODE("lidt (%%rsp)"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's LLDT", CODE("lldt %%bx"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's SWAPGS", CODE("swapgs"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's SYSRET", CODE("sysretq"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's STI", CODE("sti"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's POPF keeps IF and IOPL", CODE("push $0x3202\n popf\n pushf\n pop %%rbx"),
		 VECTOR_DONE, 0, 0, 0},
		{"a user program's WRMSR", CODE("wrmsr"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's INS", CODE("insb"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's INVLPG", CODE("invlpg (%%rsp)"), VECTOR_PROTECTION, 0, 0, 0},
		{"a user program's RDTSC", CODE("rdtsc\n xor %%eax, %%eax\n xor %%edx, %%edx"), VECTOR_DONE,
		 0, 0, 0},
	};

	ROWS(rows, CODE_KERNEL);
	ROWS(user, CODE_USER);
}

/* Task switched, x87 errors, SSE errors, alignment. */
static void units(void)
{
	const struct row rows[] = {
		{"an x87 instruction, TS", CODE("mov %%cr0, %%rcx\n or $8, %%ecx\n mov %%rcx, %%cr0\n fldz"),
		 VECTOR_NO_DEVICE, 0, 9, 0},
		{"an SSE instruction, TS", CODE("pxor %%xmm0, %%xmm0"), VECTOR_NO_DEVICE, 0, 0, 0},
		{"WAIT, TS and MP", CODE("fwait"), VECTOR_NO_DEVICE, 0, 0, 0},
		{"CLTS", CODE("clts\n fninit\n fldz\n pxor %%xmm0, %%xmm0\n ffree %%st"), VECTOR_DONE, 0, 0,
		 0},
		{"an SSE instruction, EM",
		 CODE("mov %%cr0, %%rcx\n or $4, %%ecx\n mov %%rcx, %%cr0\n pxor %%xmm0, %%xmm0"),
		 VECTOR_UNDEFINED, 0, 9, 0},
		{"EM off", CODE("mov %%cr0, %%rcx\n and $~4, %%ecx\n mov %%rcx, %%cr0\n pxor %%xmm0, %%xmm0"),
		 VECTOR_DONE, 0, 0, 0},
		{"an x87 division by zero, open",
		 CODE("fninit\n pushq $0x37b\n fldcw (%%rsp)\n fld1\n fldz\n fdivrp\n fwait\n"), VECTOR_X87,
		 0, 16, 0},
		{"FNINIT", CODE("fninit\n pop %%rdx"), VECTOR_DONE, 0, 0, 0},
		{"MOVAPS, not aligned", CODE("movaps 8(%%rsp), %%xmm0"), VECTOR_PROTECTION, 0, 0, 0},
		{"LDMXCSR, reserved bits", CODE("pushq $-1\n ldmxcsr (%%rsp)"), VECTOR_PROTECTION, 0, 2, 0},
		{"AC in the kernel's mode, no effect",
		 CODE("pushf\n orl $0x40000, (%%rsp)\n popf\n mov 1(%%rsp), %%ebx"), VECTOR_DONE, 0, 0, 0},
		{"CR0.AM on", CODE("mov %%cr0, %%rcx\n or $0x40000, %%ecx\n mov %%rcx, %%cr0"), VECTOR_DONE,
		 0, 0, 0},
	};
	ROWS(rows, CODE_KERNEL);
	/* Its exception 17 is one that QEMU does not know: only compared. */
	t = (struct trial){.gpr = {0}};
	same_user(&t, "a user program's load, not aligned, AC on",
		  CODE("pushf\n orl $0x40000, (%%rsp)\n popf\n mov 1(%%rsp), %%ebx"));
	__asm__ volatile("mov %%cr0, %%rax\n and $~0x40000, %%rax\n mov %%rax, %%cr0" : : : "rax");
}

/* Gates of the table of interruptions that are not what they should be. */
static void gates(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) table;
	static const struct {
		const char *name;
		uint16_t selector;
		uint8_t type;
		unsigned vector, error;
	} rows[] = {
		{"a gate that is absent", CODE_KERNEL, 0x0e, VECTOR_ABSENT, 0x30 * 8 + TABLE_GATE},
		{"a gate of a kind that is none", CODE_KERNEL, 0x81, VECTOR_PROTECTION,
		 0x30 * 8 + TABLE_GATE},
		{"a task gate", CODE_KERNEL, 0x85, VECTOR_PROTECTION, 0x30 * 8 + TABLE_GATE},
		{"a gate to the null selector", 0, 0x8e, VECTOR_PROTECTION, 0},
		{"a gate to data", DATA_KERNEL, 0x8e, VECTOR_PROTECTION, DATA_KERNEL},
		{"a gate to 32-bit code", CODE_32, 0x8e, VECTOR_PROTECTION, CODE_32},
		{"a gate beyond the table of segments", 0x1f0, 0x8e, VECTOR_PROTECTION, 0x1f0},
		{"a trap gate", CODE_KERNEL, 0x8f, 0x30, 0},
	};
	uint8_t *gate;

	__asm__ volatile("sidt %0" : "=m"(table));
	gate = (uint8_t *)table.base + 16 * 0x30;
	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		*(uint16_t *)(void *)(gate + 2) = rows[n].selector;
		gate[5] = rows[n].type;
		t = (struct trial){.gpr = {[RBX] = 7}};
		same(&t, rows[n].name, CODE("int $0x30"));
		expect("its vector", t.vector == rows[n].vector);
		expect("its error code", t.error == rows[n].error);
	}
}

int main(void)
{
	whole_numbers();
	units();
	gates();
	return failures;
}
