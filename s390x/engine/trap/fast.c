/*
 * fast.c - SSM, STNSM, STOSM and LRA without the long way (CP's "assist",
 * in software; heritage: the VM/370 Virtual Machine Assist).
 *
 * Owns: nothing new. Each case is an inline form of the plain handler in
 * instruction/ and must leave the same machine state; SET ASSIST OFF
 * switches all of it off. Linux issues these 660,000 times while it boots.
 *
 * Taken only when everything is simple: supervisor state, 64-bit addressing,
 * no PER, no user's trace, operand in a page used before, nothing pending
 * that the new mask might open. Like an assist of the hardware it is seen by
 * no intercept: neither counts nor CP's trace ring have it.
 */
#include <arch/instruction.h>
#include <arch/near.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define STNSM     (0xacull << 56)
#define STOSM_BIT (1ull << 56)
#define STURG     0xb925
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

/* One of the masks, for a text below FAST_MASKS. The immediate byte is the low one of text >> 48; no higher bit counts. */
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

static inline bool simple(const struct vcpu *v)
{
	const struct arch_vcpu *g = &v->arch;

	return g->assist && !v->check && !(g->psw.mask & (PSW_PROBLEM | PSW_PER)) && g->old.mask & PSW_EA;
}

/*
 * The spaces are right: nothing is stale when the guest has been running. What allowed the first allows more of them, but for the
 * addressing mode: nothing of CP's has run since, and the guest cannot have changed it.
 */
bool fast_masks(struct vcpu *v, unsigned *class)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t text = g->text;
	bool done = false;

	if (!simple(v))
		return false;
	while (text < FAST_MASKS && one(v, text)) {
		done = true;
		*class = trap_resume(g);
		if (!ended_privileged(g, *class) || !(g->old.mask & PSW_EA))
			break;
		text = shadow_text(g->code_space, g->old.address - g->exit_length);
	}
	return done;
}

/* Storing into a page that somebody shares or executes is for the long way. */
static inline bool sturg(struct vcpu *v, uint64_t value, uint64_t real)
{
	uint64_t *to = NULL;

	if (!(real & 7) && !(v->arch.psw.mask & PSW_KEY) && !real_protected(v, real))
		to = guest_near_own(v->vm, real_to_absolute(v, real));
	if (to)
		*to = value;
	return to;
}

/*
 * Linux stores into what it has protected by an LRA and the STURG right behind it, 120,000 times while it boots: that is done too.
 * The guest goes on with a condition code and an address that it did not come with.
 */
bool fast_lra(struct vcpu *v, unsigned *class)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t text = g->text;
	unsigned r1 = text >> 52 & 15, x2 = text >> 48 & 15, next = text >> 16 & 0xffff, second = text & 0xff;
	uint64_t asce = g->psw.mask & PSW_DAT && simple(v) ? walk_asce(v, ACCESS_FETCH) : SPACE_NONE;
	struct translation t;

	if (asce == SPACE_NONE || walk(v, asce, operand_address(g, text) + (x2 ? g->gpr[x2] : 0), &t) != 0)
		return false;
	g->gpr[r1] = t.real;
	g->simulated[ROW_LRA]++;
	g->real_psw.mask = g->old.mask & ~PSW_CC;
	g->real_psw.address = g->old.address;
	if (next == STURG && sturg(v, g->gpr[second >> 4], g->gpr[second & 15])) {
		g->real_psw.address += 4;
		g->simulated[ROW_STURG]++;
	}
	*class = trap_resume_real(g);
	return true;
}
