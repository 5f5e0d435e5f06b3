/*
 * exits.h - why a virtual CPU's engines were left, and what CP's answer cost.
 *
 * One table for each engine that has run it, all of the same shape: a row for
 * each kind of intercept, whatever the engine's own word for it is (a program
 * interruption, an interception code, an exit code). The reference page of
 * traces says which is which. INDICATE USER shows them.
 */
#ifndef CP_EXITS_H
#define CP_EXITS_H

#include <cp/intercept.h>

#define ENGINES_MAX 2 /* of one port */

struct exits {
	const char *engine; /* NULL: no other has run it */
	uint64_t count[INTERCEPT_KINDS];
	/* of those that came while CPTRACE was COST: how many, and CP's time for them in TOD units */
	uint64_t measured[INTERCEPT_KINDS];
	tod_t time[INTERCEPT_KINDS];
};

/* exits.c. From now on v is left by that engine, one of arch_vcpu_engine()'s words. */
void exits_begin(struct vcpu *v, const char *engine);
/* The n-th engine's, up to date; NULL: there are no more. */
const struct exits *exits_get(struct vcpu *v, unsigned n);

#endif
