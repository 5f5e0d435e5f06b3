/*
 * pull.c - what CP changed by itself on the volume comes home to the database.
 *
 * Owns: the way back of DIAGNOSE X'84'. Before it: cp/volume/update.c, which marks the entries that it changes. After it: every verb that
 * is about to write a new object directory over the old one.
 * Simplification: CP changes passwords, classes and storage sizes only, so only these are looked at.
 */
#include <stdlib.h>
#include <string.h>
#include "secret.h"
#include "statements.h"
#include "verb.h"

static void put_size(struct statements *s, const char *name, uint64_t is, uint64_t was)
{
	char line[64], size[24];

	if (is == was)
		return;
	snprintf(line, sizeof(line), "%s %s", name, text_size(is, size));
	statements_put(s, line);
}

/* What the machine record says otherwise than the directory did. A USER statement that says it all is made a short one. */
static void pull_machine(struct statements *s, const struct user *was, const struct object_machine *m)
{
	uint32_t classes = be32_get(m->classes);
	char line[64], letters[33];

	put_size(s, "STORAGE", be64_get(m->storage), was->storage);
	put_size(s, "MAXSTORAGE", be64_get(m->maximum), was->maximum);
	if (classes != was->classes) {
		snprintf(line, sizeof(line), "CLASS %s", classes_text(classes, letters));
		statements_put(s, line);
	}
}

static void pull_password(struct statements *s, const struct user *was, const struct object_secret *o)
{
	struct secret is = {
		.kind = o->kind, .weak = o->flags & SECRET_WEAK, .iterations = be32_get(o->iterations)};
	char text[SECRET_TEXT_MAX];

	memcpy(is.salt, o->salt, sizeof(is.salt));
	memcpy(is.digest, o->digest, sizeof(is.digest));
	if (!secret_same(&is, &was->password))
		statements_set_word(s, 0, 2, secret_print(&is, text));
}

static int pull_entry(struct change *c, const char *userid, const void *entry, size_t length)
{
	struct user *u = change_old(c, false, userid);
	struct arena scratch = {0};
	const struct object_record *r;
	struct object_cursor cursor;
	const struct user *was;
	struct statements s;
	char *text;
	bool good;

	if (u == NULL)
		return 0; /* removed since */
	was = user_resolve(&scratch, u);
	statements_of(&s, u);
	object_records(&cursor, entry, length);
	while ((r = object_next(&cursor)) != NULL) {
		if (be16_get(r->type) == OBJECT_MACHINE)
			pull_machine(&s, was, (const struct object_machine *)r);
		if (be16_get(r->type) == OBJECT_PASSWORD)
			pull_password(&s, was, &((const struct object_password *)r)->secret);
	}
	text = statements_text(&s);
	good = change_put(c, text);
	free(text);
	statements_free(&s);
	arena_free(&scratch);
	return good ? 0 : 1;
}

static int pull_entries(struct change *c, const struct object_directory *o)
{
	void *entry = storage_grow(NULL, OBJECT_ENTRY_MAX);
	int status = 0;

	for (uint32_t i = 0; status == 0 && i < o->count; i++) {
		struct object_user user;

		if (object_at(o, i, &user) != OBJECT_OK || !(user.flags & OBJECT_USER_CHANGED) ||
		    object_read(o, &user, entry) != OBJECT_OK)
			continue;
		user.userid[strcspn(user.userid, " ")] = '\0';
		status = pull_entry(c, user.userid, entry, user.length);
	}
	free(entry);
	return status;
}

/* Entries that come out as they were are no change: the others go to the front of the list. Returns how many. */
static uint32_t changed_first(struct change *c)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < c->count; i++) {
		struct text before = {0}, after = {0};

		text_entry(&before, c->items[i].before, TEXT_HASHES);
		text_entry(&after, c->items[i].after, TEXT_HASHES);
		if (strcmp(before.bytes, after.bytes) != 0) {
			struct change_item same = c->items[kept];

			c->items[kept++] = c->items[i];
			c->items[i] = same;
		}
		text_free(&before);
		text_free(&after);
	}
	return kept;
}

static int pull(const struct direct *d, const struct object_directory *o)
{
	struct messages m = {.out = d->out, .name = d->database, .json = d->json, .quiet = true};
	struct minidisk_space space = {.end = UINT64_C(1) << 32};
	struct change c;
	int status = change_begin(&c, d->database, DATABASE_WRITE, &m) ? 0 : 2;

	if (status == 0)
		status = pull_entries(&c, o);
	if (status == 0 && changed_first(&c) > 0)
		status = change_check(&c, &space) && change_commit(&c, "changed through CP (DIAGNOSE X'84')")
				 ? 0
				 : 1;
	change_end(&c);
	return status;
}

int pull_changes(const struct direct *d)
{
	struct store_slot context[2];
	struct object_directory o;
	struct store s;
	int status = store_open(&s, d->volume, STORE_READ, d->out);

	if (status != 0)
		return status;
	if (store_directory(&s, context, &o) >= 0 && o.changed > 0)
		status = pull(d, &o);
	store_close(&s);
	return status;
}
