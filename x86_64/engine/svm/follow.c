/*
 * follow.c - TRACE INSTRUCTION: every instruction of a guest, one at a time.
 *
 * Owns: when an instruction counts as followed, and its line. Comes after step.c, which makes the guest stop after one
 * instruction. Before: TRACE's lines in cp/observe/trace.c. On s390x: engine/trap/follow.c. Heritage: DMKTRC.
 * Known simplification: the bytes shown are as many as the instruction pointer moved; of a branch that was taken, eight, for CP
 * has no table of lengths.
 */
#include <arch/instruction.h>
#include <cp/arch.h>
#include <cp/format.h>

#define BRANCH_BYTES 8

void follow_choose(struct vcpu *v)
{
	bool wanted = v->vm->trace.events & TRACE_INSTRUCTION;

	if (v->arch.following == wanted)
		return;
	v->arch.following = wanted;
	v->arch.stale |= STALE_STEP;
}

static unsigned length_of(const struct vcpu *v, gva_t at, const struct intercept *i)
{
	uint64_t moved = v->arch.vmcb->rip - at;

	if (i->kind == INTERCEPT_INSTRUCTION && v->arch.length)
		return v->arch.length;
	return moved > 0 && moved <= INSTRUCTION_MAX ? (unsigned)moved : BRANCH_BYTES;
}

void follow_fetch(struct vcpu *v, struct follow *f)
{
	f->at = v->arch.vmcb->rip;
	f->size = (uint8_t)instruction_text(v, f->text, sizeof(f->text));
}

void follow_line(struct vcpu *v, const struct follow *f, const struct intercept *i)
{
	char digits[2 * INSTRUCTION_MAX + 1] = "";
	unsigned length = length_of(v, f->at, i);

	if (i->kind == INTERCEPT_INSTRUCTION && v->arch.exit == EXIT_LTR)
		return; /* it is only now let through: task.c */
	if ((i->kind == INTERCEPT_PAGE || i->kind == INTERCEPT_NONE) && v->arch.vmcb->rip == f->at)
		return;
	for (unsigned n = 0; n < length && n < f->size; n++)
		format(digits + 2 * n, sizeof(digits) - 2 * n, "%02X", f->text[n]);
	trace_user(v, TRACE_INSTRUCTION, "%016lX  %s", (unsigned long)f->at, digits);
}
