/*
 * json.c - the one thing about JSON that needs care.
 *
 * Read before: vm40.h. Read after: status.c.
 * Known simplification: writing only.
 */
#include "json.h"

#include <stdio.h>

void json_text(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}
