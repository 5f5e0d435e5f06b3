/*
 * heap.c - CP's free storage as the C library's, so that AddressSanitizer sees each piece: its end, its freeing, its size given
 * back wrongly, its loss. cp/storage/heap.c has a unit test of its own.
 */
#include <hosted.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST 32u
#define LARGEST  4096u
#define DIRT     0xa5 /* what a dirty piece holds: neither numbers nor pointers that could be right */

static size_t used;
static int64_t fail_after = -1;

/* CP's pieces are aligned on their size, and translation tables rely on it. */
static size_t alignment(size_t size)
{
	size_t a = SMALLEST;

	while (a < size && a < LARGEST)
		a *= 2;
	return a;
}

void *heap_alloc_dirty(size_t size)
{
	void *p = NULL;

	if (fail_after == 0)
		return NULL;
	fail_after -= fail_after > 0;
	if (posix_memalign(&p, alignment(size), size) != 0)
		return NULL;
	memset(p, DIRT, size);
	used += size;
	return p;
}

void *heap_alloc(size_t size)
{
	void *p = heap_alloc_dirty(size);

	return p ? memset(p, 0, size) : NULL;
}

void heap_free(void *p, size_t size)
{
	if (!p)
		return;
	if (malloc_usable_size(p) != size)
		panic("hosted: heap_free() of a piece of %zu bytes says %zu", malloc_usable_size(p), size);
	used -= size;
	free(p);
}

size_t hosted_heap_used(void)
{
	return used;
}

void hosted_heap_fail_after(int64_t allocations)
{
	fail_after = allocations;
}
