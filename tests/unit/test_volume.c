/*
 * test_volume.c - labels, clock, extents and the directory's slots; damaged volumes of every kind.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/crc32.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/object.h>
#include <cp/panic.h>
#include <stdlib.h>
#include <string.h>

static const struct hosted_user users[] = {
	{.userid = "LINUX", .password = "LINUX", .storage = 128u << 20, .devices = true},
	{.userid = "MAINT", .password = "MAINT", .classes = "ABCDEG", .devices = true},
	{.userid = "OPERATOR", .password = "OPERATOR", .classes = "ABCDEG"},
	{.userid = "STUDENT1", .devices = true},
};

static struct hosted_disk *disk;

static struct hosted_disk *good_disk(void)
{
	struct hosted_disk *d = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);

	hosted_volume_format(d, "VM40SP");
	hosted_directory_write(d, 0, 5, users, ARRAY_SIZE(users));
	hosted_console_clear();
	return d;
}

static void done(void)
{
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

/* ---- the label -------------------------------------------------------------------------------------------------------- */

static void label_is_found(void)
{
	disk = good_disk();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_PTR_NOT_NULL(volume_find("VM40SP"));
	CU_ASSERT_PTR_EQUAL(volume_find(NULL), volume_find("vm40sp"));
	CU_ASSERT_PTR_NULL(volume_find("OTHER"));
	CU_ASSERT_STRING_EQUAL(hosted_console(), "");
	done();
}

static void refused(const char *sentence)
{
	hosted_console_clear();
	CU_ASSERT(volume_mount_all() < 0);
	if (!hosted_console_has(sentence) || !hosted_console_has("DISK 0120")) {
		printf("\nwanted: %s\ngot: %s", sentence, hosted_console());
		CU_FAIL("another sentence");
	}
	done();
}

static void label_is_refused(void)
{
	struct volume_label *l;

	disk = good_disk();
	memset(disk->data, 0, TEST_BLOCKS * VOLUME_BLOCK);
	refused("HAS NO VM/40 LABEL IN BLOCK 1");

	disk = good_disk();
	disk->device.sectors = 15;
	refused("IS TOO SMALL");

	disk = good_disk();
	disk->device.sectors = 4000;
	refused("TRUNCATED");

	disk = good_disk();
	disk->data[VOLUME_BLOCK + 300] ^= 0x10;
	refused("DAMAGED: CHECKSUM");

	disk = good_disk();
	disk->read_error = 8;
	refused("CANNOT BE READ");

	disk = good_disk();
	l = hosted_volume_label(disk);
	l->version = be32_make(VOLUME_VERSION + 1);
	hosted_volume_label_seal(disk);
	refused("LATER VERSION");

	disk = good_disk();
	l = hosted_volume_label(disk);
	l->block_size = be32_make(8192);
	hosted_volume_label_seal(disk);
	refused("SECTOR OR BLOCK SIZE");

	disk = good_disk();
	l = hosted_volume_label(disk);
	memcpy(l->volser, "A\1B   ", 6);
	hosted_volume_label_seal(disk);
	refused("NO PRINTABLE VOLUME NAME");
}

/* Areas that a checksum cannot catch: each of these has a good one. */
static void areas_are_checked(void)
{
	static const struct {
		uint32_t first, count;
	} bad[] = {{0, 1},
		   {1, 1},
		   {TEST_BLOCKS, 1},
		   {TEST_BLOCKS - 1, 2},
		   {UINT32_MAX, 2},
		   {2, UINT32_MAX},
		   {UINT32_MAX, UINT32_MAX},
		   {TEST_OBJECT_A + 5, 1},
		   {TEST_CLOCK, 10},
		   {TEST_MINIDISK - 1, 2}};

	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
		struct volume_label *l;

		disk = good_disk();
		l = hosted_volume_label(disk);
		l->area[VOLUME_AREA_SAVED].first = be32_make(bad[i].first);
		l->area[VOLUME_AREA_SAVED].count = be32_make(bad[i].count);
		hosted_volume_label_seal(disk);
		refused("OVERLAP OR LIE OUTSIDE");
	}
}

static void two_volumes(void)
{
	struct hosted_disk *second = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x121);
	struct hosted_disk *third = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x122);

	hosted_volume_format(second, "VM40SP");
	hosted_volume_format(third, "USER01");
	disk = good_disk();
	CU_ASSERT_EQUAL(volume_mount_all(), 2);
	CU_ASSERT_PTR_NOT_NULL(volume_find("USER01"));
	CU_ASSERT(hosted_console_has("DISK 0120 HAS THE NAME OF A VOLUME ALREADY MOUNTED"));
	hosted_disk_destroy(second);
	hosted_disk_destroy(third);
	done();
}

/* ---- the clock ---------------------------------------------------------------------------------------------------------- */

static void clock_is_kept(void)
{
	tod_t t = TOD_UNIX_EPOCH + 1795427999ull * TOD_SECOND;
	struct volume *v;

	disk = good_disk();
	volume_mount_all();
	v = volume_find(NULL);
	CU_ASSERT_EQUAL(volume_clock_read(v), 0);
	for (unsigned i = 1; i < 6; i++) {
		CU_ASSERT_EQUAL(volume_clock_write(v, t + i * TOD_SECOND), 0);
		CU_ASSERT_EQUAL(volume_clock_read(v), t + i * TOD_SECOND);
	}
	/* A torn write of the newest leaves the one before. */
	memset(disk->data + TEST_CLOCK * VOLUME_BLOCK + 20, 0xff, 8);
	CU_ASSERT_EQUAL(volume_clock_read(v), t + 4 * TOD_SECOND);
	CU_ASSERT_EQUAL(volume_clock_down(v, t + 9 * TOD_SECOND), 0);
	CU_ASSERT_EQUAL(volume_clock_read(v), t + 9 * TOD_SECOND);
	CU_ASSERT_EQUAL(((struct volume_clock *)(disk->data + TEST_CLOCK * VOLUME_BLOCK))->state, CLOCK_DOWN);
	disk->all_fail = true;
	CU_ASSERT(volume_clock_write(v, t) < 0);
	CU_ASSERT_EQUAL(volume_clock_read(v), 0);
	done();
	CU_ASSERT_EQUAL(volume_time_to_tod(UINT64_MAX), 0);
	CU_ASSERT_EQUAL(volume_time_from_tod(5), 0);
}

/* ---- minidisks ---------------------------------------------------------------------------------------------------------- */

static void extents_stay_inside(void)
{
	const uint64_t first = TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK,
		       all = TEST_MINIDISK_BLOCKS * VOLUME_SECTORS_PER_BLOCK;
	uint8_t sector[3 * SECTOR_SIZE], back[SECTOR_SIZE];
	struct extent e;

	disk = good_disk();
	volume_mount_all();
	CU_ASSERT(extent_open(&e, "NOSUCH", first, 1) > 0);
	CU_ASSERT(extent_open(&e, "VM40SP", first - 1, 2) < 0);
	CU_ASSERT(extent_open(&e, "VM40SP", first, all + 1) < 0);
	CU_ASSERT(extent_open(&e, "VM40SP", first + all, 1) < 0);
	CU_ASSERT(extent_open(&e, "VM40SP", first, 0) < 0);
	CU_ASSERT(extent_open(&e, "VM40SP", UINT64_MAX, 2) < 0);
	CU_ASSERT(extent_open(&e, "VM40SP", first + 1, UINT64_MAX) < 0);
	CU_ASSERT_EQUAL(extent_open(&e, "VM40SP", first, all), 0);
	CU_ASSERT_EQUAL(extent_open(&e, "VM40SP", first + 100, 10), 0);
	memset(sector, 0xa5, sizeof(sector));
	CU_ASSERT_EQUAL(extent_write(&e, 7, 3, sector), 0);
	CU_ASSERT_EQUAL(disk->data[(first + 107) * SECTOR_SIZE], 0xa5);
	CU_ASSERT_EQUAL(disk->data[(first + 110) * SECTOR_SIZE], 0);
	CU_ASSERT_EQUAL(extent_read(&e, 9, 1, back), 0);
	CU_ASSERT_EQUAL(back[SECTOR_SIZE - 1], 0xa5);
	CU_ASSERT(extent_write(&e, 8, 3, sector) < 0);
	CU_ASSERT(extent_write(&e, UINT64_MAX, 3, sector) < 0);
	CU_ASSERT(extent_read(&e, 10, 1, back) < 0);
	CU_ASSERT_EQUAL(disk->data[(first + 110) * SECTOR_SIZE], 0);
	done();
}

/* ---- the directory -------------------------------------------------------------------------------------------------------- */

static bool machine_of(const char *userid, uint64_t *storage)
{
	const struct object_record *r;
	struct object_cursor c;
	void *entry;
	size_t length;
	bool found = false;

	if (directory_lookup(userid, &entry, &length) != 0)
		return false;
	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL) {
		if (be16_get(r->type) == OBJECT_MACHINE) {
			*storage = be64_get(((const struct object_machine *)r)->storage);
			found = true;
		}
	}
	directory_release(entry, length);
	return found && c.status == OBJECT_OK;
}

/* A walk stops at a field that cannot be, unless the entry is known to be good. */
static void walks(void)
{
	const struct object_record *r;
	struct object_cursor c;
	unsigned checked = 0, trusted = 0;
	void *entry;
	size_t length;

	disk = good_disk();
	volume_mount_all();
	CU_ASSERT_EQUAL_FATAL(directory_init(), 0);
	CU_ASSERT_EQUAL_FATAL(directory_lookup("MAINT", &entry, &length), 0);
	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL) {
		if (be16_get(r->type) == OBJECT_MACHINE)
			((struct object_machine *)(uintptr_t)r)->mode = 99;
		trusted++;
	}
	CU_ASSERT_EQUAL(c.status, OBJECT_OK);
	object_records(&c, entry, length);
	while (object_next(&c))
		checked++;
	CU_ASSERT_EQUAL(c.status, OBJECT_IMPOSSIBLE);
	CU_ASSERT_TRUE(checked < trusted);
	directory_release(entry, length);
	done();
}

static void directory_is_read(void)
{
	uint64_t storage = 0;
	char userid[9];

	disk = good_disk();
	volume_mount_all();
	CU_ASSERT_EQUAL(directory_init(), 0);
	CU_ASSERT_EQUAL(directory_generation(), 5);
	CU_ASSERT(machine_of("MAINT", &storage) && storage == 16u << 20);
	CU_ASSERT(machine_of("student1", &storage) && storage == 16u << 20);
	CU_ASSERT_FALSE(machine_of("STUDENT2", &storage) || machine_of("", &storage) ||
			machine_of("ASTUDENT1", &storage));
	CU_ASSERT_EQUAL(directory_userid(2, userid), 0);
	CU_ASSERT_STRING_EQUAL(userid, "OPERATOR");
	CU_ASSERT(directory_userid(4, userid) > 0);
	done();
}

static int init_on(void)
{
	hosted_console_clear();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	return directory_init();
}

/* LINUX has 128 MiB at LOGON and 64 MiB at most: what cannot be is told as an error, not as "no such user". */
static void impossible_entry(void)
{
	void *entry;
	size_t length;

	disk = good_disk();
	CU_ASSERT_EQUAL(init_on(), 0);
	CU_ASSERT(directory_lookup("LINUX", &entry, &length) < 0);
	CU_ASSERT(hosted_console_has("DIRECTORY ENTRY OF LINUX"));
	done();
}

static void newest_slot_counts(void)
{
	disk = good_disk();
	hosted_directory_write(disk, 1, 6, users, 3);
	CU_ASSERT_EQUAL(init_on(), 0);
	CU_ASSERT_EQUAL(directory_generation(), 6);
	CU_ASSERT_EQUAL(directory_lookup("STUDENT1", &(void *){0}, &(size_t){0}), 1);
	done();

	/* A writer that was interrupted leaves its slot's header wiped. */
	disk = good_disk();
	hosted_directory_write(disk, 1, 6, users, 3);
	memset(disk->data + TEST_OBJECT_B * VOLUME_BLOCK, 0, SECTOR_SIZE);
	CU_ASSERT_EQUAL(init_on(), 0);
	CU_ASSERT_EQUAL(directory_generation(), 5);
	done();
}

static void damaged_slot_stops(void)
{
	disk = good_disk();
	memset(disk->data + TEST_OBJECT_A * VOLUME_BLOCK, 0, SECTOR_SIZE);
	CU_ASSERT(init_on() < 0);
	CU_ASSERT(hosted_console_has("HAS NO OBJECT DIRECTORY"));
	done();

	/* Any bit of header, index or entries, even where a good older directory stands beside it. */
	for (unsigned bit = 0; bit < 8 * 1500; bit += 37) {
		disk = good_disk();
		hosted_directory_write(disk, 1, 6, users, ARRAY_SIZE(users));
		disk->data[TEST_OBJECT_B * VOLUME_BLOCK + bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT(init_on() < 0);
		CU_ASSERT(hosted_console_has("DIRECTORY SLOT B AT BLOCK 40"));
		done();
	}

	disk = good_disk();
	disk->read_error = TEST_OBJECT_A * VOLUME_SECTORS_PER_BLOCK + 1;
	CU_ASSERT(init_on() < 0);
	CU_ASSERT(hosted_console_has("cannot be read"));
	done();
}

/* Damage that came after IPL: that user's look-up fails, with a message, and the others' do not. */
static void late_damage(void)
{
	uint64_t storage;
	void *entry;
	size_t length;

	disk = good_disk();
	CU_ASSERT_EQUAL(init_on(), 0);
	for (size_t i = 0; i < 4096; i++) {
		uint8_t *at = disk->data + TEST_OBJECT_A * VOLUME_BLOCK + i;

		if (memcmp(at, "USER", 4) == 0 && memcmp(at + 8, "MAINT", 5) == 0)
			at[40] ^= 1;
	}
	CU_ASSERT(directory_lookup("MAINT", &entry, &length) < 0);
	CU_ASSERT(hosted_console_has("DIRECTORY ENTRY OF MAINT"));
	CU_ASSERT(machine_of("STUDENT1", &storage));
	done();
}

/* An entry that was asked for lately comes without the disk; one that nine others were asked for since does not. */
static void entries_are_kept(void)
{
	struct hosted_user many[10] = {{0}};
	char userid[ARRAY_SIZE(many)][9];
	uint64_t reads, storage;

	for (unsigned n = 0; n < ARRAY_SIZE(many); n++) {
		format(userid[n], sizeof(userid[n]), "USER%u", n);
		many[n] = (struct hosted_user){.userid = userid[n], .storage = (n + 1ull) << 20};
	}
	disk = good_disk();
	hosted_directory_write(disk, 1, 6, many, ARRAY_SIZE(many));
	CU_ASSERT_EQUAL(init_on(), 0);
	for (unsigned n = 0; n < ARRAY_SIZE(many); n++) {
		CU_ASSERT(machine_of(userid[n], &storage) && storage == (n + 1ull) << 20);
		reads = disk->reads;
		CU_ASSERT(machine_of(userid[n], &storage) && storage == (n + 1ull) << 20);
		CU_ASSERT_EQUAL(disk->reads, reads);
	}
	CU_ASSERT(machine_of("USER0", &storage) && storage == 1u << 20);
	CU_ASSERT(disk->reads > reads);
	CU_ASSERT(machine_of("user9", &storage) && storage == 10u << 20);
	CU_ASSERT_FALSE(machine_of("USER", &storage) || machine_of("USER10", &storage));
	done();
}

/* ---- any damage at all ---------------------------------------------------------------------------------------------------- */

static void look_at_everything(void *argument)
{
	char userid[9];
	void *entry;
	size_t length;

	(void)argument;
	if (volume_mount_all() < 0)
		return;
	volume_clock_read(volume_find(NULL));
	if (directory_init() < 0)
		return;
	for (uint32_t n = 0; n < 10 && directory_userid(n, userid) == 0; n++) {
		if (directory_lookup(userid, &entry, &length) == 0) {
			struct object_cursor c;

			object_records(&c, entry, length);
			while (object_next(&c))
				;
			directory_release(entry, length);
		}
	}
}

/* Bytes changed anywhere in label, clock and directory, half of the time with the checksums made right again: CP must neither crash
 * nor keep storage. */
static void mutations(void)
{
	uint64_t seed = 370;
	unsigned rounds = hosted_long() ? 60000 : 1500;
	uint64_t before = 0;

	disk = good_disk();
	for (unsigned round = 0; round < rounds; round++) {
		struct object_header *h = (struct object_header *)(disk->data + TEST_OBJECT_A * VOLUME_BLOCK);
		uint8_t *at;

		if (round % 8 == 0) {
			hosted_volume_format(disk, "VM40SP");
			hosted_directory_write(disk, 0, 5, users, ARRAY_SIZE(users));
		}
		at = hosted_random(&seed) % 4
			     ? (uint8_t *)h + hosted_random(&seed) % 1800
			     : disk->data + VOLUME_BLOCK + hosted_random(&seed) % (2 * VOLUME_BLOCK);
		*at = hosted_random(&seed) & 1 ? (uint8_t)hosted_random(&seed)
					       : (uint8_t)(*at ^ 1 << hosted_random(&seed) % 8);
		if (hosted_random(&seed) & 1) {
			uint8_t *base = (uint8_t *)h;
			struct object_index *x = (struct object_index *)(base + sizeof(*h));

			hosted_volume_label_seal(disk);
			for (unsigned i = 0; i < ARRAY_SIZE(users); i++, x++) {
				uint64_t offset = be64_get(x->offset);
				uint32_t length = be32_get(x->length);

				if (offset < 8192 && length < 8192)
					x->entry_crc = be32_make(crc32_update(0, base + offset, length));
				x->crc = be32_make(crc32_update(0, (uint8_t *)x + 4, sizeof(*x) - 4));
			}
			if (be64_get(h->length) < 8192 && be32_get(h->index_offset) < be64_get(h->length))
				h->data_crc = be32_make(
					crc32_update(0, base + be32_get(h->index_offset),
						     be64_get(h->length) - be32_get(h->index_offset)));
			h->crc = be32_make(crc32_update(0, base + 12, sizeof(*h) - 12));
		}
		hosted_console_clear();
		UNIT_IN_TASK(look_at_everything, NULL);
		hosted_volumes_forget();
		if (round == 200)
			before = hosted_heap_used();
	}
	hosted_disk_destroy(disk);
	CU_ASSERT(hosted_heap_used() <= before);
}

static const struct unit_test tests[] = {
	{"a volume is found by its label", label_is_found},
	{"a label that cannot be right is refused, with disk and reason", label_is_refused},
	{"areas outside of the volume or over each other are refused", areas_are_checked},
	{"several volumes, one of a name already mounted", two_volumes},
	{"the clock is kept, and survives a torn write", clock_is_kept},
	{"a minidisk's sectors stay inside its extent", extents_stay_inside},
	{"the directory is read", directory_is_read},
	{"an entry is walked", walks},
	{"an entry with values that cannot be is an error", impossible_entry},
	{"the valid slot of the higher generation counts", newest_slot_counts},
	{"a damaged slot stops the start", damaged_slot_stops},
	{"damage after IPL hits one user only", late_damage},
	{"the entries that were asked for last are kept", entries_are_kept},
	{"mutated volumes: no crash, no storage kept", mutations},
};

UNIT_MAIN("volume", tests)
