/*
 * lib.c - bytes, strings, numbers, text, calendar. See lib.h.
 *
 * Owns: nothing. A hosted build (the unit tests) takes the C library's part of it.
 *
 * Simplification: byte at a time, but for memcpy() and memcmp(); the compiler's built-in forms serve what is short and hot.
 */
#include "lib.h"

#if !__STDC_HOSTED__

/* Or the compiler would recognize the loop of memcpy as a memcpy, and call it. */
#define PLAIN_LOOP __attribute__((optimize("no-tree-loop-distribute-patterns")))

PLAIN_LOOP void *memcpy(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	for (; size >= 8; size -= 8, t += 8, f += 8)
		__builtin_memcpy(t, f, 8);
	while (size--)
		*t++ = *f++;
	return to;
}

PLAIN_LOOP void *memmove(void *to, const void *from, size_t size)
{
	char *t = to;
	const char *f = from;

	if (t <= f)
		return memcpy(to, from, size);
	while (size--)
		t[size] = f[size];
	return to;
}

PLAIN_LOOP void *memset(void *to, int byte, size_t size)
{
	char *t = to;

	while (size--)
		*t++ = (char)byte;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *x = a, *y = b;

	for (; size >= 8 && __builtin_memcmp(x, y, 8) == 0; size -= 8)
		x += 8, y += 8;
	for (; size; size--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

PLAIN_LOOP size_t strlen(const char *text)
{
	size_t n = 0;

	while (text[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

#endif

void text_copy(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; n + 1 < size && from[n]; n++)
		to[n] = from[n];
	to[n] = '\0';
}

char text_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

void text_upper_all(char *text)
{
	for (; *text; text++)
		*text = text_upper(*text);
}

bool text_same_nocase(const char *a, const char *b)
{
	while (*a && text_upper(*a) == text_upper(*b))
		a++, b++;
	return *a == *b;
}

static bool text_number(const char *text, uint32_t base, uint32_t *value)
{
	uint64_t number = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		char c = text_upper(*text);
		uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
				 : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
							: base;
		if (digit >= base)
			return false;
		number = number * base + digit;
		if (number > UINT32_MAX)
			return false;
	}
	*value = (uint32_t)number;
	return true;
}

bool text_decimal(const char *text, uint32_t *value)
{
	return text_number(text, 10, value);
}

bool text_hex(const char *text, uint32_t *value)
{
	return text_number(text, 16, value);
}

/* ---- format ------------------------------------------------------------------------------------------------------ */

struct output {
	char *to;
	size_t size, length;
};

static void put(struct output *out, char c)
{
	if (out->length + 1 < out->size)
		out->to[out->length++] = c;
}

static void put_text(struct output *out, const char *text, size_t length)
{
	size_t room = out->size > out->length + 1 ? out->size - 1 - out->length : 0;

	if (length > room)
		length = room;
	memcpy(out->to + out->length, text, length);
	out->length += length;
}

static void put_field(struct output *out, const char *text, size_t length, size_t width, bool left, char fill)
{
	size_t pad = width > length ? width - length : 0;

	if (!left)
		for (; pad; pad--)
			put(out, fill);
	put_text(out, text, length);
	for (; pad; pad--)
		put(out, ' ');
}

static void put_number(struct output *out, uint64_t value, bool negative, char kind, size_t width, bool left,
		       char fill)
{
	const char *digits = kind == 'x' ? "0123456789abcdef" : "0123456789ABCDEF";
	uint32_t base = kind == 'x' || kind == 'X' ? 16 : 10;
	char text[24];
	size_t n = sizeof(text);

	do {
		text[--n] = digits[value % base];
		value /= base;
	} while (value);
	if (negative && fill == '0') {
		put(out, '-');
		width -= width > 0;
	} else if (negative) {
		text[--n] = '-';
	}
	put_field(out, text + n, sizeof(text) - n, width, left, fill);
}

static void put_argument(struct output *out, const char **text, va_list *list)
{
	bool left = false, wide = false, precise = false;
	size_t width = 0, precision = 0, length = 0;
	const char *p = *text, *string;
	char fill = ' ', c;
	int64_t number;

	for (; *p == '-' || *p == '0'; p++)
		*p == '-' ? (left = true) : (fill = '0');
	for (; *p >= '0' && *p <= '9'; p++)
		width = width * 10 + (size_t)(*p - '0');
	if (*p == '.')
		for (precise = true, p++; *p >= '0' && *p <= '9'; p++)
			precision = precision * 10 + (size_t)(*p - '0');
	for (; *p == 'l'; p++)
		wide = true;
	*text = *p ? p + 1 : p;
	switch (*p) {
	case 's':
		string = va_arg(*list, const char *);
		while ((!precise || length < precision) && string[length])
			length++;
		put_field(out, string, length, width, left, ' ');
		break;
	case 'c':
		c = (char)va_arg(*list, int);
		put_field(out, &c, 1, width, left, ' ');
		break;
	case 'd':
		number = wide ? va_arg(*list, int64_t) : va_arg(*list, int);
		put_number(out, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0, 'd', width,
			   left, fill);
		break;
	case 'u':
	case 'x':
	case 'X':
		put_number(out, wide ? va_arg(*list, uint64_t) : va_arg(*list, unsigned int), false, *p,
			   width, left, fill);
		break;
	case '%':
		put(out, '%');
		break;
	}
}

size_t format_list(char *to, size_t size, const char *text, va_list list)
{
	struct output out = {to, size, 0};
	va_list copy;

	va_copy(copy, list);
	while (*text) {
		const char *plain = text;

		while (*text && *text != '%')
			text++;
		put_text(&out, plain, (size_t)(text - plain));
		if (!*text)
			break;
		text++;
		put_argument(&out, &text, &copy);
	}
	va_end(copy);
	if (size)
		to[out.length] = '\0';
	return out.length;
}

size_t format(char *to, size_t size, const char *text, ...)
{
	va_list list;
	size_t length;

	va_start(list, text);
	length = format_list(to, size, text, list);
	va_end(list);
	return length;
}

/* ---- calendar ---------------------------------------------------------------------------------------------------- */

/* Days are counted in years that begin in March, so that the leap day is the last one. */
struct calendar calendar_from(uint64_t seconds)
{
	uint64_t days = seconds / 86400 + 719468, second = seconds % 86400;
	uint64_t era = days / 146097, of_era = days % 146097;
	uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	uint64_t month = (5 * of_year + 2) / 153;

	return (struct calendar){
		.year = (uint32_t)(year + era * 400 + (month >= 10)),
		.month = (uint32_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint32_t)(of_year - (153 * month + 2) / 5 + 1),
		.hour = (uint32_t)(second / 3600),
		.minute = (uint32_t)(second / 60 % 60),
		.second = (uint32_t)(second % 60),
	};
}
