/*
 * model.c - a directory in storage.
 *
 * Owns: entries, their hash table, what INCLUDE means. Before it: arena.c. After it: parse.c, the database, check.c, image.c.
 * Heritage: UDIRECT, UMACBLOK, UDEVBLOK.
 * Simplification: a user's devices are a list; 400 at most make it short.
 */
#include <stdlib.h>
#include <string.h>
#include "model.h"

static void table_free(struct table *t)
{
	free(t->entries);
	free(t->slots);
	*t = (struct table){0};
}

void model_free(struct model *m)
{
	table_free(&m->users);
	table_free(&m->profiles);
	arena_free(&m->arena);
}

/* ---- entries by name ----------------------------------------------------------------------------------------- */

/* FNV-1a. */
static uint32_t name_hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

/* Where the name stands, or the free slot where it would. */
static uint32_t *table_slot(const struct table *t, const char *name)
{
	uint32_t i = name_hash(name) & (t->slot_count - 1);

	while (t->slots[i] != 0 && strcmp(t->entries[t->slots[i] - 1]->userid, name) != 0)
		i = (i + 1) & (t->slot_count - 1);
	return &t->slots[i];
}

struct user *table_find(const struct table *t, const char *name)
{
	uint32_t *slot;

	if (t->slot_count == 0)
		return NULL;
	slot = table_slot(t, name);
	return *slot != 0 ? t->entries[*slot - 1] : NULL;
}

struct user *model_find(struct model *m, bool profile, const char *name)
{
	struct user *u = table_find(profile ? &m->profiles : &m->users, name);

	return u != NULL || m->fetch == NULL ? u : m->fetch(m, profile, name);
}

static void table_grow(struct table *t)
{
	t->room = t->room == 0 ? 64 : t->room * 2;
	t->entries = storage_grow(t->entries, t->room * sizeof(struct user *));
	free(t->slots);
	t->slot_count = t->room * 2;
	t->slots = storage_grow(NULL, t->slot_count * sizeof(*t->slots));
	memset(t->slots, 0, t->slot_count * sizeof(*t->slots));
	for (uint32_t i = 0; i < t->count; i++)
		*table_slot(t, t->entries[i]->userid) = i + 1;
}

struct user *table_add(struct model *m, struct table *t, const char *name)
{
	struct user *u = arena_alloc(&m->arena, sizeof(*u));

	if (t->count == t->room)
		table_grow(t);
	strncpy(u->userid, name, 8);
	t->entries[t->count] = u;
	*table_slot(t, u->userid) = t->count + 1;
	t->count++;
	return u;
}

/* ---- lists of an entry --------------------------------------------------------------------------------------- */

void items_add(struct arena *a, struct list_of_items *l, const char *text, const struct place *p)
{
	struct item *i = arena_alloc(a, sizeof(*i));

	i->text = arena_text(a, text, strlen(text));
	if (p != NULL)
		i->place = *p;
	if (l->last != NULL)
		l->last->next = i;
	else
		l->first = i;
	l->last = i;
	l->count++;
}

struct device *user_add_device(struct arena *a, struct user *u, const struct device *d)
{
	struct device *new = arena_alloc(a, sizeof(*new));

	*new = *d;
	new->next = NULL;
	if (u->last_device != NULL)
		u->last_device->next = new;
	else
		u->devices = new;
	u->last_device = new;
	u->device_count++;
	return new;
}

struct device *user_find_device(const struct user *u, uint16_t vdev)
{
	for (struct device *d = u->devices; d != NULL; d = d->next)
		if (d->vdev == vdev)
			return d;
	return NULL;
}

/* ---- profile and defaults ------------------------------------------------------------------------------------ */

static void items_copy(struct arena *a, struct list_of_items *to, const struct list_of_items *from)
{
	for (const struct item *i = from->first; i != NULL; i = i->next)
		items_add(a, to, i->text, &i->place);
}

/* Take from the profile what the entry does not say itself. */
static void inherit(struct user *r, const struct user *p)
{
	uint32_t missing = p->given & ~r->given;

	if (missing & GIVEN_STORAGE)
		r->storage = p->storage;
	if (missing & GIVEN_MAXIMUM)
		r->maximum = p->maximum;
	if (missing & GIVEN_CLASSES)
		r->classes = p->classes;
	if (missing & GIVEN_MACHINE) {
		r->mode = p->mode;
		r->cpus = p->cpus;
	}
	if (missing & GIVEN_ACCOUNT) {
		memcpy(r->account, p->account, sizeof(r->account));
		memcpy(r->distribution, p->distribution, sizeof(r->distribution));
	}
	if (missing & GIVEN_IPL) {
		memcpy(r->ipl_name, p->ipl_name, sizeof(r->ipl_name));
		memcpy(r->loadparm, p->loadparm, sizeof(r->loadparm));
		r->ipl_vdev = p->ipl_vdev;
		r->parm = p->parm;
	}
	if (missing & GIVEN_SHARE)
		r->share = p->share;
	if (p->options & ~r->options & OBJECT_OPTION_CPUID)
		r->cpuid = p->cpuid;
	if (p->options & ~r->options & OBJECT_OPTION_MAXCONN)
		r->maxconn = p->maxconn;
	r->options |= p->options; /* options add up */
	r->given |= p->given;
}

static void defaults(struct user *r)
{
	if (!(r->given & GIVEN_STORAGE))
		r->storage = r->given & GIVEN_MAXIMUM && r->maximum < DEFAULT_STORAGE ? r->maximum
										      : DEFAULT_STORAGE;
	if (!(r->given & GIVEN_MAXIMUM))
		r->maximum = r->storage;
	if (!(r->given & GIVEN_CLASSES))
		r->classes = DEFAULT_CLASSES;
	if (!(r->given & GIVEN_PRIORITY))
		r->priority = DEFAULT_PRIORITY;
	if (!(r->given & GIVEN_EDIT))
		memcpy(r->edit, "#[@\"", sizeof(r->edit));
	if (r->mode == 0)
		r->mode = DEFAULT_MODE;
	if (r->cpus == 0)
		r->cpus = 1;
	if (!(r->given & GIVEN_ACCOUNT))
		memcpy(r->account, r->userid, sizeof(r->account));
	if (r->distribution[0] == '\0')
		memcpy(r->distribution, r->userid, sizeof(r->distribution));
	if (!(r->given & GIVEN_SHARE))
		r->share = (struct share){.kind = OBJECT_SHARE_RELATIVE, .value = 100};
}

/* Copies of the devices, since each list has its own chain; the user's own come first and win over the profile's. */
static void devices_copy(struct arena *a, struct user *r, const struct device *from, bool absent_only)
{
	for (const struct device *d = from; d != NULL; d = d->next) {
		bool console_there = false;

		if (absent_only && user_find_device(r, d->vdev) != NULL)
			continue;
		for (const struct device *e = r->devices;
		     absent_only && d->kind == DEVICE_CONSOLE && e != NULL; e = e->next)
			console_there = console_there || e->kind == DEVICE_CONSOLE;
		if (!console_there)
			user_add_device(a, r, d);
	}
}

struct user *user_resolve(struct arena *a, const struct user *u)
{
	struct user *r = arena_alloc(a, sizeof(*r));
	const struct user *p = u->include;

	*r = *u;
	r->logonby = r->autolog = r->commands = r->kept = (struct list_of_items){0};
	r->devices = r->last_device = NULL;
	r->device_count = 0;
	if (p != NULL) {
		inherit(r, p);
		items_copy(a, &r->commands, &p->commands);
	}
	items_copy(a, &r->logonby, u->logonby.count > 0 || p == NULL ? &u->logonby : &p->logonby);
	items_copy(a, &r->autolog, u->autolog.count > 0 || p == NULL ? &u->autolog : &p->autolog);
	items_copy(a, &r->commands, &u->commands);
	devices_copy(a, r, u->devices, false);
	if (p != NULL)
		devices_copy(a, r, p->devices, true);
	defaults(r);
	return r;
}

/* ---- classes ------------------------------------------------------------------------------------------------- */

#define CLASS_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456"

char *classes_text(uint32_t classes, char *buf)
{
	char *p = buf;

	for (unsigned i = 0; i < 32; i++)
		if (classes >> i & 1)
			*p++ = CLASS_LETTERS[i];
	*p = '\0';
	return buf;
}

bool classes_parse(const char *text, uint32_t *classes, char *bad)
{
	*classes = 0;
	for (; *text != '\0'; text++) {
		const char *at = strchr(CLASS_LETTERS, *text);

		if (at == NULL) {
			*bad = *text;
			return false;
		}
		*classes |= 1u << (at - CLASS_LETTERS);
	}
	return true;
}
