/*
 * secret.c - passwords become hashes.
 *
 * Owns: salts, and when a password is forgotten. Before it: check.c (nothing is hashed before everything is right). After it: the
 * database and the object directory, which never see a password.
 * Simplification: one processor does all the hashing.
 */
#include <ctype.h>
#include <string.h>
#include <sys/random.h>
#include <cp/pbkdf2.h>
#include "secret.h"

static void hash(const char *password, const struct secret *s, uint8_t digest[SHA256_DIGEST])
{
	struct pbkdf2 p;

	pbkdf2_start(&p, password, strlen(password), s->salt, sizeof(s->salt), 1, s->iterations);
	while (!pbkdf2_step(&p, s->iterations))
		;
	memcpy(digest, p.result, SHA256_DIGEST);
}

static bool secret_seal(struct secret *s, uint32_t iterations)
{
	if (s->text == NULL)
		return true;
	if (getrandom(s->salt, sizeof(s->salt), 0) != (ssize_t)sizeof(s->salt))
		return false;
	s->iterations = iterations;
	hash(s->text, s, s->digest);
	explicit_bzero((char *)s->text, strlen(s->text));
	s->text = NULL;
	return true;
}

static bool user_seal(struct user *u, uint32_t iterations)
{
	bool good = secret_seal(&u->password, iterations);

	for (struct device *d = u->devices; d != NULL && good; d = d->next)
		good = secret_seal(&d->read, iterations) && secret_seal(&d->write, iterations) &&
		       secret_seal(&d->multi, iterations);
	return good;
}

bool secrets_seal(struct model *m, uint32_t iterations)
{
	for (uint32_t i = 0; i < m->users.count; i++)
		if (!user_seal(m->users.entries[i], iterations))
			return false;
	return true;
}

bool secret_matches(const struct secret *s, const char *password)
{
	char upper[OBJECT_PASSWORD_MAX + 1] = "";
	uint8_t digest[SHA256_DIGEST];

	if (s->kind != SECRET_HASH || strlen(password) > OBJECT_PASSWORD_MAX)
		return false;
	for (size_t i = 0; password[i] != '\0'; i++)
		upper[i] = (char)toupper((unsigned char)password[i]);
	hash(upper, s, digest);
	return digest_equal(digest, s->digest);
}
