/*
 * test_host_volume.c - one volume, two hands: what `vm40 volume` writes CP reads, and the other way round.
 *
 * It runs build/vm40 (VM40 in the environment names another) on a volume in a temporary directory.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/format.h>
#include <cp/image.h>
#include <cp/object.h>
#include <cp/saved.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINES 300
#define BYTES 40000

static char directory[] = "/tmp/vm40-unit-XXXXXX";
static char volume[64];

static int shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int shell(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return system(command);
}

static const char *vm40(void)
{
	return getenv("VM40") ? getenv("VM40") : "build/vm40";
}

static uint8_t byte_at(unsigned n)
{
	return (uint8_t)(n * 7 + n / 256);
}

static void files_make(void)
{
	char path[80];
	FILE *f;

	snprintf(path, sizeof(path), "%s/text", directory);
	f = fopen(path, "w");
	for (unsigned n = 0; n < LINES; n++)
		fprintf(f, "line %u of a text\n", n);
	fclose(f);
	snprintf(path, sizeof(path), "%s/bin", directory);
	f = fopen(path, "w");
	for (unsigned n = 0; n < BYTES; n++)
		fputc(byte_at(n), f);
	fclose(f);
}

/* ---- the host writes, CP reads ------------------------------------------------------------------------------------------ */

static bool text_is_right(struct spool_file *f)
{
	struct spool_position p;
	uint8_t record[200], control, want[200];

	spool_open(f, &p);
	for (unsigned n = 0; n < LINES; n++) {
		int length = spool_read(&p, &control, record, sizeof(record));
		int wanted = format((char *)want, sizeof(want), "line %u of a text", n);

		ascii_to_ebcdic(want, (size_t)wanted);
		if (length < wanted || memcmp(record, want, (size_t)wanted) != 0)
			return false;
		for (int i = wanted; i < length; i++) /* cards are filled with blanks */
			if (record[i] != 0x40)
				return false;
	}
	return spool_read(&p, &control, record, sizeof(record)) == -1;
}

static bool bytes_are_right(struct spool_file *f)
{
	struct spool_position p;
	uint8_t record[200], control;
	unsigned n = 0;
	int length;

	spool_open(f, &p);
	while ((length = spool_read(&p, &control, record, sizeof(record))) >= 0) {
		for (int i = 0; i < length && n < BYTES; i++, n++)
			if (record[i] != byte_at(n))
				return false;
	}
	return length == -1 && n == BYTES;
}

static void cp_reads(void)
{
	struct hosted_disk *d = hosted_disk_open(volume, 0x120);
	struct spool_file *text, *bin;
	unsigned users = 0;
	char userid[9];

	hosted_console_clear();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT(volume_clock_read(volume_find(NULL)) > TOD_UNIX_EPOCH);
	CU_ASSERT_EQUAL(directory_init(), 0);
	CU_ASSERT_EQUAL(spool_init(), 0);
	for (; directory_userid(users, userid) == 0; users++) {
		void *entry;
		size_t length;

		CU_ASSERT_EQUAL(directory_lookup(userid, &entry, &length), 0);
		directory_release(entry, length);
	}
	CU_ASSERT(users >= 7);
	CU_ASSERT_EQUAL(directory_weak(), users);
	text = spool_next("LINUX", SPOOL_READER, '*', false, NULL);
	bin = text ? spool_next("LINUX", SPOOL_READER, '*', false, text) : NULL;
	CU_ASSERT(text && text_is_right(text));
	CU_ASSERT(bin && bytes_are_right(bin));
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	hosted_volumes_forget();
	hosted_disk_destroy(d);
}

/* ---- CP writes, the host reads ------------------------------------------------------------------------------------------- */

static void printed(void)
{
	struct hosted_disk *d = hosted_disk_open(volume, 0x120);
	struct spool_file *f;
	char line[80];
	unsigned id;

	CU_ASSERT(volume_mount_all() == 1 && spool_init() == 0);
	f = spool_create("MAINT", SPOOL_PRINTER, 'A');
	for (unsigned n = 0; n < 5000; n++) {
		size_t length = (size_t)format(line, sizeof(line), "PRINTED LINE %u", n);

		ascii_to_ebcdic(line, length);
		CU_ASSERT_EQUAL(spool_append(f, 0x09, line, length), 0);
	}
	string_copy(f->name, sizeof(f->name), "LISTING");
	id = f->id;
	CU_ASSERT_EQUAL(spool_close(f, "MAINT", SPOOL_PRINTER), 0);
	CU_ASSERT_EQUAL(spool_purge(spool_next("LINUX", SPOOL_READER, '*', false, NULL)), 0);
	CU_ASSERT_EQUAL(volume_clock_down(volume_find(NULL), TOD_UNIX_EPOCH + 1800000000ull * TOD_SECOND), 0);
	hosted_volumes_forget();
	hosted_disk_destroy(d);

	CU_ASSERT_EQUAL(shell("%s volume list %s > %s/list", vm40(), volume, directory), 0);
	CU_ASSERT_EQUAL(
		shell("grep -q '%04u MAINT .*PRINTER .*records *5000 .*LISTING' %s/list", id, directory), 0);
	CU_ASSERT_EQUAL(shell("grep -q '0002 LINUX' %s/list", directory), 0);
	CU_ASSERT_NOT_EQUAL(shell("grep -q '0001 LINUX' %s/list", directory), 0);
	CU_ASSERT_EQUAL(shell("grep -q '^clock *2027-01-15 08:00:00' %s/list", directory), 0);
	CU_ASSERT_EQUAL(shell("%s volume printer %s %u %s/out 2>/dev/null", vm40(), volume, id, directory),
			0);
	CU_ASSERT_EQUAL(shell("grep -c 'PRINTED LINE' %s/out | grep -qx 5000", directory), 0);
	CU_ASSERT_EQUAL(shell("grep -qx 'PRINTED LINE 4999' %s/out", directory), 0);
}

/* ---- saved machines ------------------------------------------------------------------------------------------------------ */

#define IMAGE_PAGES_IN 30u
#define IMAGE_ROOM     (IMAGE_PAGES_IN * 5000u)

static size_t image_length;

static int image_store(void *image, const void *bytes, size_t n)
{
	memcpy((uint8_t *)image + image_length, bytes, n);
	image_length += n;
	return 0;
}

/* The image of a machine that has nothing but pages that do not pack; its bytes are image_length. */
static void image_make(uint8_t *image, const char *owner)
{
	struct image_writer w = {.put = image_store, .context = image};
	static struct image_packing packing;
	uint64_t seed = 1;

	image_length = 0;
	image_begin(&w, "s390x", owner, 0);
	image_record(&w, IMAGE_MACHINE, 0, 0);
	for (uint64_t n = 0; n < IMAGE_PAGES_IN; n++) {
		uint32_t page[VOLUME_BLOCK / 4];

		for (unsigned i = 0; i < VOLUME_BLOCK / 4; i++)
			page[i] = hosted_random(&seed);
		image_put_page(&w, n, 0, page, &packing);
	}
	CU_ASSERT_EQUAL(image_finish(&w), 0);
}

static bool image_is_right(const struct saved_image *i, const uint8_t *image)
{
	static uint8_t back[IMAGE_ROOM];
	struct saved_reader *r;
	bool right;

	if (!i || saved_open(&r, i) < 0)
		return false;
	right = saved_read(r, back, sizeof(back)) == (int)image_length &&
		memcmp(back, image, image_length) == 0 && i->bytes == image_length;
	saved_close(r);
	return right;
}

static void cp_saves(enum saved_kind kind, const char *owner, const char *name, const uint8_t *image)
{
	struct saved_writer *w;

	CU_ASSERT_EQUAL(saved_create(&w, kind, owner, name, 0), 0);
	CU_ASSERT_EQUAL(saved_append(w, image, image_length), 0);
	CU_ASSERT_EQUAL(saved_commit(w), 0);
}

/* CP saves, the host takes it out and puts it in under other names, CP finds all of them. */
static void saved_machines(void)
{
	static uint8_t alice[IMAGE_ROOM], bob[IMAGE_ROOM];
	struct hosted_disk *d = hosted_disk_open(volume, 0x120);

	image_make(alice, "ALICE");
	image_make(bob, "BOB");
	CU_ASSERT(volume_mount_all() == 1 && saved_init() == 0);
	cp_saves(SAVED_MACHINE, "ALICE", "LAB1", alice);
	cp_saves(SAVED_MACHINE, "BOB", "LAB1", bob);
	cp_saves(SAVED_AUTOSAVE, "BOB", "AUTO", bob);
	hosted_volumes_forget();
	hosted_disk_destroy(d);

	CU_ASSERT_NOT_EQUAL(shell("%s image export %s lab1 %s/out 2>/dev/null", vm40(), volume, directory),
			    0);
	CU_ASSERT_EQUAL(
		shell("%s image export %s alice/lab1 %s/lab2.img >/dev/null", vm40(), volume, directory), 0);
	CU_ASSERT_EQUAL(shell("%s image import %s %s/lab2.img >/dev/null", vm40(), volume, directory), 0);
	CU_ASSERT_EQUAL(shell("%s image import %s %s/lab2.img Carol/x >/dev/null", vm40(), volume, directory),
			0);
	CU_ASSERT_EQUAL(
		shell("%s image import %s %s/lab2.img BOB/LAB1 >/dev/null", vm40(), volume, directory), 0);
	CU_ASSERT_EQUAL(shell("%s image list %s > %s/list", vm40(), volume, directory), 0);
	CU_ASSERT_EQUAL(shell("grep -q '^5 saved' %s/list", directory), 0);

	d = hosted_disk_open(volume, 0x120);
	hosted_console_clear();
	CU_ASSERT(volume_mount_all() == 1 && saved_init() == 0);
	CU_ASSERT(image_is_right(saved_find(SAVED_MACHINE, "ALICE", "LAB1"), alice));
	CU_ASSERT(image_is_right(saved_find(SAVED_MACHINE, "ALICE", "LAB2"), alice));
	CU_ASSERT(image_is_right(saved_find(SAVED_MACHINE, "CAROL", "X"), alice));
	CU_ASSERT(image_is_right(saved_find(SAVED_MACHINE, "BOB", "LAB1"), alice));
	CU_ASSERT(image_is_right(saved_find(SAVED_AUTOSAVE, "BOB", "AUTO"), bob));
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	cp_saves(SAVED_MACHINE, "BOB", "LAB1", bob); /* and CP goes on from there */
	CU_ASSERT(image_is_right(saved_find(SAVED_MACHINE, "BOB", "LAB1"), bob));
	hosted_volumes_forget();
	hosted_disk_destroy(d);
	CU_ASSERT_EQUAL(
		shell("printf X | dd of=%s/lab2.img bs=1 seek=9999 conv=notrunc status=none", directory), 0);
	CU_ASSERT_NOT_EQUAL(shell("%s image import %s %s/lab2.img 2>/dev/null", vm40(), volume, directory),
			    0);
	CU_ASSERT_EQUAL(shell("%s image list %s | grep -q '^5 saved'", vm40(), volume), 0);
	CU_ASSERT_EQUAL(shell("%s image clear %s >/dev/null", vm40(), volume), 0);
	CU_ASSERT_EQUAL(shell("%s image list %s | grep -q '^0 saved'", vm40(), volume), 0);
}

static const struct unit_test tests[] = {
	{"what the host put onto a volume is there for CP", cp_reads},
	{"what CP printed is there for the host", printed},
	{"saved machines go from CP to the host and back", saved_machines},
};

int main(void)
{
	int rc;

	if (!mkdtemp(directory))
		return 1;
	snprintf(volume, sizeof(volume), "%s/volume", directory);
	files_make();
	if (shell("%s volume format %s --directory directory/classroom.direct >/dev/null", vm40(), volume) !=
		    0 ||
	    shell("%s volume reader %s LINUX %s/text %s/bin >/dev/null", vm40(), volume, directory,
		  directory) != 0) {
		fprintf(stderr, "%s cannot make a volume: run make build first\n", vm40());
		return 1;
	}
	rc = unit_run("host volume", tests, ARRAY_SIZE(tests));
	shell("rm -rf %s", directory);
	return rc;
}
