/*
 * csv.c - comma-separated lines.
 *
 * Owns: RFC 4180 as far as a class list needs it. Before it: a spreadsheet. After it: roster.c.
 * Simplification: a field does not go on in the next line; a semicolon separates like a comma.
 */
#include <string.h>
#include "csv.h"

static char *blanks_skip(char *p)
{
	return p + strspn(p, " \t");
}

/* A field in quotes, two quotes in it meaning one. Returns what follows, or NULL. */
static char *quoted(char *p, char **field)
{
	char *to = *field = p;

	for (; *p != '\0'; p++) {
		if (*p == '"' && *++p != '"') {
			*to = '\0';
			return blanks_skip(p);
		}
		*to++ = *p;
	}
	return NULL;
}

static char *plain(char *p, char **field)
{
	size_t n = strcspn(p, ",;\r\n");
	char *end = p + n;

	*field = p;
	while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	if (*end == '\r' || *end == '\n')
		*end = '\0';
	if (p + n < end)
		p[n] = '\0';
	return end;
}

int csv_split(char *line, char *fields[CSV_FIELDS_MAX])
{
	int count = 0;
	char *p = line;

	while (count < CSV_FIELDS_MAX) {
		char separator;

		p = blanks_skip(p);
		p = *p == '"' ? quoted(p + 1, &fields[count]) : plain(p, &fields[count]);
		if (p == NULL)
			return -1;
		count++;
		separator = *p;
		*p++ = '\0';
		if (separator != ',' && separator != ';')
			break;
	}
	return count;
}
