/*
 * error.c - one way to complain, and memory that is there or ends the program.
 *
 * Read before: vm40.h. Read after: options.c.
 * Known simplification: no translation of messages.
 */
#include "vm40.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(const char *format, va_list args)
{
	fflush(stdout);
	fputs("vm40: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	return EXIT_FAILED;
}

int usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fputs("vm40: `vm40 --help` shows the verbs, `vm40 VERB --help` the options of one\n", stderr);
	return EXIT_USAGE;
}

void *must_alloc(size_t size)
{
	return must_resize(NULL, size);
}

void *must_resize(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory) {
		fputs("vm40: out of memory\n", stderr);
		exit(EXIT_FAILED);
	}
	return memory;
}

char *must_copy(const char *text)
{
	return strcpy(must_alloc(strlen(text) + 1), text);
}

char *must_format(const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0) {
		fputs("vm40: out of memory\n", stderr);
		exit(EXIT_FAILED);
	}
	return text;
}
