/*
 * run.c - let the guest run, and say why it came back.
 *
 * Owns: arch_vcpu_run(): what the control block must hold before, and what it tells after. Comes after switch.S, asid.c,
 * registers.c; exits.c says what each exit is. Returns to the loop in cp/run/vcpu.c. Heritage: DMKDSP (RUNUSER).
 */
#include <arch/cpu.h>
#include <arch/instruction.h>
#include <arch/pc.h>
#include <arch/real.h>
#include <arch/svm.h>
#include <cp/arch.h>

_Static_assert(offsetof(struct arch_vcpu, gpr) == 0, "switch.S");

/* ---- before ------------------------------------------------------------- */

/* The earliest of: the slice's end, CP's timers, the guest's own. */
static void timer_load(struct arch_cpu *c, struct vcpu *v)
{
	tod_t due = v->task->slice_end, guest = pc_due(v->vm);

	c->engine.slice_end = due;
	if (c->due < due)
		due = c->due;
	real_timer_arm(guest < due ? guest : due);
	v->arch.stale &= ~STALE_TIMER;
}

/* Ask to be told when the guest opens for interruptions, or no longer: a virtual interruption that is never delivered. */
static void window_set(struct vmcb *b, bool wanted)
{
	uint32_t bits = VIRTUAL_IRQ | VIRTUAL_IRQ_IGNORE_TPR;

	b->virtual_interrupt = wanted ? b->virtual_interrupt | bits : b->virtual_interrupt & ~bits;
	b->intercepts = wanted ? b->intercepts | STOP_VINTR : b->intercepts & ~STOP_VINTR;
}

static inline void prepare(struct arch_cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	struct vmcb *b = g->vmcb;

	if (c->engine.loaded != v)
		registers_load(v);
	if (g->stale & STALE_TIMER || c->engine.slice_end != v->task->slice_end)
		timer_load(c, v);
	if (g->window != !!(b->intercepts & STOP_VINTR))
		window_set(b, g->window);
	asid_choose(&c->engine, v);
	b->rax = g->gpr[RAX];
	b->rsp = g->gpr[RSP];
	b->rip = g->rip;
	b->rflags = g->rflags;
	b->shadow = g->shadow;
	b->event = g->event;
	g->event = 0;
	if (g->following || g->sinking)
		step_begin(v);
}

/* ---- after -------------------------------------------------------------- */

/*
 * The guest was stopped while it was taking an event, which is to be taken again. A software interruption is not: its
 * instruction is done again.
 */
static uint64_t event_again(uint64_t event)
{
	bool software = (event & EVENT_KIND) == EVENT_SOFTWARE;
	bool trap = (event & EVENT_KIND) == EVENT_EXCEPTION &&
		    ((event & EVENT_VECTOR) == VECTOR_BREAKPOINT || (event & EVENT_VECTOR) == VECTOR_OVERFLOW);

	return software || trap ? 0 : event;
}

static inline void take_over(struct arch_vcpu *g)
{
	struct vmcb *b = g->vmcb;

	g->gpr[RAX] = b->rax;
	g->gpr[RSP] = b->rsp;
	g->rip = b->rip;
	g->rflags = b->rflags;
	g->shadow = b->shadow & SHADOW_INTERRUPT;
	g->exit_info[0] = b->exit_info[0];
	g->exit_info[1] = b->exit_info[1];
	if (b->exit_event & EVENT_VALID)
		g->event = event_again(b->exit_event);
}

void arch_vcpu_run(struct vcpu *v, struct intercept *i)
{
	struct arch_cpu *c = &arch_cpu()->arch;
	struct arch_vcpu *g = &v->arch;
	uint64_t start;

	prepare(c, v);
	start = tsc_read();
	svm_enter(g, g->vmcb, c->engine.host);
	g->ticks += tsc_read() - start;
	take_over(g);
	exit_classify(v, i);
	if (g->following || g->sinking)
		step_end(v, i);
}
