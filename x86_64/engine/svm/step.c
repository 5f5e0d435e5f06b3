/*
 * step.c - one instruction of the guest, and back.
 *
 * Owns: the trap flag while it is CP's. Comes after run.c, which calls it before and after; used for TRACE INSTRUCTION and for
 * stores to where there is no storage (memory/nowhere.c). On s390x: dat/step.c, engine/trap/single.c.
 *
 * The guest does not see the flag: every exception comes to CP meanwhile, and the event that CP gives it is taken with the
 * flag off (a guest that takes an event leaves the trap flag in what it stores of the old flags).
 */
#include <arch/instruction.h>
#include <arch/nested.h>
#include <arch/svm.h>

#define DR6_STEP 0x4000ull

void step_begin(struct vcpu *v)
{
	struct vmcb *b = v->arch.vmcb;

	if (b->event & EVENT_VALID)
		return;
	b->exceptions = EXCEPTIONS_ALL;
	b->rflags |= RFLAGS_TRAP;
	v->arch.trap_own = v->arch.rflags & RFLAGS_TRAP;
	v->arch.stepping = true;
}

static void ended(struct vcpu *v, struct intercept *i)
{
	if (i->kind != INTERCEPT_PROGRAM || i->code != EXCEPTION(VECTOR_DEBUG) ||
	    !(register_get(v, REGISTER_DR6) & DR6_STEP) || v->arch.trap_own)
		return;
	register_set(v, REGISTER_DR6, register_get(v, REGISTER_DR6) & ~DR6_STEP);
	i->kind = INTERCEPT_NONE;
}

void step_end(struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;

	if (g->stepping) {
		g->stepping = false;
		g->vmcb->exceptions = EXCEPTIONS_ALWAYS;
		g->rflags = (g->rflags & ~RFLAGS_TRAP) | (g->trap_own ? RFLAGS_TRAP : 0);
		ended(v, i);
	}
	if (g->sinking && i->kind != INTERCEPT_PAGE)
		nowhere_close(v);
}
