/*
 * test_directory_saved.c - saved machines from the host's side: in and out, a full area, damage, volumes without one.
 */
#include "directory_unit.h"
#include "saved.h"
#include "volume.h"
#include <cp/crc32.h>

#define V        unit_path("volume")
#define MIB      (1u << 20)
#define BLOCKS   (2 * MIB / VOLUME_BLOCK) /* of the area */
#define SLOT     17u
#define DATA     (BLOCKS - 2 * SLOT)
#define AREA     ((16u * MIB - 2 * MIB)) /* where it begins */
#define SLOT_B   (AREA + SLOT * VOLUME_BLOCK)
#define CONTENTS (AREA + 2 * SLOT * VOLUME_BLOCK)

static FILE *messages;
static char *text;
static size_t text_length;

static FILE *out(void)
{
	if (messages != NULL)
		fclose(messages);
	free(text);
	text = NULL;
	messages = open_memstream(&text, &text_length);
	return messages;
}

static bool said(const char *sentence)
{
	fflush(messages);
	if (strstr(text, sentence) != NULL)
		return true;
	printf("\nwanted: %s\nsaid: %s", sentence, text);
	return false;
}

static void volume(void)
{
	struct volume_sizes z = {.bytes = 16 * MIB,
				 .cp_bytes = 8 * MIB,
				 .object_bytes = MIB,
				 .spool_bytes = 4 * MIB,
				 .saved_bytes = 2 * MIB};

	CU_ASSERT_EQUAL(volume_format(V, "VM40V1", &z, true, out()), 0);
}

/* A host file of so many bytes that looks like an image of this user's machine. */
static const char *image(const char *name, const char *owner, uint32_t seed, size_t length)
{
	uint8_t *bytes = malloc(length);
	const char *path;

	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(seed + i * 31 + (i >> 9));
	memcpy(bytes, "VM40IMG\n", 8);
	memset(bytes + 24, ' ', 8);
	memcpy(bytes + 24, owner, strlen(owner));
	path = unit_file(name, bytes, length);
	free(bytes);
	return path;
}

static bool same(const char *a, const char *b)
{
	size_t la = 0, lb = 1;
	char *ta = unit_read(a, &la), *tb = unit_read(b, &lb);
	bool equal = ta != NULL && tb != NULL && la == lb && memcmp(ta, tb, la) == 0;

	free(ta);
	free(tb);
	return equal;
}

/* "OWNER/NAME ..., " of all that are listed, those that are damaged with an exclamation mark. */
static char listed[20000];

static void note(void *unused, const struct volume_image *i)
{
	(void)unused;
	sprintf(listed + strlen(listed), "%s/%s%s ", i->owner, i->name, i->damaged ? "!" : "");
}

static bool lists(const char *wanted, int status)
{
	listed[0] = '\0';
	CU_ASSERT_EQUAL(volume_images(V, NULL, note, NULL, out()), status);
	if (strcmp(listed, wanted) == 0)
		return true;
	printf("\nwanted: %s\nlisted: %s\n", wanted, listed);
	return false;
}

static void bytes_change(uint32_t at, const void *bytes, size_t length)
{
	FILE *f = fopen(V, "r+b");

	fseek(f, at, SEEK_SET);
	fwrite(bytes, 1, length, f);
	fclose(f);
}

static void flip(uint32_t at)
{
	FILE *f = fopen(V, "r+b");
	int c;

	fseek(f, at, SEEK_SET);
	c = fgetc(f);
	fseek(f, at, SEEK_SET);
	fputc(c ^ 4, f);
	fclose(f);
}

/* ---- the tests ------------------------------------------------------------------------------------------------- */

static void in_and_out(void)
{
	volume();
	CU_ASSERT_TRUE(lists("", 0));
	for (uint32_t n = 0; n < 9; n++) {
		static const size_t lengths[] = {64, 4095, 4096, 4097, 65535, 65536, 65537, 200000, 100};
		const char *from = image("lab1.img", "BOB", n, lengths[n]);

		CU_ASSERT_EQUAL(volume_import_image(V, from, NULL, false, 0, out()), 0);
		CU_ASSERT_EQUAL(volume_export_image(V, "Lab1", unit_path("back"), out()), 0);
		CU_ASSERT_TRUE(same(from, unit_path("back")));
		CU_ASSERT_TRUE(lists("BOB/LAB1 ", 0));
	}
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1.img"), "alice/lab1", false, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1.img"), "lab0", false, 0, out()), 0);
	CU_ASSERT_TRUE(lists("ALICE/LAB1 BOB/LAB0 BOB/LAB1 ", 0));
	CU_ASSERT_EQUAL(volume_export_image(V, "LAB1", unit_path("back"), out()), 1);
	CU_ASSERT_TRUE(said("there are several of this name: say OWNER/NAME"));
	CU_ASSERT_EQUAL(volume_export_image(V, "CAROL/LAB1", unit_path("back"), out()), 1);
	CU_ASSERT_TRUE(said("CAROL/LAB1 is not among the saved machines"));
	CU_ASSERT_EQUAL(volume_list(V, messages, out()), 0);
	CU_ASSERT_TRUE(said("generation 11, 3 images, 3 of 478 blocks in use"));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1.img"), "maint/cms", true, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1.img"), "bob/cms", true, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1.img"), "bob/cms", false, 0, out()), 0);
	CU_ASSERT_TRUE(lists("ALICE/LAB1 BOB/CMS BOB/LAB0 BOB/LAB1 BOB/CMS ", 0));
	CU_ASSERT_EQUAL(volume_clear_images(V, out()), 0);
	CU_ASSERT_TRUE(lists("", 0));
}

static void refused(void)
{
	static const char *const bad[] = {"TOOLONGNAME", "A/", "/B", "TOOLONGNAME/B", "A/B C", ""};

	volume();
	image("lab1", "BOB", 1, 1000);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1"), bad[i], false, 0, out()), 1);
		CU_ASSERT_TRUE(said("expected NAME or OWNER/NAME"));
	}
	CU_ASSERT_EQUAL(volume_import_image(V, image("x", "", 1, 1000), NULL, false, 0, out()), 1);
	CU_ASSERT_TRUE(said("expected NAME or OWNER/NAME"));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_file("y", "VM40IMG\n", 8), NULL, false, 0, out()), 1);
	CU_ASSERT_TRUE(said("is not the image of a machine"));
	CU_ASSERT_EQUAL(volume_import_image(V, "/nonexistent", NULL, false, 0, out()), 2);
	CU_ASSERT_EQUAL(volume_import_image(V, "/", NULL, false, 0, out()), 1);
	CU_ASSERT_EQUAL(volume_import_image("/nonexistent", unit_path("lab1"), NULL, false, 0, out()), 2);
	CU_ASSERT_TRUE(lists("", 0));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("lab1"), NULL, false, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_export_image(V, "LAB1", "/nonexistent/x", out()), 1);
	CU_ASSERT_TRUE(said("cannot make /nonexistent/x"));
	CU_ASSERT_EQUAL(volume_export_image(V, "LAB1", "/dev/full", out()), 1);
	CU_ASSERT_TRUE(said("cannot write /dev/full"));
}

static void full(void)
{
	volume();
	image("big", "BOB", 1, DATA * VOLUME_BLOCK / 2);
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("big"), NULL, false, 0, out()), 0);
	image("bigger", "BOB", 2, DATA * VOLUME_BLOCK / 2 + 1);
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("bigger"), "BIG", false, 0, out()), 1);
	CU_ASSERT_TRUE(said("nothing was replaced"));
	CU_ASSERT_EQUAL(volume_export_image(V, "BIG", unit_path("back"), out()), 0);
	CU_ASSERT_TRUE(same(unit_path("big"), unit_path("back")));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("big"), NULL, false, 0, out()), 0);
	CU_ASSERT_TRUE(lists("BOB/BIG ", 0));
}

static void damaged_bytes(void)
{
	volume();
	CU_ASSERT_EQUAL(volume_import_image(V, image("a", "BOB", 1, 10000), NULL, false, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_import_image(V, image("b", "BOB", 2, 10000), NULL, false, 0, out()), 0);
	flip(CONTENTS + 5000);
	CU_ASSERT_TRUE(lists("BOB/A! BOB/B ", 1));
	CU_ASSERT_EQUAL(volume_export_image(V, "A", unit_path("back"), out()), 1);
	CU_ASSERT_TRUE(said("checksum is wrong"));
	CU_ASSERT_NOT_EQUAL(access(unit_path("back"), F_OK), 0);
	CU_ASSERT_EQUAL(volume_export_image(V, "B", unit_path("back"), out()), 0);
	CU_ASSERT_EQUAL(volume_list(V, messages, out()), 1);
	CU_ASSERT_TRUE(said("DAMAGED"));
}

static void damaged_catalogues(void)
{
	volume();
	CU_ASSERT_EQUAL(volume_import_image(V, image("a", "BOB", 1, 10000), NULL, false, 0, out()), 0);
	CU_ASSERT_EQUAL(volume_import_image(V, image("b", "BOB", 2, 10000), NULL, false, 0, out()), 0);
	for (uint32_t at = 0; at < 512 + 2 * 64 + 2 * 8; at += 7) { /* the one before counts */
		flip(SLOT_B + at);
		CU_ASSERT_TRUE(lists("BOB/A ", 1));
		CU_ASSERT_TRUE(said("catalogue B of saved machines is damaged"));
		flip(SLOT_B + at);
	}
	CU_ASSERT_TRUE(lists("BOB/A BOB/B ", 0));
	flip(SLOT_B + 100);
	flip(AREA + 100);
	CU_ASSERT_TRUE(lists("", 1));
	CU_ASSERT_TRUE(said("`vm40 image clear` empties the area"));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("a"), NULL, false, 0, out()), 1);
	CU_ASSERT_EQUAL(volume_list(V, messages, out()), 1);
	CU_ASSERT_TRUE(said("no catalogue can be trusted"));
	CU_ASSERT_EQUAL(volume_clear_images(V, out()), 0);
	CU_ASSERT_TRUE(lists("", 0));
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("a"), NULL, false, 0, out()), 0);
	CU_ASSERT_TRUE(lists("BOB/A ", 0));
}

/* As volumes were made before there was such an area. */
static void no_area(void)
{
	struct volume_label l;
	struct store s;

	volume();
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	l = s.label;
	store_close(&s);
	l.area[VOLUME_AREA_SAVED] = (struct volume_area){{{0}}, {{0}}};
	l.crc = be32_make(crc32_update(0, (uint8_t *)&l + 12, sizeof(l) - 12));
	bytes_change(VOLUME_BLOCK, &l, sizeof(l));
	CU_ASSERT_TRUE(lists("", 1));
	CU_ASSERT_TRUE(said("this volume has no area for saved machines"));
	CU_ASSERT_EQUAL(volume_import_image(V, image("a", "BOB", 1, 100), NULL, false, 0, out()), 1);
	CU_ASSERT_EQUAL(volume_export_image(V, "A", unit_path("back"), out()), 1);
	CU_ASSERT_EQUAL(volume_clear_images(V, out()), 1);
	CU_ASSERT_EQUAL(volume_list(V, messages, out()), 0);
	CU_ASSERT_TRUE(said("this volume has no area for them"));
}

static void full_catalogue(void)
{
	char name[20];

	volume();
	image("a", "BOB", 1, 64);
	for (unsigned i = 0; i < DATA; i++) {
		sprintf(name, "U%u/N%u", i % 7, i);
		CU_ASSERT_EQUAL(volume_import_image(V, unit_path("a"), name, false, 0, out()), 0);
	}
	CU_ASSERT_EQUAL(volume_import_image(V, unit_path("a"), "ONEMORE", false, 0, out()), 1);
	CU_ASSERT_TRUE(said("no room"));
}

static const struct unit_test tests[] = {
	{"images go in and out as they are", in_and_out},
	{"names and files that cannot be are refused", refused},
	{"a full area is refused, the old image stays", full},
	{"damaged bytes are told, and no file is left of them", damaged_bytes},
	{"damaged catalogues: the one before counts, or none", damaged_catalogues},
	{"a volume without such an area", no_area},
	{"as many images as there are blocks", full_catalogue},
};

UNIT_MAIN("saved machines on the host", tests)
