/*
 * walk.c - the guest's own translation tables, read as the machine would.
 *
 * Owns: dynamic address translation for z/Architecture (PoP chapter 3) and
 * ESA/390, with levels as data. Comes before shadow.c, which keeps what is
 * found here. Heritage: DMKVAT, DMKTRN.
 *
 * Simplifications: EDAT large pages are not offered to guests (facility 8
 * and 78 are hidden), so their format-control bit is not looked at; tables
 * are taken to lie at absolute addresses, which the architecture permits.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>

#define ASCE_ORIGIN 0xfffffffffffff000ull
#define ASCE_REAL   0x20 /* real-space control */
#define ASCE_LEVEL  0x0c
#define ASCE_LENGTH 0x03

#define ENTRY_INVALID     0x20
#define ENTRY_TYPE        0x0c
#define SEGMENT_PROTECT   0x200
#define PAGE_INVALID      0x400
#define PAGE_PROTECT      0x200
#define PAGE_NO_EXECUTE   0x100
#define PAGE_MUST_BE_ZERO 0x800

/* Levels by designation type: 0 segment, 1 region-third, 2 region-second, 3 region-first table. */
static const struct level {
	unsigned shift;
	int exception;
} levels[4] = {
	{20, PGM_SEGMENT},
	{31, PGM_REGION_THIRD},
	{42, PGM_REGION_SECOND},
	{53, PGM_REGION_FIRST},
};

static unsigned index_at(gva_t a, unsigned level)
{
	return a >> levels[level].shift & 0x7ff;
}

/* Not compiled for speed: the tables of ESA/390, and what has no frame. */
static __attribute__((cold)) int entry_read(struct vm *vm, struct translation *t, gabs_t a, void *entry,
					    size_t n)
{
	t->entry = a;
	return guest_read(vm, a, entry, n);
}

static inline int entry_read_z(struct vm *vm, struct translation *t, gabs_t a, uint64_t *entry)
{
	struct page *p = storage_page_known(vm, a);

	if (!p || !p->frame_number)
		return entry_read(vm, t, a, entry, sizeof(*entry));
	t->entry = a;
	p->key |= KEY_REFERENCE;
	*entry = *(uint64_t *)((uintptr_t)p->frame_number * PAGE_SIZE + a % PAGE_SIZE);
	return 0;
}

static int page_result(struct vcpu *v, gva_t a, uint64_t pte, bool protect, struct translation *t)
{
	t->real = (pte & PTE_ORIGIN) | (a & (PAGE_SIZE - 1));
	t->abs = real_to_absolute(v, t->real);
	t->protect = protect || pte & PAGE_PROTECT;
	return 0;
}

static int walk_z(struct vcpu *v, uint64_t asce, gva_t a, struct translation *t)
{
	unsigned top = (asce & ASCE_LEVEL) >> 2, first = 0, last = asce & ASCE_LENGTH;
	uint64_t entry = 0, origin = asce & ASCE_ORIGIN;
	int rc;

	if (top < 3 && a >> (levels[top].shift + 11))
		return PGM_ASCE_TYPE;
	for (int level = top; level >= 0; level--) {
		unsigned quarter = index_at(a, level) >> 9;
		t->outside = quarter < first || quarter > last;
		if (t->outside)
			return levels[level].exception;
		rc = entry_read_z(v->vm, t, origin + index_at(a, level) * 8, &entry);
		if (rc)
			return rc;
		if (entry & ENTRY_INVALID)
			return levels[level].exception;
		if ((entry & ENTRY_TYPE) >> 2 != (unsigned)level)
			return PGM_TRANSLATION;
		origin = entry & ASCE_ORIGIN;
		first = entry >> 6 & 3;
		last = entry & 3;
	}
	t->origin = entry & ~0x7ffull;
	rc = entry_read_z(v->vm, t, t->origin + (a >> 12 & 0xff) * 8, &origin);
	if (rc)
		return rc;
	if (origin & PAGE_INVALID)
		return PGM_PAGE;
	if (origin & PAGE_MUST_BE_ZERO)
		return PGM_TRANSLATION;
	t->value = origin;
	t->segment_protect = entry & SEGMENT_PROTECT;
	t->no_execute = origin & PAGE_NO_EXECUTE && v->arch.cr[0] & CR0_IEP;
	return page_result(v, a, origin, t->segment_protect, t);
}

#define STD_ORIGIN          0x7ffff000u
#define SEGMENT390_ORIGIN   0x7fffffc0u
#define SEGMENT390_RESERVED 0x80000000u
#define PAGE390_RESERVED    0x80000900u

/* Not compiled for speed. */
static int walk_390(struct vcpu *v, uint64_t std, gva_t a, struct translation *t) __attribute__((cold));

static int walk_390(struct vcpu *v, uint64_t std, gva_t a, struct translation *t)
{
	uint32_t entry, page;
	unsigned segment = a >> 20 & 0x7ff;
	int rc;

	t->entry = (std & STD_ORIGIN) + segment * 4;
	t->outside = segment >> 4 > (std & 0x7f);
	if (t->outside)
		return PGM_SEGMENT;
	rc = entry_read(v->vm, t, (std & STD_ORIGIN) + segment * 4, &entry, 4);
	if (rc)
		return rc;
	if (entry & ENTRY_INVALID)
		return PGM_SEGMENT;
	if (entry & SEGMENT390_RESERVED)
		return PGM_TRANSLATION;
	t->origin = entry & SEGMENT390_ORIGIN;
	t->entry = t->origin + (a >> 12 & 0xff) * 4;
	t->outside = (a >> 16 & 0xf) > (entry & 0xf);
	if (t->outside)
		return PGM_PAGE;
	rc = entry_read(v->vm, t, t->origin + (a >> 12 & 0xff) * 4, &page, 4);
	if (rc)
		return rc;
	if (page & PAGE_INVALID)
		return PGM_PAGE;
	if (page & PAGE390_RESERVED)
		return PGM_TRANSLATION;
	t->value = page;
	return page_result(v, a, page, false, t);
}

int walk(struct vcpu *v, const struct shadow_space *s, gva_t a, struct translation *t)
{
	*t = (struct translation){.origin = ~0ull};
	if (s->asce == SPACE_REAL) {
		t->real = a;
		t->abs = real_to_absolute(v, a);
		return 0;
	}
	return s->z ? walk_z(v, s->asce, a, t) : walk_390(v, s->asce, a, t);
}

/* Which control register an access goes by: instructions come from primary, except in home-space mode. */
uint64_t walk_asce(const struct vcpu *v, enum access access)
{
	const struct arch_vcpu *g = &v->arch;
	uint64_t asce;

	if (!(g->psw.mask & PSW_DAT))
		return SPACE_REAL;
	switch (g->psw.mask & PSW_SPACE) {
	case PSW_PRIMARY:
		asce = g->cr[1];
		break;
	case PSW_SECONDARY:
		asce = access == ACCESS_INSTRUCTION ? g->cr[1] : g->cr[7];
		break;
	case PSW_HOME:
		asce = g->cr[13];
		break;
	default:
		return SPACE_NONE;
	}
	return g->z && asce & ASCE_REAL ? SPACE_REAL : asce;
}
