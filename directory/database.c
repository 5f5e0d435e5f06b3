/*
 * database.c - the directory as a SQLite database.
 *
 * Owns: the file, its version, transactions, and the words that stand in the tables for numbers. Before it: schema.c. After it:
 * database_store.c and database_load.c.
 * Simplification: one version of the schema, so no migration yet.
 */
#include <sqlite3.h>
#include "database_private.h"

/* ---- numbers as the words of the tables ---------------------------------------------------------------------- */

const struct word_of secret_words[] = {{SECRET_NONE, "NONE"},       {SECRET_HASH, "HASH"},
				       {SECRET_ALL, "ALL"},         {SECRET_NOLOG, "NOLOG"},
				       {SECRET_NOPASS, "NOPASS"},   {SECRET_AUTOONLY, "AUTOONLY"},
				       {SECRET_LBYONLY, "LBYONLY"}, {0, NULL}};
const struct word_of machine_words[] = {{OBJECT_MODE_ESA, "ESA"},
					{OBJECT_MODE_XA, "XA"},
					{OBJECT_MODE_XC, "XC"},
					{OBJECT_MODE_Z, "Z"},
					{0, NULL}};
const struct word_of share_words[] = {
	{OBJECT_SHARE_RELATIVE, "RELATIVE"}, {OBJECT_SHARE_ABSOLUTE, "ABSOLUTE"}, {0, NULL}};
const struct word_of limit_words[] = {{OBJECT_SHARE_NOLIMIT, "NOLIMIT"},
				      {OBJECT_SHARE_LIMITSOFT, "LIMITSOFT"},
				      {OBJECT_SHARE_LIMITHARD, "LIMITHARD"},
				      {0, NULL}};
const struct word_of mode_words[] = {{LINK_R, "R"}, {LINK_RR, "RR"}, {LINK_W, "W"},   {LINK_WR, "WR"},
				     {LINK_M, "M"}, {LINK_MR, "MR"}, {LINK_MW, "MW"}, {0, NULL}};
const struct word_of unit_words[] = {{DISK_SPOOL_READER, "READER"},
				     {DISK_SPOOL_PUNCH, "PUNCH"},
				     {DISK_SPOOL_PRINTER, "PRINTER"},
				     {0, NULL}};
const struct word_of device_words[] = {{DEVICE_CONSOLE, "CONSOLE"},
				       {DEVICE_SPOOL, "SPOOL"},
				       {DEVICE_MDISK, "MDISK"},
				       {DEVICE_LINK, "LINK"},
				       {0, NULL}};
const struct word_of option_words[] = {
	{OBJECT_OPTION_QUICKDSP, "QUICKDSP"}, {OBJECT_OPTION_LNKNOPAS, "LNKNOPAS"},
	{OBJECT_OPTION_ACCT, "ACCT"},         {OBJECT_OPTION_TODENABLE, "TODENABLE"},
	{OBJECT_OPTION_DEVINFO, "DEVINFO"},   {OBJECT_OPTION_CPUID, "CPUID"},
	{OBJECT_OPTION_MAXCONN, "MAXCONN"},   {0, NULL}};

const char *word_for(const struct word_of *words, unsigned code)
{
	while (words->word != NULL && words->code != code)
		words++;
	return words->word;
}

/* ---- opening, and transactions ------------------------------------------------------------------------------- */

bool database_fail(struct database *d)
{
	if (!d->failed)
		message_error(d->m, NULL, "%s", d->db != NULL ? sqlite3_errmsg(d->db) : "no storage left");
	d->failed = true;
	return false;
}

bool database_run(struct database *d, const char *sql)
{
	return !d->failed && (sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK || database_fail(d));
}

/* A number that a statement without parameters gives; -1 after an error. */
int64_t database_ask(struct database *d, const char *sql)
{
	sqlite3_stmt *s = NULL;
	sqlite3_int64 n = -1;

	if (sqlite3_prepare_v2(d->db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else
		database_fail(d);
	sqlite3_finalize(s);
	return n;
}

/* Make the tables of a new file; refuse what is not ours. */
static bool schema_check(struct database *d)
{
	int64_t version = database_ask(d, "PRAGMA user_version"), tables;

	if (d->failed || version == DATABASE_VERSION)
		return !d->failed;
	tables = database_ask(d, "SELECT count(*) FROM sqlite_schema");
	if (!d->failed && (version != 0 || tables != 0)) {
		message_error(d->m, NULL,
			      version > DATABASE_VERSION ? "the database was made by a later version of vm40"
							 : "this is not a directory database");
		d->failed = true;
	}
	if (d->failed || !database_run(d, "BEGIN IMMEDIATE"))
		return false;
	if (database_ask(d, "PRAGMA user_version") == 0) /* nobody was faster */
		database_run(d, database_schema);
	return database_run(d, "COMMIT");
}

bool database_open(struct database *d, const char *name, bool may_create, struct messages *m)
{
	int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);

	*d = (struct database){.m = m};
	if (sqlite3_open_v2(name, &d->db, flags, NULL) != SQLITE_OK)
		return database_fail(d);
	sqlite3_busy_timeout(d->db, 10000);
	return database_run(d, "PRAGMA foreign_keys = ON") && schema_check(d);
}

void database_close(struct database *d)
{
	sqlite3_close(d->db);
	d->db = NULL;
}

bool database_begin(struct database *d)
{
	return database_run(d, "BEGIN IMMEDIATE");
}

bool database_commit(struct database *d)
{
	return database_run(d, "COMMIT");
}
