/*
 * test_saved_crash.c - the power goes, or a write fails, at any moment of saving and purging: the old images are there or the new ones, whole.
 */
#include "saved_unit.h"
#include <cp/message.h>

#define NAMES 5
#define STEPS 40
#define AREA  ((size_t)TEST_SAVED * VOLUME_BLOCK)
#define ROOM  ((size_t)TEST_SAVED_BLOCKS * VOLUME_BLOCK)

/* What is there: of each name the seed of its image, 0: nothing. */
struct state {
	uint32_t seed[NAMES];
};

/* One change, from where to where of the disk's log, and what it is to lead to. */
struct step {
	size_t begin, end;
	bool failed;
	struct state after;
};

static struct step history[STEPS];
static struct state now;

static uint64_t length_of(uint32_t seed)
{
	return seed * 7919 % 90000;
}

static const char *name_of(unsigned n)
{
	static const char *const names[NAMES] = {"ONE", "TWO", "THREE", "FOUR", "FIVE"};

	return names[n];
}

static struct saved_image *find(unsigned n)
{
	return saved_find(SAVED_MACHINE, "ALICE", name_of(n));
}

static bool is_there(const struct state *s)
{
	for (unsigned n = 0; n < NAMES; n++) {
		struct saved_image *i = find(n);

		if (s->seed[n] ? !image_reads(i, s->seed[n], length_of(s->seed[n])) : i != NULL)
			return false;
	}
	return true;
}

static uint32_t blocks_of(const struct state *s)
{
	uint64_t blocks = 0;

	for (unsigned n = 0; n < NAMES; n++)
		blocks += s->seed[n] ? saved_blocks(length_of(s->seed[n])) : 0;
	return (uint32_t)blocks;
}

/* ---- a history of changes, some of which fail --------------------------------------------------------------------- */

/* Save, or now and then purge; `after` is what comes of it. */
static int change(unsigned n, uint32_t seed, struct state *after)
{
	*after = now;
	if (seed % 5 == 0 && now.seed[n]) {
		after->seed[n] = 0;
		return saved_purge(find(n));
	}
	after->seed[n] = seed;
	return save(SAVED_MACHINE, "ALICE", name_of(n), seed, length_of(seed));
}

static void step_do(struct step *s, unsigned number, uint64_t *seed, bool faults)
{
	if (faults && number % 3 == 1) {
		disk->changes_left = hosted_random(seed) % 12;
		disk->failure = (enum hosted_failure)(hosted_random(seed) % 3);
		disk->failing_on = hosted_random(seed) & 1;
	}
	s->begin = disk->logged;
	s->failed = change(hosted_random(seed) % NAMES, number + 1, &s->after) < 0;
	s->end = disk->logged;
	disk->changes_left = -1;
	if (!s->failed)
		now = s->after;
	CU_ASSERT(is_there(&now));
}

/* What may be there when the power has gone at this place of the log: what the last change led to that had come to its end, or any
 * that began after it. */
static bool is_allowed(const struct state *first, size_t cut)
{
	unsigned last = 0;

	for (unsigned i = 0; i < STEPS; i++)
		if (!history[i].failed && history[i].end <= cut)
			last = i + 1;
	if (is_there(last ? &history[last - 1].after : first))
		return true;
	for (unsigned i = last; i < STEPS && history[i].begin < cut; i++)
		if (is_there(&history[i].after))
			return true;
	return false;
}

/* CP goes on with what it found: the next image is saved and harms none of the others. */
static void go_on(uint32_t seed)
{
	struct saved_image *i;
	uint32_t taken = 0;

	for (i = saved_next(NULL); i; i = saved_next(i))
		taken += i->blocks;
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - taken);
	CU_ASSERT_EQUAL(save(SAVED_MACHINE, "BOB", "NEXT", seed, 50000), 0);
	CU_ASSERT(image_reads(saved_find(SAVED_MACHINE, "BOB", "NEXT"), seed, 50000));
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - taken - 13);
}

/* ---- the power goes ------------------------------------------------------------------------------------------------ */

struct crash {
	struct hosted_disk *past; /* its log is the history */
	uint8_t *blank;
	struct state first;
};

static void crash_begin(struct crash *c, uint64_t seed, bool faults)
{
	start_clean();
	memset(&now, 0, sizeof(now));
	for (unsigned i = 0; i < 4; i++) {
		struct state after;

		CU_ASSERT_EQUAL(change(i, 101 + i, &after), 0);
		now = after;
	}
	c->first = now;
	c->blank = malloc(ROOM);
	memcpy(c->blank, disk->data + AREA, ROOM);
	hosted_disk_log(disk, true);
	for (unsigned i = 0; i < STEPS; i++)
		step_do(&history[i], i, &seed, faults);
	c->past = disk;
	disk->logging = false;
	list_remove(&disk->device.all);
	hosted_volumes_forget();
	start_clean();
}

static void crash_end(struct crash *c)
{
	hosted_disk_destroy(c->past);
	free(c->blank);
	done();
}

static void cut(struct crash *c, size_t at, bool whole, uint64_t *seed)
{
	memcpy(disk->data + AREA, c->blank, ROOM);
	hosted_disk_replay(c->past, disk->data, at, whole, seed);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	CU_ASSERT(is_allowed(&c->first, at));
	if (at % 16 == 0)
		go_on((uint32_t)at + 1);
	CU_ASSERT(is_allowed(&c->first, at));
}

/* Every prefix of the writes; then the same with some of what was not flushed lost, in any order. */
static void power_cuts(bool faults)
{
	unsigned prefixes = hosted_long() ? UINT32_MAX : 300, orders = hosted_long() ? 10000 : 300;
	uint64_t seed = faults ? 1973 : 1972;
	struct crash c;

	crash_begin(&c, seed, faults);
	for (size_t at = 0; at <= c.past->logged; at++)
		if (prefixes > c.past->logged || at % (c.past->logged / prefixes + 1) == 0)
			cut(&c, at, true, &seed);
	for (unsigned i = 0; i < orders; i++)
		cut(&c, hosted_random(&seed) % (c.past->logged + 1), false, &seed);
	crash_end(&c);
}

/* What is not flushed yet matters most just before the flush. */
static void power_cuts_before_flushes(void)
{
	uint64_t seed = 5;
	struct crash c;

	crash_begin(&c, seed, true);
	for (size_t at = 0; at < c.past->logged; at++)
		if (c.past->log[at].kind == HOSTED_FLUSH)
			cut(&c, at, false, &seed);
	crash_end(&c);
}

static void power_cuts_plain(void)
{
	power_cuts(false);
}

static void power_cuts_with_faults(void)
{
	power_cuts(true);
}

/* ---- a write fails ------------------------------------------------------------------------------------------------- */

static void said(int result)
{
	char text[120];

	message_format(text, sizeof(text), SET_EMSG_CODE | SET_EMSG_TEXT, saved_message(result), "FOUR",
		       saved_volume());
	CU_ASSERT_STRING_EQUAL(
		text, "HCPSAV1075S FOUR: volume VM40SP has an I/O error; what was saved before is as it was");
}

/* The same change on the same volume each time; the n-th write or flush of it fails. False: it did not need so many. */
static bool fail_at(const uint8_t *before, unsigned n, unsigned number, enum hosted_failure failure, bool on)
{
	struct state old = now, new;
	int result;

	memcpy(disk->data + AREA, before, ROOM);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	disk->changes_left = number;
	disk->failure = failure;
	disk->failing_on = on;
	result = change(3, n, &new);
	disk->changes_left = -1;
	if (result < 0)
		said(result);
	CU_ASSERT(is_there(result < 0 ? &old : &new));
	if (result < 0) { /* the next one is saved all the same, and then nothing is in doubt */
		CU_ASSERT_EQUAL(change(2, 203, &new), 0);
		CU_ASSERT(is_there(&new));
	}
	CU_ASSERT_EQUAL(blocks_free(), SAVED_DATA - blocks_of(&new));
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(is_there(&new));
	return result < 0;
}

/* Write over every block that is free, without a commit. */
static void fill(void)
{
	struct saved_writer *w;

	CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "BOB", "FILLS", 0), 0);
	CU_ASSERT_EQUAL(append(w, 9, (uint64_t)blocks_free() * VOLUME_BLOCK), 0);
	saved_abandon(w);
}

/* The same, and the power goes after the failure, when others have used what is free. */
static void fail_and_cut(const uint8_t *before, unsigned n, unsigned number, enum hosted_failure failure,
			 bool on)
{
	struct state old = now, new;

	memcpy(disk->data + AREA, before, ROOM);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	disk->changes_left = number;
	disk->failure = failure;
	disk->failing_on = on;
	change(3, n, &new);
	disk->changes_left = -1;
	fill();
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT(is_there(&old) || is_there(&new));
	go_on(77);
}

static void fail_everywhere(unsigned n)
{
	uint8_t *before = malloc(ROOM);

	start_clean();
	memset(&now, 0, sizeof(now));
	for (unsigned i = 0; i < 4; i++) {
		struct state after;

		CU_ASSERT_EQUAL(change(i, 101 + i, &after), 0);
		now = after;
	}
	memcpy(before, disk->data + AREA, ROOM);
	for (unsigned way = 0; way < 6; way++) {
		enum hosted_failure failure = (enum hosted_failure)(way / 2);
		unsigned number = 0;

		while (fail_at(before, n, number, failure, way & 1))
			fail_and_cut(before, n, number++, failure, way & 1);
		CU_ASSERT(number > 4);
	}
	free(before);
	done();
}

static void write_errors_of_a_save(void)
{
	fail_everywhere(204);
}

static void write_errors_of_a_purge(void)
{
	fail_everywhere(205);
}

static const struct unit_test tests[] = {
	{"the power goes at any write, in any order", power_cuts_plain},
	{"the same where writes fail now and then", power_cuts_with_faults},
	{"the power goes before each flush", power_cuts_before_flushes},
	{"each write of a save fails in turn", write_errors_of_a_save},
	{"each write of a purge fails in turn", write_errors_of_a_purge},
};

UNIT_MAIN("saved_crash", tests)
