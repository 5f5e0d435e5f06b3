/*
 * trace.h - what happened, lately and on request.
 *
 * Two things: the trace ring, which CP keeps for its own post-mortems and for
 * whoever wants to see where time goes (SET CPTRACE); and the TRACE command's
 * settings, by which a user follows his own machine on his terminal.
 * Heritage: DMKTRC (user trace), the CP trace table of DMKPSA.
 */
#ifndef CP_TRACE_H
#define CP_TRACE_H

#include <cp/intercept.h>

struct vcpu;
struct task;

enum trace_event {
	TRACE_PRIV = 1 << 0,
	TRACE_SVC = 1 << 1,
	TRACE_PROGRAM = 1 << 2,
	TRACE_EXTERNAL = 1 << 3,
	TRACE_IO = 1 << 4,
	TRACE_INSTRUCTION = 1 << 5
};

struct trace_settings {
	uint32_t events; /* enum trace_event; 0: not tracing */
	bool run;        /* RUN: do not stop after each line */
};

/* ---- the ring (ring.c) -------------------------------------------------- */

#define TRACE_DISPATCH INTERCEPT_KINDS /* a kind of entry: a task had the real CPU */
#define TRACE_NO_VCPU  0xff

struct trace_entry {
	tod_t when, until;  /* until 0: it has not ended, or was not measured */
	char who[8];        /* the user, or a task of CP's own; ends with a zero if there is room */
	const char *engine; /* NULL: a dispatch, which has not the next three */
	uint64_t word;      /* the instruction, for arch_instruction_name() */
	gva_t at;           /* where the guest stands: PSW, RIP */
	uint64_t data;      /* a guest address: the instruction's, or the page's */
	uint16_t code;      /* the engine's: struct intercept; of a dispatch: the real CPU's number */
	uint8_t kind;       /* enum intercept_kind, or TRACE_DISPATCH */
	uint8_t vcpu;       /* the virtual CPU's number, or TRACE_NO_VCPU */
};

extern bool trace_ring_on __attribute__((aligned(8))); /* aligned: a cheaper look at it */
extern bool trace_cost_on;                             /* and what is in it is measured */
/* On; what the ring had before is forgotten. */
void trace_ring_start(bool cost);
void trace_ring_stop(void);
/* The entries that there are: from *first up to but not with the result. They are numbered since CP began. */
unsigned trace_ring_extent(unsigned *first);
const struct trace_entry *trace_ring_entry(unsigned number);

/* An intercept goes into the ring before it is handled. */
void trace_intercept(struct vcpu *v, const struct intercept *i);
/* One that is measured: when it has been handled, its end goes there, too, and its cost is counted (exits.h). */
struct trace_span {
	unsigned number;
	uint8_t kind;
	tod_t from;
};
void trace_measure(struct trace_span *s, struct vcpu *v, const struct intercept *i);
void trace_measured(const struct trace_span *s, struct vcpu *v);
/* A task has had the real CPU. */
void trace_dispatch(const struct task *t, tod_t when, tod_t until);

/* ---- TRACE (trace.c) ---------------------------------------------------- */

/* A user's TRACE line: prints, with the engine's name, and stops the machine unless RUN. text is without the event's prefix. */
void trace_user(struct vcpu *v, enum trace_event e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for a program interruption, if they are followed: its PSW is what the old PSW is going to be. */
void trace_program(struct vcpu *v, const struct intercept *i, unsigned code);

#endif
