/*
 * instruction.h - what CP simulates for a guest: the table, and what its handlers share.
 *
 * The key of the table is why the guest was stopped (exit.h). The driver counts, traces and steps past; the handler holds the
 * meaning. What a handler returns:
 *     0    done; the driver steps past the instruction unless the row says STAYS
 *   > 0    the guest's fault, to be reflected: EXCEPTION(vector), or a number of cp/'s (addressing, specification ...), which
 *	    become #GP
 *   < 0    CP could not
 * A handler may be started again from its instruction, so it changes guest state only after its last possible sleep.
 */
#ifndef ARCH_INSTRUCTION_H
#define ARCH_INSTRUCTION_H

#include <arch/engine.h>
#include <arch/register.h>
#include <arch/svm.h> /* how the engine keeps the registers */

/* In long mode (64-bit or compatible code). */
static inline bool guest_long(const struct vcpu *v)
{
	return register_get(v, REGISTER_EFER) & EFER_LMA;
}

/* In 64-bit code. */
static inline bool guest_64(const struct vcpu *v)
{
	return guest_long(v) && segment_get(v, SEGMENT_CS).attributes & ATTRIBUTE_LONG;
}

/* A general register by its number. RSP is not among the others: the processor keeps it. */
static inline uint64_t general_get(const struct vcpu *v, unsigned n)
{
	return n == RSP ? register_get(v, REGISTER_RSP) : v->arch.gpr[n];
}

static inline void general_set(struct vcpu *v, unsigned n, uint64_t value)
{
	if (n == RSP)
		register_set(v, REGISTER_RSP, value);
	else
		v->arch.gpr[n] = value;
}

#define VECTOR_DEBUG         1
#define VECTOR_NMI           2
#define VECTOR_BREAKPOINT    3
#define VECTOR_OVERFLOW      4
#define VECTOR_UNDEFINED     6
#define VECTOR_DOUBLE_FAULT  8
#define VECTOR_PROTECTION    13
#define VECTOR_PAGE          14
#define VECTOR_ALIGNMENT     17
#define VECTOR_MACHINE_CHECK 18

/* An exception as a result code. The codes below 0x100 are cp/'s own. */
#define EXCEPTION(vector) (0x100 | (vector))

#define INSTRUCTION_STAYS 1  /* the handler sets the place where the guest goes on itself */
#define INSTRUCTION_MAX   15 /* bytes */

struct instruction_entry {
	const char *mnemonic;
	uint8_t flags;
	uint16_t trace; /* enum trace_event that has a line of it */
	int (*simulate)(struct vcpu *v);
	/* What TRACE says after the mnemonic, before it is simulated; may be NULL. */
	void (*describe)(const struct vcpu *v, char *text, size_t size);
};

extern const struct instruction_entry instruction_table[EXITS];

/* driver.c: the guest goes on after the intercepted instruction. */
void instruction_skip(struct vcpu *v);
/* A guest that single-steps itself is stopped after simulated instructions, and after each element of a repeated one. */
void instruction_trap(struct vcpu *v);
/* text.c: up to n bytes of the instruction the guest is at; how many could be had. */
unsigned instruction_text(struct vcpu *v, uint8_t *text, unsigned n);
/* Size in bits, 16, 32 or 64, of the code segment. */
unsigned code_size(const struct vcpu *v);

/* Legacy prefixes and REX of an instruction. */
struct prefixes {
	uint8_t count; /* bytes of them */
	uint8_t rex;
	uint8_t segment; /* enum segment_name + 1 of an override; 0: none */
	bool operand, address;
};
void prefixes_read(const struct vcpu *v, const uint8_t *text, unsigned n, struct prefixes *p);

/* interrupt.c: what the guest takes when it is entered next. An exception on top of another becomes a double fault. 0, or
 * < 0 when that is a shutdown. */
int interrupt_exception(struct vcpu *v, unsigned vector, uint32_t error);

/* memory/walk.c: the guest's own tables. As arch_translate(), for a given privilege. */
int walk(struct vcpu *v, gva_t a, enum access access, bool user, gabs_t *abs);

/* msr.c: the guest's own time-stamp counter. 0 or < 0. */
uint64_t tsc_get(const struct vcpu *v);
int tsc_set(struct vcpu *v, uint64_t value);

/* pvclock.c: the time in the guest's storage, written anew; and the MSRs that say where. 0 or < 0. */
int pvclock_update(struct vcpu *v);
uint64_t pvclock_get(const struct vcpu *v);
int pvclock_set(struct vcpu *v, uint64_t value);
int pvclock_wall_set(struct vcpu *v, uint64_t value);

#define SIMULATE(name) int sim_##name(struct vcpu *v)
#define DESCRIBE(name) void describe_##name(const struct vcpu *v, char *text, size_t size)
SIMULATE(cpuid);
DESCRIBE(cpuid);
SIMULATE(rdmsr);
SIMULATE(wrmsr);
DESCRIBE(rdmsr);
DESCRIBE(wrmsr);
SIMULATE(port);
DESCRIBE(port);
SIMULATE(hlt);
SIMULATE(diagnose);
DESCRIBE(diagnose);
SIMULATE(cr_write);
DESCRIBE(cr_write);
SIMULATE(cr8_write);
SIMULATE(ltr);
SIMULATE(nothing);
SIMULATE(undefined);
SIMULATE(refused);
#undef SIMULATE
#undef DESCRIBE

#endif
