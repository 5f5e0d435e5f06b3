/*
 * directory.c - DIRECTORY: which one is in use, and taking another.
 *
 * Owns: the operator's side of a swap; the host types these commands for `vm40 direct`, and reads the answers. Before: cp/volume/swap.c.
 * After: DIAGNOSE X'3C', which is the same for a guest.
 * Heritage: DIRECT's last act, and DISKMAP's first.
 * Simplification: the answers are for people and for the host alike.
 */
#include <cp/arch.h>
#include <cp/object.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include <cp/volume.h>

#include "commands.h"

#define HOLD (600 * TOD_SECOND)

static int in_use(struct command *c)
{
	reply_line(c, "DIRECTORY GENERATION %u IN USE, %u USERS", (unsigned)directory_generation(),
		   directory_count());
	return 0;
}

/* ---- SWAP ----------------------------------------------------------------------------------------------------- */

static void report(void *context, const char *userid, bool removed)
{
	if (removed)
		reply_line(context, "%s IS NOT IN THE DIRECTORY ANY MORE: THE MACHINE STAYS UNTIL LOGOFF",
			   userid);
	else
		reply_line(context, "%s IS CHANGED AT THE NEXT LOGON", userid);
}

/* Sixteen hexadecimal digits. */
static bool identity_parse(const char *text, uint8_t identity[DIRECTORY_IDENTITY])
{
	if (strlen(text) != 2 * DIRECTORY_IDENTITY)
		return false;
	memset(identity, 0, DIRECTORY_IDENTITY);
	for (unsigned i = 0; i < 2 * DIRECTORY_IDENTITY; i++) {
		char t = text[i];
		int digit = t >= '0' && t <= '9' ? t - '0' : t >= 'A' && t <= 'F' ? t - 'A' + 10 : -1;

		if (digit < 0)
			return false;
		identity[i / 2] = (uint8_t)(identity[i / 2] << 4 | digit);
	}
	return true;
}

static int swap(struct command *c)
{
	uint8_t identity[DIRECTORY_IDENTITY];
	int status;

	if (c->count > 2 && !identity_parse(c->token[2], identity))
		return reply_message(c, MSG_INVALID_OPERAND, c->token[2]);
	status = directory_swap(c->count > 2 ? identity : NULL, report, c);
	if (status == OBJECT_OK)
		return in_use(c);
	reply_line(c, "DIRECTORY NOT SWAPPED: %s",
		   status == OBJECT_MISSING ? "there is no newer one on the volume, or not the one meant"
					    : object_status_text(status));
	return 1;
}

/* ---- a user ----------------------------------------------------------------------------------------------------- */

static int find(struct command *c, const char *userid)
{
	void *entry;
	size_t length;
	int rc = directory_lookup(userid, &entry, &length);

	if (rc)
		return reply_message(c, rc > 0 ? MSG_NOT_IN_DIRECTORY : MSG_DIRECTORY_ERROR, userid);
	directory_release(entry, length);
	reply_line(c, "%s HAS AN ENTRY OF %u BYTES", userid, (unsigned)length);
	return 0;
}

int cmd_directory(struct command *c)
{
	const char *userid;
	int rc;

	if (c->count < 2)
		return in_use(c);
	if (operand_is(c, 1, "SWAP", 4))
		return swap(c);
	if (operand_is(c, 1, "HOLD", 4) || operand_is(c, 1, "RELEASE", 3)) {
		bool hold = operand_is(c, 1, "HOLD", 4);

		directory_hold_until(hold ? arch_clock() + HOLD : 0);
		reply_line(c, "DIRECTORY %s", hold ? "HELD" : "RELEASED");
		return 0;
	}
	rc = operand_userid(c, 1, &userid);
	return rc ? rc : find(c, userid);
}
