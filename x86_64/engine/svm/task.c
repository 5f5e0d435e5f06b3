/*
 * task.c - LTR, which the guest executes itself, but under CP's eyes.
 *
 * Owns: the rule that the task register always has a segment. A real processor refuses to load it with the null selector; QEMU 7.2
 * loads it, and ends itself ("invalid tss") when an exception wants a stack from it next: two instructions of any guest would end all
 * of them. So LTR is intercepted, done once with the intercept off, as a single step, and undone with #GP if the segment is
 * gone then. No operand need be decoded for that. Comes after step.c; called by run.c. On s390x: dat/code.c keeps what ends
 * QEMU from it.
 */
#include <arch/instruction.h>
#include <cp/arch.h>

/* The engine is to let this one through. */
int sim_ltr(struct vcpu *v)
{
	v->arch.task_loading = true;
	v->arch.stale |= STALE_STEP;
	return 0;
}

void task_begin(struct vcpu *v, struct task_register *t)
{
	struct arch_vcpu *g = &v->arch;

	t->at = g->vmcb->rip;
	t->old = segment_get(v, SEGMENT_TR);
	if (!(g->vmcb->event & EVENT_VALID)) /* else something else comes first, and LTR again after it */
		g->vmcb->intercepts &= ~STOP_TR_WRITE;
}

void task_end(struct vcpu *v, struct intercept *i, const struct task_register *t)
{
	struct arch_vcpu *g = &v->arch;

	g->vmcb->intercepts |= STOP_TR_WRITE;
	g->task_loading = false;
	g->stale |= STALE_STEP; /* looked at once more */
	if (segment_get(v, SEGMENT_TR).attributes & ATTRIBUTE_PRESENT)
		return;
	segment_set(v, SEGMENT_TR, &t->old);
	g->vmcb->rip = t->at;
	i->kind = INTERCEPT_NONE;
	interrupt_exception(v, VECTOR_PROTECTION, 0);
}
