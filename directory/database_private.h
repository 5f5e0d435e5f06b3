/*
 * database_private.h - what the three files of the database share.
 */
#ifndef DIRECTORY_DATABASE_PRIVATE_H
#define DIRECTORY_DATABASE_PRIVATE_H

#include <stdint.h>
#include "database.h"

/* A number of the model, and its word in the tables. A list ends with a word NULL. */
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
/* A number that a statement without parameters gives; -1 after an error. */
int64_t database_ask(struct database *d, const char *sql);

#endif
