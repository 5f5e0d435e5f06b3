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

#include <arch/guest.h>
#include <cp/vm.h>

struct instruction_entry;

/* Whole registers, not bytes: on the oldest machines of this architecture narrow fields cost extra instructions. */
struct instruction {
	struct vcpu *v;
	const struct instruction_entry *entry;
	union {
		uint8_t text[8];
		uint16_t half[4];
		uint64_t word; /* the same, as it is fetched */
	};
	unsigned long r1, r2, r3; /* register fields; r3 also M3/I3; none in S and SI */
	unsigned long i2;         /* SI immediate byte */
	gva_t a1,
		a2; /* effective addresses, wrapped to the addressing mode. S, RS, RX, RIL: a2. SI: a1. SS, SSE, SSF: both */
};

#define INSTRUCTION_PRIVILEGED 1 /* 0002 in problem state, checked by the driver */
#define INSTRUCTION_STAYS      2 /* the handler sets the PSW itself */
#define INSTRUCTION_Z_ONLY     4 /* operation exception in ESA/390 mode */

struct instruction_entry {
	uint16_t
		opcode; /* 00xx one-byte, B2xx, B9xx, E5xx, EBxx, E3xx, C8x0: as instruction/table.c keys them */
	uint8_t flags;
	const char *mnemonic;
	void (*decode)(struct instruction *i); /* its format: fills in the fields */
	int (*simulate)(struct instruction *i);
	unsigned long number; /* of the row, for counting: filled in by instruction_index() */
};

extern struct instruction_entry instruction_table[];
extern const unsigned instruction_rows;
enum { ROW_SSM, ROW_STNSM, ROW_STOSM, ROW_LRA, ROW_STURG }; /* rows that the fast path counts in */

/* driver.c: the formats. */
void decode_e(struct instruction *i);
void decode_s(struct instruction *i);
void decode_si(struct instruction *i);
void decode_rs(struct instruction *i);
void decode_rsy(struct instruction *i);
void decode_rx(struct instruction *i);
void decode_rxy(struct instruction *i);
void decode_rre(struct instruction *i);
void decode_ss(struct instruction *i);
#define decode_rrf decode_rre /* formats whose fields are where another has them */
#define decode_sse decode_ss
#define decode_ssf decode_ss
void decode_ril(struct instruction *i);
void decode_rie(struct instruction *i);

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

/* An address as the addressing mode has it; 24 and 31 bits: driver.c. */
gva_t address_narrow(const struct vcpu *v, gva_t a);
static inline __attribute__((always_inline)) gva_t address_wrap(const struct vcpu *v, gva_t a)
{
	return v->arch.psw.mask & PSW_EA ? a : address_narrow(v, a);
}

/* Base and displacement, the usual halfword. */
static inline gva_t address_of(const struct vcpu *v, unsigned long field)
{
	unsigned long base = field >> 12;
	gva_t a = field & 0xfff;

	if (base)
		a += v->arch.gpr[base];
	return address_wrap(v, a);
}

/* psw.c: the guest gets this PSW. 0; an invalid one is loaded and then gives a specification exception. */
int psw_load(struct vcpu *v, struct psw new);
bool psw_valid(const struct vcpu *v, const struct psw *p);
/* From and to ESA/390's eight bytes (as one doubleword). */
struct psw psw_from_short(uint64_t w);
uint64_t psw_to_short(const struct psw *p);
/* Something was opened (masks, timers): let the top of the loop look, if anything waits. */
void recheck(struct vcpu *v);

/* What simulation and resets share: clock.c, control.c, vcpu.c. */
uint64_t cpu_timer_get(const struct vcpu *v);
void cpu_timer_set(struct vcpu *v, uint64_t value);
void cpu_timer_ran(struct vcpu *v, uint64_t value, tod_t time);
void cpu_timer_expired(struct vcpu *v);
void clock_comparator_set(struct vcpu *v, uint64_t value);
int prefix_set(struct vcpu *v, uint32_t prefix); /* 0 or an addressing exception */
void architecture_set(struct vcpu *v, bool z);
void reset_initial(struct vcpu *v); /* what an initial CPU reset does beside a CPU reset */

/*
 * store.c: the common store instruction the PSW stands at, and what CP can do of those after it. 0 done and stepped past; > 0
 * its exception; STORE_UNKNOWN: not one of them.
 */
#define STORE_UNKNOWN 0x200
int store_simulate(struct vcpu *v);

/* storage.c: low-address protection of a real address: does it hold; its exception, TEID set. */
bool real_protected(const struct vcpu *v, uint64_t real);
int real_protection(struct vcpu *v, uint64_t real);

static inline unsigned instruction_length(uint8_t first)
{
	return first < 0x40 ? 2 : first < 0xc0 ? 4 : 6;
}

/* driver.c: make the index of the table; once is enough. */
void instruction_index(void);
/* The text of the instruction at an address, 6 bytes of room. */
int instruction_text(struct vcpu *v, gva_t at, uint8_t *text);
gva_t base_displacement(const struct vcpu *v, const uint8_t *field);
gva_t long_displacement(const struct vcpu *v, const uint8_t *text);

/* Guest real to absolute: prefixing (8 KiB in z/Architecture, 4 KiB in ESA/390). */
static inline gabs_t real_to_absolute(const struct vcpu *v, uint64_t real)
{
	uint64_t block = real & v->arch.architecture->prefix_block;

	if (block == 0)
		return real + v->arch.prefix;
	return block == v->arch.prefix ? real - block : real;
}

/* Read/write at guest REAL addresses. 0, > 0 addressing, < 0. */
int real_read(struct vcpu *v, uint64_t real, void *buf, size_t n);
int real_write(struct vcpu *v, uint64_t real, const void *buf, size_t n);

/* Put a program interruption's parameters, and swap PSWs: instruction/interrupt.c. */
int interrupt_program(struct vcpu *v, unsigned code, unsigned ilc);
/* The swap of PSWs alone. 0 or < 0. */
int interruption_swap(struct vcpu *v, enum interruption class);
/* Which of PENDING_* the subclass masks in control register 0 let through. */
uint32_t external_open(const struct vcpu *v);
/* machine_check.c: deliver one if the guest is open for it: 1 delivered, 0 none, < 0. */
int machine_check_deliver(struct vcpu *v);
/* channel/subchannel.c: all devices were loaded: count what is pending. false: such subchannels there cannot be. */
bool subchannels_loaded(struct vm *vm);
/* channel/report.c: I/O-system reset: no report is pending. */
void report_reset(struct vm *vm);
/* Post: I/O interruption state of the machine changed; kicks a vCPU that may be open for it. */
void io_interrupt_changed(struct vm *vm);

/* Every handler, by name; the rows of table.c say which is whose. */
#define SIMULATE(name) int sim_##name(struct instruction *i)
/* psw.c */
SIMULATE(ssm);
SIMULATE(stnsm);
SIMULATE(stosm);
SIMULATE(lpsw);
SIMULATE(lpswe);
SIMULATE(epsw);
SIMULATE(ipk);
SIMULATE(spka);
SIMULATE(sac);
SIMULATE(iac);
/* control.c */
SIMULATE(lctl);
SIMULATE(lctlg);
SIMULATE(stctl);
SIMULATE(stctg);
SIMULATE(stap);
SIMULATE(spx);
SIMULATE(stpx);
SIMULATE(epar);
SIMULATE(esar);
SIMULATE(ssar);
SIMULATE(lpp);
SIMULATE(linkage);
/* trace.c */
SIMULATE(trace);
SIMULATE(tracg);
/* identity.c */
SIMULATE(stidp);
SIMULATE(stfl);
SIMULATE(stfle);
SIMULATE(stsi);
/* signal.c */
SIMULATE(sigp);
/* clock.c */
SIMULATE(spt);
SIMULATE(stpt);
SIMULATE(sckc);
SIMULATE(stckc);
SIMULATE(sck);
SIMULATE(sckpf);
SIMULATE(stck);
/* key.c */
SIMULATE(iske);
SIMULATE(sske);
SIMULATE(rrbe);
SIMULATE(ivsk);
SIMULATE(tb);
SIMULATE(tprot);
/* storage.c */
SIMULATE(stura);
SIMULATE(sturg);
SIMULATE(lura);
SIMULATE(lurag);
SIMULATE(csp);
SIMULATE(cspg);
SIMULATE(csst);
SIMULATE(store_relative);
/* move.c */
SIMULATE(mvcp);
SIMULATE(mvcs);
SIMULATE(mvck);
SIMULATE(mvcsk);
SIMULATE(mvcdk);
SIMULATE(mvcos);
/* translate.c */
SIMULATE(lra);
SIMULATE(lrag);
SIMULATE(ipte);
SIMULATE(idte);
SIMULATE(ptlb);
SIMULATE(palb);
/* rotate.c */
SIMULATE(rotate);
/* channel/instruction.c */
SIMULATE(stsch);
SIMULATE(msch);
SIMULATE(ssch);
SIMULATE(tsch);
SIMULATE(hsch);
SIMULATE(csch);
SIMULATE(rsch);
SIMULATE(xsch);
SIMULATE(tpi);
SIMULATE(stcrw);
SIMULATE(chsc);
SIMULATE(schm);
SIMULATE(sal);
SIMULATE(rchp);
SIMULATE(stcps);
/* servc.c, diagnose.c, iucv.c */
SIMULATE(servc);
SIMULATE(diag);
SIMULATE(iucv);
#undef SIMULATE

/* channel/interrupt.c, called by the deliverer (instruction/interrupt.c): the highest-priority subchannel with
 * an interruption pending in an ISC that CR6 enables. Takes it: stores id, parameter and interruption word and
 * returns 1; 0 when there is none. Without take it only looks. */
struct io_interruption {
	uint32_t id, parameter, word;
};
int channel_interruption(struct vm *vm, uint64_t cr6, bool take, struct io_interruption *io);

#include <arch/operand.h>

#endif
