/*
 * query_user.c - QUERY: who is there, what time is it.
 *
 * Owns: TIME, NAMES, USERS, a userid, SHARE, PRIVCLASS, SECUSER, FILES. Before: parse.c. After: query_device.c.
 * Heritage: DMKCQG, DMKCQP.
 */
#include <cp/arch.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "query.h"

#define NAMES_ACROSS 4

int query_time(struct command *c)
{
	char text[80];

	when_text(arch_clock(), text, sizeof(text));
	reply_line(c, "TIME IS %s", text);
	if (c->vm) {
		when_account(c->vm, text, sizeof(text));
		reply_line(c, "%s", text);
	}
	return 0;
}

int query_names(struct command *c)
{
	char line[REPLY_LINE_MAX] = "", place[8];
	size_t used = 0;
	unsigned n = 0;

	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm)) {
		session_place(vm->session, place, sizeof(place));
		used += format(line + used, sizeof(line) - used, "%s%-8s - %s", n ? ", " : "", vm->userid,
			       place);
		if (++n < NAMES_ACROSS && vm_next(vm))
			continue;
		reply_line(c, "%s", line);
		used = n = 0;
	}
	return 0;
}

int query_users(struct command *c)
{
	reply_line(c, "%5u USERS,     0 DIALED,     0 NET", vm_count());
	return 0;
}

/* QUERY userid: where he is. */
int query_userid(struct command *c)
{
	char place[8];
	struct vm *vm;
	int rc;

	if (strlen(c->token[1]) > USERID_MAX)
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	rc = operand_vm(c, 1, &vm);
	if (rc)
		return rc;
	session_place(vm->session, place, sizeof(place));
	reply_line(c, "%-8s - %s", vm->userid, place);
	return 0;
}

int query_share(struct command *c)
{
	struct vm *vm = c->vm;
	int rc = c->count > 2 ? operand_vm(c, 2, &vm) : 0;

	if (rc)
		return rc;
	if (vm != c->vm && !(c->classes & (CLASS('A') | CLASS('E'))))
		return reply_message(c, MSG_PRIVILEGE, "QUERY SHARE", "A or E for another user", "not");
	reply_line(c, "USER %-8s: RELATIVE SHARE = %05u", vm->userid, (unsigned)share_get(vm));
	return 0;
}

int query_privclass(struct command *c)
{
	char classes[60];

	command_classes(c->vm->classes, classes, sizeof(classes));
	reply_line(c, "PRIVILEGE CLASSES FOR USER %s", c->vm->userid);
	reply_line(c, "   CURRENTLY: %s", classes);
	return 0;
}

int query_secuser(struct command *c)
{
	struct vm *vm = c->vm;
	int rc = c->count > 2 ? operand_vm(c, 2, &vm) : 0;

	if (rc)
		return rc;
	reply_line(c, "%-8s SECUSER %s OBSERVER %s", vm->userid, vm->secuser[0] ? vm->secuser : "OFF",
		   vm->observer[0] ? vm->observer : "OFF");
	return 0;
}

int query_files(struct command *c)
{
	char line[REPLY_LINE_MAX];

	files_text(c->vm->userid, line, sizeof(line));
	reply_line(c, "%s", line);
	return 0;
}
