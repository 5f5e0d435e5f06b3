/*
 * exits.c - the tables of why a virtual CPU's engines were left.
 *
 * Owns: which table is counted in. intercept.c counts in the virtual CPU
 * itself, where it costs least; from there it comes here when the engine
 * changes, or somebody looks. Before: intercept.c. After: ring.c, which
 * measures; indicate.c, which shows. Heritage: VMBLOK's counts, DMKMON.
 */
#include <cp/vm.h>

static void fold(struct vcpu *v)
{
	for (unsigned kind = 0; kind < INTERCEPT_KINDS && v->left; kind++) {
		v->left->count[kind] += v->intercepts[kind];
		v->intercepts[kind] = 0;
	}
}

static bool unused(const struct exits *x)
{
	for (unsigned kind = 0; kind < INTERCEPT_KINDS; kind++)
		if (x->count[kind])
			return false;
	return true;
}

/* Of an engine that has not run it nothing is kept. */
void exits_begin(struct vcpu *v, const char *engine)
{
	struct exits *x = v->exits;

	fold(v);
	while (x->engine != engine && !unused(x))
		x++;
	x->engine = engine;
	v->left = x;
}

const struct exits *exits_get(struct vcpu *v, unsigned n)
{
	fold(v);
	return n < ENGINES_MAX && v->exits[n].engine ? &v->exits[n] : NULL;
}
