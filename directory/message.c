/*
 * message.c - what the compiler says about a directory file.
 *
 * Owns: the form of a diagnostic for people and for programs, what of a line may not be shown, and "did you mean". Before it:
 * source.c. After it: everything that can find a fault.
 * Simplification: the parts of a message are told apart by their words (": expected", "did you mean").
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "message.h"

void messages_free(struct messages *m)
{
	free(m->hidden);
	m->hidden = NULL;
	m->hidden_count = m->hidden_room = 0;
}

void message_hide(struct messages *m, const struct place *p, size_t length)
{
	if (p->line == 0)
		return;
	if (m->hidden_count == m->hidden_room) {
		m->hidden_room = m->hidden_room * 2 + 64;
		m->hidden = storage_grow(m->hidden, m->hidden_room * sizeof(*m->hidden));
	}
	m->hidden[m->hidden_count++] =
		(struct hidden){.start = p->start + p->column - 1, .length = (uint32_t)length};
}

/* The first password that ends behind this offset of the file. */
static size_t hidden_after(const struct messages *m, uint32_t offset)
{
	size_t low = 0, high = m->hidden_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->hidden[middle].start + m->hidden[middle].length <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The line of a place as it may be shown, malloc'ed: passwords are asterisks, unprintable characters question marks. */
static char *line_shown(const struct messages *m, const struct place *p)
{
	size_t length, h = hidden_after(m, p->start);
	const char *line = source_line(m->source, p, &length);
	char *shown = storage_grow(NULL, length + 1);

	for (size_t i = 0; i < length; i++)
		shown[i] = (char)(((unsigned char)line[i] < ' ' && line[i] != '\t') || line[i] == 0x7f
					  ? '?'
					  : line[i]);
	shown[length] = '\0';
	for (; h < m->hidden_count && m->hidden[h].start < p->start + length; h++)
		for (uint32_t k = 0; k < m->hidden[h].length && m->hidden[h].start - p->start + k < length;
		     k++)
			shown[m->hidden[h].start - p->start + k] = '*';
	return shown;
}

static void print_line(const struct messages *m, const struct place *p)
{
	char *line = line_shown(m, p);
	size_t length = strlen(line);

	fprintf(m->out, "%s\n", line);
	for (uint32_t i = 0; i + 1 < p->column; i++)
		fputc(i < length && line[i] == '\t' ? '\t' : ' ', m->out);
	fputs("^\n", m->out);
	free(line);
}

/* ---- for programs -------------------------------------------------------------------------------------------- */

void message_json(FILE *f, const char *text, size_t length)
{
	fputc('"', f);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

void message_json_lines(FILE *f, const char *text)
{
	fputc('[', f);
	for (const char *line = text; *line != '\0';) {
		size_t n = strcspn(line, "\n");

		fputs(line == text ? "" : ", ", f);
		message_json(f, line, n);
		line += n + (line[n] == '\n');
	}
	fputc(']', f);
}

static void json_field(FILE *f, const char *name, const char *text, size_t length)
{
	fprintf(f, ", \"%s\": ", name);
	message_json(f, text, length);
}

/* A message's text has up to three parts: what is wrong, ": expected ...", "; did you mean X?". */
static void print_json(const struct messages *m, const struct place *p, const char *kind, const char *text)
{
	const char *expected = strstr(text, ": expected "), *guess = strstr(text, "; did you mean ");
	const char *end = text + strlen(text), *wrong_end = expected != NULL ? expected
							    : guess != NULL  ? guess
									     : end;

	fprintf(m->out, "{\"severity\": \"%s\"", kind);
	json_field(m->out, "file", m->name, strlen(m->name));
	if (p != NULL)
		fprintf(m->out, ", \"line\": %u, \"column\": %u", p->line, p->column);
	json_field(m->out, "message", text, (size_t)(wrong_end - text));
	if (expected != NULL)
		json_field(m->out, "expected", expected + 11,
			   (size_t)((guess != NULL ? guess : end) - expected - 11));
	if (guess != NULL)
		json_field(m->out, "suggestion", guess + 15, (size_t)(end - guess - 16));
	if (p != NULL) {
		char *line = line_shown(m, p);

		json_field(m->out, "source", line, strlen(line));
		free(line);
	}
	fputs("}\n", m->out);
}

/* ---- for people ---------------------------------------------------------------------------------------------- */

static void say(struct messages *m, const struct place *p, const char *kind, const char *format, va_list ap)
{
	bool somewhere = p != NULL && p->line > 0 && m->source != NULL;
	char *text = NULL;

	if (vasprintf(&text, format, ap) < 0)
		return;
	if (m->json) {
		print_json(m, somewhere ? p : NULL, kind, text);
	} else {
		if (somewhere)
			fprintf(m->out, "%s:%u:%u: %s: %s\n", m->name, p->line, p->column, kind, text);
		else
			fprintf(m->out, "%s: %s: %s\n", m->name, kind, text);
		if (somewhere)
			print_line(m, p);
	}
	free(text);
}

void message_error(struct messages *m, const struct place *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(m, p, "error", format, ap);
	va_end(ap);
	m->errors++;
}

void message_warning(struct messages *m, const struct place *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (!m->quiet)
		say(m, p, "warning", format, ap);
	va_end(ap);
	m->warnings++;
}

bool message_unsupported(struct messages *m, const struct place *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (!m->lenient || !m->quiet)
		say(m, p, m->lenient ? "warning" : "error", format, ap);
	va_end(ap);
	m->warnings += m->lenient;
	m->errors += !m->lenient;
	return m->lenient;
}

void message_note(struct messages *m, const struct place *p, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(m, p, "note", format, ap);
	va_end(ap);
}

#define GUESS_LENGTH 16

/* Damerau-Levenshtein distance (neighbours swapped count one), for short words. */
static unsigned distance(const char *a, const char *b)
{
	size_t n = strlen(a), k = strlen(b);
	unsigned d[GUESS_LENGTH + 1][GUESS_LENGTH + 1];

	if (n > GUESS_LENGTH || k > GUESS_LENGTH)
		return GUESS_LENGTH;
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= k; j++) {
			unsigned least;

			if (i == 0 || j == 0) {
				d[i][j] = (unsigned)(i + j);
				continue;
			}
			least = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < least)
				least = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < least)
				least = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < least)
				least = d[i - 2][j - 2] + 1;
			d[i][j] = least;
		}
	return d[n][k];
}

void guess_offer(struct guess *g, const char *candidate)
{
	unsigned most = strlen(g->word) > 4 ? 2 : 1, d = distance(g->word, candidate);

	if (strlen(g->word) >= 3 && d <= most && (g->best == NULL || d < g->distance)) {
		g->best = candidate;
		g->distance = d;
	}
}

const char *guess_text(const struct guess *g, char *buf, size_t size)
{
	buf[0] = '\0';
	if (g->best != NULL)
		snprintf(buf, size, "; did you mean %s?", g->best);
	return buf;
}
