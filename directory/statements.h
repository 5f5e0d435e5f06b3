/*
 * statements.h - an entry's text as a list of statements that can be edited.
 */
#ifndef DIRECTORY_STATEMENTS_H
#define DIRECTORY_STATEMENTS_H

#include "model.h"
#include "text.h"

struct statements {
	char **list; /* malloc'ed, each one line however long, without its indent */
	unsigned count;
};

/* The statements of an entry; passwords are SECRET:n. */
void statements_of(struct statements *s, const struct user *u);
void statements_free(struct statements *s);
/* As text that change_put() reads, to be freed. */
char *statements_text(const struct statements *s);

/*
 * Put a statement in: in the place of the one that it replaces (a device of that address, a statement that may stand only once),
 * else where its kind belongs.
 */
void statements_put(struct statements *s, const char *statement);
/* Remove all statements that begin with these words. Returns how many. */
/* Would this statement take the place of a minidisk, and be none itself? What is on the disk would be lost without a word. */
bool statements_buries(const struct statements *s, const char *statement);
unsigned statements_drop(struct statements *s, const char *words);
/* Replace a word, from 0, of the n-th statement. */
void statements_set_word(struct statements *s, unsigned n, unsigned word, const char *text);
/* The index of the statement about this device, or -1. */
int statements_device(const struct statements *s, unsigned vdev);
/* Where statements name another entry (LINK, CONSOLE, LOGONBY, AUTOLOG, INCLUDE), replace the name. Returns whether there was one. */
bool statements_rename(struct statements *s, const char *from, const char *to);

#endif
