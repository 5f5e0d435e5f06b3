/*
 * test_saved.c - the area for saved machines against a model: names, readers, a full area, no storage, many at once.
 */
#include "saved_unit.h"

/* ---- one image's life ------------------------------------------------------------------------------------------- */

static void life_of_an_image(void)
{
	static const uint64_t lengths[] = {0, 1, 4095, 4096, 4097, 32767, 32768, 32769, 300000};
	struct saved_image *i;

	start_clean();
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA);
	CU_ASSERT_PTR_NULL(saved_next(NULL));
	for (unsigned n = 0; n < ARRAY_SIZE(lengths); n++) {
		CU_ASSERT_EQUAL(save(SAVED_MACHINE, "alice", "lab1", n, lengths[n]), 0);
		i = saved_find(SAVED_MACHINE, "ALICE", "LAB1");
		CU_ASSERT(image_reads(i, n, lengths[n]));
		CU_ASSERT_EQUAL(i->serial, n + 1);
		CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - (lengths[n] + 4095) / 4096);
		CU_ASSERT_EQUAL(ipl_again(), 0);
		i = saved_find(SAVED_MACHINE, "Alice", "Lab1");
		CU_ASSERT(image_reads(i, n, lengths[n]));
		CU_ASSERT_STRING_EQUAL(i->owner, "ALICE");
		CU_ASSERT_PTR_EQUAL(saved_find_serial(n + 1), i);
		CU_ASSERT_PTR_NULL(saved_next(i));
	}
	CU_ASSERT_EQUAL(saved_purge(i), 0);
	CU_ASSERT_PTR_NULL(saved_next(NULL));
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_PTR_NULL(saved_next(NULL));
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 1, 1), 0);
	CU_ASSERT(saved_next(NULL)->serial > ARRAY_SIZE(lengths)); /* never given twice */
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	done();
}

static void names(void)
{
	static const char *const bad[] = {"", "NINECHARS", "A B", "A\x01", "A\xff"};
	struct saved_writer *w;
	struct saved_image *i;

	start_clean();
	for (unsigned n = 0; n < ARRAY_SIZE(bad); n++) {
		CU_ASSERT(saved_create(&w, SAVED_MACHINE, "ALICE", bad[n], 0) == CP_CANNOT && !w);
		CU_ASSERT(saved_create(&w, SAVED_MACHINE, bad[n], "LAB1", 0) == CP_CANNOT && !w);
	}
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "BOB", "LAB1", 1, 5000), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 2, 6000), 0);
	CU_ASSERT_EQUAL(save(SAVED_AUTOSAVE, "ALICE", "LAB1", 3, 7000), 0);
	CU_ASSERT_EQUAL(save(SAVED_SYSTEM, "MAINT", "LAB1", 4, 8000), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB0", 5, 9000), 0);
	CU_ASSERT_EQUAL(save(SAVED_SYSTEM, "ALICE", "LAB1", 6, 10000), 0); /* systems have one name space */
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(image_reads(i = saved_next(NULL), 5, 9000));
	CU_ASSERT(image_reads(i = saved_next(i), 2, 6000));
	CU_ASSERT(image_reads(i = saved_next(i), 1, 5000));
	CU_ASSERT(image_reads(i = saved_next(i), 6, 10000));
	CU_ASSERT_STRING_EQUAL(i->owner, "ALICE");
	CU_ASSERT(image_reads(i = saved_next(i), 3, 7000));
	CU_ASSERT_PTR_NULL(saved_next(i));
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, NULL, "LAB1"), 2, 6000)); /* the one saved last */
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "BOB", "LAB1"), 1, 5000));
	CU_ASSERT_PTR_NULL(saved_find(SAVED_MACHINE, "BOB", "LAB0"));
	CU_ASSERT_PTR_NULL(saved_find(SAVED_SYSTEM, NULL, "LAB0"));
	done();
}

/* Whoever replaced an image may think better of it; also when it was purged meanwhile, and over a start. */
static void put_back(void)
{
	struct saved_image *kept;

	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 1, 50000), 0);
	kept = saved_keep(saved_next(NULL));
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 2, 60000), 0);
	CU_ASSERT(image_reads(saved_next(NULL), 2, 60000));
	CU_ASSERT_EQUAL(saved_put_back(kept), 0);
	CU_ASSERT(image_reads(saved_next(NULL), 1, 50000) && saved_next(NULL)->serial == 1);
	CU_ASSERT_PTR_NULL(saved_next(saved_next(NULL)));
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 13);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(image_reads(saved_next(NULL), 1, 50000));
	kept = saved_keep(saved_next(NULL));
	CU_ASSERT_EQUAL(saved_purge(saved_next(NULL)), 0);
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 13);
	saved_keep_no_longer(kept);
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA);
	CU_ASSERT_PTR_NULL(saved_next(NULL));
	done();
}

/* ---- readers ---------------------------------------------------------------------------------------------------- */

/* Whoever has opened an image reads it to the end, whatever becomes of its name. */
static void readers_keep_what_they_opened(void)
{
	struct saved_reader *r[6];

	start_clean();
	for (unsigned n = 0; n < ARRAY_SIZE(r); n++) {
		CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", n, 40000 + n), 0);
		CU_ASSERT_EQUAL(saved_open(&r[n], saved_next(NULL)), 0);
	}
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 10 * ARRAY_SIZE(r));
	CU_ASSERT_EQUAL(saved_purge(saved_next(NULL)), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "BOB", "FILLS", 99, (SAVED_DATA - 60) * VOLUME_BLOCK), 0);
	CU_ASSERT_EQUAL(blocks_free(), 0);
	for (unsigned n = 0; n < ARRAY_SIZE(r); n++) {
		CU_ASSERT(reads(r[n], n, 40000 + n));
		saved_close(r[n]);
	}
	CU_ASSERT_EQUAL(blocks_free(), 60);
	saved_close(NULL);
	saved_abandon(NULL);
	done();
}

static void seeks(void)
{
	struct saved_reader *r;
	uint64_t seed = 3;
	uint8_t buf[9000];

	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_SYSTEM, "MAINT", "CMS", 7, 100000), 0);
	CU_ASSERT_EQUAL(saved_open(&r, saved_next(NULL)), 0);
	for (unsigned i = 0; i < 500; i++) {
		uint64_t at = hosted_random(&seed) % 100001;
		uint32_t n = hosted_random(&seed) % sizeof(buf);
		int want = 100000 - at < n ? (int)(100000 - at) : (int)n;

		CU_ASSERT_EQUAL(saved_seek(r, at), 0);
		CU_ASSERT_EQUAL(saved_read(r, buf, n), want);
		for (int k = 0; k < want; k++)
			if (buf[k] != byte_of(7, at + (unsigned)k))
				CU_FAIL("another byte");
	}
	CU_ASSERT(saved_seek(r, 100001) < 0);
	CU_ASSERT_EQUAL(saved_seek(r, 0), 0);
	CU_ASSERT(reads(r, 7, 100000));
	saved_close(r);
	done();
}

/* A byte that changed on the volume is noticed when the last one is given, unless somebody jumped about. */
static void damage_is_noticed(void)
{
	static uint8_t all[20000];
	struct saved_reader *r;

	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 1, sizeof(all)), 0);
	disk->data[(TEST_SAVED + 2 * SAVED_SLOT) * VOLUME_BLOCK + 12345] ^= 1;
	CU_ASSERT_EQUAL(saved_open(&r, saved_next(NULL)), 0);
	CU_ASSERT_EQUAL(saved_read(r, all, 19999), 19999);
	CU_ASSERT_EQUAL(saved_read(r, all, 1), SAVED_DAMAGED);
	CU_ASSERT_EQUAL(saved_read(r, all, 1), SAVED_DAMAGED);
	saved_close(r);
	disk->read_error = (TEST_SAVED + 2 * SAVED_SLOT) * VOLUME_SECTORS_PER_BLOCK + 9;
	CU_ASSERT_EQUAL(saved_open(&r, saved_next(NULL)), 0);
	CU_ASSERT_EQUAL(saved_read(r, all, sizeof(all)), CP_IO_ERROR);
	saved_close(r);
	done();
}

/* ---- limits ------------------------------------------------------------------------------------------------------ */

static void full_area(void)
{
	const uint64_t most = (uint64_t)SAVED_DATA * VOLUME_BLOCK;
	struct saved_writer *w;

	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 1, most), 0);
	CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "ALICE", "BIG", 1), SAVED_FULL);
	CU_ASSERT_PTR_NULL(w);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 2, 1), SAVED_FULL);
	CU_ASSERT(image_reads(saved_next(NULL), 1, most));
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 3, 0), 0); /* nothing needs no room */
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 4, most / 2), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 5, most / 2 + 1), SAVED_FULL);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(image_reads(saved_next(NULL), 4, most / 2));
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA / 2);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "BIG", 6, most / 2), 0);
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA / 2);
	done();
}

static void full_catalogue(void)
{
	char name[9];

	start_clean();
	for (unsigned n = 0; n < DISK_SAVED_IMAGES; n++) {
		snprintf(name, sizeof(name), "N%04u", n);
		CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", name, n, n % 16 ? 0 : 4097), 0);
	}
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "ONEMORE", 1, 0), SAVED_PLACES);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "N0016", 7, 4098), 0); /* in the place of another */
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_EQUAL(saved.count, DISK_SAVED_IMAGES);
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "ALICE", "N0016"), 7, 4098));
	CU_ASSERT_EQUAL(saved_purge(saved_find(SAVED_MACHINE, "ALICE", "N0500")), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "ONEMORE", 1, 10), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	done();
}

/* The worst that can be: every other block free, and an image of single blocks takes them. */
static void scattered(void)
{
	char name[9];

	start_clean();
	for (unsigned n = 0; n < SAVED_DATA; n++) {
		snprintf(name, sizeof(name), "N%04u", n);
		CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", name, n, 10), 0);
	}
	for (unsigned n = 0; n < SAVED_DATA; n += 2) {
		snprintf(name, sizeof(name), "N%04u", n);
		CU_ASSERT_EQUAL(saved_purge(saved_find(SAVED_MACHINE, "ALICE", name)), 0);
	}
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "BOB", "SCATTER", 5, SAVED_DATA / 2 * VOLUME_BLOCK), 0);
	CU_ASSERT_EQUAL(blocks_free(), 0);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "BOB", "SCATTER"), 5, SAVED_DATA / 2 * VOLUME_BLOCK));
	CU_ASSERT_EQUAL(saved_find(SAVED_MACHINE, "BOB", "SCATTER")->room->runs, SAVED_DATA / 2);
	done();
}

static void no_area(void)
{
	static const uint32_t small[] = {0, 1, 2 * SAVED_SLOT};
	struct saved_writer *w;

	for (unsigned i = 0; i < ARRAY_SIZE(small); i++) {
		start_clean();
		hosted_volume_label(disk)->area[VOLUME_AREA_SAVED].count = be32_make(small[i]);
		hosted_volume_label_seal(disk);
		CU_ASSERT_EQUAL(ipl_again(), SAVED_NO_AREA);
		CU_ASSERT_STRING_EQUAL(hosted_console(), "");
		CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "ALICE", "LAB1", 0), SAVED_NO_AREA);
		CU_ASSERT_EQUAL(saved_message(SAVED_NO_AREA), MSG_SAVED_NO_AREA);
		CU_ASSERT_STRING_EQUAL(saved_volume(), "VM40SP");
		CU_ASSERT_PTR_NULL(saved_find(SAVED_MACHINE, NULL, "LAB1"));
		done();
	}
	CU_ASSERT_STRING_EQUAL(saved_volume(), "NONE");
}

/* CP's storage ends after any number of allocations: the image before is there, and nothing is lost. */
static void no_storage(void)
{
	uint64_t length = 100000;
	bool enough = false;

	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 1, length), 0);
	for (unsigned n = 0; n < 30 && !enough; n++) {
		size_t before = hosted_heap_used();
		int result;

		hosted_heap_fail_after(n);
		result = save(SAVED_MACHINE, "ALICE", "LAB1", 2, length);
		hosted_heap_fail_after(-1);
		enough = result == 0;
		CU_ASSERT(enough || result == CP_NO_STORAGE);
		CU_ASSERT(image_reads(saved_next(NULL), enough ? 2 : 1, length));
		CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 25);
		CU_ASSERT_EQUAL(hosted_heap_used(), before);
	}
	CU_ASSERT(enough);
	for (unsigned n = 0; n < 6; n++) {
		hosted_volumes_forget();
		CU_ASSERT_EQUAL(volume_mount_all(), 1);
		hosted_heap_fail_after(n);
		CU_ASSERT_EQUAL(saved_init(), n < 5 ? CP_NO_STORAGE : 0);
		hosted_heap_fail_after(-1);
		CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "LAB1", 2, length), n < 5 ? CP_NO_STORAGE : 0);
	}
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(image_reads(saved_next(NULL), 2, length));
	done();
}

/* ---- against a model --------------------------------------------------------------------------------------------- */

#define MODEL_NAMES 12

static struct {
	uint32_t seed; /* 0: not there */
	uint64_t length;
} model[MODEL_NAMES];

static void model_name(unsigned n, enum saved_kind *kind, char owner[9], char name[9])
{
	*kind = (enum saved_kind)(SAVED_MACHINE + n % 3);
	snprintf(owner, 9, "USER%u", n / 3 % 2);
	snprintf(name, 9, "NAME%u", n);
}

static struct saved_image *model_find(unsigned n)
{
	enum saved_kind kind;
	char owner[9], name[9];

	model_name(n, &kind, owner, name);
	return saved_find(kind, owner, name);
}

static uint32_t model_blocks(unsigned n)
{
	return model[n].seed ? (uint32_t)saved_blocks(model[n].length) : 0;
}

static void model_save(unsigned n, uint32_t seed, uint64_t length)
{
	bool fits = saved_blocks(length) <= blocks_free();
	enum saved_kind kind;
	char owner[9], name[9];
	int result;

	model_name(n, &kind, owner, name);
	result = save(kind, owner, name, seed, length);
	CU_ASSERT_EQUAL(result, fits ? 0 : SAVED_FULL);
	if (result == 0) {
		model[n].seed = seed;
		model[n].length = length;
	}
}

static void model_abandon(uint32_t seed)
{
	struct saved_writer *w;

	CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "X", "Y", 0), 0);
	append(w, seed, seed % 200000);
	saved_abandon(w);
}

static void model_step(uint64_t *seed)
{
	unsigned n = hosted_random(seed) % MODEL_NAMES;
	uint32_t what = hosted_random(seed) % 8, any = hosted_random(seed) | 1;

	if (what < 4) {
		model_save(n, any, hosted_random(seed) % 150000);
	} else if (what == 4) {
		model_abandon(any);
	} else if (what == 5 && model[n].seed) {
		CU_ASSERT_EQUAL(saved_purge(model_find(n)), 0);
		model[n].seed = 0;
	} else if (what == 6) {
		CU_ASSERT_EQUAL(ipl_again(), 0);
	}
}

static void model_compare(void)
{
	uint32_t taken = 0;

	for (unsigned n = 0; n < MODEL_NAMES; n++) {
		struct saved_image *i = model_find(n);

		CU_ASSERT(model[n].seed ? image_reads(i, model[n].seed, model[n].length) : !i);
		taken += model_blocks(n);
	}
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - taken);
}

static void random_operations(void)
{
	unsigned steps = hosted_long() ? 20000 : 800;
	uint64_t seed = 1966;

	start_clean();
	memset(model, 0, sizeof(model));
	for (unsigned i = 0; i < steps; i++) {
		model_step(&seed);
		if (i % 10 == 0)
			model_compare();
	}
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	done();
}

/* ---- many at once ------------------------------------------------------------------------------------------------ */

#define WRITERS 8

static unsigned writers_done;
static bool writers_right;

static void writer(void *argument)
{
	uint32_t n = (uint32_t)(uintptr_t)argument;
	char name[9];

	for (unsigned turn = 0; turn < 6; turn++) {
		snprintf(name, sizeof(name), "N%u", n % 4); /* two write each name at a time */
		if (save(SAVED_MACHINE, "ALICE", name, n % 4, 20000) < 0 ||
		    !image_reads(saved_find(SAVED_MACHINE, "ALICE", name), n % 4, 20000))
			writers_right = false;
	}
	writers_done++;
}

static void start_writers(void *argument)
{
	(void)argument;
	for (uintptr_t i = 0; i < WRITERS; i++)
		task_create("writer", writer, (void *)i);
	while (writers_done < WRITERS)
		task_yield();
}

static void many_writers(void)
{
	start_clean();
	disk->sleepy = true;
	writers_done = 0;
	writers_right = true;
	UNIT_IN_TASK(start_writers, NULL);
	CU_ASSERT(writers_right);
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 4 * 5);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	for (uint32_t n = 0; n < 4; n++) {
		char name[9];

		snprintf(name, sizeof(name), "N%u", n);
		CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "ALICE", name), n, 20000));
	}
	done();
}

static const struct unit_test tests[] = {
	{"saved: what was replaced is put back", put_back},
	{"an image: written, read, replaced, purged, and found at the next IPL", life_of_an_image},
	{"names belong to a kind and an owner; a system's to nobody", names},
	{"a reader keeps what it opened", readers_keep_what_they_opened},
	{"reading from any byte", seeks},
	{"damaged bytes are noticed", damage_is_noticed},
	{"a full area is refused, the old image stays", full_area},
	{"a full catalogue", full_catalogue},
	{"free blocks far apart", scattered},
	{"a volume without such an area", no_area},
	{"CP's storage ends at any point", no_storage},
	{"random operations against a model", random_operations},
	{"many writers at once", many_writers},
};

UNIT_MAIN("saved", tests)
