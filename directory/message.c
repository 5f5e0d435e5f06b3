/*
 * message.c - what the compiler says about a directory file.
 *
 * Owns: the form of a diagnostic, and "did you mean". Before it: source.c. After it: everything that can find a fault.
 * Simplification: text only; a form for programs can be added in print_head() alone.
 */
#include <stdarg.h>
#include <string.h>
#include "message.h"

static void print_line(const struct messages *m, const struct place *p)
{
	size_t length;
	const char *line = source_line(m->source, p, &length);

	for (size_t i = 0; i < length; i++)
		fputc((unsigned char)line[i] < ' ' && line[i] != '\t' ? '?' : line[i], m->out);
	fputc('\n', m->out);
	for (uint32_t i = 0; i + 1 < p->column; i++)
		fputc(i < length && line[i] == '\t' ? '\t' : ' ', m->out);
	fputs("^\n", m->out);
}

static void say(struct messages *m, const struct place *p, const char *kind, const char *format, va_list ap)
{
	bool somewhere = p != NULL && p->line > 0 && m->source != NULL;

	if (somewhere)
		fprintf(m->out, "%s:%u:%u: %s: ", m->name, p->line, p->column, kind);
	else
		fprintf(m->out, "%s: %s: ", m->name, kind);
	vfprintf(m->out, format, ap);
	fputc('\n', m->out);
	if (somewhere)
		print_line(m, p);
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
