/*
 * nss.c - SAVESYS, QUERY NSS, PURGE NSS: named saved systems.
 *
 * Owns: those commands. Before: snapshot/service.c, which saves; snapshot/nss.c. After: nothing; IPL is in ipl.c.
 * Heritage: DMKCFH (SAVESYS). CP-67 and VM/370 had a table assembled into CP that said which pages to save; here it is all of them that
 * are not zeros, as later with DEFSYS and SAVESYS.
 */
#include <cp/format.h>
#include <cp/nss.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

/* A name that could be a device number would never be IPLed. */
static int name_check(struct command *c, const char *name)
{
	uint64_t number;

	if (!saved_name_valid(name))
		return reply_message(c, MSG_SAVED_NAME, name);
	if (strlen(name) <= 4 && string_hex(name, &number))
		return reply_message(c, MSG_NSS_NAME, name);
	return 0;
}

/* SAVESYS name */
int cmd_savesys(struct command *c)
{
	struct save_order o = {.kind = SAVED_SYSTEM};
	int rc = name_check(c, c->token[1]);

	if (rc)
		return rc;
	string_copy(o.userid, sizeof(o.userid), c->vm->userid);
	string_copy(o.asker, sizeof(o.asker), c->vm->userid);
	string_copy(o.name, sizeof(o.name), c->token[1]);
	if (!vcpu_self())
		return save_now(&o, c->reply);
	return save_later(&o) ? 0 : reply_message(c, MSG_NO_STORAGE, c->token[0]);
}

/* ---- what there is -------------------------------------------------------------------------------------------------- */

static bool loaded_find(uint64_t serial, struct nss_loaded *l)
{
	for (unsigned n = 0; nss_loaded(n, l); n++)
		if (l->serial == serial)
			return true;
	return false;
}

/* Class A: in use, R: not yet or no longer, P: purged or replaced, but there are users yet. */
static void nss_line(struct command *c, const char *owner, const char *name, char class,
		     const struct nss_loaded *l, uint64_t bytes, tod_t created)
{
	char when[40] = "-";

	if (created)
		when_text(created, when, sizeof(when));
	reply_line(c, "%-8s %-8s %c  %5u %7uK %7uK %s", owner, name, class, l->users,
		   (unsigned)(l->pages * (PAGE_SIZE / 1024)), (unsigned)((bytes + 1023) / 1024), when);
}

static unsigned list_saved(struct command *c, const char *name)
{
	unsigned count = 0;

	for (struct saved_image *i = saved_next(NULL); i; i = saved_next(i)) {
		struct nss_loaded l = {.users = 0};

		if (i->kind != SAVED_SYSTEM || (name && string_compare_nocase(i->name, name) != 0))
			continue;
		if (!loaded_find(i->serial, &l))
			l = (struct nss_loaded){.users = 0};
		nss_line(c, i->owner, i->name, l.users ? 'A' : 'R', &l, i->bytes, i->created);
		count++;
	}
	return count;
}

static unsigned list_pending(struct command *c, const char *name)
{
	struct nss_loaded l;
	unsigned count = 0;

	for (unsigned n = 0; nss_loaded(n, &l); n++) {
		if (saved_find_serial(l.serial) || (name && string_compare_nocase(l.name, name) != 0))
			continue;
		nss_line(c, "-", l.name, 'P', &l, 0, 0);
		count++;
	}
	return count;
}

/* QUERY NSS [name] */
int query_nss(struct command *c)
{
	const char *name = c->count > 2 ? c->token[2] : NULL;
	uint64_t free_bytes, all_bytes;
	unsigned count;

	saved_space(&free_bytes, &all_bytes);
	if (!all_bytes)
		return reply_message(c, MSG_SAVED_NO_AREA, "QUERY NSS", saved_volume());
	nss_reap();
	reply_line(c, "OWNER    NAME     CL USERS  SHARED    IMAGE SAVED");
	count = list_saved(c, name);
	count += list_pending(c, name);
	return count || !name ? 0 : reply_message(c, MSG_SYSTEM_UNKNOWN, name);
}

/* PURGE NSS name */
int purge_nss(struct command *c)
{
	struct saved_image *i;
	int rc;

	if (!(c->classes & CLASS('E')))
		return reply_message(c, MSG_SAVED_PRIVILEGE, "NSS");
	if (c->count != 3)
		return reply_message(c, MSG_OPERAND_MISSING, "PURGE NSS");
	i = saved_find(SAVED_SYSTEM, NULL, c->token[2]);
	rc = i ? saved_purge(i) : SAVED_GONE;
	if (rc < 0)
		return reply_message(c, saved_message(rc), c->token[2], saved_volume());
	nss_reap();
	reply_line(c, "%s PURGED", c->token[2]);
	return 0;
}
