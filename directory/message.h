/*
 * message.h - what the compiler says about a directory file.
 */
#ifndef DIRECTORY_MESSAGE_H
#define DIRECTORY_MESSAGE_H

#include <stdbool.h>
#include <stdio.h>
#include "source.h"

/* A password in the source, which no message shows. */
struct hidden {
	uint32_t start; /* offset in the file */
	uint32_t length;
};

struct messages {
	FILE *out;
	const char *name;            /* of the file or database spoken of */
	const struct source *source; /* NULL: there is none */
	bool quiet;                  /* warnings are counted, not printed: they were printed before */
	bool json;                   /* a JSON object a line, for programs */
	bool lenient;                /* what VM/40 does not have is left out with a warning */
	unsigned errors, warnings;
	struct hidden *hidden; /* in the order of the file; malloc'ed */
	size_t hidden_count, hidden_room;
};

/* Give back what the messages hold. */
void messages_free(struct messages *m);
/* The word at this place is a password. Places come in the order of the file. */
void message_hide(struct messages *m, const struct place *p, size_t length);

/* NAME:LINE:COLUMN: error: TEXT, then the line and a caret. place may be NULL or nowhere: then only NAME: error: TEXT. */
void message_error(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void message_warning(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* An error, or with `lenient` a warning: VM/370 or z/VM have this, VM/40 has not. Returns whether it was a warning. */
bool message_unsupported(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same with "note": more about the error before it. */
void message_note(struct messages *m, const struct place *p, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A JSON string; bytes that are not ASCII count as Latin-1. */
void message_json(FILE *f, const char *text, size_t length);
/* The lines of a text as a list of strings. */
void message_json_lines(FILE *f, const char *text);

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
