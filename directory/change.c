/*
 * change.c - a change of the directory: one transaction, checked, with its history.
 *
 * Owns: what was before and what comes after, entry by entry; all verbs that change anything come through here. Before it: text.c (an
 * entry as text, edited), parse.c. After it: history.c, which can take a change back, since it is the same thing the other way round.
 * Heritage: DIRM ADD, CHANGE and PURGE of DirMaint, and its transaction file.
 * Simplification: an entry is replaced whole, however little of it has changed.
 */
#include <pwd.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "change.h"
#include "database_private.h"
#include "parse.h"
#include "row.h"
#include "secret.h"

/* ---- a transaction --------------------------------------------------------------------------------------------- */

bool change_begin(struct change *c, const char *database, enum database_use use, struct messages *m)
{
	*c = (struct change){.m = m, .iterations = SECRET_ITERATIONS};
	if (!database_open(&c->d, database, use, m))
		return false;
	if (use == DATABASE_READ)
		database_run(&c->d, "BEGIN");
	else if (database_begin(&c->d))
		database_defer(&c->d);
	if (!c->d.failed && database_number(&c->d, 0, "SELECT count(*) FROM directory", "") > 0)
		return database_attach(&c->d, &c->old) && database_attach(&c->d, &c->new);
	return !c->d.failed;
}

static void source_drop(struct change_source *s)
{
	if (s == NULL)
		return;
	messages_free(&s->m);
	free(s->text);
	free(s);
}

void change_end(struct change *c)
{
	for (uint32_t i = 0; i < c->count; i++)
		source_drop(c->items[i].source);
	free(c->items);
	free(c->directory_before);
	model_free(&c->old);
	model_free(&c->new);
	database_close(&c->d);
}

struct user *change_old(struct change *c, bool profile, const char *name)
{
	return c->stored ? table_find(profile ? &c->old.profiles : &c->old.users, name)
			 : model_find(&c->old, profile, name);
}

static struct change_item *item_add(struct change *c, struct user *before, struct user *after)
{
	if (c->count == c->room)
		c->items = storage_grow(c->items, (c->room = c->room * 2 + 16) * sizeof(*c->items));
	c->items[c->count] = (struct change_item){before, after, NULL};
	return &c->items[c->count++];
}

/* ---- passwords --------------------------------------------------------------------------------------------------- */

static bool secret_settle(struct change *c, struct secret *s, const struct secret *before)
{
	if (s == NULL || s->kind != SECRET_HASH)
		return true;
	if (s->row != 0 && s->iterations == 0 && !database_load_secret(&c->d, s)) {
		message_error(c->m, NULL, "a password is SECRET:%lld, which the database does not have",
			      (long long)s->row);
		return false;
	}
	if (s->row == 0 && before != NULL && secret_same(s, before))
		s->row = before->row;
	return true;
}

/* Rows are filled in, passwords hashed, and what is as it was keeps its row. */
static bool secrets_settle(struct change *c, struct user *u, const struct user *before)
{
	bool good = secrets_seal_entry(u, before, c->iterations, &c->hashed);

	if (!good)
		message_error(c->m, NULL, "the system gives no random numbers");
	good = good && secret_settle(c, &u->password, before != NULL ? &before->password : NULL);
	for (struct device *d = u->devices; good && d != NULL; d = d->next) {
		const struct device *old =
			before != NULL && d->kind == DEVICE_MDISK ? user_find_device(before, d->vdev) : NULL;

		for (unsigned i = 0; good && i < ACCESSES; i++)
			good = secret_settle(c, d->secret[i], old != NULL ? old->secret[i] : NULL);
	}
	return good;
}

/* ---- entries ------------------------------------------------------------------------------------------------------ */

static struct change_source *source_make(struct change *c, const char *text)
{
	struct change_source *s = storage_grow(NULL, sizeof(*s));

	*s = (struct change_source){.text = strdup(text)};
	sscanf(text, "%*s %31s", s->name);
	s->source = (struct source){.name = s->name, .text = s->text, .length = strlen(text)};
	s->m = (struct messages){.out = c->m->out, .name = s->name, .source = &s->source, .json = c->m->json};
	return s;
}

/* What was said about one entry counts for the whole change. */
static void messages_count(struct change *c, struct messages *m)
{
	c->m->errors += m->errors;
	c->m->warnings += m->warnings;
	m->errors = m->warnings = 0;
}

bool change_put(struct change *c, const char *text)
{
	struct change_source *s = source_make(c, text);
	struct user *after = parse_entry(&c->new, &s->source, &s->m, true);
	bool good = s->m.errors == 0 && after != NULL;

	messages_count(c, &s->m);
	if (!good) {
		source_drop(s);
		return false;
	}
	item_add(c, change_old(c, after->profile, after->userid), after)->source = s;
	return secrets_settle(c, after, c->items[c->count - 1].before);
}

bool change_remove(struct change *c, bool profile, const char *name)
{
	struct user *before = change_old(c, profile, name);

	if (before == NULL) {
		message_error(c->m, NULL, "there is no %s %s", profile ? "PROFILE" : "USER", name);
		return false;
	}
	item_add(c, before, NULL);
	return true;
}

static bool entries_same(const struct user *a, const struct user *b, struct text scratch[2])
{
	scratch[0].length = scratch[1].length = 0;
	text_entry(&scratch[0], a, TEXT_HASHES);
	text_entry(&scratch[1], b, TEXT_HASHES);
	return scratch[0].length == scratch[1].length &&
	       memcmp(scratch[0].bytes, scratch[1].bytes, scratch[0].length) == 0;
}

static bool table_compare(struct change *c, const struct table *old, const struct table *new)
{
	struct text scratch[2] = {0};
	bool good = true;

	for (uint32_t i = 0; good && i < new->count; i++) {
		struct user *after = new->entries[i], *before = table_find(old, after->userid);

		good = secrets_settle(c, after, before);
		if (before != NULL)
			after->row = before->row;
		if (good && (before == NULL || !entries_same(before, after, scratch)))
			item_add(c, before, after);
	}
	for (uint32_t i = 0; i < old->count; i++)
		if (table_find(new, old->entries[i]->userid) == NULL)
			item_add(c, old->entries[i], NULL);
	text_free(&scratch[0]);
	text_free(&scratch[1]);
	return good;
}

static char *directory_text(const struct model *m)
{
	struct text t = {0};

	text_say(&t, "DIRECTORY %03X %04X %s\n", m->vdev, m->devtype, m->volser);
	return t.bytes;
}

bool change_whole(struct change *c)
{
	bool there = c->old.has_directory, good = true;

	c->whole = true;
	if (there) {
		char *before = directory_text(&c->old), *after = directory_text(&c->new);

		if (strcmp(before, after) != 0)
			c->directory_before = strdup(before);
		free(before);
		free(after);
		model_free(&c->old); /* read it again, all of it */
		c->old = (struct model){0};
		good = database_load(&c->d, &c->old);
	}
	c->new.fetch = NULL;
	if (good && (!there || c->directory_before != NULL))
		good = database_store_directory(&c->d, &c->new);
	return good && table_compare(c, &c->old.profiles, &c->new.profiles) &&
	       table_compare(c, &c->old.users, &c->new.users);
}

/* ---- into the database ---------------------------------------------------------------------------------------------- */

static bool items_store(struct change *c)
{
	int64_t last = database_number(&c->d, 0, "SELECT coalesce(max(id), 0) FROM entry", "");
	struct storing *w;

	for (uint32_t i = 0; i < c->count; i++) { /* rows are given before any is free */
		if (c->items[i].before != NULL)
			database_remove(&c->d, c->items[i].before->profile, c->items[i].before->userid);
		if (c->items[i].after != NULL)
			c->items[i].after->row =
				c->items[i].before != NULL ? c->items[i].before->row : ++last;
	}
	w = database_store_begin(&c->d);
	for (int profiles = 1; profiles >= 0; profiles--)
		for (uint32_t i = 0; i < c->count; i++)
			if (c->items[i].after != NULL && c->items[i].after->profile == profiles)
				database_store_entry(w, c->items[i].after);
	c->stored = true;
	return database_store_end(w);
}

/* Users of a profile that was changed are to be checked with it; one that was removed must have none. */
static void includers_check(struct change *c, const struct change_item *item,
			    const struct minidisk_space *space)
{
	sqlite3_stmt *s =
		database_ask(&c->d, "SELECT name FROM entry WHERE profile_id = ?", "i", item->before->row);

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(s, 0);
		struct user *u;

		if (item->after == NULL) {
			message_error(c->m, NULL, "PROFILE %s is included by %s", item->before->userid, name);
			break;
		}
		u = model_find(&c->new, false, name);
		if (u != NULL)
			check_entry(&c->new, u, &c->d, space, c->m);
	}
	sqlite3_finalize(s);
}

/* Links and lists that name somebody who is no more are no error, but worth a word. */
static void dangling_warn(struct change *c, const char *userid)
{
	int64_t n = database_number(&c->d, 0,
				    "SELECT count(*) FROM (SELECT entry_id FROM device WHERE userid = ?"
				    " UNION SELECT entry_id FROM entry_item WHERE statement IN ('LOGONBY', "
				    "'AUTOLOG') AND text = ?)",
				    "tt", userid, userid);

	if (n > 0)
		message_warning(c->m, NULL, "%lld entr%s still name%s %s, who is not in the directory",
				(long long)n, n == 1 ? "y" : "ies", n == 1 ? "s" : "", userid);
}

bool change_check(struct change *c, const struct minidisk_space *space)
{
	if (!items_store(c))
		return false;
	for (uint32_t i = 0; i < c->count && !c->whole && !c->d.failed; i++) {
		const struct change_item *item = &c->items[i];

		if (item->after != NULL) {
			check_entry(&c->new, item->after, &c->d, space, &item->source->m);
			messages_count(c, &item->source->m);
		} else if (!item->before->profile) {
			dangling_warn(c, item->before->userid);
		}
		if (item->before != NULL && item->before->profile)
			includers_check(c, item, space);
	}
	return c->m->errors == 0 && !c->d.failed;
}

/* ---- history ---------------------------------------------------------------------------------------------------------- */

static const char *who(void)
{
	static char number[24];
	const struct passwd *p = getpwuid(getuid());

	snprintf(number, sizeof(number), "uid %u", (unsigned)getuid());
	return p != NULL ? p->pw_name : number;
}

static void history_item(sqlite3_stmt *s, int64_t id, const struct change_item *item, struct text *before)
{
	const struct user *u = item->before != NULL ? item->before : item->after;

	sqlite3_reset(s);
	sqlite3_clear_bindings(s);
	sqlite3_bind_int64(s, 1, id);
	sqlite3_bind_text(s, 2, u->userid, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, u->profile ? "PROFILE" : "USER", -1, SQLITE_STATIC);
	if (item->before == NULL)
		return;
	before->length = 0;
	text_entry(before, item->before, TEXT_ROWS);
	sqlite3_bind_text(s, 4, before->bytes, (int)before->length, SQLITE_STATIC);
}

static bool history_write(struct change *c, const char *what)
{
	static const char sql[] =
		"INSERT INTO change_entry (change_id, name, kind, before) VALUES (?, ?, ?, ?)";
	struct text before = {0};
	sqlite3_stmt *s;
	int64_t id;

	database_do(&c->d,
		    "INSERT INTO change (time, who, what, undoes) VALUES (strftime('%Y-%m-%d %H:%M:%S', "
		    "'now'), ?, ?, nullif(?, 0))",
		    "tti", who(), what, c->undoes);
	id = sqlite3_last_insert_rowid(c->d.db);
	if (c->directory_before != NULL)
		database_do(&c->d, sql, "ittt", id, "*", "DIRECTORY", c->directory_before);
	s = database_ask(&c->d, sql, "");
	for (uint32_t i = 0; i < c->count && !c->d.failed; i++) {
		history_item(s, id, &c->items[i], &before);
		if (sqlite3_step(s) != SQLITE_DONE)
			database_fail(&c->d);
	}
	sqlite3_finalize(s);
	text_free(&before);
	return row_history(c, id);
}

bool change_commit(struct change *c, const char *what)
{
	bool changed = c->count > 0 || c->rows > 0 || c->directory_before != NULL;

	return (!changed || history_write(c, what)) && database_commit(&c->d);
}

/* ---- differences -------------------------------------------------------------------------------------------------------- */

#define LINES_MAX 1200

static unsigned lines_split(char *text, char *lines[LINES_MAX])
{
	unsigned n = 0;

	for (char *next; text != NULL && *text != '\0' && n < LINES_MAX; text = next) {
		next = strchr(text, '\n');
		if (next != NULL)
			*next++ = '\0';
		lines[n++] = text;
	}
	return n;
}

/* A statement, with what stands for a new password. */
static void line_show(char sign, const char *line, FILE *out)
{
	const char *new = strstr(line, "SECRET:0");

	if (new != NULL && (new[8] == ' ' || new[8] == '\0'))
		fprintf(out, "%c %.*s(new password)%s\n", sign, (int)(new - line), line, new + 8);
	else
		fprintf(out, "%c %s\n", sign, line);
}

void text_difference(const char *before, const char *after, FILE *out)
{
	char *a = strdup(before != NULL ? before : ""), *b = strdup(after != NULL ? after : "");
	char **x = storage_grow(NULL, 2 * LINES_MAX * sizeof(char *)), **y = x + LINES_MAX;
	unsigned n = lines_split(a, x), k = lines_split(b, y), i = 0, j = 0;
	uint16_t(*common)[LINES_MAX + 1] = calloc(n + 1, sizeof(*common));

	for (unsigned p = n; p-- > 0 && common != NULL;)
		for (unsigned q = k; q-- > 0;)
			common[p][q] = strcmp(x[p], y[q]) == 0 ? (uint16_t)(common[p + 1][q + 1] + 1)
				       : common[p + 1][q] > common[p][q + 1] ? common[p + 1][q]
									     : common[p][q + 1];
	while (common != NULL && (i < n || j < k)) {
		if (i < n && j < k && strcmp(x[i], y[j]) == 0) {
			i++;
			j++;
		} else if (j == k || (i < n && common[i + 1][j] >= common[i][j + 1])) {
			line_show('-', x[i++], out);
		} else {
			line_show('+', y[j++], out);
		}
	}
	free(common);
	free(x);
	free(a);
	free(b);
}

void change_show_json(const char *head, const char *name, const char *before, const char *after, FILE *out)
{
	char *text = NULL;
	size_t length;
	FILE *f = open_memstream(&text, &length);

	if (f == NULL)
		return;
	text_difference(before, after, f);
	fclose(f);
	fprintf(out, "{%s\"entry\": ", head);
	message_json(out, name, strlen(name));
	fputs(", \"difference\": ", out);
	message_json_lines(out, text);
	fputs("}\n", out);
	free(text);
}

static void item_show(const struct change_item *item, bool json, FILE *out)
{
	const struct user *u = item->before != NULL ? item->before : item->after;
	struct text before = {0}, after = {0};

	if (item->before != NULL)
		text_entry(&before, item->before, TEXT_ROWS);
	if (item->after != NULL)
		text_entry(&after, item->after, TEXT_ROWS);
	if (json) {
		change_show_json("", u->userid, before.bytes, after.bytes, out);
	} else {
		fprintf(out, "%s %s:\n", u->profile ? "PROFILE" : "USER", u->userid);
		text_difference(before.bytes, after.bytes, out);
	}
	text_free(&before);
	text_free(&after);
}

void change_show(const struct change *c, bool json, FILE *out)
{
	if (c->directory_before != NULL) {
		char *after = directory_text(&c->new);

		if (json)
			change_show_json("", "DIRECTORY", c->directory_before, after, out);
		else
			text_difference(c->directory_before, after, out);
		free(after);
	}
	for (uint32_t i = 0; i < c->count; i++)
		item_show(&c->items[i], json, out);
	if (c->rows > 0)
		row_show(c, json, out);
}
