/*
 * message.h - what the compiler says about a directory file.
 */
#ifndef DIRECTORY_MESSAGE_H
#define DIRECTORY_MESSAGE_H

#include <stdbool.h>
#include <stdio.h>
#include "source.h"

struct messages {
	FILE *out;
	const char *name;            /* of the file or database spoken of */
	const struct source *source; /* NULL: there is none */
	bool quiet;                  /* warnings are counted, not printed: they were printed before */
	unsigned errors, warnings;
};

/* NAME:LINE:COLUMN: error: TEXT, then the line and a caret. place may be NULL or nowhere: then only NAME: error: TEXT. */
void message_error(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void message_warning(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with "note": more about the error before it. */
void message_note(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Of the candidates offered one after the other, the one nearest to a word. Begins as {.word = w}. */
struct guess {
	const char *word;
	const char *best;
	unsigned distance;
};

void guess_offer(struct guess *g, const char *candidate);
/* ": did you mean X?" or an empty text. buf is given back. */
const char *guess_text(const struct guess *g, char *buf, size_t size);

#endif
