/*
 * fault.c - nested page faults.
 *
 * Owns: the giving of frames to guest pages when they are first touched. Comes after nested.c; called by cp/run/intercept.c.
 * On s390x: dat/fault.c, which also has the guest's own tables to obey.
 */
#include <arch/nested.h>
#include <cp/arch.h>
#include <cp/heap.h>

#define BLOCK_PAGES 128u /* given at once at most */

_Static_assert(SEGMENT_PAGES % BLOCK_PAGES == 0, "neighbours_give()");

/* One page: its frame, made if need be, and the entry that leads to it. */
static int page_give(struct vm *vm, gabs_t a, enum access access)
{
	struct page *p;
	frame_t frame;
	int rc = storage_frame(vm, a, access, &frame);

	if (rc)
		return rc;
	p = storage_page(vm, a);
	rc = nested_map(vm, a, frame, !(p->flags & PAGE_SHARED));
	if (rc)
		return rc;
	p->mappings = p; /* there is one: arch_storage_unmap() is to be called */
	return 0;
}

/*
 * How many pages to give at a fault. An exit costs more than a page does, so a machine that uses much storage gets much at
 * once; but never more than an eighth of what it has, for an idle one is to stay small.
 */
static uint64_t block_size(const struct vm *vm)
{
	uint64_t pages = 1;

	if (frames_free() < frames_total() / 8)
		return PAGE_SIZE;
	while (pages < BLOCK_PAGES && pages * 8 <= vm->storage.resident)
		pages *= 2;
	return pages * PAGE_SIZE;
}

#define LARGE_FROM 512u /* resident pages */
#define BLOCK_MASK (~(gabs_t)(NESTED_BLOCK * PAGE_SIZE - 1))

static bool plenty(void)
{
	return frames_free() >= frames_total() / 4;
}

/* A machine that has grown gets 2 MiB in one entry, if there are such frames: the processor's walk is shorter then, too. */
static bool large_give(struct vm *vm, gabs_t a)
{
	frame_t frame;

	if (vm->storage.resident < LARGE_FROM || !plenty())
		return false;
	a &= BLOCK_MASK;
	frame = storage_block(vm, a, NESTED_BLOCK);
	if (!frame || !nested_map_block(vm, a, frame))
		return false;
	for (unsigned n = 0; n < NESTED_BLOCK; n++) {
		struct page *p = storage_page(vm, a + n * PAGE_SIZE);
		p->mappings = p;
	}
	return true;
}

void nested_expect(struct vm *vm, gabs_t a)
{
	if (vm->storage.resident >= LARGE_FROM && plenty())
		storage_block(vm, a & BLOCK_MASK, NESTED_BLOCK);
}

/*
 * Those around a page that have none yet. By one that was there already, of a saved system as a rule, only others that are: who reads
 * its text wants no new storage. Descriptors of a block lie side by side.
 */
static void neighbours_give(struct vm *vm, gabs_t a, bool was_there)
{
	gabs_t size = block_size(vm), end;
	struct page *p;

	a &= ~(size - 1);
	end = a + size < vm->storage.size ? a + size : vm->storage.size;
	for (p = storage_page(vm, a); a < end; a += PAGE_SIZE, p++)
		if (!p->mappings && (p->frame_number || !was_there) && page_give(vm, a, ACCESS_FETCH) != 0)
			return; /* the page that was asked for is there */
}

int arch_page_fault(struct vcpu *v, struct intercept *i)
{
	gabs_t a = i->address & PAGE_MASK;
	struct vm *vm = v->vm;
	const struct page *p;
	bool mapped, was_there;
	int rc;

	if (a >= vm->storage.size)
		return nowhere_fault(v, a, i->access);
	if (large_give(vm, a))
		return 0;
	p = storage_page(vm, a);
	if (!p)
		return CP_NO_STORAGE;
	mapped = p->mappings;
	was_there = p->frame_number;
	rc = page_give(vm, a, i->access);
	if (rc == 0 && !mapped)
		neighbours_give(vm, a, was_there);
	return rc;
}

void arch_storage_unmap(struct vm *vm, gabs_t page)
{
	nested_unmap(vm, page);
}

/* Nothing is derived from guest storage here: the processor looks at the guest's own tables. */
void arch_storage_changed(struct vm *vm, gabs_t a, size_t n)
{
	(void)vm, (void)a, (void)n;
}

void arch_storage_protect(struct vm *vm, gabs_t page)
{
	nested_protect(vm, page);
}

void arch_page_key_set(struct page *p, uint8_t key)
{
	(void)p, (void)key;
}

/* What CP itself notes in it is no guest's. */
uint8_t arch_page_key(const struct page *p)
{
	(void)p;
	return 0;
}

void arch_frame_key(frame_t frame, uint8_t key)
{
	(void)frame, (void)key;
}
