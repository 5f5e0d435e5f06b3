/*
 * translate.c - LOAD REAL ADDRESS, and the instructions by which a guest
 * says that its tables have changed.
 *
 * Owns: which part of the shadow each of them empties. Comes after
 * dat/shadow.c. Heritage: DMKPRV, DMKVAT.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>

/* LRA goes by the address-space control even when DAT is off. */
static int real_address(struct instruction *i, struct translation *t)
{
	struct vcpu *v = i->v;
	uint64_t mask = v->arch.psw.mask, asce;

	v->arch.psw.mask |= PSW_DAT;
	asce = walk_asce(v, ACCESS_FETCH);
	v->arch.psw.mask = mask;
	return walk(v, asce == SPACE_NONE ? v->arch.cr[1] : asce, i->a2, t);
}

static void result(struct instruction *i, uint64_t value, bool wide, unsigned cc)
{
	if (wide)
		i->v->arch.gpr[i->r1] = value;
	else
		gpr_set_low(i->v, i->r1, value);
	set_cc(i->v, cc);
}

/* Condition code 3: no entry's address can be told, but the exception's code. (ESA/390 tells where an entry would be.) */
static void not_available(struct instruction *i, const struct translation *t, int code)
{
	gpr_set_low(i->v, i->r1, i->v->arch.z ? 0x80000000u | (unsigned)code : (uint32_t)t->entry);
	set_cc(i->v, 3);
}

static int load_real_address(struct instruction *i, bool wide)
{
	struct translation t;
	int rc = real_address(i, &t);

	switch (rc) {
	case 0:
		if (!wide && t.real >> 31)
			return PGM_SPECIAL_OPERATION;
		result(i, t.real, wide, 0);
		return 0;
	case PGM_SEGMENT:
	case PGM_PAGE:
		if (t.outside || (!wide && t.entry >> 31))
			not_available(i, &t, rc);
		else
			result(i, t.entry, wide, rc == PGM_SEGMENT ? 1 : 2);
		return 0;
	case PGM_ASCE_TYPE:
	case PGM_REGION_FIRST:
	case PGM_REGION_SECOND:
	case PGM_REGION_THIRD:
		not_available(i, &t, rc);
		return 0;
	}
	return rc;
}

/* In 64-bit addressing mode the result is 64 bits wide. */
int sim_lra(struct instruction *i)
{
	return load_real_address(i, i->v->arch.psw.mask & PSW_EA);
}

int sim_lrag(struct instruction *i)
{
	return load_real_address(i, true);
}

#define PAGE_INVALID  0x400
#define ENTRY_INVALID 0x20

static int ipte_z(struct instruction *i)
{
	uint64_t origin = i->v->arch.gpr[i->r1] & ~0x7ffull, pte;
	unsigned index = i->v->arch.gpr[i->r2] >> 12 & 0xff;
	int rc = guest_read(i->v->vm, origin + index * 8, &pte, 8);

	if (rc)
		return rc;
	pte |= PAGE_INVALID;
	rc = guest_write(i->v->vm, origin + index * 8, &pte, 8);
	if (rc == 0)
		shadow_purge_entry(i->v->vm, origin, index);
	return rc;
}

static int ipte_390(struct instruction *i)
{
	uint32_t origin = i->v->arch.gpr[i->r1] & 0x7fffffc0, pte;
	unsigned index = i->v->arch.gpr[i->r2] >> 12 & 0xff;
	int rc = guest_read(i->v->vm, origin + index * 4, &pte, 4);

	if (rc)
		return rc;
	pte |= PAGE_INVALID;
	rc = guest_write(i->v->vm, origin + index * 4, &pte, 4);
	if (rc == 0)
		shadow_purge_entry(i->v->vm, origin, index);
	return rc;
}

int sim_ipte(struct instruction *i)
{
	return i->v->arch.z ? ipte_z(i) : ipte_390(i);
}

#define IDTE_BY_ASCE 0x800
#define IDTE_MORE    0x7ff

/* Invalidate entries of a region or segment table; everything below them goes. */
static int idte_entries(struct instruction *i)
{
	static const unsigned shifts[] = {20, 31, 42, 53};
	uint64_t table = i->v->arch.gpr[i->r1], r2 = i->v->arch.gpr[i->r2], entry;
	unsigned index = r2 >> shifts[table >> 2 & 3] & 0x7ff;
	gabs_t at;
	int rc = 0;

	for (unsigned n = 0; n <= (r2 & IDTE_MORE) && rc == 0; n++) {
		at = (table & PTE_ORIGIN) + ((index + n) & 0x7ff) * 8;
		rc = guest_read(i->v->vm, at, &entry, 8);
		entry |= ENTRY_INVALID;
		if (rc == 0)
			rc = guest_write(i->v->vm, at, &entry, 8);
	}
	shadow_purge(i->v->vm);
	return rc;
}

int sim_idte(struct instruction *i)
{
	if (!(i->v->arch.gpr[i->r2] & IDTE_BY_ASCE))
		return idte_entries(i);
	shadow_purge_asce(i->v->vm, i->v->arch.gpr[i->r3]);
	return 0;
}

int sim_ptlb(struct instruction *i)
{
	shadow_purge(i->v->vm);
	return 0;
}

int sim_palb(struct instruction *i)
{
	(void)i; /* no access-register translation, so no such buffer */
	return 0;
}
