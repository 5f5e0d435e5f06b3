/*
 * bitmap.c - a bit for each of many places.
 *
 * Owns: the search for a free one. Before: heap.c. After: the spool, which keeps blocks, table places and spool ids so.
 * Heritage: the allocation bit maps of DMKPGT.
 * Simplification: one place at a time, no runs.
 */
#include <cp/bitmap.h>
#include <cp/heap.h>
#include <cp/storage.h>

static size_t bytes(uint32_t count)
{
	return count / 8 + 1;
}

int bitmap_create(struct bitmap *b, uint32_t count)
{
	*b = (struct bitmap){.count = count, .free = count};
	b->bits = heap_alloc(bytes(count));
	return b->bits ? 0 : CP_NO_STORAGE;
}

void bitmap_destroy(struct bitmap *b)
{
	heap_free(b->bits, bytes(b->count));
	*b = (struct bitmap){0};
}

static bool taken(const struct bitmap *b, uint32_t n)
{
	return b->bits[n / 8] >> n % 8 & 1;
}

uint32_t bitmap_take(struct bitmap *b)
{
	uint32_t n = b->next;

	if (b->free == 0)
		return BITMAP_NONE;
	for (;;) {
		if (n >= b->count)
			n = 0;
		if (b->bits[n / 8] == 0xff)
			n = (n / 8 + 1) * 8;
		else if (taken(b, n))
			n++;
		else
			break;
	}
	bitmap_claim(b, n);
	b->next = n + 1;
	return n;
}

bool bitmap_claim(struct bitmap *b, uint32_t n)
{
	if (n >= b->count || taken(b, n))
		return false;
	b->bits[n / 8] |= (uint8_t)(1 << n % 8);
	b->free--;
	return true;
}

bool bitmap_release(struct bitmap *b, uint32_t n)
{
	if (n >= b->count || !taken(b, n))
		return false;
	b->bits[n / 8] &= (uint8_t) ~(1 << n % 8);
	b->free++;
	return true;
}
