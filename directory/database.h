/*
 * database.h - the directory as a SQLite database: the truth from which object directories are built.
 */
#ifndef DIRECTORY_DATABASE_H
#define DIRECTORY_DATABASE_H

#include <stdbool.h>
#include "message.h"
#include "model.h"

#define DATABASE_VERSION 1

extern const char database_schema[];

struct sqlite3;

struct database {
	struct sqlite3 *db;
	struct messages *m; /* where errors are reported, under the database's name */
	bool failed;        /* an error was reported: everything after it does nothing */
};

/* Open, and make the tables if the file is new. False: reported. */
bool database_open(struct database *d, const char *name, bool may_create, struct messages *m);
void database_close(struct database *d);
/* A transaction that keeps other writers out; it ends by commit, or is taken back by database_close(). */
bool database_begin(struct database *d);
bool database_commit(struct database *d);
/* Replace all contents by the model (profiles not worked in, passwords hashed). */
bool database_store(struct database *d, struct model *model);
/* Read all contents into an empty model. */
bool database_load(struct database *d, struct model *model);

#endif
