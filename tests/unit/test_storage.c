/*
 * test_storage.c - guest storage: against a model, on demand, watched, exhausted.
 */
#include "unit.h"
#include <cp/heap.h>
#include <cp/string.h>
#include <stdlib.h>

#define SIZE       (4u << 20)
#define ADDRESSING 5

static struct vm vm;
static struct vcpu vcpu = {.vm = &vm};

static uint64_t begin(void)
{
	hosted_start();
	memset(&vm, 0, sizeof(vm));
	CU_ASSERT_EQUAL(storage_create(&vm, SIZE), 0);
	return frames_free();
}

static void end(uint64_t frames)
{
	storage_destroy(&vm);
	CU_ASSERT_EQUAL(frames_free(), frames);
}

static gabs_t some_address(uint64_t *seed)
{
	static const gabs_t edges[] = {0, PAGE_SIZE, SEGMENT_SIZE, 2 * SEGMENT_SIZE, SIZE};
	uint32_t r = hosted_random(seed);

	return r & 1 ? edges[(r >> 1) % ARRAY_SIZE(edges)] + hosted_random(seed) % 64 - 32 : r % SIZE;
}

/* A read or write that does not fit is the guest's fault, and a write that does not fit changes nothing. */
static void against_a_model(void)
{
	uint64_t frames = begin(), seed = 1, touched = 0;
	uint8_t *model = calloc(1, SIZE), buf[9000], was[64];

	for (unsigned round = 0; round < 8000; round++) {
		gabs_t a = some_address(&seed);
		size_t n = hosted_random(&seed) % (hosted_random(&seed) % 8 ? 300 : sizeof(buf));
		bool fits = a < SIZE && n <= SIZE - a;

		if (hosted_random(&seed) & 1) {
			memset(buf, (int)hosted_random(&seed), n);
			if (fits)
				memcpy(model + a, buf, n);
			else if (a < SIZE)
				CU_ASSERT_EQUAL(guest_read(&vm, SIZE - sizeof(was), was, sizeof(was)), 0);
			CU_ASSERT_EQUAL(guest_write(&vm, a, buf, n), fits || n == 0 ? 0 : ADDRESSING);
			if (!fits && a < SIZE)
				CU_ASSERT_EQUAL(memcmp(model + SIZE - sizeof(was), was, sizeof(was)), 0);
			continue;
		}
		memset(buf, 0x55, n);
		CU_ASSERT_EQUAL(guest_read(&vm, a, buf, n), fits || n == 0 ? 0 : ADDRESSING);
		if (fits && memcmp(buf, model + a, n) != 0) {
			CU_FAIL("reads other bytes");
			break;
		}
	}
	for (gabs_t a = 0; a < SIZE; a += PAGE_SIZE)
		touched += storage_page(&vm, a)->frame_number != 0;
	CU_ASSERT_EQUAL(vm.storage.resident, touched);
	CU_ASSERT_EQUAL(frames - frames_free(), touched);
	free(model);
	end(frames);
}

static void on_demand(void)
{
	uint64_t frames = begin(), value = 7;
	frame_t frame, same;
	uint64_t before = frames_free();

	CU_ASSERT_EQUAL(guest_read(&vm, 0x12345, &value, sizeof(value)), 0);
	CU_ASSERT_EQUAL(value, 0);
	CU_ASSERT_EQUAL(frames_free(), before); /* reading zeros takes no frame */
	CU_ASSERT_EQUAL(storage_frame(&vm, 0x12345, ACCESS_FETCH, &frame), 0);
	CU_ASSERT_EQUAL(storage_frame(&vm, 0x12fff, ACCESS_FETCH, &same), 0);
	CU_ASSERT_EQUAL(frame, same);
	CU_ASSERT_EQUAL(frames_free(), before - 1);
	*(uint64_t *)(uintptr_t)(frame + 0x340) = 0x1122334455667788;
	CU_ASSERT_EQUAL(guest_read(&vm, 0x12340, &value, sizeof(value)), 0);
	CU_ASSERT_EQUAL(value, 0x1122334455667788);
	storage_release(&vm, 0x12800);
	CU_ASSERT_EQUAL(frames_free(), before);
	CU_ASSERT_EQUAL(guest_read(&vm, 0x12340, &value, sizeof(value)), 0);
	CU_ASSERT_EQUAL(value, 0);
	CU_ASSERT_EQUAL(storage_frame(&vm, SIZE, ACCESS_FETCH, &frame), ADDRESSING);
	CU_ASSERT_EQUAL(storage_frame(&vm, UINT64_MAX, ACCESS_FETCH, &frame), ADDRESSING);
	CU_ASSERT_PTR_NULL(storage_page(&vm, SIZE));
	storage_release(&vm, SIZE); /* nothing happens */
	storage_release(&vm, UINT64_MAX);
	CU_ASSERT_EQUAL(guest_write(&vm, 0, &value, 8), 0);
	storage_clear(&vm);
	CU_ASSERT_EQUAL(frames_free(), before);
	CU_ASSERT_EQUAL(vm.storage.resident, 0);
	end(frames);
}

/* A block is all or nothing: frames side by side, at a multiple of its size, for pages that have none yet. */
static void blocks(void)
{
	uint64_t frames = begin();
	frame_t f, one;
	uint8_t byte = 0x77;

	f = storage_block(&vm, 64 * PAGE_SIZE, 64);
	CU_ASSERT_NOT_EQUAL_FATAL(f, 0);
	CU_ASSERT_EQUAL(f % (64 * PAGE_SIZE), 0);
	CU_ASSERT_EQUAL(vm.storage.resident, 64);
	CU_ASSERT_EQUAL(storage_block(&vm, 64 * PAGE_SIZE, 64), f); /* the same again */
	CU_ASSERT_EQUAL(vm.storage.resident, 64);
	CU_ASSERT_EQUAL(storage_frame(&vm, 127 * PAGE_SIZE, ACCESS_FETCH, &one), 0);
	CU_ASSERT_EQUAL(one, f + 63 * PAGE_SIZE);
	storage_release(&vm, 100 * PAGE_SIZE);
	CU_ASSERT_EQUAL(storage_block(&vm, 64 * PAGE_SIZE, 64), 0); /* one of them is gone */
	CU_ASSERT_EQUAL(guest_write(&vm, 130 * PAGE_SIZE, &byte, 1), 0);
	CU_ASSERT_EQUAL(storage_block(&vm, 128 * PAGE_SIZE, 64), 0); /* one of them is elsewhere */
	CU_ASSERT_EQUAL(vm.storage.resident, 64);
	CU_ASSERT_EQUAL(storage_block(&vm, SIZE, 64), 0);
	CU_ASSERT_EQUAL(storage_block(&vm, 0, 1u << 24), 0); /* not all of it is storage */
	end(frames);
}

static void reference_and_change(void)
{
	uint64_t frames = begin();
	struct page *p = storage_page(&vm, 0x3000), *q = storage_page(&vm, 0x4000);
	uint32_t word = 1;

	p->key = 0x30;
	guest_read(&vm, 0x3000, &word, 4);
	CU_ASSERT_EQUAL(p->key, 0x34);
	guest_write(&vm, 0x3ffe, &word, 4);
	CU_ASSERT_EQUAL(p->key, 0x36);
	CU_ASSERT_EQUAL(q->key, 0x06);
	end(frames);
}

static void watched_pages(void)
{
	uint64_t frames = begin();
	uint8_t buf[2 * PAGE_SIZE] = {0};

	guest_write(&vm, 0x5000, buf, 1);
	CU_ASSERT_EQUAL(vm.arch.changed, 0);
	storage_page(&vm, 0x5000)->flags |= PAGE_WATCHED;
	guest_write(&vm, 0x4000, buf, sizeof(buf));
	CU_ASSERT_EQUAL(vm.arch.changed, 1);
	CU_ASSERT_EQUAL(vm.arch.last_changed, 0x5000);
	guest_read(&vm, 0x5000, buf, 8);
	CU_ASSERT_EQUAL(vm.arch.changed, 1);
	storage_page(&vm, 0x6000)->flags |= PAGE_CODE;
	storage_release(&vm, 0x6000);
	CU_ASSERT_EQUAL(vm.arch.unmapped, 1);
	CU_ASSERT_EQUAL(storage_page(&vm, 0x6000)->flags, 0);
	end(frames);
	CU_ASSERT_EQUAL(vm.arch.unmapped, 2); /* the watched one too */
}

static void logical_addresses(void)
{
	uint64_t frames = begin();
	uint8_t buf[3 * PAGE_SIZE], back[3 * PAGE_SIZE], zero[8] = {0};

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = (uint8_t)(i * 7);
	CU_ASSERT_EQUAL(vcpu_write(&vcpu, 0x1fff, buf, sizeof(buf)), 0);
	CU_ASSERT_EQUAL(vcpu_read(&vcpu, 0x1fff, back, sizeof(back)), 0);
	CU_ASSERT_EQUAL(memcmp(buf, back, sizeof(buf)), 0);
	CU_ASSERT_EQUAL(vcpu_write(&vcpu, SIZE - 4, buf, 8), ADDRESSING);
	CU_ASSERT_EQUAL(vcpu_read(&vcpu, SIZE - 8, back, 8), 0);
	CU_ASSERT_EQUAL(memcmp(back, zero, 8), 0); /* the first half was not stored either */
	CU_ASSERT_EQUAL(vcpu_read(&vcpu, SIZE - 4, back, 8), ADDRESSING);
	CU_ASSERT_EQUAL(vcpu_write(&vcpu, SIZE, buf, 0), 0);
	end(frames);
}

static void compare_and_swap(void)
{
	uint64_t frames = begin(), old = 0, new = 5, value;

	CU_ASSERT_EQUAL(guest_compare_swap(&vm, 0x800, &old, &new, 8), 0);
	CU_ASSERT_EQUAL(guest_compare_swap(&vm, 0x800, &old, &new, 8), GUEST_UNEQUAL);
	CU_ASSERT_EQUAL(old, 5);
	new = 9;
	CU_ASSERT_EQUAL(guest_compare_swap(&vm, 0x800, &old, &new, 8), 0);
	guest_read(&vm, 0x800, &value, 8);
	CU_ASSERT_EQUAL(value, 9);
	CU_ASSERT_EQUAL(guest_compare_swap(&vm, SIZE, &old, &new, 8), ADDRESSING);
	end(frames);
}

/* A guest larger than real storage is told so, and what it has stays its own. */
static void exhaustion(void)
{
	uint64_t frames = begin(), value = 1;
	frame_t chain = 0, frame;

	CU_ASSERT_EQUAL(guest_write(&vm, 0, &value, 8), 0);
	while ((frame = frame_alloc()) != 0) {
		*(frame_t *)(uintptr_t)frame = chain;
		chain = frame;
	}
	CU_ASSERT_EQUAL(guest_write(&vm, 0x10000, &value, 8), CP_NO_STORAGE);
	CU_ASSERT_EQUAL(storage_frame(&vm, 0x10000, ACCESS_FETCH, &frame), CP_NO_STORAGE);
	CU_ASSERT_EQUAL(guest_write(&vm, 8, &value, 8), 0);
	CU_ASSERT_EQUAL(guest_read(&vm, 0x10000, &value, 8), 0);
	CU_ASSERT_EQUAL(value, 0);
	for (; chain; chain = frame) {
		frame = *(frame_t *)(uintptr_t)chain;
		frame_free(chain);
	}
	hosted_heap_fail_after(0); /* no descriptors either */
	CU_ASSERT_EQUAL(guest_write(&vm, 3 * SEGMENT_SIZE, &value, 8), CP_NO_STORAGE);
	hosted_heap_fail_after(-1);
	end(frames);
}

static const struct unit_test tests[] = {
	{"reads and writes against a model, whole or not at all", against_a_model},
	{"frames on demand, and given back", on_demand},
	{"frames by the block", blocks},
	{"reference and change bits", reference_and_change},
	{"stores into watched pages are announced", watched_pages},
	{"logical addresses over page boundaries", logical_addresses},
	{"compare and swap", compare_and_swap},
	{"no real storage left", exhaustion},
};

UNIT_MAIN("storage", tests)
