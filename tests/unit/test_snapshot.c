/*
 * test_snapshot.c - storage that is shared, copy on write: owners counted, sharing broken by every way in, out of frames.
 */
#include "unit.h"
#include <cp/heap.h>
#include <cp/string.h>
#include <stdlib.h>

#define SIZE     (4u << 20)
#define MACHINES 5

static struct vm vm[MACHINES];
static struct vcpu vcpu = {.vm = &vm[0]};

static uint64_t begin(void)
{
	hosted_start();
	memset(vm, 0, sizeof(vm));
	for (unsigned n = 0; n < MACHINES; n++)
		CU_ASSERT_EQUAL(storage_create(&vm[n], SIZE), 0);
	return frames_free();
}

static void end(uint64_t frames)
{
	for (unsigned n = 0; n < MACHINES; n++)
		storage_destroy(&vm[n]);
	CU_ASSERT_EQUAL(frames_free(), frames);
}

static uint8_t byte_at(struct vm *m, gabs_t a)
{
	uint8_t byte = 0;

	CU_ASSERT_EQUAL(guest_read(m, a, &byte, 1), 0);
	return byte;
}

static void byte_set(struct vm *m, gabs_t a, uint8_t byte)
{
	CU_ASSERT_EQUAL(guest_write(m, a, &byte, 1), 0);
}

/* The frames of each owner go when the last of them lets go, and only then. */
static void owners(void)
{
	frame_t f;
	uint64_t frames;

	hosted_start();
	frames = frames_free();
	f = frame_alloc();
	CU_ASSERT_FALSE(frame_shared(f));
	frame_share(f);
	frame_share(f);
	CU_ASSERT_TRUE(frame_shared(f));
	frame_free(f);
	CU_ASSERT_TRUE(frame_shared(f));
	frame_free(f);
	CU_ASSERT_FALSE(frame_shared(f));
	CU_ASSERT_EQUAL(frames_free(), frames - 1);
	frame_free(f);
	CU_ASSERT_EQUAL(frames_free(), frames);
}

/* What was there at the moment stays in the snapshot, whatever the machine does then; and costs a frame only where it does. */
static void point_in_time(void)
{
	uint64_t frames = begin(), before;
	struct storage s;
	uint8_t key;
	gabs_t a = 0;

	byte_set(&vm[0], 0x1000, 1);
	byte_set(&vm[0], 0x2000, 2);
	byte_set(&vm[0], SIZE - 1, 3);
	before = frames_free();
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	CU_ASSERT_EQUAL(frames_free(), before);
	CU_ASSERT_EQUAL(s.resident, 3);
	CU_ASSERT_EQUAL(snapshot_alone(&s), 0);
	byte_set(&vm[0], 0x1000, 11);
	byte_set(&vm[0], 0x1001, 11);
	byte_set(&vm[0], 0x3000, 4); /* a page that is no part of it */
	CU_ASSERT_EQUAL(frames_free(), before - 2);
	CU_ASSERT_EQUAL(snapshot_alone(&s), 1);
	CU_ASSERT_EQUAL(*(const uint8_t *)snapshot_next(&s, &a, &key), 1);
	CU_ASSERT_EQUAL(a, 0x1000);
	CU_ASSERT_EQUAL(key, 0x06); /* R and C: it was stored into */
	a += PAGE_SIZE;
	CU_ASSERT_EQUAL(*(const uint8_t *)snapshot_next(&s, &a, &key), 2);
	a += PAGE_SIZE;
	CU_ASSERT_EQUAL(((const uint8_t *)snapshot_next(&s, &a, &key))[PAGE_SIZE - 1], 3);
	CU_ASSERT_EQUAL(a, SIZE - PAGE_SIZE);
	a += PAGE_SIZE;
	CU_ASSERT_PTR_NULL(snapshot_next(&s, &a, &key));
	CU_ASSERT_EQUAL(byte_at(&vm[0], 0x1000), 11);
	storage_clear(&vm[0]);
	CU_ASSERT_EQUAL(snapshot_alone(&s), 3);
	snapshot_free(&s);
	end(frames);
}

/* Two machines from one: each sees its own stores and nobody else's. The last to go gives the frames back. */
static void many_from_one(void)
{
	uint64_t frames = begin(), before;
	frame_t copy;
	struct storage s;

	byte_set(&vm[0], 0x5000, 5);
	vm[0].storage.segment[0][5].key = 0x30;
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	before = frames_free();
	for (unsigned n = 1; n < MACHINES; n++)
		CU_ASSERT_EQUAL(snapshot_give(&s, &vm[n]), 0);
	CU_ASSERT_EQUAL(frames_free(), before);
	byte_set(&vm[2], 0x5000, 22);
	CU_ASSERT_EQUAL(hosted_key, 0x36); /* the copy has the key, and is referenced and changed */
	CU_ASSERT_EQUAL(hosted_key_frame / PAGE_SIZE, storage_page(&vm[2], 0x5000)->frame_number);
	CU_ASSERT_EQUAL(frames_free(), before - 1);
	for (unsigned n = 0; n < MACHINES; n++)
		CU_ASSERT_EQUAL(byte_at(&vm[n], 0x5000), n == 2 ? 22 : 5);
	CU_ASSERT_PTR_NULL(snapshot_origin(&vm[2], storage_page(&vm[2], 0x5000), 0x5000));
	CU_ASSERT_PTR_EQUAL(snapshot_origin(&vm[3], storage_page(&vm[3], 0x5000), 0x5000), &s.segment[0][5]);
	CU_ASSERT_EQUAL(s.users, MACHINES - 1);
	copy = (frame_t)storage_page(&vm[2], 0x5000)->frame_number * PAGE_SIZE;
	for (unsigned n = 1; n < MACHINES; n++)
		storage_clear(&vm[n]);
	CU_ASSERT_EQUAL(hosted_key_frame, copy); /* the others' had still owners that need its key */
	CU_ASSERT_EQUAL(s.users, 0);
	CU_ASSERT_EQUAL(byte_at(&vm[0], 0x5000), 5);
	before = frames_free();
	snapshot_free(&s);
	byte_set(&vm[0], 0x5000, 44); /* nobody else has it any more: no copy */
	CU_ASSERT_EQUAL(frames_free(), before);
	CU_ASSERT_FALSE(storage_page(&vm[0], 0x5000)->flags & PAGE_SHARED);
	end(frames);
}

static int store_guest(gabs_t a)
{
	uint8_t byte = 9;

	return guest_write(&vm[0], a, &byte, 1);
}

static int store_logical(gabs_t a)
{
	uint8_t byte = 9;

	return vcpu_write(&vcpu, a, &byte, 1);
}

static int store_swap(gabs_t a)
{
	uint32_t old = 0, new = 9;
	int rc = guest_read(&vm[0], a, &old, 4);

	return rc ? rc : guest_compare_swap(&vm[0], a, &old, &new, 4);
}

static int store_mapped(gabs_t a)
{
	frame_t f = 0;
	int rc = storage_frame(&vm[0], a, ACCESS_STORE, &f);

	if (rc == 0)
		*(uint8_t *)(uintptr_t)(f + a % PAGE_SIZE) = 9;
	return rc;
}

static int store_key(gabs_t a)
{
	return page_own(&vm[0], storage_page(&vm[0], a), a);
}

static int give_back(gabs_t a)
{
	storage_release(&vm[0], a);
	return 0;
}

/* By every way in: the other owner's bytes stay, and what the port had made of the page goes. */
static void every_way_in(void)
{
	static int (*const ways[])(gabs_t a) = {store_guest,  store_logical, store_swap,
						store_mapped, store_key,     give_back};
	uint64_t frames = begin();
	struct storage s;

	for (unsigned n = 0; n < ARRAY_SIZE(ways); n++)
		byte_set(&vm[0], n * PAGE_SIZE, (uint8_t)(100 + n));
	storage_page(&vm[0], 0)->mappings = &s; /* as if it were mapped */
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	CU_ASSERT_EQUAL(vm[0].arch.protected, 1);
	for (unsigned n = 0; n < ARRAY_SIZE(ways); n++) {
		uint64_t unmapped = vm[0].arch.unmapped;
		gabs_t a = n * PAGE_SIZE;
		uint8_t key;

		CU_ASSERT_EQUAL(ways[n](a), 0);
		CU_ASSERT_EQUAL(vm[0].arch.unmapped, unmapped + 1);
		CU_ASSERT_FALSE(storage_page(&vm[0], a)->flags & PAGE_SHARED);
		CU_ASSERT_EQUAL(*(const uint8_t *)snapshot_next(&s, &a, &key), 100 + n);
		CU_ASSERT_EQUAL(a, n * PAGE_SIZE);
	}
	storage_page(&vm[0], 0)->mappings = NULL;
	CU_ASSERT_EQUAL(snapshot_alone(&s), ARRAY_SIZE(ways));
	snapshot_free(&s);
	end(frames);
}

/* Reading shares on; a block with a shared page is no block. */
static void reading(void)
{
	uint64_t frames = begin(), before;
	struct storage s;
	frame_t block = storage_block(&vm[0], 0, 64), f;

	CU_ASSERT_NOT_EQUAL(block, 0);
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	before = frames_free();
	CU_ASSERT_EQUAL(byte_at(&vm[0], 0x7000), 0);
	CU_ASSERT_EQUAL(storage_frame(&vm[0], 0x7000, ACCESS_FETCH, &f), 0);
	CU_ASSERT_EQUAL(storage_frame(&vm[0], 0x7000, ACCESS_INSTRUCTION, &f), 0);
	CU_ASSERT_EQUAL(f, block + 0x7000);
	CU_ASSERT_TRUE(storage_page(&vm[0], 0x7000)->flags & PAGE_SHARED);
	CU_ASSERT_EQUAL(frames_free(), before);
	CU_ASSERT_EQUAL(storage_block(&vm[0], 0, 64), 0);
	snapshot_free(&s);
	end(frames);
}

static void too_large(void)
{
	uint64_t frames = begin();
	struct storage s;

	byte_set(&vm[0], SIZE - 1, 1);
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	CU_ASSERT_EQUAL(storage_resize(&vm[1], SEGMENT_SIZE), 0);
	CU_ASSERT_EQUAL(snapshot_give(&s, &vm[1]), SNAPSHOT_TOO_LARGE);
	storage_clear(&vm[1]);
	snapshot_free(&s);
	end(frames);
}

/* One filled in by hand is as good as one taken. */
static void filled_in(void)
{
	uint64_t frames = begin();
	struct storage s;
	uint8_t *page;

	CU_ASSERT_EQUAL(snapshot_create(&s, SIZE), 0);
	page = snapshot_put(&s, 0x300000, 0x10);
	CU_ASSERT_PTR_NOT_NULL_FATAL(page);
	CU_ASSERT_EQUAL(hosted_key, 0x10);
	page[7] = 77;
	CU_ASSERT_EQUAL(snapshot_give(&s, &vm[0]), 0);
	CU_ASSERT_EQUAL(byte_at(&vm[0], 0x300007), 77);
	CU_ASSERT_EQUAL(storage_page(&vm[0], 0x300000)->key & 0xf0, 0x10);
	CU_ASSERT_EQUAL(vm[0].storage.resident, 1);
	storage_clear(&vm[0]);
	snapshot_free(&s);
	end(frames);
}

static frame_t take_all(void)
{
	frame_t chain = 0, frame;

	while ((frame = frame_alloc()) != 0) {
		*(frame_t *)(uintptr_t)frame = chain;
		chain = frame;
	}
	return chain;
}

static void give_all(frame_t chain)
{
	while (chain) {
		frame_t next = *(frame_t *)(uintptr_t)chain;

		frame_free(chain);
		chain = next;
	}
}

/* No frame for the copy: the store is refused, both owners have what they had, and reading goes on. */
static void no_frames(void)
{
	uint64_t frames = begin();
	struct storage s;
	frame_t chain;
	uint8_t byte = 9;

	byte_set(&vm[0], 0x1000, 1);
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), 0);
	chain = take_all();
	CU_ASSERT_EQUAL(guest_write(&vm[0], 0x1000, &byte, 1), CP_NO_STORAGE);
	CU_ASSERT_EQUAL(byte_at(&vm[0], 0x1000), 1);
	CU_ASSERT_TRUE(storage_page(&vm[0], 0x1000)->flags & PAGE_SHARED);
	CU_ASSERT_EQUAL(snapshot_alone(&s), 0);
	CU_ASSERT_PTR_NULL(snapshot_put(&s, 0x9000, 0));
	snapshot_free(&s);
	CU_ASSERT_EQUAL(guest_write(&vm[0], 0x1000, &byte, 1), 0); /* it is alone now */
	give_all(chain);
	hosted_heap_fail_after(1); /* the row of segments, and no descriptors */
	CU_ASSERT_EQUAL(snapshot_take(&vm[0], &s), CP_NO_STORAGE);
	hosted_heap_fail_after(-1);
	CU_ASSERT_PTR_NULL(s.segment);
	byte_set(&vm[0], 0x1000, 2);
	end(frames);
}

/* Any mixture of stores, snapshots, gifts and ends, against a model of bytes. */
static void against_a_model(void)
{
	enum { PAGES = 16, SNAPSHOTS = 3 };
	static uint8_t model[MACHINES][PAGES], kept[SNAPSHOTS][PAGES];
	struct storage s[SNAPSHOTS] = {0};
	uint64_t frames = begin(), seed = 11;

	memset(model, 0, sizeof(model));
	for (unsigned round = 0; round < 20000; round++) {
		unsigned m = hosted_random(&seed) % MACHINES, k = hosted_random(&seed) % SNAPSHOTS;
		unsigned page = hosted_random(&seed) % PAGES, what = hosted_random(&seed) % 16;

		if (what == 0 && s[k].users == 0) {
			snapshot_free(&s[k]);
			CU_ASSERT_EQUAL(snapshot_take(&vm[m], &s[k]), 0);
			memcpy(kept[k], model[m], PAGES);
		} else if (what == 1 && s[k].segment) {
			storage_clear(&vm[m]);
			CU_ASSERT_EQUAL(snapshot_give(&s[k], &vm[m]), 0);
			memcpy(model[m], kept[k], PAGES);
		} else if (what == 2) {
			storage_release(&vm[m], page * PAGE_SIZE);
			model[m][page] = 0;
		} else if (what < 10) {
			model[m][page] = (uint8_t)hosted_random(&seed);
			byte_set(&vm[m], page * PAGE_SIZE, model[m][page]);
		} else if (byte_at(&vm[m], page * PAGE_SIZE) != model[m][page]) {
			CU_FAIL("reads another's byte");
			break;
		}
	}
	for (unsigned k = 0; k < SNAPSHOTS; k++) {
		uint8_t key;

		for (gabs_t a = 0; snapshot_next(&s[k], &a, &key); a += PAGE_SIZE)
			CU_ASSERT_EQUAL(*(const uint8_t *)snapshot_next(&s[k], &a, &key),
					kept[k][a / PAGE_SIZE]);
	}
	for (unsigned m = 0; m < MACHINES; m++)
		storage_clear(&vm[m]);
	for (unsigned k = 0; k < SNAPSHOTS; k++)
		snapshot_free(&s[k]);
	end(frames);
}

static const struct unit_test tests[] = {
	{"a frame goes with its last owner", owners},
	{"a snapshot keeps its moment", point_in_time},
	{"many machines from one snapshot", many_from_one},
	{"sharing is broken by every way in", every_way_in},
	{"reading shares on", reading},
	{"a machine may be too small", too_large},
	{"a snapshot filled in by hand", filled_in},
	{"no real storage for a copy", no_frames},
	{"any mixture against a model", against_a_model},
};

UNIT_MAIN("snapshot", tests)
