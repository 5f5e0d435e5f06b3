/*
 * source.h - a directory file as statements and words.
 */
#ifndef DIRECTORY_SOURCE_H
#define DIRECTORY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_COLUMNS      71u        /* columns 72 to 80 are for sequence numbers */
#define SOURCE_BYTES_MAX    (1u << 30) /* of a file */
#define STATEMENT_LINES_MAX 32u        /* with its continuation lines */
#define STATEMENT_WORDS_MAX (STATEMENT_LINES_MAX * 36u)

/* Where something stands in the source. line 0: nowhere (it came from the database). */
struct place {
	uint32_t line;   /* from 1 */
	uint32_t column; /* from 1 */
	uint32_t start;  /* offset of the line in the file */
};

struct source {
	const char *name;
	char *text;
	size_t length;
};

/* A blank-delimited word: in upper case (VM's language is), and where it begins in the statement's joined text as it was typed. */
struct word {
	const char *text;
	size_t length;
	size_t raw;
	struct place place;
};

struct messages;

/* One statement, its lines joined by one blank. Used again for each statement. */
struct statement_text {
	char raw[STATEMENT_LINES_MAX * (SOURCE_COLUMNS + 1) + 1];
	char upper[STATEMENT_LINES_MAX * (SOURCE_COLUMNS + 1) + STATEMENT_WORDS_MAX + 1];
	size_t raw_length, upper_length;
	struct word words[STATEMENT_WORDS_MAX];
	unsigned count;
	struct place end; /* just past the last word */
};

/* Position of a reader in the file; begins as all zeros. */
struct source_position {
	size_t offset;
	uint32_t line;
};

/* Read a whole file. False: errno says why. */
bool source_read(struct source *s, const char *name);
void source_free(struct source *s);
/* The line of a place, without its end. */
const char *source_line(const struct source *s, const struct place *p, size_t *length);
/*
 * The next statement: comments and blank lines skipped, continuation lines (the last word of a line is a comma) joined. False at
 * the end of the file. Characters that may not stand in a directory are reported and read as blanks.
 */
bool source_statement(const struct source *s, struct source_position *p, struct statement_text *t,
		      struct messages *m);

#endif
