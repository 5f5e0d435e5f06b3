/*
 * row.c - what the directory has beside its entries: regions, and who is in a class.
 *
 * Owns: the statements for them, which the history keeps, and how a statement becomes a row. Before it: change.c, whose transaction it is
 * done in. After it: disk.c and roster.c, which change them; history.c, which shows them and takes them back.
 * Simplification: there is no source file with these statements; they come from verbs only.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "row.h"

/* ---- one kind of rows --------------------------------------------------------------------------------------------- */

/* A member's name is his userid, a blank, and the class. */
static const char *class_of(const char *name)
{
	const char *blank = strchr(name, ' ');

	return blank != NULL ? blank + 1 : "";
}

static const char *userid_of(const char *name, char buf[9])
{
	snprintf(buf, 9, "%.*s", (int)strcspn(name, " "), name);
	return buf;
}

/* A block must not be offered twice. */
static bool region_alone(struct database *d, const struct region *r)
{
	sqlite3_stmt *s = database_ask(
		d,
		"SELECT r.name, r.start, r.start + r.blocks - 1 FROM region r JOIN volume v ON v.id = r.volume_id"
		" WHERE v.volser = ? AND r.name <> ? AND r.start < ? AND r.start + r.blocks > ?",
		"ttii", r->volser, r->name, (int64_t)r->start + r->blocks, (int64_t)r->start);
	bool alone = s != NULL && sqlite3_step(s) != SQLITE_ROW;

	if (s != NULL && !alone)
		message_error(d->m, NULL, "region %s overlaps region %s, blocks %lld-%lld of %s", r->name,
			      sqlite3_column_text(s, 0), (long long)sqlite3_column_int64(s, 1),
			      (long long)sqlite3_column_int64(s, 2), r->volser);
	sqlite3_finalize(s);
	return alone;
}

/* REGION NAME VOLSER START BLOCKS GROUP */
static bool region_store(struct database *d, const char *name, const char *statement)
{
	char volser[7] = "", group[9] = "";
	struct region r = {name, group, volser, 0, 0};

	if (sscanf(statement, "REGION %*s %6s %u %u %8s", volser, &r.start, &r.blocks, group) != 4 ||
	    !region_alone(d, &r))
		return false;
	database_do(d, "INSERT OR IGNORE INTO volume (volser) VALUES (?)", "t", volser);
	return database_do(d,
			   "INSERT INTO region (name, disk_group, volume_id, start, blocks)"
			   " VALUES (?, ?, (SELECT id FROM volume WHERE volser = ?), ?, ?)",
			   "tttii", name, group, volser, (int64_t)r.start, (int64_t)r.blocks);
}

static void region_erase(struct database *d, const char *name)
{
	database_do(d, "DELETE FROM region WHERE name = ?", "t", name);
}

/* MEMBER USERID CLASS, or MEMBER USERID SUSPENDED SECRET:n CLASS */
static bool member_store(struct database *d, const char *name, const char *statement)
{
	const char *waiting = strstr(statement, " SUSPENDED SECRET:");
	char userid[9];

	return database_do(
		d, "INSERT INTO member (roster, userid, secret_id, suspended) VALUES (?, ?, nullif(?, 0), ?)",
		"ttii", class_of(name), userid_of(name, userid),
		(int64_t)(waiting != NULL ? strtoll(waiting + 18, NULL, 10) : 0), (int64_t)(waiting != NULL));
}

static void member_erase(struct database *d, const char *name)
{
	char userid[9];

	database_do(d, "DELETE FROM member WHERE roster = ? AND userid = ?", "tt", class_of(name),
		    userid_of(name, userid));
}

/* The question has the row's name (a member's is his userid and the class) and gives its statement. */
static const struct row_kind {
	const char *kind, *question;
	bool (*store)(struct database *d, const char *name, const char *statement);
	void (*erase)(struct database *d, const char *name);
} kinds[] = {
	{"REGION",
	 "SELECT printf('REGION %s %s %d %d %s', r.name, v.volser, r.start, r.blocks, r.disk_group)"
	 " FROM region r JOIN volume v ON v.id = r.volume_id WHERE r.name = ?",
	 region_store, region_erase},
	{"MEMBER",
	 "SELECT printf('MEMBER %s %s%s', userid, iif(suspended, printf('SUSPENDED SECRET:%d ', "
	 "coalesce(secret_id, 0)), ''), roster) FROM member"
	 " WHERE userid = substr(?1, 1, instr(?1, ' ') - 1) AND roster = substr(?1, instr(?1, ' ') + 1)",
	 member_store, member_erase},
};

/* ---- any row ---------------------------------------------------------------------------------------------------------- */

/* The row's statement as it is now; false: there is none. */
static bool row_now(struct database *d, const struct row_kind *k, const char *name, char text[ROW_TEXT_MAX])
{
	sqlite3_stmt *s = database_ask(d, k->question, "t", name);
	bool there = s != NULL && sqlite3_step(s) == SQLITE_ROW;

	if (there)
		snprintf(text, ROW_TEXT_MAX, "%s", sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	return there;
}

bool row_put(struct change *c, const char *kind, const char *name, const char *statement)
{
	const struct row_kind *k = strcmp(kind, kinds[0].kind) == 0 ? &kinds[0] : &kinds[1];
	char before[ROW_TEXT_MAX];
	bool there = row_now(&c->d, k, name, before);

	if (statement != NULL ? there && strcmp(before, statement) == 0 : !there)
		return !c->d.failed;
	k->erase(&c->d, name);
	if (statement != NULL && !k->store(&c->d, name, statement))
		return false;
	c->rows++;
	return database_do(&c->d, "INSERT INTO change_row (kind, name, before, after) VALUES (?, ?, ?, ?)",
			   "tttt", kind, name, there ? before : NULL, statement);
}

bool row_history(struct change *c, int64_t id)
{
	return c->rows == 0 ||
	       database_do(&c->d, "UPDATE change_row SET change_id = ? WHERE change_id IS NULL", "i", id);
}

void row_show(const struct change *c, bool json, FILE *out)
{
	struct database *d = (struct database *)&c->d;
	sqlite3_stmt *s = database_ask(
		d, "SELECT before, after, name FROM change_row WHERE change_id IS NULL ORDER BY id", "");

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		const char *before = (const char *)sqlite3_column_text(s, 0),
			   *after = (const char *)sqlite3_column_text(s, 1);

		if (json)
			change_show_json("", (const char *)sqlite3_column_text(s, 2), before, after, out);
		else
			text_difference(before, after, out);
	}
	sqlite3_finalize(s);
}

/* ---- regions ------------------------------------------------------------------------------------------------------------ */

bool row_region(struct change *c, const struct region *r)
{
	char text[ROW_TEXT_MAX];

	snprintf(text, sizeof(text), "REGION %s %s %u %u %s", r->name, r->volser, r->start, r->blocks,
		 r->group);
	return row_put(c, "REGION", r->name, text);
}

bool row_region_remove(struct change *c, const char *name)
{
	char before[ROW_TEXT_MAX];

	if (row_now(&c->d, &kinds[0], name, before))
		return row_put(c, "REGION", name, NULL);
	message_error(c->m, NULL, "there is no region %s", name);
	return false;
}

/* ---- members of classes --------------------------------------------------------------------------------------------------- */

bool row_member(struct change *c, const char *roster, const char *userid, int64_t secret, bool suspended)
{
	char text[ROW_TEXT_MAX], name[64], waiting[48] = "";

	snprintf(name, sizeof(name), "%s %s", userid, roster);
	if (suspended)
		snprintf(waiting, sizeof(waiting), "SUSPENDED SECRET:%lld ", (long long)secret);
	snprintf(text, sizeof(text), "MEMBER %s %s%s", userid, waiting, roster);
	return row_put(c, "MEMBER", name, text);
}

/* In every class that a userid is in: the same under another name, or nothing. */
static bool members_become(struct change *c, const char *userid, const char *to)
{
	sqlite3_stmt *s = database_ask(
		&c->d, "SELECT roster, coalesce(secret_id, 0), suspended FROM member WHERE userid = ?", "t",
		userid);
	bool good = !c->d.failed;

	while (good && sqlite3_step(s) == SQLITE_ROW) {
		const char *roster = (const char *)sqlite3_column_text(s, 0);
		char name[64];

		snprintf(name, sizeof(name), "%s %s", userid, roster);
		if (to != NULL)
			good = row_member(c, roster, to, sqlite3_column_int64(s, 1),
					  sqlite3_column_int(s, 2));
		good = good && row_put(c, "MEMBER", name, NULL);
	}
	sqlite3_finalize(s);
	return good;
}

bool row_member_remove(struct change *c, const char *userid)
{
	return members_become(c, userid, NULL);
}

bool row_member_rename(struct change *c, const char *from, const char *to)
{
	return members_become(c, from, to);
}
