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

#define STI 0xfb

_Static_assert(offsetof(struct vcpu, arch.gpr) == VCPU_GPR, "switch.S");
_Static_assert(offsetof(struct cpu, arch.engine.host) == CPU_HOST, "switch.S");

/* ---- before ------------------------------------------------------------- */

/* The earliest of: the slice's end, CP's timers, the guest's own. */
static void timer_load(struct arch_cpu *c, struct vcpu *v)
{
	tod_t due = v->task->slice_end, guest = pc_due(v->vm);

	if (c->due < due)
		due = c->due;
	real_timer_arm(guest < due ? guest : due);
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

/* No NMI comes while one is handled, and IRET ends that: when it is about to, CP is to know. */
static void return_watch(const struct arch_vcpu *g)
{
	bool wanted = g->nmi_blocked && !g->returning;
	struct vmcb *b = g->vmcb;

	b->intercepts = wanted ? b->intercepts | STOP_IRET : b->intercepts & ~STOP_IRET;
}

/* Time in the guest is counted in 32 bits, which are enough for a slice, and put to the rest here. */
static void time_fold(struct vcpu *v)
{
	v->arch.ticks += v->arch.ticks_lately;
	v->arch.ticks_lately = 0;
}

/*
 * An interruption waits, and CP was called, as a rule by a real one, right after STI or MOV SS, whose next instruction it must not come
 * before. QEMU takes no notice of a shadow that a guest is entered with: so that instruction is run by itself, and then CP looks again.
 */
static bool in_shadow(const struct arch_vcpu *g)
{
	return g->window && g->vmcb->shadow & SHADOW_INTERRUPT && !(g->vmcb->event & EVENT_VALID);
}

/* STI in a shadow changes nothing and has none itself, which QEMU would not know: it would run the next one with it. */
static bool sti_again(struct vcpu *v)
{
	uint8_t code;

	if (!(v->arch.vmcb->rflags & RFLAGS_INTERRUPT) || instruction_text(v, &code, 1) != 1 || code != STI)
		return false;
	v->arch.length = 1;
	instruction_skip(v);
	return true;
}

/* A virtual CPU that was given the processor anew has been through its loop's top, which leaves the timer stale. */
static __attribute__((noinline)) bool prepare(struct arch_cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	bool shadowed = in_shadow(g) && !sti_again(v);
	bool step = g->following || g->sinking || g->returning || g->task_loading || shadowed;

	g->shadowed = g->vmcb->shadow & SHADOW_INTERRUPT;
	g->entered = g->vmcb->rip;
	registers_load(v);
	timer_load(c, v);
	window_set(g->vmcb, g->window && !shadowed);
	return_watch(g);
	asid_choose(&c->engine, v);
	time_fold(v);
	g->stale = step ? STALE_STEP : 0;
	return step;
}

/* switch.S keeps RSP and RDI only. */
static inline struct vcpu *enter(struct vcpu *v, struct vmcb *b)
{
	__asm__ volatile("call svm_enter"
			 : "+D"(v), "+S"(b)
			 :
			 : "rax", "rbx", "rcx", "rdx", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
			   "r15", "memory", "cc");
	return v;
}

/* ---- after -------------------------------------------------------------- */

/*
 * The guest was stopped while it was taking an event, which is to be taken again. A software interruption is not: its
 * instruction is done again.
 */
static __attribute__((noinline)) void event_again(struct vmcb *b)
{
	uint64_t event = b->exit_event;
	bool software = (event & EVENT_KIND) == EVENT_SOFTWARE;
	bool trap = (event & EVENT_KIND) == EVENT_EXCEPTION && ((event & EVENT_VECTOR) == VECTOR_BREAKPOINT ||
								(event & EVENT_VECTOR) == VECTOR_OVERFLOW);

	b->event = software || trap ? 0 : event;
}

static const struct exit_entry *row_of(uint32_t code)
{
	return code < SVM_EXITS ? &svm_exits[code] : NULL;
}

/* What the row does not say, or the processor says better. */
static __attribute__((noinline)) void classify_rest(struct vcpu *v, struct intercept *i, uint32_t code)
{
	const struct exit_entry *e = row_of(code);
	struct vmcb *b = v->arch.vmcb;

	if (!e || !(e->kind || e->more)) {
		exit_other(v, i);
		return;
	}
	if (b->next_rip)
		v->arch.length = (uint8_t)(b->next_rip - b->rip);
	if (e->more)
		e->more(v, i);
}

static inline void classify(struct vcpu *v, const struct vmcb *b, struct intercept *i)
{
	uint32_t code = (uint32_t)b->exit_code;
	const struct exit_entry *e = row_of(code);

	i->address = b->rip;
	i->code = (uint16_t)code;
	if (e) {
		i->kind = e->kind;
		v->arch.exit = e->exit;
		v->arch.length = e->length;
	}
	if (!e || !e->length || b->next_rip)
		classify_rest(v, i, code);
}

/*
 * What the control block has of the guest stays there. Only RAX is also wanted among the other general registers.
 */
static inline void run(struct vcpu *v, struct intercept *i)
{
	struct vmcb *b = v->arch.vmcb;

	b->rax = v->arch.gpr[RAX];
	v->arch.ticks_lately -= (uint32_t)tsc_read();
	v = enter(v, b);
	v->arch.ticks_lately += (uint32_t)tsc_read();
	b = v->arch.vmcb;
	v->arch.gpr[RAX] = b->rax;
	if (__builtin_expect((uint32_t)b->exit_event & EVENT_VALID, 0))
		event_again(b);
	classify(v, b, i);
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
	run(v, i);
	step_end(v, i);
	if (loading)
		task_end(v, i, &t);
	if (v->arch.following && instruction)
		follow_line(v, &f, i);
}

void arch_vcpu_run(struct vcpu *v, struct intercept *i)
{
	struct arch_cpu *c = &this_cpu.arch;

	if (__builtin_expect(v->arch.stale, 0) && prepare(c, v))
		run_one(c, v, i);
	else
		run(v, i);
}
