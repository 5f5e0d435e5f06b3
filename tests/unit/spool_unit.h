/*
 * spool_unit.h - what the tests of the spool have in common: a volume, and files whose records tell who they are.
 */
#ifndef SPOOL_UNIT_H
#define SPOOL_UNIT_H

#include "unit.h"
#include "../../cp/spool/spool.h"
#include <hosted_volume.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <stdlib.h>
#include <string.h>

static struct hosted_disk *disk;

static inline void start_clean(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_console_clear();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(spool_init(), 0);
}

static inline int ipl_again(void)
{
	hosted_volumes_forget();
	hosted_console_clear();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	return spool_init();
}

static inline void done(void)
{
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static inline uint32_t blocks_free(void)
{
	uint32_t free_blocks, all;

	spool_space(&free_blocks, &all);
	CU_ASSERT_EQUAL(all, TEST_SPOOL_DATA_BLOCKS);
	return free_blocks;
}

/* Record n of the file with this seed: length and bytes are a function of the two. */
static inline size_t record_make(uint32_t seed, uint32_t n, uint8_t *to)
{
	uint64_t s = (uint64_t)seed << 32 | (n + 1);
	uint32_t kind = hosted_random(&s) % 16;
	size_t length = kind == 0   ? 0
			: kind == 1 ? hosted_random(&s) % (SPOOL_RECORD_MAX + 1)
				    : hosted_random(&s) % 133;

	for (size_t i = 0; i < length; i++)
		to[i] = (uint8_t)(seed + n + i);
	return length;
}

static inline struct spool_file *file_make(const char *owner, char class, uint32_t seed, uint32_t records)
{
	struct spool_file *f = spool_create(owner, SPOOL_PUNCH, class);
	uint8_t record[SPOOL_RECORD_MAX];

	if (!f)
		return NULL;
	for (uint32_t n = 0; n < records; n++) {
		size_t length = record_make(seed, n, record);

		if (spool_append(f, (uint8_t)n, record, length) < 0) {
			spool_purge(f);
			return NULL;
		}
	}
	return f;
}

/* Is the file, read from its beginning, what was written? */
static inline bool file_reads(struct spool_file *f, uint32_t seed, uint32_t records)
{
	static uint8_t got[SPOOL_RECORD_MAX], want[SPOOL_RECORD_MAX];
	struct spool_position p;
	uint8_t control;

	spool_open(f, &p);
	for (uint32_t n = 0; n < records; n++) {
		size_t length = record_make(seed, n, want);

		if (spool_read(&p, &control, got, sizeof(got)) != (int)length || control != (uint8_t)n ||
		    memcmp(got, want, length) != 0 || p.record != n + 1)
			return false;
	}
	return spool_read(&p, &control, got, sizeof(got)) == -1 &&
	       spool_read(&p, &control, got, sizeof(got)) == -1;
}

#endif
