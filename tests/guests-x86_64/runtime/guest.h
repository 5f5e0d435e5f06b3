/*
 * What a tiny guest may call: print a line, try instructions, finish.
 * A guest shows one point of the machine. It runs bare on QEMU and under CP, and must leave the same result.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../guests/runtime/print.h"

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

/* One run of the CPU until anything interrupts. The offsets are those of start.S. */
struct trial {
	uint64_t gpr[16]; /* in and out; RSP 0 going in: a stack of its own */
	uint64_t rip, rflags;
	uint64_t cr2; /* out */
	uint64_t cs, ss;
	uint64_t vector, error; /* out */
};

#define CODE_KERNEL 0x08
#define DATA_KERNEL 0x10
#define DATA_USER   0x1b
#define CODE_USER   0x23
#define CODE_32     0x38
#define CODE_16     0x40

#define FLAGS_IF   0x200
#define FLAGS_TF   0x100
#define FLAGS_RF   0x10000
#define FLAGS_IOPL 0x3000

#define VECTOR_DEBUG        1
#define VECTOR_NMI          2
#define VECTOR_BREAKPOINT   3
#define VECTOR_UNDEFINED    6
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PROTECTION   13
#define VECTOR_PAGE         14
#define VECTOR_IRQ          0x20 /* where the 8259s are told to put theirs */
#define VECTOR_DONE         0x80 /* INT 80: a trial's code has reached its end */

void guest_enter(struct trial *t);
void guest_finish(int failures) __attribute__((noreturn));
/* Ends the machine without a word: bare QEMU's process, CP's guest. */
void guest_off(void) __attribute__((noreturn));
void trial_run(struct trial *t);

extern int failures;
extern uint64_t image_words[2]; /* what the test wants: a count, a seed */
extern char image_begin[], storage_free[];
extern uint64_t segments[], root[], directories[];
extern bool under_cp;

int main(void);
/* A 4 KiB page from the free storage behind the image, zeroed. Storage is never given back. */
void *page_new(unsigned pages);

/* One instruction tried, or a few. The line that is printed has nothing in it that differs from machine to machine. */
#define CODE(text)                                                                                           \
	({                                                                                                   \
		const void *code_;                                                                           \
		__asm__("lea 771f(%%rip), %0\n.pushsection .text.tried,\"ax\"\n.balign 16\n771:" text        \
			"\n int $0x80\n.popsection"                                                          \
			: "=r"(code_));                                                                      \
		code_;                                                                                       \
	})

/* Names what is tried from here on, for the judgements. try() does so itself. */
void trying(const char *name);
/* In the kernel's mode, interruptions off; try_user in a user program's. */
void try(struct trial *t, const char *name, const void *code);
void try_user(struct trial *t, const char *name, const void *code);
void expect(const char *what, bool good);
void expect_done(const struct trial *t);
/* An exception, at the instruction that begins `advance` bytes past the code's first. */
void expect_exception(const struct trial *t, unsigned vector, uint64_t error, unsigned advance);

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(subleaf));
	return r;
}

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline uint64_t tsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* VMMCALL with DIAGNOSE's registers: Rx and the one after it, Ry and the one after it. Returns the condition code. */
static inline uint32_t diagnose(uint32_t code, uint64_t x[2], uint64_t y[2])
{
	__asm__ volatile("vmmcall" : "+a"(code), "+D"(x[0]), "+S"(x[1]), "+d"(y[0]), "+c"(y[1]) : : "memory");
	return code;
}

/* The 8259s: remapped to VECTOR_IRQ, all masked but these. */
void pic_set(uint16_t open);
void pic_end(unsigned irq);

#endif
