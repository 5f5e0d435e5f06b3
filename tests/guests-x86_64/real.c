/*
 * A guest that leaves long mode for real mode and stays there: segments, interruptions through the vector table at 0, ports, HLT.
 * Before it: step.c. After it: ends.c.
 * Known simplification: the program is copied to 8000 and uses segment 0, so that a label's offset is its distance from there.
 */
#include "runtime/guest.h"

#define LOW       0x8000
#define TEXT(x)   #x
#define NUMBER(x) TEXT(x)
#define AT(label) "(" #label " - low_begin + " NUMBER(LOW) ")"

/* The text leaves the zero flag on when all is well. */
#define TRIAL(name, text)                                                                                    \
	text "\n mov $1f - low_begin + " NUMBER(LOW) ", %si\n call verdict\n jmp 2f\n"                       \
						     "1: .asciz \"" name "\"\n2:\n"

#define VECTOR(number, label)                                                                                \
	" movw $" AT(label) ", 4 * " NUMBER(number) "\n movw $0, 4 * " NUMBER(number) " + 2\n"

#define OUT(port, value) " mov $" NUMBER(value) ", %al\n outb %al, $" NUMBER(port) "\n"

/* To it all these lines are one expression: */
/* clang-format off */
__asm__(".pushsection .text\n"
	".code16\n"
	"low_begin:\n"
	/* In 16-bit code of long mode: out of it. */
	" mov $0x10, %ax\n mov %ax, %ds\n mov %ax, %es\n mov %ax, %ss\n"
	" mov %cr0, %eax\n and $0x7fffffff, %eax\n mov %eax, %cr0\n"
	" mov $0xc0000080, %ecx\n rdmsr\n and $0xfffffeff, %eax\n wrmsr\n"
	" mov %cr0, %eax\n and $0xfffffffe, %eax\n mov %eax, %cr0\n"
	" ljmp $0, $" AT(real) "\n"
	"real: xor %ax, %ax\n mov %ax, %ds\n mov %ax, %es\n mov %ax, %ss\n"
	" mov $0x7000, %sp\n cld\n lidt " AT(vectors) "\n"
	VECTOR(0, divided) VECTOR(1, traced) VECTOR(6, undefined) VECTOR(0x20, timer) VECTOR(0x60, called)
	TRIAL("real mode", " mov %cr0, %eax\n test $0x80000001, %eax")

	/* Segments. */
	TRIAL("a byte by two segments",
	      " mov $0x1000, %ax\n mov %ax, %es\n mov $0x1001, %ax\n mov %ax, %fs\n"
	      " movw $0x1234, %es:0x10\n cmpw $0x1234, %fs:0")
	TRIAL("the byte behind 1 MiB", " mov $0xffff, %ax\n mov %ax, %es\n cmpw $0xb002, %es:0x10")
	TRIAL("offsets wrap round",
	      " mov $0xfff0, %bx\n mov $0x1000, %ax\n mov %ax, %es\n"
	      " movb $0x5a, %es:0x10\n cmpb $0x5a, %es:0x20(%bx)")
	TRIAL("a far call", " lcall $0x810, $" AT(far) " - 0x8100\n cmp $0x810, %ax")
	TRIAL("a string into another segment",
	      " mov $0x1200, %ax\n mov %ax, %es\n xor %di, %di\n mov $" AT(vectors) ", %si\n mov $6, %cx\n"
	      " rep movsb\n cmpw $0x3ff, %es:0")

	/* Interruptions through the table. */
	TRIAL("INT", " sti\n xor %bx, %bx\n int $0x60\n cli\n cmp $0x61, %bl")
	TRIAL("  it closes, IRET opens",
	      " sti\n int $0x60\n pushf\n pop %ax\n cli\n mov %bh, %al\n and $0x0202, %ax\n cmp $0x0200, %ax")
	TRIAL("a division by zero", " xor %bx, %bx\n xor %cl, %cl\n div %cl\n cmp $0x0d, %bl")
	TRIAL("an undefined instruction", " xor %bx, %bx\n ud2\n cmp $0x0e, %bl")
	TRIAL("the trap flag",
	      " xor %bx, %bx\n pushf\n pop %ax\n or $1, %ah\n push %ax\n popf\n nop\n nop\n cmp $1, %bl")

	/* What CP simulates. */
	TRIAL("CPUID", " xor %eax, %eax\n cpuid\n test %eax, %eax\n setz %al\n test %al, %al")
	TRIAL("a port", " mov $0x3ff, %dx\n mov $0x5a, %al\n outb %al, %dx\n xor %al, %al\n inb %dx, %al\n cmp $0x5a, %al")
	TRIAL("INS into another segment",
	      " mov $0x1300, %ax\n mov %ax, %es\n mov $4, %di\n mov $0x3ff, %dx\n insb\n"
	      " cmpb $0x5a, %es:4\n jne 3f\n cmp $5, %di\n3:")
	TRIAL("OUTS wraps round with its offset",
	      " mov $0x1001, %ax\n mov %ax, %ds\n movl $0x44434241, 0xfffc\n movl $0x48474645, 0\n"
	      " mov $0xfffc, %si\n mov $8, %cx\n mov $0x3fa, %dx\n mov $7, %al\n outb %al, %dx\n"
	      " mov $0x3fc, %dx\n mov $0x10, %al\n outb %al, %dx\n mov $0x3f8, %dx\n rep outsb\n"
	      " insb\n insb\n insb\n insb\n insb\n dec %di\n mov %es:(%di), %bl\n xor %ax, %ax\n mov %ax, %ds\n"
	      " mov $0x3fc, %dx\n mov $3, %al\n outb %al, %dx\n mov $0x3fa, %dx\n xor %al, %al\n outb %al, %dx\n"
	      " cmp $4, %si\n jne 3f\n cmp $0x45, %bl\n3:")
	TRIAL("HLT until the timer",
	      OUT(0x20, 0x11) OUT(0x21, 0x20) OUT(0x21, 4) OUT(0x21, 1) OUT(0x21, 0xfe)
	      OUT(0x43, 0x30) OUT(0x40, 0) OUT(0x40, 0x10)
	      " xor %bx, %bx\n sti\n hlt\n cli\n cmp $0x20, %bl")

	/* The verdict, and power off. */
	" mov $" AT(good) ", %si\n cmpw $0, " AT(bad_ones) "\n je 1f\n mov $" AT(bad) ", %si\n"
	"1: call say\n"
	"2: mov $0x3fd, %dx\n inb %dx, %al\n test $0x40, %al\n jz 2b\n"
	" mov $0x604, %dx\n mov $0x2000, %ax\n outw %ax, %dx\n cli\n hlt\n"

	"far: push %cs\n pop %ax\n lret\n"
	/* Each handler says in BL that it came; some step over what brought them. */
	"called: pushf\n pop %bx\n mov $0x61, %bl\n iret\n"
	"divided: mov $0x0d, %bl\n jmp step_over\n"
	"undefined: mov $0x0e, %bl\n"
	"step_over: push %bp\n mov %sp, %bp\n addw $2, 2(%bp)\n pop %bp\n iret\n"
	"traced: inc %bl\n push %bp\n mov %sp, %bp\n andb $0xfe, 7(%bp)\n pop %bp\n iret\n"
	"timer: push %ax\n mov $0x20, %al\n outb %al, $0x20\n mov %al, %bl\n pop %ax\n iret\n"

	"verdict: jz 1f\n incw " AT(bad_ones) "\n push %si\n mov $" AT(word_bad) ", %si\n call say\n pop %si\n"
	"1: call say\n mov $" AT(word_done) ", %si\n"
	/* DS:SI a text that ends with a zero byte. */
	"say: mov $0x3fd, %dx\n inb %dx, %al\n test $0x20, %al\n jz say\n"
	" cmpb $0, (%si)\n je 1f\n mov $0x3f8, %dx\n outsb\n jmp say\n1: ret\n"

	"word_bad: .asciz \"BAD \"\n"
	"word_done: .asciz \": done\\r\\n\"\n"
	"good: .asciz \"guest: passed, 0 failures\\r\\n\"\n"
	"bad: .asciz \"guest: FAILED\\r\\n\"\n"
	"vectors: .word 0x3ff\n .long 0\n"
	"bad_ones: .word 0\n"
	"low_end:\n"
	".code64\n"
	".popsection");
/* clang-format on */

extern const char low_begin[], low_end[];

int main(void)
{
	memcpy((void *)LOW, low_begin, (size_t)(low_end - low_begin));
	__asm__ volatile("cli\n push %0\n push %1\n lretq" : : "r"((uint64_t)CODE_16), "r"((uint64_t)LOW));
	return 1;
}
