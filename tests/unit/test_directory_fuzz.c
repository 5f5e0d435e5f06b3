/*
 * test_directory_fuzz.c - mutated directory files, object directories and volumes: no crash, no hang, nothing impossible accepted.
 *
 * usage: unit-directory_fuzz [RUNS [SEED]]; RUNS may also be given as FUZZ_RUNS in the environment; with VM40_LONG
 * it is ten million. Each run has a seed of its own, which
 * is printed when it crashes; `unit-directory_fuzz 1 SEED` does that one again.
 */
#include <sanitizer/common_interface_defs.h>
#include <cp/crc32.h>
#include <cp/object.h>
#include "check.h"
#include "directory.h"
#include "directory_unit.h"
#include "image.h"
#include "parse.h"
#include "secret.h"
#include "text.h"
#include "volume.h"

#define RUNS_USUAL 10000
#define RUNS_LONG  10000000 /* with VM40_LONG in the environment */
#define PROGRESS   100000
#define SPACE      ((struct minidisk_space){true, 131072, 524288})

static uint64_t runs = RUNS_USUAL, first_seed = 1;
static uint64_t seed_now, state;
static FILE *nowhere;

/* xorshift64* */
static uint32_t dice(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * UINT64_C(2685821657736338717)) >> 32) % below;
}

static void run_begin(uint64_t seed)
{
	if (runs > PROGRESS && (seed - first_seed) % PROGRESS == 0)
		fprintf(stderr, "fuzz: seed %llu of %llu\n", (unsigned long long)seed,
			(unsigned long long)(first_seed + runs));
	seed_now = seed;
	state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (int i = 0; i < 4; i++)
		dice(2);
}

static void died(void)
{
	fprintf(stderr, "fuzz: it was the run with seed %llu\n", (unsigned long long)seed_now);
}

/* ---- directory files ------------------------------------------------------------------------------------------ */

static const char everything[] =
	"DIRECTORY 123 9336 VM40V1\nPROFILE P\n COMMAND FIRST\n SPOOL 00E 1403 A\n LINK MAINT 190 190 RR\n"
	"USER MAINT MAINT 16M 64M ABCDEG\n MDISK 190 9336 131072 100 VM40V1 MW ALL\n"
	"USER ALICE SECRET 1M 2M AB 50 ON OFF ! \"\n INCLUDE P\n ACCOUNT 77 BIN7\n MACHINE XC 4\n STORAGE "
	"32M\n"
	" MAXSTORAGE 1G\n CLASS CDEG\n OPTION QUICKDSP CPUID 0a1b2c MAXCONN 12\n IPL CMS LOADPARM ABC PARM "
	"Auto  Cr\n"
	" SHARE ABSOLUTE 12.5% 50% LIMITHARD\n LOGONBY BOB ,\n  MAINT\n AUTOLOG BOB\n COMMAND set emsg ON\n"
	" CONSOLE 009 3215 X BOB OBSERVER\n SPOOL 00C 2540 READER\n SPOOL 00D 2540 PUNCH C\n"
	" MDISK 191 3370 200000 2048 VM40V1 MR RPASS ALL\n MDISK 192 9336 500000 END VM40V1\n"
	"USER BOB LBYONLY\n LOGONBY MAINT\n";

static const char *const words[] = {
	"USER",      "PROFILE",  "INCLUDE", "MDISK",      "LINK",
	"SPOOL",     "CONSOLE",  "END",     "ALL",        "NOLOG",
	",",         "*",        "9336",    "3390",       "191",
	"FFFF",      "10000",    "0",       "4294967295", "99999999999999999999999",
	"16M",       "4K",       "1T",      "-1",         "100%",
	"0.1%",      "PARM",     "CPUID",   "READER",     "ABCDEFGH",
	"ABCDEFGHI", "\t",       "\r\n",    "\n\n",       "OPTION",
	"SHARE",     "RELATIVE", "COMMAND", "LOGONBY",    "DIRECTORY"};

#define TEXT_MOST 8000

struct source_text {
	char bytes[TEXT_MOST];
	size_t length;
};

static void text_insert(struct source_text *t, size_t at, const char *what, size_t n)
{
	if (n > TEXT_MOST - t->length)
		n = TEXT_MOST - t->length;
	memmove(t->bytes + at + n, t->bytes + at, t->length - at);
	memmove(t->bytes + at, what, n);
	t->length += n;
}

static void text_delete(struct source_text *t, size_t at, size_t n)
{
	if (n > t->length - at)
		n = t->length - at;
	memmove(t->bytes + at, t->bytes + at + n, t->length - at - n);
	t->length -= n;
}

static size_t line_start(const struct source_text *t, size_t at)
{
	while (at > 0 && t->bytes[at - 1] != '\n')
		at--;
	return at;
}

static void text_mutate(struct source_text *t)
{
	char line[200];
	size_t at = t->length > 0 ? dice((uint32_t)t->length) : 0, from, n = 0;
	const char *word = words[dice(sizeof(words) / sizeof(words[0]))];

	switch (dice(7)) {
	case 0: /* a byte */
		if (t->length > 0)
			t->bytes[at] = (char)dice(256);
		break;
	case 1: /* a word more */
		text_insert(t, at, " ", 1);
		text_insert(t, at, word, strlen(word));
		break;
	case 2: /* a word in a word's place */
		while (at + n < t->length && t->bytes[at + n] != ' ' && t->bytes[at + n] != '\n')
			n++;
		text_delete(t, at, n);
		text_insert(t, at, word, strlen(word));
		break;
	case 3: /* something less */
		text_delete(t, at, 1 + dice(40));
		break;
	case 4: /* a line again, somewhere */
		from = line_start(t, at);
		while (from + n < t->length && n < sizeof(line) && (n == 0 || t->bytes[from + n - 1] != '\n'))
			n++;
		memcpy(line, t->bytes + from, n);
		text_insert(t, line_start(t, dice((uint32_t)t->length + 1)), line, n);
		break;
	case 5: /* the end less */
		if (dice(10) == 0)
			t->length = at;
		break;
	default: /* one character many times */
		memset(line, (int)(dice(2) ? ' ' : 'A' + dice(26)), sizeof(line));
		text_insert(t, at, line, dice(sizeof(line)));
		break;
	}
}

/* What passes the checks must also pass CP's reader. */
static void image_prove(struct model *model)
{
	struct object_source source = {object_memory_read, NULL, 0};
	struct object_directory d;
	struct object_user user;
	struct image image;
	uint8_t *buf = malloc(OBJECT_ENTRY_MAX);
	int status;

	image_build(&image, model, &SPACE, 1, 1);
	source.context = image.bytes;
	source.size = image.length;
	status = object_open(&d, &source);
	for (uint32_t i = 0; status == OBJECT_OK && i < model->users.count; i++) {
		const struct user *u = user_resolve(&model->arena, model->users.entries[i]);

		status = object_find(&d, u->userid, &user);
		if (status == OBJECT_OK)
			status = object_read(&d, &user, buf);
		if (status == OBJECT_OK && user.length != object_entry_length(u))
			status = OBJECT_IMPOSSIBLE;
	}
	if (status != OBJECT_OK)
		died();
	CU_ASSERT_EQUAL(status, OBJECT_OK);
	free(buf);
	image_free(&image);
}

/* What compiles must come back from its canonical text as the same, byte for byte. */
static void canonical_prove(struct model *model)
{
	struct text once = {0}, twice = {0};
	struct model again = {0};
	struct source source = {.name = "canonical"};
	struct messages m = {.out = nowhere, .name = "canonical", .source = &source};

	text_directory(&once, model, TEXT_HASHES);
	source.text = once.bytes;
	source.length = once.length;
	parse_source(&again, &source, &m);
	text_directory(&twice, &again, TEXT_HASHES);
	if (m.errors > 0 || strcmp(once.bytes, twice.bytes) != 0) {
		died();
		fprintf(stderr, "%s---- is not\n%s", once.bytes, twice.bytes);
		CU_FAIL("the canonical text is not stable");
	}
	messages_free(&m);
	model_free(&again);
	text_free(&once);
	text_free(&twice);
}

static bool text_compile(const struct source_text *t)
{
	char *exact = malloc(t->length + 1); /* so that a read past the end is seen */
	struct source source = {.name = "text", .text = exact, .length = t->length};
	struct messages m = {.out = nowhere, .name = "text", .source = &source};
	struct model model = {0};
	uint64_t hashed = 0;

	memcpy(exact, t->bytes, t->length);
	exact = realloc(exact, t->length > 0 ? t->length : 1);
	source.text = exact;
	parse_source(&model, &source, &m);
	check_model(&model, &SPACE, &m);
	if (m.errors == 0 && secrets_seal(&model, NULL, 1, &hashed)) {
		image_prove(&model);
		canonical_prove(&model);
	}
	messages_free(&m);
	model_free(&model);
	free(exact);
	return m.errors == 0;
}

static void fuzz_parser(void)
{
	size_t length;
	char *classroom = unit_read("directory/classroom.direct", &length);
	struct source_text *t = malloc(sizeof(*t));
	uint64_t passed = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(classroom);
	for (uint64_t i = 0; i < runs; i++) {
		run_begin(first_seed + i);
		t->length = dice(2) ? sizeof(everything) - 1 : length;
		memcpy(t->bytes, t->length == length ? classroom : everything, t->length);
		for (uint32_t n = dice(4) == 0 ? dice(20) : dice(3); n-- > 0;)
			text_mutate(t);
		passed += text_compile(t);
	}
	printf("[%llu of %llu compiled] ", (unsigned long long)passed, (unsigned long long)runs);
	CU_ASSERT_TRUE(runs < 1000 || (passed > runs / 50 && passed < runs));
	free(t);
	free(classroom);
}

/* ---- object directories ---------------------------------------------------------------------------------------- */

static void image_of_everything(struct image *image)
{
	struct source source = {.name = "text", .text = (char *)everything, .length = sizeof(everything) - 1};
	struct messages m = {.out = stdout, .name = "text", .source = &source};
	struct model model = {0};
	uint64_t hashed = 0;

	parse_source(&model, &source, &m);
	secrets_seal(&model, NULL, 1, &hashed);
	check_model(&model, &SPACE, &m);
	CU_ASSERT_EQUAL(m.errors, 0);
	image_build(image, &model, &SPACE, 1, 1);
	messages_free(&m);
	model_free(&model);
}

static uint64_t get(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | *p++;
	return v;
}

/* Make the checksums of a mutated image right again, as far as they cover bytes that are there. */
static void mend(uint8_t *p, size_t length)
{
	struct object_header *h = (struct object_header *)p;
	uint64_t index = be32_get(h->index_offset);

	for (uint32_t i = 0;
	     i < 3 && index <= length && length - index >= (i + 1) * sizeof(struct object_index); i++) {
		struct object_index *x = (struct object_index *)(p + index) + i;
		uint64_t offset = get(x->offset.b, 8), n = get(x->length.b, 4);

		if (offset <= length && n <= length - offset)
			x->entry_crc = be32_make(crc32_update(0, p + offset, n));
		x->crc = be32_make(crc32_update(0, (uint8_t *)x + 4, sizeof(*x) - 4));
	}
	h->crc = be32_make(crc32_update(0, p + 12, sizeof(*h) - 12));
}

/* Look at all that the reader lets through. */
static unsigned image_read(uint8_t *p, size_t length)
{
	struct object_source source = {object_memory_read, p, length};
	struct object_directory d;
	struct object_user user;
	unsigned good = 0;

	if (object_open(&d, &source) != OBJECT_OK)
		return 0;
	(void)!object_find(&d, "ALICE", &user);
	for (uint32_t i = 0; i < d.count && i < 10; i++) {
		const struct object_record *r;
		struct object_cursor c;
		uint8_t *entry;
		uint64_t sum = 0;

		if (object_at(&d, i, &user) != OBJECT_OK)
			continue;
		entry = malloc(user.length);
		if (object_read(&d, &user, entry) == OBJECT_OK) {
			object_records(&c, entry, user.length);
			while ((r = object_next(&c)) != NULL)
				for (unsigned k = 0; k < be16_get(r->length); k++)
					sum += ((const uint8_t *)r)[k];
			good += sum > 0;
		}
		free(entry);
	}
	return good;
}

static void fuzz_object(void)
{
	struct image image;
	uint64_t passed = 0;

	image_of_everything(&image);
	CU_ASSERT_EQUAL(image_read(image.bytes, image.length), 3);
	for (uint64_t i = 0; i < runs; i++) {
		size_t length = image.length;
		uint8_t *p;

		run_begin(first_seed + i);
		if (dice(8) == 0)
			length = 512 + dice((uint32_t)length - 511);
		p = malloc(length);
		memcpy(p, image.bytes, length);
		for (uint32_t n = 1 + dice(4); n-- > 0;) {
			/* mostly where something is: the header, the indexes, the entries */
			uint32_t at = dice(3) == 0    ? dice(128)
				      : length > 4096 ? 4096 + dice((uint32_t)length - 4096)
						      : dice((uint32_t)length);

			p[at] = (uint8_t)(dice(3) == 0   ? 0xff
					  : dice(2) == 0 ? p[at] ^ 1u << dice(8)
							 : dice(256));
		}
		if (dice(8) != 0)
			mend(p, length);
		passed += image_read(p, length) > 0;
		free(p);
	}
	printf("[%llu of %llu read] ", (unsigned long long)passed, (unsigned long long)runs);
	CU_ASSERT_TRUE(runs < 1000 || (passed > runs / 50 && passed < runs));
	image_free(&image);
}

/* ---- volumes --------------------------------------------------------------------------------------------------- */

/* A small volume with one user, who has a reader file of 105 blocks: 72 direct ones, one indirect block and what it names. */
static const char *volume_make(uint8_t **bytes, size_t *length)
{
	static const char source[] =
		"DIRECTORY 123 9336 VM40V1\nUSER ALICE NOLOG\n MDISK 191 9336 8192 8 VM40V1\n";
	struct volume_sizes z = {.bytes = 8u << 20,
				 .cp_bytes = 4u << 20,
				 .object_bytes = 16384,
				 .spool_bytes = 1u << 20,
				 .spool_files = 16};
	const char *v = unit_path("volume"), *deck;
	static char cards[400000];

	CU_ASSERT_EQUAL(volume_format(v, "VM40V1", &z, true, stdout), 0);
	CU_ASSERT_EQUAL(
		unit_build(unit_file("source", source, sizeof(source) - 1), unit_path("db"), v, stdout), 0);
	memset(cards, 'A', sizeof(cards));
	deck = unit_file("deck", cards, sizeof(cards));
	CU_ASSERT_EQUAL(volume_put_reader(v, "ALICE", deck, NULL, NULL, 0, VOLUME_BINARY, NULL, stdout), 0);
	*bytes = (uint8_t *)unit_read(v, length);
	return v;
}

/* Checksums right again over what was changed in a block. */
static void block_mend(uint8_t *block)
{
	uint32_t used = (uint32_t)get(block + 20, 2);

	if (memcmp(block, DISK_SPOOL_FILE_MAGIC, 4) == 0)
		memcpy(block + 4, be32_make(crc32_update(0, block + 8, 504)).b, 4);
	else if (memcmp(block, DISK_SPOOL_INDIRECT_MAGIC, 4) == 0)
		memcpy(block + 4, be32_make(crc32_update(0, block + 8, 4088)).b, 4);
	else if (memcmp(block, DISK_SPOOL_DATA_MAGIC, 4) == 0 && used <= DISK_SPOOL_DATA_ROOM)
		memcpy(block + 4, be32_make(crc32_update(0, block + 8, 24 + used)).b, 4);
	else
		memcpy(block + 8, be32_make(crc32_update(0, block + 12, 500)).b, 4);
}

/* Some bytes of the label, the directory, the table of spool files or its blocks: listed and copied out without a crash. */
static void fuzz_volume(void)
{
	/* label, clock, directory A, its index, spool files, data blocks, and the indirect block */
	static const uint32_t hot[] = {1, 2, 256, 257, 264, 266, 267, 338, 339};
	uint64_t good = 0, turns = runs / 20 + 1;
	uint8_t *bytes, block[VOLUME_BLOCK];
	uint32_t start, sectors;
	size_t length;
	const char *v = volume_make(&bytes, &length);

	CU_ASSERT_EQUAL(volume_list(v, nowhere, stdout), 0);
	for (uint64_t i = 0; i < turns; i++) {
		FILE *f = fopen(v, "r+b");
		uint32_t where;

		run_begin(first_seed + i);
		where = hot[dice(9)] * VOLUME_BLOCK;
		memcpy(block, bytes + where, sizeof(block));
		for (uint32_t n = 1 + dice(3); n-- > 0;)
			block[dice(4) == 0 ? dice(4096) : dice(256)] =
				(uint8_t)(dice(3) == 0 ? 0xff : dice(256));
		if (dice(8) != 0)
			block_mend(block);
		fseek(f, where, SEEK_SET);
		fwrite(block, 1, sizeof(block), f);
		fflush(f);
		good += volume_list(v, nowhere, nowhere) == 0;
		(void)!volume_get_spool(v, 1, VOLUME_TEXT, nowhere, nowhere);
		(void)!volume_find_minidisk(v, "ALICE", 0x191, &start, &sectors, nowhere);
		fseek(f, where, SEEK_SET);
		fwrite(bytes + where, 1, sizeof(block), f);
		fclose(f);
	}
	CU_ASSERT_EQUAL(volume_list(v, nowhere, stdout), 0); /* all as it was */
	printf("[%llu of %llu listed as good] ", (unsigned long long)good, (unsigned long long)turns);
	CU_ASSERT_TRUE(turns < 100 || (good > turns / 50 && good < turns));
	free(bytes);
}

static const struct unit_test tests[] = {
	{"mutated directory files", fuzz_parser},
	{"mutated object directories", fuzz_object},
	{"mutated volumes", fuzz_volume},
};

int main(int argc, char **argv)
{
	const char *wanted = argc > 1 ? argv[1] : getenv("FUZZ_RUNS");

	if (getenv("VM40_LONG") != NULL)
		runs = RUNS_LONG;
	if (wanted != NULL)
		runs = strtoull(wanted, NULL, 10);
	if (argc > 2)
		first_seed = strtoull(argv[2], NULL, 10);
	nowhere = fopen("/dev/null", "w");
	__sanitizer_set_death_callback(died);
	return unit_run("directory: fuzz", tests, sizeof(tests) / sizeof(tests[0]));
}
