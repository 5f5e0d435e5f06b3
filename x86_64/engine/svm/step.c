/*
 * step.c - one instruction of the guest, and back.
 *
 * Owns: the trap flag while it is CP's. Comes after run.c, which calls it before and after; used for TRACE INSTRUCTION
 * (follow.c) and for stores to where there is no storage (memory/nowhere.c). On s390x: dat/step.c, engine/trap/single.c.
 *
 * The guest does not see the flag. Every exception comes to CP meanwhile. What stores or keeps the flags is put right
 * afterwards (PUSHF, SYSCALL); INT, which would store them where the guest's handler finds them, is made an event that CP gives.
 * An event turns the flag off and would let its handler run: so the flag is not set when one is given, and the page of the
 * handler is not to be executed, which brings the guest back before the handler's first instruction.
 * Known simplification: MOV SS and POP SS hold the trap off, so the instruction after them is run with them.
 */
#include <arch/instruction.h>
#include <arch/nested.h>
#include <cp/arch.h>

#define DR6_STEP  0x4000ull
#define DR6_OTHER 0x200full /* a breakpoint, an access to the debug registers */
#define GATE_64   16        /* bytes */
#define GATE_32   8
#define GATE_REAL 4

enum kind { STEP_PLAIN, STEP_PUSHF, STEP_FLAGS_LOADED, STEP_SYSCALL, STEP_INT, STEP_ICEBP };

/* What the instruction does with the flags; of an INT also its vector and length. */
static enum kind kind_of(struct vcpu *v, unsigned *vector, unsigned *length)
{
	uint8_t text[INSTRUCTION_MAX + 3] = {0}; /* what follows the prefixes is there, if only as zeros */
	unsigned n = instruction_text(v, text, INSTRUCTION_MAX);
	struct prefixes p = {0};
	const uint8_t *op;

	prefixes_read(v, text, n, &p);
	op = text + p.count;
	*length = p.count + 1u;
	switch (p.count < n ? op[0] : 0) {
	case 0x9c:
		return STEP_PUSHF;
	case 0x9d: /* POPF */
	case 0xcf: /* IRET */
		return STEP_FLAGS_LOADED;
	case 0xf1:
		return STEP_ICEBP;
	case 0xcc:
		*vector = VECTOR_BREAKPOINT;
		return STEP_INT;
	case 0xcd:
		*vector = op[1];
		++*length;
		return STEP_INT;
	case 0x0f:
		return op[1] == 0x05 ? STEP_SYSCALL : op[1] == 0x07 ? STEP_FLAGS_LOADED : STEP_PLAIN;
	}
	return STEP_PLAIN;
}

/* ---- events ------------------------------------------------------------------------ */

/* Where the guest's descriptor table sends an event. False: nowhere that can be told. */
static bool handler_of(struct vcpu *v, unsigned vector, gva_t *handler)
{
	unsigned size = guest_long(v)                            ? GATE_64
			: register_get(v, REGISTER_CR0) & CR0_PE ? GATE_32
								 : GATE_REAL;
	gva_t at = segment_get(v, SEGMENT_IDTR).base + vector * size;
	uint16_t gate[GATE_64 / 2] = {0};

	for (unsigned n = 0; n < size / 2; n++) { /* as a supervisor, whatever the guest is now */
		gabs_t abs;
		if (walk(v, at + 2 * n, ACCESS_FETCH, false, &abs) != 0 ||
		    guest_read(v->vm, abs, &gate[n], 2) != 0)
			return false;
	}
	if (size == GATE_REAL)
		*handler = (gva_t)gate[1] * 16 + gate[0];
	else
		*handler = gate[0] | (gva_t)gate[3] << 16 | (gva_t)gate[4] << 32 | (gva_t)gate[5] << 48;
	return true;
}

/* The guest is to come back before the first instruction of the event's handler. */
static void handler_withhold(struct vcpu *v, unsigned vector)
{
	gva_t handler;
	gabs_t abs;

	if (handler_of(v, vector, &handler) && walk(v, handler, ACCESS_INSTRUCTION, false, &abs) == 0)
		nested_withhold(v->vm, abs & PAGE_MASK);
}

/* ---- before and after ----------------------------------------------------------------- */

bool step_begin(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	struct vmcb *b = g->vmcb;
	unsigned vector = 0, length = 0;

	g->step = STEP_PLAIN;
	if (!(b->event & EVENT_VALID)) {
		g->step = kind_of(v, &vector, &length);
		if (g->step == STEP_INT) {
			b->event = EVENT_VALID | EVENT_SOFTWARE | vector;
			b->rip += length;
		}
	}
	if (b->event & EVENT_VALID) {
		g->returning = false; /* it is another instruction that comes next */
		handler_withhold(v, b->event & EVENT_VECTOR);
		return g->step == STEP_INT;
	}
	b->exceptions = EXCEPTIONS_ALL;
	g->trap_own = b->rflags & RFLAGS_TRAP;
	b->rflags |= RFLAGS_TRAP;
	g->sfmask_own = b->sfmask;
	b->sfmask &= ~RFLAGS_TRAP;
	g->stepping = true;
	return true;
}

static void flags_put_right(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	gva_t stack = g->vmcb->rsp + (guest_64(v) ? 0 : segment_get(v, SEGMENT_SS).base);
	uint16_t low;

	if (g->step == STEP_SYSCALL)
		g->gpr[R11] &= ~RFLAGS_TRAP;
	if (g->step == STEP_PUSHF && vcpu_read(v, stack, &low, sizeof(low)) == 0) {
		low &= (uint16_t)~RFLAGS_TRAP;
		vcpu_write(v, stack, &low, sizeof(low));
	}
}

/* Was it the trap after the instruction? Bochs has not said so in DR6 yet. */
static bool is_trap(struct vcpu *v, const struct intercept *i)
{
	uint64_t why = register_get(v, REGISTER_DR6);

	return i->kind == INTERCEPT_PROGRAM && i->code == EXCEPTION(VECTOR_DEBUG) &&
	       (why & DR6_STEP || (v->arch.step != STEP_ICEBP && !(why & DR6_OTHER)));
}

/* An NMI handler's IRET: done, it lets the next NMI come; with an exception, it will be done again. */
static void returned(struct vcpu *v, bool done)
{
	v->arch.returning = false;
	if (done)
		v->arch.nmi_blocked = false;
	v->check = true;
}

static void stepped(struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	bool done = is_trap(v, i), trap = done && !g->trap_own; /* CP's */

	if (g->returning && i->kind == INTERCEPT_PROGRAM)
		returned(v, done);
	g->stepping = false;
	g->vmcb->exceptions = EXCEPTIONS_ALWAYS;
	if (g->vmcb->sfmask == (g->sfmask_own & ~RFLAGS_TRAP))
		g->vmcb->sfmask = g->sfmask_own;
	if (!(trap && g->step == STEP_FLAGS_LOADED) && !g->trap_own)
		g->vmcb->rflags &= ~RFLAGS_TRAP;
	if (!trap)
		return;
	flags_put_right(v);
	register_set(v, REGISTER_DR6, register_get(v, REGISTER_DR6) & ~DR6_STEP);
	i->kind = INTERCEPT_NONE;
}

void step_end(struct vcpu *v, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;

	if (g->stepping)
		stepped(v, i);
	if (g->sinking && i->kind != INTERCEPT_PAGE)
		nowhere_close(v);
}
