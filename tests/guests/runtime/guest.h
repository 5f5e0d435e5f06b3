/*
 * What a tiny guest may call: print a line, try an instruction, finish.
 * A guest shows one point of the machine. It runs bare on an emulator and under CP, and must leave the same result.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stddef.h>
#include <stdint.h>

#include "print.h"

/* The machine was reset since: SCLP must be told again what it will get. */
void sclp_anew(void);

/* How a trial came back. The numbers are those of runtime/start.S. */
enum trial_end { END_PROGRAM = 1, END_SVC, END_EXTERNAL, END_IO, END_RESTART, END_CHECK };

/* One run of the CPU from a PSW until something interrupts: what goes in and what comes out. */
struct trial {
	uint64_t gpr[16]; /* in and out */
	uint64_t mask;    /* PSW bits 0-63: in; out: of the old PSW */
	uint64_t address; /* PSW bits 64-127: the same */
	enum trial_end end;
	uint16_t code;     /* program, SVC or external interruption code */
	uint8_t ilc;       /* instruction length in bytes, program and SVC only */
	uint16_t subcode;  /* 0x84: external interruption, CPU address or subcode */
	uint64_t teid;     /* translation-exception identification, 0xa8 */
	uint8_t access_id; /* exception access identification, 0xa0 */
	uint16_t per_code; /* 0x96 */
	uint64_t per_address;
};

#define PSW_64BIT     0x0000000180000000UL
#define PSW_PROBLEM   0x0001000000000000UL
#define PSW_WAIT      0x0002000000000000UL
#define PSW_DAT       0x0400000000000000UL
#define PSW_IO        0x0200000000000000UL
#define PSW_EXTERNAL  0x0100000000000000UL
#define PSW_PER       0x4000000000000000UL
#define PSW_PRIMARY   0x0000000000000000UL
#define PSW_AR        0x0000400000000000UL
#define PSW_SECONDARY 0x0000800000000000UL
#define PSW_HOME      0x0000c00000000000UL

/* SVC number by which a trial's code says that it has reached its end. */
#define SVC_DONE 255

void guest_enter(void);
void guest_finish(int failures) __attribute__((noreturn));
void trial_run(struct trial *t);

/* A 4 KiB page from the free storage behind the image, zeroed. Storage is never given back. */
void *page_new(unsigned pages);

/*
 * One instruction tried, or a few: t->gpr[] are the registers it starts with and is left with. The line that is printed
 * has nothing in it that differs from machine to machine.
 */
#define CODE(text)                                                                                           \
	({                                                                                                   \
		const void *code_;                                                                           \
		__asm__("larl %0,771f\n.pushsection .text.tried,\"ax\"\n.machine push\n.machine "            \
			"z10\n.balign 8\n771:" text "\n svc 255\n.machine pop\n.popsection"                  \
			: "=d"(code_));                                                                      \
		code_;                                                                                       \
	})

extern int failures, checks_expected;

int main(void);
/* Names what is tried from here on, for the judgements. try() does so itself. */
void trying(const char *name);
void try(struct trial *t, const char *name, uint64_t mask, const void *code);
void expect(const char *what, int good);
/* It ran to its end with this condition code; cc < 0: any. */
void expect_done(const struct trial *t, int cc);
/* It was interrupted; advance: how far the old PSW is past the code's first byte. */
void expect_program(const struct trial *t, unsigned code, unsigned ilc, unsigned advance);
/* Not a failure but a known difference of this machine: printed, and compared with differences.md. */
void differs(const char *what);
/* The machine does not have this instruction: a known difference, too. */
int absent(const struct trial *t);

static inline unsigned trial_cc(const struct trial *t)
{
	return t->mask >> 44 & 3;
}

uint64_t control_get(int number);
void control_set(int number, uint64_t value);

static inline void control_load_all(const uint64_t *controls)
{
	__asm__ volatile("lctlg 0,15,%0" : : "Q"(*(const uint64_t(*)[16])controls) : "memory");
}

static inline void control_store_all(uint64_t *controls)
{
	__asm__ volatile("stctg 0,15,%0" : "=Q"(*(uint64_t(*)[16])controls));
}

static inline uint64_t clock_now(void)
{
	uint64_t now;

	__asm__ volatile("stck %0" : "=Q"(now) : : "cc");
	return now;
}

#define LOW(type, address) (*(volatile type *)(uintptr_t)(address))

#endif
