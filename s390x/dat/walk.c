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
#include <arch/near.h>
#include <arch/shadow.h>
#include <cp/arch.h>

#define TABLE_ORIGIN 0xfffffffffffff000ull /* in a designation, and in the entries but of the last level */

#define ASCE_REAL  0x20 /* real-space control */
#define ASCE_LEVEL 0x0c

#define ENTRY_INVALID     0x20
#define ENTRY_TYPE        0x0c
#define SEGMENT_PROTECT   0x200
#define PAGE_INVALID      0x400
#define PAGE_PROTECT      0x200
#define PAGE_NO_EXECUTE   0x100
#define PAGE_MUST_BE_ZERO 0x800

/* By designation type: 0 segment, 1 region-third, 2 region-second, 3 region-first table. */
static const int exceptions[4] = {PGM_SEGMENT, PGM_REGION_THIRD, PGM_REGION_SECOND, PGM_REGION_FIRST};

#define LEVEL_SHIFT(level) (20 + 11 * (level)) /* of the index in an address, and that has 11 bits */

/* Not compiled for speed: the tables of ESA/390, and what has no frame. */
static __attribute__((cold)) int entry_read(struct vm *vm, struct translation *t, gabs_t a, void *entry,
					    size_t n)
{
	t->entry = a;
	return guest_read(vm, a, entry, n);
}

/* An entry into t->value. */
static inline int entry_read_z(struct vm *vm, struct translation *t, gabs_t a)
{
	const uint64_t *near = guest_near(vm, a);

	if (!near)
		return entry_read(vm, t, a, &t->value, sizeof(t->value));
	t->entry = a;
	t->value = *near;
	return 0;
}

static int page_result(struct vcpu *v, gva_t a, uint64_t pte, bool protect, struct translation *t)
{
	t->real = (pte & PTE_ORIGIN) | (a & (PAGE_SIZE - 1));
	t->abs = real_to_absolute(v, t->real);
	t->protect = protect || pte & PAGE_PROTECT;
	return 0;
}

#define TABLE_PART                                                                                           \
	0x1000 /* bytes of a table; an entry tells the first and the last part of the next lower one */
#define ENTRY_PARTS 0xc3
#define ALL_PARTS   0x03

/* Does the table that this entry designates have no such byte? */
static inline bool outside(uint64_t entry, unsigned byte)
{
	unsigned part = byte / TABLE_PART;

	return (entry & ENTRY_PARTS) != ALL_PARTS && (part < (entry >> 6 & 3) || part > (entry & 3));
}

/* An entry of a region or segment table that does not lead on. */
static int entry_exception(uint64_t entry, unsigned level)
{
	return entry & ENTRY_INVALID ? exceptions[level] : PGM_TRANSLATION;
}

/* From the designation down to the segment-table entry: into t->value. */
static inline int walk_tables(struct vcpu *v, uint64_t asce, gva_t a, struct translation *t)
{
	uint64_t entry =
		asce & ~(ENTRY_PARTS ^ ALL_PARTS); /* a table that is designated begins with its first part */
	unsigned level = (asce & ASCE_LEVEL) >> 2, shift = LEVEL_SHIFT(level);
	int rc;

	if (level < 3 && a >> (shift + 11))
		return PGM_ASCE_TYPE;
	for (;; shift -= 11) {
		unsigned byte = (a >> (shift - 3)) & 0x3ff8;
		t->outside = outside(entry, byte);
		if (t->outside)
			return exceptions[level];
		rc = entry_read_z(v->vm, t, (entry & TABLE_ORIGIN) + byte);
		if (rc)
			return rc;
		entry = t->value;
		if ((entry & (ENTRY_INVALID | ENTRY_TYPE)) != level << 2)
			return entry_exception(entry, level);
		if (level-- == 0)
			return 0;
	}
}

static int walk_z(struct vcpu *v, uint64_t asce, gva_t a, struct translation *t)
{
	uint64_t segment;
	int rc = walk_tables(v, asce, a, t);

	if (rc)
		return rc;
	segment = t->value;
	t->origin = segment & ~0x7ffull;
	rc = entry_read_z(v->vm, t, t->origin + (a >> 9 & 0x7f8));
	if (rc)
		return rc;
	if (t->value & PAGE_INVALID)
		return PGM_PAGE;
	if (t->value & PAGE_MUST_BE_ZERO)
		return PGM_TRANSLATION;
	t->segment_protect = segment & SEGMENT_PROTECT;
	t->no_execute = t->value & PAGE_NO_EXECUTE && v->arch.cr[0] & CR0_IEP;
	return page_result(v, a, t->value, t->segment_protect, t);
}

#define STD_ORIGIN          0x7ffff000u
#define SEGMENT390_ORIGIN   0x7fffffc0u
#define SEGMENT390_RESERVED 0x80000000u
#define PAGE390_RESERVED    0x80000900u

/* Not compiled for speed. */
static __attribute__((cold)) int walk_390(struct vcpu *v, uint64_t std, gva_t a, struct translation *t)
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

int walk(struct vcpu *v, uint64_t asce, gva_t a, struct translation *t)
{
	t->origin = ~0ull;
	t->protect = t->segment_protect = t->outside = t->no_execute = false;
	if (asce == SPACE_REAL) {
		t->value = 0;
		t->real = a;
		t->abs = real_to_absolute(v, a);
		return 0;
	}
	return v->arch.z ? walk_z(v, asce, a, t) : walk_390(v, asce, a, t);
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
