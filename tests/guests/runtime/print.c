/*
 * Formatted lines, and the few library functions that the compiler itself calls: of the guests of every machine.
 * Before it: the machine's voice (sclp.c, serial.c). After it: trial.c. Known simplification: a line longer than the buffer is cut.
 */
#include <stdarg.h>

#include "print.h"

static char line[200];
static unsigned used;

static void put(char c)
{
	if (c == '\n') {
		print_line(line, used);
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

/* Weak: on s390x the guests take CP's own (s390x/lib/memory.S). */
__attribute__((weak)) void *memset(void *to, int byte, size_t size)
{
	char *p = to;

	while (size--)
		*p++ = byte;
	return to;
}

__attribute__((weak)) void *memcpy(void *to, const void *from, size_t size)
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
