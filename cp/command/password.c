/*
 * password.c - is this the password?
 *
 * Owns: the comparison of a typed password with a directory secret. Before: pbkdf2.c, object.c. After: LOGON, AUTOLOG, LINK.
 * Heritage: DMKLOG compared eight characters in the clear.
 *
 * Nothing about a wrong answer tells why it was wrong: a secret that does not exist, or that admits nobody, is hashed as
 * the usual one is, and the caller answers all failures at the same time of day (logon.c).
 */
#include <cp/pbkdf2.h>
#include <cp/object.h>
#include <cp/session_private.h>
#include <cp/string.h>

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
