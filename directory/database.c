/*
 * database.c - the directory as a SQLite database.
 *
 * Owns: every SQL statement. Before it: check.c has passed the model. After it: image.c, from a model that was loaded again.
 * What is loaded is checked like a source: a database may have been edited by hand.
 * Simplification: contents are replaced whole.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database.h"

/* ---- numbers as the words of the tables ---------------------------------------------------------------------- */

struct word_of {
	unsigned code;
	const char *word;
};

static const struct word_of secret_words[] = {{SECRET_NONE, "NONE"},       {SECRET_HASH, "HASH"},
					      {SECRET_ALL, "ALL"},         {SECRET_NOLOG, "NOLOG"},
					      {SECRET_NOPASS, "NOPASS"},   {SECRET_AUTOONLY, "AUTOONLY"},
					      {SECRET_LBYONLY, "LBYONLY"}, {0, NULL}};
static const struct word_of machine_words[] = {{OBJECT_MODE_ESA, "ESA"},
					       {OBJECT_MODE_XA, "XA"},
					       {OBJECT_MODE_XC, "XC"},
					       {OBJECT_MODE_Z, "Z"},
					       {0, NULL}};
static const struct word_of share_words[] = {
	{OBJECT_SHARE_RELATIVE, "RELATIVE"}, {OBJECT_SHARE_ABSOLUTE, "ABSOLUTE"}, {0, NULL}};
static const struct word_of limit_words[] = {{OBJECT_SHARE_NOLIMIT, "NOLIMIT"},
					     {OBJECT_SHARE_LIMITSOFT, "LIMITSOFT"},
					     {OBJECT_SHARE_LIMITHARD, "LIMITHARD"},
					     {0, NULL}};
static const struct word_of mode_words[] = {{LINK_R, "R"}, {LINK_RR, "RR"}, {LINK_W, "W"},   {LINK_WR, "WR"},
					    {LINK_M, "M"}, {LINK_MR, "MR"}, {LINK_MW, "MW"}, {0, NULL}};
static const struct word_of unit_words[] = {{DISK_SPOOL_READER, "READER"},
					    {DISK_SPOOL_PUNCH, "PUNCH"},
					    {DISK_SPOOL_PRINTER, "PRINTER"},
					    {0, NULL}};
static const struct word_of device_words[] = {{DEVICE_CONSOLE, "CONSOLE"},
					      {DEVICE_SPOOL, "SPOOL"},
					      {DEVICE_MDISK, "MDISK"},
					      {DEVICE_LINK, "LINK"},
					      {0, NULL}};
static const struct word_of option_words[] = {
	{OBJECT_OPTION_QUICKDSP, "QUICKDSP"}, {OBJECT_OPTION_LNKNOPAS, "LNKNOPAS"},
	{OBJECT_OPTION_ACCT, "ACCT"},         {OBJECT_OPTION_TODENABLE, "TODENABLE"},
	{OBJECT_OPTION_DEVINFO, "DEVINFO"},   {OBJECT_OPTION_CPUID, "CPUID"},
	{OBJECT_OPTION_MAXCONN, "MAXCONN"},   {0, NULL}};

static const char *word_for(const struct word_of *words, unsigned code)
{
	while (words->word != NULL && words->code != code)
		words++;
	return words->word;
}

/* ---- opening, and transactions ------------------------------------------------------------------------------- */

static bool fail(struct database *d)
{
	if (!d->failed)
		message_error(d->m, NULL, "%s", d->db != NULL ? sqlite3_errmsg(d->db) : "no storage left");
	d->failed = true;
	return false;
}

static bool run(struct database *d, const char *sql)
{
	return !d->failed && (sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(d));
}

/* A number that a statement without parameters gives; -1 after an error. */
static sqlite3_int64 ask(struct database *d, const char *sql)
{
	sqlite3_stmt *s = NULL;
	sqlite3_int64 n = -1;

	if (sqlite3_prepare_v2(d->db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	else
		fail(d);
	sqlite3_finalize(s);
	return n;
}

/* Make the tables of a new file; refuse what is not ours. */
static bool schema_check(struct database *d)
{
	sqlite3_int64 version = ask(d, "PRAGMA user_version"), tables;

	if (d->failed || version == DATABASE_VERSION)
		return !d->failed;
	tables = ask(d, "SELECT count(*) FROM sqlite_schema");
	if (!d->failed && (version != 0 || tables != 0)) {
		message_error(d->m, NULL,
			      version > DATABASE_VERSION ? "the database was made by a later version of vm40"
							 : "this is not a directory database");
		d->failed = true;
	}
	if (d->failed || !run(d, "BEGIN IMMEDIATE"))
		return false;
	if (ask(d, "PRAGMA user_version") == 0) /* nobody was faster */
		run(d, database_schema);
	return run(d, "COMMIT");
}

bool database_open(struct database *d, const char *name, bool may_create, struct messages *m)
{
	int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);

	*d = (struct database){.m = m};
	if (sqlite3_open_v2(name, &d->db, flags, NULL) != SQLITE_OK)
		return fail(d);
	sqlite3_busy_timeout(d->db, 10000);
	return run(d, "PRAGMA foreign_keys = ON") && schema_check(d);
}

void database_close(struct database *d)
{
	sqlite3_close(d->db);
	d->db = NULL;
}

bool database_begin(struct database *d)
{
	return run(d, "BEGIN IMMEDIATE");
}

bool database_commit(struct database *d)
{
	return run(d, "COMMIT");
}

/* ---- storing ------------------------------------------------------------------------------------------------- */

/* The statements that store one row each, prepared once. */
enum {
	PUT_DIRECTORY,
	PUT_ENTRY,
	PUT_OPTION,
	PUT_ITEM,
	PUT_VOLUME,
	PUT_DEVICE,
	PUT_CONSOLE,
	PUT_UNIT,
	PUT_MINIDISK,
	PUT_SECRET,
	PUT_LINK,
	PUTS
};

static const char *const put_sql[PUTS] = {
	[PUT_DIRECTORY] = "INSERT INTO directory (id, vdev, devtype, volser) VALUES (1, ?, ?, ?)",
	[PUT_ENTRY] = "INSERT INTO entry (id, kind, name, line, profile_id, storage, maximum, classes, "
		      "priority, edit, mode, cpus,"
		      " account, distribution, ipl_system, ipl_vdev, loadparm, parm, share_kind, share, "
		      "share_limit, most_kind, most,"
		      " weak, password, iterations, salt, digest)"
		      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_OPTION] = "INSERT INTO entry_option (entry_id, name, value) VALUES (?, ?, ?)",
	[PUT_ITEM] =
		"INSERT INTO entry_item (entry_id, statement, position, text, line) VALUES (?, ?, ?, ?, ?)",
	[PUT_VOLUME] = "INSERT OR IGNORE INTO volume (volser) VALUES (?)",
	[PUT_DEVICE] = "INSERT INTO device (id, entry_id, position, line, vdev, kind, devtype) VALUES (?, ?, "
		       "?, ?, ?, ?, ?)",
	[PUT_CONSOLE] = "INSERT INTO console (device_id, class, secuser, observer) VALUES (?, ?, ?, ?)",
	[PUT_UNIT] = "INSERT INTO unit_record (device_id, unit, class) VALUES (?, ?, ?)",
	[PUT_MINIDISK] = "INSERT INTO minidisk (device_id, volume_id, start, blocks, mode)"
			 " VALUES (?, (SELECT id FROM volume WHERE volser = ?), ?, ?, ?)",
	[PUT_SECRET] = "INSERT INTO minidisk_password (device_id, access, password, iterations, salt, "
		       "digest) VALUES (?, ?, ?, ?, ?, ?)",
	[PUT_LINK] = "INSERT INTO link (device_id, owner, owner_vdev, mode) VALUES (?, ?, ?, ?)",
};

struct storing {
	struct database *d;
	sqlite3_stmt *put[PUTS];
	sqlite3_stmt *s; /* the row being filled */
	int column;
	int64_t entry, device; /* last row numbers */
};

static void row(struct storing *w, unsigned which)
{
	w->s = w->put[which];
	w->column = 0;
	sqlite3_reset(w->s);
	sqlite3_clear_bindings(w->s);
}

static void number(struct storing *w, int64_t n)
{
	sqlite3_bind_int64(w->s, ++w->column, n);
}

static void number_if(struct storing *w, bool there, int64_t n)
{
	w->column++;
	if (there)
		sqlite3_bind_int64(w->s, w->column, n);
}

/* NULL and the empty text are stored as NULL. */
static void text(struct storing *w, const char *t)
{
	w->column++;
	if (t != NULL && t[0] != '\0')
		sqlite3_bind_text(w->s, w->column, t, -1, SQLITE_TRANSIENT);
}

static void letter(struct storing *w, uint8_t c)
{
	text(w, (char[]){(char)c, '\0'});
}

static void blob_if(struct storing *w, bool there, const void *p, int length)
{
	w->column++;
	if (there)
		sqlite3_bind_blob(w->s, w->column, p, length, SQLITE_TRANSIENT);
}

static void secret(struct storing *w, const struct secret *s)
{
	bool hash = s->kind == SECRET_HASH;

	text(w, word_for(secret_words, s->kind));
	number_if(w, hash, s->iterations);
	blob_if(w, hash, s->salt, sizeof(s->salt));
	blob_if(w, hash, s->digest, sizeof(s->digest));
}

static void done(struct storing *w)
{
	if (!w->d->failed && sqlite3_step(w->s) != SQLITE_DONE)
		fail(w->d);
}

static void store_options(struct storing *w, const struct user *u)
{
	for (const struct word_of *o = option_words; o->word != NULL; o++) {
		if (!(u->options & o->code))
			continue;
		row(w, PUT_OPTION);
		number(w, u->row);
		text(w, o->word);
		number_if(w, o->code & (OBJECT_OPTION_CPUID | OBJECT_OPTION_MAXCONN),
			  o->code == OBJECT_OPTION_CPUID ? u->cpuid : u->maxconn);
		done(w);
	}
}

static void store_items(struct storing *w, const struct user *u, const char *statement,
			const struct list_of_items *l)
{
	int position = 0;

	for (const struct item *i = l->first; i != NULL; i = i->next) {
		row(w, PUT_ITEM);
		number(w, u->row);
		text(w, statement);
		number(w, ++position);
		text(w, i->text);
		number_if(w, i->place.line > 0, i->place.line);
		done(w);
	}
}

static void store_minidisk(struct storing *w, const struct device *d)
{
	static const char *const access[] = {"READ", "WRITE", "MULTI"};
	const struct secret *secrets[] = {&d->read, &d->write, &d->multi};

	row(w, PUT_VOLUME);
	text(w, d->volser);
	done(w);
	row(w, PUT_MINIDISK);
	number(w, w->device);
	text(w, d->volser);
	number(w, d->start);
	number_if(w, d->sectors != 0, d->sectors);
	text(w, word_for(mode_words, d->mode));
	done(w);
	for (unsigned i = 0; i < 3; i++) {
		if (secrets[i]->kind == SECRET_NONE)
			continue;
		row(w, PUT_SECRET);
		number(w, w->device);
		text(w, access[i]);
		secret(w, secrets[i]);
		done(w);
	}
}

static void store_device(struct storing *w, const struct user *u, const struct device *d, int position)
{
	row(w, PUT_DEVICE);
	number(w, ++w->device);
	number(w, u->row);
	number(w, position);
	number_if(w, d->place.line > 0, d->place.line);
	number(w, d->vdev);
	text(w, word_for(device_words, d->kind));
	number_if(w, d->kind != DEVICE_LINK, d->devtype);
	done(w);
	if (d->kind == DEVICE_MDISK) {
		store_minidisk(w, d);
		return;
	}
	row(w, d->kind == DEVICE_CONSOLE ? PUT_CONSOLE : d->kind == DEVICE_SPOOL ? PUT_UNIT : PUT_LINK);
	number(w, w->device);
	if (d->kind == DEVICE_CONSOLE) {
		letter(w, d->class);
		text(w, d->userid);
		number(w, d->observer);
	} else if (d->kind == DEVICE_SPOOL) {
		text(w, word_for(unit_words, d->unit));
		letter(w, d->class);
	} else {
		text(w, d->userid);
		number(w, d->owner_vdev);
		text(w, word_for(mode_words, d->mode));
	}
	done(w);
}

static void store_entry(struct storing *w, struct user *u)
{
	bool share = u->given & GIVEN_SHARE, most = share && u->share.limit_kind != 0;
	char classes[33];
	int position = 0;

	u->row = ++w->entry;
	row(w, PUT_ENTRY);
	number(w, u->row);
	text(w, u->profile ? "PROFILE" : "USER");
	text(w, u->userid);
	number_if(w, u->place.line > 0, u->place.line);
	number_if(w, u->include != NULL, u->include != NULL ? u->include->row : 0);
	number_if(w, u->given & GIVEN_STORAGE, (int64_t)u->storage);
	number_if(w, u->given & GIVEN_MAXIMUM, (int64_t)u->maximum);
	text(w, u->given & GIVEN_CLASSES ? classes_text(u->classes, classes) : NULL);
	number_if(w, u->given & GIVEN_PRIORITY, u->priority);
	blob_if(w, u->given & GIVEN_EDIT, u->edit, sizeof(u->edit));
	text(w, u->given & GIVEN_MACHINE ? word_for(machine_words, u->mode) : NULL);
	number_if(w, u->given & GIVEN_MACHINE, u->cpus);
	text(w, u->account);
	text(w, u->distribution);
	text(w, u->ipl_name);
	number_if(w, u->given & GIVEN_IPL && u->ipl_name[0] == '\0', u->ipl_vdev);
	text(w, u->loadparm);
	text(w, u->parm);
	text(w, share ? word_for(share_words, u->share.kind) : NULL);
	number_if(w, share, u->share.value);
	text(w, share ? word_for(limit_words, u->share.limit) : NULL);
	text(w, most ? word_for(share_words, u->share.limit_kind) : NULL);
	number_if(w, most, u->share.limit_value);
	number(w, u->password.weak);
	secret(w, &u->password);
	done(w);
	store_options(w, u);
	store_items(w, u, "LOGONBY", &u->logonby);
	store_items(w, u, "AUTOLOG", &u->autolog);
	store_items(w, u, "COMMAND", &u->commands);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		store_device(w, u, d, ++position);
}

bool database_store(struct database *d, struct model *model)
{
	struct storing w = {.d = d};

	/* All else goes with the entries, by its foreign keys; profiles go last, users refer to them. */
	if (!run(d, "DELETE FROM directory; DELETE FROM entry WHERE kind = 'USER'; DELETE FROM entry; DELETE "
		    "FROM volume"))
		return false;
	for (unsigned i = 0; i < PUTS && !d->failed; i++)
		if (sqlite3_prepare_v2(d->db, put_sql[i], -1, &w.put[i], NULL) != SQLITE_OK)
			fail(d);
	if (!d->failed) {
		row(&w, PUT_DIRECTORY);
		number(&w, model->vdev);
		number(&w, model->devtype);
		text(&w, model->volser);
		done(&w);
	}
	for (uint32_t i = 0; i < model->profiles.count && !d->failed; i++)
		store_entry(&w, model->profiles.entries[i]);
	for (uint32_t i = 0; i < model->users.count && !d->failed; i++)
		store_entry(&w, model->users.entries[i]);
	for (unsigned i = 0; i < PUTS; i++)
		sqlite3_finalize(w.put[i]);
	return !d->failed;
}

/* ---- loading ------------------------------------------------------------------------------------------------- */

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
		fail(l->d);
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
		fail(l->d);
	sqlite3_finalize(l->s);
}

bool database_load(struct database *d, struct model *model)
{
	struct loading l = {
		.d = d, .model = model, .row_count = ask(d, "SELECT coalesce(max(id), 0) FROM entry")};

	if (!d->failed && l.row_count > (1 << 24)) {
		message_error(d->m, NULL,
			      "the database has row numbers beyond anything that a directory needs");
		d->failed = true;
	}
	if (d->failed)
		return false;
	l.rows = storage_grow(NULL, (size_t)l.row_count * sizeof(*l.rows));
	memset(l.rows, 0, (size_t)l.row_count * sizeof(*l.rows));
	for (unsigned i = 0; i < sizeof(loads) / sizeof(loads[0]) && !d->failed; i++)
		load_rows(&l, loads[i].sql, loads[i].load);
	free(l.rows);
	if (!d->failed && !model->has_directory) {
		message_error(d->m, NULL, "the database is empty: compile a directory file into it");
		d->failed = true;
	}
	return !d->failed;
}
