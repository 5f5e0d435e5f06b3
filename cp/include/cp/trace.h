/*
 * trace.h - what happened, lately and on request.
 *
 * Two things: the trace ring, always in storage and cheap enough to leave
 * on, which CP keeps for its own post-mortems; and the TRACE command's
 * settings, by which a user follows his own machine on his terminal.
 * Heritage: DMKTRC (user trace), the CP trace table of DMKPSA.
 */
#ifndef CP_TRACE_H
#define CP_TRACE_H

#include <cp/types.h>

struct vcpu;
struct intercept;

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

struct trace_entry {
	tod_t when;
	const struct vcpu *vcpu; /* may have ended since: to compare, not to follow */
	uint64_t data;           /* by kind: a guest address */
	uint16_t kind;           /* enum intercept_kind */
	uint16_t code;
};

extern bool trace_ring_on __attribute__((aligned(8))); /* aligned: a cheaper look at it */
void trace_ring_put(struct vcpu *v, unsigned kind, unsigned code, uint64_t data);
/* The entry that many before the last; NULL when there is none. */
const struct trace_entry *trace_ring_entry(unsigned back);

/* A user's TRACE line: prints, and stops the machine unless RUN. text is without the event's prefix. */
void trace_user(struct vcpu *v, enum trace_event e, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
