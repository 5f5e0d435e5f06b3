/*
 * database_load.c - a model comes out of the database.
 *
 * Owns: the SELECTs. Before it: database_store.c, or somebody with an SQL prompt. After it: check.c, which trusts this no more than
 * a source, and image.c.
 * Simplification: either everything is loaded, or an entry at a time.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "grammar.h"

struct loading {
	struct database *d;
	struct model *model;
	sqlite3_stmt *s;
	int column;
	struct user *only;  /* when one entry is loaded */
	struct user **rows; /* entries by row number */
	int64_t row_count;
};

/* The next column: is it NULL? Steps over it if it is. */
static bool absent(struct loading *l)
{
	bool null = sqlite3_column_type(l->s, l->column) == SQLITE_NULL;

	l->column += null;
	return null;
}

static int64_t get_number(struct loading *l)
{
	return sqlite3_column_int64(l->s, l->column++);
}

static bool get_number_if(struct loading *l, int64_t *n)
{
	if (absent(l))
		return false;
	*n = get_number(l);
	return true;
}

/* Never NULL. */
static const char *get_text(struct loading *l)
{
	const unsigned char *t = sqlite3_column_text(l->s, l->column++);

	return t != NULL ? (const char *)t : "";
}

static void get_name(struct loading *l, char *to, size_t size)
{
	snprintf(to, size, "%s", get_text(l));
}

static unsigned get_word(struct loading *l, const struct word_of *words)
{
	const char *t = get_text(l);

	while (words->word != NULL && strcmp(words->word, t) != 0)
		words++;
	return words->code;
}

static void get_bytes(struct loading *l, void *to, int length)
{
	const void *p = sqlite3_column_blob(l->s, l->column);

	if (p != NULL && sqlite3_column_bytes(l->s, l->column) == length)
		memcpy(to, p, (size_t)length);
	l->column++;
}

/* Kind, row, and what the row holds. */
static void get_secret(struct loading *l, struct secret *s)
{
	s->kind = (uint8_t)get_word(l, secret_words);
	s->row = get_number(l);
	s->iterations = (uint32_t)get_number(l);
	get_bytes(l, s->salt, sizeof(s->salt));
	get_bytes(l, s->digest, sizeof(s->digest));
	s->weak = get_number(l) != 0;
}

static bool load_directory(struct loading *l)
{
	struct model *m = l->model;

	m->has_directory = true;
	m->vdev = (uint16_t)get_number(l);
	m->devtype = (uint16_t)get_number(l);
	get_name(l, m->volser, sizeof(m->volser));
	return true;
}

/* The columns of entry that are numbers or NULL, in order from `storage`. */
static void load_general(struct loading *l, struct user *u)
{
	int64_t n;
	char bad;

	if (get_number_if(l, &n)) {
		u->storage = (uint64_t)n;
		u->given |= GIVEN_STORAGE;
	}
	if (get_number_if(l, &n)) {
		u->maximum = (uint64_t)n;
		u->given |= GIVEN_MAXIMUM;
	}
	if (!absent(l) && classes_parse(get_text(l), &u->classes, &bad))
		u->given |= GIVEN_CLASSES;
	if (get_number_if(l, &n)) {
		u->priority = (uint8_t)n;
		u->given |= GIVEN_PRIORITY;
	}
	if (!absent(l)) {
		get_bytes(l, u->edit, sizeof(u->edit));
		u->given |= GIVEN_EDIT;
	}
	if (!absent(l)) {
		u->mode = (uint8_t)get_word(l, machine_words);
		u->cpus = (uint8_t)get_number(l);
		u->given |= GIVEN_MACHINE;
	} else {
		absent(l); /* cpus */
	}
	get_name(l, u->account, sizeof(u->account));
	get_name(l, u->distribution, sizeof(u->distribution));
	u->given |= u->account[0] != '\0' ? GIVEN_ACCOUNT : 0;
}

static void load_ipl_and_share(struct loading *l, struct user *u)
{
	const char *parm;
	int64_t n;

	get_name(l, u->ipl_name, sizeof(u->ipl_name));
	if (get_number_if(l, &n)) {
		u->ipl_vdev = (uint16_t)n;
		u->given |= GIVEN_IPL;
	}
	u->given |= u->ipl_name[0] != '\0' ? GIVEN_IPL : 0;
	get_name(l, u->loadparm, sizeof(u->loadparm));
	parm = get_text(l);
	if (parm[0] != '\0')
		u->parm = arena_text(&l->model->arena, parm, strlen(parm));
	u->share.kind = (uint8_t)get_word(l, share_words);
	u->given |= u->share.kind != 0 ? GIVEN_SHARE : 0;
	u->share.value = (uint32_t)get_number(l);
	u->share.limit = (uint8_t)get_word(l, limit_words);
	u->share.limit_kind = (uint8_t)get_word(l, share_words);
	u->share.limit_value = (uint32_t)get_number(l);
}

static struct user *user_of_row(struct loading *l, int64_t id)
{
	if (l->only != NULL)
		return l->only->row == id ? l->only : NULL;
	return id >= 1 && id <= l->row_count ? l->rows[id - 1] : NULL;
}

/* Rows come profiles first. */
static bool load_entry(struct loading *l)
{
	int64_t id = get_number(l);
	bool is_profile = strcmp(get_text(l), "PROFILE") == 0;
	const char *name = get_text(l), *profile;
	struct user *u;

	if (id < 1 || (l->rows != NULL && id > l->row_count) || strlen(name) > 8)
		return false;
	u = table_add(l->model, is_profile ? &l->model->profiles : &l->model->users, name);
	u->row = id;
	u->profile = is_profile;
	profile = get_text(l);
	get_secret(l, &u->password);
	load_general(l, u);
	load_ipl_and_share(l, u);
	if (l->rows != NULL)
		l->rows[id - 1] = u;
	else
		l->only = u;
	if (profile[0] != '\0')
		u->include = table_find(&l->model->profiles, profile);
	if (profile[0] != '\0' && u->include == NULL && l->rows == NULL)
		u->include = model_find(l->model, true, profile);
	return true;
}

static bool load_option(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	unsigned option = get_word(l, option_words);
	int64_t value = get_number(l);

	if (u == NULL)
		return false;
	u->options |= option;
	u->given |= GIVEN_OPTION;
	if (option == OBJECT_OPTION_CPUID)
		u->cpuid = (uint32_t)value;
	if (option == OBJECT_OPTION_MAXCONN)
		u->maxconn = (uint32_t)value;
	return true;
}

static bool load_item(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	const char *statement = get_text(l), *t = get_text(l);
	struct list_of_items *list;

	if (u == NULL)
		return false;
	list = statement[0] == 'L'                 ? &u->logonby
	       : statement[0] == 'A'               ? &u->autolog
	       : strcmp(statement, "COMMAND") == 0 ? &u->commands
						   : &u->kept;
	items_add(&l->model->arena, list, t, NULL);
	if (list == &u->kept)
		list->last->statement = grammar_find(statement)->name;
	return true;
}

/* A device, and where it lies if it is a minidisk. */
static bool load_device(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	struct device d = {.vdev = (uint16_t)get_number(l)};
	uint32_t size;
	const char *t;

	d.kind = (enum device_kind)get_word(l, device_words);
	d.devtype = (uint16_t)get_number(l);
	d.class = (uint8_t)get_text(l)[0];
	d.unit = (uint8_t)get_word(l, unit_words);
	d.mode = (uint8_t)get_word(l, mode_words);
	get_name(l, d.userid, sizeof(d.userid));
	d.observer = get_number(l) != 0;
	d.owner_vdev = (uint16_t)get_number(l);
	size = (uint32_t)get_number(l);
	t = get_text(l);
	get_name(l, d.volser, sizeof(d.volser));
	d.start = (uint32_t)get_number(l);
	d.sectors = (uint32_t)get_number(l);
	if (u == NULL || (d.kind == DEVICE_MDISK && d.volser[0] == '\0'))
		return false;
	if (d.kind == DEVICE_VDISK || d.kind == DEVICE_TDISK)
		d.sectors = size;
	if (d.kind >= DEVICE_DEDICATE)
		d.text = arena_text(&l->model->arena, t, strlen(t));
	user_add_device(&l->model->arena, u, &d);
	return true;
}

static bool load_secret(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	struct device *d = u != NULL ? user_find_device(u, (uint16_t)get_number(l)) : NULL;
	const char *access;
	struct secret *s;

	if (d == NULL)
		return false;
	access = get_text(l);
	s = arena_alloc(&l->model->arena, sizeof(*s));
	get_secret(l, s);
	d->secret[access[0] == 'R' ? ACCESS_READ : access[0] == 'W' ? ACCESS_WRITE : ACCESS_MULTI] = s;
	return true;
}

/* `where` is what makes it one entry's; all of them take its row as their parameter, the first its kind and name. */
static const struct loader {
	const char *select, *where, *order;
	bool (*load)(struct loading *l);
} loaders[] = {
	{"SELECT e.id, e.kind, e.name, p.name, e.password, e.secret_id, s.iterations, s.salt, s.digest, "
	 "s.weak, e.storage, "
	 "e.maximum, e.classes, e.priority, e.edit, e.mode, e.cpus, e.account, e.distribution, e.ipl_system, "
	 "e.ipl_vdev, "
	 "e.loadparm, e.parm, e.share_kind, e.share, e.share_limit, e.most_kind, e.most FROM entry e"
	 " LEFT JOIN entry p ON p.id = e.profile_id LEFT JOIN secret s ON s.id = e.secret_id",
	 " WHERE e.kind = ? AND e.name = ?", " ORDER BY e.kind, e.id", load_entry},
	{"SELECT entry_id, name, value FROM entry_option", " WHERE entry_id = ?", "", load_option},
	{"SELECT entry_id, statement, text FROM entry_item", " WHERE entry_id = ?",
	 " ORDER BY entry_id, position", load_item},
	{"SELECT d.entry_id, d.vdev, d.kind, d.devtype, d.class, d.unit, d.mode, d.userid, d.observer, "
	 "d.owner_vdev, d.size, "
	 "d.text, v.volser, m.start, m.blocks FROM device d"
	 " LEFT JOIN minidisk m ON d.kind = 'MDISK' AND m.entry_id = d.entry_id AND m.vdev = d.vdev"
	 " LEFT JOIN volume v ON v.id = m.volume_id",
	 " WHERE d.entry_id = ?", " ORDER BY d.entry_id, d.position", load_device},
	{"SELECT p.entry_id, p.vdev, p.access, p.password, p.secret_id, s.iterations, s.salt, s.digest, "
	 "s.weak"
	 " FROM minidisk_password p LEFT JOIN secret s ON s.id = p.secret_id",
	 " WHERE p.entry_id = ?", "", load_secret},
};

#define LOADERS (sizeof(loaders) / sizeof(loaders[0]))

/* Rows of a statement, which is given back. */
static void load_rows(struct loading *l, sqlite3_stmt *s, bool (*load)(struct loading *l))
{
	int rc = SQLITE_DONE;

	l->s = s;
	while (s != NULL && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		l->column = 0;
		if (load(l))
			continue;
		message_error(l->d->m, NULL, "the database is inconsistent: a row refers to no entry");
		l->d->failed = true;
		break;
	}
	if (rc != SQLITE_DONE)
		database_fail(l->d);
	sqlite3_finalize(s);
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static bool load_front(struct loading *l)
{
	load_rows(l, database_ask(l->d, "SELECT vdev, devtype, volser FROM directory", ""), load_directory);
	if (!l->d->failed && !l->model->has_directory) {
		message_error(l->d->m, NULL, "the database is empty: build a directory file into it");
		l->d->failed = true;
	}
	return !l->d->failed;
}

bool database_load(struct database *d, struct model *model)
{
	struct loading l = {.d = d, .model = model};
	char sql[1200];

	l.row_count = database_number(d, 0, "SELECT coalesce(max(id), 0) FROM entry", "");
	if (!d->failed && l.row_count > (1 << 24)) {
		message_error(d->m, NULL,
			      "the database has row numbers beyond anything that a directory needs");
		d->failed = true;
	}
	if (d->failed || !load_front(&l))
		return false;
	l.rows = storage_grow(NULL, ((size_t)l.row_count + 1) * sizeof(struct user *));
	memset(l.rows, 0, ((size_t)l.row_count + 1) * sizeof(struct user *));
	for (unsigned i = 0; i < LOADERS && !d->failed; i++) {
		snprintf(sql, sizeof(sql), "%s%s", loaders[i].select, loaders[i].order);
		load_rows(&l, database_ask(d, sql, ""), loaders[i].load);
	}
	free(l.rows);
	return !d->failed;
}

/* ---- one entry ------------------------------------------------------------------------------------------------- */

static struct user *fetch(struct model *model, bool profile, const char *name)
{
	struct loading l = {.d = model->fetch_context, .model = model};
	char sql[1200];

	snprintf(sql, sizeof(sql), "%s%s", loaders[0].select, loaders[0].where);
	load_rows(&l, database_ask(l.d, sql, "tt", profile ? "PROFILE" : "USER", name), loaders[0].load);
	for (unsigned i = 1; i < LOADERS && l.only != NULL; i++) {
		snprintf(sql, sizeof(sql), "%s%s%s", loaders[i].select, loaders[i].where, loaders[i].order);
		load_rows(&l, database_ask(l.d, sql, "i", l.only->row), loaders[i].load);
	}
	return l.d->failed ? NULL : l.only;
}

bool database_attach(struct database *d, struct model *model)
{
	struct loading l = {.d = d, .model = model};

	model->fetch = fetch;
	model->fetch_context = d;
	return load_front(&l);
}

bool database_load_secret(struct database *d, struct secret *s)
{
	struct loading l = {.d = d};
	sqlite3_stmt *q = database_ask(d, "SELECT iterations, salt, digest, weak FROM secret WHERE id = ?",
				       "i", s->row);
	bool found = q != NULL && sqlite3_step(q) == SQLITE_ROW;

	if (found) {
		l.s = q;
		s->iterations = (uint32_t)get_number(&l);
		get_bytes(&l, s->salt, sizeof(s->salt));
		get_bytes(&l, s->digest, sizeof(s->digest));
		s->weak = get_number(&l) != 0;
	}
	sqlite3_finalize(q);
	return found;
}
