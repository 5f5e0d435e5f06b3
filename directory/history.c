/*
 * history.c - what was changed, when, by whom; and taking it back.
 *
 * Owns: log and undo. Before it: change.c, which writes the history. After it: nothing; an undo is a change like any other.
 * Heritage: DirMaint's transaction log, which nobody could run backwards.
 * Simplification: everything is kept for ever; a class makes some kilobytes a year.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "row.h"
#include "verb.h"

/* ---- log --------------------------------------------------------------------------------------------------------------- */

static void log_head(FILE *to, sqlite3_stmt *s)
{
	fprintf(to, "%5lld  %s  %-8s  %s", (long long)sqlite3_column_int64(s, 0), sqlite3_column_text(s, 1),
		sqlite3_column_text(s, 2), sqlite3_column_text(s, 3));
}

static int log_all(struct verb *v)
{
	sqlite3_stmt *s = database_ask(
		&v->c.d, "SELECT number, time, who, what, entries + rows FROM changes ORDER BY number", "");

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		log_head(verb_to(v->d), s);
		fprintf(verb_to(v->d), " (%d)\n", sqlite3_column_int(s, 4));
	}
	sqlite3_finalize(s);
	return v->c.d.failed;
}

/* What the entry was after a change: what it was before the next one, or is now. */
static char *entry_after(struct verb *v, const char *name, const char *kind, int64_t change)
{
	sqlite3_stmt *s = database_ask(&v->c.d,
				       "SELECT before FROM change_entry WHERE name = ? AND kind = ? AND "
				       "change_id > ? ORDER BY change_id LIMIT 1",
				       "tti", name, kind, change);
	bool later = s != NULL && sqlite3_step(s) == SQLITE_ROW;
	const char *before = later ? (const char *)sqlite3_column_text(s, 0) : NULL;
	char *text = before != NULL ? strdup(before) : NULL;
	struct user *u = later ? NULL : change_old(&v->c, kind[0] == 'P', name);
	struct text t = {0};

	sqlite3_finalize(s);
	if (u == NULL)
		return text;
	text_entry(&t, u, TEXT_ROWS);
	return t.bytes;
}

/* The changes of an entry, of a region, and of a userid's places in classes. */
static const char changes_of[] =
	"SELECT c.id, c.time, c.who, c.what, x.kind, x.before, NULL FROM change_entry x JOIN change c ON c.id = x.change_id"
	" WHERE x.name = ?1 UNION ALL"
	" SELECT c.id, c.time, c.who, c.what, r.kind, r.before, r.after FROM change_row r JOIN change c ON c.id = r.change_id"
	" WHERE r.name = ?1 OR substr(r.name, 1, length(?1) + 1) = ?1 || ' ' ORDER BY 1, 5 DESC";

static void log_json(struct verb *v, sqlite3_stmt *s, const char *name, const char *before, const char *after)
{
	char head[120];

	/* A time and a user's name have nothing in them that JSON minds; `what` may hold a file's name. */
	snprintf(head, sizeof(head), "\"number\": %lld, \"time\": \"%s\", \"who\": \"%.32s\", ",
		 (long long)sqlite3_column_int64(s, 0), sqlite3_column_text(s, 1), sqlite3_column_text(s, 2));
	change_show_json(head, name, before, after, verb_to(v->d));
}

static int log_entry(struct verb *v, const char *name)
{
	sqlite3_stmt *s = database_ask(&v->c.d, changes_of, "t", name);
	int64_t last = 0;

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(s, 0);
		const char *kind = (const char *)sqlite3_column_text(s, 4),
			   *before = (const char *)sqlite3_column_text(s, 5),
			   *told = (const char *)sqlite3_column_text(s, 6);
		bool row = kind[0] == 'R' || kind[0] == 'M';
		char *after = row ? NULL : entry_after(v, name, kind, id);

		if (v->d->json)
			log_json(v, s, name, before, row ? told : after);
		else if (id != last) {
			log_head(verb_to(v->d), s);
			fputc('\n', verb_to(v->d));
		}
		if (!v->d->json)
			text_difference(before, row ? told : after, verb_to(v->d));
		free(after);
		last = id;
	}
	sqlite3_finalize(s);
	return last > 0 ? (int)v->c.d.failed : verb_fail(v, "the history has no entry %s", name);
}

int direct_log(const struct direct *d, const char *name)
{
	struct direct alone = *d;
	struct name upper = name_of(name != NULL ? name : "");
	struct verb v;
	int status;

	if (d->json && name == NULL)
		return direct_query(d, "SELECT * FROM changes ORDER BY number");
	alone.volume = NULL;
	status = verb_begin(&v, &alone, DATABASE_READ);
	if (status == 0)
		status = name != NULL ? log_entry(&v, upper.text) : log_all(&v);
	verb_end(&v);
	return status;
}

/* ---- undo --------------------------------------------------------------------------------------------------------------- */

/* The last change that was not taken back and takes nothing back. */
static int64_t undo_which(struct verb *v, long change)
{
	static const char last[] = "SELECT max(id) FROM change WHERE undoes IS NULL"
				   " AND id NOT IN (SELECT undoes FROM change WHERE undoes IS NOT NULL)";
	int64_t id = change > 0 ? database_number(&v->c.d, 0, "SELECT id FROM change WHERE id = ?", "i",
						  (int64_t)change)
				: database_number(&v->c.d, 0, last, "");

	if (id == 0)
		verb_fail(v, change > 0 ? "there is no change %ld" : "there is nothing to take back", change);
	return id;
}

/* Was an entry changed again since? A later change that was taken back itself does not count, nor does its taking back. */
static bool undo_blocked(struct verb *v, int64_t id)
{
	static const char later[] =
		"WITH touched AS (SELECT change_id, kind, name FROM change_entry UNION ALL"
		" SELECT change_id, kind, name FROM change_row WHERE change_id IS NOT NULL)"
		" SELECT y.name, max(y.change_id) FROM touched x"
		" JOIN touched y ON y.name = x.name AND y.kind = x.kind AND y.change_id > x.change_id"
		" JOIN change c ON c.id = y.change_id"
		" WHERE x.change_id = ?1 AND NOT EXISTS (SELECT 1 FROM change u WHERE u.undoes = c.id)"
		" AND (c.undoes IS NULL OR c.undoes <= ?1) GROUP BY y.name LIMIT 1";
	sqlite3_stmt *s = database_ask(&v->c.d, later, "i", id);
	bool blocked = s != NULL && sqlite3_step(s) == SQLITE_ROW;

	if (blocked)
		verb_fail(v, "%s was changed again by change %lld: take that back first",
			  sqlite3_column_text(s, 0), (long long)sqlite3_column_int64(s, 1));
	sqlite3_finalize(s);
	return blocked;
}

static int undo_directory(struct verb *v, const char *before)
{
	unsigned vdev, devtype;
	char volser[7];

	if (sscanf(before, "DIRECTORY %x %x %6s", &vdev, &devtype, volser) != 3)
		return verb_fail(v, "the history does not know the old DIRECTORY statement");
	v->c.directory_before = NULL;
	return database_do(&v->c.d, "UPDATE directory SET vdev = ?, devtype = ?, volser = ?", "iit",
			   (int64_t)vdev, (int64_t)devtype, volser)
		       ? 0
		       : 1;
}

static int undo_entries(struct verb *v, int64_t id)
{
	sqlite3_stmt *s = database_ask(
		&v->c.d,
		"SELECT kind, name, before FROM change_entry WHERE change_id = ? ORDER BY kind, name", "i",
		id);
	int status = 0;

	while (status == 0 && s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		const char *kind = (const char *)sqlite3_column_text(s, 0),
			   *before = (const char *)sqlite3_column_text(s, 2);

		if (kind[0] == 'D')
			status = undo_directory(v, before);
		else if (before != NULL)
			status = change_put(&v->c, before) ? 0 : 1;
		else
			status = change_remove(&v->c, kind[0] == 'P', (const char *)sqlite3_column_text(s, 1))
					 ? 0
					 : 1;
	}
	sqlite3_finalize(s);
	return status;
}

static int undo_rows(struct verb *v, int64_t id)
{
	sqlite3_stmt *s = database_ask(
		&v->c.d, "SELECT kind, name, before FROM change_row WHERE change_id = ? ORDER BY id DESC",
		"i", id);
	int status = 0;

	while (status == 0 && s != NULL && sqlite3_step(s) == SQLITE_ROW)
		status = row_put(&v->c, (const char *)sqlite3_column_text(s, 0),
				 (const char *)sqlite3_column_text(s, 1),
				 (const char *)sqlite3_column_text(s, 2))
				 ? 0
				 : 1;
	sqlite3_finalize(s);
	return status;
}

static void undo_tell(struct verb *v, int64_t id)
{
	sqlite3_stmt *s = database_ask(&v->c.d, "SELECT id, what FROM change WHERE id = ?", "i", id);

	if (v->d->json)
		fprintf(verb_to(v->d), "{\"undone\": %lld}\n", (long long)id);
	else if (s != NULL && sqlite3_step(s) == SQLITE_ROW)
		fprintf(verb_to(v->d), "change %lld is taken back: %s\n", (long long)id,
			sqlite3_column_text(s, 1));
	sqlite3_finalize(s);
}

int direct_undo(const struct direct *d, long change)
{
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);
	int64_t id = 0;

	if (status == 0) {
		id = undo_which(&v, change);
		status = id == 0 || undo_blocked(&v, id);
	}
	if (status == 0)
		status = undo_entries(&v, id) || undo_rows(&v, id);
	v.c.undoes = id;
	if (status == 0)
		status = verb_commit(&v, "undo %lld", (long long)id);
	if (status == 0 && !d->dry)
		undo_tell(&v, id);
	verb_end(&v);
	return status;
}
