/*
 * test_directory_volume.c - volumes: format, list, spool files in and out, minidisks in and out; and what damage does.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <cp/crc32.h>
#include "directory.h"
#include "directory_unit.h"
#include "spool.h"
#include "volume.h"

/* ---- helpers ------------------------------------------------------------------------------------------------- */

static FILE *saying;
static char *saying_text;

static FILE *out(void)
{
	static size_t size;

	if (saying != NULL)
		fclose(saying);
	free(saying_text);
	saying = open_memstream(&saying_text, &size);
	return saying;
}

static bool said(const char *text)
{
	fflush(saying);
	if (strstr(saying_text, text) == NULL)
		printf("\nwanted: %s\nsaid: %s", text, saying_text);
	return strstr(saying_text, text) != NULL;
}

#define V unit_path("volume")
#define SOURCE                                                                                               \
	"DIRECTORY 123 9336 VM40V1\nUSER ALICE SECRET\n MDISK 191 9336 131072 100 VM40V1\n MDISK 192 9336 "  \
	"0 100 OTHER\n"                                                                                      \
	"USER BOB SECRET\n"

/* A volume with the directory above. */
static void volume(const struct volume_sizes *sizes)
{
	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(volume_format(V, "VM40V1", sizes, true, out()), 0);
	CU_ASSERT_EQUAL(unit_build(unit_file("source", SOURCE, strlen(SOURCE)), unit_path("db"), V, out()),
			0);
}

static void put_bytes(uint64_t offset, const void *bytes, size_t length)
{
	int fd = open(V, O_WRONLY);

	CU_ASSERT_EQUAL(pwrite(fd, bytes, length, (off_t)offset), (ssize_t)length);
	close(fd);
}

static void flip(uint64_t offset)
{
	int fd = open(V, O_RDWR);
	uint8_t byte = 0;

	CU_ASSERT_EQUAL(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= 1;
	CU_ASSERT_EQUAL(pwrite(fd, &byte, 1, (off_t)offset), 1);
	close(fd);
}

static int list(const char *path)
{
	FILE *f = out();

	return volume_list(path, f, f);
}

static bool lists(const char *text, int status)
{
	CU_ASSERT_EQUAL(list(V), status);
	return said(text);
}

static char *noise(size_t length, unsigned seed)
{
	char *p = malloc(length + 1);

	for (size_t i = 0; i < length; i++)
		p[i] = (char)((seed = seed * 1103515245 + 12345) >> 16);
	return p;
}

/* ---- format and label ---------------------------------------------------------------------------------------- */

static void format_and_list(void)
{
	char volser[7];
	uint64_t bytes;
	struct stat st;

	unlink(V);
	CU_ASSERT_EQUAL(volume_format(V, "VM40V1", NULL, false, out()), 0);
	CU_ASSERT_EQUAL(stat(V, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 384 << 20);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	CU_ASSERT_TRUE(st.st_blocks < 200); /* sparse */
	CU_ASSERT_EQUAL(volume_format(V, "VM40V1", NULL, false, out()), 1);
	CU_ASSERT_TRUE(said("there is a file of this name already"));
	CU_ASSERT_EQUAL(volume_identify(V, volser, &bytes), 0);
	CU_ASSERT_STRING_EQUAL(volser, "VM40V1");
	CU_ASSERT_EQUAL(bytes, 384 << 20);
	CU_ASSERT_TRUE(lists("minidisks          131072     393216", 0));
	CU_ASSERT_TRUE(said("no directory has been written"));
	CU_ASSERT_EQUAL(volume_format("/nonexistent/volume", "VM40V1", NULL, false, out()), 2);
}

static void other_sizes(void)
{
	struct volume_sizes z = {.bytes = 104u << 20,
				 .cp_bytes = 32u << 20,
				 .object_bytes = 1u << 20,
				 .spool_bytes = 8u << 20,
				 .spool_files = 64,
				 .saved_bytes = 8u << 20};

	CU_ASSERT_EQUAL(volume_format(V, "a1", &z, true, out()), 0);
	CU_ASSERT_TRUE(lists("volume             A1, 104 MiB", 0));
	CU_ASSERT_TRUE(said("minidisks           65536     131072"));
	CU_ASSERT_TRUE(said("saved machines     196608      16384"));
	z.saved_bytes = 72u << 20;
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	CU_ASSERT_TRUE(said("leave room for minidisks"));
	z.saved_bytes = 32u << 12;
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	CU_ASSERT_TRUE(said("saved machines need at least 1M"));
	z.saved_bytes = 0; /* an eighth */
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 0);
	CU_ASSERT_TRUE(lists("saved machines     186368      26624", 0));
	z.cp_bytes = 8u << 20;
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	CU_ASSERT_TRUE(said("the sizes do not fit"));
	z = (struct volume_sizes){.bytes = 64u << 20};
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	z = (struct volume_sizes){.bytes = UINT64_C(3) << 40};
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	z = (struct volume_sizes){.object_bytes = UINT64_MAX};
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	z = (struct volume_sizes){.spool_bytes = UINT64_MAX - 1};
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	z = (struct volume_sizes){.spool_files = 10000};
	CU_ASSERT_EQUAL(volume_format(V, "A1", &z, true, out()), 1);
	CU_ASSERT_EQUAL(volume_format(V, "TOOLONG", NULL, true, out()), 1);
	CU_ASSERT_EQUAL(volume_format(V, "", NULL, true, out()), 1);
	CU_ASSERT_EQUAL(volume_format(V, "A B", NULL, true, out()), 1);
	CU_ASSERT_TRUE(lists("volume             A1, 104 MiB", 0)); /* refused, so the old one stands */
}

static void label_write(struct volume_label *l)
{
	l->crc = be32_make(crc32_update(0, (uint8_t *)l + 12, sizeof(*l) - 12));
	put_bytes(4096, l, sizeof(*l));
}

static void damaged_labels(void)
{
	struct store s;
	struct volume_label good, l;

	volume(NULL);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	good = s.label;
	store_close(&s);
	for (unsigned at = 0; at < 512; at += 5) {
		flip(4096 + at);
		CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 1);
		flip(4096 + at);
	}
	l = good;
	l.version = be32_make(2);
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("a later version"));
	l = good;
	l.blocks = be32_make(be32_get(good.blocks) + 1);
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("cut short"));
	l = good;
	l.block_size = be32_make(512);
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("impossible block sizes"));
	l = good;
	l.area[VOLUME_AREA_MINIDISK].count = be32_make(0xffffffff);
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("outside the volume"));
	l = good;
	l.area[9] = (struct volume_area){be32_make(1), be32_make(1)};
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("outside the volume"));
	l = good;
	l.area[VOLUME_AREA_MINIDISK].count = be32_make(be32_get(l.area[VOLUME_AREA_MINIDISK].count) + 1);
	label_write(&l);
	CU_ASSERT_TRUE(store_open(&s, V, STORE_READ, out()) == 1 && said("two areas overlap"));
	label_write(&good);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	store_close(&s);
}

static void no_volume(void)
{
	CU_ASSERT_EQUAL(list("/nonexistent"), 2);
	unit_file("short", "x", 1);
	CU_ASSERT_EQUAL(list(unit_path("short")), 1);
	CU_ASSERT_TRUE(said("too small"));
	CU_ASSERT_EQUAL(list("/dev/zero"), 1);
	CU_ASSERT_EQUAL(list("/tmp"), 1);
	CU_ASSERT_EQUAL(truncate(unit_file("zeros", "", 0), 1 << 20), 0);
	CU_ASSERT_EQUAL(list(unit_path("zeros")), 1);
	CU_ASSERT_TRUE(said("this is not a CP volume"));
	volume(NULL);
	CU_ASSERT_EQUAL(truncate(V, 100 << 20), 0);
	CU_ASSERT_TRUE(lists("cut short", 1));
}

static void lock_is_kept(void)
{
	struct store s;

	volume(NULL);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_WRITE, out()), 0);
	CU_ASSERT_EQUAL(volume_purge_spool(V, 0, "ALICE", out()), 1);
	CU_ASSERT_TRUE(said("the volume is in use"));
	CU_ASSERT_EQUAL(volume_format(V, "VM40V1", NULL, true, out()), 1);
	CU_ASSERT_EQUAL(unit_build(NULL, unit_path("db"), V, out()), 1);
	CU_ASSERT_TRUE(lists("VM40V1", 0)); /* reading is allowed */
	store_close(&s);
	CU_ASSERT_EQUAL(volume_purge_spool(V, 0, "ALICE", out()), 0);
}

static void clock_alternates(void)
{
	struct volume_clock c;
	struct store s;

	volume(NULL);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_WRITE, out()), 0);
	CU_ASSERT_TRUE(store_clock_read(&s, &c));
	CU_ASSERT_EQUAL(be64_get(c.sequence), 1);
	CU_ASSERT_TRUE(store_clock_write(&s, 2, 12345, CLOCK_RUNNING));
	CU_ASSERT_TRUE(store_clock_read(&s, &c));
	CU_ASSERT_EQUAL(be64_get(c.time), 12345);
	CU_ASSERT_TRUE(lists("CP is running or stopped without SHUTDOWN", 0));
	flip((uint64_t)store_area_first(&s, VOLUME_AREA_CLOCK) * 4096 + 30); /* torn: the other one counts */
	CU_ASSERT_TRUE(store_clock_read(&s, &c));
	CU_ASSERT_EQUAL(be64_get(c.sequence), 1);
	flip((uint64_t)store_area_first(&s, VOLUME_AREA_CLOCK) * 4096 + 4096 + 30);
	CU_ASSERT_FALSE(store_clock_read(&s, &c));
	store_close(&s);
}

/* ---- spool files --------------------------------------------------------------------------------------------- */

static char *got;
static size_t got_length;

static int get(unsigned id, enum volume_mode mode)
{
	FILE *f;
	int status;

	free(got);
	f = open_memstream(&got, &got_length);
	status = volume_get_spool(V, id, mode, f, out());
	fclose(f);
	return status;
}

/* Files of every size around the borders of cards, blocks and direct blocks come back byte for byte. */
static void binary_there_and_back(void)
{
	static const size_t sizes[] = {
		1,      79, 80, 81, 48 * 80, 48 * 80 + 1, 72 * 48 * 80 - 80, 72 * 48 * 80, 72 * 48 * 80 + 1,
		5000000};
	unsigned id;

	volume(NULL);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t cards = (sizes[i] + 79) / 80 * 80;
		char *bytes = noise(sizes[i], i);

		CU_ASSERT_EQUAL(volume_put_reader(V, "alice", unit_file("some.image", bytes, sizes[i]), NULL,
						  NULL, 0, VOLUME_BINARY, &id, out()),
				0);
		CU_ASSERT_EQUAL(id, i + 1);
		CU_ASSERT_EQUAL(get(id, VOLUME_BINARY), 0);
		CU_ASSERT_EQUAL(got_length, cards);
		CU_ASSERT_EQUAL(memcmp(got, bytes, sizes[i]), 0);
		for (size_t k = sizes[i]; k < cards; k++)
			CU_ASSERT_EQUAL(got[k], 0);
		free(bytes);
	}
	CU_ASSERT_TRUE(lists(
		"0002 ALICE    READER  class A records       1 copies   1 SOME     IMAGE    from SYSTEM", 0));
}

static void text_there_and_back(void)
{
	static const char text[] =
		"USERID ALICE\n\nThe quick brown fox { [ ] } \\ ~ ^ | !\r\n"
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890\nlast";
	static const char wanted[] =
		"USERID ALICE\n\nThe quick brown fox { [ ] } \\ ~ ^ | !\n"
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890\nlast\n";
	unsigned id = 0;

	volume(NULL);
	CU_ASSERT_EQUAL(volume_put_reader(V, "BOB", unit_file("t", text, strlen(text)), "profile", "exec",
					  'x', VOLUME_TEXT, &id, out()),
			0);
	CU_ASSERT_EQUAL(get(id, VOLUME_TEXT), 0);
	CU_ASSERT_STRING_EQUAL(got, wanted);
	CU_ASSERT_EQUAL(get(id, VOLUME_BINARY), 0);
	CU_ASSERT_EQUAL(got_length, 5 * 80);
	CU_ASSERT_EQUAL(memcmp(got, "\xe4\xe2\xc5\xd9\xc9\xc4\x40\xc1\xd3\xc9\xc3\xc5\x40", 13),
			0); /* EBCDIC */
	CU_ASSERT_TRUE(lists("0001 BOB      READER  class X records       5 copies   1 PROFILE  EXEC", 0));
	CU_ASSERT_EQUAL(volume_put_reader(V, "BOB", unit_file("t", wanted, strlen(wanted)), NULL, NULL, 0,
					  VOLUME_TEXT, NULL, out()),
			0);
	CU_ASSERT_TRUE(lists(" T        FILE ", 0));
}

static void refused_decks(void)
{
	char line[100];

	volume(NULL);
	memset(line, 'x', 81);
	line[81] = '\n';
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", unit_file("t", line, 82), NULL, NULL, 0, VOLUME_TEXT,
					  NULL, out()),
			1);
	CU_ASSERT_TRUE(said("t:1: the line has 81 characters: a card has 80"));
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", unit_file("t", "", 0), NULL, NULL, 0, VOLUME_BINARY,
					  NULL, out()),
			1);
	CU_ASSERT_TRUE(said("is empty"));
	CU_ASSERT_EQUAL(volume_put_reader(V, "CAROL", unit_file("t", "x", 1), NULL, NULL, 0, VOLUME_BINARY,
					  NULL, out()),
			1);
	CU_ASSERT_TRUE(said("CAROL: there is no such user in the directory"));
	CU_ASSERT_EQUAL(
		volume_put_reader(V, "ALICE", unit_path("none"), NULL, NULL, 0, VOLUME_BINARY, NULL, out()),
		2);
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", unit_path("t"), "NINELETTE", NULL, 0, VOLUME_BINARY,
					  NULL, out()),
			1);
	CU_ASSERT_EQUAL(
		volume_put_reader(V, "ALICE", unit_path("t"), NULL, NULL, '*', VOLUME_BINARY, NULL, out()),
		1);
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", "/tmp", NULL, NULL, 0, VOLUME_BINARY, NULL, out()), 1);
	CU_ASSERT_TRUE(lists("0 of 12160 blocks in use", 0));
	CU_ASSERT_EQUAL(get(1, VOLUME_TEXT), 1);
	CU_ASSERT_TRUE(said("there is no spool file 0001"));
}

static void full_area(void)
{
	struct volume_sizes z = {.spool_bytes = 100 * 4096, .spool_files = 16, .bytes = 128u << 20};
	char *bytes = noise(400 * 4096, 1);
	const char *big = unit_file("big", bytes, 99 * 48 * 80), *small;

	volume(&z);
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", big, NULL, NULL, 0, VOLUME_BINARY, NULL, out()), 1);
	CU_ASSERT_TRUE(said("the spool area is full (98 blocks)"));
	CU_ASSERT_TRUE(lists("0 of 98 blocks in use", 0));
	big = unit_file("big", bytes, 97 * 48 * 80); /* and one indirect block: exactly full */
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", big, NULL, NULL, 0, VOLUME_BINARY, NULL, out()), 0);
	CU_ASSERT_TRUE(lists("98 of 98 blocks in use", 0));
	CU_ASSERT_EQUAL(volume_purge_spool(V, 1, NULL, out()), 0);
	CU_ASSERT_EQUAL(volume_purge_spool(V, 1, NULL, out()), 1);
	CU_ASSERT_EQUAL(volume_purge_spool(V, 0, NULL, out()), 1);
	small = unit_file("small", "x", 1);
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT_EQUAL(volume_put_reader(V, i % 2 ? "ALICE" : "BOB", small, NULL, NULL, 0,
						  VOLUME_BINARY, NULL, out()),
				0);
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", small, NULL, NULL, 0, VOLUME_BINARY, NULL, out()), 1);
	CU_ASSERT_TRUE(said("there is no place for another spool file (16 at most)"));
	CU_ASSERT_EQUAL(volume_purge_spool(V, 0, "bob", out()), 0);
	CU_ASSERT_TRUE(lists("8 of 98 blocks in use", 0));
	free(bytes);
}

/* A file put onto the volume as CP would: any device, any control bytes. */
static void printer_file(void)
{
	struct disk_spool_file f = {.magic = "SPFB",
				    .device = DISK_SPOOL_PRINTER,
				    .origin_device = DISK_SPOOL_PRINTER,
				    .class = 'A',
				    .charset = DISK_SPOOL_EBCDIC,
				    .owner = "ALICE   ",
				    .origin = "ALICE   ",
				    .filename = "        ",
				    .filetype = "        "};
	struct disk_spool_block b = {.magic = "SPDB"};
	static const struct {
		uint8_t control, length;
		const char *text;
	} records[] = {{0x8b, 0, ""}, {0x09, 3, "\xc1\xc2\xc3"}, {0x11, 1, "\xc4"},
		       {0x0b, 0, ""}, {0x89, 2, "\xc5\x40"},     {0x01, 1, "\xc6"}};
	unsigned used = 0;
	struct store s;

	volume(NULL);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	for (unsigned i = 0; i < 6; i++) {
		b.data[used + 1] = records[i].length;
		b.data[used + 2] = records[i].control;
		memcpy(b.data + used + 4, records[i].text, records[i].length);
		used += 4 + records[i].length;
	}
	f.serial = b.serial = be64_make(77);
	f.id = be16_make(9999);
	f.blocks = be32_make(1);
	f.copies = be16_make(2);
	f.records = be32_make(6);
	f.direct[0] = be32_make(store_area_first(&s, VOLUME_AREA_SPOOL_DATA) + 5);
	b.used = be16_make((uint16_t)used);
	b.crc = be32_make(crc32_update(0, (uint8_t *)&b + 8, 24 + used));
	f.crc = be32_make(crc32_update(0, (uint8_t *)&f + 8, sizeof(f) - 8));
	put_bytes((uint64_t)be32_get(f.direct[0]) * 4096, &b, sizeof(b));
	put_bytes((uint64_t)store_area_first(&s, VOLUME_AREA_SPOOL_FILES) * 4096 + 7 * 512, &f, sizeof(f));
	store_close(&s);
	CU_ASSERT_TRUE(lists("9999 ALICE    PRINTER class A records       6 copies   2", 0));
	CU_ASSERT_EQUAL(get(9999, VOLUME_TEXT), 0);
	CU_ASSERT_STRING_EQUAL(got, "\fABC\nD\n\n\nE\n\fF\n");
}

/* One bit anywhere in what belongs to a spool file: it is reported, and nothing else suffers. */
static void damaged_spool(void)
{
	char *bytes = noise(400000, 9);
	struct store s;
	struct spool p;
	uint64_t table, data, indirect;

	volume(NULL);
	CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", unit_file("big", bytes, 400000), NULL, NULL, 0,
					  VOLUME_BINARY, NULL, out()),
			0);
	CU_ASSERT_EQUAL(volume_put_reader(V, "BOB", unit_file("small", bytes, 40), NULL, NULL, 0,
					  VOLUME_BINARY, NULL, out()),
			0);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	CU_ASSERT_TRUE(spool_load(&p, &s));
	table = (uint64_t)store_area_first(&s, VOLUME_AREA_SPOOL_FILES) * 4096;
	data = (uint64_t)be32_get(p.files[0].direct[0]) * 4096;
	indirect = (uint64_t)be32_get(p.files[0].indirect[0]) * 4096;
	spool_unload(&p);
	store_close(&s);
	for (unsigned at = 0; at < 512; at += 13) {
		flip(table + at);
		CU_ASSERT_TRUE(lists("spool file in place 0 is damaged", 1));
		CU_ASSERT_TRUE(said("0002 BOB"));
		flip(table + at);
	}
	for (unsigned at = 0; at < 4000; at += 333) {
		flip(data + at);
		if (at < 24 || at >= 32) {
			CU_ASSERT_TRUE(lists(" DAMAGED", 1));
			CU_ASSERT_EQUAL(get(1, VOLUME_BINARY), 1);
			CU_ASSERT_TRUE(said("1 blocks are left out"));
		}
		flip(data + at);
		flip(indirect + at);
		CU_ASSERT_TRUE(lists("spool file in place 0 is damaged", 1));
		flip(indirect + at);
	}
	CU_ASSERT_TRUE(lists("0001 ALICE", 0));
	free(bytes);
}

/* Two files that name the same block, and blocks that lie elsewhere: checksums right. */
static void lying_spool(void)
{
	struct disk_spool_file f;
	struct store s;
	struct spool p;
	uint64_t place;

	volume(NULL);
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(volume_put_reader(V, "ALICE", unit_file("small", "x", 1), NULL, NULL, 0,
						  VOLUME_BINARY, NULL, out()),
				0);
	CU_ASSERT_EQUAL(store_open(&s, V, STORE_READ, out()), 0);
	CU_ASSERT_TRUE(spool_load(&p, &s));
	place = (uint64_t)store_area_first(&s, VOLUME_AREA_SPOOL_FILES) * 4096 + 512;
	for (unsigned i = 0; i < 5; i++) {
		f = p.files[1];
		if (i == 0)
			f.direct[0] = p.files[0].direct[0];
		if (i == 1)
			f.direct[0] = be32_make(1);
		if (i == 2)
			f.blocks = be32_make(0xffffffff);
		if (i == 3)
			f.blocks = be32_make(100); /* indirect block 0 */
		if (i == 4)
			f.id = be16_make(0);
		f.crc = be32_make(crc32_update(0, (uint8_t *)&f + 8, sizeof(f) - 8));
		put_bytes(place, &f, sizeof(f));
		CU_ASSERT_TRUE(lists("spool file in place 1 is damaged", 1));
	}
	f = p.files[1];
	f.serial = be64_make(5); /* its block belongs to another serial */
	f.crc = be32_make(crc32_update(0, (uint8_t *)&f + 8, sizeof(f) - 8));
	put_bytes(place, &f, sizeof(f));
	CU_ASSERT_TRUE(lists("0002 ALICE", 1));
	CU_ASSERT_TRUE(said(" DAMAGED"));
	spool_unload(&p);
	store_close(&s);
}

/* ---- minidisks ------------------------------------------------------------------------------------------------ */

static void minidisks(void)
{
	uint32_t start = 0, sectors = 0;
	char *bytes = noise(51201, 3), *back;
	size_t length;

	volume(NULL);
	CU_ASSERT_EQUAL(volume_find_minidisk(V, "alice", 0x191, &start, &sectors, out()), 0);
	CU_ASSERT_EQUAL(start, 131072);
	CU_ASSERT_EQUAL(sectors, 100);
	CU_ASSERT_EQUAL(volume_put_minidisk(V, "ALICE", 0x191, unit_file("in", bytes, 51200), out()), 0);
	CU_ASSERT_EQUAL(volume_get_minidisk(V, "ALICE", 0x191, unit_path("back"), out()), 0);
	back = unit_read(unit_path("back"), &length);
	CU_ASSERT_EQUAL(length, 51200);
	CU_ASSERT_EQUAL(memcmp(back, bytes, 51200), 0);
	CU_ASSERT_EQUAL(volume_put_minidisk(V, "ALICE", 0x191, unit_file("in", bytes, 51201), out()), 1);
	CU_ASSERT_TRUE(said("does not fit: the minidisk has 51200 bytes"));
	CU_ASSERT_EQUAL(volume_find_minidisk(V, "ALICE", 0x190, &start, &sectors, out()), 1);
	CU_ASSERT_TRUE(said("ALICE has no minidisk 0190"));
	CU_ASSERT_EQUAL(volume_find_minidisk(V, "ALICE", 0x192, &start, &sectors, out()), 1);
	CU_ASSERT_TRUE(said("lies on volume OTHER"));
	CU_ASSERT_EQUAL(volume_find_minidisk(V, "CAROL", 0x191, &start, &sectors, out()), 1);
	CU_ASSERT_EQUAL(volume_put_minidisk(V, "ALICE", 0x191, unit_path("none"), out()), 2);
	free(bytes);
	free(back);
}

static const struct unit_test tests[] = {
	{"format and list", format_and_list},
	{"other sizes, and sizes that do not fit", other_sizes},
	{"damaged labels are refused", damaged_labels},
	{"files that are no volume, or cut short", no_volume},
	{"a volume in use is left alone", lock_is_kept},
	{"the clock: two blocks in turn", clock_alternates},
	{"reader files: every byte comes back", binary_there_and_back},
	{"reader files: text becomes cards in EBCDIC", text_there_and_back},
	{"reader files that are refused", refused_decks},
	{"a full spool area; purging", full_area},
	{"a printer file as text", printer_file},
	{"damage to a spool file is found, and stays its own", damaged_spool},
	{"spool files with good checksums that lie", lying_spool},
	{"minidisks in and out", minidisks},
};

UNIT_MAIN("volumes", tests)
