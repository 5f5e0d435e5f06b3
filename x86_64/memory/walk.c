/*
 * walk.c - the guest's own page tables, read as its processor would.
 *
 * Owns: arch_translate(), for operands that CP fetches or stores for a guest, and for DISPLAY. The processor itself needs no
 * help of CP's here. Comes after nested.c; used by text.c and port.c. Source: AMD64 Architecture Programmer's Manual volume 2,
 * chapter 5.
 *
 * Known simplification: SMEP, SMAP, protection keys and 57-bit addresses are not offered to guests, so they are not looked at.
 */
#include <arch/instruction.h>
#include <cp/arch.h>

#define ENTRY_PRESENT    0x1ull
#define ENTRY_WRITE      0x2ull
#define ENTRY_USER       0x4ull
#define ENTRY_ACCESSED   0x20ull
#define ENTRY_DIRTY      0x40ull
#define ENTRY_LARGE      0x80ull
#define ENTRY_NO_EXECUTE (1ull << 63)
#define ORIGIN_64        0x000ffffffffff000ull
#define LARGE_390        0x001fe000ull /* bits 39-32 of a 4 MiB page's address, at 20-13 */

#define ERROR_PRESENT 0x1
#define ERROR_WRITE   0x2
#define ERROR_USER    0x4
#define ERROR_FETCH   0x10

/* The three formats of tables, each from its root down. */
static const struct paging {
	uint8_t levels, size; /* of them; bytes of an entry */
	struct {
		uint8_t shift, bits;
		bool rights, large; /* entries have access rights; may end the walk */
	} level[4];
} paging_32 = {2, 4, {{22, 10, true, true}, {12, 10, true, false}}},
  paging_pae = {3, 8, {{30, 2, false, false}, {21, 9, true, true}, {12, 9, true, false}}},
  paging_64 = {4, 8, {{39, 9, true, false}, {30, 9, true, true}, {21, 9, true, true}, {12, 9, true, false}}};

static const struct paging *paging_of(const struct vcpu *v)
{
	if (guest_long(v))
		return &paging_64;
	return register_get(v, REGISTER_CR4) & CR4_PAE ? &paging_pae : &paging_32;
}

struct step {
	gabs_t at; /* of the entry */
	uint64_t entry;
	uint64_t rights; /* ENTRY_WRITE, ENTRY_USER: all entries so far; ENTRY_NO_EXECUTE: any */
};

static int fault(struct vcpu *v, gva_t a, enum access access, bool user, bool present)
{
	v->arch.exception_address = a;
	v->arch.exception_error = (present ? ERROR_PRESENT : 0) | (access == ACCESS_STORE ? ERROR_WRITE : 0) |
				  (user ? ERROR_USER : 0) | (access == ACCESS_INSTRUCTION ? ERROR_FETCH : 0);
	return EXCEPTION(VECTOR_PAGE);
}

static bool allowed(const struct vcpu *v, const struct step *s, enum access access, bool user)
{
	if (user && !(s->rights & ENTRY_USER))
		return false;
	if (access == ACCESS_STORE && !(s->rights & ENTRY_WRITE))
		return !user && !(register_get(v, REGISTER_CR0) & CR0_WP);
	if (access == ACCESS_INSTRUCTION && s->rights & ENTRY_NO_EXECUTE)
		return !(register_get(v, REGISTER_EFER) & EFER_NXE);
	return true;
}

/* The processor marks entries it has used, and pages that were stored into. */
static int mark(struct vcpu *v, const struct paging *p, struct step *s, uint64_t bits)
{
	if ((s->entry & bits) == bits)
		return 0;
	s->entry |= bits;
	return guest_write(v->vm, s->at, &s->entry, p->size);
}

/* A table outside storage reads as all ones, and so does what it leads to. One whose page has a frame is read there: most are. */
static int entry_read(struct vcpu *v, const struct paging *p, struct step *s)
{
	const struct page *page = storage_page_known(v->vm, s->at);
	uintptr_t at;
	int rc;

	s->entry = 0;
	if (page && page->frame_number) {
		at = (uintptr_t)page->frame_number * PAGE_SIZE + s->at % PAGE_SIZE;
		s->entry = p->size == 8 ? *(const uint64_t *)at : *(const uint32_t *)at;
		return 0;
	}
	rc = guest_read(v->vm, s->at, &s->entry, p->size);
	if (rc <= 0)
		return rc;
	s->entry = 0; /* reserved bits in a present entry: a page fault as well */
	return 0;
}

static gabs_t page_address(const struct paging *p, const struct step *s, unsigned shift, gva_t a)
{
	uint64_t inside = (1ull << shift) - 1, base = s->entry & ORIGIN_64;

	if (p->size == 4 && shift == 22)
		base = (s->entry & 0xffc00000) | (s->entry & LARGE_390) << 19;
	return (base & ~inside) | (a & inside);
}

static void rights_take(struct step *s)
{
	s->rights &= s->entry | ENTRY_NO_EXECUTE;
	s->rights |= s->entry & ENTRY_NO_EXECUTE;
}

static int walk_tables(struct vcpu *v, const struct paging *p, gva_t a, enum access access, bool user,
		       gabs_t *abs)
{
	uint64_t root = register_get(v, REGISTER_CR3) & (p == &paging_pae ? 0xffffffe0 : ORIGIN_64);
	bool large_allowed = p->size == 8 || register_get(v, REGISTER_CR4) & CR4_PSE;
	struct step s = {.rights = ENTRY_WRITE | ENTRY_USER, .entry = 0};
	gabs_t table = root;

	for (unsigned n = 0; n < p->levels; n++) {
		unsigned shift = p->level[n].shift, index = a >> shift & ((1u << p->level[n].bits) - 1);
		bool last;
		int rc;
		s.at = table + index * p->size;
		rc = entry_read(v, p, &s);
		if (rc)
			return rc;
		if (!(s.entry & ENTRY_PRESENT))
			return fault(v, a, access, user, false);
		if (p->level[n].rights)
			rights_take(&s);
		last = n == p->levels - 1u || (p->level[n].large && large_allowed && s.entry & ENTRY_LARGE);
		if (last && !allowed(v, &s, access, user))
			return fault(v, a, access, user, true);
		if (p->level[n].rights)
			rc = mark(v, p, &s,
				  ENTRY_ACCESSED | (last && access == ACCESS_STORE ? ENTRY_DIRTY : 0));
		if (rc)
			return rc;
		if (last) {
			*abs = page_address(p, &s, shift, a);
			return 0;
		}
		table = s.entry & ORIGIN_64;
	}
	return fault(v, a, access, user, false);
}

int walk(struct vcpu *v, gva_t a, enum access access, bool user, gabs_t *abs)
{
	const struct paging *p = paging_of(v);

	if (!(register_get(v, REGISTER_CR0) & CR0_PG)) {
		*abs = a & 0xffffffff;
		return 0;
	}
	if (p != &paging_64)
		a &= 0xffffffff;
	else if ((uint64_t)((int64_t)(a << 16) >> 16) != a) { /* not canonical */
		v->arch.exception_error = 0;
		return EXCEPTION(VECTOR_PROTECTION);
	}
	return walk_tables(v, p, a, access, user, abs);
}

int arch_translate(struct vcpu *v, gva_t a, enum access access, gabs_t *abs)
{
	return walk(v, a, access, register_get(v, REGISTER_CPL) == 3, abs);
}
