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
#define SYSTEM_MASK_SHIFT 56
#define OPEN_BITS (PSW_IO | PSW_EXTERNAL)
#define CR0_SSM_SUPPRESSION 0x40000000
#define REST 0x00ffffffffffffffull

static inline gva_t operand_address(const struct arch_vcpu *g, uint64_t text)
{
	unsigned long base = text >> 44 & 15;
	gva_t a = text >> 32 & 0xfff;

	return base ? a + g->gpr[base] : a;
}

/* Only the I/O and external masks may change here: DAT and PER need more, and a mask opened may let something in. */
static inline bool harmless(const struct vcpu *v, uint64_t old, uint64_t new)
{
	return !((old ^ new) & ~OPEN_BITS) && (!(new & ~old) || !(v->arch.pending || v->vm->arch.io_pending));
}

static int store_then(struct vcpu *v, gva_t operand, uint64_t new, unsigned row)
{
	struct arch_vcpu *g = &v->arch;

	if (!operand_recent(v, operand, 1, RECENT_STORE) || !harmless(v, g->psw.mask, new))
		return 0;
	*(char *)shadow_byte(g->space, operand, RECENT_STORE) = g->psw.mask >> SYSTEM_MASK_SHIFT;
	g->psw.mask = new;
	g->simulated[row]++;
	return 1;
}

static int set(struct vcpu *v, gva_t operand, uint64_t old)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t new;

	if (g->cr[0] & CR0_SSM_SUPPRESSION || !operand_recent(v, operand, 1, RECENT_FETCH))
		return 0;
	new = (uint64_t)*(uint8_t *)shadow_byte(g->space, operand, RECENT_FETCH) << SYSTEM_MASK_SHIFT | (old & REST);
	if (!harmless(v, old, new))
		return 0;
	g->psw.mask = new;
	g->simulated[ROW_SSM]++;
	return 1;
}

int fast_path(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t text = g->text, old = g->psw.mask, immediate = text << 8 & ~REST;
	gva_t operand;

	if (!g->assist || v->check || old & (PSW_PROBLEM | PSW_PER) || !(g->old.mask & PSW_EA))
		return 0;
	operand = operand_address(g, text);
	switch (text >> 56) {
	case STNSM:
		return store_then(v, operand, old & (immediate | REST), ROW_STNSM);
	case STOSM:
		return store_then(v, operand, old | immediate, ROW_STOSM);
	case SSM:
		return set(v, operand, old);
	}
	return 0;
}
