/*
 * set.c - SET: how CP treats one's machine and terminal.
 *
 * Owns: the table of SET operands and their handlers. Before: parse.c. After: query.c shows them. Heritage: DMKCFS, DMKCFO.
 * Simplification: what VM sets for hardware that is not here (PF keys) is refused as unknown.
 */
#include <cp/arch.h>
#include <cp/link.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

/* The options that are just a bit. */
static const struct option {
	const char *name;
	uint32_t bit;
} options[] = {
	{"MSG", SET_MSG},         {"WNG", SET_WNG},   {"IMSG", SET_IMSG},     {"RUN", SET_RUN},
	{"LINEDIT", SET_LINEDIT}, {"ACNT", SET_ACNT}, {"ASSIST", SET_ASSIST},
};

static void option_change(struct command *c, uint32_t bit, bool on)
{
	if (on)
		c->vm->options |= bit;
	else
		c->vm->options &= ~bit;
	for (unsigned n = 0; n < c->vm->cpus; n++)
		vcpu_kick(c->vm->cpu[n]); /* the port chooses its way again */
}

static int set_option(struct command *c)
{
	bool on;
	int rc = operand_on_off(c, 2, &on);

	for (size_t i = 0; i < ARRAY_SIZE(options) && rc == 0; i++)
		if (strcmp(options[i].name, c->entry->name) == 0)
			option_change(c, options[i].bit, on);
	return rc;
}

/* Which engine runs the machine, and by which short cuts. It changes at the top of each virtual CPU's loop. */
static int set_assist(struct command *c)
{
	bool on;
	int rc;

	if (!operand_is(c, 2, "SIE", 3))
		return set_option(c);
	rc = operand_on_off(c, 3, &on);
	if (rc)
		return rc;
	if (on && !arch_interprets())
		return reply_message(c, MSG_NO_ASSIST, "SIE");
	option_change(c, SET_INTERPRET, on);
	return 0;
}

static int set_emsg(struct command *c)
{
	uint32_t bits;

	if (operand_is(c, 2, "ON", 2))
		bits = SET_EMSG_CODE | SET_EMSG_TEXT;
	else if (operand_is(c, 2, "OFF", 3))
		bits = 0;
	else if (operand_is(c, 2, "CODE", 4))
		bits = SET_EMSG_CODE;
	else if (operand_is(c, 2, "TEXT", 4))
		bits = SET_EMSG_TEXT;
	else
		return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
	c->vm->options = (c->vm->options & ~(uint32_t)(SET_EMSG_CODE | SET_EMSG_TEXT)) | bits;
	return 0;
}

/* Whose secondary user or observer, and who: "SET SECUSER who" is one's own; with class A or C also another's. */
static int watcher(struct command *c, const char *whose, const char *who, bool observer)
{
	struct vm *vm = vm_find(whose);
	char *field;

	if (!vm)
		return reply_message(c, MSG_NOT_LOGGED_ON, whose);
	field = observer ? vm->observer : vm->secuser;
	string_copy(field, sizeof(vm->secuser), strcmp(who, "OFF") == 0 ? "" : who);
	return 0;
}

static int watcher_command(struct command *c, bool observer)
{
	const char *whose = c->vm->userid, *who = NULL;
	bool other = c->count > 3;
	int rc;

	if (other) {
		rc = operand_userid(c, 2, &whose);
		if (rc)
			return rc;
	}
	rc = operand_userid(c, other ? 3 : 2, &who);
	if (rc)
		return rc;
	if (strcmp(whose, c->vm->userid) != 0 && !(c->classes & (CLASS('A') | CLASS('C'))))
		return reply_message(c, MSG_PRIVILEGE, c->entry->name, "A or C for another user", "not");
	return watcher(c, whose, who, observer);
}

static int set_secuser(struct command *c)
{
	return watcher_command(c, false);
}

static int set_observer(struct command *c)
{
	return watcher_command(c, true);
}

/* Facilities change what an operating system may have looked at already: only while none is loaded. */
static int set_machine(struct command *c)
{
	if (!operand_is(c, 2, "FACILITIES", 3))
		return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
	if (c->vm->loaded && !c->vm->stopped)
		return reply_message(c, MSG_CONFLICTING_OPTION, "FACILITIES while the machine runs");
	if (operand_is(c, 3, "HOST", 4))
		c->vm->options |= SET_HOST_FACILITIES;
	else if (operand_is(c, 3, "COMMON", 6))
		c->vm->options &= ~(uint32_t)SET_HOST_FACILITIES;
	else
		return reply_message(c, MSG_INVALID_OPTION, c->token[3]);
	return 0;
}

/* "25" or "25%", in tenths of a percent. */
static bool percent(const char *text, uint64_t *tenths)
{
	char digits[8];
	size_t n = string_copy(digits, sizeof(digits), text);

	if (n >= sizeof(digits))
		return false;
	if (n > 0 && digits[n - 1] == '%')
		digits[n - 1] = '\0';
	if (!string_decimal(digits, tenths) || *tenths < 1 || *tenths > 100)
		return false;
	*tenths *= 10;
	return true;
}

static int set_share(struct command *c)
{
	uint64_t value;
	struct vm *vm;
	int rc = operand_vm(c, 2, &vm);

	if (rc)
		return rc;
	if (operand_is(c, 3, "RELATIVE", 3) && string_decimal(c->token[4], &value) && value >= 1 &&
	    value <= 10000)
		share_relative(vm, (uint32_t)value);
	else if (operand_is(c, 3, "ABSOLUTE", 3) && percent(c->token[4], &value))
		share_absolute(vm, (uint32_t)value);
	else
		return reply_message(c, MSG_OPERAND_MISSING, c->entry->syntax);
	reply_line(c, "USER %-8s: RELATIVE SHARE = %05u", vm->userid, (unsigned)share_get(vm));
	return 0;
}

#define G CLASS('G')

/* clang-format off */
const struct command_entry set_table[] = {
	{"ACNT", 4, G, 1, 1, set_option, "SET ACNT {ON|OFF}",
	 "Whether LOGOFF tells what the session has used.", NULL},
	{"ASSIST", 3, G, 1, 2, set_assist, "SET ASSIST [SIE] {ON|OFF}",
	 "Whether CP may simulate the commonest instructions by a short cut. The machine is the same either way; OFF is for measuring and for doubts. "
	 "SIE: whether the processor runs the machine by interpretive execution, if it has that; then ON is how a machine begins. OFF: CP does, in "
	 "problem state. It can be changed at any time; the machine does not notice.",
	 NULL},
	{"AUTOSAVE", 5, CLASS('A') | CLASS('E'), 2, 3, set_autosave, "SET AUTOSAVE userid {n [SEC|MIN|HRS]|OFF}",
	 "Has CP save a machine every n minutes, as AUTOSAVE, in place of the one before. RESTORE AUTOSAVE takes it up after a crash.", NULL},
	{"CPTRACE", 3, CLASS('A') | CLASS('C'), 1, 1, set_cptrace, "SET CPTRACE {ON|COST|OFF}",
	 "Whether CP keeps its trace ring, from now on: the last dispatches and intercepts of all machines, for QUERY CPTRACE and its own "
	 "post-mortem. COST: it also measures what intercepts cost, for vm40 trace and INDICATE USER.", NULL},
	{"EMSG", 4, G, 1, 1, set_emsg, "SET EMSG {ON|OFF|CODE|TEXT}",
	 "Whether CP's messages show their code, their text, both (ON) or are not shown (OFF).", NULL},
	{"IMSG", 4, G, 1, 1, set_option, "SET IMSG {ON|OFF}",
	 "Whether CP tells of what commands have done to spool files and devices.", NULL},
	{"LINEDIT", 4, G, 1, 1, set_option, "SET LINEDIT {ON|OFF}",
	 "Whether the line-end symbol separates commands in a typed line.", NULL},
	{"LOGMSG", 3, CLASS('A') | CLASS('B'), 1, OPERANDS_ANY, set_logmsg, "SET LOGMSG {n {text|NULL}|NULL}",
	 "What everybody reads at LOGON: up to nine lines of at most 72 characters. NULL takes a line away, or all of them.", NULL},
	{"MACHINE", 4, G, 2, 2, set_machine, "SET MACHINE FACILITIES {COMMON|HOST}",
	 "Which facilities the virtual machine has: COMMON, those of every machine that CP runs on, so that it can move; "
	 "HOST, all that CP's own machine has. Only before an IPL.", NULL},
	{"MSG", 3, G, 1, 1, set_option, "SET MSG {ON|OFF}",
	 "Whether MESSAGEs of other users are received.", NULL},
	{"OBSERVER", 3, G, 1, 2, set_observer, "SET OBSERVER [userid] {userid|*|OFF}",
	 "Who sees on his own terminal all that is written on this one. For another user: class A or C.", NULL},
	{"RUN", 3, G, 1, 1, set_option, "SET RUN {ON|OFF}",
	 "Whether the virtual machine goes on running after #CP alone has been typed. What is typed then is for CP, until BEGIN.", NULL},
	{"SECUSER", 3, G, 1, 2, set_secuser, "SET SECUSER [userid] {userid|*|OFF}",
	 "Who sees the output of this machine while its user is disconnected, and may SEND to it. For another user: class A or C.",
	 NULL},
	{"SHARE", 3, CLASS('A'), 3, 3, set_share, "SET SHARE userid {ABSOLUTE n%|RELATIVE n}",
	 "How much of the processor a user gets when several want it. RELATIVE 1 to 10000; 100 is what everybody has.", NULL},
	{"WNG", 3, G, 1, 1, set_option, "SET WNG {ON|OFF}",
	 "Whether WARNINGs are received.", NULL},
	{0},
};
/* clang-format on */

int cmd_set(struct command *c)
{
	return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
}

static const char *on_off(uint32_t options, uint32_t bit)
{
	return options & bit ? "ON " : "OFF";
}

int query_set(struct command *c)
{
	static const char *const emsg[] = {"OFF ", "CODE", "TEXT", "ON  "};
	uint32_t o = c->vm->options;
	unsigned e = (o & SET_EMSG_CODE ? 1 : 0) + (o & SET_EMSG_TEXT ? 2 : 0);

	reply_line(c, "MSG %s, WNG %s, EMSG %s, ACNT %s, RUN %s", on_off(o, SET_MSG), on_off(o, SET_WNG),
		   emsg[e], on_off(o, SET_ACNT), on_off(o, SET_RUN));
	reply_line(c, "LINEDIT %s, IMSG %s, ASSIST %s, ASSIST SIE %s, MACHINE %s, FACILITIES %s",
		   on_off(o, SET_LINEDIT), on_off(o, SET_IMSG), on_off(o, SET_ASSIST),
		   on_off(arch_interprets() ? o : 0, SET_INTERPRET), arch_traits.modes[c->vm->mode],
		   o & SET_HOST_FACILITIES ? "HOST" : "COMMON");
	reply_line(c, "SECUSER %s, OBSERVER %s", c->vm->secuser[0] ? c->vm->secuser : "OFF",
		   c->vm->observer[0] ? c->vm->observer : "OFF");
	return 0;
}
