/*
 * test_directory_fuzz.c - mutated directory files, object directories and volumes: no crash, no hang, nothing impossible accepted.
 *
 * usage: unit-directory_fuzz [RUNS [SEED [WORKERS [parser|reader|volume]]]]; without RUNS 10,000, with VM40_LONG in the environment ten million.
 * A run of the parser takes some entries of real files (the classroom's, one with every statement, one in VM/370's style, one in z/VM's), or a
 * whole one, changes it in none to nineteen places with words of the language among them, and parses and checks what
 * comes of it. Of those that have no error, one in four goes on through the object directory to CP's reader, and through its canonical text
 * back to the parser. A run of the reader takes an object directory of some of these entries, changes bytes where something stands,
 * mostly makes the checksums right again, and has CP's reader find and read each entry.
 */
#include <cp/crc32.h>
#include <cp/object.h>
#include "check.h"
#include "directory.h"
#include "directory_samples.h"
#include "directory_unit.h"
#include "fuzz.h"
#include "image.h"
#include "parse.h"
#include "secret.h"
#include "text.h"
#include "volume.h"

#define RUNS_USUAL   10000
#define RUNS_LONG    10000000 /* with VM40_LONG in the environment */
#define VOLUME_SHARE 100      /* a run with a file costs a hundred times what one in storage does */
#define SPACE        ((struct minidisk_space){true, 131072, 524288})

static FILE *nowhere;

/* ---- directory files ------------------------------------------------------------------------------------------ */

static const char *const words[] = {
	"USER",      "PROFILE",  "INCLUDE", "MDISK",      "LINK",
	"SPOOL",     "CONSOLE",  "END",     "ALL",        "NOLOG",
	",",         "*",        "9336",    "3390",       "191",
	"FFFF",      "10000",    "0",       "4294967295", "99999999999999999999999",
	"16M",       "4K",       "1T",      "-1",         "100%",
	"0.1%",      "PARM",     "CPUID",   "READER",     "ABCDEFGH",
	"ABCDEFGHI", "\t",       "\r\n",    "\n\n",       "OPTION",
	"SHARE",     "RELATIVE", "COMMAND", "LOGONBY",    "DIRECTORY"};

/* ---- real files, and what is made of them ------------------------------------------------------------------------ */

#define TEXT_MOST    8000
#define SAMPLES      4
#define ENTRIES_MOST 32

/* A directory file, cut where entries begin: what stands in front of the first, then each. */
struct sample {
	const char *text;
	size_t start[ENTRIES_MOST + 1];
	unsigned entries;
};

static struct sample samples[SAMPLES];

struct source_text {
	char bytes[TEXT_MOST];
	size_t length;
};

static bool line_opens(const char *line)
{
	return strncmp(line, "USER ", 5) == 0 || strncmp(line, "PROFILE ", 8) == 0 ||
	       strncmp(line, "IDENTITY ", 9) == 0;
}

static void sample_cut(struct sample *s, const char *text)
{
	*s = (struct sample){.text = text};
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (line_opens(line))
			s->start[s->entries++] = (size_t)(line - text);
	s->start[s->entries] = strlen(text);
}

static void samples_make(void)
{
	size_t length;

	sample_cut(&samples[0], unit_read("directory/classroom.direct", &length));
	sample_cut(&samples[1], sample_everything);
	sample_cut(&samples[2], sample_vm370);
	sample_cut(&samples[3], sample_zvm);
}

static void text_insert(struct source_text *t, size_t at, const char *what, size_t n)
{
	if (n > TEXT_MOST - t->length)
		n = TEXT_MOST - t->length;
	memmove(t->bytes + at + n, t->bytes + at, t->length - at);
	memmove(t->bytes + at, what, n);
	t->length += n;
}

/* A whole sample, or what stands in front of its entries with some of these, in their order. */
static void text_choose(struct source_text *t)
{
	const struct sample *s = &samples[dice(8) > 4 ? dice(SAMPLES) : dice(2)];
	uint32_t chosen = dice(16) == 0 ? UINT32_MAX : 0;

	for (unsigned i = 1 + dice(3); i-- > 0;)
		chosen |= 1u << dice(s->entries);
	if (dice(2))
		chosen |= 1; /* where the profile stands */
	t->length = 0;
	text_insert(t, 0, s->text, s->start[0]);
	for (unsigned i = 0; i < s->entries; i++)
		if (chosen & 1u << i)
			text_insert(t, t->length, s->text + s->start[i], s->start[i + 1] - s->start[i]);
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
		fuzz_fail("CP's reader does not take what the compiler made");
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
		fprintf(stderr, "%s---- is not\n%s", once.bytes, twice.bytes);
		fuzz_fail("the canonical text is not stable");
	}
	messages_free(&m);
	model_free(&again);
	text_free(&once);
	text_free(&twice);
}

static bool text_compile(const struct source_text *t)
{
	char *exact = malloc(t->length > 0 ? t->length : 1); /* so that a read past the end is seen */
	struct source source = {.name = "text", .text = exact, .length = t->length};
	struct messages m = {.out = nowhere, .name = "text", .source = &source, .lenient = dice(4) == 0};
	struct model model = {0};
	uint64_t hashed = 0;

	memcpy(exact, t->bytes, t->length);
	parse_source(&model, &source, &m);
	check_model(&model, &SPACE, &m);
	if (m.errors == 0 && dice(4) == 0 && secrets_seal(&model, NULL, 1, &hashed)) {
		image_prove(&model);
		canonical_prove(&model);
	}
	messages_free(&m);
	model_free(&model);
	free(exact);
	return m.errors == 0;
}

static bool parser_run(void)
{
	static struct source_text t;

	text_choose(&t);
	for (uint32_t n = dice(8) == 0 ? dice(20) : dice(3); n-- > 0;)
		text_mutate(&t);
	return text_compile(&t);
}

static void fuzz_parser(void)
{
	fuzz_all("parser", parser_run, fuzz.runs);
}

/* ---- object directories ---------------------------------------------------------------------------------------- */

/* Object directories of the sample with every statement: of each user, of pairs of them, of all. */
#define IMAGES 8

static struct image images[IMAGES];

static void image_of(struct image *image, const char *text)
{
	struct source source = {.name = "text", .text = (char *)text, .length = strlen(text)};
	struct messages m = {.out = stdout, .name = "text", .source = &source, .quiet = true};
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

/* Number n has the users whose bits are one in n; 0 has all that the classroom has. */
static void images_make(void)
{
	const struct sample *s = &samples[1];

	image_of(&images[0], samples[0].text);
	for (unsigned n = 1; n < IMAGES; n++) {
		struct source_text t = {.length = 0};

		text_insert(&t, 0, s->text, s->start[1]); /* with the profile */
		for (unsigned i = 0; i < 3; i++)
			if (n & 1u << i)
				text_insert(&t, t.length, s->text + s->start[i + 1],
					    s->start[i + 2] - s->start[i + 1]);
		text_insert(&t, t.length, "", 1);
		image_of(&images[n], t.bytes);
	}
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
	(void)!object_find(&d, dice(2) ? "ALICE" : "STUDENT3", &user);
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

static void image_mutate(uint8_t *p, size_t length)
{
	/* mostly where something is: the header, the indexes, the entries */
	uint32_t at = dice(3) == 0    ? dice(128)
		      : length > 4096 ? 4096 + dice((uint32_t)length - 4096)
				      : dice((uint32_t)length);

	p[at] = (uint8_t)(dice(3) == 0 ? 0xff : dice(2) == 0 ? p[at] ^ 1u << dice(8) : dice(256));
}

static bool reader_run(void)
{
	const struct image *image = &images[dice(16) == 0 ? 0 : 1 + dice(IMAGES - 1)];
	size_t length = image->length;
	uint8_t *p;
	bool good;

	if (dice(8) == 0)
		length = 512 + dice((uint32_t)length - 511);
	p = malloc(length);
	memcpy(p, image->bytes, length);
	for (uint32_t n = 1 + dice(4); n-- > 0;)
		image_mutate(p, length);
	if (dice(8) != 0)
		mend(p, length);
	good = image_read(p, length) > 0;
	free(p);
	return good;
}

static void fuzz_reader(void)
{
	images_make();
	CU_ASSERT_EQUAL(image_read(images[7].bytes, images[7].length), 3);
	fuzz_all("reader", reader_run, fuzz.runs);
	for (unsigned n = 0; n < IMAGES; n++)
		image_free(&images[n]);
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

static uint8_t *volume_bytes;
static size_t volume_length;

/* Each worker spoils a file of its own. */
static const char *volume_mine(void)
{
	static const char *mine;

	if (mine == NULL) {
		char name[32];

		snprintf(name, sizeof(name), "volume-%d", (int)getpid());
		mine = unit_file(name, volume_bytes, volume_length);
	}
	return mine;
}

/* Some bytes of the label, the directory, the table of spool files or its blocks: listed and copied out without a crash. */
static bool volume_run(void)
{
	/* label, clock, directory A, its index, spool files, data blocks, and the indirect block */
	static const uint32_t hot[] = {1, 2, 256, 257, 264, 266, 267, 338, 339};
	const char *v = volume_mine();
	uint8_t block[VOLUME_BLOCK];
	uint32_t start, sectors, where = hot[dice(9)] * VOLUME_BLOCK;
	FILE *f = fopen(v, "r+b");
	bool good;

	memcpy(block, volume_bytes + where, sizeof(block));
	for (uint32_t n = 1 + dice(3); n-- > 0;)
		block[dice(4) == 0 ? dice(4096) : dice(256)] = (uint8_t)(dice(3) == 0 ? 0xff : dice(256));
	if (dice(8) != 0)
		block_mend(block);
	fseek(f, where, SEEK_SET);
	fwrite(block, 1, sizeof(block), f);
	fflush(f);
	good = volume_list(v, nowhere, nowhere) == 0;
	(void)!volume_get_spool(v, 1, VOLUME_TEXT, nowhere, nowhere);
	(void)!volume_find_minidisk(v, "ALICE", 0x191, &start, &sectors, nowhere);
	fseek(f, where, SEEK_SET);
	fwrite(volume_bytes + where, 1, sizeof(block), f);
	fclose(f);
	return good;
}

static void fuzz_volume(void)
{
	const char *v = volume_make(&volume_bytes, &volume_length);

	CU_ASSERT_EQUAL(volume_list(v, nowhere, stdout), 0);
	fuzz_all("volume", volume_run, fuzz.runs / VOLUME_SHARE);
	free(volume_bytes);
}

static const struct unit_test tests[] = {
	{"mutated directory files", fuzz_parser},
	{"mutated object directories", fuzz_reader},
	{"mutated volumes", fuzz_volume},
};

static const char *const parts[] = {"parser", "reader", "volume"};

int main(int argc, char **argv)
{
	unsigned first = 0, count = sizeof(tests) / sizeof(tests[0]);

	fuzz.runs = argc > 1                      ? strtoull(argv[1], NULL, 10)
		    : getenv("VM40_LONG") != NULL ? RUNS_LONG
						  : RUNS_USUAL;
	fuzz.first_seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	fuzz.workers = argc > 3 ? (unsigned)atoi(argv[3]) : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	fuzz.workers = fuzz.workers < 1                  ? 1
		       : fuzz.workers > FUZZ_WORKERS_MAX ? FUZZ_WORKERS_MAX
							 : fuzz.workers;
	for (unsigned i = 0; argc > 4 && i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strcmp(argv[4], parts[i]) == 0) {
			first = i;
			count = 1;
		}
	nowhere = fopen("/dev/null", "w");
	samples_make();
	return unit_run("directory: fuzz", tests + first, count);
}
