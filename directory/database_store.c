/*
 * database_store.c - a model goes into the database.
 *
 * Owns: the INSERTs. Before it: check.c has passed the model, secret.c has hashed its passwords. After it: database_load.c.
 * Simplification: contents are replaced whole.
 */
#include <sqlite3.h>
#include "database_private.h"

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
		database_fail(w->d);
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
	if (!database_run(
		    d,
		    "DELETE FROM directory; DELETE FROM entry WHERE kind = 'USER'; DELETE FROM entry; DELETE "
		    "FROM volume"))
		return false;
	for (unsigned i = 0; i < PUTS && !d->failed; i++)
		if (sqlite3_prepare_v2(d->db, put_sql[i], -1, &w.put[i], NULL) != SQLITE_OK)
			database_fail(d);
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
