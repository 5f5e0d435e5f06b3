/*
 * test_lib.c - strings, text, dates, code page 037, bitmaps, checksums.
 *
 * The freestanding memcpy() and friends are compiled into this program under other names, for a hosted CP takes the C library's.
 */
#include "unit.h"
#include <cp/bitmap.h>
#include <cp/crc32.h>
#include <cp/format.h>
#include <cp/panic.h>
#include <cp/pbkdf2.h>
#include <cp/string.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* What cp/lib/memory.c defines when nobody else does. Its words at odd addresses are meant, but no business of the sanitizer. */
void *cp_memcpy(void *dst, const void *src, size_t n);
void *cp_memmove(void *dst, const void *src, size_t n);
void *cp_memset(void *dst, int c, size_t n);
int cp_memcmp(const void *a, const void *b, size_t n);
void *cp_memchr(const void *s, int c, size_t n);
size_t cp_strlen(const char *s);
int cp_strcmp(const char *a, const char *b);
int cp_strncmp(const char *a, const char *b, size_t n);
char *cp_strchr(const char *s, int c);

#define memcpy              cp_memcpy
#define memmove             cp_memmove
#define memset              cp_memset
#define memcmp              cp_memcmp
#define memchr              cp_memchr
#define strlen              cp_strlen
#define strcmp              cp_strcmp
#define strncmp             cp_strncmp
#define strchr              cp_strchr
#define MEMORY_FREESTANDING 1
#include "../../cp/lib/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr

#define AREA 1200

static void fill(uint8_t *area, uint64_t *seed)
{
	for (unsigned i = 0; i < AREA; i++)
		area[i] = (uint8_t)hosted_random(seed);
}

static size_t some_length(uint64_t *seed)
{
	static const size_t edges[] = {0, 1, 7, 8, 9, 15, 16, 17, 255, 256, 257, 263, 264, 511, 512, 513};
	uint32_t r = hosted_random(seed);

	return r & 1 ? edges[(r >> 1) % ARRAY_SIZE(edges)] : (r >> 1) % 600;
}

/* Against the C library's, at odd addresses, overlapping both ways; bytes around must stay. */
static void moves(void)
{
	uint8_t ours[AREA], theirs[AREA];
	uint64_t seed = 40;

	for (unsigned round = 0; round < 20000; round++) {
		size_t n = some_length(&seed), to = hosted_random(&seed) % 300,
		       from = hosted_random(&seed) % 300;

		fill(ours, &seed);
		memcpy(theirs, ours, AREA);
		CU_ASSERT_PTR_EQUAL(cp_memmove(ours + to, ours + from, n), ours + to);
		memmove(theirs + to, theirs + from, n);
		if (memcmp(ours, theirs, AREA) != 0) {
			CU_FAIL("memmove differs");
			return;
		}
		cp_memcpy(ours + to, theirs + from, n);
		for (size_t i = 0; i < n; i++)
			if (ours[to + i] != theirs[from + i]) {
				CU_FAIL("memcpy differs");
				return;
			}
		cp_memset(ours + to, (int)round, n);
		memcpy(theirs, ours, AREA);
		memset(theirs + to, (int)round, n);
		CU_ASSERT(memcmp(ours, theirs, AREA) == 0);
		if (round > 500)
			round += 7;
	}
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void compares(void)
{
	uint8_t a[AREA], b[AREA];
	uint64_t seed = 67;

	for (unsigned round = 0; round < 3000; round++) {
		size_t n = some_length(&seed), at = hosted_random(&seed) % 20;

		fill(a, &seed);
		memcpy(b, a, AREA);
		if (n && round & 1)
			b[at + hosted_random(&seed) % n] ^= 0x80;
		CU_ASSERT_EQUAL(sign(cp_memcmp(a + at, b + at, n)), sign(memcmp(a + at, b + at, n)));
		CU_ASSERT_PTR_EQUAL(cp_memchr(a + at, b[5], n), memchr(a + at, b[5], n));
	}
	CU_ASSERT_EQUAL(cp_memcmp("\x80", "\x7f", 1) > 0, true);
	CU_ASSERT_EQUAL(cp_strlen(""), 0);
	CU_ASSERT_EQUAL(cp_strlen("CP-67"), 5);
	CU_ASSERT(cp_strcmp("A", "B") < 0 && cp_strcmp("AB", "A") > 0 && cp_strcmp("", "") == 0);
	CU_ASSERT(cp_strcmp("\xff", "A") > 0);
	CU_ASSERT(cp_strncmp("ABC", "ABD", 2) == 0 && cp_strncmp("ABC", "ABD", 3) < 0 &&
		  cp_strncmp("A", "A", 9) == 0);
	CU_ASSERT_PTR_NOT_NULL(cp_strchr("ABC", 'C'));
	CU_ASSERT_PTR_NULL(cp_strchr("ABC", 'D'));
	CU_ASSERT_EQUAL(*cp_strchr("ABC", '\0'), '\0');
}

static void printables(void)
{
	char text[40];

	memset(text, 'x', sizeof(text));
	CU_ASSERT_TRUE(string_printable(text, 0) && string_printable(text, sizeof(text)));
	for (unsigned c = 0; c < 256; c++)
		for (unsigned at = 0; at < 20; at++) {
			text[at] = (char)c;
			CU_ASSERT_EQUAL(string_printable(text, 19), at > 18 || (c >= ' ' && c <= '~'));
			CU_ASSERT_EQUAL(string_printable(text + at, 1), c >= ' ' && c <= '~');
			text[at] = at & 1 ? '~' : ' ';
		}
}

static void strings(void)
{
	char dst[8] = "xxxxxxx";
	uint64_t n = 99;

	CU_ASSERT_EQUAL(string_copy(dst, 4, "OPERATOR"), 8);
	CU_ASSERT_STRING_EQUAL(dst, "OPE");
	CU_ASSERT_EQUAL(dst[4], 'x');
	CU_ASSERT_EQUAL(string_copy(dst, 0, "A"), 1);
	CU_ASSERT_STRING_EQUAL(dst, "OPE");
	CU_ASSERT_EQUAL(string_compare_nocase("Maint", "mAINT"), 0);
	CU_ASSERT(string_compare_nocase("MAINT", "MAIN") > 0 && string_compare_nocase("A", "b") < 0);
	CU_ASSERT(string_compare_nocase("MAIN", "maint") < 0 && string_compare_nocase("", "") == 0);
	CU_ASSERT(string_compare_nocase("\xc1", "A") > 0);
	CU_ASSERT(string_length("CMS", 2) == 2 && string_length("CMS", 3) == 3 &&
		  string_length("CMS", 9) == 3);
	CU_ASSERT_EQUAL(string_length("", 0), 0);
	string_copy(dst, sizeof(dst), "a1z{`Z");
	string_upper(dst);
	CU_ASSERT_STRING_EQUAL(dst, "A1Z{`Z");
	CU_ASSERT(string_hex("fFfFfFfFfFfFfFfF", &n) && n == UINT64_MAX);
	CU_ASSERT(string_decimal("18446744073709551615", &n) && n == UINT64_MAX);
	n = 7;
	CU_ASSERT_FALSE(string_hex("10000000000000000", &n));
	CU_ASSERT_FALSE(string_decimal("18446744073709551616", &n));
	CU_ASSERT_FALSE(string_hex("", &n) || string_hex("0x1", &n) || string_hex("1 ", &n) ||
			string_decimal("-1", &n));
	CU_ASSERT_FALSE(string_decimal("1A", &n));
	CU_ASSERT_EQUAL(n, 7);
}

/* ---- text ----------------------------------------------------------------------------------------------------------- */

#define SAME(...)                                                                                            \
	do {                                                                                                 \
		char ours[200], theirs[200];                                                                 \
		int a = format(ours, sizeof(ours), __VA_ARGS__);                                             \
		int b = snprintf(theirs, sizeof(theirs), __VA_ARGS__);                                       \
		CU_ASSERT_EQUAL(a, b);                                                                       \
		CU_ASSERT_STRING_EQUAL(ours, theirs);                                                        \
	} while (0)

static void formats(void)
{
	char small[6];

	SAME("plain %% text");
	SAME("%d %d %d %u", 0, -1, INT32_MIN, UINT32_MAX);
	SAME("[%5d] [%-5d] [%05d] [%05d] [%2d]", 42, 42, 42, -42, 12345);
	SAME("[%-5d] [%5d]", -42, -42);
	SAME("%x %X %08X %02x", 0xabcdefu, 0xabcdefu, 0x190u, 5u);
	SAME("%lX %lx %016lX", UINT64_MAX, 1ul, 0x1234ul);
	SAME("%ld %lld %llu %zu", INT64_MIN, -5ll, 18446744073709551615ull, (size_t)9);
	SAME("%s|%8s|%-8s|%.3s|%-8.2s|", "CMS", "CMS", "CMS", "STUDENT", "STUDENT");
	SAME("%*d|%-*s|%.*s|", 6, 7, 5, "A", 2, "XYZ");
	SAME("%c%c", 'V', 'M');
	SAME("%hu %hhx", (unsigned short)65535, (unsigned char)255);
	CU_ASSERT_EQUAL(format(small, sizeof(small), "OPERATOR"), 8);
	CU_ASSERT_STRING_EQUAL(small, "OPERA");
	CU_ASSERT_EQUAL(format(NULL, 0, "%d", 12345), 5);
	/* A field without an end, as on disk. */
	CU_ASSERT_EQUAL(format(small, sizeof(small), "%.2s", (const char[2]){'A', 'B'}), 2);
	CU_ASSERT_STRING_EQUAL(small, "AB");
}

static void dates(void)
{
	struct calendar c;
	char text[9];
	uint64_t seed = 3;

	calendar_from_tod(0, &c);
	CU_ASSERT(c.year == 1900 && c.month == 1 && c.day == 1 && c.weekday == 1);
	calendar_from_tod(TOD_UNIX_EPOCH + 951782400ull * TOD_SECOND,
			  &c); /* a leap day in a year that 100 divides */
	CU_ASSERT(c.year == 2000 && c.month == 2 && c.day == 29);
	calendar_from_tod(TOD_UNIX_EPOCH + 1795427999ull * TOD_SECOND, &c);
	calendar_time(&c, text);
	CU_ASSERT_STRING_EQUAL(text, "09:59:59");
	calendar_date(&c, text);
	CU_ASSERT_STRING_EQUAL(text, "11/23/26");
	CU_ASSERT_STRING_EQUAL(calendar_weekday(&c), "MONDAY");
	for (int i = 0; i < 5000; i++) { /* any other day, by the C library */
		time_t t = hosted_random(&seed) % 2200000000u;
		struct tm tm;

		gmtime_r(&t, &tm);
		calendar_from_tod(TOD_UNIX_EPOCH + (uint64_t)t * TOD_SECOND + 4095, &c);
		CU_ASSERT(c.year == tm.tm_year + 1900u && c.month == tm.tm_mon + 1u &&
			  c.day == (unsigned)tm.tm_mday && c.hour == (unsigned)tm.tm_hour &&
			  c.minute == (unsigned)tm.tm_min && c.second == (unsigned)tm.tm_sec &&
			  c.weekday == (unsigned)tm.tm_wday);
	}
}

static void ebcdic(void)
{
	uint8_t all[256], text[] = "Ready; T=0.01 #CP {|}[]";
	const uint8_t begin[] = {0xd9, 0x85, 0x81, 0x84, 0xa8, 0x5e};

	for (unsigned i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	ascii_to_ebcdic(all, sizeof(all));
	CU_ASSERT(all['A'] == 0xc1 && all[' '] == 0x40 && all['0'] == 0xf0 && all['z'] == 0xa9);
	ebcdic_to_ascii(all, sizeof(all));
	for (unsigned i = 0; i < 256; i++)
		CU_ASSERT_EQUAL(all[i], i);
	ascii_to_ebcdic(text, sizeof(text) - 1);
	CU_ASSERT_EQUAL(memcmp(text, begin, sizeof(begin)), 0);
	ebcdic_to_ascii(text, sizeof(text) - 1);
	CU_ASSERT_STRING_EQUAL((char *)text, "Ready; T=0.01 #CP {|}[]");
}

/* ---- bitmaps, checksums ---------------------------------------------------------------------------------------------- */

static void bitmaps(void)
{
	struct bitmap b;
	bool model[77] = {0};
	unsigned taken = 0;
	uint64_t seed = 9;

	hosted_start();
	CU_ASSERT_EQUAL(bitmap_create(&b, ARRAY_SIZE(model)), 0);
	for (unsigned round = 0; round < 20000; round++) {
		uint32_t n = hosted_random(&seed) % (ARRAY_SIZE(model) + 2), got;

		switch (hosted_random(&seed) % 3) {
		case 0:
			got = bitmap_take(&b);
			CU_ASSERT_EQUAL(got == BITMAP_NONE, taken == ARRAY_SIZE(model));
			if (got != BITMAP_NONE) {
				CU_ASSERT(got < ARRAY_SIZE(model) && !model[got]);
				model[got] = true;
				taken++;
			}
			break;
		case 1:
			CU_ASSERT_EQUAL(bitmap_claim(&b, n), n < ARRAY_SIZE(model) && !model[n]);
			if (n < ARRAY_SIZE(model) && !model[n]) {
				model[n] = true;
				taken++;
			}
			break;
		case 2:
			CU_ASSERT_EQUAL(bitmap_release(&b, n), n < ARRAY_SIZE(model) && model[n]);
			if (n < ARRAY_SIZE(model) && model[n]) {
				model[n] = false;
				taken--;
			}
			break;
		}
		CU_ASSERT_EQUAL(b.free, ARRAY_SIZE(model) - taken);
	}
	bitmap_destroy(&b);
}

/* The same checksum as zip's, in any pieces. */
static void crc(void)
{
	uint8_t data[AREA];
	uint64_t seed = 5;

	CU_ASSERT_EQUAL(crc32_update(0, "123456789", 9), 0xcbf43926);
	for (int i = 0; i < 300; i++) {
		size_t n = hosted_random(&seed) % AREA, cut = n ? hosted_random(&seed) % n : 0;

		fill(data, &seed);
		CU_ASSERT_EQUAL(crc32_update(0, data, n), crc32(0, data, (uInt)n));
		CU_ASSERT_EQUAL(crc32_update(crc32_update(0, data, cut), data + cut, n - cut),
				crc32_update(0, data, n));
	}
}

/* ---- last words ------------------------------------------------------------------------------------------------------- */

static void fault(void *argument)
{
	assert_cp(argument != NULL);
}

static void no_fault(void *argument)
{
	assert_cp(argument == NULL);
}

static void panics(void)
{
	CU_ASSERT_EQUAL(hosted_child(fault, NULL), STOP_PANIC);
	CU_ASSERT_EQUAL(hosted_child(no_fault, NULL), -1);
	hosted_console_clear();
	log_line("DISK %04X %s", 0x120, "IS READY");
	CU_ASSERT_STRING_EQUAL(hosted_console(), "DISK 0120 IS READY\n");
}

static const struct unit_test tests[] = {
	{"memcpy, memmove and memset agree with the C library", moves},
	{"memcmp, memchr and the str functions agree with the C library", compares},
	{"printable or not, wherever it stands among eight", printables},
	{"string helpers: cut, case, numbers whole or not at all", strings},
	{"format agrees with printf", formats},
	{"the calendar agrees with gmtime", dates},
	{"code page 037 maps one to one", ebcdic},
	{"bitmap against a model", bitmaps},
	{"CRC-32 agrees with zlib", crc},
	{"a broken rule of CP stops it with the code of a panic", panics},
};

UNIT_MAIN("lib", tests)
