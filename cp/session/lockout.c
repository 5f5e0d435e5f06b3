/*
 * lockout.c - nobody guesses for long.
 *
 * Owns: how often in a row a password was wrong, by the name that it was to open. Before: a timer. After: LOGON and AUTOLOG (the userid asked
 * for), LINK (the user who asks).
 * Heritage: SET JOURNAL of VM/370 (DMKJRL): LOGON limits and the operator's message.
 * Simplification: the list is short and in storage: an IPL forgets it, and when it is full the smallest offender is forgotten.
 *
 * While a name is locked every password is wrong, the right one too, and the answer is the same as ever: who guesses learns
 * nothing from it. The lock ends by itself, so that nobody is kept out for long by somebody else's guesses.
 */
#include <cp/arch.h>
#include <cp/session_private.h>
#include <cp/string.h>

#define LOCKOUT_NAMES 64

static struct lockout {
	char name[USERID_MAX + 1];
	enum lockout_kind kind;
	unsigned failures;
	tod_t until;
} lockouts[LOCKOUT_NAMES];

static struct lockout *lockout_find(enum lockout_kind kind, const char *name)
{
	for (unsigned i = 0; i < LOCKOUT_NAMES; i++)
		if (lockouts[i].failures && lockouts[i].kind == kind && strcmp(lockouts[i].name, name) == 0)
			return &lockouts[i];
	return NULL;
}

bool lockout_active(enum lockout_kind kind, const char *name)
{
	const struct lockout *l = lockout_find(kind, name);

	return l && arch_clock() < l->until;
}

static struct lockout *lockout_make(enum lockout_kind kind, const char *name)
{
	struct lockout *least = &lockouts[0];

	for (unsigned i = 1; i < LOCKOUT_NAMES; i++)
		if (lockouts[i].failures < least->failures)
			least = &lockouts[i];
	memset(least, 0, sizeof(*least));
	least->kind = kind;
	string_copy(least->name, sizeof(least->name), name);
	return least;
}

bool lockout_failed(enum lockout_kind kind, const char *name)
{
	struct lockout *l = lockout_find(kind, name);

	if (!l)
		l = lockout_make(kind, name);
	l->failures++;
	if (l->failures % LOCKOUT_FAILURES != 0)
		return false;
	l->until = arch_clock() + LOCKOUT_TIME;
	return true;
}

void lockout_clear(enum lockout_kind kind, const char *name)
{
	struct lockout *l = lockout_find(kind, name);

	if (l)
		l->failures = 0;
}
