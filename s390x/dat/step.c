/*
 * step.c - instructions that store into the page they are executed from.
 *
 * Owns: the one case in which a page must be writable and executable at the
 * same time. A store takes a page's code view away (dat/code.c); the fetch
 * of the same instruction would bring it back, take the store away, and so
 * on for ever. So that one instruction runs alone, with both mapped
 * (run_one() in engine/trap/run.c: in a view of its own, else by PER);
 * when it is done the code view goes, and the page is scanned again when
 * next executed. Comes after code.c; called by fault.c and run.c.
 *
 * Simplification: where it runs by PER, PER events of the guest's own that
 * this instruction would cause are lost.
 */
#include <arch/shadow.h>
#include <cp/arch.h>

void step_note(struct vcpu *v, gabs_t page)
{
	v->arch.dropped_page = page;
	v->arch.dropped_at = v->arch.psw.address;
}

bool step_needed(struct vcpu *v, gabs_t page)
{
	return !v->arch.stepping && v->arch.dropped_page == page && v->arch.dropped_at == v->arch.psw.address;
}

void step_begin(struct vcpu *v)
{
	v->arch.stepping = true;
	v->arch.stale |= STALE_REGISTERS;
}

void step_end(struct vcpu *v)
{
	code_forget(v->vm, v->arch.dropped_page);
	v->arch.stepping = false;
	v->arch.dropped_page = v->arch.dropped_at = ~0ull;
	v->arch.stale |= STALE_REGISTERS;
}
