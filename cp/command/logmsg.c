/*
 * logmsg.c - SET LOGMSG and QUERY LOGMSG: what everybody reads who logs on.
 *
 * Owns: the lines. Before: when.c. After: logoff.c, whose welcome shows them.
 * Heritage: DMKLOG's log message, kept in DMKSYS.
 * Simplification: they are lost when CP ends; a COMMAND in OPERATOR's directory entry sets them again.
 */
#include <cp/arch.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

#define LINES  9
#define LENGTH 73

static char lines[LINES][LENGTH];
static tod_t changed;

static bool any(void)
{
	for (unsigned n = 0; n < LINES; n++)
		if (lines[n][0])
			return true;
	return false;
}

/* SET LOGMSG n {text|NULL}, or NULL: all of them. */
int set_logmsg(struct command *c)
{
	uint64_t n;

	if (operand_is(c, 2, "NULL", 4) && c->count == 3) {
		memset(lines, 0, sizeof(lines));
		return 0;
	}
	if (!string_decimal(c->token[2], &n) || n < 1 || n > LINES)
		return reply_message(c, MSG_OPERAND_MISSING, c->token[2]);
	if (c->count < 4)
		return reply_message(c, MSG_TEXT_MISSING);
	string_copy(lines[n - 1], LENGTH, operand_is(c, 3, "NULL", 4) && c->count == 4 ? "" : c->rest[3]);
	changed = arch_clock();
	return 0;
}

void logmsg_show(struct reply *reply)
{
	char when[40], line[REPLY_LINE_MAX];

	if (!any())
		return;
	when_text(changed, when, sizeof(when));
	format(line, sizeof(line), "LOGMSG - %s", when);
	reply->put(reply, line, strlen(line));
	for (unsigned n = 0; n < LINES; n++) {
		if (!lines[n][0])
			continue;
		format(line, sizeof(line), "* %s", lines[n]);
		reply->put(reply, line, strlen(line));
	}
}

int query_logmsg(struct command *c)
{
	if (any())
		logmsg_show(c->reply);
	else
		reply_line(c, "THERE IS NO LOGMSG DATA");
	return 0;
}
