/*
 * password.c - is this the password?
 *
 * Owns: the comparison of a typed password with a directory secret. Before: pbkdf2.c, object.c. After: LOGON, AUTOLOG, LINK.
 * Heritage: DMKLOG compared eight characters in the clear.
 *
 * Nothing about a wrong answer tells why it was wrong: a secret that does not exist, or that admits nobody, is hashed as
 * the usual one is, and all failures are answered at one moment: a multiple of the delay after the command was read,
 * however long the hashing took. The delay grows with the failures in a row at the session.
 */
#include <cp/arch.h>
#include <cp/pbkdf2.h>
#include <cp/object.h>
#include <cp/session_private.h>
#include <cp/string.h>

#define FAILURE_DELAY      (2 * TOD_SECOND)
#define FAILURE_DELAYS_MAX 8 /* so many delays at most */
#define FAILURES_TOLD      4 /* the operator hears of every fourth in a row */

#define STEP 10 /* iterations between two yields: 50,000 instructions on a z900 */

bool password_matches(const struct object_secret *secret, const char *text)
{
	bool hashed = secret && secret->kind == SECRET_HASH;
	uint32_t iterations = hashed ? be32_get(secret->iterations) : SECRET_ITERATIONS;
	static const uint8_t nothing[SECRET_SALT];
	struct pbkdf2 p;
	bool equal;

	pbkdf2_start(&p, text, strlen(text), hashed ? secret->salt : nothing, SECRET_SALT, 1, iterations);
	while (!pbkdf2_step(&p, STEP))
		task_yield();
	equal = hashed && digest_equal(p.result, secret->digest);
	memset(&p, 0, sizeof(p));
	return equal;
}

static void tell_operator(const struct session *s, const char *command, const char *last)
{
	char text[REPLY_LINE_MAX], place[8];

	session_place(s, place, sizeof(place));
	message_format(text, sizeof(text), SET_EMSG_CODE | SET_EMSG_TEXT, MSG_PASSWORD_ATTEMPTS, s->failures,
		       command, place, last);
	operator_write("%s", text);
}

void password_wrong(struct session *s, tod_t began, const char *command, const char *last)
{
	unsigned failures = s ? s->failures : 0;
	unsigned delays = failures < FAILURE_DELAYS_MAX ? failures + 1 : FAILURE_DELAYS_MAX;
	tod_t due = began + delays * FAILURE_DELAY;

	while (due < arch_clock())
		due += FAILURE_DELAY;
	while (arch_clock() < due)
		task_sleep_until(&due, due);
	if (!s)
		return;
	s->failures++;
	if (s->line)
		s->line->failures = s->failures;
	if (s->failures % FAILURES_TOLD == 0)
		tell_operator(s, command, last);
}
