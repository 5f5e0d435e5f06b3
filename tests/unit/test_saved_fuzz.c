/*
 * test_saved_fuzz.c - hostile catalogues of saved machines: damaged, impossible under good checksums, and random ones.
 */
#include "saved_unit.h"
#include <cp/crc32.h>

static struct disk_saved_header *header(unsigned slot)
{
	return (struct disk_saved_header *)(disk->data + (TEST_SAVED + slot * SAVED_SLOT) * VOLUME_BLOCK);
}

static struct disk_saved_entry *entry(unsigned slot, unsigned n)
{
	return (struct disk_saved_entry *)(header(slot) + 1) + n;
}

static struct disk_saved_extent *extent(unsigned slot, unsigned n)
{
	return (struct disk_saved_extent *)entry(slot, be32_get(header(slot)->count)) + n;
}

/* Give the slot its checksums again. */
static void seal(unsigned slot)
{
	struct disk_saved_header *h = header(slot);
	size_t n = SAVED_SLOT * VOLUME_BLOCK - sizeof(*h), used = saved_header_length(h) - sizeof(*h);

	h->data_crc = be32_make(crc32_update(0, (uint8_t *)(h + 1), used < n ? used : n));
	h->crc = be32_make(crc32_update(0, (uint8_t *)h + 12, sizeof(*h) - 12));
}

/* Three images in one slot (1), two of them in the other. */
static void three_images(void)
{
	start_clean();
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "ONE", 1, 10000), 0);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "BOB", "TWO", 2, 20000), 0);
	CU_ASSERT_EQUAL(save(SAVED_SYSTEM, "MAINT", "CMS", 3, 30000), 0);
	CU_ASSERT_EQUAL(be64_get(header(0)->generation), 3);
}

static void said(const char *sentence)
{
	if (!hosted_console_has(sentence)) {
		printf("\nwanted: %s\ngot: %s", sentence, hosted_console());
		CU_FAIL("another sentence");
	}
}

/* The newest catalogue is refused and the one before it counts: two images. */
static void falls_back(const char *sentence)
{
	CU_ASSERT_EQUAL(ipl_again(), 0);
	said("CATALOGUE A OF SAVED MACHINES OF VOLUME VM40SP");
	said(sentence);
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "ALICE", "ONE"), 1, 10000));
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "BOB", "TWO"), 2, 20000));
	CU_ASSERT_PTR_NULL(saved_find(SAVED_SYSTEM, NULL, "CMS"));
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - 3 - 5);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "ALICE", "ONE", 4, 40000), 0); /* into the slot that was bad */
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "ALICE", "ONE"), 4, 40000));
	done();
}

static void any_bit(void)
{
	for (unsigned bit = 0; bit < 8 * (512 + 3 * 64 + 3 * 8); bit += hosted_long() ? 1 : 61) {
		three_images();
		((uint8_t *)header(0))[bit / 8] ^= (uint8_t)(1 << bit % 8);
		falls_back("is damaged");
	}
}

static void impossible_entries(void)
{
	three_images();
	entry(0, 1)->kind = 4;
	seal(0);
	falls_back("impossible kind");
	three_images();
	entry(0, 1)->kind = 0;
	seal(0);
	falls_back("impossible kind");
	three_images();
	entry(0, 1)->name[0] = ' ';
	seal(0);
	falls_back("impossible name");
	three_images();
	entry(0, 1)->owner[7] = '\0';
	seal(0);
	falls_back("impossible name");
	three_images();
	entry(0, 1)->name[1] = 'w';
	seal(0);
	falls_back("impossible name");
	three_images();
	entry(0, 1)->serial = header(0)->next_serial;
	seal(0);
	falls_back("impossible serial");
	three_images();
	memcpy(entry(0, 1)->owner, "AL      ", 8);
	seal(0);
	falls_back("out of order");
	three_images();
	memcpy(entry(0, 1), entry(0, 0), 24);
	seal(0);
	falls_back("out of order");
}

static void impossible_extents(void)
{
	static const struct {
		uint32_t first, count;
	} outside[] = {{0, 5},
		       {TEST_SAVED, 5},
		       {TEST_SAVED + 2 * SAVED_SLOT - 1, 5},
		       {TEST_SAVED + TEST_SAVED_BLOCKS - 4, 5},
		       {TEST_SAVED + TEST_SAVED_BLOCKS, 5},
		       {UINT32_MAX, 5},
		       {UINT32_MAX - 4, UINT32_MAX},
		       {TEST_SAVED + 2 * SAVED_SLOT + 50, 0},
		       {TEST_SAVED + 2 * SAVED_SLOT + 50, UINT32_MAX}};

	for (unsigned i = 0; i < ARRAY_SIZE(outside); i++) {
		three_images();
		*extent(0, 1) =
			(struct disk_saved_extent){be32_make(outside[i].first), be32_make(outside[i].count)};
		seal(0);
		falls_back("outside of the area");
	}
	three_images();
	extent(0, 1)->first = be32_make(be32_get(extent(0, 0)->first) + 2);
	seal(0);
	falls_back("lies where another does");
	three_images();
	extent(0, 1)->count = be32_make(4);
	seal(0);
	falls_back("length is not that of its extents");
	three_images();
	entry(0, 1)->bytes = be64_make(UINT64_MAX);
	seal(0);
	falls_back("length is not that of its extents");
	three_images();
	entry(0, 2)->extents = be32_make(2);
	seal(0);
	falls_back("impossible extents");
	three_images();
	entry(0, 2)->extents = be32_make(UINT32_MAX);
	seal(0);
	falls_back("impossible extents");
	three_images();
	header(0)->extents = be32_make(4);
	seal(0);
	falls_back("extents that belong to nothing");
	three_images();
	header(0)->count = be32_make(DISK_SAVED_IMAGES + 1);
	seal(0);
	falls_back("is damaged");
	three_images();
	header(0)->extents = be32_make(UINT32_MAX);
	seal(0);
	falls_back("is damaged");
}

/* Nothing that can be trusted: the area is left alone, and CP says so. */
static void left_alone(const char *sentence)
{
	uint8_t *before = malloc(VOLUME_SIZE);
	struct saved_writer *w;

	memcpy(before, disk->data, VOLUME_SIZE);
	CU_ASSERT_EQUAL(ipl_again(), SAVED_DAMAGED);
	said(sentence);
	said("SAVED MACHINES OF VOLUME VM40SP CANNOT BE USED");
	CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "ALICE", "ONE", 0), SAVED_DAMAGED);
	CU_ASSERT_PTR_NULL(saved_next(NULL));
	CU_ASSERT(memcmp(before, disk->data, VOLUME_SIZE) == 0);
	free(before);
	done();
}

static void nothing_to_trust(void)
{
	three_images();
	header(0)->crc.b[0] ^= 1;
	header(1)->crc.b[0] ^= 1;
	left_alone("CATALOGUE B OF SAVED MACHINES OF VOLUME VM40SP is damaged");
	three_images();
	header(0)->crc.b[0] ^= 1;
	memset(header(1), 0, VOLUME_SECTOR);
	left_alone("CATALOGUE A OF SAVED MACHINES OF VOLUME VM40SP is damaged");
	three_images();
	header(1)->version = be32_make(DISK_SAVED_VERSION + 1);
	seal(1);
	left_alone("is of a later version than this CP");
	three_images();
	disk->read_error = (TEST_SAVED + SAVED_SLOT) * VOLUME_SECTORS_PER_BLOCK;
	left_alone("cannot be read");
}

/* ---- random --------------------------------------------------------------------------------------------------------- */

/* Values that are more often at a border than random ones are. */
static void mutate(uint8_t *at, size_t size, uint64_t *seed)
{
	static const uint32_t borders[] = {0,          1,          2,          3,
					   TEST_SAVED, 0x7fffffff, UINT32_MAX, TEST_SAVED + 2 * SAVED_SLOT};
	size_t offset = hosted_random(seed) % size;
	struct be32 v =
		be32_make(borders[hosted_random(seed) % ARRAY_SIZE(borders)] + hosted_random(seed) % 3 - 1);

	switch (hosted_random(seed) % 4) {
	case 0:
		at[offset] ^= (uint8_t)(1 << hosted_random(seed) % 8);
		break;
	case 1:
		at[offset] = (uint8_t)hosted_random(seed);
		break;
	case 2:
		memcpy(at + offset / 4 * 4, &v, sizeof(v));
		break;
	default: /* a piece of it, elsewhere */
		memmove(at + offset, at + hosted_random(seed) % size,
			size - offset < 24 ? 1 : hosted_random(seed) % 24);
	}
}

/* Read all that CP believes to be there: every access is inside, whatever the catalogue says. */
static void read_all(void)
{
	static uint8_t buf[20000];

	for (struct saved_image *i = saved_next(NULL); i; i = saved_next(i)) {
		struct saved_reader *r;
		uint64_t all = 0;
		int got;

		CU_ASSERT_EQUAL(saved_open(&r, i), 0);
		while ((got = saved_read(r, buf, sizeof(buf))) > 0)
			all += (unsigned)got;
		CU_ASSERT(got == SAVED_DAMAGED || all == i->bytes);
		saved_close(r);
	}
}

static void random_catalogues(void)
{
	unsigned runs = hosted_long() ? 1000000 : 5000, used = 0;
	size_t size = 512 + 3 * 64 + 3 * 8;
	uint8_t *before = malloc(2 * SAVED_SLOT * VOLUME_BLOCK);
	uint64_t seed = 1970;

	three_images();
	memcpy(before, header(0), 2 * SAVED_SLOT * VOLUME_BLOCK);
	for (unsigned i = 0; i < runs; i++) {
		memcpy(header(0), before, 2 * SAVED_SLOT * VOLUME_BLOCK);
		for (unsigned n = hosted_random(&seed) % 4 + 1; n > 0; n--)
			mutate((uint8_t *)header(hosted_random(&seed) % 2), size, &seed);
		if (hosted_random(&seed) % 8) {
			seal(0);
			seal(1);
		}
		if (ipl_again() == 0) {
			read_all();
			used++;
		}
	}
	CU_ASSERT(used > runs / 10 && used < runs);
	free(before);
	done();
}

static const struct unit_test tests[] = {
	{"any bit of a catalogue turned: the one before counts", any_bit},
	{"impossible entries under good checksums", impossible_entries},
	{"impossible extents under good checksums", impossible_extents},
	{"no catalogue to trust: the area is left alone", nothing_to_trust},
	{"random catalogues", random_catalogues},
};

UNIT_MAIN("saved_fuzz", tests)
