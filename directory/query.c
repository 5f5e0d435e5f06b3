/*
 * query.c - questions: show, export, query, users.
 *
 * Owns: what of the database is shown to whom. Before it: change.c, text.c. After it: the terminal.
 * Heritage: DIRM REVIEW, DIRM USER WITHPASS (which VM/40 does not have: there are no passwords to show).
 * Simplification: a query is SQLite's business, with the columns of hashes closed.
 */
#include <ctype.h>
#include <sqlite3.h>
#include <string.h>
#include "database_private.h"
#include "grammar.h"
#include "verb.h"

int direct_export(const struct direct *d)
{
	struct direct alone = *d;
	struct model model = {0};
	struct text t = {0};
	struct verb v;
	int status;

	alone.volume = NULL;
	status = verb_begin(&v, &alone, DATABASE_READ);
	if (status == 0)
		status = database_load(&v.c.d, &model) ? 0 : 1;
	if (status == 0) {
		text_directory(&t, &model, TEXT_HASHES);
		fwrite(t.bytes, 1, t.length, verb_to(d));
	}
	text_free(&t);
	model_free(&model);
	verb_end(&v);
	return status;
}

static int show(struct verb *v, const char *given)
{
	char name[9] = "";
	struct text t = {0};
	struct user *u;

	for (unsigned i = 0; i < 8 && given[i] != '\0'; i++)
		name[i] = (char)toupper((unsigned char)given[i]);
	u = change_old(&v->c, false, name);
	if (u == NULL)
		u = change_old(&v->c, true, name);
	if (u == NULL)
		return verb_fail(v, "there is no %s in the directory", name);
	text_entry(&t, u, TEXT_HIDDEN);
	if (v->d->json) {
		fprintf(verb_to(v->d), "{\"entry\": \"%s\", \"kind\": \"%s\", \"statements\": ", u->userid,
			u->profile ? "PROFILE" : "USER");
		message_json_lines(verb_to(v->d), t.bytes);
		fputs("}\n", verb_to(v->d));
	} else {
		fputs(t.bytes, verb_to(v->d));
	}
	text_free(&t);
	return 0;
}

/* Without names: who is there, a line each. */
static int show_all(struct verb *v)
{
	sqlite3_stmt *s = database_ask(&v->c.d,
				       "SELECT userid, coalesce(profile, '-'), storage / 1048576, maximum / "
				       "1048576, classes, password FROM users"
				       " ORDER BY userid",
				       "");

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW)
		fprintf(verb_to(v->d), "%-8s %-8s %6dM %6dM %-10s %s\n", sqlite3_column_text(s, 0),
			sqlite3_column_text(s, 1), sqlite3_column_int(s, 2), sqlite3_column_int(s, 3),
			sqlite3_column_text(s, 4), sqlite3_column_text(s, 5));
	sqlite3_finalize(s);
	return v->c.d.failed;
}

int direct_show(const struct direct *d, const char *const *names, unsigned count)
{
	struct direct alone = *d;
	struct verb v;
	int status;

	if (d->json && count == 0)
		return direct_query(d, "SELECT * FROM users ORDER BY userid");
	alone.volume = NULL;
	status = verb_begin(&v, &alone, DATABASE_READ);
	for (unsigned i = 0; status == 0 && i < count; i++)
		status = show(&v, names[i]);
	if (status == 0 && count == 0)
		status = show_all(&v);
	verb_end(&v);
	return status;
}

/* ---- SQL --------------------------------------------------------------------------------------------------------------- */

/* Reading, and nothing else; of hashes not even that. */
static int authorize(void *context, int action, const char *a, const char *b, const char *database,
		     const char *view)
{
	(void)context;
	(void)database;
	(void)view;
	if (action == SQLITE_READ && a != NULL && strcmp(a, "secret") == 0 && b != NULL &&
	    (strcmp(b, "salt") == 0 || strcmp(b, "digest") == 0))
		return SQLITE_DENY;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
			       action == SQLITE_RECURSIVE
		       ? SQLITE_OK
		       : SQLITE_DENY;
}

static void json_value(FILE *to, sqlite3_stmt *s, int column)
{
	const unsigned char *t = sqlite3_column_text(s, column);
	int type = sqlite3_column_type(s, column);

	if (type == SQLITE_NULL || t == NULL) {
		fputs("null", to);
	} else if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
		fputs((const char *)t, to);
	} else {
		message_json(to, (const char *)t, strlen((const char *)t));
	}
}

static void row_json(FILE *to, sqlite3_stmt *s)
{
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		fputs(i == 0 ? "{" : ", ", to);
		message_json(to, sqlite3_column_name(s, i), strlen(sqlite3_column_name(s, i)));
		fputs(": ", to);
		json_value(to, s, i);
	}
	fputs("}\n", to);
}

static void row_text(FILE *to, sqlite3_stmt *s, bool names)
{
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const char *t = names ? sqlite3_column_name(s, i) : (const char *)sqlite3_column_text(s, i);

		fprintf(to, "%s%s", i > 0 ? "\t" : "", t != NULL ? t : "");
	}
	fputc('\n', to);
}

static void rows_show(struct verb *v, sqlite3_stmt *s)
{
	FILE *to = verb_to(v->d);
	int rc;

	if (!v->d->json)
		row_text(to, s, true);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (v->d->json)
			row_json(to, s);
		else
			row_text(to, s, false);
	}
	if (rc != SQLITE_DONE)
		database_fail(&v->c.d);
}

int direct_query(const struct direct *d, const char *sql)
{
	struct direct alone = *d;
	sqlite3_stmt *s;
	struct verb v;
	int status;

	alone.volume = NULL;
	status = verb_begin(&v, &alone, DATABASE_READ);
	if (status == 0) {
		sqlite3_set_authorizer(v.c.d.db, authorize, NULL);
		s = database_ask(&v.c.d, sql, "");
		if (s != NULL)
			rows_show(&v, s);
		sqlite3_finalize(s);
		sqlite3_set_authorizer(v.c.d.db, NULL, NULL);
		status = v.c.d.failed;
	}
	verb_end(&v);
	return status;
}

int direct_users(const char *database, void (*each)(void *context, const char *userid), void *context)
{
	sqlite3_stmt *s = NULL;
	sqlite3 *db;
	int rc = sqlite3_open_v2(database, &db, SQLITE_OPEN_READONLY, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, "SELECT name FROM entry WHERE kind = 'USER' ORDER BY name", -1,
					&s, NULL);
	while (rc == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		if (sqlite3_column_text(s, 0) != NULL)
			each(context, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return rc == SQLITE_OK ? 0 : 2;
}

static void candidate_print(void *context, const char *candidate)
{
	fprintf(context, "%s\n", candidate);
}

void direct_complete(const char *text, FILE *to)
{
	grammar_complete(text, candidate_print, to);
}

void direct_reference(FILE *to)
{
	grammar_print(to);
}
