/*
 * source.c - a directory file as statements and words.
 *
 * Owns: lines, columns, comments, continuation. Before it: the file. After it: parse.c, which gives words a meaning.
 * Simplification: the file is read whole.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "message.h"
#include "source.h"

bool source_read(struct source *s, const char *name)
{
	FILE *f = fopen(name, "rb");
	size_t room = 0, got = 1;

	*s = (struct source){.name = name};
	if (f == NULL)
		return false;
	while (got > 0 && s->length < SOURCE_BYTES_MAX) {
		if (room - s->length < 4096)
			s->text = storage_grow(s->text, room = room * 2 + 65536);
		got = fread(s->text + s->length, 1, room - s->length, f);
		s->length += got;
	}
	if (!ferror(f) && s->length < SOURCE_BYTES_MAX) {
		fclose(f);
		return true;
	}
	if (!ferror(f))
		errno = EFBIG;
	fclose(f);
	source_free(s);
	return false;
}

void source_free(struct source *s)
{
	free(s->text);
	s->text = NULL;
}

const char *source_line(const struct source *s, const struct place *p, size_t *length)
{
	const char *line = s->text + p->start, *end = memchr(line, '\n', s->length - p->start);

	*length = (size_t)((end != NULL ? end : s->text + s->length) - line);
	if (*length > 0 && line[*length - 1] == '\r')
		--*length;
	return line;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Does anything but a sequence number stand beyond column 71? */
static bool tail_lost(const char *line, size_t length)
{
	for (size_t i = SOURCE_COLUMNS; i < length; i++)
		if (!is_blank(line[i]) && !(i > SOURCE_COLUMNS && line[i] >= '0' && line[i] <= '9'))
			return true;
	return false;
}

/* Take the word at line[i]; returns where it ends. */
static size_t word_take(struct statement_text *t, const char *line, size_t i, size_t length, struct place at)
{
	struct word *w = &t->words[t->count];
	size_t from = i;

	while (i < length && !is_blank(line[i]))
		i++;
	at.column = (uint32_t)from + 1;
	*w = (struct word){.text = t->upper + t->upper_length, .length = i - from, .place = at};
	w->raw = t->raw_length + from;
	for (size_t k = from; k < i; k++) {
		char c = line[k];

		t->upper[t->upper_length++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	t->upper[t->upper_length++] = '\0';
	t->count++;
	t->end = at;
	t->end.column = (uint32_t)i + 1;
	return i;
}

/* Report the first character of a line that may not stand there. */
static void characters_check(const char *line, size_t length, struct place at, struct messages *m)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)line[i];

		if ((c >= ' ' && c <= '~') || c == '\t')
			continue;
		at.column = (uint32_t)i + 1;
		message_error(m, &at,
			      "character X'%02X' may not stand in a statement: expected letters, digits and "
			      "signs of ASCII",
			      c);
		return;
	}
}

/* Take one line into the statement. True: it is continued on the next. */
static bool line_take(struct statement_text *t, const char *line, size_t length, struct place at,
		      struct messages *m)
{
	size_t used = length < SOURCE_COLUMNS ? length : SOURCE_COLUMNS;
	char kept[SOURCE_COLUMNS] = {0};

	characters_check(line, used, at, m);
	if (tail_lost(line, length)) {
		at.column = SOURCE_COLUMNS + 1;
		message_warning(m, &at, "text beyond column 71 is not read");
	}
	for (size_t i = 0; i < used;
	     i++) /* what may not stand there reads as a blank, so that nothing bad goes further */
		kept[i] = line[i] >= ' ' && line[i] <= '~' ? line[i] : ' ';
	for (size_t i = 0; i < used;)
		i = is_blank(kept[i]) ? i + 1 : word_take(t, kept, i, used, at);
	memcpy(t->raw + t->raw_length, kept, used);
	t->raw_length += used;
	t->raw[t->raw_length++] = ' ';
	return t->count > 0 && strcmp(t->words[t->count - 1].text, ",") == 0;
}

static bool line_is_comment(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && is_blank(line[i]))
		i++;
	return i == length || i >= SOURCE_COLUMNS || line[i] == '*';
}

/* Remove the comma, and what stands behind the last word. */
static void comma_drop(struct statement_text *t)
{
	t->count--;
	t->raw_length = t->words[t->count].raw;
}

bool source_statement(const struct source *s, struct source_position *p, struct statement_text *t,
		      struct messages *m)
{
	unsigned lines = 0;
	bool more = true, continued = false;

	t->count = 0;
	t->raw_length = t->upper_length = 0;
	while (more && p->offset < s->length) {
		struct place at = {.line = ++p->line, .column = 1, .start = (uint32_t)p->offset};
		size_t length;
		const char *line = source_line(s, &at, &length), *end;

		end = memchr(s->text + p->offset, '\n', s->length - p->offset);
		p->offset = end != NULL ? (size_t)(end + 1 - s->text) : s->length;
		if (line_is_comment(line, length))
			continue;
		if (++lines > STATEMENT_LINES_MAX) {
			message_error(m, &at, "a statement has at most %u lines", STATEMENT_LINES_MAX);
			break;
		}
		continued = line_take(t, line, length, at, m);
		if (continued)
			comma_drop(t);
		more = continued || t->count == 0;
	}
	if (continued && p->offset >= s->length)
		message_error(m, &t->end, "the statement is to be continued, but the file ends");
	if (t->raw_length > 0)
		t->raw[t->raw_length - 1] = '\0';
	t->raw[t->raw_length] = '\0';
	return t->count > 0;
}
