/*
 * Formatted lines, and the few library functions that the compiler itself calls.
 * Before it: sclp.c. After it: trial.c. Known simplification: a line longer than the buffer is cut.
 */
#include <stdarg.h>

#include "guest.h"
#include "sclp.h"

/* Code page 037 for the printable characters of ASCII, from blank on. */
static const uint8_t ebcdic[] = {
	0x40, 0x5a, 0x7f, 0x7b, 0x5b, 0x6c, 0x50, 0x7d, 0x4d, 0x5d, 0x5c, 0x4e, 0x6b, 0x60, 0x4b, 0x61,
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0x7a, 0x5e, 0x4c, 0x7e, 0x6e, 0x6f,
	0x7c, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6,
	0xd7, 0xd8, 0xd9, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xba, 0xe0, 0xbb, 0xb0, 0x6d,
	0x79, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96,
	0x97, 0x98, 0x99, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xc0, 0x4f, 0xd0, 0xa1,
};

static char line[200];
static unsigned used;

uint8_t print_code(char c)
{
	return c < ' ' || c > '~' ? 0x4b : ebcdic[c - ' '];
}

static void put(char c)
{
	if (c == '\n') {
		sclp_write(line, used);
		used = 0;
	} else if (used < sizeof(line)) {
		line[used++] = print_code(c);
	}
}

static void put_number(uint64_t value, unsigned base, int width, char fill)
{
	char digits[20];
	int n = 0;

	do {
		digits[n++] = "0123456789ABCDEF"[value % base];
		value /= base;
	} while (value);
	for (; width > n; width--)
		put(fill);
	while (n)
		put(digits[--n]);
}

static void put_string(const char *text, int width)
{
	for (; *text; text++, width--)
		put(*text);
	for (; width > 0; width--)
		put(' ');
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (; *format; format++) {
		int wide = 0, width = 0;
		char fill = ' ';

		if (*format != '%') {
			put(*format);
			continue;
		}
		if (*++format == '0')
			fill = '0';
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + *format - '0';
		if (*format == 'l') {
			wide = 1;
			format++;
		}
		if (*format == 's')
			put_string(va_arg(arguments, const char *), width);
		else if (*format == 'c')
			put(va_arg(arguments, int));
		else
			put_number(wide ? va_arg(arguments, unsigned long) : va_arg(arguments, unsigned),
				   *format == 'd' || *format == 'u' ? 10 : 16, width, fill);
	}
	va_end(arguments);
}

void *memset(void *to, int byte, size_t size)
{
	char *p = to;

	while (size--)
		*p++ = byte;
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	char *p = to;
	const char *q = from;

	while (size--)
		*p++ = *q++;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const unsigned char *p = a, *q = b;

	for (; size; size--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}
