/*
 * database.h - the directory as a SQLite database: the truth from which object directories are built.
 */
#ifndef DIRECTORY_DATABASE_H
#define DIRECTORY_DATABASE_H

#include <stdbool.h>
#include "message.h"
#include "model.h"

#define DATABASE_VERSION 3

extern const char database_schema[];
extern const char database_from_1[], database_into_now[]; /* before and after the schema */
extern const char database_from_2[];                      /* in its place */

struct sqlite3;

struct database {
	struct sqlite3 *db;
	struct messages *m; /* where errors are reported, under the database's name */
	bool failed;        /* an error was reported: everything after it does nothing */
};

/* How it is opened. A reader of an older version's database has it brought up to date, too. */
enum database_use { DATABASE_READ, DATABASE_WRITE, DATABASE_MAKE };

/* Open, and make the tables if the file is new. False: reported. */
bool database_open(struct database *d, const char *name, enum database_use use, struct messages *m);
void database_close(struct database *d);
/*
 * A transaction that keeps other writers out, waiting for those that are there; it ends by commit, or is taken back by
 * database_close().
 */
bool database_begin(struct database *d);
bool database_commit(struct database *d);
/* For what the compiler stores: foreign keys are checked at the commit, CHECKs not at all. */
void database_defer(struct database *d);

/* ---- entries ---- */

/* What the DIRECTORY statement says. */
bool database_store_directory(struct database *d, const struct model *model);
/* Write entries, passwords hashed; profiles before the users that include them. One with a row keeps it; it must be free. */
struct storing;
struct storing *database_store_begin(struct database *d);
void database_store_entry(struct storing *w, struct user *u);
bool database_store_end(struct storing *w);
/* Remove an entry. */
bool database_remove(struct database *d, bool profile, const char *name);

/* Read all contents into an empty model. */
bool database_load(struct database *d, struct model *model);
/* Read the DIRECTORY statement, and let the model fetch entries when they are asked for. The model must not outlive d. */
bool database_attach(struct database *d, struct model *model);
/* Fill in a secret of which only the row is known. */
bool database_load_secret(struct database *d, struct secret *s);

/* Where minidisks may lie on a volume, in sectors: note it, or look it up (false: not known). */
bool database_space_note(struct database *d, const char *volser, uint64_t first, uint64_t blocks);
bool database_space(struct database *d, const char *volser, uint64_t *first, uint64_t *blocks);

#endif
