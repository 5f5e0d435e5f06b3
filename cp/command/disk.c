/*
 * disk.c - LINK, DETACH and DEFINE: the devices of one's own machine.
 *
 * Owns: those commands. Before: link.c, session/build.c. After: QUERY VIRTUAL. Heritage: DMKLNK, DMKDEF, DMKVDD.
 * Simplification: a device is detached although its owner may be in the middle of using it, as pulling a plug is.
 */
#include <cp/arch.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"

/* ---- LINK --------------------------------------------------------------------------------- */

struct wanted {
	const char *owner, *password;
	uint16_t owner_vdev, vdev;
	uint8_t mode;
	bool asked; /* PASS= was given */
};

/* "PASS= word", "PASS=word" or just the word. */
static const char *password_operand(struct command *c, unsigned n)
{
	if (strcmp(c->token[n], "PASS=") == 0)
		return c->token[n + 1];
	if (strncmp(c->token[n], "PASS=", 5) == 0)
		return c->token[n] + 5;
	return c->token[n];
}

static int link_operands(struct command *c, struct wanted *w)
{
	unsigned n = operand_is(c, 1, "TO", 1) && c->count > 4 ? 2 : 1;
	int rc = operand_userid(c, n++, &w->owner);

	if (rc == 0)
		rc = operand_vdev(c, n++, &w->owner_vdev);
	if (rc)
		return rc;
	if (operand_is(c, n, "AS", 2) && c->count > n + 1)
		n++;
	rc = operand_vdev(c, n++, &w->vdev);
	if (rc)
		return rc;
	w->mode = strcmp(w->owner, c->vm->userid) == 0 ? LINK_W : LINK_R;
	if (c->count > n && strncmp(c->token[n], "PASS=", 5) != 0) {
		w->mode = link_mode_find(c->token[n]);
		if (!w->mode)
			return reply_message(c, MSG_LINK_MODE, c->token[n]);
		n++;
	}
	w->asked = strncmp(c->token[n], "PASS=", 5) == 0;
	w->password = password_operand(c, n);
	return 0;
}

/* OPTION LNKNOPAS in the issuer's own entry. */
static bool needs_no_password(const char *userid)
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
		if (be16_get(r->type) == OBJECT_MACHINE)
			found = be32_get(((const struct object_machine *)r)->options) &
				OBJECT_OPTION_LNKNOPAS;
	directory_release(entry, length);
	return found;
}

/* R and RR ask the read password, W and WR the write password, the M modes the multi password. */
static const struct object_secret *secret_of(const struct object_mdisk *m, uint8_t mode,
					     enum message_id *none)
{
	if (mode <= LINK_RR) {
		*none = MSG_LINK_NO_READ;
		return &m->read;
	}
	if (mode <= LINK_WR) {
		*none = MSG_LINK_NO_WRITE;
		return &m->write;
	}
	*none = MSG_LINK_NO_MULTI;
	return &m->multi;
}

/*
 * At a terminal CP asks for a password that was left out. The answer is put behind the command, which then runs again;
 * PASS= says that it has been asked for.
 */
static bool ask_password(struct command *c, const struct wanted *w)
{
	struct session *s = c->session;

	if (!s || w->asked || w->password[0])
		return false;
	format(s->link, sizeof(s->link), "LINK %s %X AS %X %s PASS=", w->owner, w->owner_vdev, w->vdev,
	       link_mode_name(w->mode));
	session_write(s, "ENTER %s PASSWORD:",
		      w->mode <= LINK_RR   ? "READ"
		      : w->mode <= LINK_WR ? "WRITE"
					   : "MULT");
	return true;
}

void link_password(struct session *s, const char *text)
{
	char command[COMMAND_MAX + 1];

	while (*text == ' ')
		text++;
	format(command, sizeof(command), "%s%s", s->link, text);
	s->link[0] = '\0';
	command_run(command, s->vm, s, NULL, s->vm->classes, &s->reply);
	memset(command, 0, sizeof(command));
}

static int wrong_password(struct command *c, const struct wanted *w, const char *vdev, tod_t began)
{
	char last[USERID_MAX + 8];

	format(last, sizeof(last), "%s %s", w->owner, vdev);
	password_wrong(c->vm->session, began, "LINK", last);
	return reply_message(c, MSG_LINK_PASSWORD, w->owner, vdev);
}

/* 0 he may; < 0 he is asked for the password. */
static int password_check(struct command *c, const struct wanted *w, const struct object_mdisk *m)
{
	enum message_id none;
	const struct object_secret *secret = secret_of(m, w->mode, &none);
	tod_t began = arch_clock();
	char vdev[8];

	if (strcmp(w->owner, c->vm->userid) == 0 || secret->kind == SECRET_ALL ||
	    needs_no_password(c->vm->userid))
		return 0;
	format(vdev, sizeof(vdev), "%04X", w->owner_vdev);
	if (secret->kind == SECRET_NONE)
		return reply_message(c, none, w->owner, vdev);
	if (ask_password(c, w))
		return -1;
	if (lockout_active(LOCKOUT_LINK, c->vm->userid) || !password_matches(secret, w->password)) {
		if (!lockout_active(LOCKOUT_LINK, c->vm->userid))
			lockout_failed(LOCKOUT_LINK, c->vm->userid);
		return wrong_password(c, w, vdev, began);
	}
	lockout_clear(LOCKOUT_LINK, c->vm->userid);
	return 0;
}

int cmd_link(struct command *c)
{
	struct object_mdisk m;
	struct wanted w = {0};
	struct minidisk *d;
	int rc = link_operands(c, &w);

	if (rc == 0)
		rc = link_lookup(w.owner, w.owner_vdev, &m, c->reply);
	if (rc == 0)
		rc = password_check(c, &w, &m);
	if (rc == 0)
		rc = link_make(c->vm, w.owner, &m, w.vdev, w.mode, c->reply);
	if (rc)
		return rc < 0 ? 0 : rc;
	d = minidisk_of(device_find(c->vm, w.vdev));
	reply_line(c, "DASD %04X LINKED %s", w.vdev, d && d->read_only ? "R/O" : "R/W");
	return 0;
}

/* ---- DETACH -------------------------------------------------------------------------------- */

int cmd_detach(struct command *c)
{
	struct device *d;

	for (unsigned n = 1; n < c->count; n++) {
		char kind[8];
		uint16_t vdev;
		int rc = operand_device(c, n, &d);

		if (rc)
			return rc;
		string_copy(kind, sizeof(kind), d->class->query_name);
		vdev = d->vdev;
		device_destroy(d);
		reply_line(c, "%s %04X DETACHED", kind, vdev);
	}
	return 0;
}

/* ---- DEFINE --------------------------------------------------------------------------------- */

static int define_unit(struct command *c, const char *class_name, char class)
{
	unsigned n = operand_is(c, 2, "AS", 2) && c->count > 3 ? 3 : 2;
	const struct device_class *k = device_class_find(class_name);
	uint16_t vdev;
	int rc = operand_vdev(c, n, &vdev);

	if (rc)
		return rc;
	if (device_find(c->vm, vdev))
		return reply_message(c, MSG_DEVICE_DEFINED, c->token[n]);
	rc = build_unit(c->vm, vdev, class_name, class, c->reply);
	if (rc == 0)
		reply_line(c, "%s %04X DEFINED", k->query_name, vdev);
	return rc;
}

/* {TFB-512|VFB-512} [AS] vdev [BLK] blocks */
static int define_temporary(struct command *c, uint8_t kind)
{
	unsigned n = operand_is(c, 2, "AS", 2) && c->count > 3 ? 3 : 2;
	uint16_t vdev;
	uint64_t blocks;
	int rc = operand_vdev(c, n++, &vdev);

	if (rc)
		return rc;
	if (operand_is(c, n, "BLK", 3) && c->count > n + 1)
		n++;
	if (!string_decimal(c->token[n], &blocks) || blocks < 1 || blocks > OBJECT_TEMPORARY_MAX)
		return reply_message(c, MSG_OPERAND_MISSING, c->token[n][0] ? c->token[n] : "blocks");
	rc = link_make_temporary(c->vm, kind, (uint32_t)blocks, vdev, LINK_MR, c->reply);
	if (rc == 0)
		reply_line(c, "DASD %04X DEFINED", vdev);
	return rc;
}

int cmd_define(struct command *c)
{
	if (operand_is(c, 1, "TFB-512", 3))
		return define_temporary(c, OBJECT_TEMPORARY_SPOOL);
	if (operand_is(c, 1, "VFB-512", 3))
		return define_temporary(c, OBJECT_TEMPORARY_STORAGE);
	if (operand_is(c, 1, "STORAGE", 3))
		return define_storage(c);
	if (operand_is(c, 1, "READER", 1))
		return define_unit(c, "2540", '*');
	if (operand_is(c, 1, "PRINTER", 1))
		return define_unit(c, "1403", 'A');
	if (operand_is(c, 1, "PUNCH", 2))
		return define_unit(c, "2540P", 'A');
	if (operand_is(c, 1, "CONSOLE", 3) && !device_find_kind(c->vm, "CONS"))
		return define_unit(c, "3215", 'T');
	return reply_message(c, MSG_INVALID_DEVICE_TYPE, c->token[1]);
}
