/*
 * test_cms_fs.c - the CMS-lite file system: what is written is read, a power cut leaves old or new, hostile disks are refused.
 *
 * The store is storage of this program. It refuses what lies outside the disk (and remembers that it was asked), and it
 * can lose power: after a number of sectors, writes do nothing and fail.
 *
 * Before it: cms-lite/fs.c, fs_data.c, fs_boot.c.
 */
#include "cms-lite/cmsfs.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#define SECTORS 400u

struct memory {
	struct cmsfs_store store;
	uint8_t sector[SECTORS][CMSFS_SECTOR];
	uint32_t power;   /* sectors that can still be written */
	uint32_t written; /* sectors written */
	bool outside;     /* somebody asked for a sector that does not exist */
};

static struct memory disk;
static struct cmsfs fs;
static struct cmsfs_entry files[CMSFS_FILES_MAX];
static struct cmsfs_writer writer;

static int memory_read(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer)
{
	struct memory *m = (struct memory *)store;

	if (sector > SECTORS || count > SECTORS - sector) {
		m->outside = true;
		return -1;
	}
	memcpy(buffer, m->sector[sector], (size_t)count * CMSFS_SECTOR);
	return 0;
}

static int memory_write(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer)
{
	struct memory *m = (struct memory *)store;

	if (sector > SECTORS || count > SECTORS - sector) {
		m->outside = true;
		return -1;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (m->power == 0)
			return -1;
		m->power--;
		m->written++;
		memcpy(m->sector[sector + i], (const char *)buffer + (size_t)i * CMSFS_SECTOR, CMSFS_SECTOR);
	}
	return 0;
}

static int mount_disk(void)
{
	return cmsfs_mount(&fs, &disk.store, files, CMSFS_FILES_MAX);
}

static void fresh(void)
{
	memset(&disk, 0xa5, sizeof(disk)); /* a used disk */
	disk.store = (struct cmsfs_store){memory_read, memory_write, SECTORS, false};
	disk.power = UINT32_MAX;
	disk.written = 0;
	disk.outside = false;
	CU_ASSERT_EQUAL_FATAL(cmsfs_make(&disk.store, "TEST01", 0, 1000), CMSFS_OK);
	CU_ASSERT_EQUAL_FATAL(mount_disk(), CMSFS_OK);
}

static struct cmsfs_entry *find(const char *name, const char *type)
{
	char n[CMSFS_NAME], t[CMSFS_NAME];

	CU_ASSERT_EQUAL_FATAL(cmsfs_fold_name(name, n), CMSFS_OK);
	CU_ASSERT_EQUAL_FATAL(cmsfs_fold_name(type, t), CMSFS_OK);
	return cmsfs_find(&fs, n, t);
}

/* Write a file of `size` bytes that depend on seed. */
static int put(const char *name, const char *type, char format, uint32_t record_length, uint32_t size,
	       uint32_t seed)
{
	char n[CMSFS_NAME], t[CMSFS_NAME];
	int error;

	cmsfs_fold_name(name, n);
	cmsfs_fold_name(type, t);
	error = cmsfs_create(&writer, &fs, n, t, format, record_length);
	if (error)
		return error;
	for (uint32_t i = 0; i < size && error == CMSFS_OK; i++) {
		char c = (char)(i % 61 == 60 ? '\n' : 'A' + (i * 7 + seed) % 26);

		error = cmsfs_append(&writer, &c, 1);
	}
	if (error) {
		cmsfs_abandon(&writer);
		return error;
	}
	return cmsfs_finish(&writer, 2000 + seed);
}

/* Is this the file that put() wrote? */
static bool content_is(const struct cmsfs_entry *entry, uint32_t size, uint32_t seed)
{
	struct cmsfs_reader reader;
	char c, rest[64];

	cmsfs_open(&reader, &fs, entry);
	for (uint32_t i = 0; i < size; i++) {
		if (cmsfs_read(&reader, &c, 1) != 1)
			return false;
		if (c != (char)(i % 61 == 60 ? '\n' : 'A' + (i * 7 + seed) % 26))
			return false;
	}
	/* What complete_last_record adds: a newline, or zeros. */
	return cmsfs_read(&reader, rest, sizeof(rest)) < 64;
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void empty_disk(void)
{
	fresh();
	CU_ASSERT_EQUAL(fs.count, 0);
	CU_ASSERT_EQUAL(memcmp(fs.super.label, "TEST01  ", 8), 0);
	CU_ASSERT_EQUAL(cmsfs_blocks_used(&fs), 0);
	CU_ASSERT_EQUAL(cmsfs_blocks_total(&fs), 200 - 3 - 2 * 3); /* 24 entries, 3 blocks a catalogue */
	CU_ASSERT_PTR_NULL(find("NO", "FILE"));
}

static void sizes(void)
{
	static const uint32_t size[] = {0, 1, 60, 61, 1023, 1024, 1025, 2048, 5000, 40000};
	char name[16];

	fresh();
	for (uint32_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		snprintf(name, sizeof(name), "F%u", size[i]);
		CU_ASSERT_EQUAL(put(name, "TEXT", 'V', 0, size[i], i), CMSFS_OK);
	}
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, sizeof(size) / sizeof(size[0]));
	for (uint32_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		snprintf(name, sizeof(name), "F%u", size[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(find(name, "TEXT"));
		CU_ASSERT(content_is(find(name, "TEXT"), size[i], i));
	}
	CU_ASSERT_FALSE(disk.outside);
}

static void records(void)
{
	struct cmsfs_entry *entry;

	fresh();
	CU_ASSERT_EQUAL(put("CARDS", "DECK", 'F', 80, 3 * 80 + 1, 1), CMSFS_OK);
	entry = find("CARDS", "DECK");
	CU_ASSERT_EQUAL(cmsfs_get32(entry->records), 4);
	CU_ASSERT_EQUAL(cmsfs_get64(entry->bytes), 320);
	CU_ASSERT_EQUAL(put("LINES", "TEXT", 'V', 0, 61 * 3 + 5, 1), CMSFS_OK);
	entry = find("LINES", "TEXT");
	CU_ASSERT_EQUAL(cmsfs_get32(entry->records), 4);
	CU_ASSERT_EQUAL(cmsfs_get32(entry->record_length), 60);
	CU_ASSERT_EQUAL(cmsfs_get64(entry->bytes), 61 * 3 + 6);
	CU_ASSERT_EQUAL(put("BAD", "DECK", 'F', 0, 1, 1), CMSFS_TOO_LARGE);
}

static void changes(void)
{
	char name[CMSFS_NAME], type[CMSFS_NAME];

	fresh();
	CU_ASSERT_EQUAL(put("ONE", "TEXT", 'V', 0, 3000, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(put("TWO", "TEXT", 'V', 0, 100, 2), CMSFS_OK);
	CU_ASSERT_EQUAL(put("ONE", "TEXT", 'V', 0, 500, 3), CMSFS_OK); /* replaced, not doubled */
	CU_ASSERT_EQUAL(fs.count, 2);
	CU_ASSERT_EQUAL(cmsfs_blocks_used(&fs), 2);
	cmsfs_fold_name("three", name);
	cmsfs_fold_name("text", type);
	CU_ASSERT_EQUAL(cmsfs_rename(&fs, find("TWO", "TEXT"), name, type), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_PTR_NULL(find("TWO", "TEXT"));
	CU_ASSERT(content_is(find("THREE", "TEXT"), 100, 2));
	CU_ASSERT(content_is(find("ONE", "TEXT"), 500, 3));
	CU_ASSERT_EQUAL(cmsfs_erase(&fs, find("ONE", "TEXT")), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 1);
	CU_ASSERT_PTR_NULL(find("ONE", "TEXT"));
	CU_ASSERT_EQUAL(cmsfs_erase(&fs, find("THREE", "TEXT")), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 0);
}

static void names(void)
{
	char name[CMSFS_NAME];

	CU_ASSERT_EQUAL(cmsfs_fold_name("a$#@+-:_", name), CMSFS_OK);
	CU_ASSERT_EQUAL(memcmp(name, "A$#@+-:_", 8), 0);
	CU_ASSERT_EQUAL(cmsfs_fold_name("", name), CMSFS_BAD_NAME);
	CU_ASSERT_EQUAL(cmsfs_fold_name("NINECHARS", name), CMSFS_BAD_NAME);
	CU_ASSERT_EQUAL(cmsfs_fold_name("A B", name), CMSFS_BAD_NAME);
	CU_ASSERT_EQUAL(cmsfs_fold_name("A*", name), CMSFS_BAD_NAME);
	CU_ASSERT_EQUAL(cmsfs_fold_name("\xc4", name), CMSFS_BAD_NAME);
}

static void full(void)
{
	char name[16];
	uint32_t used;

	fresh();
	CU_ASSERT_EQUAL(put("KEEP", "ME", 'V', 0, 2000, 9), CMSFS_OK);
	used = cmsfs_blocks_used(&fs);
	CU_ASSERT_EQUAL(put("TOO", "BIG", 'V', 0, 400000, 1), CMSFS_FULL);
	CU_ASSERT_EQUAL(cmsfs_blocks_used(&fs), used);
	/* A new KEEP ME that does not fit leaves the old one. */
	CU_ASSERT_EQUAL(put("KEEP", "ME", 'V', 0, 400000, 1), CMSFS_FULL);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 1);
	CU_ASSERT(content_is(find("KEEP", "ME"), 2000, 9));
	for (uint32_t i = 0; i < 23; i++) {
		snprintf(name, sizeof(name), "N%u", i);
		CU_ASSERT_EQUAL(put(name, "SMALL", 'V', 0, 0, i), CMSFS_OK);
	}
	CU_ASSERT_EQUAL(put("N23", "SMALL", 'V', 0, 0, 0), CMSFS_NO_ENTRY);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 24);
}

/* Files of one block, every second erased: a file is laid into the holes, as long as it has extents for them. */
static void pieces(void)
{
	char name[16];

	fresh();
	CU_ASSERT_EQUAL(put("BIG", "FILE", 'V', 0, (191 - 22) * 1024 - 1, 0), CMSFS_OK);
	for (uint32_t i = 0; i < 22; i++) {
		snprintf(name, sizeof(name), "P%u", i);
		CU_ASSERT_EQUAL(put(name, "FILE", 'V', 0, 1000, i), CMSFS_OK);
	}
	CU_ASSERT_EQUAL(put("X", "FILE", 'V', 0, 1, 0), CMSFS_FULL);
	for (uint32_t i = 0; i < 22; i += 2) {
		snprintf(name, sizeof(name), "P%u", i);
		CU_ASSERT_EQUAL(cmsfs_erase(&fs, find(name, "FILE")), CMSFS_OK);
	}
	CU_ASSERT_EQUAL(put("HOLES", "FILE", 'V', 0, 11 * 1024, 5), CMSFS_FULL);
	CU_ASSERT_EQUAL(put("HOLES", "FILE", 'V', 0, 10 * 1024 - 1, 5), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_get32(find("HOLES", "FILE")->extents), 10);
	CU_ASSERT(content_is(find("HOLES", "FILE"), 10 * 1024 - 1, 5));
	for (uint32_t i = 1; i < 22; i += 2) {
		snprintf(name, sizeof(name), "P%u", i);
		CU_ASSERT(content_is(find(name, "FILE"), 1000, i));
	}
}

/* The changes of which each must be whole or absent. Returns how many were done before the power went. */
static uint32_t scenario(void)
{
	char name[CMSFS_NAME], type[CMSFS_NAME];

	if (put("A", "TEXT", 'V', 0, 3000, 1))
		return 0;
	if (put("B", "TEXT", 'V', 0, 1500, 2))
		return 1;
	if (put("A", "TEXT", 'V', 0, 5000, 3))
		return 2;
	cmsfs_fold_name("C", name);
	cmsfs_fold_name("TEXT", type);
	if (cmsfs_rename(&fs, find("B", "TEXT"), name, type))
		return 3;
	if (cmsfs_erase(&fs, find("A", "TEXT")))
		return 4;
	return put("D", "TEXT", 'V', 0, 20000, 4) ? 5 : 6;
}

/* Does the disk look as after `done` changes? */
static bool looks_like(uint32_t done)
{
	static const struct {
		uint32_t from, to; /* exists after that many changes */
		const char *name;
		uint32_t size, seed;
	} expected[] = {
		{1, 2, "A", 3000, 1}, {2, 3, "B", 1500, 2},  {3, 4, "A", 5000, 3},
		{4, 6, "C", 1500, 2}, {6, 6, "D", 20000, 4},
	};
	uint32_t count = 0;

	for (uint32_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		const struct cmsfs_entry *entry = find(expected[i].name, "TEXT");

		if (done < expected[i].from || done > expected[i].to)
			continue;
		count++;
		if (!entry || !content_is(entry, expected[i].size, expected[i].seed))
			return false;
	}
	return fs.count == count;
}

static void power_cut(void)
{
	uint32_t sectors, done;

	fresh();
	disk.written = 0;
	CU_ASSERT_EQUAL(scenario(), 6);
	CU_ASSERT(looks_like(6));
	sectors = disk.written;
	for (uint32_t cut = 0; cut < sectors; cut++) {
		fresh();
		disk.power = cut;
		done = scenario();
		disk.power = UINT32_MAX;
		CU_ASSERT_EQUAL_FATAL(mount_disk(), CMSFS_OK);
		/* The change during which the power went is there whole, or not at all. */
		CU_ASSERT(looks_like(done));
		/* And the disk goes on working. */
		CU_ASSERT_EQUAL(put("AFTER", "CUT", 'V', 0, 4000, 8), CMSFS_OK);
		CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
		CU_ASSERT(content_is(find("AFTER", "CUT"), 4000, 8));
	}
}

/* After a failed commit without a power cut (an I/O error), the catalogue in storage still says what is on disk. */
static void failed_write(void)
{
	fresh();
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 3000, 1), CMSFS_OK);
	for (uint32_t power = 0; power < 3; power++) {
		disk.power = power;
		CU_ASSERT_EQUAL(cmsfs_erase(&fs, find("A", "TEXT")), power < 1 ? CMSFS_IO : CMSFS_OK);
		disk.power = UINT32_MAX;
		if (power < 1)
			CU_ASSERT(content_is(find("A", "TEXT"), 3000, 1));
		if (power >= 1)
			CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 3000, 1), CMSFS_OK);
		disk.power = 3;
		CU_ASSERT_EQUAL(put("B", "TEXT", 'V', 0, 3000, 1), CMSFS_IO);
		disk.power = UINT32_MAX;
		CU_ASSERT_PTR_NULL(find("B", "TEXT"));
		CU_ASSERT_EQUAL(fs.count, 1);
	}
}

static void read_only(void)
{
	fresh();
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 10, 1), CMSFS_OK);
	disk.store.read_only = true;
	disk.written = 0;
	CU_ASSERT_EQUAL(put("B", "TEXT", 'V', 0, 10, 1), CMSFS_READ_ONLY);
	CU_ASSERT_EQUAL(cmsfs_erase(&fs, find("A", "TEXT")), CMSFS_READ_ONLY);
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", 0, 0), CMSFS_READ_ONLY);
	CU_ASSERT_EQUAL(disk.written, 0);
	CU_ASSERT_PTR_NOT_NULL(find("A", "TEXT"));
}

static void bad_disks(void)
{
	fresh();
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "", 0, 0), CMSFS_BAD_NAME);
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", 190, 0), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", 195, 0), CMSFS_TOO_SMALL);
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", UINT32_MAX, 0), CMSFS_TOO_SMALL);
	disk.store.sectors = 2 * CMSFS_BLOCKS_MIN - 1;
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", 0, 0), CMSFS_TOO_SMALL);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_NOT_FORMATTED);
	disk.store.sectors = 2 * CMSFS_BLOCKS_MIN;
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "X", 0, 0), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	fresh();
	disk.store.sectors = SECTORS - 2; /* the disk was cut */
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_DAMAGED);
	fresh();
	memset(disk.sector, 0, sizeof(disk.sector));
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_NOT_FORMATTED);
	/* No room for the catalogue in the caller's storage. */
	fresh();
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 10, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(put("B", "TEXT", 'V', 0, 10, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_mount(&fs, &disk.store, files, 7), CMSFS_DAMAGED);
}

/* Every bit of the newer superblock: the older generation is taken, or the change was harmless. Never a crash. */
static void flipped_bits(void)
{
	static struct memory good;
	uint32_t newer, flips = 0, fell_back = 0;

	fresh();
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 100, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(put("B", "TEXT", 'V', 0, 100, 2), CMSFS_OK);
	good = disk;
	newer = (CMSFS_SUPER_BLOCK + (uint32_t)(cmsfs_get64(fs.super.generation) & 1)) * CMSFS_BLOCK_SECTORS;
	for (uint32_t bit = 0; bit < CMSFS_SECTOR * 8; bit++, flips++) {
		disk = good;
		disk.sector[newer][bit / 8] ^= (uint8_t)(1 << bit % 8);
		CU_ASSERT_EQUAL_FATAL(mount_disk(), CMSFS_OK);
		fell_back += fs.count == 1;
		CU_ASSERT_FALSE(disk.outside);
	}
	CU_ASSERT_EQUAL(fell_back, flips); /* the sum covers every bit */
	/* The catalogue as well. */
	disk = good;
	mount_disk();
	disk.sector[cmsfs_get32(fs.super.catalogue[cmsfs_get64(fs.super.generation) & 1]) * 2][40] ^= 1;
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 1);
	/* Both superblocks gone. */
	disk = good;
	disk.sector[2][100] ^= 1;
	disk.sector[4][100] ^= 1;
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_DAMAGED);
}

/* Reference CRC-32, bit by bit: the sums on disk are the well-known ones. */
static uint32_t reference_sum(const void *data, size_t size)
{
	const uint8_t *byte = data;
	uint32_t sum = 0xffffffff;

	while (size--) {
		sum ^= *byte++;
		for (int i = 0; i < 8; i++)
			sum = sum & 1 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
	}
	return ~sum;
}

/* Random damage with right sums, as somebody with bad intentions would do it. What is mounted must be usable. */
static void hostile(void)
{
	static struct memory good;
	static uint8_t data[CMSFS_BLOCK];
	uint32_t accepted = 0, refused = 0;

	fresh();
	for (uint32_t i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(put((const char[]){(char)('A' + i), 0}, "TEXT", 'V', 0, 100 + 2000 * i, i),
				CMSFS_OK);
	good = disk;
	srandom(40);
	for (uint32_t round = 0; round < 20000; round++) {
		struct cmsfs_super super;
		uint32_t slot, catalogue;

		disk = good;
		mount_disk();
		super = fs.super;
		slot = (CMSFS_SUPER_BLOCK + (uint32_t)(cmsfs_get64(super.generation) & 1)) *
		       CMSFS_BLOCK_SECTORS;
		catalogue =
			cmsfs_get32(super.catalogue[cmsfs_get64(super.generation) & 1]) * CMSFS_BLOCK_SECTORS;
		if (round % 2) { /* a field of an entry */
			uint32_t at = (uint32_t)random() % (6 * sizeof(struct cmsfs_entry));

			disk.sector[catalogue + at / CMSFS_SECTOR][at % CMSFS_SECTOR] = (uint8_t)random();
			super.catalogue_sum = cmsfs_be32(
				reference_sum(disk.sector[catalogue], 6 * sizeof(struct cmsfs_entry)));
		} else { /* a byte of the superblock's numbers */
			((uint8_t *)&super)[8 + (uint32_t)random() % 64] = (uint8_t)random();
		}
		super.sum = cmsfs_be32(reference_sum(&super, offsetof(struct cmsfs_super, sum)));
		memcpy(disk.sector[slot], &super, sizeof(super));
		if (mount_disk() != CMSFS_OK || fs.count != 6) {
			refused++;
			continue;
		}
		accepted++;
		for (uint32_t i = 0; i < fs.count; i++) {
			struct cmsfs_reader reader;

			cmsfs_open(&reader, &fs, &files[i]);
			while (cmsfs_read(&reader, data, sizeof(data)) > 0)
				;
		}
		put("NEW", "FILE", 'V', 0, 3000, 1);
		CU_ASSERT_FALSE_FATAL(disk.outside);
	}
	CU_ASSERT(accepted > 100); /* harmless changes exist: dates, names */
	CU_ASSERT(refused > 100);
}

/* Two files that own one block, sums right. */
static void shared_block(void)
{
	uint32_t slot, catalogue;
	struct cmsfs_super super;

	fresh();
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 100, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(put("B", "TEXT", 'V', 0, 100, 2), CMSFS_OK);
	super = fs.super;
	slot = (CMSFS_SUPER_BLOCK + (uint32_t)(cmsfs_get64(super.generation) & 1)) * CMSFS_BLOCK_SECTORS;
	catalogue = cmsfs_get32(super.catalogue[cmsfs_get64(super.generation) & 1]) * CMSFS_BLOCK_SECTORS;
	files[1].extent[0] = files[0].extent[0];
	memcpy(disk.sector[catalogue], files, 2 * sizeof(files[0]));
	super.catalogue_sum = cmsfs_be32(reference_sum(files, 2 * sizeof(files[0])));
	super.sum = cmsfs_be32(reference_sum(&super, offsetof(struct cmsfs_super, sum)));
	memcpy(disk.sector[slot], &super, sizeof(super));
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(fs.count, 1); /* the generation before */
}

static void one_writer(void)
{
	static struct cmsfs_writer second;
	char name[CMSFS_NAME];

	fresh();
	cmsfs_fold_name("A", name);
	CU_ASSERT_EQUAL(cmsfs_create(&writer, &fs, name, name, 'V', 0), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_create(&second, &fs, name, name, 'V', 0), CMSFS_BUSY);
	cmsfs_abandon(&writer);
	CU_ASSERT_EQUAL(cmsfs_create(&second, &fs, name, name, 'V', 0), CMSFS_OK);
	cmsfs_abandon(&second);
	CU_ASSERT_EQUAL(fs.count, 0);
}

static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Follow the IPL record as a channel does, and see that the nucleus arrives. */
static void boot(void)
{
	static uint8_t image[0x2000 + 100000], storage[0x40000];
	const uint8_t *record = disk.sector[0];
	uint32_t at;

	fresh();
	for (uint32_t i = 0; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 31 + i / 256);
	CU_ASSERT_EQUAL(cmsfs_boot_write(&fs, image, sizeof(image)), CMSFS_TOO_LARGE); /* no boot blocks */
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "BOOT", cmsfs_boot_blocks(image, sizeof(image)), 0),
			CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_boot_write(&fs, image, sizeof(image)), CMSFS_OK);
	CU_ASSERT_EQUAL(memcmp(record, image, 8), 0);  /* the PSW */
	CU_ASSERT_EQUAL(word(record + 8) >> 24, 0x02); /* READ IPL, all of sector 0 */
	CU_ASSERT_EQUAL(word(record + 12) & 0x40ffffff, 0x40000200);
	memcpy(storage + (word(record + 8) & 0xffffff), record, CMSFS_SECTOR);
	CU_ASSERT_EQUAL(word(record + 16) >> 24, 0x08); /* TIC */
	for (at = word(record + 16) & 0xffffff;; at += 16) {
		const uint8_t *locate = storage + (word(storage + at) & 0xffffff);
		uint32_t count = word(locate) & 0xffff, sector = word(locate + 4);
		const uint8_t *read = storage + at + 8;

		CU_ASSERT_EQUAL_FATAL(storage[at], 0x43);
		CU_ASSERT_EQUAL(locate[0], 0x06);
		CU_ASSERT_EQUAL_FATAL(read[0], 0x42);
		CU_ASSERT_EQUAL((uint32_t)(read[6] << 8 | read[7]), count * CMSFS_SECTOR);
		CU_ASSERT_FATAL(count > 0 && count <= 127 && sector + count <= SECTORS);
		memcpy(storage + (word(read) & 0xffffff), disk.sector[sector], (size_t)count * CMSFS_SECTOR);
		if (!(read[4] & 0x40))
			break;
	}
	CU_ASSERT_EQUAL(memcmp(storage + 0x2000, image + 0x2000, sizeof(image) - 0x2000), 0);
	/* Files and nucleus do not meet. */
	CU_ASSERT_EQUAL(put("A", "TEXT", 'V', 0, 3000, 1), CMSFS_OK);
	CU_ASSERT_EQUAL(memcmp(disk.sector[6], image + 0x2000, CMSFS_SECTOR), 0);
	CU_ASSERT_EQUAL(cmsfs_boot_write(&fs, image, 0x2000), CMSFS_TOO_LARGE); /* no nucleus in it */
}

/* A PC's: the record says where the whole image is. */
static void boot_pc(void)
{
	static uint8_t image[30001] = {0x02, 0xb0, 0xad, 0x1b};
	const uint8_t *record = disk.sector[0];

	fresh();
	for (uint32_t i = 4; i < sizeof(image); i++)
		image[i] = (uint8_t)(i * 31 + i / 256);
	CU_ASSERT_EQUAL(cmsfs_boot_write(&fs, image, sizeof(image)), CMSFS_TOO_LARGE); /* no boot blocks */
	CU_ASSERT_EQUAL(cmsfs_boot_blocks(image, sizeof(image)), 30);
	CU_ASSERT_EQUAL(cmsfs_make(&disk.store, "BOOT", 30, 0), CMSFS_OK);
	CU_ASSERT_EQUAL(mount_disk(), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_boot_write(&fs, image, sizeof(image)), CMSFS_OK);
	CU_ASSERT_EQUAL(memcmp(record, "VM40BOOT", 8), 0);
	CU_ASSERT_EQUAL(memcmp(record + 8, "\6\0\0\0\x31\x75\0\0", 8), 0);
	CU_ASSERT_EQUAL(memcmp(disk.sector[6], image, sizeof(image)), 0);
}

int main(void)
{
	CU_TestInfo tests[] = {
		{"an empty disk", empty_disk},
		{"sizes", sizes},
		{"records", records},
		{"replace, rename, erase", changes},
		{"names", names},
		{"full", full},
		{"files in pieces", pieces},
		{"a power cut at every sector", power_cut},
		{"a write that fails", failed_write},
		{"read-only", read_only},
		{"disks that are none", bad_disks},
		{"every flipped bit of a superblock", flipped_bits},
		{"hostile catalogues with right sums", hostile},
		{"a block with two owners", shared_block},
		{"one writer", one_writer},
		{"the IPL record", boot},
		{"the boot record of a PC", boot_pc},
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {{"CMS-lite file system", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
	unsigned int failed;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
		return 1;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}
