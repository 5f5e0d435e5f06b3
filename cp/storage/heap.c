/*
 * heap.c - CP's free storage: pieces smaller than a frame, and runs of
 * frames for what is larger.
 *
 * Owns: one free list per power of two from 32 to 2048 bytes. A piece is
 * aligned on its size, which translation tables rely on. Comes after
 * frame.c. Heritage: DMKFRE.
 *
 * Simplification: frames that were once cut into pieces are not given back.
 */
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>

#define SMALLEST 32u
#define LARGEST  2048u
#define LISTS    7 /* 32 64 128 256 512 1024 2048 */

struct piece {
	struct piece *next;
};

static struct piece *pieces[LISTS];

static unsigned list_of(size_t size)
{
	unsigned n = 0;

	while ((SMALLEST << n) < size)
		n++;
	return n;
}

static unsigned frames_for(size_t size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE;
}

static __attribute__((cold)) bool refill(unsigned n)
{
	size_t size = SMALLEST << n;
	char *frame = (char *)(uintptr_t)frame_alloc_dirty(1);

	if (!frame)
		return false;
	for (size_t at = 0; at < PAGE_SIZE; at += size) {
		struct piece *p = (struct piece *)(frame + at);
		p->next = pieces[n];
		pieces[n] = p;
	}
	return true;
}

void *heap_alloc_dirty(size_t size)
{
	struct piece *p;
	unsigned n;

	if (size > LARGEST)
		return (void *)(uintptr_t)frame_alloc_dirty(frames_for(size));
	n = list_of(size);
	if (!pieces[n] && !refill(n))
		return NULL;
	p = pieces[n];
	pieces[n] = p->next;
	return p;
}

void *heap_alloc(size_t size)
{
	void *p = heap_alloc_dirty(size);

	if (p)
		memset(p, 0, size);
	return p;
}

void heap_free(void *address, size_t size)
{
	struct piece *p = address;
	unsigned n;

	if (!p)
		return;
	if (size > LARGEST) {
		frame_free_run((frame_t)(uintptr_t)p, frames_for(size));
		return;
	}
	n = list_of(size);
	assert_cp((uintptr_t)p % (SMALLEST << n) == 0);
	p->next = pieces[n];
	pieces[n] = p;
}
