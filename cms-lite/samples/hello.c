/*
 * hello.c - the first program: HELLO <name>.
 *
 * Owns: nothing. It writes a line, reads one when it was not told a name, and returns a code.
 *
 * Simplification: no C library, so it counts its own letters.
 */
#include "calls.h"

static size_t add(char *line, size_t at, const char *text)
{
	while (*text)
		line[at++] = *text++;
	return at;
}

int program(const char *arguments)
{
	static const char question[] = "What is your name?";
	static char name[81], line[200];
	size_t length;

	if (*arguments) {
		length = add(line, 0, "Hello, ");
		length = add(line, length, arguments);
	} else {
		cms_write(question, sizeof(question) - 1);
		cms_read(name, sizeof(name));
		length = add(line, 0, "Hello, ");
		length = add(line, length, *name ? name : "whoever you are");
	}
	length = add(line, length, "!");
	cms_write(line, length);
	return 0;
}
