/*
 * asid.c - whose translations may stand in the real translation buffer.
 *
 * Owns: the giving out of address-space identifiers. The processor tags what it keeps of a guest's translations with the
 * guest's ASID, so that a switch need not throw it all away; an ASID given anew has nothing under it. Hence the one rule: a
 * guest whose nested tables lost an entry, or who has none of this round's ASIDs, gets the next one; when they are used up, the
 * next entry throws everything away and a new round begins. ASID 0 is CP.
 * Comes before run.c. Source: AMD64 Architecture Programmer's Manual volume 2, 15.16.
 *
 * QEMU 7.2 forgets all translations at every VMRUN, so only a real processor shows what is wrong here.
 */
#include <arch/svm.h>

void asid_choose(struct engine_cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	struct vmcb *b = g->vmcb;

	b->tlb_control = 0;
	if (g->asid_generation == c->asid_generation && g->nested_seen == v->vm->arch.nested_changes)
		return;
	if (c->asid_next >= c->asids) {
		c->asid_generation++;
		c->asid_next = 1;
		b->tlb_control = TLB_FLUSH_ALL;
	}
	g->asid_generation = c->asid_generation;
	g->nested_seen = v->vm->arch.nested_changes;
	b->asid = g->asid = c->asid_next++;
}

void engine_translations_changed(struct vcpu *v)
{
	v->arch.asid_generation = 0;
	v->arch.stale |= STALE_TRANSLATIONS;
}
