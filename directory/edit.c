/*
 * edit.c - add, change, remove, rename: one entry at a time.
 *
 * Owns: what each of these verbs does to the text of an entry. Before it: statements.c, change.c. After it: disk.c and roster.c, which
 * do more at once.
 * Heritage: DirMaint's ADD, CHANGE, PURGE, CHNGID, PW.
 * Simplification: what the statements mean is found out by reading the edited text like any source.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "row.h"
#include "statements.h"
#include "verb.h"

static int put(struct verb *v, const struct statements *s)
{
	char *text = statements_text(s);
	int status = change_put(&v->c, text) ? 0 : 1;

	free(text);
	return status;
}

/* The entry, a user or else a profile; NULL with a message. */
static struct user *entry_of(struct verb *v, const char *name)
{
	struct user *u = change_old(&v->c, false, name);

	if (u == NULL)
		u = change_old(&v->c, true, name);
	if (u == NULL)
		verb_fail(v, "there is no %s in the directory", name);
	return u;
}

/* Statements as somebody gave them, each a whole one, into the entry. Messages do not repeat them: there may be a password. */
static int put_all(struct verb *v, struct statements *s, const char *name, const char *const *statements,
		   unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const char *t = statements[i];
		size_t n = strlen(t);

		while (n > 0 && t[n - 1] == ' ')
			n--;
		if (strpbrk(t, "\r\n") != NULL || (n > 0 && t[n - 1] == ',' && (n == 1 || t[n - 2] == ' ')))
			return verb_fail(v, "%.*s: a statement is one line here, and does not end in a comma",
					 (int)strcspn(t, " \r\n"), t);
		if (statements_buries(s, t))
			return verb_fail(v,
					 "%.*s would take the place of a minidisk of %s: remove that first",
					 (int)strcspn(t, " "), t, name);
		statements_put(s, t);
	}
	return 0;
}

/* ---- add ------------------------------------------------------------------------------------------------------------- */

static int add(struct verb *v, const char *userid, const char *profile, const char *password,
	       const char *const *statements, unsigned count)
{
	struct statements s = {0};
	char line[200];
	int status;

	if (change_old(&v->c, false, userid) != NULL)
		return verb_fail(v, "%s is in the directory already", userid);
	snprintf(line, sizeof(line), "USER %s %s", userid, password != NULL ? password : "NOLOG");
	statements_put(&s, line);
	if (profile != NULL) {
		snprintf(line, sizeof(line), "INCLUDE %s", profile);
		statements_put(&s, line);
	}
	status = put_all(v, &s, userid, statements, count) || put(v, &s);
	statements_free(&s);
	return status;
}

int direct_add(const struct direct *d, const char *userid, const char *profile, const char *password,
	       const char *const *statements, unsigned count)
{
	struct name name = name_of(userid);
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);

	if (status == 0)
		status = add(&v, name.text, profile, password, statements, count);
	if (status == 0)
		status = verb_commit(&v, "add %s", name.text);
	verb_end(&v);
	return status;
}

/* ---- change ------------------------------------------------------------------------------------------------------------ */

/* Do these words drop a minidisk with something on it? Those go by `disk remove --purge`. */
static bool drops_disk(const struct user *u, const char *words)
{
	char name[24];
	unsigned vdev = 0;
	int n = sscanf(words, "%23s %x", name, &vdev);

	if (n < 1 || strncasecmp(name, "MDISK", strlen(name) > 2 ? strlen(name) : 2) != 0)
		return false;
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		if (d->kind == DEVICE_MDISK && (n < 2 || d->vdev == vdev))
			return true;
	return false;
}

static int drop(struct verb *v, const struct user *u, struct statements *s, const char *words)
{
	if (drops_disk(u, words))
		return verb_fail(v, "a minidisk is removed by `disk remove %s VDEV --purge`", u->userid);
	if (statements_drop(s, words) == 0)
		return verb_fail(v, "%s has no statement that begins with %s", u->userid, words);
	return 0;
}

static int change(struct verb *v, const char *name, const char *const *statements, unsigned count,
		  const char *const *drops, unsigned drop_count)
{
	struct user *u = entry_of(v, name);
	struct statements s;
	int status = 0;

	if (u == NULL)
		return 1;
	statements_of(&s, u);
	for (unsigned i = 0; i < drop_count && status == 0; i++)
		status = drop(v, u, &s, drops[i]);
	if (status == 0)
		status = put_all(v, &s, name, statements, count) || put(v, &s);
	statements_free(&s);
	return status;
}

int direct_change(const struct direct *d, const char *userid, const char *const *statements, unsigned count,
		  const char *const *drops, unsigned drop_count)
{
	struct name name = name_of(userid);
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);

	if (status == 0)
		status = change(&v, name.text, statements, count, drops, drop_count);
	if (status == 0)
		status = verb_commit(&v, "change %s", name.text);
	verb_end(&v);
	return status;
}

int direct_password(const struct direct *d, const char *userid, const char *password)
{
	struct name name = name_of(userid);
	struct statements s;
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);
	struct user *u = status == 0 ? change_old(&v.c, false, name.text) : NULL;

	if (status == 0 && u == NULL)
		status = verb_fail(&v, "there is no USER %s", name.text);
	if (status == 0) {
		statements_of(&s, u);
		statements_set_word(&s, 0, 2, password);
		status = put(&v, &s);
		statements_free(&s);
	}
	if (status == 0)
		status = verb_commit(&v, "password %s", name.text);
	verb_end(&v);
	return status;
}

int direct_link(const struct direct *d, const char *userid, const char *owner, const char *vdev1,
		const char *vdev2, const char *mode)
{
	char text[100];
	const char *statement = text;

	snprintf(text, sizeof(text), "LINK %s %s %s %s", owner, vdev1, vdev2 != NULL ? vdev2 : vdev1,
		 mode != NULL ? mode : "RR");
	return direct_change(d, userid, &statement, 1, NULL, 0);
}

/* ---- remove and rename --------------------------------------------------------------------------------------------------- */

int direct_remove(const struct direct *d, const char *name)
{
	struct name n = name_of(name);
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);
	struct user *u = status == 0 ? entry_of(&v, n.text) : NULL;

	if (status == 0)
		status = u != NULL && change_remove(&v.c, u->profile, n.text) ? 0 : 1;
	if (status == 0 && !u->profile)
		status = row_member_remove(&v.c, n.text) ? 0 : 1;
	if (status == 0)
		status = verb_commit(&v, "remove %s", n.text);
	verb_end(&v);
	return status;
}

static int rename_in(struct verb *v, struct user *u, const char *from, const char *to)
{
	struct statements s;
	int status = 0;

	statements_of(&s, u);
	if (statements_rename(&s, from, to))
		status = put(v, &s);
	statements_free(&s);
	return status;
}

/* Everybody who names a user: links, secondary users, LOGONBY and AUTOLOG; or who includes a profile. */
static int rename_everywhere(struct verb *v, const struct user *u, const char *to)
{
	static const char users[] =
		"SELECT DISTINCT e.kind = 'PROFILE', e.name FROM entry e WHERE e.id <> ?1 AND (e.profile_id "
		"= ?1 OR (?3 = 0 AND e.id IN"
		" (SELECT entry_id FROM device WHERE userid = ?2 UNION SELECT entry_id FROM entry_item"
		" WHERE statement IN ('LOGONBY', 'AUTOLOG') AND text = ?2))) ORDER BY 1 DESC, 2";
	sqlite3_stmt *s = database_ask(&v->c.d, users, "iti", u->row, u->userid, (int64_t)u->profile);
	int status = 0;

	while (status == 0 && s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		struct user *other =
			change_old(&v->c, sqlite3_column_int(s, 0), (const char *)sqlite3_column_text(s, 1));

		if (other != NULL)
			status = rename_in(v, other, u->userid, to);
	}
	sqlite3_finalize(s);
	return status;
}

static int rename_entry(struct verb *v, const char *from, const char *to)
{
	struct user *u = entry_of(v, from);
	struct statements s;
	int status;

	if (u == NULL)
		return 1;
	if (change_old(&v->c, u->profile, to) != NULL)
		return verb_fail(v, "%s is in the directory already", to);
	statements_of(&s, u);
	statements_set_word(&s, 0, 1, to);
	if (!u->profile)
		statements_rename(&s, from, to); /* it may link its own disks */
	status = put(v, &s);
	statements_free(&s);
	if (status == 0)
		status = rename_everywhere(v, u, to);
	if (status == 0)
		status = change_remove(&v->c, u->profile, from) &&
					 (u->profile || row_member_rename(&v->c, from, to))
				 ? 0
				 : 1;
	return status;
}

int direct_rename(const struct direct *d, const char *from, const char *to)
{
	struct name old = name_of(from), new = name_of(to);
	struct verb v;
	int status = verb_begin(&v, d, DATABASE_WRITE);

	if (status == 0)
		status = rename_entry(&v, old.text, new.text);
	if (status == 0)
		status = verb_commit(&v, "rename %s to %s", old.text, new.text);
	verb_end(&v);
	return status;
}
