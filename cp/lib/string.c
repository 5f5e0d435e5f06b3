/*
 * string.c - CP's string helpers.
 *
 * Owns: copying with a limit, comparing without regard to case, numbers from text. Before: memory.c. After: everything.
 * Simplification: strings are ASCII.
 */
#include <cp/string.h>

size_t string_length(const char *s, size_t limit)
{
	const char *end = memchr(s, '\0', limit);

	return end ? (size_t)(end - s) : limit;
}

size_t string_copy(char *dst, size_t size, const char *src)
{
	size_t length = strlen(src);
	size_t n = length < size ? length : size - 1;

	if (size) {
		memcpy(dst, src, n);
		dst[n] = '\0';
	}
	return length;
}

struct eight {
	uint64_t bytes;
} __attribute__((packed, may_alias));

/* Eight at once: a byte below a blank borrows from its first bit, one behind '~' carries into it, or has it set. */
static bool eight_printable(uint64_t bytes)
{
	const uint64_t ones = 0x0101010101010101;

	return ((bytes | (bytes - ' ' * ones) | (bytes + ones)) & 0x80 * ones) == 0;
}

bool string_printable(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (; n >= 8; n -= 8, p += 8)
		if (!eight_printable(((const struct eight *)p)->bytes))
			return false;
	for (; n; n--, p++)
		if (*p < ' ' || *p > '~')
			return false;
	return true;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

int string_compare_nocase(const char *a, const char *b)
{
	for (;; a++, b++) {
		int order = *a == *b ? 0 : (uint8_t)upper(*a) - (uint8_t)upper(*b);

		if (order || !*a)
			return order;
	}
}

void string_upper(char *s)
{
	for (; *s; s++)
		*s = upper(*s);
}

/* 0 to 15, or 16 for what is not a digit. */
static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = upper(c);
	return c >= 'A' && c <= 'F' ? c - 'A' + 10u : 16u;
}

static bool number(const char *s, unsigned base, uint64_t *value)
{
	uint64_t n = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned d = digit(*s);

		if (d >= base || n > (UINT64_MAX - d) / base)
			return false;
		n = n * base + d;
	}
	*value = n;
	return true;
}

bool string_hex(const char *s, uint64_t *value)
{
	return number(s, 16, value);
}

bool string_decimal(const char *s, uint64_t *value)
{
	return number(s, 10, value);
}
