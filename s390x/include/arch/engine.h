/*
 * engine.h - how a virtual CPU is run: what an execution engine is to the
 * rest of the port.
 *
 * An engine lets the guest run and says why it came back, and makes good a
 * page fault of CP's own making. What an instruction means is none of its
 * business. Two today: engine/trap/ everywhere, engine/sie/ where the
 * processor has interpretive execution. A virtual CPU changes its engine
 * only at the top of its loop, where all of its state is in struct
 * arch_vcpu and no engine holds any.
 */
#ifndef ARCH_ENGINE_H
#define ARCH_ENGINE_H

#include <cp/arch.h>

struct engine {
	const char *name;
	/* v is to be run by this engine from now on: what another one has kept for it is dropped. */
	void (*begin)(struct vcpu *v);
	void (*run)(struct vcpu *v, struct intercept *i);
	int (*page_fault)(struct vcpu *v, struct intercept *i);
};

extern const struct engine trap_engine, sie_engine;

/* choose.c: a new virtual CPU begins with the first. */
void engine_set(struct vcpu *v, const struct engine *e);
/* At the top of the loop: the engine that the user's settings ask for. */
void engine_choose(struct vcpu *v);

#endif
