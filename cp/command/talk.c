/*
 * talk.c - MESSAGE, WARNING and SEND: users talk to users.
 *
 * Owns: who hears what. Before: session/output.c. After: nothing. Heritage: DMKMSG, DMKMSW.
 * Simplification: SMSG is not here: no guest receives it yet.
 */
#include <cp/arch.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"

struct talk {
	const char *what;    /* "MSG", "WARNING" */
	const char *setting; /* the SET option that turns it off */
	uint32_t option;
};

static const struct talk message = {"MSG", "MSG", SET_MSG};
static const struct talk warning = {"WARNING", "WNG", SET_WNG};

static void say(struct command *c, const struct talk *t, struct vm *to, const char *text)
{
	char clock[9];

	when_clock(arch_clock(), clock);
	vm_write(to, "%s * %s FROM %-8s: %s", clock, t->what, c->vm ? c->vm->userid : "LOGON", text);
}

static int say_all(struct command *c, const struct talk *t, const char *text)
{
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		if (vm->options & t->option && vm != c->vm)
			say(c, t, vm, text);
	return 0;
}

static int say_one(struct command *c, const struct talk *t, const char *text)
{
	struct vm *to;
	int rc = 0;

	if (operand_is(c, 1, "OPERATOR", 2) && (to = vm_find("OPERATOR")) != NULL)
		;
	else
		rc = operand_vm(c, 1, &to);
	if (rc)
		return rc;
	if (!to->session || (!to->session->line && !to->secuser[0]))
		return reply_message(c, MSG_NOT_RECEIVING, to->userid, "DISCONNECTED, TERMINAL");
	if (!(to->options & t->option))
		return reply_message(c, MSG_NOT_RECEIVING, to->userid, t->setting);
	say(c, t, to, text);
	return 0;
}

static int talk(struct command *c, const struct talk *t, bool all)
{
	const char *text = c->rest[2];

	if (text[0] == '\0')
		return reply_message(c, MSG_TEXT_MISSING);
	if (strcmp(c->token[1], "ALL") == 0 && !vm_find("ALL")) {
		if (!all)
			return reply_message(c, MSG_PRIVILEGE, "MESSAGE ALL", "A or B", "not");
		return say_all(c, t, text);
	}
	return say_one(c, t, text);
}

int cmd_message(struct command *c)
{
	return talk(c, &message, c->classes & (CLASS('A') | CLASS('B')));
}

int cmd_warning(struct command *c)
{
	return talk(c, &warning, true);
}

/* SEND userid text: as if it had been typed there; SEND CP userid text: as a CP command. */
int cmd_send(struct command *c)
{
	unsigned n = operand_is(c, 1, "CP", 2) ? 2 : 1;
	char line[COMMAND_MAX + 5];
	struct vm *to;
	int rc = operand_vm(c, n, &to);

	if (rc)
		return rc;
	if (!(c->classes & CLASS('C')) && string_compare_nocase(to->secuser, c->vm->userid) != 0)
		return reply_message(c, MSG_NOT_SECUSER, to->userid);
	format(line, sizeof(line), "%s%s", n == 2 ? "#CP " : "", c->rest[n + 1]);
	if (!to->session || !session_type(to->session, line, strlen(line)))
		return reply_message(c, MSG_NOT_RECEIVING, to->userid, "INPUT");
	return 0;
}
