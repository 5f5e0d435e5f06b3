/*
 * json.c - the one thing about JSON that needs care.
 *
 * Read before: vm40.h. Read after: status.c.
 * Known simplification: writing only.
 */
#include "json.h"

void json_text_to(FILE *out, const char *text)
{
	putc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\u%04x", c);
		else
			putc(c, out);
	}
	putc('"', out);
}

void json_text(const char *text)
{
	json_text_to(stdout, text);
}
