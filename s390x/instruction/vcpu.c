/*
 * vcpu.c - a virtual s390x CPU and machine: made, reset, described.
 *
 * Owns: resets, the change of architecture, and arch_vcpu_state[], the one
 * description of the CPU's state. Comes before everything that simulates.
 * Source: PoP chapter 4, "CPU Reset", "Initial CPU Reset".
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/sclp.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#define CR0_INITIAL  0xe0       /* interruption-key, timer, ... subclass masks */
#define CR14_INITIAL 0xc2000000 /* machine-check masks */

int arch_vm_create(struct vm *vm)
{
	return shadow_create(vm);
}

void arch_vm_destroy(struct vm *vm)
{
	virtual_sclp_destroy(vm);
	shadow_destroy(vm);
}

int arch_vcpu_create(struct vcpu *v)
{
	instruction_index();
	v->arch.address = v->number;
	v->arch.dropped_page = v->arch.dropped_at = ~0ull;
	return 0;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	registers_forget(v);
}

/*
 * The PSW of one architecture becomes the other's. Going to ESA/390 the
 * 64-bit addressing mode, and the prefix bit that ESA/390 has more, are lost.
 */
void architecture_set(struct vcpu *v, bool z)
{
	v->arch.z = z;
	v->arch.architecture = z ? &guest_z : &guest_esa390;
	v->arch.prefix &= v->arch.architecture->prefix_mask & guest_z.prefix_mask;
	if (!z)
		v->arch.psw.mask &= ~(uint64_t)PSW_EA;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

void reset_initial(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	registers_forget(v);
	memset(g->cr, 0, sizeof(g->cr));
	g->cr[0] = CR0_INITIAL;
	g->cr[14] = CR14_INITIAL;
	g->prefix = 0;
	g->clock_comparator = TOD_NEVER;
	g->tod_programmable = 0;
	g->fpc = 0;
	g->psw = (struct psw){0, 0};
	cpu_timer_set(v, 0);
	g->stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER;
}

static void reset_clear(struct arch_vcpu *g)
{
	memset(g->gpr, 0, sizeof(g->gpr));
	memset(g->ar, 0, sizeof(g->ar));
	memset(g->fpr, 0, sizeof(g->fpr));
	memset(g->vr, 0, sizeof(g->vr));
}

/* initial: as at LOGON, IPL and SYSTEM RESET: everything to its first state, ESA/390. Else a CPU reset. */
void arch_vcpu_reset(struct vcpu *v, bool initial)
{
	struct arch_vcpu *g = &v->arch;

	registers_forget(v);
	g->pending = 0;
	g->block_ends.count = 0;
	g->per_event = g->stepping = false;
	v->state = VCPU_STOPPED;
	v->check = true;
	if (initial) {
		reset_initial(v);
		reset_clear(g);
		architecture_set(v, false);
		shadow_reset(v->vm);
		virtual_sclp_reset(v->vm);
		report_reset(v->vm);
	}
	g->stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER;
}

void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size)
{
	const struct psw *p = &v->arch.psw;
	uint64_t w;

	if (v->arch.z) {
		format(text, size, "%016lX %016lX", (unsigned long)p->mask, (unsigned long)p->address);
		return;
	}
	w = psw_to_short(p);
	format(text, size, "%08X %08X", (unsigned)(w >> 32), (unsigned)w);
}

/* Of ESA/390's PSW each word is 32 bits. */
bool arch_vcpu_set_psw(struct vcpu *v, const uint64_t *words, unsigned count)
{
	struct psw new = {count == 2 ? words[0] : v->arch.psw.mask, words[count - 1]};

	if (!v->arch.z) {
		uint64_t old = psw_to_short(&v->arch.psw) >> 32;
		if (words[0] >> 32 || words[count - 1] >> 32)
			return false;
		new = psw_from_short((count == 2 ? words[0] : old) << 32 | words[count - 1]);
	}
	if (!psw_valid(v, &new))
		return false;
	v->arch.psw = new;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
	return true;
}

void arch_vcpu_set_address(struct vcpu *v, gva_t a)
{
	v->arch.psw.address = address_wrap(v, a);
}

/* ---- the description -------------------------------------------------------- */

static uint64_t psw_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	return index ? v->arch.psw.address : v->arch.psw.mask;
}

static void psw_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	if (index)
		v->arch.psw.address = value;
	else
		v->arch.psw.mask = value;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

static uint64_t cr_get(const void *object, unsigned index)
{
	return ((const struct vcpu *)object)->arch.cr[index];
}

static void cr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	v->arch.cr[index] = value;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

/* Floating-point and the like may stand in the real CPU: fetch them first. */
static uint64_t fpr_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.fpr[index];
}

static void fpr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.fpr[index] = value;
}

static uint64_t ar_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.ar[index];
}

static void ar_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.ar[index] = value;
}

static uint64_t fpc_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	(void)index;
	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.fpc;
}

static void fpc_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	(void)index;
	registers_forget(v);
	v->arch.fpc = value;
}

static uint64_t vr_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.vr[index / 2][index % 2];
}

static void vr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.vr[index / 2][index % 2] = value;
}

static uint64_t z_get(const void *object, unsigned index)
{
	(void)index;
	return ((const struct vcpu *)object)->arch.z;
}

static void z_set(void *object, unsigned index, uint64_t value)
{
	(void)index;
	architecture_set(object, value != 0);
}

static uint64_t timer_get(const void *object, unsigned index)
{
	(void)index;
	return cpu_timer_get(object);
}

static void timer_set_value(void *object, unsigned index, uint64_t value)
{
	(void)index;
	cpu_timer_set(object, value);
}

const struct arch_counter arch_counters[] = {{0}};

#define DESCRIBED(nm, ltr, ident, sz, n, getter, setter)                                                     \
	{                                                                                                    \
		.name = nm, .letter = ltr, .id = ident, .size = sz, .count = n, .get = getter, .set = setter \
	}

const struct state_field arch_vcpu_state[] = {
	DESCRIBED("ARCH", 0, 1, 1, 1, z_get,
		  z_set), /* first: the PSW's and the prefix's meaning depends on it */
	DESCRIBED("PSW", 'P', 2, 8, 2, psw_get, psw_set),
	STATE_ARRAY(struct vcpu, arch.gpr, "GPR", 'G', 3),
	DESCRIBED("CR", 'X', 4, 8, 16, cr_get, cr_set),
	DESCRIBED("FPR", 'Y', 5, 8, 16, fpr_get, fpr_set),
	DESCRIBED("AR", 'A', 6, 4, 16, ar_get, ar_set),
	DESCRIBED("FPC", 0, 7, 4, 1, fpc_get, fpc_set),
	DESCRIBED("VR", 0, 8, 8, 64, vr_get, vr_set),
	STATE_FIELD(struct vcpu, arch.prefix, "PREFIX", 0, 9),
	DESCRIBED("CPUTIMER", 0, 10, 8, 1, timer_get, timer_set_value),
	STATE_FIELD(struct vcpu, arch.clock_comparator, "CLKCOMP", 0, 11),
	STATE_FIELD(struct vcpu, arch.tod_programmable, "TODPROG", 0, 12),
	STATE_FIELD(struct vcpu, arch.address, "CPUADDR", 0, 13),
	STATE_FIELD(struct vcpu, arch.pending, "PENDING", 0, 14),
	STATE_FIELD(struct vcpu, arch.external_code, "EXTCODE", 0, 15),
	STATE_FIELD(struct vcpu, arch.emergency_from, "EMERGENCY", 0, 16),
	STATE_FIELD(struct vcpu, arch.call_from, "EXTCALL", 0, 17),
	STATE_FIELD(struct vcpu, arch.service_parameter, "SERVICE", 0, 18),
	STATE_ARRAY(struct vcpu, arch.block_ends.parameter, "BLOCKPARM", 0, 19),
	STATE_ARRAY(struct vcpu, arch.block_ends.code, "BLOCKCODE", 0, 20),
	STATE_FIELD(struct vcpu, arch.block_ends.count, "BLOCKENDS", 0, 21),
	{0},
};
