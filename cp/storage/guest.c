/*
 * guest.c - the only way into a virtual machine's storage.
 *
 * Owns: the page descriptors of each machine, demand allocation, copying to
 * and from guest storage. Comes after heap.c; before the port's translation
 * code, which maps what storage_frame() gives. Heritage: DMKPTR (TRANS).
 *
 * Invariant: a store by CP into a page that the port watches is announced
 * with arch_storage_changed() before the next guest instruction runs, for
 * what the port derived from the page (code views, tables) is then wrong.
 *
 * A frame may be owned by several pages (snapshot.c). Such a page is mapped
 * for reading only, and page_own() gives it a copy of its own before anybody
 * stores: here on CP's part, in the port's page-fault handler on the guest's.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>

#define KEY_R      0x04 /* reference and change bits of struct page's key */
#define KEY_C      0x02
#define ADDRESSING 5 /* the program interruption for an address beyond storage, on every port */

static size_t segments(const struct storage *s)
{
	return s->size / SEGMENT_SIZE;
}

__attribute__((cold)) int storage_create(struct vm *vm, uint64_t size)
{
	struct storage *s = &vm->storage;

	s->size = size;
	s->resident = 0;
	s->segment = heap_alloc(segments(s) * sizeof(*s->segment));
	return s->segment ? 0 : CP_NO_STORAGE;
}

static frame_t frame_of(const struct page *p)
{
	return (frame_t)p->frame_number * PAGE_SIZE;
}

void page_let_go(const struct page *p)
{
	if (p->key & KEY_PROTECTS && !frame_shared(frame_of(p)))
		arch_frame_key(frame_of(p), 0);
	frame_free(frame_of(p));
}

static void page_drop(struct vm *vm, struct page *p, gabs_t a)
{
	if (p->flags || p->mappings)
		arch_storage_unmap(vm, a);
	if (p->frame_number) {
		assert_cp(p->pins == 0);
		page_let_go(p);
		vm->storage.resident--;
	}
	*p = (struct page){0};
}

static void segment_drop(struct vm *vm, size_t n)
{
	struct page *pages = vm->storage.segment[n];

	if (!pages)
		return;
	for (size_t k = 0; k < SEGMENT_PAGES; k++)
		if (pages[k].frame_number || pages[k].flags)
			page_drop(vm, &pages[k], (gabs_t)n * SEGMENT_SIZE + k * PAGE_SIZE);
	heap_free(pages, SEGMENT_PAGES * sizeof(*pages));
	vm->storage.segment[n] = NULL;
}

__attribute__((cold)) void storage_clear(struct vm *vm)
{
	if (!vm->storage.segment)
		return;
	for (size_t n = 0; n < segments(&vm->storage); n++) {
		if (vm->storage.segment[n])
			task_yield(); /* up to 256 pages were freed: let others run */
		segment_drop(vm, n);
	}
	if (vm->storage.base)
		vm->storage.base->users--;
	vm->storage.base = NULL;
}

__attribute__((cold)) void storage_destroy(struct vm *vm)
{
	storage_clear(vm);
	heap_free(vm->storage.segment, segments(&vm->storage) * sizeof(*vm->storage.segment));
	vm->storage.segment = NULL;
	vm->storage.size = 0;
}

/* The new descriptors are had before the old ones go, so that there always is a storage. */
__attribute__((cold)) int storage_resize(struct vm *vm, uint64_t size)
{
	struct storage old;

	storage_clear(vm);
	old = vm->storage;
	if (storage_create(vm, size) < 0) {
		vm->storage = old;
		return CP_NO_STORAGE;
	}
	heap_free(old.segment, segments(&old) * sizeof(*old.segment));
	return 0;
}

struct page *storage_page(struct vm *vm, gabs_t a)
{
	struct storage *s = &vm->storage;
	struct page **segment;

	if (a >= s->size)
		return NULL;
	segment = &s->segment[a / SEGMENT_SIZE];
	if (!*segment)
		*segment = heap_alloc(SEGMENT_PAGES * sizeof(**segment));
	return *segment ? &(*segment)[a % SEGMENT_SIZE / PAGE_SIZE] : NULL;
}

static void page_give(struct vm *vm, struct page *p, frame_t f)
{
	p->frame_number = f / PAGE_SIZE;
	vm->storage.resident++;
	if (p->key)
		arch_frame_key(f, p->key);
}

/* Out of line: most pages that are stored into are shared with nobody. What the port has derived from the old frame goes. */
static __attribute__((noinline)) int page_copy(struct vm *vm, struct page *p, gabs_t a)
{
	frame_t old = frame_of(p), new = frame_shared(old) ? frame_alloc_dirty(1) : old;

	if (!new)
		return CP_NO_STORAGE;
	if (new != old) {
		arch_storage_unmap(vm, a & PAGE_MASK);
		memcpy((void *)(uintptr_t) new, (const void *)(uintptr_t)old, PAGE_SIZE);
		frame_free(old);
		p->frame_number = new / PAGE_SIZE;
		if (p->key & KEY_PROTECTS)
			arch_frame_key(new, p->key | KEY_R | KEY_C);
	}
	p->flags &= ~PAGE_SHARED;
	return 0;
}

int page_own(struct vm *vm, struct page *p, gabs_t a)
{
	return p->flags & PAGE_SHARED ? page_copy(vm, p, a) : 0;
}

/* The page behind an address as a result code; with its frame when there is to be one. */
static int page_at(struct vm *vm, gabs_t a, bool frame, struct page **page)
{
	struct page *p;
	frame_t f;

	if (a >= vm->storage.size)
		return ADDRESSING;
	p = storage_page(vm, a);
	if (!p)
		return CP_NO_STORAGE;
	if (frame && !p->frame_number) {
		f = frame_alloc();
		if (!f)
			return CP_NO_STORAGE;
		page_give(vm, p, f);
	}
	*page = p;
	return 0;
}

int storage_frame(struct vm *vm, gabs_t a, enum access access, frame_t *frame)
{
	struct page *p;
	int rc = page_at(vm, a, true, &p);

	if (rc == 0 && access == ACCESS_STORE)
		rc = page_own(vm, p, a);
	if (rc == 0)
		*frame = frame_of(p);
	return rc;
}

/* Are the pages' frames the numbers from `number` on (0: has none any), and theirs alone? */
static __attribute__((cold)) bool in_a_row(struct vm *vm, gabs_t a, unsigned count, uint32_t number)
{
	for (unsigned n = 0; n < count; n++) {
		const struct page *p = storage_page(vm, a + n * PAGE_SIZE);
		if (!p || p->frame_number != (number ? number + n : 0) || p->flags & PAGE_SHARED)
			return false;
	}
	return true;
}

__attribute__((cold)) frame_t storage_block(struct vm *vm, gabs_t a, unsigned count)
{
	const struct page *first = storage_page(vm, a);
	uint32_t number = first ? first->frame_number : 0;
	frame_t f;

	if (number % count || !in_a_row(vm, a, count, number))
		return 0;
	if (number)
		return frame_of(first);
	f = frame_alloc_aligned(count);
	for (unsigned n = 0; f && n < count; n++)
		page_give(vm, storage_page(vm, a + n * PAGE_SIZE), f + n * PAGE_SIZE);
	return f;
}

__attribute__((cold)) void storage_release(struct vm *vm, gabs_t a)
{
	struct page *p = a < vm->storage.size ? storage_page(vm, a) : NULL;

	if (p && p->pins == 0)
		page_drop(vm, p, a & PAGE_MASK);
}

static char *page_bytes(const struct page *p, gabs_t a)
{
	return (char *)(uintptr_t)(frame_of(p) + a % PAGE_SIZE);
}

/* The part of n bytes at a that lies in a's page. */
static size_t within_page(gabs_t a, size_t n)
{
	size_t left = PAGE_SIZE - a % PAGE_SIZE;

	return n < left ? n : left;
}

static int read_piece(struct vm *vm, gabs_t a, void *buf, size_t n)
{
	struct page *p;
	int rc = page_at(vm, a, false, &p);

	if (rc)
		return rc;
	p->key |= KEY_R;
	if (p->frame_number)
		memcpy(buf, page_bytes(p, a), n);
	else
		memset(buf, 0, n);
	return 0;
}

static int write_piece(struct vm *vm, gabs_t a, const void *buf, size_t n)
{
	struct page *p;
	int rc = page_at(vm, a, true, &p);

	if (rc == 0)
		rc = page_own(vm, p, a);
	if (rc)
		return rc;
	p->key |= KEY_R | KEY_C;
	memcpy(page_bytes(p, a), buf, n);
	if (p->flags & PAGE_WATCHED)
		arch_storage_changed(vm, a, n);
	return 0;
}

int guest_read(struct vm *vm, gabs_t a, void *buf, size_t n)
{
	for (char *to = buf; n > 0;) {
		size_t piece = within_page(a, n);
		int rc = read_piece(vm, a, to, piece);
		if (rc)
			return rc;
		a += piece;
		to += piece;
		n -= piece;
	}
	return 0;
}

/* All of the range exists, so that a store is done whole or not at all. */
static int range_check(struct vm *vm, gabs_t a, size_t n)
{
	return a >= vm->storage.size || n > vm->storage.size - a ? ADDRESSING : 0;
}

int guest_write(struct vm *vm, gabs_t a, const void *buf, size_t n)
{
	int rc = n ? range_check(vm, a, n) : 0;

	for (const char *from = buf; n > 0 && rc == 0;) {
		size_t piece = within_page(a, n);
		rc = write_piece(vm, a, from, piece);
		a += piece;
		from += piece;
		n -= piece;
	}
	return rc;
}

int vcpu_read(struct vcpu *v, gva_t a, void *buf, size_t n)
{
	for (char *to = buf; n > 0;) {
		size_t piece = within_page(a, n);
		gabs_t abs;
		int rc = arch_translate(v, a, ACCESS_FETCH, &abs);
		if (rc == 0)
			rc = guest_read(v->vm, abs, to, piece);
		if (rc)
			return rc;
		a += piece;
		to += piece;
		n -= piece;
	}
	return 0;
}

/* Operands of simulated instructions cross at most one page boundary: both
 * pages are translated before either is stored into. Longer ones may be
 * partly stored, as the architecture allows for interruptible moves. */
int vcpu_write(struct vcpu *v, gva_t a, const void *buf, size_t n)
{
	size_t first = within_page(a, n);
	gabs_t abs, abs2;
	int rc = n ? arch_translate(v, a, ACCESS_STORE, &abs) : 0;

	if (rc || n == 0)
		return rc;
	if (first == n)
		return guest_write(v->vm, abs, buf, n);
	rc = arch_translate(v, a + first, ACCESS_STORE, &abs2);
	if (rc)
		return rc;
	rc = guest_write(v->vm, abs, buf, first);
	return rc ? rc : vcpu_write(v, a + first, (const char *)buf + first, n - first);
}

__attribute__((cold)) int guest_compare_swap(struct vm *vm, gabs_t a, void *old, const void *new, size_t n)
{
	char now[16];
	int rc = guest_read(vm, a, now, n);

	if (rc)
		return rc;
	if (memcmp(now, old, n) != 0) {
		memcpy(old, now, n);
		return GUEST_UNEQUAL;
	}
	return guest_write(vm, a, new, n);
}
