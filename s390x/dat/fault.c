/*
 * fault.c - translation faults: the guest's own, or work for the shadow.
 *
 * Owns: what is done when the real CPU could not translate or store for a
 * guest, and arch_translate(), the same question asked by CP. Comes after
 * walk.c, shadow.c and code.c; called by run/intercept.c.
 *
 * Every such interruption is looked up in the guest's own tables first. If
 * they refuse, the guest gets its exception; else the shadow was only not
 * filled in, or protected for CP's purposes: the page has been scanned for
 * the code view, or shares its frame with others.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define TEID_STORE          0x400
#define TEID_SPACE          3ull
#define TEID_DAT_PROTECTION 4

#define LOW_PROTECTED(a) (((a) & ~0x11ffull) == 0)

/* The address-space bits a TEID must show to the guest. */
static uint64_t teid_space(const struct vcpu *v, enum access access)
{
	uint64_t space = (v->arch.psw.mask & PSW_SPACE) >> 46;

	return space == 2 && access == ACCESS_INSTRUCTION ? 0 : space;
}

static bool low_protected(const struct vcpu *v, uint64_t asce, gva_t a)
{
	return v->arch.cr[0] & CR0_LOW_PROTECT && LOW_PROTECTED(a) && !(asce != SPACE_REAL && asce & 0x100);
}

/* Key-controlled protection, as far as the machine under us has it. */
static bool key_protected(const struct vcpu *v, const struct page *p, enum access access)
{
	unsigned key = v->arch.psw.mask >> PSW_KEY_SHIFT & 15;

	if (!real_machine.keys || key == 0 || key == p->key >> 4)
		return false;
	if (v->arch.cr[0] & CR0_STORAGE_OVERRIDE && p->key >> 4 == 9)
		return false;
	return access == ACCESS_STORE || p->key & KEY_FETCH;
}

static int protection(struct vcpu *v, gva_t a, enum access access, uint64_t kind)
{
	v->arch.teid = (a & PAGE_MASK) | (access == ACCESS_STORE ? TEID_STORE : 0x800) | kind |
		       teid_space(v, access);
	return PGM_PROTECTION;
}

int key_check(struct vcpu *v, gabs_t abs, gva_t a, enum access access)
{
	struct page *p;

	if (!real_machine.keys || !(v->arch.psw.mask & PSW_KEY))
		return 0;
	if (abs >= v->vm->storage.size)
		return PGM_ADDRESSING;
	p = storage_page(v->vm, abs);
	if (!p)
		return CP_NO_STORAGE;
	return key_protected(v, p, access) ? protection(v, a, access, 0) : 0;
}

/* Low-address protection comes before translation. Asked only for accesses of CP's: the machine applies it to the
 * guest's own, and its page faults do not tell the address within the page. */
static int low_check(struct vcpu *v, uint64_t asce, gva_t a, enum access access)
{
	return access == ACCESS_STORE && low_protected(v, asce, a) ? protection(v, a, access, 0) : 0;
}

/* The guest's answer for an access: 0 with *t and *p, its exception (TEID set), or < 0. */
static int resolve(struct vcpu *v, uint64_t asce, gva_t a, enum access access, struct translation *t,
		   struct page **p)
{
	int rc = walk(v, asce, a, t);

	if (rc < 0)
		return rc;
	if (rc > 0) {
		v->arch.teid = (a & PAGE_MASK) | (access == ACCESS_STORE ? TEID_STORE : 0x800) |
			       teid_space(v, access);
		return rc;
	}
	if (t->abs >= v->vm->storage.size)
		return PGM_ADDRESSING;
	if (access == ACCESS_STORE && t->protect)
		return protection(v, a, access, TEID_DAT_PROTECTION);
	if (access == ACCESS_INSTRUCTION && t->no_execute)
		return protection(v, a, access, 0x80 | TEID_DAT_PROTECTION);
	*p = storage_page(v->vm, t->abs);
	if (!*p)
		return CP_NO_STORAGE;
	return key_protected(v, *p, access) ? protection(v, a, access, 0) : 0;
}

static int map_data(struct vcpu *v, gva_t a, enum access access, const struct translation *t, struct page *p)
{
	gabs_t page = t->abs & PAGE_MASK;
	bool protect = t->protect;
	frame_t frame;
	int rc = storage_frame(v->vm, page, access, &frame);

	if (rc)
		return rc;
	protect |= p->flags & PAGE_SHARED;
	if (p->flags & PAGE_WATCHED && !step_allows(v, page)) {
		protect |= access != ACCESS_STORE;
		if (access == ACCESS_STORE) {
			code_forget(v->vm, page);
			step_note(v, page);
		}
	}
	return shadow_map(v->vm, v->arch.space, VIEW_DATA, a, t, frame, protect);
}

/* The data view gets the page too: the instruction driver reads the text there. */
static int map_code(struct vcpu *v, gva_t a, const struct translation *t, struct page *p)
{
	struct shadow_space *s = v->arch.code_space;
	frame_t frame, original;
	int rc = code_frame(v->vm, t->abs & PAGE_MASK, &frame);

	if (rc)
		return rc;
	if (step_needed(v, t->abs & PAGE_MASK))
		step_begin(v);
	rc = shadow_map(v->vm, s, VIEW_CODE, a, t, frame, true);
	if (rc)
		return rc;
	original = (frame_t)p->frame_number * PAGE_SIZE;
	return shadow_map(v->vm, s, VIEW_DATA, a, t, original, true);
}

static const struct shadow_space *space_of(const struct vcpu *v, enum access access)
{
	return access == ACCESS_INSTRUCTION ? v->arch.code_space : v->arch.space;
}

/* Does the instruction stand in the page it stores into? Then taking the code view away would go round in circles. */
static bool own_page(const struct vcpu *v, const struct page *p)
{
	uint64_t *e = shadow_entry(v->arch.code_space, VIEW_DATA, v->arch.psw.address, 1);

	return e && !(*e & PTE_INVALID) && *e / PAGE_SIZE == p->frame_number;
}

#define LPSWE 0xb2b2

/*
 * An LPSWE in a page of data: Linux returns by one that stands in its low storage, where every interruption stores. To show that page
 * would be a scan now, and for nothing at the next store. The instruction comes to CP in any case, so it is done here. False: not so.
 */
static bool lpswe_at(struct vcpu *v, const struct intercept *i, const struct page *p)
{
	struct arch_vcpu *g = &v->arch;
	gva_t at = g->psw.address, offset = at % PAGE_SIZE;

	if (p->flags & PAGE_CODE || !p->frame_number || (at & PAGE_MASK) != i->address ||
	    offset > PAGE_SIZE - sizeof(g->text))
		return false;
	if (g->psw.mask & (PSW_PROBLEM | PSW_PER) || g->following || g->stepping)
		return false;
	g->text = *(const uint64_t *)((uintptr_t)p->frame_number * PAGE_SIZE + offset);
	return g->text >> 48 == LPSWE;
}

static int lpswe(struct vcpu *v, struct intercept *i)
{
	gva_t at = v->arch.psw.address;

	*i = (struct intercept){
		.kind = INTERCEPT_INSTRUCTION, .code = PGM_PRIVILEGED, .length = 4, .address = at};
	v->arch.instruction_address = at;
	v->arch.psw.address = address_wrap(v, at + i->length);
	return arch_instruction(v, i);
}

int shadow_fault(struct vcpu *v, struct intercept *i)
{
	enum access access = i->access;
	struct translation t;
	struct page *p;
	int rc = resolve(v, space_of(v, access)->asce, i->address, access, &t, &p);

	if (rc)
		return rc;
	if (access == ACCESS_INSTRUCTION && lpswe_at(v, i, p))
		return lpswe(v, i);
	if (access == ACCESS_INSTRUCTION)
		return map_code(v, i->address, &t, p);
	if (access == ACCESS_STORE && p->flags & PAGE_WATCHED && own_page(v, p)) {
		rc = store_simulate(v);
		if (rc == 0)
			code_separate(v->vm, t.abs & PAGE_MASK);
		if (rc != STORE_UNKNOWN)
			return rc;
	}
	return map_data(v, i->address, access, &t, p);
}

int translate_in(struct vcpu *v, uint64_t asce, gva_t a, enum access access, gabs_t *abs)
{
	struct translation t;
	struct page *p;
	int rc = low_check(v, asce, a, access);

	if (rc == 0)
		rc = resolve(v, asce, a, access, &t, &p);
	if (rc == 0)
		*abs = t.abs;
	return rc;
}

int arch_translate(struct vcpu *v, gva_t a, enum access access, gabs_t *abs)
{
	uint64_t asce = walk_asce(v, access);

	return asce == SPACE_NONE ? space_refused(v) : translate_in(v, asce, a, access, abs);
}
