/*
 * test_disk_copy.c - a disk is read as it was at one moment, whoever writes it meanwhile; and whoever writes is never stuck.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/disk_copy.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>
#include <stdlib.h>

#define PIECES  50u /* more than may be kept */
#define SECTORS (PIECES * DISK_COPY_SECTORS - 13)
#define START   (TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + 24) /* a neighbour begins before it */
#define BYTES   ((size_t)SECTORS * SECTOR_SIZE)
#define WRITERS 4

static struct hosted_disk *disk;
static struct extent extent, all; /* the disk, and one that is larger and holds it */
static uint8_t *before, *after, *copied;
static unsigned writing;
static uint64_t seed;

static void mount(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
}

static void start(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	UNIT_IN_TASK(mount, NULL);
	CU_ASSERT_EQUAL(extent_open(&extent, "VM40SP", START, SECTORS), 0);
	CU_ASSERT_EQUAL(extent_open(&all, "VM40SP", START - 24, SECTORS + 100), 0);
	before = malloc(BYTES);
	after = malloc(BYTES);
	copied = malloc(PIECES * DISK_COPY_SECTORS * SECTOR_SIZE);
	for (size_t n = 0; n < BYTES; n++)
		before[n] = (uint8_t)hosted_random(&seed);
	memcpy(after, before, BYTES);
	memcpy(disk->data + START * SECTOR_SIZE, before, BYTES);
}

static void end(void)
{
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
	free(before);
	free(after);
	free(copied);
}

/* A write of the disk through one extent or the other, as the model has it, too. */
static void write_some(uint32_t sector, uint32_t count, bool through_all)
{
	static uint8_t bytes[WRITERS + 1][100 * SECTOR_SIZE];
	uint8_t *from = bytes[writing % (WRITERS + 1)];

	memset(from, (int)hosted_random(&seed), (size_t)count * SECTOR_SIZE);
	memcpy(after + (size_t)sector * SECTOR_SIZE, from, (size_t)count * SECTOR_SIZE);
	CU_ASSERT_EQUAL(
		extent_write(through_all ? &all : &extent, sector + (through_all ? 24 : 0), count, from), 0);
}

static struct disk_copy copy;

/* Until the end. 0, or the first < 0. */
static int read_all(void)
{
	size_t at = 0;
	int rc;

	while ((rc = disk_copy_read(&copy, copied + at)) > 0) {
		at += (size_t)rc * SECTOR_SIZE;
		task_yield();
	}
	CU_ASSERT_TRUE(rc < 0 || at == BYTES);
	return rc;
}

/* ---- writes race with the copy ---------------------------------------------------------------------------------------- */

/* Each writer has a part of its own, so that the model knows who was last: the parts' edges lie within pieces. */
static void writer(void *argument)
{
	uint32_t number = (uint32_t)(uintptr_t)argument, part = SECTORS / WRITERS;

	for (unsigned n = 0; n < 60; n++) {
		uint32_t first = hosted_random(&seed) % part, count = hosted_random(&seed) % 90 + 1;
		uint8_t *bytes;

		count = count < part - first ? count : part - first;
		bytes = malloc((size_t)count * SECTOR_SIZE);
		memset(bytes, (int)hosted_random(&seed), (size_t)count * SECTOR_SIZE);
		first += number * part;
		CU_ASSERT_EQUAL(number & 1 ? extent_write(&all, first + 24, count, bytes)
					   : extent_write(&extent, first, count, bytes),
				0);
		memcpy(after + (size_t)first * SECTOR_SIZE, bytes, (size_t)count * SECTOR_SIZE);
		free(bytes);
		if (hosted_random(&seed) % 3 == 0)
			task_yield();
	}
	writing--;
	task_exit();
}

static void race(void *argument)
{
	(void)argument;
	disk_copy_begin(&copy, &extent);
	for (uintptr_t n = 0; n < WRITERS; n++) {
		writing++;
		task_create("writer", writer, (void *)n);
	}
	if (hosted_random(&seed) & 1)
		for (unsigned n = hosted_random(&seed) % 400; n; n--)
			task_yield();
	CU_ASSERT_EQUAL(read_all(), 0);
	disk_copy_end(&copy);
	while (writing)
		task_yield();
}

static void test_race(void)
{
	for (unsigned n = 0; n < (hosted_long() ? 500u : 25u); n++) {
		size_t used;

		seed = n + 1;
		start();
		used = hosted_heap_used();
		disk->sleepy = true;
		disk->drowsy = 9;
		disk->dream = seed;
		UNIT_IN_TASK(race, NULL);
		CU_ASSERT_EQUAL_FATAL(memcmp(copied, before, BYTES), 0);
		CU_ASSERT_EQUAL_FATAL(memcmp(disk->data + START * SECTOR_SIZE, after, BYTES), 0);
		CU_ASSERT_EQUAL(hosted_heap_used(), used);
		end();
	}
}

/* ---- more than may be kept ---------------------------------------------------------------------------------------------- */

static unsigned written; /* pieces */

/* From the end to the front: the copy is always behind. */
static void write_all(void *argument)
{
	(void)argument;
	for (unsigned n = PIECES - 1; n > 0; n--) {
		write_some(n * DISK_COPY_SECTORS - 13, DISK_COPY_SECTORS, false);
		written++;
	}
	writing--;
	task_exit();
}

static void begin_writing(void *argument)
{
	disk_copy_begin(&copy, &extent);
	written = 0;
	writing++;
	task_create("writer", write_all, NULL);
	if (argument)
		hosted_heap_fail_after(0);
}

static void finish(void *argument)
{
	CU_ASSERT_EQUAL(argument ? 0 : read_all(), 0);
	disk_copy_end(&copy);
	while (writing)
		task_yield();
}

/* With room for some; or with none at all, for the heap is exhausted. Read on, or given up: nobody is stuck. */
static void bounded(bool heap, bool give_up)
{
	size_t used;

	start();
	used = hosted_heap_used();
	UNIT_IN_TASK(begin_writing, heap ? NULL : &copy);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_EQUAL(writing, 1);
	CU_ASSERT_TRUE(heap ? written > 10 && written < 40 : written == 0);
	CU_ASSERT_TRUE(hosted_heap_used() < used + (2u << 20));
	hosted_heap_fail_after(-1);
	UNIT_IN_TASK(finish, give_up ? &copy : NULL);
	CU_ASSERT_EQUAL(written, PIECES - 1);
	CU_ASSERT_TRUE(give_up || memcmp(copied, before, BYTES) == 0);
	CU_ASSERT_EQUAL(memcmp(disk->data + START * SECTOR_SIZE, after, BYTES), 0);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_TRUE(hosted_heap_used() <= used);
	end();
}

static void test_bounded(void)
{
	bounded(true, false);
	bounded(true, true);
	bounded(false, false);
	bounded(false, true);
}

/* ---- a disk that cannot be read ------------------------------------------------------------------------------------------ */

static void damaged(void *argument)
{
	(void)argument;
	disk_copy_begin(&copy, &extent);
	disk->read_error = START + 5 * DISK_COPY_SECTORS + 3;
	write_some(5 * DISK_COPY_SECTORS, 10, false); /* the writer gets his sectors written all the same, */
	disk->read_error = -1;
	CU_ASSERT_EQUAL(read_all(), CP_IO_ERROR); /* and the copy does not pretend */
	disk_copy_end(&copy);
	write_some(0, 10, false);
	CU_ASSERT_EQUAL(memcmp(disk->data + START * SECTOR_SIZE, after, BYTES), 0);
}

static void test_damaged(void)
{
	start();
	UNIT_IN_TASK(damaged, NULL);
	end();
}

/* Two copies of one disk, of two moments. */
static void two(void *argument)
{
	struct disk_copy first;
	uint8_t *between = malloc(BYTES), *piece = malloc(DISK_COPY_SECTORS * SECTOR_SIZE);
	size_t at = 0;
	int rc;

	(void)argument;
	disk_copy_begin(&first, &extent);
	write_some(100, 90, true);
	memcpy(between, after, BYTES);
	disk_copy_begin(&copy, &extent);
	write_some(50, 90, false);
	write_some(SECTORS - 1, 1, false);
	CU_ASSERT_EQUAL(read_all(), 0);
	CU_ASSERT_EQUAL(memcmp(copied, between, BYTES), 0);
	disk_copy_end(&copy);
	for (; (rc = disk_copy_read(&first, piece)) > 0; at += (size_t)rc * SECTOR_SIZE)
		CU_ASSERT_EQUAL(memcmp(piece, before + at, (size_t)rc * SECTOR_SIZE), 0);
	CU_ASSERT_EQUAL(at, BYTES);
	disk_copy_end(&first);
	free(between);
	free(piece);
}

static void test_two(void)
{
	start();
	UNIT_IN_TASK(two, NULL);
	end();
}

static const struct unit_test tests[] = {
	{"disk copy: writers race with it, and it is of one moment", test_race},
	{"disk copy: more than may be kept waits for its turn", test_bounded},
	{"disk copy: what cannot be read is no copy", test_damaged},
	{"disk copy: two moments of one disk", test_two},
};

UNIT_MAIN("disk copy", tests)
