/*
 * saved_unit.h - what the tests of the area for saved machines have in common: a volume, and images whose bytes tell who they are.
 */
#ifndef SAVED_UNIT_H
#define SAVED_UNIT_H

#include "unit.h"
#include "../../cp/saved/saved.h"
#include <hosted_volume.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/task.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAVED_SLOT  16u /* blocks of a catalogue slot of the test volume */
#define SAVED_DATA  (TEST_SAVED_BLOCKS - 2 * SAVED_SLOT)
#define PIECE_MAX   50000u
#define VOLUME_SIZE ((size_t)TEST_BLOCKS * VOLUME_BLOCK)

static struct hosted_disk *disk;

static inline int ipl_again(void)
{
	hosted_volumes_forget();
	hosted_console_clear();
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	return saved_init();
}

static inline void start_clean(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	CU_ASSERT_EQUAL(ipl_again(), 0);
}

static inline void done(void)
{
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static inline uint32_t blocks_free(void)
{
	uint64_t free_bytes, all;

	saved_space(&free_bytes, &all);
	CU_ASSERT_EQUAL(all, (uint64_t)SAVED_DATA * VOLUME_BLOCK);
	return (uint32_t)(free_bytes / VOLUME_BLOCK);
}

/* Byte n of the image with this seed. */
static inline uint8_t byte_of(uint32_t seed, uint64_t n)
{
	return (uint8_t)(seed * 2654435761u + n * 31 + (n >> 8) * 7 + (n >> 12) * seed);
}

static inline int append(struct saved_writer *w, uint32_t seed, uint64_t length)
{
	uint8_t *piece = malloc(PIECE_MAX); /* several tasks may be here */
	uint64_t random = seed + 1, done_bytes = 0;
	int result = 0;

	while (done_bytes < length && result == 0) {
		uint64_t n = hosted_random(&random) % PIECE_MAX + 1;

		n = n < length - done_bytes ? n : length - done_bytes;
		for (uint64_t i = 0; i < n; i++)
			piece[i] = byte_of(seed, done_bytes + i);
		result = saved_append(w, piece, n);
		done_bytes += n;
	}
	free(piece);
	return result;
}

/* An image from beginning to commit. */
static inline int save(enum saved_kind kind, const char *owner, const char *name, uint32_t seed,
		       uint64_t length)
{
	struct saved_writer *w;
	int result = saved_create(&w, kind, owner, name, 0);

	if (result < 0)
		return result;
	result = append(w, seed, length);
	if (result == 0)
		return saved_commit(w);
	saved_abandon(w);
	return result;
}

/* The next n bytes, which the image with that seed has from `at` on: how many, or < 0 for an error or other bytes. */
static inline int read_some(struct saved_reader *r, uint8_t *piece, uint32_t n, uint32_t seed, uint64_t at)
{
	int got = saved_read(r, piece, n);

	for (int i = 0; i < got; i++)
		if (piece[i] != byte_of(seed, at + (unsigned)i))
			return -1;
	return got;
}

/* Does the reader give what that seed wrote, and the end? */
static inline bool reads(struct saved_reader *r, uint32_t seed, uint64_t length)
{
	uint64_t random = seed + 5, done_bytes = 0;
	uint8_t *piece = malloc(PIECE_MAX);
	int got;

	do {
		uint32_t n = hosted_random(&random) % PIECE_MAX + 1;

		got = read_some(r, piece, n, seed, done_bytes);
		if (got > 0)
			done_bytes += (unsigned)got;
		if (done_bytes < length && got != (int)n)
			break;
	} while (got > 0);
	free(piece);
	return got == 0 && done_bytes == length && saved_length(r) == length;
}

static inline bool image_reads(const struct saved_image *i, uint32_t seed, uint64_t length)
{
	struct saved_reader *r;
	bool right;

	if (!i || i->bytes != length || saved_open(&r, i) != 0)
		return false;
	right = reads(r, seed, length);
	saved_close(r);
	return right;
}

#endif
