/*
 * run.c - interpretive execution: the processor runs the guest CPU, and CP
 * is asked for the rest.
 *
 * Owns: the sie engine: the state description of each virtual CPU, entry, and the classification of what ended an
 * interpretation. Comes after engine/choose.c, dat/shadow.c, controls.c; returns to the loop in cp/run/vcpu.c. The same place
 * in the other engine is engine/trap/run.c. Heritage: VM/XA's CP, the first that ran its guests by SIE.
 *
 * No shadow tables: the processor translates by the guest's own, and what that gives, guest absolute addresses, by
 * the host's (SPACE_HOST), which are filled in on demand. While this engine runs a guest no shadow space of it exists, so
 * STALE_SPACES stays on and CP reads a guest's operands by its own tables.
 *
 * Between two runs everything is in struct arch_vcpu, as with the other engine: the state description is filled in at
 * each entry and emptied at each exit.
 * Simplification: a page that is shared with other machines or a saved one becomes this machine's own when it is first
 * touched, not when it is stored into. One virtual CPU a machine; no system control area, so SIGP is always intercepted.
 */
#include <arch/engine.h>
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/sie.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/panic.h>

_Static_assert(offsetof(struct sie_block, controls) == 0x40, "as the architecture has it");
_Static_assert(offsetof(struct sie_block, text) == 0x56, "as the architecture has it");
_Static_assert(offsetof(struct sie_block, tod_programmable) == 0x6e, "as the architecture has it");
_Static_assert(offsetof(struct sie_block, psw) == 0x90, "as the architecture has it");
_Static_assert(offsetof(struct sie_block, parameters) == SIE_PARAMETERS, "as the architecture has it");
_Static_assert(offsetof(struct sie_block, cr) == 0x100, "as the architecture has it");
_Static_assert(sizeof(struct sie_block) == 512, "as the architecture has it");

/* Places in the parameters. The monitor code of a z/Architecture guest is not where the prefix area has it (Hercules 3.13). */
#define AT(lowcore)    ((lowcore)-0x80)
#define LENGTH         AT(0x8d)
#define CODE           AT(0x8e)
#define DATA_CODE      AT(0x90)
#define MONITOR_CLASS  AT(0x94)
#define PER_CODE       AT(0x96)
#define MONITOR_CODE_Z AT(0xa8)

#define HOST_TIMER (INT64_MAX / 2) /* the real CPU timer measures, and does not interrupt */

/* ---- before ------------------------------------------------------------- */

static void begin(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	code_forget_all(v->vm);
	shadow_reset(v->vm);
	g->stepping = false;
	g->dropped_page = g->dropped_at = ~0ull;
	g->stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER | STALE_TLB;
}

static void control_load(struct cpu *c, const struct vcpu *v)
{
	uint64_t *cr = c->arch.cr;

	cr[0] = CP_CR0;
	cr[1] = cr[7] = cr[13] = shadow_asce(v->arch.space, VIEW_DATA);
	cr[6] = CP_CR6;
	cr[8] = cr[9] = 0;
	trap_control_load(cr);
}

/*
 * A page of guest absolute storage gets its frame and its place in the host's tables. The frame is the page's own: a store
 * into a page that the host protects is no fault of the host's, and Hercules 3.13 tells the wrong instruction's length
 * for it when it was EXECUTEd, so that it could not be done again.
 */
static int host_map(struct vcpu *v, gabs_t a)
{
	struct translation t = {.abs = a & PAGE_MASK, .real = a & PAGE_MASK, .origin = ~0ull};
	frame_t frame;
	int rc = storage_frame(v->vm, t.abs, ACCESS_STORE, &frame);

	return rc ? rc : shadow_map(v->vm, v->arch.space, VIEW_DATA, t.abs, &t, frame, false);
}

static bool host_mapped(const struct vcpu *v, gabs_t a)
{
	const uint64_t *e = shadow_entry(v->arch.space, VIEW_DATA, a, 0);

	return e && !(*e & PTE_INVALID);
}

/* Interruptions are stored in the prefix area: SIE wants it to be there. */
static int prefix_map(struct vcpu *v)
{
	return host_mapped(v, v->arch.prefix) ? 0 : host_map(v, v->arch.prefix);
}

static int prepare(struct cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	int rc = g->space ? 0 : shadow_host(v);

	if (rc == 0)
		rc = prefix_map(v);
	if (rc)
		return rc;
	if (g->stale & STALE_TLB)
		asm volatile("	ptlb" : : : "memory");
	if (g->stale & STALE_REGISTERS || c->arch.loaded != v) {
		registers_own(v);
		control_load(c, v);
	}
	slice_load(c, v, TOD_NEVER);
	g->stale = STALE_SPACES;
	return 0;
}

static void block_fill(const struct vcpu *v, struct sie_block *b)
{
	const struct arch_vcpu *g = &v->arch;

	b->mode = SIE_MODE_XA;
	b->mode_z = g->z ? SIE_MODE_Z : 0;
	b->prefix = g->prefix;
	b->cpu_timer = cpu_timer_get(v);
	b->clock_comparator = g->clock_comparator;
	b->tod_programmable = g->tod_programmable;
	b->origin = 0;
	b->end = v->vm->storage.size - 1;
	if (g->z)
		b->psw = g->psw;
	else
		b->short_psw = psw_to_short(&g->psw);
	b->gpr14 = g->gpr[14];
	b->gpr15 = g->gpr[15];
	memcpy(b->cr, g->cr, sizeof(b->cr));
	b->code = b->status = 0;
}

/* ---- after -------------------------------------------------------------- */

/* The low byte of a clock comparator is not kept here: what was not changed stays whole. */
static void block_empty(struct vcpu *v, const struct sie_block *b)
{
	struct arch_vcpu *g = &v->arch;

	g->gpr[14] = b->gpr14;
	g->gpr[15] = b->gpr15;
	g->psw = g->z ? b->psw : psw_from_short(b->short_psw);
	memcpy(g->cr, b->cr, sizeof(g->cr));
	g->tod_programmable = b->tod_programmable;
	if ((g->clock_comparator ^ b->clock_comparator) >> 8)
		g->clock_comparator = b->clock_comparator;
}

/* Into the guest and back. The real CPU timer has measured how long that took. */
static unsigned enter(struct vcpu *v, struct sie_block *b)
{
	struct arch_vcpu *g = &v->arch;
	tod_t before = arch_vcpu_time(v);
	unsigned class;

	block_fill(v, b);
	g->cpu_timer = HOST_TIMER;
	class = sie_enter(g, b);
	block_empty(v, b);
	cpu_timer_ran(v, b->cpu_timer, before + (HOST_TIMER - g->cpu_timer));
	return class;
}

/* An EXECUTE's own length. The target's text says nothing of it; of the two there are, only EX has this byte there. */
static unsigned execute_length(struct vcpu *v)
{
	uint8_t first[6];
	gva_t at = address_wrap(v, v->arch.psw.address - 4);

	return instruction_text(v, at, first) == 0 && first[0] == 0x44 ? 4 : 6;
}

static uint64_t parameter(const struct vcpu *v, const struct sie_block *b, unsigned at)
{
	const uint8_t *p = b->parameters + AT(at);

	return v->arch.architecture->address_size == 8 ? *(const uint64_t *)p : *(const uint32_t *)p;
}

static void per_note(struct arch_vcpu *g, uint16_t code, uint64_t address)
{
	g->per_event = true;
	g->per_code = code;
	g->per_address = address;
}

#define PER_FETCH      0x4000
#define PER_MODE_VALID 0x40

/* The addressing and translation mode, as a PER code has it. */
static uint16_t per_mode(const struct psw *p)
{
	return PER_MODE_VALID | (p->mask & PSW_EA ? 0x80 : 0) | (p->mask & PSW_BA ? 0x20 : 0) |
	       (p->mask & PSW_DAT ? 0x10 : 0) | (p->mask & PSW_SPACE) >> 44;
}

static void instruction_left(struct vcpu *v, const struct sie_block *b, struct intercept *i)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t text = 0;

	memcpy(&text, b->text, sizeof(b->text));
	i->kind = INTERCEPT_INSTRUCTION;
	i->code = PGM_OPERATION;
	i->length = b->status & SIE_STATUS_EXECUTE ? execute_length(v) : instruction_length(b->text[0]);
	i->address = g->instruction_address = address_wrap(v, g->psw.address - i->length);
	g->text = text;
	if (b->status &
	    SIE_STATUS_PER_FETCH) { /* of a z/Architecture guest its parameters are not stored (Hercules 3.13) */
		per_note(g, PER_FETCH | per_mode(&g->psw), i->address);
		g->text = 0; /* with an event it goes the long way */
	}
	if (b->text[0] == 0x0a) { /* an SVC that is followed */
		i->kind = INTERCEPT_SVC;
		i->code = b->text[1];
	}
}

static bool nullified(unsigned code)
{
	return code == PGM_SEGMENT || code == PGM_PAGE ||
	       (code >= PGM_ASCE_TYPE && code <= PGM_REGION_THIRD) || code == PGM_TRACE_TABLE;
}

/* A program interruption of the guest's: its parameters stand where the prefix area's would. */
static void program_left(struct vcpu *v, const struct sie_block *b, struct intercept *i)
{
	const struct guest_architecture *a = v->arch.architecture;
	struct arch_vcpu *g = &v->arch;
	uint16_t code = *(const uint16_t *)(b->parameters + CODE);

	i->kind = INTERCEPT_PROGRAM;
	i->length = b->parameters[LENGTH];
	i->code = code & ~PGM_PER;
	g->teid = parameter(v, b, a->teid);
	g->data_code = *(const uint32_t *)(b->parameters + DATA_CODE);
	g->monitor_class = *(const uint16_t *)(b->parameters + MONITOR_CLASS);
	g->monitor_code =
		g->z ? *(const uint64_t *)(b->parameters + MONITOR_CODE_Z) : parameter(v, b, a->monitor_code);
	if (code & PGM_PER)
		per_note(g, *(const uint16_t *)(b->parameters + PER_CODE), parameter(v, b, a->per_address));
	if (i->code == 0) { /* an event alone */
		i->code = PGM_PER;
		g->per_event = false;
	}
	if (nullified(i->code)) /* the PSW is at it already; the finishing rule wants it past it */
		g->psw.address = address_wrap(v, g->psw.address + i->length);
}

static void refused(struct vcpu *v, const struct sie_block *b, struct intercept *i)
{
	format(v->vm->reason, sizeof(v->vm->reason),
	       "SIE cannot interpret it: code %u, reason %02X%02X%02X%02X;", b->code, b->text[0], b->text[1],
	       b->text[2], b->text[3]);
	i->kind = INTERCEPT_ERROR;
}

/* An operation exception: its length stands in the guest's prefix area, and the text of what an EXECUTE executed nowhere (Hercules
 * 3.13). */
static void operation_left(struct vcpu *v, const struct sie_block *b, struct intercept *i)
{
	uint8_t length;

	instruction_left(v, b, i);
	i->length =
		real_read(v, 0x8d, &length, sizeof(length)) == 0 ? length : instruction_length(b->text[0]);
	i->address = v->arch.instruction_address = address_wrap(v, v->arch.psw.address - i->length);
	v->arch.text = 0; /* to be fetched */
}

/* SIE is through. */
static void interpreted(struct vcpu *v, const struct sie_block *b, struct intercept *i)
{
	switch (b->code) {
	case SIE_INSTRUCTION:
		instruction_left(v, b, i);
		return;
	case SIE_OPERATION:
		operation_left(v, b, i);
		return;
	case SIE_PROGRAM:
		program_left(v, b, i);
		return;
	case SIE_EXTERNAL_REQUEST:
	case SIE_IO_REQUEST:
		i->kind = INTERCEPT_TIMER; /* the top of the loop delivers it */
		return;
	case SIE_WAIT:
		i->kind = INTERCEPT_WAIT;
		return;
	default:
		refused(v, b, i);
	}
}

/* The processor could not translate a guest absolute address. */
static void host_fault(struct vcpu *v, struct intercept *i)
{
	i->kind = INTERCEPT_PAGE;
	i->code = v->arch.exit_code;
	i->access = ACCESS_STORE;
	i->address = translation_address();
}

/* A real interruption can come with SIE not begun, left for it, or just through: then both are to be seen to. */
static void run(struct vcpu *v, struct intercept *i)
{
	struct sie *s = v->arch.sie;
	unsigned class;

	i->address = 0;
	i->code = 0;
	i->kind = INTERCEPT_NONE;
	if (prepare(&this_cpu, v) < 0) {
		i->kind = INTERCEPT_ERROR;
		return;
	}
	sie_controls(v, s);
	class = enter(v, &s->block);
	if (class == EXIT_PROGRAM)
		host_fault(v, i);
	else if (class != EXIT_SIE)
		trap_interrupted(v, class);
	if (s->block.code)
		interpreted(v, &s->block, i);
}

#define AROUND (16 * PAGE_SIZE)

/*
 * The page, and its neighbours with it: leaving SIE costs more than a few pages. Those that have no frame get one only
 * while that adds no more than an eighth to what the machine has.
 */
static int page_fault(struct vcpu *v, struct intercept *i)
{
	const struct storage *s = &v->vm->storage;
	gabs_t first = i->address & ~(uint64_t)(AROUND - 1);
	bool generous = s->resident >= 8 * (AROUND / PAGE_SIZE);
	int rc = host_map(v, i->address);

	for (gabs_t a = first; a < first + AROUND && a < s->size && rc == 0; a += PAGE_SIZE) {
		const struct page *p = storage_page(v->vm, a);
		if (p && !(p->flags & PAGE_SHARED) && (p->frame_number || generous) && !host_mapped(v, a))
			rc = host_map(v, a);
	}
	return rc;
}

const struct engine sie_engine = {.name = "SIE", .begin = begin, .run = run, .page_fault = page_fault};
