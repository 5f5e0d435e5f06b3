/*
 * choose.c - which engine runs a virtual CPU, and the way to it.
 *
 * Owns: the choice. Comes after cp/run/vcpu.c, which calls from the top of its loop (arch_vcpu_deliver()); before
 * engine/trap/run.c and engine/sie/run.c, which know nothing of each other.
 *
 * Interpretive execution where the processor has it and the user wants it (SET ASSIST SIE), but for TRACE INSTRUCTION, which
 * only the trap engine can do.
 */
#include <arch/engine.h>
#include <arch/instruction.h>
#include <arch/trap.h>
#include <cp/arch.h>

static const struct engine *wanted(const struct vcpu *v)
{
	if (!real_machine.sie || !v->arch.sie || !(v->vm->options & SET_INTERPRET) || v->arch.following)
		return &trap_engine;
	return &sie_engine;
}

void engine_set(struct vcpu *v, const struct engine *e)
{
	v->arch.engine = e;
	v->arch.run = e->run;
}

void engine_choose(struct vcpu *v)
{
	const struct engine *e;

	follow_choose(v);
	e = wanted(v);
	if (e == v->arch.engine)
		return;
	engine_set(v, e);
	exits_begin(v, e->name);
	e->begin(v);
}

void arch_vcpu_run(struct vcpu *v, struct intercept *i)
{
	v->arch.run(v, i);
}

int arch_page_fault(struct vcpu *v, struct intercept *i)
{
	return v->arch.engine->page_fault(v, i);
}

bool arch_interprets(void)
{
	return real_machine.sie;
}

const char *arch_vcpu_engine(const struct vcpu *v)
{
	return v->arch.engine->name;
}
