/*
 * interrupt.c - interruptions as the guest takes them.
 *
 * Owns: storing interruption parameters into the guest's prefix area, the
 * swap of PSWs, and the choice of what is delivered next. Comes after
 * psw.c; called by cp/run/vcpu.c (deliver) and intercept.c (reflect).
 * Heritage: DMKDSP's reflection, DMKPRG, DMKVIO. Source: PoP chapter 6.
 */
#include <arch/engine.h>
#include <arch/guest.h>
#include <arch/instruction.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#define EXT_PARAMETER      0x80
#define EXT_CPU_ADDRESS    0x84
#define EXT_CODE           0x86
#define EXT_PARAMETER_WIDE 0x11b8
#define SVC_ILC            0x88
#define PROGRAM_ILC        0x8c
#define DATA_CODE          0x90
#define MONITOR_CLASS      0x94
#define PER_CODE           0x96
#define IO_ID              0xb8

/* Real addresses: the range does not cross out of the prefix area for any caller, which is aligned. */
int real_read(struct vcpu *v, uint64_t real, void *buf, size_t n)
{
	return guest_read(v->vm, real_to_absolute(v, real), buf, n);
}

int real_write(struct vcpu *v, uint64_t real, const void *buf, size_t n)
{
	return guest_write(v->vm, real_to_absolute(v, real), buf, n);
}

static int store2(struct vcpu *v, unsigned at, uint16_t value)
{
	return real_write(v, at, &value, 2);
}

static int store_address(struct vcpu *v, unsigned at, uint64_t value)
{
	uint32_t low = value;

	return v->arch.architecture->address_size == 8 ? real_write(v, at, &value, 8)
						       : real_write(v, at, &low, 4);
}

static int psw_store(struct vcpu *v, unsigned at, const struct psw *p)
{
	uint64_t w = psw_to_short(p);

	return v->arch.architecture->short_psw ? real_write(v, at, &w, 8) : real_write(v, at, p, 16);
}

static int psw_fetch(struct vcpu *v, unsigned at, struct psw *p)
{
	uint64_t w;
	int rc;

	if (!v->arch.architecture->short_psw)
		return real_read(v, at, p, 16);
	rc = real_read(v, at, &w, 8);
	if (rc == 0)
		*p = psw_from_short(w);
	return rc;
}

/* A prefix area outside storage can be set by nobody, so a positive code cannot come; treat it as CP's failure. */
int interruption_swap(struct vcpu *v, enum interruption class)
{
	const struct guest_architecture *a = v->arch.architecture;
	struct psw new;
	int rc = psw_store(v, a->old_psw[class], &v->arch.psw);

	if (rc == 0)
		rc = psw_fetch(v, a->new_psw[class], &new);
	if (rc)
		return CP_CANNOT;
	if (class == INT_PROGRAM && !psw_valid(v, &new)) {
		string_copy(v->vm->reason, sizeof(v->vm->reason),
			    "program interruption loop: bad program new PSW;");
		v->arch.psw = new;
		return CP_CANNOT;
	}
	rc = psw_load(v, new);
	return rc < 0 ? rc : 0;
}

static bool nullifying(unsigned code)
{
	switch (code) {
	case PGM_SEGMENT:
	case PGM_PAGE:
	case PGM_ASCE_TYPE:
	case PGM_REGION_FIRST:
	case PGM_REGION_SECOND:
	case PGM_REGION_THIRD:
		return true;
	}
	return false;
}

static bool has_teid(unsigned code)
{
	return nullifying(code) || code == PGM_PROTECTION;
}

static int program_parameters(struct vcpu *v, unsigned code)
{
	const struct guest_architecture *a = v->arch.architecture;
	struct arch_vcpu *g = &v->arch;
	int rc = 0;

	if (has_teid(code))
		rc = store_address(v, a->teid, g->teid);
	if (rc == 0 && code == PGM_DATA)
		rc = real_write(v, DATA_CODE, &g->data_code, 4);
	if (rc == 0 && code == PGM_MONITOR) {
		rc = store2(v, MONITOR_CLASS, g->monitor_class);
		if (rc == 0)
			rc = store_address(v, a->monitor_code, g->monitor_code);
	}
	return rc;
}

/* A PER event is part of this interruption: alone, or with another. */
static int per_parameters(struct vcpu *v, unsigned *code)
{
	int rc;

	if (!v->arch.per_event && *code != PGM_PER)
		return 0;
	*code |= PGM_PER;
	v->arch.per_event = false;
	rc = store2(v, PER_CODE, v->arch.per_code);
	return rc ? rc : store_address(v, v->arch.architecture->per_address, v->arch.per_address);
}

/* Deliver program interruption `code`; the PSW is what is to become the old PSW. */
int interrupt_program(struct vcpu *v, unsigned code, unsigned ilc)
{
	uint32_t word;
	int rc = program_parameters(v, code);

	if (rc == 0)
		rc = per_parameters(v, &code);
	word = ilc << 16 | code;
	if (rc == 0)
		rc = real_write(v, PROGRAM_ILC, &word, 4);
	return rc ? CP_CANNOT : interruption_swap(v, INT_PROGRAM);
}

static int interrupt_svc(struct vcpu *v, const struct intercept *i)
{
	uint32_t word = (uint32_t)i->length << 16 | i->code;

	if (real_write(v, SVC_ILC, &word, 4))
		return CP_CANNOT;
	return interruption_swap(v, INT_SVC);
}

/*
 * The PSW of an intercept stands past the instruction, except for PAGE
 * intercepts, where it stands at it. Nullification leaves it at the
 * instruction, everything else past it.
 */
int arch_vcpu_reflect(struct vcpu *v, const struct intercept *i, int code)
{
	unsigned length = i->length;

	if (code == 0)
		return interrupt_svc(v, i);
	if (i->kind == INTERCEPT_PAGE && i->access == ACCESS_INSTRUCTION)
		length = 2; /* not known: nothing could be fetched */
	if (i->kind == INTERCEPT_PAGE && !nullifying(code))
		v->arch.psw.address = address_wrap(v, v->arch.psw.address + length);
	if (i->kind != INTERCEPT_PAGE && (nullifying(code) || code == PGM_TRACE_TABLE))
		v->arch.psw.address = address_wrap(v, v->arch.psw.address - length);
	trace_program(v, i, code);
	return interrupt_program(v, code, length);
}

/* ---- external ------------------------------------------------------------- */

static void comparator_review(struct arch_vcpu *g)
{
	g->pending &= ~PENDING_COMPARATOR;
	if (g->clock_comparator <= arch_clock())
		g->pending |= PENDING_COMPARATOR;
}

/* Subclasses in the order of their priority. level: the condition stays as long as its cause does. */
static const struct external {
	uint32_t pending, cr0;
	uint16_t code;
	bool level;
} externals[] = {
	{PENDING_INTERRUPT_KEY, CR0_INTERRUPT_KEY, EXT_INTERRUPT_KEY, false},
	{PENDING_EXTERNAL, CR0_INTERRUPT_KEY, 0, false},
	{PENDING_MALFUNCTION, CR0_MALFUNCTION, EXT_MALFUNCTION_ALERT, false},
	{PENDING_EMERGENCY, CR0_EMERGENCY, EXT_EMERGENCY, false},
	{PENDING_CALL, CR0_EXTERNAL_CALL, EXT_CALL, false},
	{PENDING_COMPARATOR, CR0_CLOCK_COMPARATOR, EXT_CLOCK_COMPARATOR, true},
	{PENDING_CPU_TIMER, CR0_CPU_TIMER, EXT_CPU_TIMER, true},
	{PENDING_SERVICE, CR0_SERVICE_SIGNAL, EXT_SERVICE_SIGNAL, false},
	{PENDING_BLOCK_END, CR0_SERVICE_SIGNAL, EXT_BLOCK_END, true},
};

uint32_t external_open(const struct vcpu *v)
{
	uint32_t open = 0;

	for (unsigned n = 0; n < ARRAY_SIZE(externals); n++)
		if (v->arch.cr[0] & externals[n].cr0)
			open |= externals[n].pending;
	return open;
}

/* The subcode stands where other external interruptions have a CPU's address. The condition stays while there are more. */
static int block_end_store(struct vcpu *v, uint16_t *subcode)
{
	struct block_ends *e = &v->arch.block_ends;
	uint64_t parameter = e->parameter[0];
	uint32_t low = parameter;

	*subcode = e->code[0];
	e->count--;
	for (unsigned n = 0; n < e->count; n++) {
		e->parameter[n] = e->parameter[n + 1];
		e->code[n] = e->code[n + 1];
	}
	if (!e->count)
		v->arch.pending &= ~PENDING_BLOCK_END;
	if (*subcode & BLOCK_END_WIDE & ~BLOCK_END_NARROW)
		return real_write(v, EXT_PARAMETER_WIDE, &parameter, 8);
	return real_write(v, EXT_PARAMETER, &low, 4);
}

static int external_store(struct vcpu *v, const struct external *e)
{
	struct arch_vcpu *g = &v->arch;
	uint16_t code = e->code ? e->code : g->external_code, address = 0;
	int rc = 0;

	if (e->pending == PENDING_EMERGENCY)
		address = g->emergency_from;
	if (e->pending == PENDING_CALL)
		address = g->call_from;
	if (e->pending == PENDING_BLOCK_END)
		rc = block_end_store(v, &address);
	if (rc == 0)
		rc = store2(v, EXT_CPU_ADDRESS, address);
	if (rc == 0)
		rc = store2(v, EXT_CODE, code);
	if (rc == 0 && e->pending == PENDING_SERVICE)
		rc = real_write(v, EXT_PARAMETER, &g->service_parameter, 4);
	return rc ? CP_CANNOT : 0;
}

static int deliver_external(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	if (!(g->psw.mask & PSW_EXTERNAL))
		return 0;
	if (g->cr[0] & CR0_CLOCK_COMPARATOR) /* it may have come due while the guest waited */
		comparator_review(g);
	for (unsigned n = 0; n < ARRAY_SIZE(externals); n++) {
		const struct external *e = &externals[n];
		int rc;
		if (!(g->pending & e->pending) || !(g->cr[0] & e->cr0))
			continue;
		if (!e->level)
			g->pending &= ~e->pending;
		if (v->vm->trace.events & TRACE_EXTERNAL)
			trace_user(v, TRACE_EXTERNAL, "EXT %04X", e->code ? e->code : g->external_code);
		rc = external_store(v, e);
		if (rc == 0)
			rc = interruption_swap(v, INT_EXTERNAL);
		return rc < 0 ? rc : 1;
	}
	return 0;
}

/* ---- I/O -------------------------------------------------------------------- */

static int deliver_io(struct vcpu *v)
{
	struct io_interruption io;
	int rc;

	if (!(v->arch.psw.mask & PSW_IO) || !v->vm->arch.io_pending ||
	    !channel_interruption(v->vm, v->arch.cr[6], true, &io))
		return 0;
	if (v->vm->trace.events & TRACE_IO)
		trace_user(v, TRACE_IO, "I/O %08X", io.id);
	rc = real_write(v, IO_ID, &io, sizeof(io));
	if (rc == 0)
		rc = interruption_swap(v, INT_IO);
	return rc ? CP_CANNOT : 1;
}

int arch_vcpu_deliver(struct vcpu *v)
{
	int rc;

	engine_choose(v);
	rc = machine_check_deliver(v);
	if (rc == 0)
		rc = deliver_external(v);
	return rc ? rc : deliver_io(v);
}

void io_interrupt_changed(struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		vcpu_kick(vm->cpu[n]);
}

void arch_vcpu_external(struct vcpu *v, uint16_t code)
{
	v->arch.external_code = code;
	v->arch.pending |= code == EXT_INTERRUPT_KEY ? PENDING_INTERRUPT_KEY : PENDING_EXTERNAL;
	vcpu_kick(v);
}

int arch_vcpu_restart(struct vcpu *v)
{
	int rc = interruption_swap(v, INT_RESTART);

	v->check = true;
	return rc;
}

/* ---- waiting ------------------------------------------------------------------ */

enum wait_state arch_vcpu_wait(const struct vcpu *v)
{
	const struct arch_vcpu *g = &v->arch;

	if (!(g->psw.mask & PSW_WAIT))
		return WAIT_NOT;
	return g->psw.mask & (PSW_IO | PSW_EXTERNAL | PSW_MACHINE_CHECK) ? WAIT_ENABLED : WAIT_DISABLED;
}

/*
 * When the clocks could end a wait. While CP holds it, the guest's CPU timer
 * stands still in cpu_timer, as VIRTCPU does: a waiting guest uses no CPU. So
 * only the clock comparator can end a wait.
 */
tod_t arch_vcpu_due(const struct vcpu *v)
{
	const struct arch_vcpu *g = &v->arch;

	if (g->psw.mask & PSW_EXTERNAL && g->cr[0] & CR0_CLOCK_COMPARATOR) {
		if (g->clock_comparator != TOD_NEVER)
			return g->clock_comparator;
	}
	return TOD_NEVER;
}
