/*
 * saved.c - SAVE, RESTORE, QUERY SAVED, PURGE SAVED, SET AUTOSAVE: machines that are kept while nobody runs them.
 *
 * Owns: those commands, and who may do what to whose machine. Before: snapshot/service.c, saved.h. After: nothing.
 * Heritage: DMKCFH's SAVESYS, which kept systems; keeping machines is VM/40's own.
 * Simplification: a program that asks by DIAGNOSE hears at once that it was understood, and its user later what became of it.
 */
#include <cp/format.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

#define OTHERS (CLASS('A') | CLASS('E'))

bool saved_name_valid(const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n > 8)
		return false;
	for (; *name; name++)
		if (!(*name >= 'A' && *name <= 'Z') && !(*name >= '0' && *name <= '9'))
			return false;
	return true;
}

/* The operand n, or (there is none) the issuer's: whose machine is meant, if he may. */
static int whose(struct command *c, unsigned n, char userid[9])
{
	const char *who = c->vm->userid;
	int rc = n < c->count ? operand_userid(c, n, &who) : 0;

	if (rc)
		return rc;
	if (string_compare_nocase(who, c->vm->userid) != 0 && !(c->classes & OTHERS))
		return reply_message(c, MSG_SAVED_PRIVILEGE, who);
	string_copy(userid, 9, who);
	return 0;
}

/* What a user saved himself comes before what CP saved by itself. */
static struct saved_image *image_find(const char *userid, const char *name)
{
	struct saved_image *i = saved_find(SAVED_MACHINE, userid, name);

	return i ? i : saved_find(SAVED_AUTOSAVE, userid, name);
}

static int carry_out(struct command *c, struct save_order *o, const char *name)
{
	if (!saved_name_valid(name))
		return reply_message(c, MSG_SAVED_NAME, name);
	string_copy(o->name, sizeof(o->name), name);
	string_copy(o->asker, sizeof(o->asker), c->vm->userid);
	if (!vcpu_self())
		return save_now(o, c->reply);
	return save_later(o) ? 0 : reply_message(c, MSG_NO_STORAGE, c->token[0]);
}

/* SAVE [userid] name [WITH DISKS] */
int cmd_save(struct command *c)
{
	struct save_order o = {.kind = SAVED_MACHINE};
	unsigned last = c->count;
	int rc;

	if (last > 3 && operand_is(c, last - 2, "WITH", 4) && operand_is(c, last - 1, "DISKS", 4)) {
		o.disks = true;
		last -= 2;
	}
	if (last > 3)
		return reply_message(c, MSG_INVALID_OPTION, c->token[3]);
	rc = whose(c, last == 3 ? 1 : c->count, o.userid);
	return rc ? rc : carry_out(c, &o, c->token[last - 1]);
}

/* RESTORE name [userid] [ANYWAY] */
int cmd_restore(struct command *c)
{
	struct save_order o = {.kind = SAVED_MACHINE, .restore = true};
	const struct saved_image *i;
	unsigned last = c->count;
	int rc;

	if (last > 2 && operand_is(c, last - 1, "ANYWAY", 6)) {
		o.anyway = true;
		last--;
	}
	if (last > 3)
		return reply_message(c, MSG_INVALID_OPTION, c->token[3]);
	rc = whose(c, last == 3 ? 2 : c->count, o.userid);
	if (rc)
		return rc;
	if (string_compare_nocase(o.userid, c->vm->userid) != 0 && vm_find(o.userid))
		return reply_message(c, MSG_IMAGE_LOGGED_ON, c->token[1], o.userid);
	i = image_find(o.userid, c->token[1]);
	if (i)
		o.kind = i->kind;
	return carry_out(c, &o, c->token[1]);
}

/* ---- what there is --------------------------------------------------------------------------------------------------- */

static void image_line(struct command *c, const struct saved_image *i)
{
	static const char *const kinds[] = {
		[SAVED_MACHINE] = "MACHINE", [SAVED_SYSTEM] = "SYSTEM", [SAVED_AUTOSAVE] = "AUTOSAVE"};
	char when[40];

	when_text(i->created, when, sizeof(when));
	reply_line(c, "%-8s %-8s %-8s %7uK %s%s", i->owner, i->name, kinds[i->kind],
		   (unsigned)((i->bytes + 1023) / 1024), when,
		   i->flags & SAVED_RESTORING ? " RESTORE NOT ENDED"
		   : i->flags & SAVED_DISKS   ? " WITH DISKS"
					      : "");
}

/* QUERY SAVED [userid|ALL]. A list of some hundred is told without a sleep: a line of an answer never waits. */
int query_saved(struct command *c)
{
	bool all = operand_is(c, 2, "ALL", 3) && c->classes & OTHERS;
	char userid[9] = "";
	uint64_t free_bytes, all_bytes;
	unsigned count = 0;
	int rc = all ? 0 : whose(c, 2, userid);

	if (rc)
		return rc;
	for (struct saved_image *i = saved_next(NULL); i; i = saved_next(i)) {
		if (!all && string_compare_nocase(i->owner, userid) != 0)
			continue;
		image_line(c, i);
		count++;
	}
	saved_space(&free_bytes, &all_bytes);
	if (!all_bytes)
		return reply_message(c, MSG_SAVED_NO_AREA, "QUERY SAVED", saved_volume());
	reply_line(c, "%u SAVED, %uK OF %uK FREE", count, (unsigned)(free_bytes / 1024),
		   (unsigned)(all_bytes / 1024));
	return 0;
}

/* PURGE SAVED name [userid] */
int purge_saved(struct command *c)
{
	struct saved_image *i;
	char userid[9];
	int rc;

	if (c->count < 3 || c->count > 4)
		return reply_message(c, MSG_OPERAND_MISSING, "PURGE SAVED");
	rc = whose(c, 3, userid);
	if (rc)
		return rc;
	i = image_find(userid, c->token[2]);
	rc = i ? saved_purge(i) : SAVED_GONE;
	if (rc < 0)
		return reply_message(c, saved_message(rc), c->token[2], saved_volume());
	reply_line(c, "%s PURGED", c->token[2]);
	return 0;
}

/* ---- AUTOSAVE -------------------------------------------------------------------------------------------------------- */

static int autosave_line(struct command *c, const struct vm *vm)
{
	if (vm->autosave)
		reply_line(c, "AUTOSAVE %-8s EVERY %u SEC", vm->userid, (unsigned)vm->autosave);
	else
		reply_line(c, "AUTOSAVE %-8s OFF", vm->userid);
	return 0;
}

/* SET AUTOSAVE userid {n [SEC|MIN|HRS]|OFF} */
int set_autosave(struct command *c)
{
	uint64_t seconds = 0;
	struct vm *vm;
	int rc = operand_vm(c, 2, &vm);

	if (rc == 0 && !(c->count == 4 && operand_is(c, 3, "OFF", 3))) {
		rc = operand_span(c, 3, &seconds);
		if (rc == 0 && (!seconds || seconds > AUTOSAVE_MAX))
			rc = reply_message(c, MSG_INVALID_OPERAND, c->token[3]);
	}
	if (rc)
		return rc;
	return autosave_set(vm, (uint32_t)seconds) ? autosave_line(c, vm)
						   : reply_message(c, MSG_NO_STORAGE, "AUTOSAVE");
}

/* QUERY AUTOSAVE [userid] */
int query_autosave(struct command *c)
{
	char userid[9];
	struct vm *vm;
	int rc = whose(c, 2, userid);

	if (rc)
		return rc;
	vm = vm_find(userid);
	return vm ? autosave_line(c, vm) : reply_message(c, MSG_NOT_LOGGED_ON, userid);
}
