/*
 * fault.c - a fault of CP's own.
 *
 * Owns: what is said when the processor finds a mistake in CP: which, where,
 * and the registers. Called by interrupt_serve(); ends in panic().
 * It speaks by arch_putc() alone: lines need interruptions.
 */
#include <arch/interrupt.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/panic.h>

#define NMI 2

static const char *const names[] = {
	"divide error",
	"debug",
	"NMI",
	"breakpoint",
	"overflow",
	"bound range",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment",
	"invalid TSS",
	"segment not present",
	"stack",
	"general protection",
	"page fault",
	"reserved",
	"x87 floating point",
	"alignment check",
	"machine check",
	"SIMD floating point",
};

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (const char *s = text; *s; s++)
		arch_putc(*s);
	arch_putc('\n');
}

static void say_registers(const struct interrupt_frame *f)
{
	say("RAX %016lX RCX %016lX RDX %016lX RBX %016lX", f->rax, f->rcx, f->rdx, f->rbx);
	say("RSP %016lX RBP %016lX RSI %016lX RDI %016lX", f->rsp, f->rbp, f->rsi, f->rdi);
	say("R8  %016lX R9  %016lX R10 %016lX R11 %016lX", f->r8, f->r9, f->r10, f->r11);
	say("R12 %016lX R13 %016lX R14 %016lX R15 %016lX", f->r12, f->r13, f->r14, f->r15);
}

_Noreturn void fault_cp(const struct interrupt_frame *f)
{
	const char *name = f->vector < ARRAY_SIZE(names) ? names[f->vector] : "reserved";
	uint64_t cr2;

	if (f->vector == NMI) /* a button of the real machine, or its storage has failed */
		panic("non-maskable interruption at %lX", f->rip);
	__asm__ volatile("movq %%cr2, %0" : "=r"(cr2));
	say("CP fault: exception %02lX (%s), error code %lX, at %lX, flags %lX, CR2 %lX", f->vector, name,
	    f->error, f->rip, f->rflags, cr2);
	say_registers(f);
	panic("exception %02lX (%s) in CP", f->vector, name);
}
