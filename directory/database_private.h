/*
 * database_private.h - what the files of the database share.
 */
#ifndef DIRECTORY_DATABASE_PRIVATE_H
#define DIRECTORY_DATABASE_PRIVATE_H

#include <stdint.h>
#include "database.h"

/* A number of the model, and its word in the tables and in statements. A list ends with a word NULL. */
struct word_of {
	unsigned code;
	const char *word;
};

extern const struct word_of secret_words[];
extern const struct word_of machine_words[];
extern const struct word_of share_words[];
extern const struct word_of limit_words[];
extern const struct word_of mode_words[];
extern const struct word_of unit_words[];
extern const struct word_of device_words[];
extern const struct word_of option_words[];

const char *word_for(const struct word_of *words, unsigned code);
/* Report SQLite's last error, once; returns false. */
bool database_fail(struct database *d);
/* Execute SQL without results. */
bool database_run(struct database *d, const char *sql);
/*
 * Prepare a statement and bind its parameters by a format: 'i' int64_t, 't' text (NULL and "" are NULL), 'T' text (NULL is NULL).
 * NULL after an error, which was reported.
 */
struct sqlite3_stmt;
struct sqlite3_stmt *database_ask(struct database *d, const char *sql, const char *format, ...);
/* The first column of the first row as a number; `none` if there is no row or an error, which was reported. */
int64_t database_number(struct database *d, int64_t none, const char *sql, const char *format, ...);
/* Execute with parameters. */
bool database_do(struct database *d, const char *sql, const char *format, ...);

#endif
