/*
 * key.c - storage keys.
 *
 * Owns: the key of each guest page: access-control and fetch bits in its
 * descriptor, reference and change bits there and, once the guest has used
 * a key instruction on the page, in the real frame's key. Comes after
 * cp/storage/guest.c. Source: PoP, "Storage Key".
 *
 * Simplification: until its first key instruction on it, a page that has a
 * frame counts as referenced and changed; it has a frame because it was.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define PAGE_KEYED 0x08
#define RC         (KEY_REFERENCE | KEY_CHANGE)

static uint8_t real_key(frame_t frame)
{
	uint64_t key = 0;

	asm volatile("	iske	%0,%1" : "+d"(key) : "a"(frame));
	return key;
}

static void real_key_set(frame_t frame, uint8_t key)
{
	asm volatile("	sske	%0,%1" : : "d"((uint64_t)key), "a"(frame) : "memory");
}

void arch_frame_key(frame_t frame, uint8_t key)
{
	real_key_set(frame, key);
}

static frame_t frame_of(const struct page *p)
{
	return (frame_t)p->frame_number * PAGE_SIZE;
}

static uint8_t key_get(const struct page *p)
{
	if (!p->frame_number)
		return p->key;
	return p->key | (p->flags & PAGE_KEYED ? real_key(frame_of(p)) & RC : RC);
}

void arch_page_key_set(struct page *p, uint8_t key)
{
	p->key = key & 0xfe;
	p->flags |= PAGE_KEYED;
	if (p->frame_number)
		real_key_set(frame_of(p), p->key);
}

/* The real key is the frame's: a page that shares one gets a copy first. */
static int key_set(struct vm *vm, struct page *p, gabs_t a, uint8_t key)
{
	int rc = page_own(vm, p, a);

	if (rc == 0)
		arch_page_key_set(p, key);
	return rc;
}

uint8_t arch_page_key(const struct page *p)
{
	return key_get(p);
}

/* The page a key instruction's second operand names, by real address. */
static int page_named(struct instruction *i, gabs_t *a, struct page **p)
{
	*a = real_to_absolute(i->v, address_wrap(i->v, i->v->arch.gpr[i->r2] & PAGE_MASK));
	if (*a >= i->v->vm->storage.size)
		return PGM_ADDRESSING;
	*p = storage_page(i->v->vm, *a);
	return *p ? 0 : CP_NO_STORAGE;
}

static void low_byte_set(struct instruction *i, unsigned r, uint8_t byte)
{
	i->v->arch.gpr[r] = (i->v->arch.gpr[r] & ~0xffull) | byte;
}

int sim_iske(struct instruction *i)
{
	struct page *p;
	gabs_t a;
	int rc = page_named(i, &a, &p);

	if (rc == 0)
		low_byte_set(i, i->r1, key_get(p));
	return rc;
}

/* Conditional SSKE is facility 10, which is hidden: M3 is ignored. */
int sim_sske(struct instruction *i)
{
	struct page *p;
	gabs_t a;
	int rc = page_named(i, &a, &p);

	return rc ? rc : key_set(i->v->vm, p, a, i->v->arch.gpr[i->r1]);
}

int sim_rrbe(struct instruction *i)
{
	struct page *p;
	uint8_t key;
	gabs_t a;
	int rc = page_named(i, &a, &p);

	if (rc)
		return rc;
	key = key_get(p);
	rc = key_set(i->v->vm, p, a, key & ~KEY_REFERENCE);
	if (rc == 0)
		set_cc(i->v, (key & RC) >> 1);
	return rc;
}

/* INSERT VIRTUAL STORAGE KEY: the access-control and fetch bits only. */
int sim_ivsk(struct instruction *i)
{
	struct vcpu *v = i->v;
	gabs_t a;
	int rc;

	if (!(v->arch.psw.mask & PSW_DAT))
		return PGM_SPECIAL_OPERATION;
	if (v->arch.psw.mask & PSW_PROBLEM && !(v->arch.cr[0] & CR0_EXTRACTION))
		return PGM_PRIVILEGED;
	rc = arch_translate(v, address_wrap(v, v->arch.gpr[i->r2]), ACCESS_FETCH, &a);
	if (rc == 0)
		low_byte_set(i, i->r1, storage_page(v->vm, a)->key & (KEY_ACCESS | KEY_FETCH));
	return rc;
}

/* TEST BLOCK: every block that exists is usable; it is cleared. */
int sim_tb(struct instruction *i)
{
	static uint8_t zeros[256]; /* a const one would take room in the image */
	uint64_t real = address_wrap(i->v, i->v->arch.gpr[i->r2] & PAGE_MASK);
	int rc = 0;

	if (real_protected(i->v, real))
		return real_protection(i->v, real);
	for (unsigned at = 0; at < PAGE_SIZE && rc == 0; at += sizeof(zeros))
		rc = real_write(i->v, real + at, zeros, sizeof(zeros));
	if (rc == 0) {
		i->v->arch.gpr[0] = 0;
		set_cc(i->v, 0);
	}
	return rc;
}

/* TEST PROTECTION: 0 fetch and store, 1 fetch only, 2 neither, 3 not translated. */
int sim_tprot(struct instruction *i)
{
	struct vcpu *v = i->v;
	uint64_t mask = v->arch.psw.mask;
	gabs_t a;
	int fetch, store;

	v->arch.psw.mask = (mask & ~PSW_KEY) | (i->a2 & 0xf0ull) << (PSW_KEY_SHIFT - 4);
	fetch = arch_translate(v, i->a1, ACCESS_FETCH, &a);
	store = fetch ? 0 : arch_translate(v, i->a1, ACCESS_STORE, &a);
	v->arch.psw.mask = mask;
	if (fetch < 0 || store < 0)
		return fetch < 0 ? fetch : store;
	if (fetch == PGM_ADDRESSING || fetch == PGM_TRANSLATION)
		return fetch;
	set_cc(v, fetch == PGM_PROTECTION ? 2 : fetch ? 3 : store ? 1 : 0);
	return 0;
}
