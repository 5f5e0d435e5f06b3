/*
 * check.c - what concerns more than one statement.
 *
 * Owns: profiles worked in, references between users, minidisk extents. Before it: parse.c or database.c, whichever made the
 * model. After it: database.c and object.c, which only see what passed.
 * VM/370 and z/VM accept minidisks that overlap, and a class loses its work by it; here they are an error.
 * Simplification: extents of volumes other than the one with the object directory are only compared with each other.
 */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "image.h"

#define GUESSES_MOST 100 /* "did you mean" looks at every user: only so many times */

/* ---- each user by itself ------------------------------------------------------------------------------------- */

static void check_storage(const struct user *u, struct messages *m)
{
	const struct place *p = u->storage_place.line > 0 ? &u->storage_place : &u->place;

	if (u->storage > u->maximum)
		message_error(m, p, "%s has more storage (%lluK) than its maximum (%lluK)", u->userid,
			      (unsigned long long)(u->storage >> 10), (unsigned long long)(u->maximum >> 10));
}

static void check_ipl(const struct user *u, struct messages *m)
{
	if (u->given & GIVEN_IPL && u->ipl_name[0] == '\0' && user_find_device(u, u->ipl_vdev) == NULL)
		message_warning(m, u->ipl_place.line > 0 ? &u->ipl_place : &u->place,
				"%s is to IPL %04X, but has no such device", u->userid, u->ipl_vdev);
}

static void check_size(const struct user *u, struct messages *m)
{
	if (u->device_count > OBJECT_DEVICES_MAX)
		message_error(m, &u->place,
			      "%s has %u devices with those of its profile: expected at most %u", u->userid,
			      u->device_count, OBJECT_DEVICES_MAX);
	else if (object_entry_length(u) > OBJECT_ENTRY_MAX)
		message_error(m, &u->place,
			      "the entry of %s is too large: expected fewer devices and commands", u->userid);
}

/* ---- references between users -------------------------------------------------------------------------------- */

static void warn_missing(const struct model *model, const struct place *p, const char *what,
			 const char *userid, struct messages *m)
{
	struct guess guess = {.word = userid};
	char near[64];

	for (uint32_t i = 0; m->warnings < GUESSES_MOST && i < model->users.count; i++)
		guess_offer(&guess, model->users.entries[i]->userid);
	message_warning(m, p, "%s %s, who is not in the directory%s", what, userid,
			guess_text(&guess, near, sizeof(near)));
}

static void check_items(const struct model *model, const struct list_of_items *l, const char *what,
			struct messages *m)
{
	for (const struct item *i = l->first; i != NULL; i = i->next)
		if (table_find(&model->users, i->text) == NULL)
			warn_missing(model, &i->place, what, i->text, m);
}

/* Does the owner have that minidisk, itself or by its profile? */
static bool has_mdisk(const struct user *owner, uint16_t vdev)
{
	const struct device *d = user_find_device(owner, vdev);

	return d != NULL && d->kind == DEVICE_MDISK;
}

static void check_device(const struct model *model, const struct user *u, const struct device *d,
			 struct messages *m)
{
	const struct user *other;

	if (d->kind == DEVICE_CONSOLE && d->userid[0] != '\0' && table_find(&model->users, d->userid) == NULL)
		warn_missing(model, &d->place, "the secondary user is", d->userid, m);
	if (d->kind != DEVICE_LINK)
		return;
	other = table_find(&model->users, d->userid);
	if (other == NULL)
		warn_missing(model, &d->place, "a link to a disk of", d->userid, m);
	else if (!has_mdisk(other, d->owner_vdev))
		message_warning(m, &d->place, "%s links %s's %04X, which is no minidisk", u->userid,
				d->userid, d->owner_vdev);
}

/* An entry, its own statements only: those of a profile are checked once, with the profile. */
static void check_references(const struct model *model, const struct user *u, struct messages *m)
{
	check_items(model, &u->logonby, "LOGONBY names", m);
	check_items(model, &u->autolog, "AUTOLOG names", m);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		check_device(model, u, d, m);
}

static void check_user(const struct user *u, const struct user *r, struct messages *m)
{
	check_storage(r, m);
	check_ipl(r, m);
	check_size(r, m);
	if (u->password.kind == SECRET_NONE)
		message_error(m, &u->place, "%s has no password", u->userid);
	if (u->password.kind == SECRET_LBYONLY && r->logonby.count == 0)
		message_warning(m, &u->place, "nobody can log on to %s: LBYONLY without LOGONBY", u->userid);
}

/* ---- minidisk extents ---------------------------------------------------------------------------------------- */

struct extent {
	const struct user *user;
	const struct device *d;
	uint64_t first, end; /* sectors first to end - 1 */
};

static int extent_compare(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;
	int order = strcmp(x->d->volser, y->d->volser);

	if (order != 0)
		return order;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->d->place.line < y->d->place.line ? -1 : x->d->place.line > y->d->place.line;
}

static void check_bounds(const struct model *model, const struct minidisk_space *space, struct extent *e,
			 struct messages *m)
{
	unsigned long long first = e->first, last = e->end - 1;

	if (strcmp(e->d->volser, model->volser) != 0) {
		if (e->d->sectors == 0)
			message_error(
				m, &e->d->place,
				"END needs the size of the volume, and only that of %s is known: expected "
				"a number of blocks",
				model->volser);
		return;
	}
	if (e->first < space->first)
		message_error(m, &e->d->place,
			      "minidisk %04X of %s, blocks %llu-%llu of %s, lies in CP's own area: expected "
			      "a start of at least %llu",
			      e->d->vdev, e->user->userid, first, last, e->d->volser,
			      (unsigned long long)space->first);
	else if (space->known && e->d->sectors == 0 && e->first >= space->end)
		message_error(m, &e->d->place,
			      "minidisk %04X of %s begins at block %llu, but %s ends before block %llu",
			      e->d->vdev, e->user->userid, first, e->d->volser,
			      (unsigned long long)space->end);
	else if (space->known && e->d->sectors != 0 && e->end > space->end)
		message_error(m, &e->d->place,
			      "minidisk %04X of %s, blocks %llu-%llu, goes beyond the end of %s, whose last "
			      "block is %llu",
			      e->d->vdev, e->user->userid, first, last, e->d->volser,
			      (unsigned long long)space->end - 1);
}

static void overlap(const struct extent *a, const struct extent *b, struct messages *m)
{
	const struct extent *later = b->d->place.line >= a->d->place.line ? b : a,
			    *earlier = later == b ? a : b;
	char where[300] = "";

	if (earlier->d->place.line > 0)
		snprintf(where, sizeof(where), " at %s:%u", m->name, earlier->d->place.line);
	message_error(m, &later->d->place,
		      "minidisk %04X of %s, blocks %llu-%llu of %s, overlaps minidisk %04X of %s, blocks "
		      "%llu-%llu%s",
		      later->d->vdev, later->user->userid, (unsigned long long)later->first,
		      (unsigned long long)later->end - 1, later->d->volser, earlier->d->vdev,
		      earlier->user->userid, (unsigned long long)earlier->first,
		      (unsigned long long)earlier->end - 1, where);
}

static struct extent *extents_collect(const struct model *model, const struct minidisk_space *space,
				      size_t *count)
{
	struct extent *list = NULL;
	size_t room = 0, n = 0;

	for (uint32_t i = 0; i < model->users.count; i++)
		for (const struct device *d = model->users.entries[i]->devices; d != NULL; d = d->next) {
			if (d->kind != DEVICE_MDISK)
				continue;
			if (n == room)
				list = storage_grow(list, (room = room * 2 + 64) * sizeof(*list));
			list[n] = (struct extent){.user = model->users.entries[i], .d = d, .first = d->start};
			list[n].end = d->sectors != 0 ? (uint64_t)d->start + d->sectors
				      : space->known && space->end > d->start ? space->end
									      : UINT64_C(1) << 32;
			n++;
		}
	*count = n;
	return list;
}

/* In the order of their starts, each extent must begin where all before it have ended. */
static void check_extents(const struct model *model, const struct minidisk_space *space, struct messages *m)
{
	const struct extent *widest = NULL;
	size_t count;
	struct extent *list = extents_collect(model, space, &count);

	if (count > 0)
		qsort(list, count, sizeof(*list), extent_compare);
	for (size_t i = 0; i < count; i++) {
		check_bounds(model, space, &list[i], m);
		if (widest != NULL && strcmp(widest->d->volser, list[i].d->volser) == 0 &&
		    widest->end > list[i].first)
			overlap(widest, &list[i], m);
		if (widest == NULL || strcmp(widest->d->volser, list[i].d->volser) != 0 ||
		    widest->end < list[i].end)
			widest = &list[i];
	}
	free(list);
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static int user_compare(const void *a, const void *b)
{
	return strcmp((*(struct user *const *)a)->userid, (*(struct user *const *)b)->userid);
}

void check_model(struct model *model, const struct minidisk_space *space, struct messages *m,
		 struct resolved *r)
{
	r->count = model->users.count;
	r->users = storage_grow(NULL, r->count * sizeof(struct user *));
	for (uint32_t i = 0; i < model->profiles.count; i++)
		check_references(model, model->profiles.entries[i], m);
	for (uint32_t i = 0; i < r->count; i++) {
		const struct user *u = model->users.entries[i];

		r->users[i] = user_resolve(model, u);
		check_user(u, r->users[i], m);
		check_references(model, u, m);
	}
	check_extents(model, space, m);
	if (r->count == 0)
		message_error(m, NULL, "there is no user in the directory");
	if (r->count > 0)
		qsort(r->users, r->count, sizeof(struct user *), user_compare);
}

void resolved_free(struct resolved *r)
{
	free(r->users);
	r->users = NULL;
}
