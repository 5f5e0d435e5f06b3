/*
 * test_temporary.c - disks that last until LOGOFF: what is on them, what they take, and that they give it back.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/heap.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <cp/volume.h>
#include <string.h>

#define T OBJECT_TEMPORARY_SPOOL
#define V OBJECT_TEMPORARY_STORAGE

static struct hosted_disk *disk;

static void start_clean(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(spool_init(), 0);
}

static void done(void)
{
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static uint32_t spool_free(void)
{
	uint32_t free, all;

	spool_space(&free, &all);
	return free;
}

/* Writes and reads at random against a plain array. */
static void against_an_array(uint8_t kind)
{
	enum { SECTORS = 61 };
	static uint8_t model[SECTORS * SECTOR_SIZE], buf[SECTORS * SECTOR_SIZE];
	uint64_t seed = kind;
	struct extent e;

	memset(model, 0, sizeof(model));
	CU_ASSERT_EQUAL(extent_open_temporary(&e, kind, SECTORS), 0);
	for (unsigned n = 0; n < 400; n++) {
		uint32_t sector = hosted_random(&seed) % SECTORS,
			 count = 1 + hosted_random(&seed) % (SECTORS - sector);

		if (n % 2) {
			for (uint32_t i = 0; i < count * SECTOR_SIZE; i++)
				buf[i] = (uint8_t)(n + i / 7);
			CU_ASSERT_EQUAL(extent_write(&e, sector, count, buf), 0);
			memcpy(model + sector * SECTOR_SIZE, buf, count * SECTOR_SIZE);
		} else {
			CU_ASSERT_EQUAL(extent_read(&e, sector, count, buf), 0);
			CU_ASSERT_EQUAL(memcmp(model + sector * SECTOR_SIZE, buf, count * SECTOR_SIZE), 0);
		}
	}
	CU_ASSERT(extent_read(&e, SECTORS - 1, 2, buf) < 0);
	CU_ASSERT(extent_write(&e, SECTORS, 1, buf) < 0);
	CU_ASSERT_EQUAL(extent_flush(&e), 0);
	extent_close(&e);
}

static void contents(void)
{
	uint64_t frames;
	uint32_t blocks;

	start_clean();
	against_an_array(T); /* the free lists of small storage have what they need */
	frames = frames_free();
	blocks = spool_free();
	against_an_array(T);
	against_an_array(V);
	CU_ASSERT_EQUAL(spool_free(), blocks);
	CU_ASSERT_EQUAL(frames_free(), frames);
	done();
}

/* The next one in the same blocks sees nothing of the one before. */
static void nothing_is_left(void)
{
	static uint8_t buf[8 * SECTOR_SIZE], zeros[8 * SECTOR_SIZE];
	uint32_t most, all, sectors;
	struct extent e;

	start_clean();
	spool_space(&most, &all);
	sectors = (most - all / 2) * VOLUME_SECTORS_PER_BLOCK;
	for (unsigned turn = 0; turn < 3; turn++) {
		CU_ASSERT_EQUAL(extent_open_temporary(&e, T, sectors), 0);
		for (uint32_t s = 0; s < sectors; s += 8) {
			CU_ASSERT_EQUAL(extent_read(&e, s, 8, buf), 0);
			CU_ASSERT_EQUAL(memcmp(buf, zeros, sizeof(buf)), 0);
			memset(buf, 0xee, sizeof(buf));
			CU_ASSERT_EQUAL(extent_write(&e, s, 1, buf),
					0); /* a part: the rest of the block is zeros */
			CU_ASSERT_EQUAL(extent_read(&e, s + 1, 7, buf), 0);
			CU_ASSERT_EQUAL(memcmp(buf, zeros, 7 * SECTOR_SIZE), 0);
		}
		extent_close(&e);
	}
	done();
}

static void limits(void)
{
	uint32_t most, all;
	struct extent e, f;

	start_clean();
	spool_space(&most, &all);
	CU_ASSERT(extent_open_temporary(&e, T, (uint64_t)(most - all / 2) * VOLUME_SECTORS_PER_BLOCK + 1) >
		  0);
	CU_ASSERT_EQUAL(spool_free(), most);
	CU_ASSERT_EQUAL(extent_open_temporary(&e, T, 1), 0);
	CU_ASSERT_EQUAL(spool_free(), most - 1);
	CU_ASSERT_STRING_EQUAL(extent_name(&e), "(TEMP)");
	extent_close(&e);
	CU_ASSERT(extent_open_temporary(&e, T, 0) > 0);
	CU_ASSERT(extent_open_temporary(&e, V, (uint64_t)OBJECT_TEMPORARY_MAX + 1) > 0);
	/* Half of what V-disks may have, twice; then nothing. Nothing is written, so no frame is used. */
	most = (uint32_t)(frames_total() / 8);
	CU_ASSERT_EQUAL(extent_open_temporary(&e, V, (uint64_t)most * VOLUME_SECTORS_PER_BLOCK), 0);
	CU_ASSERT_EQUAL(extent_open_temporary(&f, V, (uint64_t)most * VOLUME_SECTORS_PER_BLOCK), 0);
	CU_ASSERT_STRING_EQUAL(extent_name(&f), "(VDSK)");
	{
		struct extent g;

		CU_ASSERT(extent_open_temporary(&g, V, 8 * VOLUME_SECTORS_PER_BLOCK) > 0);
	}
	extent_close(&e);
	extent_close(&f);
	CU_ASSERT_EQUAL(extent_open_temporary(&e, V, (uint64_t)most * VOLUME_SECTORS_PER_BLOCK), 0);
	extent_close(&e);
	done();
}

static const struct unit_test tests[] = {
	{"temporary: contents, against an array", contents},
	{"temporary: nothing is left for the next one", nothing_is_left},
	{"temporary: limits", limits},
};

UNIT_MAIN("temporary disks", tests)
