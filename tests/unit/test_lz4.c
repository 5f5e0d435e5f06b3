/*
 * test_lz4.c - compression against another's: what CP makes Debian's library reads, what that makes CP reads; and no bytes do harm.
 */
#include "unit.h"
#include <cp/lz4.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16384

static uint64_t seed = 40;
static uint16_t table[LZ4_TABLE];

static uint32_t dice(uint32_t below)
{
	return hosted_random(&seed) % below;
}

/* Bytes of many characters: noise, runs, words that come again, from hardly to wholly compressible. */
static void fill(uint8_t *at, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t run = 1 + dice(1u << dice(10));
		size_t back = i ? 1 + dice((uint32_t)i) : 0;
		uint8_t byte = (uint8_t)dice(256);
		unsigned kind = dice(4);

		for (; run > 0 && i < n; run--, i++)
			at[i] = kind == 0           ? byte
				: kind == 1         ? 0
				: kind == 2 && back ? at[i - back]
						    : (uint8_t)dice(256);
	}
}

static void test_oracle(void)
{
	unsigned turns = hosted_long() ? 200000 : 4000, small = 0;
	uint8_t *in = malloc(MOST), *out = malloc(2 * MOST), *back = malloc(MOST);

	for (unsigned t = 0; t < turns; t++) {
		size_t n = t < 64 ? t : 1 + dice(dice(2) ? 4096 : MOST), length;
		int theirs;

		fill(in, n);
		length = lz4_compress(in, n, out, 2 * MOST, table);
		CU_ASSERT_TRUE_FATAL(length > 0);
		small += length < n;
		CU_ASSERT_EQUAL_FATAL(LZ4_decompress_safe((char *)out, (char *)back, (int)length, (int)n),
				      (int)n);
		CU_ASSERT_TRUE_FATAL(memcmp(in, back, n) == 0);
		memset(back, 0xaa, MOST);
		CU_ASSERT_TRUE_FATAL(lz4_expand(out, length, back, n));
		CU_ASSERT_TRUE_FATAL(memcmp(in, back, n) == 0);
		theirs = LZ4_compress_default((char *)in, (char *)out, (int)n, 2 * MOST);
		memset(back, 0xaa, MOST);
		CU_ASSERT_TRUE_FATAL(lz4_expand(out, (size_t)theirs, back, n));
		CU_ASSERT_TRUE_FATAL(memcmp(in, back, n) == 0);
		CU_ASSERT_FALSE(n && lz4_expand(out, (size_t)theirs, back, n - 1));
		CU_ASSERT_FALSE(n < MOST && lz4_expand(out, (size_t)theirs, back, n + 1));
	}
	CU_ASSERT_TRUE(small > turns / 4);
	free(in);
	free(out);
	free(back);
}

/* What does not go into the room is said, and nothing behind the room is touched. */
static void test_room(void)
{
	for (unsigned t = 0; t < 500; t++) {
		size_t n = 1 + dice(4096), room = dice((uint32_t)n + 20), length;
		uint8_t *in = malloc(n), *out = malloc(room ? room : 1), *back = malloc(n);

		fill(in, n);
		length = lz4_compress(in, n, out, room, table);
		CU_ASSERT_TRUE(length <= room);
		CU_ASSERT_TRUE(!length || lz4_expand(out, length, back, n));
		free(in);
		free(out);
		free(back);
	}
	CU_ASSERT_EQUAL(lz4_compress("", LZ4_INPUT_MAX + 1, NULL, 0, table), 0);
}

/* A page of zeros becomes next to nothing, a page of the same words little. */
static void test_small(void)
{
	static uint32_t page[1024];
	uint8_t out[4096];

	CU_ASSERT_TRUE(lz4_compress(page, sizeof(page), out, sizeof(out), table) < 32);
	for (unsigned i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = i % 2 ? 0x12345678 : 0x9abcdef0;
	CU_ASSERT_TRUE(lz4_compress(page, sizeof(page), out, sizeof(out), table) < 48);
}

/* Mutated blocks: CP takes one exactly when the library does, and makes the same of it. */
static void test_hostile(void)
{
	unsigned turns = hosted_long() ? 1000000 : 20000, good = 0;
	uint8_t in[600], ours[600], theirs[600];

	for (unsigned t = 0; t < turns; t++) {
		size_t n = 20 + dice(580), length;
		uint8_t *block = malloc(2000);
		bool taken;

		fill(in, n);
		length = lz4_compress(in, n, block, 2000, table);
		for (unsigned k = dice(4); k > 0; k--)
			block[dice((uint32_t)length)] = (uint8_t)(dice(3) ? dice(256) : 255);
		if (dice(4) == 0)
			length = 1 + dice((uint32_t)length);
		block = realloc(block, length); /* so that a byte too far is seen */
		taken = lz4_expand(block, length, ours, n);
		if (taken) {
			good++;
			CU_ASSERT_EQUAL(
				LZ4_decompress_safe((char *)block, (char *)theirs, (int)length, (int)n),
				(int)n);
			CU_ASSERT_TRUE(memcmp(ours, theirs, n) == 0);
		}
		free(block);
	}
	CU_ASSERT_FALSE(lz4_expand("", 0, ours, 0)); /* there is no block without a token */
	CU_ASSERT_TRUE(good > turns / 20 && good < turns);
}

static const struct unit_test tests[] = {
	{"lz4: ours by the library, the library's by ours", test_oracle},
	{"lz4: a room that is too small", test_room},
	{"lz4: zeros and tables become small", test_small},
	{"lz4: mutated blocks", test_hostile},
};

UNIT_MAIN("lz4", tests)
