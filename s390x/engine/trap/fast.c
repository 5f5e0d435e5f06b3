/*
 * fast.c - SSM, STNSM and STOSM without the long way (CP's "assist", in
 * software; heritage: the VM/370 Virtual Machine Assist).
 *
 * Owns: nothing new. Each case is an inline form of the plain handler in
 * instruction/psw.c and must leave the same machine state; SET ASSIST OFF
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

#define STNSM     (0xacull << 56)
#define STOSM_BIT (1ull << 56)
#define OTHER_BITS                                                                                           \
	0xfcul /* of the system mask: all but the I/O and external masks. DAT and PER need more than this file */
#define CR0_SSM_SUPPRESSION 0x40000000

/* The field of base and displacement in bits 16-31 of the text. */
static inline gva_t operand_address(const struct arch_vcpu *g, uint64_t text)
{
	unsigned long base = text >> 44 & 15;
	gva_t a = text >> 32 & 0xfff;

	return base ? a + g->gpr[base] : a;
}

static inline uint8_t *system_mask(struct arch_vcpu *g)
{
	return (uint8_t *)&g->psw.mask; /* its first byte */
}

/* May this mask follow the old one here? What it opens must find nothing pending. */
static inline bool may_become(const struct vcpu *v, unsigned long old, unsigned long new)
{
	unsigned long changed = old ^ new;

	if (changed & OTHER_BITS)
		return false;
	return !(changed & new & 0xff) || !(v->arch.pending || v->vm->arch.io_pending);
}

static inline bool store_then(struct vcpu *v, gva_t operand, unsigned long old, unsigned long new,
			      unsigned row)
{
	struct arch_vcpu *g = &v->arch;

	if (!shadow_recent(g->space, operand, RECENT_STORE) || !may_become(v, old, new))
		return false;
	*(uint8_t *)shadow_byte(g->space, operand, RECENT_STORE) = old;
	*system_mask(g) = new;
	g->simulated[row]++;
	return true;
}

static inline bool ssm(struct vcpu *v, gva_t operand)
{
	struct arch_vcpu *g = &v->arch;
	unsigned long new;

	if (g->cr[0] & CR0_SSM_SUPPRESSION || !shadow_recent(g->space, operand, RECENT_FETCH))
		return false;
	new = *(uint8_t *)shadow_byte(g->space, operand, RECENT_FETCH);
	if (!may_become(v, *system_mask(g), new))
		return false;
	*system_mask(g) = new;
	g->simulated[ROW_SSM]++;
	return true;
}

/* One of the three, for a text below FAST_END. The immediate byte is the low one of text >> 48; no higher bit counts. */
static inline __attribute__((always_inline)) bool one(struct vcpu *v, uint64_t text)
{
	struct arch_vcpu *g = &v->arch;
	gva_t operand = operand_address(g, text);
	unsigned long old = *system_mask(g);

	if (__builtin_expect(text < STNSM, 0))
		return text >> 56 == 0x80 && ssm(v, operand);
	if (text & STOSM_BIT)
		return store_then(v, operand, old, old | (text >> 48 & 0xff), ROW_STOSM);
	return store_then(v, operand, old, old & text >> 48, ROW_STNSM);
}

/* The spaces are right: nothing is stale when the guest has been running. */
bool fast_first(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	if (!g->assist || v->check || g->psw.mask & (PSW_PROBLEM | PSW_PER) || !(g->old.mask & PSW_EA))
		return false;
	return one(v, g->text);
}

/* What allowed the first still holds, but for the addressing mode: nothing of CP's has run since, and the guest cannot have
 * changed it. */
unsigned fast_more(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	unsigned class;
	uint64_t text;

	do {
		class = trap_resume(g);
		if (!ended_privileged(g, class) || !(g->old.mask & PSW_EA))
			break;
		text = shadow_text(g->code_space, g->old.address - g->exit_length);
	} while (text < FAST_END && one(v, text));
	return class;
}
