/*
 * msr.c - RDMSR and WRMSR: the model-specific registers that a guest has.
 *
 * Owns: the table of those that CP simulates. Some more the guest reaches without CP (engine/svm/start.c: own_msrs). All
 * others do not exist, and give #GP as on a processor that does not have them; they are counted, for QUERY and INDICATE.
 * Comes after driver.c. Source: AMD64 Architecture Programmer's Manual volume 2, appendix A.
 */
#include <arch/instruction.h>
#include <arch/real.h>
#include <cp/format.h>

struct msr_entry {
	uint32_t number;
	const char *name;
	uint64_t (*get)(const struct vcpu *v);
	int (*set)(struct vcpu *v,
		   uint64_t value); /* 0, an exception or < 0; NULL: what is written is lost */
};

static int protection(struct vcpu *v)
{
	v->arch.exception_error = 0;
	return EXCEPTION(VECTOR_PROTECTION);
}

static uint64_t zero_get(const struct vcpu *v)
{
	(void)v;
	return 0;
}

/* ---- the time-stamp counter ---------------------------------------------------- */

uint64_t tsc_get(const struct vcpu *v)
{
	return tsc_read() + register_get(v, REGISTER_TSC_OFFSET);
}

int tsc_set(struct vcpu *v, uint64_t value)
{
	register_set(v, REGISTER_TSC_OFFSET, value - tsc_read());
	return pvclock_update(v);
}

static uint64_t aux_get(const struct vcpu *v)
{
	return v->arch.tsc_aux;
}

static int aux_set(struct vcpu *v, uint64_t value)
{
	if (value >> 32)
		return protection(v);
	registers_forget(v);
	v->arch.tsc_aux = (uint32_t)value;
	return 0;
}

/* ---- EFER ----------------------------------------------------------------------- */

#define EFER_OFFERED (EFER_SCE | EFER_LME | EFER_NXE)

/* SVME must be on in the control block, and is not shown. */
static uint64_t efer_get(const struct vcpu *v)
{
	return register_get(v, REGISTER_EFER) & ~EFER_SVME;
}

static int efer_set(struct vcpu *v, uint64_t value)
{
	uint64_t old = register_get(v, REGISTER_EFER);

	if (value & ~(EFER_OFFERED | EFER_LMA))
		return protection(v);
	if ((value ^ old) & EFER_LME && register_get(v, REGISTER_CR0) & CR0_PG)
		return protection(v);
	register_set(v, REGISTER_EFER, (value & EFER_OFFERED) | (old & EFER_LMA) | EFER_SVME);
	engine_translations_changed(v);
	return 0;
}

/* ---- the page attribute table ------------------------------------------------------ */

static uint64_t pat_get(const struct vcpu *v)
{
	return register_get(v, REGISTER_PAT);
}

/* Eight memory types: 0, 1 and 4 to 7 there are. */
static int pat_set(struct vcpu *v, uint64_t value)
{
	for (unsigned n = 0; n < 64; n += 8) {
		unsigned type = value >> n & 0xff;
		if (type > 7 || type == 2 || type == 3)
			return protection(v);
	}
	register_set(v, REGISTER_PAT, value);
	engine_translations_changed(v);
	return 0;
}

/* ---- the table ------------------------------------------------------------------------- */

static const struct msr_entry entries[] = {
	{0x00000010, "TSC", tsc_get, tsc_set},
	{0x0000008b, "PATCH_LEVEL", zero_get, NULL}, /* of the microcode */
	{0x4b564d00, "WALL_CLOCK", zero_get, pvclock_wall_set},
	{0x4b564d01, "SYSTEM_TIME", pvclock_get, pvclock_set},
	{0x00000277, "PAT", pat_get, pat_set},
	{0xc0000080, "EFER", efer_get, efer_set},
	{0xc0000103, "TSC_AUX", aux_get, aux_set},
	{0xc0010015, "HWCR", zero_get, NULL}, /* AMD's own configuration: as after a reset */
	{0xc0010055, "INT_PENDING", zero_get, NULL},
	{0xc0011029, "DE_CFG", zero_get, NULL},
};

static const struct msr_entry *entry_find(uint32_t number)
{
	for (unsigned n = 0; n < ARRAY_SIZE(entries); n++)
		if (entries[n].number == number)
			return &entries[n];
	return NULL;
}

static int unknown(struct vcpu *v)
{
	v->vm->arch.unknown_msrs++;
	v->vm->arch.last_unknown_msr = (uint32_t)v->arch.gpr[RCX];
	return protection(v);
}

int sim_rdmsr(struct vcpu *v)
{
	const struct msr_entry *e = entry_find((uint32_t)v->arch.gpr[RCX]);
	uint64_t value;

	if (!e)
		return unknown(v);
	value = e->get(v);
	v->arch.gpr[RAX] = (uint32_t)value;
	v->arch.gpr[RDX] = value >> 32;
	return 0;
}

static uint64_t operand(const struct vcpu *v)
{
	return v->arch.gpr[RDX] << 32 | (uint32_t)v->arch.gpr[RAX];
}

int sim_wrmsr(struct vcpu *v)
{
	const struct msr_entry *e = entry_find((uint32_t)v->arch.gpr[RCX]);

	if (!e)
		return unknown(v);
	return e->set ? e->set(v, operand(v)) : 0;
}

static const char *name_of(const struct vcpu *v)
{
	const struct msr_entry *e = entry_find((uint32_t)v->arch.gpr[RCX]);

	return e ? e->name : "(UNKNOWN)";
}

void describe_rdmsr(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%08X %s", (unsigned)v->arch.gpr[RCX], name_of(v));
}

void describe_wrmsr(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%08X %s %016lX", (unsigned)v->arch.gpr[RCX], name_of(v),
	       (unsigned long)operand(v));
}
