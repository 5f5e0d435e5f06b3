/*
 * test_image_fuzz.c - mutated, truncated and spliced images: no crash, nothing left behind, and what is accepted is a machine.
 *
 * usage: unit-image_fuzz [RUNS [SEED]]; RUNS may also be given as FUZZ_RUNS in the environment; with VM40_LONG it is a million.
 * Each run has a seed of its own, which is printed when it crashes; `unit-image_fuzz 1 SEED` does that one again.
 */
#include "image_world.h"
#include <cp/crc32.h>
#include <cp/heap.h>
#include <sanitizer/common_interface_defs.h>

#define RUNS_USUAL 3000
#define RUNS_LONG  1000000
#define PROGRESS   50000
#define RECORDS    256

static uint64_t runs = RUNS_USUAL, first_seed = 1, seed_now, state;
static uint64_t accepted, accepted_bad;

static uint32_t dice(uint32_t below)
{
	return hosted_random(&state) % below;
}

static void died(void)
{
	fprintf(stderr, "fuzz: it was the run with seed %llu\n", (unsigned long long)seed_now);
}

/* ---- images to begin with ------------------------------------------------------------------------------------------- */

#define SEEDS 4
static struct bytes seeds[SEEDS];

/* One as it comes from the directory, one with all of its state set, one with what is on its disks, and one of pages alone. */
static void seeds_make(void *argument)
{
	struct vm *vm = world_machine();
	uint64_t random = 3;

	(void)argument;
	CU_ASSERT_EQUAL(world_save(vm, &seeds[0]), 0);
	fill(arch_vcpu_state, vm->cpu[0], 0);
	for (struct list *l = vm->devices.next; l != &vm->devices; l = l->next)
		device_fill(container_of(l, struct device, list));
	for (unsigned n = 0; n < 9; n++)
		page_fill_in(vm, n * 3 * PAGE_SIZE, n % 3, &random);
	vm_quiesce(vm);
	vm->stopped = false; /* the console's line without an end is kept */
	CU_ASSERT_EQUAL(world_save(vm, &seeds[1]), 0);
	world_disks = disks_filled = true;
	CU_ASSERT_EQUAL(world_save(vm, &seeds[3]), 0);
	world_disks = false;
	vm->stopped = true;
	vm_continue(vm);
	devices_destroy(vm);
	CU_ASSERT_EQUAL(world_save(vm, &seeds[2]), 0);
	vm_destroy(vm);
	/* What is made once for all (the consoles' task) is made now. */
	for (unsigned n = 0; n < SEEDS; n++)
		vm_destroy(world_restore(&seeds[n], NULL, false));
}

/* ---- mutation --------------------------------------------------------------------------------------------------------- */

/* Where the records of b begin; how many. */
static unsigned records_find(const struct bytes *b, size_t at[RECORDS])
{
	size_t next = sizeof(struct image_header);
	unsigned n = 0;

	while (n < RECORDS && next + sizeof(struct image_record) <= b->length) {
		const struct image_record *r = (const struct image_record *)(b->at + next);
		uint32_t length = be32_get(r->length);

		if (length > b->length - next - sizeof(*r))
			break;
		at[n++] = next;
		next += sizeof(*r) + length;
	}
	return n;
}

static size_t record_length(const struct bytes *b, size_t at)
{
	return sizeof(struct image_record) + be32_get(((const struct image_record *)(b->at + at))->length);
}

static void insert(struct bytes *b, size_t at, const uint8_t *what, size_t n)
{
	if (b->length + n > b->room)
		return;
	memmove(b->at + at + n, b->at + at, b->length - at);
	memcpy(b->at + at, what, n);
	b->length += n;
}

static void cut(struct bytes *b, size_t at, size_t n)
{
	memmove(b->at + at, b->at + at + n, b->length - at - n);
	b->length -= n;
}

/* A field of some record gets a value of the kind that hurts. */
static void poke(struct bytes *b, size_t at)
{
	static const uint64_t values[] = {0,   1,   2,   7,   8,      9,      16,         17,
					  240, 241, 255, 256, 0x7fff, 0x8000, UINT32_MAX, UINT64_MAX};
	size_t length = record_length(b, at) - sizeof(struct image_record);
	struct image_cursor c = {b->at + at + sizeof(struct image_record),
				 b->at + at + sizeof(struct image_record) + length};
	struct image_value v;
	unsigned skip = dice(20);

	while (image_field_next(&c, &v) == IMAGE_MORE) {
		struct be64 value = be64_make(dice(3) ? values[dice(ARRAY_SIZE(values))] : state);
		size_t offset = (size_t)(v.values - b->at) + (size_t)dice(v.count) * v.size;

		if (skip-- > 0)
			continue;
		memcpy(b->at + offset, value.b + 8 - v.size, v.size);
		return;
	}
}

static void mutate(struct bytes *b)
{
	static size_t at[RECORDS], other_at[RECORDS];
	struct bytes *other = &seeds[dice(SEEDS)];
	unsigned n = records_find(b, at), m = records_find(other, other_at);
	size_t where = n ? at[dice(n)] : 0, theirs = other_at[dice(m)];

	switch (dice(n ? 8 : 2)) {
	case 0: /* a byte, anywhere; or near the front, where the small records are */
		b->at[dice(dice(2) || b->length < 2000 ? (uint32_t)b->length : 2000)] = (uint8_t)dice(256);
		break;
	case 1: /* the end less */
		if (dice(4) == 0)
			b->length = 1 + dice((uint32_t)b->length);
		break;
	case 2: /* a record again, or another image's */
		insert(b, where, other->at + theirs, record_length(other, theirs));
		break;
	case 3: /* a record less */
		cut(b, where, record_length(b, where));
		break;
	case 4: /* a record's head */
		b->at[where + dice(sizeof(struct image_record))] = (uint8_t)(dice(2) ? dice(12) : dice(256));
		break;
	default:
		poke(b, where);
	}
}

/* Make counts and checksum good, so that the rest is looked at. */
static bool mend(struct bytes *b)
{
	static size_t at[RECORDS];
	unsigned n = records_find(b, at);
	struct image_record *r = n ? (struct image_record *)(b->at + at[n - 1]) : NULL;
	struct image_end *end = (struct image_end *)(r + 1);

	if (!r || be16_get(r->type) != IMAGE_END || be32_get(r->length) != sizeof(*end))
		return false;
	end->records = be32_make(n - 1);
	end->length = be64_make(at[n - 1]);
	end->crc = be32_make(crc32_update(0, b->at, (size_t)((uint8_t *)&end->crc - b->at)));
	b->length = (size_t)((uint8_t *)(end + 1) - b->at);
	return true;
}

/* ---- what is to hold ------------------------------------------------------------------------------------------------------ */

static bool checksum_good(const struct bytes *b)
{
	struct bytes copy = {.at = malloc(b->length), .length = b->length};
	bool good;

	memcpy(copy.at, b->at, b->length);
	good = mend(&copy) && copy.length == b->length && memcmp(copy.at, b->at, b->length) == 0;
	free(copy.at);
	return good;
}

/* What is accepted can be saved again, and its image accepted; the machine is one that a directory could have made. */
static void prove(struct vm *vm, const struct bytes *b)
{
	static struct bytes again;
	struct vm *twin;

	accepted++;
	if (!checksum_good(b)) {
		accepted_bad++;
		died();
	}
	CU_ASSERT_TRUE(vm->storage.size <= vm->max_storage && vm->classes == CLASS('G'));
	CU_ASSERT_EQUAL(world_save(vm, &again), 0);
	twin = world_restore(&again, NULL, false);
	if (!twin) {
		died();
		printf("%s", said);
		CU_FAIL("a machine that was restored cannot be saved and restored");
	} else {
		vm_destroy(twin);
	}
}

static void one(struct bytes *b)
{
	size_t before = hosted_heap_used();
	struct bytes *from = &seeds[dice(SEEDS)];
	struct vm *vm;

	memcpy(b->at, from->at, from->length);
	b->length = from->length;
	for (unsigned n = 1 + dice(3); n > 0; n--)
		mutate(b);
	if (dice(8))
		mend(b);
	/* A copy that is as long as it is, so that a byte too far is seen. */
	struct bytes exact = {.at = malloc(b->length), .length = b->length};
	memcpy(exact.at, b->at, b->length);
	vm = world_restore(&exact, NULL, dice(2));
	if (vm) {
		prove(vm, &exact);
		vm_destroy(vm);
	}
	free(exact.at);
	if (hosted_heap_used() != before) {
		died();
		CU_FAIL("storage is lost");
	}
}

static void campaign(void *argument)
{
	struct bytes b = {.room = 4 * seeds[1].length};

	(void)argument;
	b.at = malloc(b.room);
	for (uint64_t i = 0; i < runs; i++) {
		seed_now = first_seed + i;
		state = seed_now * UINT64_C(0x9e3779b97f4a7c15) | 1;
		for (int k = 0; k < 4; k++)
			dice(2);
		if (runs > PROGRESS && i % PROGRESS == 0)
			fprintf(stderr, "fuzz: seed %llu\n", (unsigned long long)seed_now);
		one(&b);
	}
	free(b.at);
}

static void fuzz_images(void)
{
	UNIT_IN_TASK(seeds_make, NULL);
	UNIT_IN_TASK(campaign, NULL);
	printf("[%llu of %llu accepted] ", (unsigned long long)accepted, (unsigned long long)runs);
	CU_ASSERT_EQUAL(accepted_bad, 0);
	CU_ASSERT_TRUE(runs < 100 || (accepted > runs / 50 && accepted < runs));
	CU_ASSERT_EQUAL(vm_count(), 0);
}

static const struct unit_test tests[] = {
	{"image: mutated, truncated, spliced", fuzz_images},
};

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : getenv("FUZZ_RUNS");

	if (hosted_long())
		runs = RUNS_LONG;
	if (wanted != NULL)
		runs = strtoull(wanted, NULL, 10);
	if (argc > 2)
		first_seed = strtoull(argv[2], NULL, 10);
	__sanitizer_set_death_callback(died);
	return unit_run("image: fuzz", tests, ARRAY_SIZE(tests));
}
