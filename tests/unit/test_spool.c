/*
 * test_spool.c - spool files against a model, damage, a full area.
 */
#include "spool_unit.h"
#include <cp/crc32.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The same file as bytes, in pieces of three records at least. */
static bool file_reads_bytes(struct spool_file *f, uint32_t seed, uint32_t records)
{
	static uint8_t got[4 * SPOOL_RECORD_MAX], want[SPOOL_RECORD_MAX];
	struct spool_position p;
	int have = 0, taken = 0;

	spool_open(f, &p);
	for (uint32_t n = 0; n < records; n++) {
		int length = (int)record_make(seed, n, want);

		if (taken == have && length) {
			have = spool_read_bytes(&p, got, sizeof(got));
			taken = 0;
		}
		if (length > have - taken || memcmp(got + taken, want, (size_t)length) != 0)
			return false;
		taken += length;
	}
	return taken == have && spool_read_bytes(&p, got, sizeof(got)) == 0;
}

/* ---- one file's life ---------------------------------------------------------------------------------------------------- */

static void life_of_a_file(void)
{
	struct spool_file *f, *g;
	uint16_t id;

	start_clean();
	f = file_make("STUDENT1", 'A', 1, 100);
	CU_ASSERT_PTR_NULL(spool_next("STUDENT1", SPOOL_PUNCH, '*', true, NULL));
	string_copy(f->name, sizeof(f->name), "PROFILE");
	string_copy(f->type, sizeof(f->type), "EXEC");
	f->copies = 3;
	id = f->id;
	CU_ASSERT_EQUAL(spool_close(f, "MAINT", SPOOL_READER), 0);
	CU_ASSERT_PTR_EQUAL(spool_next("maint", SPOOL_READER, 'A', false, NULL), f);
	CU_ASSERT_PTR_NULL(spool_next("MAINT", SPOOL_READER, 'B', false, NULL));
	CU_ASSERT_PTR_NULL(spool_next("STUDENT1", SPOOL_READER, '*', true, NULL));
	CU_ASSERT(spool_append(f, 0, "X", 1) < 0);
	CU_ASSERT(file_reads(f, 1, 100));
	CU_ASSERT(file_reads_bytes(f, 1, 100));
	f->hold = true;
	f->class = 'Q';
	CU_ASSERT_EQUAL(spool_change(f), 0);
	CU_ASSERT_PTR_NULL(spool_next("MAINT", SPOOL_READER, '*', false, NULL));

	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	f = spool_find(id);
	CU_ASSERT_PTR_NOT_NULL(f);
	if (f) {
		CU_ASSERT(f->hold && f->class == 'Q' && f->copies == 3 && f->records == 100 &&
			  f->device == SPOOL_PUNCH);
		CU_ASSERT_STRING_EQUAL(f->owner, "MAINT");
		CU_ASSERT_STRING_EQUAL(f->origin, "STUDENT1");
		CU_ASSERT_STRING_EQUAL(f->name, "PROFILE");
		CU_ASSERT_STRING_EQUAL(f->type, "EXEC");
		CU_ASSERT(file_reads(f, 1, 100));
		g = file_make("MAINT", 'A', 2, 1);
		CU_ASSERT(g->id != id && g->serial > f->serial);
		CU_ASSERT_EQUAL(spool_purge(g), 0);
		CU_ASSERT_EQUAL(spool_purge(f), 0);
	}
	CU_ASSERT_PTR_NULL(spool_find(id));
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_PTR_NULL(spool_find(id));
	done();
}

static void empty_and_refused(void)
{
	uint8_t record[SPOOL_RECORD_MAX + 1] = {0};
	struct spool_position p = {0};
	struct spool_file *f;
	uint8_t control;

	start_clean();
	f = spool_create("A", SPOOL_CONSOLE, 'T');
	CU_ASSERT_EQUAL(f->queue, SPOOL_PRINTER);
	CU_ASSERT(spool_append(f, 0, record, sizeof(record)) < 0);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_CONSOLE), 0);
	CU_ASSERT_PTR_NULL(spool_next(NULL, SPOOL_PRINTER, '*', true, NULL));
	CU_ASSERT(spool_read(&p, &control, record, sizeof(record)) < -1);
	f = file_make("A", 'A', 5, 3);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
	spool_open(f, &p);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	CU_ASSERT(spool_read(&p, &control, record, sizeof(record)) < -1);
	done();
}

/* More than 72 blocks, and past the first indirect block: its map is in several pieces. */
static void long_file(void)
{
	const uint32_t records = 370; /* a block each */
	uint8_t record[SPOOL_RECORD_MAX];
	struct spool_file *f;
	struct spool_position p;
	uint8_t control;

	start_clean();
	f = spool_create("LINUX", SPOOL_READER, 'A');
	memset(record, 0x40, sizeof(record));
	for (uint32_t n = 0; n < records; n++) {
		record[0] = (uint8_t)n;
		record[1] = (uint8_t)(n >> 8);
		CU_ASSERT_EQUAL(spool_append(f, 2, record, sizeof(record)), 0);
	}
	CU_ASSERT_EQUAL(spool_close(f, "LINUX", SPOOL_READER), 0);
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS - records - 1);
	CU_ASSERT_EQUAL(ipl_again(), 0);
	f = spool_next("LINUX", SPOOL_READER, '*', false, NULL);
	CU_ASSERT_PTR_NOT_NULL(f);
	spool_open(f, &p);
	disk->reads = 0;
	for (uint32_t n = 0; n < records; n++) {
		CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), SPOOL_RECORD_MAX);
		CU_ASSERT(record[0] == (uint8_t)n && record[1] == (uint8_t)(n >> 8));
	}
	CU_ASSERT(disk->reads <= 50); /* sixteen blocks at once, of which this disk takes eight */
	CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), -1);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS);
	done();
}

/* A restored reader's position is hostile input. */
static void wild_positions(void)
{
	uint64_t seed = 77;
	uint8_t record[200], control;
	struct spool_file *f;

	start_clean();
	f = file_make("A", 'A', 8, 300);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
	for (int i = 0; i < 3000; i++) {
		struct spool_position p = {.id = f->id,
					   .block = hosted_random(&seed) % (i & 1 ? 4 : UINT32_MAX),
					   .offset = hosted_random(&seed) % (i & 2 ? 4100 : UINT32_MAX)};

		while (spool_read(&p, &control, record, sizeof(record)) >= 0)
			;
	}
	CU_ASSERT(file_reads(f, 8, 300));
	done();
}

/* ---- ASCII files from the host ---------------------------------------------------------------------------------------------- */

static void ascii_is_translated(void)
{
	struct disk_spool_file *e;
	struct spool_position p;
	struct spool_file *f;
	uint8_t record[10], control;

	start_clean();
	f = spool_create("A", SPOOL_READER, 'A');
	spool_append(f, 2, "CMS 40", 6);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
	e = (struct disk_spool_file *)(disk->data + TEST_SPOOL_FILES * VOLUME_BLOCK);
	e->charset = DISK_SPOOL_ASCII;
	e->crc = be32_make(crc32_update(0, (uint8_t *)e + 8, sizeof(*e) - 8));
	CU_ASSERT_EQUAL(ipl_again(), 0);
	f = spool_next("A", SPOOL_READER, '*', true, NULL);
	spool_open(f, &p);
	CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), 6);
	CU_ASSERT_EQUAL(memcmp(record, "\xc3\xd4\xe2\x40\xf4\xf0", 6), 0);
	done();
}

/* ---- a full area, failing disks ----------------------------------------------------------------------------------------------- */

static void full_area(void)
{
	uint8_t record[SPOOL_RECORD_MAX] = {1};
	struct spool_file *f, *g;
	uint32_t n = 0;

	start_clean();
	f = spool_create("A", SPOOL_PRINTER, 'A');
	g = spool_create("B", SPOOL_PRINTER, 'A');
	CU_ASSERT_EQUAL(spool_append(g, 1, "B", 1), 0);
	while (spool_append(f, 1, record, sizeof(record)) == 0)
		n++;
	CU_ASSERT_EQUAL(blocks_free(), 0);
	CU_ASSERT_EQUAL(n, TEST_SPOOL_DATA_BLOCKS); /* one in the buffer, one an indirect block */
	CU_ASSERT(spool_close(g, "B", SPOOL_PRINTER) < 0);
	CU_ASSERT(g->open);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	CU_ASSERT_EQUAL(spool_close(g, "B", SPOOL_PRINTER), 0);
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS - 1);
	done();
}

static void full_table(void)
{
	unsigned n = 0;
	struct spool_file *f;

	start_clean();
	for (;; n++) {
		f = file_make("A", 'A', n, 1);
		if (spool_close(f, "A", SPOOL_PUNCH) < 0)
			break;
	}
	CU_ASSERT_EQUAL(n, TEST_SPOOL_FILES_BLOCKS * VOLUME_SECTORS_PER_BLOCK);
	CU_ASSERT(f->open);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	CU_ASSERT_EQUAL(spool_purge(spool_next("A", SPOOL_PUNCH, '*', true, NULL)), 0);
	f = file_make("A", 'A', 1, 1);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_PUNCH), 0);
	done();
}

static void disk_fails(void)
{
	struct spool_file *f, *g;

	start_clean();
	g = file_make("A", 'A', 1, 200);
	CU_ASSERT_EQUAL(spool_close(g, "A", SPOOL_READER), 0);
	f = file_make("A", 'A', 2, 200);
	disk->all_fail = true;
	CU_ASSERT(spool_close(f, "A", SPOOL_READER) < 0);
	CU_ASSERT(f->open);
	CU_ASSERT_FALSE(file_reads(g, 1, 200));
	CU_ASSERT(spool_purge(g) < 0);
	g->class = 'Z';
	CU_ASSERT(spool_change(g) < 0);
	disk->all_fail = false;
	CU_ASSERT(file_reads(g, 1, 200));
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
	CU_ASSERT(file_reads(f, 2, 200));
	CU_ASSERT_EQUAL(spool_purge(g), 0);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS);
	done();
}

/* Blocks are read many at once; one that cannot be read is lost alone. */
static void one_block_fails(void)
{
	uint8_t record[SPOOL_RECORD_MAX] = {0}, control;
	struct spool_position p;
	struct spool_file *f;

	start_clean();
	f = spool_create("A", SPOOL_READER, 'A');
	for (uint32_t n = 0; n < 40; n++)
		CU_ASSERT_EQUAL(spool_append(f, 2, record, sizeof(record)), 0);
	CU_ASSERT_EQUAL(spool_close(f, "A", SPOOL_READER), 0);
	spool_open(f, &p);
	CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), SPOOL_RECORD_MAX);
	disk->read_error = (int64_t)be32_get(f->buffer->entry.direct[20]) * VOLUME_SECTORS_PER_BLOCK + 3;
	for (uint32_t n = 1; n < 20; n++)
		CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), SPOOL_RECORD_MAX);
	CU_ASSERT(spool_read(&p, &control, record, sizeof(record)) < -1);
	disk->read_error = -1;
	for (uint32_t n = 20; n < 40; n++)
		CU_ASSERT_EQUAL(spool_read(&p, &control, record, sizeof(record)), SPOOL_RECORD_MAX);
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	done();
}

/* ---- against a model -------------------------------------------------------------------------------------------------------------- */

#define MODEL_FILES 40

struct model_file {
	struct spool_file *f;
	uint16_t id;
	uint32_t seed, records;
	bool open, held;
	char class;
	char owner[9];
};

static struct model_file model[MODEL_FILES];

static void model_add(uint64_t *seed, struct model_file *m)
{
	*m = (struct model_file){
		.seed = hosted_random(seed), .records = hosted_random(seed) % 120, .open = true};
	m->class = (char)('A' + hosted_random(seed) % 3);
	format(m->owner, sizeof(m->owner), "USER%u", hosted_random(seed) % 4);
	m->f = file_make(m->owner, m->class, m->seed, m->records);
	if (m->f)
		m->id = m->f->id;
}

static void model_step(uint64_t *seed, struct model_file *m)
{
	uint8_t record[SPOOL_RECORD_MAX];

	if (!m->f) {
		model_add(seed, m);
		return;
	}
	switch (hosted_random(seed) % 6) {
	case 0:
		CU_ASSERT_EQUAL(spool_purge(m->f), 0);
		m->f = NULL;
		break;
	case 1:
		if (m->open && spool_append(m->f, (uint8_t)m->records, record,
					    record_make(m->seed, m->records, record)) == 0)
			m->records++;
		break;
	case 2:
		if (m->open && spool_close(m->f, m->owner, SPOOL_READER) == 0) {
			m->open = false;
			if (m->records == 0)
				m->f = NULL;
		}
		break;
	case 3:
		m->f->hold = m->held = !m->held;
		m->f->class = m->class = (char)('A' + hosted_random(seed) % 3);
		CU_ASSERT_EQUAL(spool_change(m->f), 0);
		break;
	default:
		if (!m->open)
			CU_ASSERT(file_reads(m->f, m->seed, m->records));
	}
}

static unsigned queue_length(const char *owner, char class, bool held)
{
	struct spool_file *f = NULL;
	unsigned n = 0;

	while ((f = spool_next(owner, SPOOL_READER, class, held, f)) != NULL)
		n++;
	return n;
}

static void model_compare(void)
{
	for (unsigned u = 0; u < 4; u++) {
		unsigned all = 0, free_a = 0;
		char owner[9];

		format(owner, sizeof(owner), "USER%u", u);
		for (unsigned i = 0; i < MODEL_FILES; i++) {
			struct model_file *m = &model[i];

			if (!m->f || m->open || strcmp(m->owner, owner) != 0)
				continue;
			all++;
			free_a += m->class == 'A' && !m->held;
			CU_ASSERT(m->f->records == m->records && m->f->hold == m->held &&
				  m->f->class == m->class);
		}
		CU_ASSERT_EQUAL(queue_length(owner, '*', true), all);
		CU_ASSERT_EQUAL(queue_length(owner, 'A', false), free_a);
	}
}

/* Open files are gone after an IPL, the others are all there. */
static void model_ipl(void)
{
	CU_ASSERT_EQUAL(ipl_again(), 0);
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	for (unsigned i = 0; i < MODEL_FILES; i++) {
		struct model_file *m = &model[i];

		if (!m->f)
			continue;
		m->f = m->open ? NULL : spool_find(m->id);
		CU_ASSERT(m->open || m->f);
	}
}

static void random_operations(void)
{
	unsigned steps = hosted_long() ? 200000 : 6000;
	uint64_t seed = 1972, before = 0;

	start_clean();
	memset(model, 0, sizeof(model));
	for (unsigned step = 0; step < steps; step++) {
		model_step(&seed, &model[hosted_random(&seed) % MODEL_FILES]);
		if (step % 50 == 0)
			model_compare();
		if (step % 500 == 499)
			model_ipl();
		if (step == 1000)
			before = hosted_heap_used();
	}
	for (unsigned i = 0; i < MODEL_FILES; i++) {
		if (model[i].f)
			CU_ASSERT_EQUAL(spool_purge(model[i].f), 0);
	}
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS);
	CU_ASSERT(hosted_heap_used() <= before);
	done();
}

/* ---- several users at once ---------------------------------------------------------------------------------------------------------- */

#define WRITERS 12

static unsigned writers_done;
static bool writers_right;

static void writer(void *argument)
{
	uint32_t seed = (uint32_t)(uintptr_t)argument;

	for (unsigned i = 0; i < 5; i++) {
		struct spool_file *f = file_make("A", 'A', seed + i, 60);

		if (!f || spool_close(f, "A", SPOOL_READER) < 0 || !file_reads(f, seed + i, 60) ||
		    spool_purge(f) < 0)
			writers_right = false;
	}
	writers_done++;
}

static void start_writers(void *argument)
{
	(void)argument;
	for (uintptr_t i = 0; i < WRITERS; i++)
		task_create("writer", writer, (void *)(i * 1000 + 1));
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
	CU_ASSERT_EQUAL(writers_done, WRITERS);
	CU_ASSERT(writers_right);
	CU_ASSERT_EQUAL(blocks_free(), TEST_SPOOL_DATA_BLOCKS);
	done();
}

/* ---- damage --------------------------------------------------------------------------------------------------------------------------- */

static struct disk_spool_file *slot(unsigned n)
{
	return (struct disk_spool_file *)(disk->data + TEST_SPOOL_FILES * VOLUME_BLOCK) + n;
}

static void seal(struct disk_spool_file *e)
{
	e->crc = be32_make(crc32_update(0, (uint8_t *)e + 8, sizeof(*e) - 8));
}

static void three_files(void)
{
	start_clean();
	for (uint32_t i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(spool_close(file_make("A", 'A', i, 100), "A", SPOOL_READER), 0);
}

static void dropped(const char *sentence)
{
	CU_ASSERT_EQUAL(ipl_again(), 0);
	if (!hosted_console_has(sentence)) {
		printf("\nwanted: %s\ngot: %s", sentence, hosted_console());
		CU_FAIL("another sentence");
	}
	CU_ASSERT(hosted_console_has("IN PLACE 1 OF VOLUME VM40SP"));
	CU_ASSERT_EQUAL(queue_length("A", '*', true), 2);
	CU_ASSERT_EQUAL(ipl_again(), 0); /* it is gone for good */
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	done();
}

static void damaged_descriptions(void)
{
	three_files();
	slot(1)->owner[2] ^= 1;
	dropped("CHECKSUM");
	three_files();
	slot(1)->magic[0] = 'X';
	dropped("IS NOT A SPOOL FILE");
	three_files();
	slot(1)->id = slot(0)->id;
	seal(slot(1));
	dropped("HAS THE SPOOL ID OF ANOTHER");
	three_files();
	slot(1)->id = be16_make(10000);
	seal(slot(1));
	dropped("IMPOSSIBLE SPOOL ID");
	three_files();
	slot(1)->direct[1] = slot(0)->direct[0];
	seal(slot(1));
	dropped("BLOCKS THAT ARE NOT ITS OWN");
	three_files();
	slot(1)->direct[0] = be32_make(TEST_CLOCK);
	seal(slot(1));
	dropped("BLOCKS THAT ARE NOT ITS OWN");
	three_files();
	slot(1)->blocks = be32_make(UINT32_MAX);
	seal(slot(1));
	dropped("IMPOSSIBLE NUMBER OF BLOCKS");
	three_files();
	slot(1)->blocks = be32_make(300);
	seal(slot(1));
	dropped("BLOCKS THAT ARE NOT ITS OWN");
	three_files();
	slot(1)->device = 9;
	seal(slot(1));
	dropped("IMPOSSIBLE QUEUE");
	three_files();
	slot(1)->serial = be64_make(UINT64_MAX);
	seal(slot(1));
	dropped("IMPOSSIBLE SERIAL");
}

static void damaged_data(void)
{
	struct spool_file *f;

	three_files();
	f = spool_next("A", SPOOL_READER, '*', true, NULL);
	disk->data[be32_get(slot(0)->direct[1]) * VOLUME_BLOCK + 50] ^= 4;
	CU_ASSERT_EQUAL(ipl_again(), 0);
	f = spool_next("A", SPOOL_READER, '*', true, NULL);
	CU_ASSERT_FALSE(file_reads(f, 0, 100));
	CU_ASSERT(hosted_console_has("BLOCK 1 CANNOT BE READ OR IS DAMAGED"));
	CU_ASSERT(file_reads(spool_next("A", SPOOL_READER, '*', true, f), 1, 100));
	CU_ASSERT_EQUAL(spool_purge(f), 0);
	done();

	/* A good block, but of another file. */
	three_files();
	memcpy(disk->data + be32_get(slot(1)->direct[1]) * VOLUME_BLOCK,
	       disk->data + be32_get(slot(0)->direct[1]) * VOLUME_BLOCK, VOLUME_BLOCK);
	f = spool_next("A", SPOOL_READER, '*', true, spool_next("A", SPOOL_READER, '*', true, NULL));
	hosted_console_clear();
	CU_ASSERT_FALSE(file_reads(f, 1, 100));
	CU_ASSERT(hosted_console_has("BLOCK 1 CANNOT BE READ OR IS DAMAGED"));
	done();
}

static void use_everything(void *argument)
{
	struct spool_file *f;
	struct spool_position p;
	uint8_t record[300], control;

	(void)argument;
	if (ipl_again() < 0)
		return;
	while ((f = spool_next(NULL, SPOOL_READER, '*', true, NULL)) != NULL) {
		spool_open(f, &p);
		while (spool_read(&p, &control, record, sizeof(record)) >= 0)
			;
		f->hold = true;
		spool_change(f);
		if (spool_purge(f) < 0)
			return;
	}
}

static void mutations(void)
{
	unsigned rounds = hosted_long() ? 30000 : 800;
	size_t size = (size_t)TEST_BLOCKS * VOLUME_BLOCK;
	uint8_t *good = malloc(size);
	uint64_t seed = 1970, before = 0;
	struct spool_file *f;

	three_files();
	f = spool_create("A", SPOOL_PUNCH, 'A');
	for (unsigned i = 0; i < 80; i++) /* has an indirect block */
		spool_append(f, 0, good, SPOOL_RECORD_MAX);
	spool_close(f, "A", SPOOL_READER);
	memcpy(good, disk->data, size);
	for (unsigned round = 0; round < rounds; round++) {
		unsigned n = hosted_random(&seed) % 4, many = 1 + hosted_random(&seed) % 4;
		static const uint32_t starts[] = {TEST_SPOOL_FILES, TEST_SPOOL_FILES, TEST_SPOOL_DATA};

		memcpy(disk->data, good, size);
		while (many--) {
			uint32_t block = starts[hosted_random(&seed) % 3];
			size_t at = (size_t)block * VOLUME_BLOCK + hosted_random(&seed) % (4 * SECTOR_SIZE);

			if (block == TEST_SPOOL_DATA)
				at += (size_t)(hosted_random(&seed) % 95) * VOLUME_BLOCK;
			disk->data[at] = (uint8_t)hosted_random(&seed);
		}
		if (hosted_random(&seed) & 1)
			seal(slot(n));
		hosted_console_clear();
		UNIT_IN_TASK(use_everything, NULL);
		if (round == 100)
			before = hosted_heap_used();
	}
	CU_ASSERT(hosted_heap_used() <= before);
	free(good);
	done();
}

static void no_spool_area(void)
{
	struct volume_label *l;

	start_clean();
	l = hosted_volume_label(disk);
	l->area[VOLUME_AREA_SPOOL_DATA].count = be32_make(0);
	hosted_volume_label_seal(disk);
	CU_ASSERT(ipl_again() < 0);
	CU_ASSERT(hosted_console_has("HAS NO SPOOL AREA"));
	done();
	start_clean();
	disk->read_error = TEST_SPOOL_FILES * VOLUME_SECTORS_PER_BLOCK + 9;
	CU_ASSERT(ipl_again() < 0);
	CU_ASSERT(hosted_console_has("CANNOT BE BROUGHT UP"));
	done();
}

static const struct unit_test tests[] = {
	{"a file's life, over an IPL", life_of_a_file},
	{"empty files, long records, files that are gone", empty_and_refused},
	{"a file with indirect blocks", long_file},
	{"positions out of a hostile saved machine", wild_positions},
	{"a host's ASCII file reads as EBCDIC", ascii_is_translated},
	{"a full area", full_area},
	{"a full table of files", full_table},
	{"a disk that fails loses nothing that it confirmed", disk_fails},
	{"of blocks read at once one that fails is lost alone", one_block_fails},
	{"random operations against a model", random_operations},
	{"twelve writers on a slow disk", many_writers},
	{"damaged descriptions are dropped with a reason", damaged_descriptions},
	{"damaged data shows when it is read", damaged_data},
	{"mutated spool areas: no crash, no storage kept", mutations},
	{"no spool area, or one that cannot be read", no_spool_area},
};

UNIT_MAIN("spool", tests)
