/*
 * snapshot.c - a storage without a machine: what one held at one moment.
 *
 * Owns: taking and giving whole storages without copying them. Comes after
 * guest.c, whose page_own() makes a copy of what is stored into later; used
 * by saved systems and by whoever writes a machine's storage while it runs
 * on. Heritage: the shared segments of CP-67 and VM/370 (DMKCFG, DMKVMA),
 * which looked for stores afterwards; here none can happen.
 *
 * Simplification: pages are shared one by one, each with a descriptor in
 * every machine; a table of descriptors for a segment could be shared whole.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include <cp/task.h>

static size_t segments(const struct storage *s)
{
	return s->size / SEGMENT_SIZE;
}

struct page *snapshot_page(const struct storage *s, gabs_t a)
{
	struct page *segment = a < s->size ? s->segment[a / SEGMENT_SIZE] : NULL;

	return segment ? &segment[a % SEGMENT_SIZE / PAGE_SIZE] : NULL;
}

static struct page *page_make(struct storage *s, gabs_t a)
{
	struct page **segment = &s->segment[a / SEGMENT_SIZE];

	if (!*segment)
		*segment = heap_alloc(SEGMENT_PAGES * sizeof(**segment));
	return snapshot_page(s, a);
}

static frame_t frame_of(const struct page *p)
{
	return (frame_t)p->frame_number * PAGE_SIZE;
}

static void *bytes_of(const struct page *p)
{
	return (void *)(uintptr_t)frame_of(p);
}

int snapshot_create(struct storage *s, uint64_t size)
{
	*s = (struct storage){.size = size};
	s->segment = heap_alloc(segments(s) * sizeof(*s->segment));
	return s->segment ? 0 : CP_NO_STORAGE;
}

/* The frame gets an owner more. Whoever has the page mapped for stores must hear of it. Of a page without one the key is taken. */
static int page_take(struct vm *vm, struct page *p, struct storage *s, gabs_t a)
{
	struct page *to = page_make(s, a);

	if (!to)
		return CP_NO_STORAGE;
	*to = (struct page){.frame_number = p->frame_number, .key = arch_page_key(p)};
	if (!p->frame_number)
		return 0;
	s->resident++;
	frame_share(frame_of(p));
	p->flags |= PAGE_SHARED;
	if (p->mappings)
		arch_storage_protect(vm, a);
	return 0;
}

static int segment_take(struct vm *vm, size_t n, struct storage *s)
{
	struct page *pages = vm->storage.segment[n];
	int rc = 0;

	for (size_t k = 0; k < SEGMENT_PAGES && pages && rc == 0; k++)
		if (pages[k].frame_number || pages[k].key)
			rc = page_take(vm, &pages[k], s, (gabs_t)n * SEGMENT_SIZE + k * PAGE_SIZE);
	return rc;
}

int snapshot_take(struct vm *vm, struct storage *s)
{
	int rc = snapshot_create(s, vm->storage.size);

	for (size_t n = 0; n < segments(s) && rc == 0; n++) {
		rc = segment_take(vm, n, s);
		if (vm->storage.segment[n])
			task_yield();
	}
	if (rc)
		snapshot_free(s);
	return rc;
}

/* The first page with a frame at or behind *a. Its address becomes *a. */
static struct page *page_next(const struct storage *s, gabs_t *a)
{
	while (*a < s->size) {
		struct page *p = snapshot_page(s, *a);
		unsigned left = SEGMENT_PAGES - *a % SEGMENT_SIZE / PAGE_SIZE;

		for (; p && left; left--, p++, *a += PAGE_SIZE)
			if (p->frame_number)
				return p;
		*a += left * PAGE_SIZE;
	}
	return NULL;
}

static void page_give(const struct page *p, struct vm *vm, struct page *to, gabs_t a)
{
	if (to->frame_number || to->flags || to->mappings)
		storage_release(vm, a);
	to->frame_number = p->frame_number;
	to->key = p->key;
	to->flags = PAGE_SHARED;
	vm->storage.resident++;
	frame_share(frame_of(p));
}

/* What there is in one segment, but no more than *left pages, which are counted off. */
static int segment_give(const struct storage *s, struct vm *vm, size_t n, uint64_t *left)
{
	const struct page *from = s->segment[n];
	gabs_t a = (gabs_t)n * SEGMENT_SIZE;
	struct page *to = storage_page(vm, a);

	if (a >= vm->storage.size)
		return SNAPSHOT_TOO_LARGE;
	if (!to)
		return CP_NO_STORAGE;
	for (unsigned k = 0; k < SEGMENT_PAGES && *left; k++)
		if (from[k].frame_number) {
			page_give(&from[k], vm, &to[k], a + k * PAGE_SIZE);
			--*left;
		}
	return 0;
}

int snapshot_give(struct storage *s, struct vm *vm)
{
	uint64_t left = s->resident;
	int rc = 0;

	assert_cp(!vm->storage.base);
	vm->storage.base = s;
	s->users++;
	for (size_t n = 0; rc == 0 && left > 0 && n < segments(s); n++) {
		if (!s->segment[n])
			continue;
		rc = segment_give(s, vm, n, &left);
		if (left > 0)
			task_yield(); /* up to 256 pages were given */
	}
	return rc;
}

struct page *snapshot_origin(const struct vm *vm, const struct page *p, gabs_t a)
{
	struct page *origin;

	if (!(p->flags & PAGE_SHARED) || !vm->storage.base)
		return NULL;
	origin = snapshot_page(vm->storage.base, a);
	return origin && origin->frame_number == p->frame_number ? origin : NULL;
}

void *snapshot_put(struct storage *s, gabs_t a, uint8_t key)
{
	struct page *p = page_make(s, a);
	frame_t f = p ? frame_alloc() : 0;

	if (!f)
		return NULL;
	*p = (struct page){.frame_number = f / PAGE_SIZE, .key = key};
	s->resident++;
	if (key & KEY_PROTECTS)
		arch_frame_key(f, key);
	return bytes_of(p);
}

const void *snapshot_next(const struct storage *s, gabs_t *a, uint8_t *key)
{
	const struct page *p = page_next(s, a);

	if (!p)
		return NULL;
	*key = p->key;
	return bytes_of(p);
}

uint64_t snapshot_alone(const struct storage *s)
{
	uint64_t alone = 0;
	struct page *p;

	for (gabs_t a = 0; (p = page_next(s, &a)) != NULL; a += PAGE_SIZE)
		alone += !frame_shared(frame_of(p));
	return alone;
}

static void segment_free(struct page *pages)
{
	for (size_t k = 0; k < SEGMENT_PAGES; k++)
		if (pages[k].frame_number) {
			page_let_go(&pages[k]);
			if (pages[k].mappings)
				frame_free((frame_t)(uintptr_t)pages[k].mappings);
		}
	heap_free(pages, SEGMENT_PAGES * sizeof(*pages));
}

void snapshot_free(struct storage *s)
{
	assert_cp(s->users == 0);
	for (size_t n = 0; s->segment && n < segments(s); n++) {
		if (!s->segment[n])
			continue;
		segment_free(s->segment[n]);
		task_yield();
	}
	heap_free(s->segment, segments(s) * sizeof(*s->segment));
	*s = (struct storage){0};
}
