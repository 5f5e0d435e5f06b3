/*
 * test_heap.c - frames and pieces of frames, against a model.
 *
 * The hosted port's heap is the C library's, so CP's own is compiled into this program under other names.
 */
#include "unit.h"
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>

void *cp_heap_alloc(size_t size);
void *cp_heap_alloc_dirty(size_t size);
void cp_heap_free(void *p, size_t size);

#define heap_alloc       cp_heap_alloc
#define heap_alloc_dirty cp_heap_alloc_dirty
#define heap_free        cp_heap_free
#include "../../cp/storage/heap.c"
#undef heap_alloc
#undef heap_alloc_dirty
#undef heap_free

#define SLOTS 200

struct slot {
	uint8_t *p;
	size_t size;
	uint8_t mark;
};

static bool all_are(const uint8_t *p, size_t n, uint8_t value)
{
	for (size_t i = 0; i < n; i++) {
		if (p[i] != value)
			return false;
	}
	return true;
}

static size_t some_size(uint64_t *seed)
{
	uint32_t r = hosted_random(seed);

	return r % 8 == 0 ? r / 8 % 20000 + 1 : r % 8 < 4 ? r / 8 % 2049 + 1 : r / 8 % 100 + 1;
}

static size_t aligned_on(size_t size)
{
	size_t a = 32;

	while (a < size && a < PAGE_SIZE)
		a *= 2;
	return a;
}

static void pieces_against_a_model(void)
{
	static struct slot slots[SLOTS];
	uint64_t seed = 4;

	hosted_start();
	for (unsigned round = 0; round < 30000; round++) {
		struct slot *s = &slots[hosted_random(&seed) % SLOTS];

		if (!s->p) {
			s->size = some_size(&seed);
			s->mark = (uint8_t)hosted_random(&seed);
			s->p = cp_heap_alloc(s->size);
			CU_ASSERT(s->p && (uintptr_t)s->p % aligned_on(s->size) == 0);
			if (!s->p || !all_are(s->p, s->size, 0)) {
				CU_FAIL("not zeroed");
				return;
			}
			memset(s->p, s->mark, s->size);
		} else {
			if (!all_are(s->p, s->size, s->mark)) { /* somebody else has a part of it */
				CU_FAIL("overwritten");
				return;
			}
			cp_heap_free(s->p, s->size);
			s->p = NULL;
		}
	}
	for (unsigned i = 0; i < SLOTS; i++)
		cp_heap_free(slots[i].p, slots[i].size);
}

/* What was in a piece is there when it is had dirty, and nowhere else. */
static void dirty_pieces(void)
{
	static const size_t sizes[] = {24, 100, 2048, PAGE_SIZE, 5 * PAGE_SIZE};

	hosted_start();
	for (unsigned n = 0; n < ARRAY_SIZE(sizes); n++) {
		uint8_t *p = cp_heap_alloc_dirty(sizes[n]), *q = cp_heap_alloc_dirty(sizes[n]);

		CU_ASSERT_FATAL(p && q && p != q);
		memset(p, 0xa5, sizes[n]);
		memset(q, 0x5a, sizes[n]);
		CU_ASSERT_TRUE(all_are(p, sizes[n], 0xa5));
		cp_heap_free(p, sizes[n]);
		/* The last to go is the first to come; the list's link is in its first bytes. */
		if (sizes[n] <= 2048) {
			CU_ASSERT_PTR_EQUAL(cp_heap_alloc_dirty(sizes[n]), p);
			CU_ASSERT_TRUE(all_are(p + sizeof(void *), sizes[n] - sizeof(void *), 0xa5));
			cp_heap_free(p, sizes[n]);
			CU_ASSERT_PTR_EQUAL(cp_heap_alloc(sizes[n]), p);
			CU_ASSERT_TRUE(all_are(p, sizes[n], 0));
			cp_heap_free(p, sizes[n]);
		}
		cp_heap_free(q, sizes[n]);
	}
}

static void frames_against_a_model(void)
{
	static struct {
		frame_t frame;
		unsigned count;
	} runs[SLOTS];
	uint64_t seed = 8, start;

	hosted_start();
	start = frames_free();
	CU_ASSERT(start > 1000 && start <= frames_total());
	for (unsigned round = 0; round < 20000; round++) {
		unsigned n = hosted_random(&seed) % SLOTS,
			 count = hosted_random(&seed) % 4 ? 1 : hosted_random(&seed) % 90 + 1;
		uint64_t before = frames_free();

		if (runs[n].frame) {
			for (unsigned i = 0; i < SLOTS; i++) {
				frame_t a = runs[n].frame, b = runs[i].frame;

				if (i != n && b && a < b + runs[i].count * PAGE_SIZE &&
				    b < a + runs[n].count * PAGE_SIZE)
					CU_FAIL("two runs share a frame");
			}
			frame_free_run(runs[n].frame, runs[n].count);
			CU_ASSERT_EQUAL(frames_free(), before + runs[n].count);
			runs[n].frame = 0;
			continue;
		}
		runs[n].frame = count == 1 ? frame_alloc() : frame_alloc_run(count);
		runs[n].count = count;
		if (!runs[n].frame) {
			CU_ASSERT_EQUAL(frames_free(), before);
			continue;
		}
		CU_ASSERT_EQUAL(runs[n].frame % PAGE_SIZE, 0);
		CU_ASSERT(all_are((uint8_t *)(uintptr_t)runs[n].frame, PAGE_SIZE, 0));
		CU_ASSERT_EQUAL(frames_free(), before - count);
		memset((void *)(uintptr_t)runs[n].frame, 0xee, count * PAGE_SIZE);
	}
	for (unsigned n = 0; n < SLOTS; n++)
		if (runs[n].frame)
			frame_free_run(runs[n].frame, runs[n].count);
	CU_ASSERT_EQUAL(frames_free(), start);
}

/* Every frame can be had, one by one, and then the answer is no: from frames and pieces alike. */
static void exhaustion(void)
{
	frame_t first = 0, frame;
	uint64_t n = 0, start;

	hosted_start();
	start = frames_free();
	while ((frame = frame_alloc()) != 0) {
		*(frame_t *)(uintptr_t)frame = first;
		first = frame;
		n++;
	}
	CU_ASSERT_EQUAL(n, start);
	CU_ASSERT_EQUAL(frame_alloc_run(2), 0);
	CU_ASSERT_PTR_NULL(cp_heap_alloc(PAGE_SIZE));
	while (cp_heap_alloc(2048)) /* what was cut before is still there */
		;
	CU_ASSERT_PTR_NULL(cp_heap_alloc(2048));
	for (; first; first = frame) {
		frame = *(frame_t *)(uintptr_t)first;
		frame_free(first);
	}
	CU_ASSERT_EQUAL(frames_free(), start);
	CU_ASSERT_EQUAL(frame_alloc_run((unsigned)start + 1), 0);
}

static void free_twice(void *argument)
{
	frame_t frame = frame_alloc();

	(void)argument;
	frame_free(frame);
	frame_free(frame);
}

static void free_crooked(void *argument)
{
	(void)argument;
	frame_free(frame_alloc() + 8);
}

static void free_foreign(void *argument)
{
	(void)argument;
	frame_free(PAGE_SIZE);
}

static void misuse(void)
{
	CU_ASSERT_EQUAL(hosted_child(free_twice, NULL), STOP_PANIC);
	CU_ASSERT_EQUAL(hosted_child(free_crooked, NULL), STOP_PANIC);
	CU_ASSERT_EQUAL(hosted_child(free_foreign, NULL), STOP_PANIC);
}

static const struct unit_test tests[] = {
	{"pieces: zeroed, aligned on their size, nobody else's", pieces_against_a_model},
	{"dirty pieces, and clean ones after them", dirty_pieces},
	{"frames and runs of frames: counted, zeroed, not shared", frames_against_a_model},
	{"all of storage can be had, and then no more", exhaustion},
	{"giving a frame back twice or wrongly stops CP", misuse},
};

UNIT_MAIN("heap", tests)
