/*
 * test_console_image.c - vm40 image: what it takes for whole, what it shows, what it calls different.
 */
#include "console/image.h"
#include "directory_unit.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- images, written by CP's own code into files ------------------------------------------------------------------ */

static int file_put(void *context, const void *bytes, size_t n)
{
	return fwrite(bytes, 1, n, context) == n ? 0 : -1;
}

static void field(struct image_writer *w, uint16_t id, const char *name, uint8_t flags, uint32_t value)
{
	struct image_field f = {.id = be16_make(id),
				.count = be16_make(1),
				.size = 4,
				.flags = flags,
				.name = (uint8_t)strlen(name)};
	struct be32 v = be32_make(value);

	image_put(w, &f, sizeof(f));
	image_put(w, name, f.name);
	image_put(w, &v, sizeof(v));
}

#define FIELD_SIZE(name) (sizeof(struct image_field) + sizeof(name) - 1 + 4)

struct wish {
	uint32_t gpr, clock;
	uint8_t byte, key;
	bool device;
	uint32_t blocks; /* of disk 9; 0: its contents are not there */
	uint8_t on_disk;
};

static void image_make(const char *path, struct wish wish)
{
	FILE *out = fopen(path, "wb");
	struct image_writer w = {.put = file_put, .context = out};
	static struct image_packing packing;
	static uint8_t page[VOLUME_BLOCK];

	image_begin(&w, "s390x", "ALICE", 77);
	image_record(&w, IMAGE_MACHINE, 0, FIELD_SIZE("STORAGE"));
	field(&w, 1, "STORAGE", 0, 0x100000);
	image_record(&w, IMAGE_FACILITIES, 0, 7);
	image_put(&w, "BINARY\n", 7);
	if (wish.device) {
		image_record(&w, IMAGE_DEVICE, 9, FIELD_SIZE("SENSE") + FIELD_SIZE("SECTORS"));
		field(&w, 1, "SENSE", 0, 0);
		field(&w, 6, "SECTORS", 0, 41);
	}
	image_record(&w, IMAGE_CPU, 0, FIELD_SIZE("GPR") + FIELD_SIZE("CLOCK"));
	field(&w, 3, "GPR", 0, wish.gpr);
	field(&w, 4, "CLOCK", IMAGE_FIELD_CLOCK, wish.clock);
	image_put_run(&w, 2, 3, 0x10, IMAGE_PAGE_ZERO);
	memset(page, wish.byte, sizeof(page));
	image_put_page(&w, 9, wish.key, page, &packing);
	if (wish.blocks) {
		memset(page, wish.on_disk, sizeof(page));
		image_put_block(&w, 9, 0, page, &packing);
		image_put_zero_blocks(&w, 9, 1, wish.blocks - 1);
	}
	CU_ASSERT_EQUAL(image_finish(&w), 0);
	fclose(out);
}

static const struct wish usual = {.gpr = 0xdeadbeef, .clock = 5, .byte = 7, .key = 6, .device = true};

static char *printed(void (*print)(FILE *out))
{
	static char text[8192];
	FILE *out = tmpfile();
	size_t n;

	print(out);
	rewind(out);
	n = fread(text, 1, sizeof(text) - 1, out);
	text[n] = '\0';
	fclose(out);
	return text;
}

/* ---- the tests ------------------------------------------------------------------------------------------------------ */

static struct image_file a, b;
static size_t differences;

static void show(FILE *out)
{
	image_show(&a, out);
}

static void compare(FILE *out)
{
	differences = image_compare(&a, &b, out);
}

static void shown(void)
{
	char *text;

	image_make("a.image", usual);
	CU_ASSERT_TRUE_FATAL(image_file_read(&a, "a.image"));
	CU_ASSERT_EQUAL(a.part_count, 4);
	CU_ASSERT_EQUAL(a.page_count, 4);
	text = printed(show);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "IMAGE version 1, s390x, user ALICE, clock 000000000000004D\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "CPU 0000\n  GPR               DEADBEEF\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "  CLOCK             00000005 (a clock)\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "FACILITIES 0000\n  BINARY\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "PAGES 0000002000-0000004FFF key 10 zeros\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "PAGES 0000009000-0000009FFF key 06 packed\n"));
	image_file_free(&a);
}

/* What differs is named; clocks do not count, and are told. */
static void compared_with(struct wish other, size_t wanted, const char *line)
{
	char *text;

	image_make("a.image", usual);
	image_make("b.image", other);
	CU_ASSERT_TRUE_FATAL(image_file_read(&a, "a.image") && image_file_read(&b, "b.image"));
	text = printed(compare);
	CU_ASSERT_EQUAL(differences, wanted);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, line));
	image_file_free(&a);
	image_file_free(&b);
}

static void compared(void)
{
	struct wish other = usual;

	compared_with(other, 0, "");
	other.clock = 6;
	compared_with(other, 0, "CPU 0000 CLOCK: 00000005 | 00000006\n");
	other.gpr = 1;
	compared_with(other, 1, "CPU 0000 GPR: DEADBEEF | 00000001\n");
	other = usual;
	other.byte = 8;
	compared_with(other, 1, "PAGE 0000009000: byte 000 07 | 08\n");
	other.key = 4;
	compared_with(other, 1, "PAGE 0000009000: key 06 | 04\n");
	other = usual;
	other.device = false;
	compared_with(other, 1, "DEVICE 0009: only in the first\n");
}

/* Disks, too; and one of which blocks are missing, or that has too many, is no disk. */
static void disks(void)
{
	struct wish with = usual, other;
	char *text;

	with.blocks = 6;
	with.on_disk = 3;
	image_make("a.image", with);
	CU_ASSERT_TRUE_FATAL(image_file_read(&a, "a.image"));
	text = printed(show);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "DISK 0009 6 blocks, 1 of them not zeros\n"
					    "BLOCKS 0009 0000000000-0000000FFF\n"));
	other = with;
	other.on_disk = 0;
	image_make("b.image", other);
	CU_ASSERT_TRUE_FATAL(image_file_read(&b, "b.image"));
	CU_ASSERT_PTR_NOT_NULL(strstr(printed(compare), "DISK 0009 0000000000: byte 000 03 | 00\n"));
	CU_ASSERT_EQUAL(differences, 1);
	image_file_free(&b);
	image_make("b.image", usual);
	CU_ASSERT_TRUE_FATAL(image_file_read(&b, "b.image"));
	CU_ASSERT_PTR_NOT_NULL(strstr(printed(compare), "DISK 0009: only in the first\n"));
	CU_ASSERT_EQUAL(differences, 1);
	image_file_free(&a);
	image_file_free(&b);
	for (with.blocks = 5; with.blocks <= 7; with.blocks += 2) {
		image_make("a.image", with);
		CU_ASSERT_FALSE(image_file_read(&a, "a.image"));
		image_file_free(&a);
	}
}

/* Every prefix, and a change of every byte: none is taken for whole. */
static void damaged(void)
{
	uint8_t bytes[2048];
	size_t length;
	FILE *f;

	image_make("a.image", usual);
	f = fopen("a.image", "rb");
	length = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	fclose(stderr);
	stderr = fopen("/dev/null", "w");
	for (size_t i = 0; i < 2 * length; i++) {
		f = fopen("b.image", "wb");
		bytes[i % length] ^= i < length ? 0x11 : 0;
		fwrite(bytes, 1, i < length ? length : i - length, f);
		bytes[i % length] ^= i < length ? 0x11 : 0;
		fclose(f);
		CU_ASSERT_FALSE(image_file_read(&b, "b.image"));
		image_file_free(&b);
	}
	CU_ASSERT_FALSE(image_file_read(&b, "nothing.image"));
	image_file_free(&b);
}

static const struct unit_test tests[] = {
	{"image: shown field by field", shown},
	{"image: compared", compared},
	{"image: disks and what is on them", disks},
	{"image: damaged anywhere", damaged},
};

int main(void)
{
	char place[] = "/tmp/imageXXXXXX";

	if (!mkdtemp(place) || chdir(place))
		return 1;
	return unit_run("vm40 image", tests, sizeof(tests) / sizeof(tests[0]));
}
