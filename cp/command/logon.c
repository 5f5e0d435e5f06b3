/*
 * logon.c - LOGON: who is it, and what does he get.
 *
 * Owns: LOGON with its password, BY and HERE, reconnecting, and AUTOLOG's password. Before: password.c, build.c.
 * After: logoff.c. Heritage: DMKLOG, DMKLGA, DMKJRL (the journal of wrong passwords).
 * Simplification: the password of a command line is seen on the terminal that typed it; the question that LOGON asks
 * when it is left out lets the terminal program hide it.
 *
 * A wrong userid, a wrong password and a user who may not log on get one answer, at one moment (password.c).
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/object.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include <cp/volume.h>

#include "commands.h"

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

/* ---- what the directory says ------------------------------------------------------ */

struct credentials {
	struct object_secret secret; /* the kind is SECRET_NONE when there is no such user */
	bool logonby;                /* the user asked about stands in LOGONBY */
};

static bool same_name(const uint8_t padded[8], const char *userid)
{
	size_t n = strlen(userid);

	if (n > 8 || memcmp(padded, userid, n) != 0)
		return false;
	while (n < 8)
		if (padded[n++] != ' ')
			return false;
	return true;
}

static void credentials_take(struct credentials *cr, const void *entry, size_t length, const char *by)
{
	const struct object_record *r;
	struct object_cursor c;

	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL) {
		if (be16_get(r->type) == OBJECT_PASSWORD)
			cr->secret = ((const struct object_password *)r)->secret;
		if (be16_get(r->type) == OBJECT_LOGONBY &&
		    same_name(((const struct object_userid *)r)->userid, by))
			cr->logonby = true;
	}
}

/* 0, also when there is no such user; < 0 when the directory cannot be read. */
static int credentials_get(struct credentials *cr, const char *userid, const char *by)
{
	void *entry;
	size_t length;
	int rc;

	memset(cr, 0, sizeof(*cr));
	rc = directory_lookup(userid, &entry, &length);
	if (rc == 0) {
		credentials_take(cr, entry, length, by);
		directory_release(entry, length);
	}
	return rc < 0 ? rc : 0;
}

static bool own_password(const struct credentials *cr, const char *password)
{
	bool matches = password_matches(&cr->secret, password);

	return matches || cr->secret.kind == SECRET_NOPASS;
}

/* BY: the other one's password, if this entry lets him in and may be logged on at all. */
static bool by_password(const struct credentials *cr, const struct credentials *by, const char *password)
{
	bool matches = password_matches(&by->secret, password);

	return matches && cr->logonby && cr->secret.kind != SECRET_NOLOG &&
	       cr->secret.kind != SECRET_AUTOONLY && cr->secret.kind != SECRET_NONE;
}

/* 1 admitted, 0 not, < 0 the directory cannot be read. */
static int admitted(const struct logon *l, const char *password)
{
	struct credentials cr, by;

	if (credentials_get(&cr, l->userid, l->by) < 0)
		return -1;
	if (!l->by[0])
		return own_password(&cr, password);
	if (credentials_get(&by, l->by, "") < 0)
		return -1;
	return by_password(&cr, &by, password);
}

/* ---- failure ---------------------------------------------------------------------- */

/* A right password does not count while the name is locked. */
static void failure_count(const struct logon *l, const char *place)
{
	if (!lockout_active(LOCKOUT_LOGON, l->userid) && lockout_failed(LOCKOUT_LOGON, l->userid)) {
		char text[REPLY_LINE_MAX];

		message_format(text, sizeof(text), EMSG_BOTH, MSG_LOCKED_OUT, LOCKOUT_FAILURES, l->userid,
			       (unsigned)(LOCKOUT_TIME / (60 * TOD_SECOND)));
		operator_write("%s %s", text, place);
	}
}

static int fail(struct session *s, const struct logon *l, tod_t began)
{
	char place[8];

	session_place(s, place, sizeof(place));
	failure_count(l, place);
	password_wrong(s, began, "LOGON", l->userid);
	return reply_to(&s->reply, EMSG_BOTH, MSG_LOGON_FAILED);
}

/* ---- success ---------------------------------------------------------------------- */

/* The session of a user who comes back takes this session's line; this one, now without line and machine, ends. */
static int reconnect(struct session *s, struct session *old)
{
	struct line *line = s->line, *left = old->line;
	char when[40];

	session_connect(s, NULL);
	if (left) {
		session_write(old, "RECONNECTED AT ANOTHER TERMINAL");
		session_connect(old, NULL);
		session_open_line(left);
	}
	if (!line)
		return 0;
	session_connect(old, line);
	when_text(arch_clock(), when, sizeof(when));
	session_write(old, "RECONNECTED AT %s", when);
	operator_write("LINE L%04u RECONNECT %s USERS = %03u", line->number, old->vm->userid, vm_count());
	if (old->vm->stopped)
		reply_to(&old->reply, old->vm->options & EMSG_BOTH, MSG_RECONNECTED_STOPPED);
	task_wake(old);
	return 0;
}

static int enter(struct session *s, const struct logon *l)
{
	struct vm *vm = vm_find(l->userid);
	char place[8];

	s->failures = 0;
	if (s->line)
		s->line->failures = 0;
	if (!vm) {
		int rc = session_logon(s, l->userid, l->noipl, &s->reply);
		if (rc == 0)
			string_copy(s->logon_by, sizeof(s->logon_by), l->by);
		return rc;
	}
	if (!vm->session || vm->requests & REQUEST_LOGOFF)
		return reply_to(&s->reply, EMSG_BOTH, MSG_LOGON_BUSY, l->userid);
	if (vm->session->line && !l->here) {
		session_place(vm->session, place, sizeof(place));
		return reply_to(&s->reply, EMSG_BOTH, MSG_ALREADY_LOGGED_ON, l->userid, place);
	}
	return reconnect(s, vm->session);
}

static int attempt(struct session *s, const struct logon *l, const char *password)
{
	tod_t began = arch_clock();
	int ok = admitted(l, password);

	if (ok < 0)
		return reply_to(&s->reply, EMSG_BOTH, MSG_DIRECTORY_ERROR);
	if (!ok || lockout_active(LOCKOUT_LOGON, l->userid))
		return fail(s, l, began);
	lockout_clear(LOCKOUT_LOGON, l->userid);
	return enter(s, l);
}

/* ---- the command ------------------------------------------------------------------- */

static bool logon_keyword(struct command *c, unsigned n)
{
	return operand_is(c, n, "BY", 2) || operand_is(c, n, "HERE", 4) || operand_is(c, n, "NOIPL", 1) ||
	       operand_is(c, n, "MASK", 1);
}

static int logon_options(struct command *c, unsigned n, struct logon *l)
{
	const char *by;
	int rc;

	for (; n < c->count; n++) {
		if (operand_is(c, n, "HERE", 4))
			l->here = true;
		else if (operand_is(c, n, "NOIPL", 1))
			l->noipl = true;
		else if (operand_is(c, n, "BY", 2)) {
			rc = operand_userid(c, ++n, &by);
			if (rc)
				return rc;
			string_copy(l->by, sizeof(l->by), by);
		} else if (!operand_is(c, n, "MASK", 1))
			return reply_message(c, MSG_INVALID_OPTION, c->token[n]);
	}
	return 0;
}

/* NOPASS is the one kind of user who is not asked. */
static bool no_question(const struct logon *l)
{
	struct credentials cr;

	return !l->by[0] && credentials_get(&cr, l->userid, "") == 0 && cr.secret.kind == SECRET_NOPASS;
}

int cmd_logon(struct command *c)
{
	struct session *s = c->session;
	struct logon l = {0};
	const char *userid;
	bool password;
	int rc;

	if (!s)
		return reply_message(c, MSG_TERMINAL_ONLY, "LOGON");
	if (c->vm)
		return reply_message(c, MSG_ALREADY_LOGGED_ON, c->vm->userid, "here");
	rc = operand_userid(c, 1, &userid);
	if (rc)
		return rc;
	string_copy(l.userid, sizeof(l.userid), userid);
	password = c->count > 2 && !logon_keyword(c, 2);
	rc = logon_options(c, password ? 3 : 2, &l);
	if (rc)
		return rc;
	if (password || no_question(&l)) {
		char text[COMMAND_MAX + 1];

		string_copy(text, sizeof(text), password ? c->token[2] : "");
		memset(c->text, 0, sizeof(c->text));
		memset(c->buffer, 0, sizeof(c->buffer));
		return attempt(s, &l, text);
	}
	s->logon = l;
	s->logon.waiting = true;
	session_write(s, "ENTER PASSWORD:");
	return 0;
}

int logon_password(struct session *s, const char *text)
{
	struct logon l = s->logon;
	char password[LINE_INPUT_MAX + 1];
	size_t n;

	s->logon.waiting = false;
	while (*text == ' ')
		text++;
	string_copy(password, sizeof(password), text);
	for (n = strlen(password); n > 0 && password[n - 1] == ' '; n--)
		password[n - 1] = '\0';
	string_upper(password);
	return attempt(s, &l, password);
}

/* ---- AUTOLOG ------------------------------------------------------------------------- */

/* Does the entry of userid let this user start it without a password? */
static bool autolog_permitted(const char *userid, const char *by)
{
	const struct object_record *r;
	struct object_cursor c;
	bool found = false;
	void *entry;
	size_t length;

	if (directory_lookup(userid, &entry, &length) != 0)
		return false;
	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_AUTOLOG &&
		    same_name(((const struct object_userid *)r)->userid, by))
			found = true;
	directory_release(entry, length);
	return found;
}

static int autolog(struct command *c, const char *userid)
{
	int rc;

	if (vm_find(userid))
		return reply_message(c, MSG_AUTOLOG_FAILED, userid, "already logged on");
	rc = session_autolog(userid, c->reply);
	if (rc == 0)
		reply_line(c, "AUTO LOGON  ***  %-8s USERS = %03u", userid, vm_count());
	return rc;
}

/* AUTOLOG userid password: for those who know it. */
int cmd_autolog(struct command *c)
{
	tod_t began = arch_clock();
	struct logon l = {0};
	const char *userid;
	int rc = operand_userid(c, 1, &userid);

	if (rc)
		return rc;
	string_copy(l.userid, sizeof(l.userid), userid);
	rc = admitted(&l, c->token[2]);
	if (rc > 0 && !lockout_active(LOCKOUT_LOGON, userid))
		return autolog(c, userid);
	failure_count(&l, c->vm->userid);
	password_wrong(c->vm->session, began, "AUTOLOG", userid);
	return reply_message(c, MSG_LOGON_FAILED);
}

int cmd_xautolog(struct command *c)
{
	const char *userid;
	int rc = operand_userid(c, 1, &userid);

	if (rc)
		return rc;
	if (!(c->classes & (CLASS('A') | CLASS('B'))) && !autolog_permitted(userid, c->vm->userid))
		return reply_message(c, MSG_AUTOLOG_FAILED, userid,
				     "its directory entry does not permit you");
	return autolog(c, userid);
}
