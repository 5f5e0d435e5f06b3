/*
 * database_load.c - a model comes out of the database.
 *
 * Owns: the SELECTs. Before it: database_store.c, or somebody with an SQL prompt. After it: check.c, which trusts this no more than
 * a source, and image.c.
 * Simplification: everything is loaded, however little is wanted.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"

struct loading {
	struct database *d;
	struct model *model;
	sqlite3_stmt *s;
	int column;
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

static void get_secret(struct loading *l, struct secret *s)
{
	s->kind = (uint8_t)get_word(l, secret_words);
	s->iterations = (uint32_t)get_number(l);
	get_bytes(l, s->salt, sizeof(s->salt));
	get_bytes(l, s->digest, sizeof(s->digest));
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
	return id >= 1 && id <= l->row_count ? l->rows[id - 1] : NULL;
}

/* Rows come profiles first. */
static bool load_entry(struct loading *l)
{
	int64_t id = get_number(l), profile = 0, line = 0;
	bool is_profile = strcmp(get_text(l), "PROFILE") == 0;
	const char *name = get_text(l);
	struct user *u;

	if (id < 1 || id > l->row_count || strlen(name) > 8)
		return false;
	u = table_add(l->model, is_profile ? &l->model->profiles : &l->model->users, name);
	l->rows[id - 1] = u;
	u->row = id;
	u->profile = is_profile;
	get_number_if(l, &line);
	u->place.line = (uint32_t)line;
	if (get_number_if(l, &profile))
		u->include = user_of_row(l, profile);
	load_general(l, u);
	load_ipl_and_share(l, u);
	u->password.weak = get_number(l) != 0;
	get_secret(l, &u->password);
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
	struct place p = {.line = (uint32_t)get_number(l)};

	if (u == NULL)
		return false;
	items_add(l->model,
		  statement[0] == 'L'   ? &u->logonby
		  : statement[0] == 'A' ? &u->autolog
					: &u->commands,
		  t, &p);
	return true;
}

/* A device joined with whichever of the four tables it is in. */
static bool load_device(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	struct device d = {.place.line = (uint32_t)get_number(l)};

	d.vdev = (uint16_t)get_number(l);
	d.kind = (enum device_kind)get_word(l, device_words);
	d.devtype = (uint16_t)get_number(l);
	d.class = (uint8_t)get_text(l)[0];
	d.unit = (uint8_t)get_word(l, unit_words);
	d.mode = (uint8_t)get_word(l, mode_words);
	d.observer = get_number(l) != 0;
	get_name(l, d.userid, sizeof(d.userid));
	d.owner_vdev = (uint16_t)get_number(l);
	get_name(l, d.volser, sizeof(d.volser));
	d.start = (uint32_t)get_number(l);
	d.sectors = (uint32_t)get_number(l);
	if (u == NULL)
		return false;
	user_add_device(l->model, u, &d);
	return true;
}

static bool load_secret(struct loading *l)
{
	struct user *u = user_of_row(l, get_number(l));
	struct device *d = u != NULL ? user_find_device(u, (uint16_t)get_number(l)) : NULL;
	const char *access;

	if (d == NULL)
		return false;
	access = get_text(l);
	get_secret(l, access[0] == 'R' ? &d->read : access[0] == 'W' ? &d->write : &d->multi);
	return true;
}

static const struct {
	const char *sql;
	bool (*load)(struct loading *l);
} loads[] = {
	{"SELECT vdev, devtype, volser FROM directory", load_directory},
	{"SELECT id, kind, name, line, profile_id, storage, maximum, classes, priority, edit, mode, cpus, "
	 "account, distribution,"
	 " ipl_system, ipl_vdev, loadparm, parm, share_kind, share, share_limit, most_kind, most, weak, "
	 "password, iterations, salt,"
	 " digest FROM entry ORDER BY kind, id",
	 load_entry},
	{"SELECT entry_id, name, value FROM entry_option", load_option},
	{"SELECT entry_id, statement, text, line FROM entry_item ORDER BY entry_id, statement, position",
	 load_item},
	{"SELECT d.entry_id, d.line, d.vdev, d.kind, d.devtype, coalesce(c.class, r.class), r.unit, "
	 "coalesce(m.mode, k.mode),"
	 " c.observer, coalesce(c.secuser, k.owner), k.owner_vdev, v.volser, m.start, m.blocks FROM device d"
	 " LEFT JOIN console c ON c.device_id = d.id LEFT JOIN unit_record r ON r.device_id = d.id"
	 " LEFT JOIN minidisk m ON m.device_id = d.id LEFT JOIN volume v ON v.id = m.volume_id"
	 " LEFT JOIN link k ON k.device_id = d.id ORDER BY d.entry_id, d.position",
	 load_device},
	{"SELECT d.entry_id, d.vdev, p.access, p.password, p.iterations, p.salt, p.digest"
	 " FROM minidisk_password p JOIN device d ON d.id = p.device_id",
	 load_secret},
};

static void load_rows(struct loading *l, const char *sql, bool (*load)(struct loading *l))
{
	int rc;

	if (sqlite3_prepare_v2(l->d->db, sql, -1, &l->s, NULL) != SQLITE_OK) {
		database_fail(l->d);
		return;
	}
	while ((rc = sqlite3_step(l->s)) == SQLITE_ROW) {
		l->column = 0;
		if (load(l))
			continue;
		message_error(l->d->m, NULL, "the database is inconsistent: a row refers to no entry");
		l->d->failed = true;
		break;
	}
	if (rc != SQLITE_DONE)
		database_fail(l->d);
	sqlite3_finalize(l->s);
}

bool database_load(struct database *d, struct model *model)
{
	struct loading l = {.d = d,
			    .model = model,
			    .row_count = database_ask(d, "SELECT coalesce(max(id), 0) FROM entry")};

	if (!d->failed && l.row_count > (1 << 24)) {
		message_error(d->m, NULL,
			      "the database has row numbers beyond anything that a directory needs");
		d->failed = true;
	}
	if (d->failed)
		return false;
	l.rows = storage_grow(NULL, (size_t)l.row_count * sizeof(struct user *));
	memset(l.rows, 0, (size_t)l.row_count * sizeof(struct user *));
	for (unsigned i = 0; i < sizeof(loads) / sizeof(loads[0]) && !d->failed; i++)
		load_rows(&l, loads[i].sql, loads[i].load);
	free(l.rows);
	if (!d->failed && !model->has_directory) {
		message_error(d->m, NULL, "the database is empty: compile a directory file into it");
		d->failed = true;
	}
	return !d->failed;
}
