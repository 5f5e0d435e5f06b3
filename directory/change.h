/*
 * change.h - a change of the directory: one transaction, checked, with its history.
 *
 *	if (change_begin(&c, database, &m)) {
 *		const struct user *u = change_old(&c, false, "ALICE");
 *		change_put(&c, "USER ALICE ...\n MDISK ...\n");
 *		change_remove(&c, false, "BOB");
 *		if (change_check(&c, &space)) change_commit(&c, "add ALICE");
 *	}
 *	change_end(&c);
 *
 * Nothing stays of a change that was not committed.
 */
#ifndef DIRECTORY_CHANGE_H
#define DIRECTORY_CHANGE_H

#include "check.h"
#include "database.h"
#include "text.h"

/* The text that an entry was put as: messages point into it, and hide its passwords. */
struct change_source {
	char name[32];
	char *text;
	struct source source;
	struct messages m;
};

/* What becomes of one entry. */
struct change_item {
	struct user *before, *after;  /* NULL: there is none */
	struct change_source *source; /* NULL: it came with all the others */
};

struct change {
	struct database d;
	struct messages *m;
	struct model old, new; /* parts of the directory, or all of it (change_whole()) */
	struct change_item *items;
	uint32_t count, room;
	uint64_t hashed; /* passwords that were hashed */
	unsigned iterations;
	bool whole;  /* `new` is all of the directory that is to be */
	bool stored; /* the items are in the database */
	int64_t undoes;
	uint32_t rows;          /* regions and members that were changed (row.h) */
	char *directory_before; /* text of a DIRECTORY statement that was changed */
};

/* Open the database and begin. False: reported. */
bool change_begin(struct change *c, const char *database, enum database_use use, struct messages *m);
/* The entry as it was, or NULL. Never removed, whatever happens to it. */
struct user *change_old(struct change *c, bool profile, const char *name);
/* The entry becomes what this text of statements says (passwords may be SECRET:n). False: reported. */
bool change_put(struct change *c, const char *text);
bool change_remove(struct change *c, bool profile, const char *name);
/* The whole directory becomes `new`, which the caller has filled in and checked. */
bool change_whole(struct change *c);
/* Store everything and check it there. */
bool change_check(struct change *c, const struct minidisk_space *space);
/* Write the history and commit; `what` says in a few words what was done. */
bool change_commit(struct change *c, const char *what);
void change_end(struct change *c);
/* What the transaction does, as lines with + and -, or an object for each entry; no password is shown. */
void change_show(const struct change *c, bool json, FILE *out);
/* {"entry": ..., "difference": [...]}; `head` are fields to go before, each with its comma, or "". */
void change_show_json(const char *head, const char *name, const char *before, const char *after, FILE *out);

/* Lines that two texts do not share. Passwords are rows of the database (TEXT_ROWS) and are shown as such. */
void text_difference(const char *before, const char *after, FILE *out);

#endif
