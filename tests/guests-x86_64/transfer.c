/*
 * Far transfers and descriptors: between code of 64, 32 and 16 bits, through call gates, interruption gates and system calls, and
 * what each refuses, with its error code.
 * Before it: rights.c. After it: fault.c. Source: AMD64 Architecture Programmer's Manual volume 3, CALL, IRET, JMP, RET, SYSCALL;
 * volume 2, 8.9.
 */
#include "runtime/guest.h"

#define GATE_KERNEL  0x48 /* a call gate to 64-bit code, for user programs */
#define GATE_CLOSED  0x58 /* for kernels only */
#define GATE_ABSENT  0x68
#define ABSENT_DATA  0x78
#define ABSENT_CODE  0x80
#define READ_ONLY    0x88
#define CONFORMING   0x90
#define CODE_32_USER 0x98
#define ENTRIES      24

static struct trial t;
static uint64_t wide[ENTRIES];

/* What the far pointers point to. */
static struct {
	uint32_t offset;
	uint16_t selector;
} __attribute__((packed)) far_pointer;

static void gate(unsigned selector, const void *to, uint64_t type)
{
	uint64_t a = (uint64_t)to;

	wide[selector / 8] =
		(a & 0xffff) | (uint64_t)CODE_KERNEL << 16 | type << 40 | (a >> 16 & 0xffff) << 48;
	wide[selector / 8 + 1] = a >> 32;
}

static void table_set(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = {sizeof(wide) - 1, (uint64_t)wide};
	const void *gate_code = CODE("mov $0x1234, %%ebx\n mov %%cs, %%ecx\n pop %%rdx\n pop %%rsi");

	memcpy(wide, segments, 9 * 8);
	gate(GATE_KERNEL, gate_code, 0xec);
	gate(GATE_CLOSED, gate_code, 0x8c);
	gate(GATE_ABSENT, gate_code, 0x6c);
	wide[ABSENT_DATA / 8] = 0x00cf12000000ffff;
	wide[ABSENT_CODE / 8] = 0x00201a0000000000;
	wide[READ_ONLY / 8] = 0x00cf90000000ffff;
	wide[CONFORMING / 8] = 0x00209e0000000000;
	wide[CODE_32_USER / 8] = 0x00cffa000000ffff;
	wide[0x28 / 8] |= 2ul << 40; /* the task is busy */
	__asm__ volatile("lgdt %0\n lldt %w1" : : "m"(pointer), "r"(0));
}

static void far(const char *name, const void *code, uint16_t selector, const void *to, bool user)
{
	far_pointer.selector = selector;
	far_pointer.offset = (uint32_t)(uint64_t)to;
	t = (struct trial){.gpr = {[RAX] = (uint64_t)&far_pointer}};
	if (user)
		same_user(&t, name, code);
	else
		same(&t, name, code);
}

#define JUMP   CODE("ljmpl *(%%rax)")
#define CALLED CODE("lcalll *(%%rax)")

static void jumps(void)
{
	const void *here = CODE("mov %%cs, %%ebx"),
		   *small = CODE(".code32\n mov %%cs, %%ebx\n .byte 0x40\n int $0x80\n .code64");

	far("a far jump to 64-bit code", JUMP, CODE_KERNEL, here, false);
	expect_done(&t);
	expect("CS", t.gpr[RBX] == CODE_KERNEL);
	far("a far jump to 32-bit code", JUMP, CODE_32, small, false);
	expect("it runs as 32-bit code", (uint32_t)t.gpr[RBX] == CODE_32 && t.vector == VECTOR_DONE);
	far("a far jump to data", JUMP, DATA_KERNEL, here, false);
	expect_exception(&t, VECTOR_PROTECTION, DATA_KERNEL, 0);
	far("a far jump to the null selector", JUMP, 0, here, false);
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	far("a far jump beyond the table", JUMP, 0x1f0, here, false);
	expect_exception(&t, VECTOR_PROTECTION, 0x1f0, 0);
	far("a far jump to absent code", JUMP, ABSENT_CODE, here, false);
	expect_exception(&t, VECTOR_ABSENT, ABSENT_CODE, 0);
	far("a user program's far jump to a kernel", JUMP, CODE_KERNEL, here, true);
	expect_exception(&t, VECTOR_PROTECTION, CODE_KERNEL, 0);
	far("a user program's far jump to conforming code", JUMP, CONFORMING, here, true);
	expect_done(&t);
	far("a kernel's far jump to a user program", JUMP, CODE_USER, here, false);
	expect_exception(&t, VECTOR_PROTECTION, CODE_USER & ~3u, 0);
	far("a user program's far jump to 32-bit code", JUMP, CODE_32_USER | 3, small, true);
	expect_done(&t);
}

static void calls(void)
{
	const void *here = CODE("pop %%rbx");

	far("a far call to 64-bit code", CALLED, CODE_KERNEL, here, false);
	expect_done(&t);
	far("a call gate", CALLED, GATE_KERNEL, NULL, true);
	expect("the kernel's code runs", t.gpr[RBX] == 0x1234 && (t.gpr[RCX] & 0xffff) == CODE_KERNEL);
	far("a call gate from the kernel", CALLED, GATE_KERNEL, NULL, false);
	expect_done(&t);
	far("a call gate that is not for user programs", CALLED, GATE_CLOSED, NULL, true);
	expect_exception(&t, VECTOR_PROTECTION, GATE_CLOSED, 0);
	far("a call gate that is absent", CALLED, GATE_ABSENT, NULL, true);
	expect_exception(&t, VECTOR_ABSENT, GATE_ABSENT, 0);
	far("a far jump through a call gate", JUMP, GATE_KERNEL, NULL, false);
	expect_done(&t);
}

static void returns(void)
{
	static const struct {
		const char *name;
		uint16_t cs, ss;
		uint32_t flags;
	} rows[] = {
		{"IRET to the kernel", CODE_KERNEL, DATA_KERNEL, 2},
		{"IRET to a user program", CODE_USER, DATA_USER, 0x3202},
		{"IRET to 32-bit code of a user program", CODE_32_USER | 3, DATA_USER, 2},
		{"IRET to data", DATA_KERNEL, DATA_KERNEL, 2},
		{"IRET to the null selector", 0, DATA_KERNEL, 2},
		{"IRET to absent code", ABSENT_CODE, DATA_KERNEL, 2},
		{"IRET to a user program with a kernel's stack", CODE_USER, DATA_KERNEL, 2},
		{"IRET to a user program without a stack", CODE_USER, 0, 2},
		{"IRET to a kernel without a stack", CODE_KERNEL, 0, 2},
		{"IRET with an absent stack", CODE_KERNEL, ABSENT_DATA, 2},
		{"IRET with a stack that cannot be written", CODE_KERNEL, READ_ONLY, 2},
		{"IRET with strange flags", CODE_KERNEL, DATA_KERNEL, 0x3fffffffu & ~0x24300u},
	};

	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		t = (struct trial){.gpr = {[RAX] = rows[n].cs, [RBX] = rows[n].ss, [RCX] = rows[n].flags}};
		same(&t, rows[n].name,
		     CODE("mov %%rsp, %%rdx\n push %%rbx\n push %%rdx\n push %%rcx\n push %%rax\n lea 1f(%%rip), %%rsi\n"
			  "push %%rsi\n xor %%esi, %%esi\n iretq\n 1: int $0x80"));
	}
}

static void loads(void)
{
	static const struct {
		const char *name;
		uint16_t selector;
	} rows[] = {
		{"MOV DS, null", 0},
		{"MOV DS, null with a privilege", 3},
		{"MOV DS, data", DATA_KERNEL},
		{"MOV DS, a user program's data", DATA_USER},
		{"MOV DS, code", CODE_KERNEL},
		{"MOV DS, absent data", ABSENT_DATA},
		{"MOV DS, read-only data", READ_ONLY},
		{"MOV DS, a task", 0x28},
		{"MOV DS, a gate", GATE_KERNEL},
		{"MOV DS, beyond the table", 0x1f0},
		{"MOV DS, of the local table, which is not there", 0x14},
	};

	for (unsigned n = 0; n < sizeof(rows) / sizeof(*rows); n++) {
		t = (struct trial){.gpr = {[RAX] = rows[n].selector}};
		same(&t, rows[n].name, CODE("mov %%eax, %%ds\n mov %%ds, %%ebx"));
		t = (struct trial){.gpr = {[RAX] = rows[n].selector}};
		same_user(&t, rows[n].name,
			  CODE("mov %%eax, %%gs\n mov %%gs, %%ebx\n lar %%ax, %%ecx\n lsl %%ax, %%edx\n"
			       "mov $0, %%esi\n verr %%ax\n setz %%sil\n verw %%ax\n setz %%dil"));
	}
}

int main(void)
{
	table_set();
	jumps();
	calls();
	returns();
	loads();
	return failures;
}
