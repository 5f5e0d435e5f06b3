/*
 * test_spool_crash.c - the power goes, or a write fails, at any moment of spooling: a file is there as it was, as it was to be, or not at all.
 */
#include "spool_unit.h"

#define FILES  5
#define STEPS  60
#define AREA   ((size_t)TEST_SPOOL_FILES * VOLUME_BLOCK)
#define BLOCKS (TEST_SPOOL_DATA + TEST_SPOOL_DATA_BLOCKS - TEST_SPOOL_FILES)
#define ROOM   ((size_t)BLOCKS * VOLUME_BLOCK)

/* What is there: of each name the seed of its file, 0: none; and its class. */
struct state {
	uint32_t seed[FILES];
	char class[FILES];
};

/* One change, from where to where of the disk's log, and what it is to lead to. */
struct step {
	size_t begin, end;
	bool failed;
	struct state after;
};

static struct step history[STEPS];
static struct state now;

static uint32_t records_of(uint32_t seed)
{
	return seed % 16 ? seed * 37 % 200 + 1 : 1700; /* now and then one with an indirect block */
}

static struct spool_file *find(unsigned n)
{
	const char name[] = {'F', (char)('0' + n), '\0'};
	struct spool_file *f = NULL;

	while ((f = spool_next("A", SPOOL_READER, '*', true, f)) != NULL)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static bool file_is_there(const struct state *s, unsigned n)
{
	struct spool_file *f = find(n);

	if (!s->seed[n] || !f)
		return !s->seed[n] && !f;
	return f->class == s->class[n] && f->records == records_of(s->seed[n]) &&
	       file_reads(f, s->seed[n], f->records);
}

static bool is_there(const struct state *s)
{
	for (unsigned n = 0; n < FILES; n++)
		if (!file_is_there(s, n))
			return false;
	return true;
}

/* ---- changes ------------------------------------------------------------------------------------------------------ */

static int make(unsigned n, uint32_t seed)
{
	struct spool_file *f = file_make("A", 'A', seed, records_of(seed));
	int result;

	if (!f)
		return CP_IO_ERROR;
	f->name[0] = 'F';
	f->name[1] = (char)('0' + n);
	result = spool_close(f, "A", SPOOL_READER);
	if (result < 0 && spool_purge(f) < 0 && disk->changes_left == 0) {
		disk->changes_left = -1; /* the disk is well again: nothing is left open */
		CU_ASSERT_EQUAL(spool_purge(f), 0);
	}
	return result;
}

static int change(unsigned n, uint32_t seed, struct state *after)
{
	struct spool_file *f = find(n);

	*after = now;
	if (!f) {
		after->seed[n] = seed;
		after->class[n] = 'A';
		return make(n, seed);
	}
	if (seed % 3) {
		after->seed[n] = 0;
		return spool_purge(f);
	}
	after->class[n] = (char)('B' + seed % 20);
	f->class = after->class[n];
	return spool_change(f);
}

/* A purge failed, its sector is gone, and it could not be put back: its file is in the queue and cannot be read, until it is purged again. */
static bool purge_again(unsigned n, const struct state *new)
{
	return !new->seed[n] && find(n) && spool_purge(find(n)) == 0 && is_there(new);
}

static void step_do(struct step *s, uint32_t number, uint64_t *seed, bool faults)
{
	unsigned n = hosted_random(seed) % FILES;

	if (faults && number % 3 == 1) {
		disk->changes_left = hosted_random(seed) % 6;
		disk->failure = (enum hosted_failure)(hosted_random(seed) % 3);
		disk->failing_on = hosted_random(seed) & 1;
	}
	s->begin = disk->logged;
	s->failed = change(n, number + 1, &s->after) < 0;
	disk->changes_left = -1;
	if (s->failed && !is_there(&now))
		s->failed = !purge_again(n, &s->after);
	s->end = disk->logged;
	if (!s->failed)
		now = s->after;
	CU_ASSERT(is_there(&now));
}

/* What may be there of one name when the power has gone at this place of the log: what the last change led to that had come to its end,
 * or any that began after it. Names are independent: a change that failed may reach the medium with a later one of another's. */
static bool file_is_allowed(unsigned n, unsigned last, size_t cut)
{
	static const struct state nothing;

	if (file_is_there(last ? &history[last - 1].after : &nothing, n))
		return true;
	for (unsigned i = last; i < STEPS && history[i].begin < cut; i++)
		if (file_is_there(&history[i].after, n))
			return true;
	return false;
}

static bool is_allowed(size_t cut)
{
	unsigned last = 0;

	for (unsigned i = 0; i < STEPS; i++)
		if (!history[i].failed && history[i].end <= cut)
			last = i + 1;
	for (unsigned n = 0; n < FILES; n++)
		if (!file_is_allowed(n, last, cut))
			return false;
	return true;
}

/* ---- the power goes ------------------------------------------------------------------------------------------------ */

struct crash {
	struct hosted_disk *past; /* its log is the history */
	uint8_t *blank;
};

static void crash_begin(struct crash *c, uint64_t seed, bool faults)
{
	start_clean();
	memset(&now, 0, sizeof(now));
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
	CU_ASSERT(is_allowed(at));
}

/* Every prefix of the writes; then the same with some of what was not flushed lost, in any order. */
static void power_cuts(bool faults)
{
	unsigned prefixes = hosted_long() ? UINT32_MAX : 200, orders = hosted_long() ? 10000 : 200;
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

/* Write over every block that is free, and leave the file open. */
static void fill(void)
{
	static uint8_t record[SPOOL_RECORD_MAX];
	struct spool_file *f = spool_create("B", SPOOL_PUNCH, 'A');

	while (spool_append(f, 0, record, sizeof(record)) == 0)
		;
}

static uint32_t blocks_of(const struct state *s)
{
	uint32_t used = 0;

	for (unsigned n = 0; n < FILES; n++)
		if (s->seed[n]) {
			struct spool_buffer *b = spool_buffer_create(find(n));

			CU_ASSERT_EQUAL(spool_entry_read(find(n), &b->entry), 0);
			used += spool_map_count(b);
			spool_buffer_destroy(b);
		}
	return used;
}

/* That is there, and no block more is taken. */
static bool goes_with(const struct state *s)
{
	return is_there(s) && blocks_free() == TEST_SPOOL_DATA_BLOCKS - blocks_of(s);
}

/* The same change on the same volume each time; the n-th write or flush of it fails, and when others have used what is free the power
 * goes. False: it did not need so many. */
static bool fail_at(const uint8_t *before, unsigned n, uint32_t seed, unsigned number, unsigned way)
{
	struct state old = now, new;
	bool failed;

	memcpy(disk->data + AREA, before, ROOM);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	disk->changes_left = number;
	disk->failure = (enum hosted_failure)(way / 2);
	disk->failing_on = way & 1;
	failed = change(n, seed, &new) < 0;
	disk->changes_left = -1;
	if (failed && (way & 1) && !is_there(&old)) {
		CU_ASSERT(purge_again(n, &new)); /* its blocks are free from the next IPL on */
	} else {
		CU_ASSERT(goes_with(failed ? &old : &new));
	}
	fill();
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	CU_ASSERT(is_there(&old) || is_there(&new));
	return failed;
}

static void fail_everywhere(unsigned n, uint32_t seed)
{
	uint8_t *before = malloc(ROOM);

	start_clean();
	memset(&now, 0, sizeof(now));
	for (unsigned i = 0; i < FILES - 1; i++) {
		struct state after;

		CU_ASSERT_EQUAL(change(i, 101 + i, &after), 0);
		now = after;
	}
	memcpy(before, disk->data + AREA, ROOM);
	for (unsigned way = 0; way < 6; way++) {
		unsigned number = 0;

		while (fail_at(before, n, seed, number, way))
			number++;
		CU_ASSERT(number >= 2);
	}
	free(before);
	done();
}

static void write_errors_of_a_close(void)
{
	fail_everywhere(FILES - 1, 201);
}

static void write_errors_of_a_long_file(void)
{
	fail_everywhere(FILES - 1, 208);
}

static void write_errors_of_a_change(void)
{
	fail_everywhere(1, 207);
}

static void write_errors_of_a_purge(void)
{
	fail_everywhere(1, 208);
}

/* A close fails, and the file goes on being written: what is on the medium is the old file or the new one, never a piece. */
static void goes_on_after_a_close(void)
{
	for (unsigned way = 0; way < 6; way++) {
		struct spool_file *f;
		uint8_t record[SPOOL_RECORD_MAX];
		size_t length = record_make(7, 50, record);

		start_clean();
		f = file_make("A", 'A', 7, 50);
		disk->changes_left = 2;
		disk->failure = (enum hosted_failure)(way / 2);
		disk->failing_on = way & 1;
		CU_ASSERT(spool_close(f, "A", SPOOL_READER) < 0);
		if (way & 1)
			CU_ASSERT(spool_append(f, 50, record, length) < 0);
		disk->changes_left = -1;
		CU_ASSERT_EQUAL(spool_append(f, 50, record, length), 0);
		CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
		CU_ASSERT_EQUAL(ipl_again(), 0);
		f = spool_next("A", SPOOL_READER, '*', true, NULL);
		CU_ASSERT(f && file_reads(f, 7, 51));
		CU_ASSERT_PTR_NULL(spool_next("A", SPOOL_READER, '*', true, f));
		done();
	}
}

static const struct unit_test tests[] = {
	{"the power goes at any write, in any order", power_cuts_plain},
	{"the same where writes fail now and then", power_cuts_with_faults},
	{"the power goes before each flush", power_cuts_before_flushes},
	{"each write of a close fails in turn", write_errors_of_a_close},
	{"the same for a file with an indirect block", write_errors_of_a_long_file},
	{"each write of a change fails in turn", write_errors_of_a_change},
	{"each write of a purge fails in turn", write_errors_of_a_purge},
	{"a file goes on after its close failed", goes_on_after_a_close},
};

UNIT_MAIN("spool_crash", tests)
