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

/*
 * Ask to be told when the guest opens for interruptions, or no longer: a virtual interruption that is never delivered. QEMU 7.2
 * ends itself when CR8 is written meanwhile, so CP does that for the guest (instruction/control.c).
 */
static void window_set(struct vmcb *b, bool wanted)
{
	uint32_t bits = VIRTUAL_IRQ | VIRTUAL_IRQ_IGNORE_TPR;

	b->virtual_interrupt = wanted ? b->virtual_interrupt | bits : b->virtual_interrupt & ~bits;
	b->intercepts = wanted ? b->intercepts | STOP_VINTR : b->intercepts & ~STOP_VINTR;
	b->cr_write = wanted ? b->cr_write | STOP_CR8 : b->cr_write & ~STOP_CR8;
}

/* Also when the task was given the processor anew: its slice is another one then, and other registers may be loaded. */
static __attribute__((noinline)) void prepare(struct arch_cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	registers_load(v);
	timer_load(c, v);
	window_set(g->vmcb, g->window);
	asid_choose(&c->engine, v);
	g->stale = g->following || g->sinking || g->task_loading ? STALE_STEP : 0;
}

static inline void hand_over(struct arch_vcpu *g)
{
	struct vmcb *b = g->vmcb;

	b->rax = g->gpr[RAX];
	b->rsp = g->gpr[RSP];
	b->rip = g->rip;
	b->rflags = g->rflags;
	b->shadow = g->shadow;
	b->event = g->event;
	g->event = 0;
}

/* switch.S keeps RBP and RSP only. */
static inline void enter(struct arch_vcpu *g, frame_t host)
{
	struct vmcb *b = g->vmcb;

	__asm__ volatile("call svm_enter"
			 : "+D"(g), "+S"(b), "+d"(host)
			 :
			 : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
			   "memory", "cc");
}

/* ---- after -------------------------------------------------------------- */

/*
 * The guest was stopped while it was taking an event, which is to be taken again. A software interruption is not: its
 * instruction is done again.
 */
static uint64_t event_again(uint64_t event)
{
	bool software = (event & EVENT_KIND) == EVENT_SOFTWARE;
	bool trap = (event & EVENT_KIND) == EVENT_EXCEPTION && ((event & EVENT_VECTOR) == VECTOR_BREAKPOINT ||
								(event & EVENT_VECTOR) == VECTOR_OVERFLOW);

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
	if (__builtin_expect(b->exit_event & EVENT_VALID, 0))
		g->event = event_again(b->exit_event);
}

/* What the row does not say, or the processor says better. */
static __attribute__((noinline)) void classify_rest(struct vcpu *v, struct intercept *i,
						    const struct exit_entry *e)
{
	struct arch_vcpu *g = &v->arch;

	if (!e || !(e->kind || e->more)) {
		exit_other(v, i);
		return;
	}
	if (g->vmcb->next_rip)
		g->length = (uint8_t)(g->vmcb->next_rip - g->rip);
	if (e->more)
		e->more(v, i);
}

static inline void classify(struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	uint32_t code = (uint32_t)g->vmcb->exit_code;
	const struct exit_entry *e = code < SVM_EXITS ? &svm_exits[code] : NULL;

	i->address = g->rip;
	i->code = (uint16_t)code;
	if (e) {
		i->kind = e->kind;
		g->exit = e->exit;
		g->length = e->length;
	}
	if (!e || e->more || g->vmcb->next_rip || !e->kind)
		classify_rest(v, i, e);
}

static inline void run(struct arch_cpu *c, struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	uint32_t start = (uint32_t)tsc_read(); /* a slice is shorter than 32 bits */

	enter(g, c->engine.host);
	g->ticks += (uint32_t)tsc_read() - start;
	take_over(g);
	classify(v, i);
}

/* The same, for one instruction only. */
static __attribute__((noinline)) void run_one(struct arch_cpu *c, struct vcpu *v, struct intercept *i)
{
	struct task_register t;
	struct follow f;
	bool loading = v->arch.task_loading;
	bool instruction;

	if (v->arch.following)
		follow_fetch(v, &f);
	instruction = step_begin(v);
	if (loading)
		task_begin(v, &t);
	asid_choose(&c->engine, v); /* a page may have been withheld */
	run(c, v, i);
	step_end(v, i);
	if (loading)
		task_end(v, i, &t);
	if (v->arch.following && instruction)
		follow_line(v, &f, i);
}

void arch_vcpu_run(struct vcpu *v, struct intercept *i)
{
	struct arch_cpu *c = &this_cpu.arch;
	struct arch_vcpu *g = &v->arch;

	if (__builtin_expect(g->stale || c->engine.slice_end != v->task->slice_end, 0))
		prepare(c, v);
	hand_over(g);
	if (__builtin_expect(g->stale & STALE_STEP, 0))
		run_one(c, v, i);
	else
		run(c, v, i);
}
