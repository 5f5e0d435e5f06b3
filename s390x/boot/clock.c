/*
 * clock.c - the TOD clock and the clock comparator.
 *
 * Owns: the one real timer. It serves CP's timer queue, time slices and the
 * guests' clock comparators; run.c loads the earliest of them. Heritage:
 * DMKTMR.
 */
#include <arch/trap.h>
#include <cp/arch.h>

tod_t arch_clock(void)
{
	tod_t t;

	asm volatile("	stck	%0" : "=Q"(t) : : "cc");
	return t;
}

void arch_clock_set(tod_t t)
{
	if (t > arch_clock())
		asm volatile("	sck	%0" : : "Q"(t) : "cc");
}

/* Loading it costs the emulator a timer, so only what changed is loaded. */
void comparator_load(struct cpu *c, uint64_t due)
{
	if (due == c->arch.comparator)
		return;
	c->arch.comparator = due;
	asm volatile("	sckc	%0" : : "Q"(due));
}

void slice_load(struct cpu *c, const struct vcpu *v, uint64_t due)
{
	uint64_t end = v->task->slice_end;

	c->arch.slice_end = end;
	if (c->arch.due < end)
		end = c->arch.due;
	comparator_load(c, due < end ? due : end);
}

void arch_timer_set(tod_t due)
{
	struct cpu *c = arch_cpu();

	c->arch.due = due;
	comparator_load(c, due < c->arch.slice_end ? due : c->arch.slice_end);
}
