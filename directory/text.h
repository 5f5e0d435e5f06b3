/*
 * text.h - an entry as statements again: the canonical form of a directory.
 */
#ifndef DIRECTORY_TEXT_H
#define DIRECTORY_TEXT_H

#include "model.h"

/* Text that grows at its end; NUL-terminated. Begins as all zeros. */
struct text {
	char *bytes; /* malloc'ed */
	size_t length, room;
};

/* How a password is written. */
enum text_secrets {
	TEXT_HASHES, /* HASH:iterations:salt and digest: reads back as the same */
	TEXT_ROWS,   /* SECRET:n, the row of the database's hashes: for the history */
	TEXT_HIDDEN, /* asterisks: for people */
};

void text_free(struct text *t);
void text_put(struct text *t, const char *bytes, size_t length);
void text_say(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The entry's statements, each once, in an order of their own, every word in full, continued where a line has 71 columns. */
void text_entry(struct text *t, const struct user *u, enum text_secrets secrets);
/* The whole directory: DIRECTORY, the profiles, the users, both in alphabetical order. */
void text_directory(struct text *t, const struct model *m, enum text_secrets secrets);
/* One statement, over as many lines as it needs. */
void text_statement(struct text *t, const char *indent, const char *statement);
/* "32M" for 33554432. */
const char *text_size(uint64_t bytes, char buf[24]);
/* The statement's words for what the model keeps as numbers; "" for what cannot be. */
const char *text_mode(uint8_t link_mode);

#endif
