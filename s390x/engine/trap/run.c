/*
 * run.c - let the guest run, and say why it came back.
 *
 * Owns: the trap engine: the making of the real PSW from the guest's, and
 * the classification of what ended the run. Comes after engine/choose.c,
 * switch.S and registers.c; returns to the loop in cp/run/vcpu.c. Heritage: DMKDSP
 * (RUNUSER), DMKPRG, DMKEXT, DMKIOS.
 *
 * The real PSW: problem state, DAT on, secondary-space mode (instructions
 * by CR1, data by CR7), enabled for every interruption; from the guest's
 * own come key, PER, condition code, program mask and addressing mode.
 */
#include <arch/engine.h>
#include <arch/instruction.h>
#include <arch/io.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/panic.h>
#include <cp/timer.h>

_Static_assert(offsetof(struct arch_vcpu, gpr) == GUEST_GPR, "lowcore.h");
_Static_assert(offsetof(struct arch_vcpu, real_psw) == GUEST_REAL_PSW, "lowcore.h");
_Static_assert(offsetof(struct arch_vcpu, old) == GUEST_OLD, "lowcore.h");
_Static_assert(offsetof(struct arch_vcpu, exit_length) == GUEST_EXIT_CODE, "lowcore.h");
_Static_assert(offsetof(struct arch_vcpu, exit_parameter) == GUEST_PARAMETER, "lowcore.h");
_Static_assert(offsetof(struct arch_vcpu, cpu_timer) == GUEST_TIMER, "lowcore.h");

#define FROM_GUEST       (PSW_PER | PSW_KEY | PSW_CC | PSW_PROGRAM_MASK | PSW_EA | PSW_BA)
#define REAL_ALWAYS      (PSW_DAT | PSW_IO | PSW_EXTERNAL | PSW_PROBLEM | PSW_SECONDARY)
#define CHANGED_BY_GUEST (PSW_CC | PSW_PROGRAM_MASK | PSW_EA | PSW_BA)

#define LOWCORE(type, offset) (*(const volatile type *)(uintptr_t)(offset))
#define LC_DATA_CODE          0x90
#define LC_MONITOR_CLASS      0x94
#define LC_PER_CODE           0x96
#define LC_PER_ADDRESS        0x98
#define LC_MONITOR_CODE       0xb0

/* ---- before ------------------------------------------------------------- */

/* Of the guest's own its clock comparator, if it could be delivered. */
static void timer_load(struct cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	slice_load(c, v, g->pending & PENDING_COMPARATOR ? TOD_NEVER : g->clock_comparator);
	g->stale &= ~STALE_TIMER;
}

/* Another engine has been here: nothing that it stored has been heard of. */
static __attribute__((cold)) void begin(struct vcpu *v)
{
	shadow_reset(v->vm);
	v->arch.stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER | STALE_TLB;
}

static int prepare(struct cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	if (g->stale & STALE_SPACES || !g->space) {
		int rc = shadow_choose(v);
		if (rc)
			return rc;
	}
	if (g->stale & STALE_TLB) {
		asm volatile("	ptlb" : : : "memory");
		g->stale &= ~STALE_TLB;
	}
	if (g->stale & STALE_REGISTERS || c->arch.loaded != v) {
		g->real_always = REAL_ALWAYS | (g->by_per ? PSW_PER : 0);
		registers_load(v);
	}
	timer_load(c, v);
	return 0;
}

static inline void psw_to_real(struct arch_vcpu *g)
{
	g->real_psw.mask = (g->psw.mask & FROM_GUEST) | g->real_always;
	g->real_psw.address = g->psw.address;
}

static inline void psw_from_real(struct arch_vcpu *g)
{
	g->psw.mask = (g->psw.mask & ~CHANGED_BY_GUEST) | (g->old.mask & CHANGED_BY_GUEST);
	g->psw.address = g->old.address;
}

/* ---- there and back ----------------------------------------------------- */

/* Where the instruction is that the guest's PSW is past, and its text. */
static inline gva_t instruction_locate(struct arch_vcpu *g, const struct psw *p, gva_t length)
{
	gva_t at = p->address - length;

	if (__builtin_expect(!(p->mask & PSW_EA), 0))
		at &= p->mask & PSW_BA ? 0x7fffffff : 0xffffff;
	g->text = shadow_text(g->code_space, at);
	g->instruction_address = at;
	return at;
}

static inline bool fast(struct vcpu *v, unsigned *class)
{
	if (v->arch.text < FAST_MASKS)
		return fast_masks(v, class);
	return v->arch.text >= FAST_LRA && fast_lra(v, class);
}

/*
 * Let the guest run, again and again while nothing ends it but what fast.c
 * does. The commonest end, a privileged operation, is told apart here: *plain.
 */
static inline unsigned enter(struct vcpu *v, bool *plain)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t timer = g->cpu_timer;
	unsigned class;

	psw_to_real(g);
	class = trap_enter(g);
	do {
		*plain = ended_privileged(g, class);
		if (!*plain)
			break;
		instruction_locate(g, &g->old, g->exit_length);
	} while (__builtin_expect(g->text < FAST_END, 0) && fast(v, &class));
	psw_from_real(g);
	if (g->cpu_timer > timer) /* it has passed zero, whatever else ended the run */
		cpu_timer_expired(v);
	return class;
}

/* ---- after -------------------------------------------------------------- */

/* Serve a real interruption that is not the guest's. g: whoever was running. */
__attribute__((cold)) void trap_serve(struct arch_vcpu *g, unsigned class)
{
	uint16_t code = g->exit_code;

	switch (class) {
	case EXIT_EXTERNAL:
		if (code == EXT_CLOCK_COMPARATOR) {
			/* QEMU rounds: it interrupts up to a few units early, and only once for each SCKC. What is not yet
			 * due must be loaded again, though its value is the same. */
			arch_cpu()->arch.comparator = 0;
			timer_expire(arch_clock());
		} else if (code == EXT_SERVICE_SIGNAL)
			sclp_interrupt(g->exit_parameter >> 32);
		return;
	case EXIT_IO:
		io_interrupt(g->exit_parameter >> 32, g->exit_parameter);
		return;
	case EXIT_MACHINE_CHECK:
		panic("machine check");
	case EXIT_RESTART:
		panic("restart interruption: stopped by the operator of the real machine");
	}
}

#define PURGE_EVERY 16 /* real interruptions */

/*
 * QEMU begins with a TLB of 256 entries, and makes it larger, if more have been in use, only when it is purged. A guest purges its own as
 * it changes address spaces; one that is loading, or unpacking itself, would wait for pages it has had. So CP does it now and then.
 */
void trap_interrupted(struct vcpu *v, unsigned class)
{
	static unsigned count;

	trap_serve(&v->arch, class);
	v->arch.stale |= count++ % PURGE_EVERY ? STALE_TIMER : STALE_TIMER | STALE_TLB;
	v->check = true;
}

/* A real interruption while the guest ran; some of them concern its own timers. */
static void serve(struct vcpu *v, unsigned class)
{
	struct arch_vcpu *g = &v->arch;

	trap_interrupted(v, class);
	if (class == EXIT_EXTERNAL && g->exit_code == EXT_CPU_TIMER && !g->timer_offset)
		cpu_timer_expired(v);
	if (g->clock_comparator <= arch_clock())
		g->pending |= PENDING_COMPARATOR;
}

/* Privileged operation: the text is known already. */
static inline void privileged_intercept(const struct arch_vcpu *g, struct intercept *i)
{
	i->kind = INTERCEPT_INSTRUCTION;
	i->code = g->exit_code;
	i->length = g->exit_length;
	i->address = g->instruction_address;
}

/* Anything else that is to be simulated. */
static void instruction_intercept(struct arch_vcpu *g, struct intercept *i)
{
	i->kind = INTERCEPT_INSTRUCTION;
	i->address = instruction_locate(g, &g->psw, i->length);
	/* The long way sees to that; and to what was longer than the machine has seen of it, for the code view had hidden it. */
	if (g->per_event || instruction_length(g->text >> 56) != i->length)
		g->text = 0;
}

static void page_intercept(struct arch_vcpu *g, struct intercept *i)
{
	i->kind = INTERCEPT_PAGE;
	i->address = g->teid & PAGE_MASK;
	i->access = (g->teid & 3) == 0 ? ACCESS_INSTRUCTION : g->teid & 0x400 ? ACCESS_STORE : ACCESS_FETCH;
}

/*
 * Protection: without the DAT bit in the TEID it is low-address or key
 * protection, which the machine has applied for the guest. With it, the
 * guest's tables or CP's protection of scanned pages: a page fault for CP.
 * The PSW is past the instruction; PAGE intercepts want it at it.
 */
static void protection_intercept(struct arch_vcpu *g, struct intercept *i)
{
	if (!(g->teid & 4)) {
		i->kind = INTERCEPT_PROGRAM;
		g->teid = (g->teid & ~3ull) | (g->psw.mask & PSW_SPACE) >> 46;
		return;
	}
	if ((g->teid & 3) == 0) { /* a relative-long store, which Hercules sends by the code view */
		instruction_intercept(g, i);
		return;
	}
	page_intercept(g, i);
	i->access = ACCESS_STORE;
	g->psw.address -= i->length;
}

gva_t translation_address(void)
{
	return LOWCORE(uint64_t, LC_TEID) & PAGE_MASK;
}

static __attribute__((cold)) void per_note(struct arch_vcpu *g)
{
	g->per_event = true;
	g->per_code = LOWCORE(uint16_t, LC_PER_CODE);
	g->per_address = LOWCORE(uint64_t, LC_PER_ADDRESS);
}

/* The PER event of an instruction that CP had stepped is no business of the guest's. True: nothing is left. */
static bool per_intercept(struct vcpu *v, uint16_t *code)
{
	struct arch_vcpu *g = &v->arch;

	*code &= ~PGM_PER;
	if (!g->by_per) {
		per_note(g);
		return false;
	}
	return *code == 0;
}

static void program_intercept(struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	uint16_t code = g->exit_code;

	i->kind = INTERCEPT_NONE;
	i->length = g->exit_length;
	g->teid = LOWCORE(uint64_t, LC_TEID);
	if (code & PGM_PER && per_intercept(v, &code))
		return;
	i->code = code;
	switch (code) {
	case PGM_OPERATION:
	case PGM_PRIVILEGED:
	case PGM_SPECIAL_OPERATION:
		instruction_intercept(g, i);
		return;
	case PGM_PROTECTION:
		protection_intercept(g, i);
		return;
	case PGM_SEGMENT:
	case PGM_PAGE:
	case PGM_ASCE_TYPE:
	case PGM_REGION_FIRST:
	case PGM_REGION_SECOND:
	case PGM_REGION_THIRD:
		page_intercept(g, i);
		return;
	case PGM_DATA:
		g->data_code = LOWCORE(uint32_t, LC_DATA_CODE);
		break;
	case PGM_MONITOR:
		g->monitor_class = LOWCORE(uint16_t, LC_MONITOR_CLASS);
		g->monitor_code = LOWCORE(uint64_t, LC_MONITOR_CODE);
		break;
	}
	i->kind = INTERCEPT_PROGRAM;
	if (code == 0) { /* a PER event alone */
		i->code = PGM_PER;
		g->per_event = false;
	}
}

static void classify(struct vcpu *v, unsigned class, struct intercept *i)
{
	i->address = 0;
	i->code = 0;
	switch (class) {
	case EXIT_PROGRAM:
		program_intercept(v, i);
		return;
	case EXIT_SVC:
		i->kind = INTERCEPT_SVC;
		i->code = v->arch.exit_code;
		i->length = v->arch.exit_length;
		return;
	default:
		i->kind = INTERCEPT_NONE;
		serve(v, class);
	}
}

/*
 * The same, for one instruction only (TRACE INSTRUCTION, dat/step.c): by PER, or where that cannot be trusted by a view of its own.
 * One that met a translation or protection fault, or was interrupted, stands where it stood: it has not been done yet.
 */
static __attribute__((noinline, cold)) void run_one(struct cpu *c, struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	bool single = (g->stepping || !real_machine.keys) && single_prepare(v);
	gva_t at = g->psw.address;
	unsigned class;
	bool plain;

	g->by_per = !single;
	g->stale |= STALE_REGISTERS;
	if (prepare(c, v) < 0) {
		i->kind = INTERCEPT_ERROR;
		return;
	}
	if (single)
		single_load();
	class = enter(v, &plain);
	if (single && single_ended(v, class))
		i->kind = INTERCEPT_NONE;
	else
		classify(v, class, i);
	g->by_per = false;
	g->stale |= STALE_REGISTERS;
	if (g->stepping && g->psw.address != at)
		step_end(v);
	if (g->following)
		follow_line(v, at, i);
}

static void run(struct vcpu *v, struct intercept *i)
{
	struct cpu *c = &this_cpu;
	struct arch_vcpu *g = &v->arch;
	unsigned class;
	bool plain;

	if (__builtin_expect(c->arch.loaded != v || g->stale || c->arch.slice_end != v->task->slice_end, 0)) {
		if (g->following ||
		    g->stepping) { /* which leaves the registers stale, so that it is looked at every time */
			run_one(c, v, i);
			return;
		}
		if (prepare(c, v) < 0) {
			i->kind = INTERCEPT_ERROR;
			return;
		}
	}
	class = enter(v, &plain);
	if (plain)
		privileged_intercept(g, i);
	else
		classify(v, class, i);
}

const struct engine trap_engine = {.name = "TRAP", .begin = begin, .run = run, .page_fault = shadow_fault};
