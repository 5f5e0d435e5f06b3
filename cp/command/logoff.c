/*
 * logoff.c - LOGOFF, DISCONN, FORCE: the ways a user goes.
 *
 * Owns: those commands, and the joining of a session and a machine at its beginning and end. Before: logon.c, build.c, the
 * service task of vm.c. After: nothing; the machine is gone. Heritage: DMKUSO, DMKLOG.
 * Simplification: LOGOFF HOLD and DISCONN HOLD are accepted and mean nothing: lines are never hung up by CP.
 */
#include <cp/arch.h>
#include <cp/object.h>
#include <cp/saved.h>
#include <cp/session_private.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <cp/volume.h>
#include <cp/unitrecord.h>

#include "commands.h"

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

/* ---- the beginning -------------------------------------------------------------- */

static void terminal_defaults(struct session *s, const void *entry, size_t length)
{
	const struct object_record *r;
	struct object_cursor c;

	s->terminal = (struct terminal_settings){.line_size = 80, .hold = true};
	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL) {
		const struct object_machine *m = (const struct object_machine *)r;

		if (be16_get(r->type) != OBJECT_MACHINE)
			continue;
		s->terminal.line_end = (char)m->edit[0];
		s->terminal.line_delete = (char)m->edit[1];
		s->terminal.character_delete = (char)m->edit[2];
		s->terminal.escape = (char)m->edit[3];
		break;
	}
}

static unsigned files_in(const char *userid, enum spool_queue queue)
{
	struct spool_file *f = NULL;
	unsigned n = 0;

	while ((f = spool_next(userid, queue, '*', true, f)) != NULL)
		n++;
	return n;
}

static void count_text(unsigned n, const char *what, char *dst, size_t size)
{
	if (n)
		format(dst, size, "%04u %s", n, what);
	else
		format(dst, size, "  NO %s", what);
}

void files_text(const char *userid, char *dst, size_t size)
{
	char readers[16], printers[16], punches[16];

	count_text(files_in(userid, SPOOL_READER), "RDR", readers, sizeof(readers));
	count_text(files_in(userid, SPOOL_PRINTER), "PRT", printers, sizeof(printers));
	count_text(files_in(userid, SPOOL_PUNCH), "PUN", punches, sizeof(punches));
	format(dst, size, "FILES: %s, %s, %s", readers, printers, punches);
}

void session_welcome(struct vm *vm)
{
	struct reply *reply = session_reply(vm->session);
	char when[40], line[REPLY_LINE_MAX];

	if (!session_heard(vm->session))
		return;
	logmsg_show(reply);
	files_text(vm->userid, line, sizeof(line));
	reply->put(reply, line, strlen(line));
	when_text(vm->logon_time, when, sizeof(when));
	format(line, sizeof(line), "LOGON AT %s", when);
	reply->put(reply, line, strlen(line));
}

static void join(struct session *s, struct vm *vm)
{
	char place[8];

	s->vm = vm;
	vm->session = s;
	session_place(s, place, sizeof(place));
	if (strcmp(vm->userid, "OPERATOR") != 0)
		operator_write("LINE %-5s LOGON  AS %-8s USERS = %03u", place, vm->userid, vm_count());
}

int session_logon(struct session *s, const char *userid, bool noipl, struct reply *reply)
{
	struct vm *vm;
	void *entry;
	size_t length;
	int rc = directory_lookup(userid, &entry, &length);

	if (rc > 0)
		return reply_to(reply, EMSG_BOTH, MSG_NOT_IN_DIRECTORY, userid);
	if (rc < 0)
		return reply_to(reply, EMSG_BOTH, MSG_DIRECTORY_ERROR);
	rc = vm_find(userid) ? reply_to(reply, EMSG_BOTH, MSG_ALREADY_LOGGED_ON, userid, "") : 0;
	if (saved_restoring(userid))
		rc = reply_to(reply, EMSG_BOTH, MSG_LOGON_RESTORING, userid, saved_restoring(userid)->name);
	vm = rc ? NULL : machine_build(userid, entry, length, reply);
	if (vm) {
		terminal_defaults(s, entry, length);
		join(s, vm);
		session_welcome(vm);
		machine_start(vm, entry, length, noipl, &s->reply);
	}
	directory_release(entry, length);
	return vm ? 0 : rc ? rc : message_table[MSG_LOGON_ENTRY].number;
}

struct session *session_adopt(struct vm *vm)
{
	struct session *s = session_create();

	if (!s)
		return NULL;
	s->terminal = (struct terminal_settings){.line_size = 80, .hold = true};
	vm_publish(vm);
	join(s, vm);
	return s;
}

int session_autolog(const char *userid, struct reply *reply)
{
	struct session *s = session_create();
	int rc;

	if (!s)
		return reply_to(reply, EMSG_BOTH, MSG_NO_STORAGE, "AUTOLOG");
	s->busy = true; /* it has neither line nor machine yet and would end */
	rc = session_logon(s, userid, false, reply);
	s->busy = false;
	task_wake(&s->busy);
	task_wake(s);
	return rc;
}

/* ---- the end ---------------------------------------------------------------------- */

static void farewell(struct session *s, struct vm *vm)
{
	char text[80];

	when_account(vm, text, sizeof(text));
	if (vm->options & SET_ACNT)
		session_write(s, "%s", text);
	when_text(arch_clock(), text, sizeof(text));
	session_write(s, "LOGOFF AT %s", text);
}

static void tell_operator(const struct session *s, const struct vm *vm)
{
	char place[8];

	session_place(s, place, sizeof(place));
	if (strcmp(vm->userid, "OPERATOR") != 0)
		operator_write("LINE %-5s LOGOFF AS %-8s USERS = %03u", place, vm->userid, vm_count() - 1);
}

void session_logged_off(struct vm *vm)
{
	struct session *s = vm->session;

	if (!s)
		return;
	task_wake(s); /* from SLEEP */
	while (s->busy)
		task_sleep(&s->busy);
	farewell(s, vm);
	listing_drain(s);
	unit_record_close_all(vm);
	/* last, for closing takes its time, and until then the machine counts as a user */
	tell_operator(s, vm);
	vm->session = NULL;
	s->vm = NULL;
	s->dropped = 0;
	s->failures = 0;
	s->cp_read = s->unread = false;
	s->link[0] = '\0';
	s->logon_by[0] = '\0';
	if (s->line)
		session_greet(s);
	task_wake(s);
}

int cmd_logoff(struct command *c)
{
	if (c->count > 1 && !operand_is(c, 1, "HOLD", 2))
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	vm_request(c->vm, REQUEST_LOGOFF);
	return 0;
}

int cmd_disconnect(struct command *c)
{
	struct session *s = c->vm->session;
	struct line *line = s ? s->line : NULL;
	char when[40];

	if (c->count > 1 && !operand_is(c, 1, "HOLD", 2))
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	if (!line)
		return 0;
	when_text(arch_clock(), when, sizeof(when));
	session_write(s, "DISCONNECT AT %s", when);
	operator_write("LINE L%04u DISCONNECT %s USERS = %03u", line->number, c->vm->userid, vm_count());
	session_connect(s, NULL);
	if (!session_open_line(line))
		line_write(line, "NO STORAGE FOR A SESSION", 24);
	return 0;
}

int cmd_force(struct command *c)
{
	struct vm *vm;
	int rc = operand_vm(c, 1, &vm);

	if (rc)
		return rc;
	if (!vm->session || vm->requests & REQUEST_LOGOFF) /* not yet whole, or going already */
		return reply_message(c, MSG_LOGOFF_PENDING, vm->userid);
	vm_write(vm, "FORCED BY %s", c->vm->userid);
	vm_request(vm, REQUEST_LOGOFF);
	return 0;
}
