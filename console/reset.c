/*
 * reset.c - vm40 reset: users' machines, and their disks, as they were saved.
 *
 * CP does it: FORCE for who is logged on, then RESTORE, which brings the machine up disconnected, with its disks if it was saved WITH DISKS.
 *
 * Read before: ask.c. Read after: status.c.
 * Known simplification: one after the other; the operator's own machine, which types the commands, is left out.
 */
#include "ask.h"
#include "client.h"
#include "options.h"
#include "progress.h"
#include "vm40.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASELINE "BASELINE"
#define OPERATOR "OPERATOR"
#define TRIES    50 /* LOGOFF was told, and the machine is not quite gone */
#define TRY_US   100000

struct reset {
	const char *machine; /* that is up */
	char image[9], user[9];
	bool done, logged_on;
	char *said; /* what CP said of it */
	char **users;
	size_t count;
};

/* A userid or an image's name, in upper case. False: it is none. */
static bool name_take(char to[9], const char *from)
{
	size_t n = strlen(from);

	for (size_t i = 0; i <= n && i < 9; i++)
		to[i] = (char)toupper((unsigned char)from[i]);
	return n >= 1 && n <= 8 && strcspn(to, " \t\n#\"[]@") == n;
}

/* ---- one user ----------------------------------------------------------------------------------------------------- */

/* Every answer to RESTORE names the image; what CP says about a disk before it does not. */
static int restore_line(void *context, const char *text)
{
	struct reset *r = context;

	if (!strstr(text, r->image))
		return ASK_MORE;
	free(r->said);
	r->said = must_format("%.*s", (int)strcspn(text, "\r\n"), text);
	r->done = strstr(text, " RESTORED") != NULL;
	r->logged_on = strstr(text, " is logged on") || strstr(text, "LOGOFF/FORCE pending");
	return EXIT_DONE;
}

/* "LINE L0001 LOGOFF AS STUDENT1 USERS = 002", or he was faster. */
static int force_line(void *context, const char *text)
{
	const struct reset *r = context;

	return strstr(text, r->user) && (strstr(text, " LOGOFF AS ") || strstr(text, "not logged on"))
		       ? EXIT_DONE
		       : ASK_MORE;
}

static int restore(struct reset *r)
{
	char *command = must_format("RESTORE %s %s", r->image, r->user);
	int rc = ask(r->machine, command, restore_line, r);

	free(command);
	return rc;
}

static int force(struct reset *r)
{
	char *command = must_format("FORCE %s", r->user);
	int rc = ask(r->machine, command, force_line, r);

	free(command);
	return rc;
}

static int reset_user(struct reset *r)
{
	int rc = restore(r);

	if (rc == EXIT_DONE && r->logged_on)
		rc = force(r);
	for (unsigned n = 0; rc == EXIT_DONE && r->logged_on && n < TRIES; n++) {
		usleep(TRY_US);
		rc = restore(r);
	}
	if (rc != EXIT_DONE)
		return rc;
	if (!r->done)
		return fail("%s: %s", r->user, r->said);
	printf("%s: %s\n", r->user, r->said);
	fflush(stdout);
	return EXIT_DONE;
}

/* ---- everybody ---------------------------------------------------------------------------------------------------- */

/* "STUDENT1 BASELINE MACHINE      123K ..." and at the end "3 SAVED, ...K OF ...K FREE", or that there is no such area. */
static int saved_line(void *context, const char *text)
{
	char owner[10], image[10], kind[10];
	struct reset *r = context;

	if (strstr(text, " SAVED, ") || strstr(text, "QUERY SAVED"))
		return EXIT_DONE;
	if (sscanf(text, "%9s %9s %9s", owner, image, kind) != 3 || strcmp(image, r->image) != 0 ||
	    strcmp(kind, "MACHINE") != 0 || strcmp(owner, OPERATOR) == 0)
		return ASK_MORE;
	r->users = must_resize(r->users, (r->count + 1) * sizeof(*r->users));
	r->users[r->count++] = must_copy(owner);
	return ASK_MORE;
}

static int reset_listed(struct reset *r)
{
	int rc = EXIT_DONE;

	for (size_t n = 0; n < r->count; n++) {
		char *what = must_format("resetting %s, %zu of %zu", r->users[n], n + 1, r->count);

		name_take(r->user, r->users[n]);
		progress_begin(what);
		if (reset_user(r) != EXIT_DONE)
			rc = EXIT_FAILED;
		progress_end();
		free(what);
	}
	return rc;
}

static int reset_all(struct reset *r)
{
	int rc = ask(r->machine, "QUERY SAVED ALL", saved_line, r);

	if (rc != EXIT_DONE)
		return rc;
	return r->count ? reset_listed(r) : fail("nobody has a saved machine %s", r->image);
}

int verb_reset(int argc, char **argv)
{
	struct options o;
	struct reset r = {.said = NULL};
	int rc = options_read(verb_find("reset"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first != !o.all)
		return usage("reset: expected a user, or --all");
	if (!name_take(r.image, o.image ? o.image : BASELINE))
		return usage("reset: %s cannot be the name of a saved machine", o.image);
	if (!o.all && (!name_take(r.user, argv[o.first]) || strcmp(r.user, OPERATOR) == 0))
		return usage("reset: %s cannot be reset", argv[o.first]);
	if (!client_up(o.name))
		return fail("machine %s is not up", o.name);
	r.machine = o.name;
	if (!o.all) {
		r.users = must_alloc(sizeof(*r.users));
		r.users[r.count++] = must_copy(r.user);
	}
	rc = o.all ? reset_all(&r) : reset_listed(&r);
	for (size_t n = 0; n < r.count; n++)
		free(r.users[n]);
	free(r.users);
	free(r.said);
	return rc;
}
