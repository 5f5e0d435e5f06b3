/*
 * follow.c - TRACE INSTRUCTION: every instruction of a guest, one at a time.
 *
 * Owns: when an instruction counts as followed, and its line. Comes after run.c and registers.c, which make the guest stop
 * after one instruction. Before: TRACE's lines in cp/observe/trace.c. Heritage: DMKTRC.
 *
 * PER is asked for an event, with nullification, at every address but that of the instruction to be run. So the guest
 * comes back at the next instruction, before it, wherever a branch led. (The event that comes after an instruction would
 * be simpler; QEMU 7.2 then gives the wrong address after a branch, and a wrong condition code.)
 * Simplification: an instruction that branches to itself is one line, however often it does; the guest's own PER events
 * are not presented meanwhile.
 */
#include <arch/instruction.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>

void follow_choose(struct vcpu *v)
{
	bool wanted = v->vm->trace.events & TRACE_INSTRUCTION;

	v->arch.assist = v->vm->options & SET_ASSIST && !v->vm->trace.events;
	if (v->arch.following == wanted)
		return;
	v->arch.following = wanted;
	v->arch.stale |= STALE_REGISTERS;
}

/* The guest has come back. Was the instruction at `at` done, or is CP about to do it? Then it is told. */
void follow_line(struct vcpu *v, gva_t at, const struct intercept *i)
{
	char digits[13] = "";
	uint8_t text[6];

	if (i->kind == INTERCEPT_PAGE || (i->kind == INTERCEPT_NONE && v->arch.psw.address == at))
		return;
	if (instruction_text(v, at, text) != 0)
		return;
	for (unsigned n = 0; n < instruction_length(text[0]); n++)
		format(digits + 2 * n, sizeof(digits) - 2 * n, "%02X", text[n]);
	trace_user(v, TRACE_INSTRUCTION, "%016lX  %s", (unsigned long)at, digits);
}
