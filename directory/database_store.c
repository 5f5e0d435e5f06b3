/*
 * database_store.c - a model goes into the database.
 *
 * Owns: the INSERTs. Before it: check.c has passed the model, secret.c has hashed its passwords. After it: database_load.c.
 * Simplification: an entry is replaced whole, by the caller who has removed the old one.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"

/* The statements that store one row each, prepared once. */
enum {
	PUT_SECRET,
	PUT_ENTRY,
	PUT_OPTION,
	PUT_ITEM,
	PUT_VOLUME,
	PUT_DEVICE,
	PUT_MINIDISK,
	PUT_PASSWORD,
	PUTS
};

static const char *const put_sql[PUTS] = {
	[PUT_SECRET] = "INSERT INTO secret (iterations, salt, digest, weak) VALUES (?, ?, ?, ?)",
	[PUT_ENTRY] =
		"INSERT INTO entry (id, kind, name, profile_id, password, secret_id, storage, maximum, "
		"classes, priority, "
		"edit, mode, cpus, account, distribution, ipl_system, ipl_vdev, loadparm, parm, share_kind, "
		"share, "
		"share_limit, most_kind, most) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_OPTION] = "INSERT INTO entry_option (entry_id, name, value) VALUES (?, ?, ?)",
	[PUT_ITEM] = "INSERT INTO entry_item (entry_id, statement, position, text) VALUES (?, ?, ?, ?)",
	[PUT_VOLUME] = "INSERT OR IGNORE INTO volume (volser) VALUES (?)",
	[PUT_DEVICE] = "INSERT INTO device (entry_id, vdev, position, kind, devtype, class, unit, mode, "
		       "userid, observer, "
		       "owner_vdev, size, text) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_MINIDISK] = "INSERT INTO minidisk (entry_id, vdev, volume_id, start, blocks)"
			 " VALUES (?, ?, (SELECT id FROM volume WHERE volser = ?), ?, ?)",
	[PUT_PASSWORD] = "INSERT INTO minidisk_password (entry_id, vdev, access, password, secret_id) VALUES "
			 "(?, ?, ?, ?, ?)",
};

struct storing {
	struct database *d;
	sqlite3_stmt *put[PUTS];
	sqlite3_stmt *s; /* the row being filled */
	int column;
	char volser[7]; /* the last one that was put */
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
		sqlite3_bind_text(w->s, w->column, t, -1, SQLITE_STATIC);
}

static void blob_if(struct storing *w, bool there, const void *p, int length)
{
	w->column++;
	if (there)
		sqlite3_bind_blob(w->s, w->column, p, length, SQLITE_STATIC);
}

static void done(struct storing *w)
{
	if (!w->d->failed && sqlite3_step(w->s) != SQLITE_DONE)
		database_fail(w->d);
}

/* A hash gets a row when it has none yet. */
static void store_secret(struct storing *w, struct secret *s)
{
	if (s->kind != SECRET_HASH || s->row != 0)
		return;
	row(w, PUT_SECRET);
	number(w, s->iterations);
	blob_if(w, true, s->salt, sizeof(s->salt));
	blob_if(w, true, s->digest, sizeof(s->digest));
	number(w, s->weak);
	done(w);
	s->row = sqlite3_last_insert_rowid(w->d->db);
}

static void secret(struct storing *w, const struct secret *s)
{
	text(w, word_for(secret_words, s->kind));
	number_if(w, s->kind == SECRET_HASH, s->row);
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
		done(w);
	}
}

/* Those that CP does not act on, each with a count of its own statement. */
static void store_kept(struct storing *w, const struct user *u)
{
	int position = 0;

	for (const struct item *i = u->kept.first; i != NULL; i = i->next) {
		row(w, PUT_ITEM);
		number(w, u->row);
		text(w, i->statement);
		number(w, ++position);
		text(w, i->text);
		done(w);
	}
}

static void store_minidisk(struct storing *w, const struct user *u, const struct device *d)
{
	static const char *const access[] = {"READ", "WRITE", "MULTI"};

	if (strcmp(w->volser, d->volser) != 0) {
		row(w, PUT_VOLUME);
		text(w, d->volser);
		done(w);
		strcpy(w->volser, d->volser);
	}
	row(w, PUT_MINIDISK);
	number(w, u->row);
	number(w, d->vdev);
	text(w, d->volser);
	number(w, d->start);
	number_if(w, d->sectors != 0, d->sectors);
	done(w);
	for (unsigned i = 0; i < ACCESSES; i++) {
		if (d->secret[i] == NULL)
			continue;
		store_secret(w, d->secret[i]);
		row(w, PUT_PASSWORD);
		number(w, u->row);
		number(w, d->vdev);
		text(w, access[i]);
		secret(w, d->secret[i]);
		done(w);
	}
}

static void store_device(struct storing *w, const struct user *u, const struct device *d, int position)
{
	bool spooled = d->kind == DEVICE_CONSOLE || d->kind == DEVICE_SPOOL;

	row(w, PUT_DEVICE);
	number(w, u->row);
	number(w, d->vdev);
	number(w, position);
	text(w, word_for(device_words, d->kind));
	number_if(w, d->devtype != 0, d->devtype);
	text(w, spooled ? (char[]){(char)d->class, '\0'} : NULL);
	text(w, d->kind == DEVICE_SPOOL ? word_for(unit_words, d->unit) : NULL);
	text(w, d->mode != 0 ? word_for(mode_words, d->mode) : NULL);
	text(w, d->userid);
	number_if(w, d->kind == DEVICE_CONSOLE, d->observer);
	number_if(w, d->kind == DEVICE_LINK, d->owner_vdev);
	number_if(w, d->kind == DEVICE_VDISK || d->kind == DEVICE_TDISK, d->sectors);
	w->column++;
	if (d->text != NULL)
		sqlite3_bind_text(w->s, w->column, d->text, -1, SQLITE_STATIC);
	done(w);
	if (d->kind == DEVICE_MDISK)
		store_minidisk(w, u, d);
}

static void store_columns(struct storing *w, const struct user *u)
{
	bool share = u->given & GIVEN_SHARE, most = share && u->share.limit_kind != 0;
	char classes[33];

	row(w, PUT_ENTRY);
	number_if(w, u->row != 0, u->row);
	text(w, u->profile ? "PROFILE" : "USER");
	text(w, u->userid);
	number_if(w, u->include != NULL, u->include != NULL ? u->include->row : 0);
	secret(w, &u->password);
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
	done(w);
}

void database_store_entry(struct storing *w, struct user *u)
{
	int position = 0;

	if (w->d->failed)
		return;
	store_secret(w, &u->password);
	store_columns(w, u);
	u->row = sqlite3_last_insert_rowid(w->d->db);
	store_options(w, u);
	store_items(w, u, "LOGONBY", &u->logonby);
	store_items(w, u, "AUTOLOG", &u->autolog);
	store_items(w, u, "COMMAND", &u->commands);
	store_kept(w, u);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		store_device(w, u, d, ++position);
}

struct storing *database_store_begin(struct database *d)
{
	struct storing *w = storage_grow(NULL, sizeof(*w));

	*w = (struct storing){.d = d};
	for (unsigned i = 0; i < PUTS && !d->failed; i++)
		if (sqlite3_prepare_v3(d->db, put_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &w->put[i], NULL) !=
		    SQLITE_OK)
			database_fail(d);
	return w;
}

bool database_store_end(struct storing *w)
{
	bool good = !w->d->failed;

	for (unsigned i = 0; i < PUTS; i++)
		sqlite3_finalize(w->put[i]);
	free(w);
	return good;
}

bool database_store_directory(struct database *d, const struct model *model)
{
	return database_do(d,
			   "INSERT OR REPLACE INTO directory (id, vdev, devtype, volser) VALUES (1, ?, ?, ?)",
			   "iit", (int64_t)model->vdev, (int64_t)model->devtype, model->volser);
}

bool database_remove(struct database *d, bool profile, const char *name)
{
	return database_do(d, "DELETE FROM entry WHERE kind = ? AND name = ?", "tt",
			   profile ? "PROFILE" : "USER", name);
}
