/*
 * psw.c - instructions that read or change the PSW.
 *
 * Owns: psw_load(), the only way a guest gets another PSW, with all the
 * validity checks (QEMU makes few of them, so CP makes all). Comes after
 * table.c. Source: PoP, "Program-Status-Word Format", "Exceptions
 * Associated with the PSW".
 */
#include <arch/instruction.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define SYSTEM_MASK_SHIFT 56
#define SHORT_PSW_ONE     0x0008000000000000ull /* bit 12 */

struct psw psw_from_short(uint64_t w)
{
	return (struct psw){.mask = (w ^ SHORT_PSW_ONE) & 0xffffffff80000000ull, .address = w & 0x7fffffff};
}

uint64_t psw_to_short(const struct psw *p)
{
	return (p->mask & 0xffffffff80000000ull) | SHORT_PSW_ONE | (p->address & 0x7fffffff);
}

bool psw_valid(const struct vcpu *v, const struct psw *p)
{
	if (p->mask & PSW_RESERVED || p->address & 1)
		return false;
	if (p->mask & PSW_EA)
		return v->arch.z && p->mask & PSW_BA;
	return p->address >> (p->mask & PSW_BA ? 31 : 24) == 0;
}

/* The real timer may speak late, so a comparator that is open is compared here. */
static bool comparator_due(const struct arch_vcpu *g)
{
	return g->psw.mask & PSW_EXTERNAL && g->cr[0] & CR0_CLOCK_COMPARATOR &&
	       g->clock_comparator <= arch_clock();
}

void recheck(struct vcpu *v)
{
	if (comparator_due(&v->arch))
		v->arch.pending |= PENDING_COMPARATOR;
	if (v->arch.pending || v->vm->arch.io_pending || v->vm->arch.reports.interruption ||
	    v->arch.psw.mask & PSW_WAIT)
		v->check = true;
}

static void mask_changed(struct vcpu *v, uint64_t old)
{
	uint64_t changed = old ^ v->arch.psw.mask;

	if (changed & (PSW_DAT | PSW_SPACE))
		v->arch.stale |= STALE_SPACES;
	if (changed & PSW_PER)
		v->arch.stale |= STALE_REGISTERS;
	recheck(v);
}

/* An invalid PSW is loaded all the same; the exception comes before its first instruction. */
static bool psw_become(struct vcpu *v, struct psw new)
{
	uint64_t old = v->arch.psw.mask;

	v->arch.psw = new;
	mask_changed(v, old);
	return psw_valid(v, &new);
}

/* No instruction is to blame for what LPSW or an interruption has loaded: the ILC is 0. */
int psw_load(struct vcpu *v, struct psw new)
{
	return psw_become(v, new) ? 0 : interrupt_program(v, PGM_SPECIFICATION, 0);
}

static int system_mask_set(struct vcpu *v, uint8_t mask)
{
	struct psw new = v->arch.psw;

	new.mask = (new.mask & 0x00ffffffffffffffull) | (uint64_t)mask << SYSTEM_MASK_SHIFT;
	return psw_become(v, new) ? 0 : PGM_SPECIFICATION; /* with the ILC of SSM, STNSM, STOSM */
}

#define CR0_SSM_SUPPRESSION 0x40000000 /* 33 */

int sim_ssm(struct instruction *i)
{
	uint8_t mask;
	int rc;

	if (i->v->arch.cr[0] & CR0_SSM_SUPPRESSION)
		return PGM_SPECIAL_OPERATION;
	rc = operand_read(i->v, i->a2, &mask, 1);
	return rc ? rc : system_mask_set(i->v, mask);
}

static int store_then(struct instruction *i, uint8_t and, uint8_t or)
{
	uint8_t old = i->v->arch.psw.mask >> SYSTEM_MASK_SHIFT;
	int rc = operand_write(i->v, i->a1, &old, 1);

	return rc ? rc : system_mask_set(i->v, (old & and) | or);
}

int sim_stnsm(struct instruction *i)
{
	return store_then(i, i->i2, 0);
}

int sim_stosm(struct instruction *i)
{
	return store_then(i, 0xff, i->i2);
}

int sim_lpsw(struct instruction *i)
{
	struct psw new;
	uint64_t w;
	int rc;

	if (i->a2 & 7)
		return PGM_SPECIFICATION;
	rc = operand_read(i->v, i->a2, &w, 8);
	if (rc)
		return rc;
	new = psw_from_short(w);
	return psw_load(i->v, new);
}

int sim_lpswe(struct instruction *i)
{
	struct psw new;
	int rc;

	if (i->a2 & 7)
		return PGM_SPECIFICATION;
	rc = operand_read(i->v, i->a2, &new, sizeof(new));
	return rc ? rc : psw_load(i->v, new);
}

__attribute__((cold)) int sim_epsw(struct instruction *i)
{
	uint64_t mask = i->v->arch.psw.mask;

	if (!i->v->arch.z)
		mask |= PSW_ESA390;
	gpr_set_low(i->v, i->r1, mask >> 32);
	if (i->r2)
		gpr_set_low(i->v, i->r2, mask);
	return 0;
}

static bool problem_without_authority(const struct vcpu *v)
{
	return v->arch.psw.mask & PSW_PROBLEM && !(v->arch.cr[0] & CR0_EXTRACTION);
}

__attribute__((cold)) int sim_ipk(struct instruction *i)
{
	if (problem_without_authority(i->v))
		return PGM_PRIVILEGED;
	i->v->arch.gpr[2] =
		(i->v->arch.gpr[2] & ~0xffull) | (i->v->arch.psw.mask >> (PSW_KEY_SHIFT - 4) & 0xf0);
	return 0;
}

/* The PSW-key mask, CR3 bits 32-47, says which keys a problem program may have. */
static bool key_allowed(const struct vcpu *v, unsigned key)
{
	return !(v->arch.psw.mask & PSW_PROBLEM) || v->arch.cr[3] >> (31 - key) & 1;
}

__attribute__((cold)) int sim_spka(struct instruction *i)
{
	unsigned key = i->a2 >> 4 & 15;

	if (!key_allowed(i->v, key))
		return PGM_PRIVILEGED;
	i->v->arch.psw.mask = (i->v->arch.psw.mask & ~PSW_KEY) | (uint64_t)key << PSW_KEY_SHIFT;
	return 0;
}

/* SAC and SACF: which space is current. */
__attribute__((cold)) int sim_sac(struct instruction *i)
{
	struct vcpu *v = i->v;
	unsigned mode = i->a2 >> 8 & 15;
	uint64_t spaces[] = {PSW_PRIMARY, PSW_SECONDARY, PSW_ACCESS_REGISTER, PSW_HOME};
	struct psw new = v->arch.psw;

	if (!(v->arch.psw.mask & PSW_DAT) || !(v->arch.cr[0] & CR0_SECONDARY_SPACE))
		return PGM_SPECIAL_OPERATION;
	if (mode > 3)
		return PGM_SPECIFICATION;
	if (mode == 3 && v->arch.psw.mask & PSW_PROBLEM)
		return PGM_PRIVILEGED;
	new.mask = (new.mask & ~PSW_SPACE) | spaces[mode];
	return psw_load(v, new);
}

__attribute__((cold)) int sim_iac(struct instruction *i)
{
	struct vcpu *v = i->v;
	static const uint8_t codes[] = {0, 2, 1, 3}; /* by PSW bits 16-17 */
	unsigned code;

	if (!(v->arch.psw.mask & PSW_DAT))
		return PGM_SPECIAL_OPERATION;
	if (problem_without_authority(v))
		return PGM_PRIVILEGED;
	code = codes[(v->arch.psw.mask & PSW_SPACE) >> 46];
	v->arch.gpr[i->r1] = (v->arch.gpr[i->r1] & ~0xff00ull) | (uint64_t)code << 8;
	set_cc(v, code);
	return 0;
}
