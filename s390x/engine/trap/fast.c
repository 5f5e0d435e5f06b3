/*
 * fast.c - SSM, STNSM and STOSM without the long way (CP's "assist", in
 * software; heritage: the VM/370 Virtual Machine Assist).
 *
 * Owns: nothing new. Each case is an inline form of the plain handler in
 * instruction/psw.c and must leave the same machine state; fast_path_on
 * switches all of it off. Linux issues these 660,000 times while it boots.
 *
 * Taken only when everything is simple: supervisor state, 64-bit addressing,
 * no PER, no user's trace, operand in a page used before, nothing pending
 * that the new mask might open. Like an assist of the hardware it is seen by
 * no intercept: neither counts nor CP's trace ring have it.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

bool fast_path_on = true;

#define SSM 0x80
#define STNSM 0xac
#define STOSM 0xad
#define OTHER_BITS 0xfcul /* of the system mask: all but the I/O and external masks. DAT and PER need more than this file */
#define CR0_SSM_SUPPRESSION 0x40000000

static inline gva_t operand_address(const struct arch_vcpu *g, uint64_t text)
{
	unsigned long base = text >> 44 & 15;
	gva_t a = text >> 32 & 0xfff;

	return base ? a + g->gpr[base] : a;
}

static inline bool waiting(const struct vcpu *v)
{
	return v->arch.pending || v->vm->arch.io_pending;
}

#define SYSTEM_MASK_SHIFT 56

static inline unsigned long system_mask(const struct arch_vcpu *g)
{
	return g->psw.mask >> SYSTEM_MASK_SHIFT;
}

static inline unsigned long immediate(const struct arch_vcpu *g)
{
	return g->text << 8 >> SYSTEM_MASK_SHIFT;
}

static inline long store_then(struct arch_vcpu *g, gva_t operand, unsigned long old, unsigned long new, unsigned row)
{
	*(uint8_t *)shadow_byte(g->space, operand, RECENT_STORE) = old;
	*(uint8_t *)&g->psw.mask = new; /* its first byte */
	g->simulated[row]++;
	return 1;
}

static long stosm(struct vcpu *v, gva_t operand)
{
	struct arch_vcpu *g = &v->arch;
	unsigned long old = system_mask(g), new = old | immediate(g), opened = old ^ new;

	if (!shadow_recent(g->space, operand, RECENT_STORE) || opened & OTHER_BITS || (opened && waiting(v)))
		return 0;
	return store_then(g, operand, old, new, ROW_STOSM);
}

static long stnsm(struct arch_vcpu *g, gva_t operand)
{
	unsigned long old = system_mask(g), new = old & immediate(g);

	if (!shadow_recent(g->space, operand, RECENT_STORE) || (old ^ new) & OTHER_BITS)
		return 0;
	return store_then(g, operand, old, new, ROW_STNSM);
}

static long ssm(struct vcpu *v, gva_t operand)
{
	struct arch_vcpu *g = &v->arch;
	unsigned long old = system_mask(g), new;

	if (g->cr[0] & CR0_SSM_SUPPRESSION || !shadow_recent(g->space, operand, RECENT_FETCH))
		return 0;
	new = *(uint8_t *)shadow_byte(g->space, operand, RECENT_FETCH);
	if ((old ^ new) & OTHER_BITS || (new & ~old && waiting(v)))
		return 0;
	*(uint8_t *)&g->psw.mask = new; /* its first byte */
	g->simulated[ROW_SSM]++;
	return 1;
}

/* The spaces are right: nothing is stale when the guest has been running. */
long fast_path(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	gva_t operand;

	if (!g->assist || v->check || g->psw.mask & (PSW_PROBLEM | PSW_PER) || !(g->old.mask & PSW_EA))
		return 0;
	operand = operand_address(g, g->text);
	switch (g->text >> 56) {
	case SSM:
		return ssm(v, operand);
	case STNSM:
		return stnsm(g, operand);
	case STOSM:
		return stosm(v, operand);
	}
	return 0;
}
