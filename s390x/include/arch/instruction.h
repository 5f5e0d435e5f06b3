/*
 * instruction.h - simulated instructions: the table and what a handler gets.
 *
 * The driver (instruction/driver.c) fetches, finds the row, checks
 * privilege, decodes by format, counts and traces; the handler holds the
 * instruction's meaning in 5 to 15 lines. What a handler returns:
 *     0    done; the driver steps past it unless its row says STAYS
 *   > 0    the program-interruption code to reflect
 *   < 0    CP could not
 * A handler may be restarted from its instruction, so it changes guest
 * state only after its last possible sleep.
 */
#ifndef ARCH_INSTRUCTION_H
#define ARCH_INSTRUCTION_H

#include <cp/vm.h>

enum instruction_format { FORMAT_E, FORMAT_RR, FORMAT_RRE, FORMAT_RRF, FORMAT_S, FORMAT_SI, FORMAT_RS, FORMAT_RSY,
	FORMAT_RX, FORMAT_RXY, FORMAT_SS, FORMAT_SSE, FORMAT_SSF, FORMAT_SIL };

struct instruction_entry;

struct instruction {
	struct vcpu *v;
	const struct instruction_entry *entry;
	uint8_t text[6];
	uint8_t length;	   /* of the intercepted instruction: EX's own when executed by EX */
	uint8_t r1, r2, r3; /* register fields; r3 also M3/I3; SI: r1 unused */
	uint8_t i2;	   /* SI immediate byte */
	gva_t a1, a2; /* effective addresses, wrapped to the addressing mode. S, RS, RX: a2. SI, SIL: a1. SS, SSE, SSF: both */
	uint16_t code;	   /* program-interruption code that brought it here: 1, 2, 0x13 ... */
};

#define INSTRUCTION_PRIVILEGED 1 /* 0002 in problem state, checked by the driver */
#define INSTRUCTION_STAYS 2	 /* the handler sets the PSW itself */
#define INSTRUCTION_Z_ONLY 4	 /* operation exception in ESA/390 mode */

struct instruction_entry {
	uint16_t opcode;   /* 00xx one-byte, B2xx, B9xx, E5xx, EBxx, E3xx, C8x0: as instruction/table.c keys them */
	uint8_t format;
	uint8_t flags;
	const char *mnemonic;
	int (*simulate)(struct instruction *i);
};

extern const struct instruction_entry instruction_table[];

/* Small helpers for handlers. */
static inline void set_cc(struct vcpu *v, unsigned cc)
{
	v->arch.psw.mask = (v->arch.psw.mask & ~PSW_CC) | (uint64_t)cc << PSW_CC_SHIFT;
}

static inline uint32_t gpr_low(const struct vcpu *v, unsigned n)
{
	return (uint32_t)v->arch.gpr[n];
}

static inline void gpr_set_low(struct vcpu *v, unsigned n, uint32_t value)
{
	v->arch.gpr[n] = (v->arch.gpr[n] & 0xffffffff00000000ull) | value;
}

/* Guest real to absolute: prefixing (8 KiB in z/Architecture, 4 KiB in ESA/390). */
gabs_t real_to_absolute(const struct vcpu *v, uint64_t real);
/* Read/write at guest REAL addresses. 0, > 0 addressing, < 0. */
int real_read(struct vcpu *v, uint64_t real, void *buf, size_t n);
int real_write(struct vcpu *v, uint64_t real, const void *buf, size_t n);

/* Put a program interruption's parameters, and swap PSWs: instruction/interrupt.c. */
int interrupt_program(struct vcpu *v, unsigned code, unsigned ilc);
/* Post: I/O interruption state of the machine changed; kicks a vCPU that may be open for it. */
void io_interrupt_changed(struct vm *vm);

/* Handlers, by file. channel/instruction.c: */
int sim_stsch(struct instruction *i);
int sim_msch(struct instruction *i);
int sim_ssch(struct instruction *i);
int sim_tsch(struct instruction *i);
int sim_hsch(struct instruction *i);
int sim_csch(struct instruction *i);
int sim_rsch(struct instruction *i);
int sim_xsch(struct instruction *i);
int sim_tpi(struct instruction *i);
int sim_stcrw(struct instruction *i);
int sim_chsc(struct instruction *i);
int sim_schm(struct instruction *i);
int sim_sal(struct instruction *i);
int sim_rchp(struct instruction *i);
int sim_stcps(struct instruction *i);
/* sclp/servc.c, diagnose.c, iucv.c: */
int sim_servc(struct instruction *i);
int sim_diag(struct instruction *i);
int sim_iucv(struct instruction *i);

/* channel/interrupt.c, called by the deliverer (instruction/interrupt.c): the highest-priority subchannel with
 * an interruption pending in an ISC that CR6 enables. Takes it: stores id, parameter and interruption word and
 * returns 1; 0 when there is none. Without take it only looks. */
struct io_interruption {
	uint32_t id, parameter, word;
};
int channel_interruption(struct vm *vm, uint64_t cr6, bool take, struct io_interruption *io);

#endif
