/*
 * database.c - the directory as a SQLite database.
 *
 * Owns: the file, its version, transactions, and the words that stand in the tables for numbers. Before it: schema.c. After it:
 * database_store.c and database_load.c.
 * Simplification: writers wait for each other; there is no queue.
 */
#include <sqlite3.h>
#include <stdarg.h>
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
const struct word_of device_words[] = {{DEVICE_CONSOLE, "CONSOLE"},   {DEVICE_SPOOL, "SPOOL"},
				       {DEVICE_MDISK, "MDISK"},       {DEVICE_LINK, "LINK"},
				       {DEVICE_VDISK, "VDISK"},       {DEVICE_TDISK, "TDISK"},
				       {DEVICE_DEDICATE, "DEDICATE"}, {DEVICE_SPECIAL, "SPECIAL"},
				       {DEVICE_NICDEF, "NICDEF"},     {0, NULL}};
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

static sqlite3_stmt *ask(struct database *d, const char *sql, const char *format, va_list ap)
{
	sqlite3_stmt *s = NULL;

	if (d->failed)
		return NULL;
	if (sqlite3_prepare_v2(d->db, sql, -1, &s, NULL) != SQLITE_OK) {
		database_fail(d);
		return NULL;
	}
	for (int i = 1; *format != '\0'; i++, format++) {
		if (*format == 'i') {
			sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
		} else {
			const char *t = va_arg(ap, const char *);

			if (t != NULL && (*format == 'T' || t[0] != '\0'))
				sqlite3_bind_text(s, i, t, -1, SQLITE_TRANSIENT);
		}
	}
	return s;
}

sqlite3_stmt *database_ask(struct database *d, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, format);
	s = ask(d, sql, format, ap);
	va_end(ap);
	return s;
}

int64_t database_number(struct database *d, int64_t none, const char *sql, const char *format, ...)
{
	int64_t n = none;
	sqlite3_stmt *s;
	va_list ap;
	int rc;

	va_start(ap, format);
	s = ask(d, sql, format, ap);
	va_end(ap);
	if (s == NULL)
		return none;
	rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else if (rc != SQLITE_DONE)
		database_fail(d);
	sqlite3_finalize(s);
	return n;
}

bool database_do(struct database *d, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s;
	va_list ap;

	va_start(ap, format);
	s = ask(d, sql, format, ap);
	va_end(ap);
	if (s == NULL)
		return false;
	if (sqlite3_step(s) != SQLITE_DONE)
		database_fail(d);
	sqlite3_finalize(s);
	return !d->failed;
}

/* ---- the schema ------------------------------------------------------------------------------------------------ */

static bool migrate(struct database *d, int64_t version)
{
	if (version == 2)
		return database_run(d, database_from_2);
	if (version == 1)
		database_run(d, database_from_1);
	database_run(d, database_schema);
	if (version == 1)
		database_run(d, database_into_now);
	return !d->failed;
}

/* Make the tables of a new file, bring an older one's up to date; refuse what is not ours. */
static bool schema_check(struct database *d)
{
	int64_t version = database_number(d, 0, "PRAGMA user_version", ""), tables;

	if (d->failed || version == DATABASE_VERSION)
		return !d->failed;
	tables = database_number(d, 0, "SELECT count(*) FROM sqlite_schema", "");
	if (!d->failed && (version > DATABASE_VERSION || version < 0 || (version == 0 && tables != 0))) {
		message_error(d->m, NULL,
			      version > DATABASE_VERSION ? "the database was made by a later version of vm40"
							 : "this is not a directory database");
		d->failed = true;
	}
	/* Renamed tables must not drag their foreign keys along. */
	if (d->failed ||
	    !database_run(d, "PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; BEGIN IMMEDIATE"))
		return false;
	version = database_number(d, 0, "PRAGMA user_version", ""); /* somebody may have been faster */
	if (version != DATABASE_VERSION)
		migrate(d, version);
	return database_run(d, "COMMIT");
}

#define WAIT_FOR_WRITERS 120000 /* milliseconds */

bool database_open(struct database *d, const char *name, enum database_use use, struct messages *m)
{
	int flags =
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (use == DATABASE_MAKE ? SQLITE_OPEN_CREATE : 0);

	*d = (struct database){.m = m};
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
		       0); /* nobody asks, and counting costs a lock for each row; too late is no harm */
	if (sqlite3_open_v2(name, &d->db, flags, NULL) != SQLITE_OK)
		return database_fail(d);
	sqlite3_busy_timeout(d->db, WAIT_FOR_WRITERS);
	return schema_check(d) &&
	       database_run(d, "PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON;"
			       "PRAGMA cache_size = -65536") &&
	       (use != DATABASE_READ || database_run(d, "PRAGMA query_only = ON"));
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

/* What comes from the compiler is in order already, and the CHECKs are for hands; they would double the time of a large build. */
void database_defer(struct database *d)
{
	database_run(d, "PRAGMA defer_foreign_keys = ON; PRAGMA ignore_check_constraints = ON");
}

/* ---- volumes ----------------------------------------------------------------------------------------------------- */

bool database_space_note(struct database *d, const char *volser, uint64_t first, uint64_t blocks)
{
	return database_do(
		d,
		"INSERT INTO volume (volser, first, blocks) VALUES (?, ?, ?)"
		" ON CONFLICT (volser) DO UPDATE SET first = excluded.first, blocks = excluded.blocks"
		" WHERE first IS NOT excluded.first OR blocks IS NOT excluded.blocks",
		"tii", volser, (int64_t)first, (int64_t)blocks);
}

bool database_space(struct database *d, const char *volser, uint64_t *first, uint64_t *blocks)
{
	static const char sql[] = "SELECT first FROM volume WHERE volser = ? AND first IS NOT NULL";

	*first = (uint64_t)database_number(d, -1, sql, "t", volser);
	*blocks = (uint64_t)database_number(d, 0, "SELECT blocks FROM volume WHERE volser = ?", "t", volser);
	return *first != UINT64_MAX;
}
