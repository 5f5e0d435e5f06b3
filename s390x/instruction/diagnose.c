/*
 * diagnose.c - the DIAGNOSE instruction, and what its handlers need of this port.
 *
 * Owns: decoding 83 R1 R3 D2(B2) and the guest's registers for cp/diagnose/. Before: driver.c. After: cp/diagnose/table.c.
 * Heritage: DMKPRV's entry to DMKHVC.
 * Simplification: the code is the whole second-operand address, cut to 16 bits.
 */
#include <arch/instruction.h>
#include <arch/sclp.h>
#include <cp/arch.h>
#include <cp/device.h>
#include <cp/diagnose.h>

#define RETURN_REGISTER 15

int sim_diag(struct instruction *i)
{
	struct diagnose d = {
		.v = i->v,
		.code = (uint16_t)i->a2,
		.x = i->r1,
		.y = i->r3,
		.result = RETURN_REGISTER,
		.wide = (i->v->arch.psw.mask & PSW_EA) != 0,
	};

	return diagnose_run(&d);
}

uint64_t diagnose_register(const struct diagnose *d, unsigned n)
{
	uint64_t value = d->v->arch.gpr[n & 15];

	return d->wide ? value : (uint32_t)value;
}

void diagnose_set_register(struct diagnose *d, unsigned n, uint64_t value)
{
	if (d->wide)
		d->v->arch.gpr[n & 15] = value;
	else
		gpr_set_low(d->v, n & 15, (uint32_t)value);
}

void diagnose_set_condition(struct diagnose *d, unsigned cc)
{
	set_cc(d->v, cc);
}

gabs_t diagnose_absolute(const struct diagnose *d, uint64_t real)
{
	return real_to_absolute(d->v, real);
}

bool diagnose_block_end(const struct diagnose *d, uint8_t status, uint64_t parameter, bool wide)
{
	struct block_ends *e = &d->v->arch.block_ends;

	if (e->count == BLOCK_ENDS_MAX)
		return false;
	e->parameter[e->count] = parameter;
	e->code[e->count++] = (uint16_t)((wide ? BLOCK_END_WIDE : BLOCK_END_NARROW) | status);
	d->v->arch.pending |= PENDING_BLOCK_END;
	vcpu_kick(d->v);
	return true;
}

/* The driver has nothing to step: the PSW that counts is the new one. */
int diagnose_reset(const struct diagnose *d)
{
	struct vcpu *v = d->v;
	uint64_t w;
	int rc;

	devices_reset(v->vm);
	virtual_sclp_reset(v->vm);
	report_reset(v->vm);
	rc = guest_read(v->vm, 0, &w, sizeof(w));
	if (rc)
		return rc;
	arch_vcpu_reset(v, false);
	return psw_load(v, psw_from_short(w));
}
