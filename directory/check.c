/*
 * check.c - what concerns more than one statement.
 *
 * Owns: profiles worked in, references between users. Before it: parse.c or the database, whichever made the model. After it:
 * extents.c, then the database and image.c, which only see what passed.
 * Simplification: "did you mean" looks at the users that are in storage.
 */
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

static void warn_missing(struct model *model, const struct place *p, const char *what, const char *userid,
			 struct messages *m)
{
	struct guess guess = {.word = userid};
	char near[64];

	for (uint32_t i = 0; m->warnings < GUESSES_MOST && i < model->users.count; i++)
		guess_offer(&guess, model->users.entries[i]->userid);
	message_warning(m, p, "%s %s, who is not in the directory%s", what, userid,
			guess_text(&guess, near, sizeof(near)));
}

static void check_items(struct model *model, const struct list_of_items *l, const char *what,
			struct messages *m)
{
	for (const struct item *i = l->first; i != NULL; i = i->next)
		if (model_find(model, false, i->text) == NULL)
			warn_missing(model, &i->place, what, i->text, m);
}

/* A profile has no minidisks, so the owner's own statements are all that count. */
static bool has_mdisk(const struct user *owner, uint16_t vdev)
{
	const struct device *d = user_find_device(owner, vdev);

	return d != NULL && d->kind == DEVICE_MDISK;
}

static void check_device(struct model *model, const struct user *u, const struct device *d,
			 struct messages *m)
{
	const struct user *other;

	if (d->kind == DEVICE_CONSOLE && d->userid[0] != '\0' && model_find(model, false, d->userid) == NULL)
		warn_missing(model, &d->place, "the secondary user is", d->userid, m);
	if (d->kind != DEVICE_LINK)
		return;
	other = model_find(model, false, d->userid);
	if (other == NULL)
		warn_missing(model, &d->place, "a link to a disk of", d->userid, m);
	else if (!has_mdisk(other, d->owner_vdev))
		message_warning(m, &d->place, "%s links %s's %04X, which is no minidisk", u->userid,
				d->userid, d->owner_vdev);
}

/* An entry, its own statements only: those of a profile are checked once, with the profile. */
static void check_references(struct model *model, const struct user *u, struct messages *m)
{
	check_items(model, &u->logonby, "LOGONBY names", m);
	check_items(model, &u->autolog, "AUTOLOG names", m);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		check_device(model, u, d, m);
}

/* Passwords of a minidisk have their places: a later one needs those before it. */
static void check_passwords(const struct user *u, struct messages *m)
{
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		for (unsigned i = 1; i < ACCESSES; i++)
			if (d->secret[i] != NULL && d->secret[i - 1] == NULL)
				message_error(m, &d->place,
					      "minidisk %04X of %s has a password for a higher access only",
					      d->vdev, u->userid);
}

static void check_user(const struct user *u, const struct user *r, struct messages *m)
{
	check_storage(r, m);
	check_ipl(r, m);
	check_size(r, m);
	check_passwords(u, m);
	if (u->password.kind == SECRET_NONE)
		message_error(m, &u->place, "%s has no password", u->userid);
	if (u->password.kind == SECRET_LBYONLY && r->logonby.count == 0)
		message_warning(m, &u->place, "nobody can log on to %s: LBYONLY without LOGONBY", u->userid);
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static void check_one(struct model *model, struct user *u, struct arena *scratch, struct messages *m)
{
	if (!u->profile)
		check_user(u, user_resolve(scratch, u), m);
	check_references(model, u, m);
	arena_reset(scratch);
}

void check_model(struct model *model, const struct minidisk_space *space, struct messages *m)
{
	struct arena scratch = {0};

	for (uint32_t i = 0; i < model->profiles.count; i++)
		check_one(model, model->profiles.entries[i], &scratch, m);
	for (uint32_t i = 0; i < model->users.count; i++)
		check_one(model, model->users.entries[i], &scratch, m);
	arena_free(&scratch);
	check_extents(model, space, m);
	if (model->users.count == 0)
		message_error(m, NULL, "there is no user in the directory");
}

void check_entry(struct model *model, struct user *u, struct database *d, const struct minidisk_space *space,
		 struct messages *m)
{
	struct arena scratch = {0};

	check_one(model, u, &scratch, m);
	arena_free(&scratch);
	check_extents_of(model, u, d, space, m);
}
