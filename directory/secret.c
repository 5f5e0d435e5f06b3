/*
 * secret.c - passwords become hashes.
 *
 * Owns: the words of a password, salts, and when a password is forgotten. Before it: check.c (nothing is hashed before everything is right). After it: the
 * database and the object directory, which never see a password.
 * Simplification: one processor does all the hashing.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <cp/pbkdf2.h>
#include "secret.h"

/* ---- as words ------------------------------------------------------------------------------------------------- */

static const struct {
	uint8_t kind;
	const char *word;
} words[] = {{SECRET_NOLOG, "NOLOG"},
	     {SECRET_NOPASS, "NOPASS"},
	     {SECRET_AUTOONLY, "AUTOONLY"},
	     {SECRET_LBYONLY, "LBYONLY"},
	     {SECRET_ALL, "ALL"}};

uint8_t secret_word(const char *word)
{
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i].word) == 0)
			return words[i].kind;
	return SECRET_HASH;
}

const char *secret_kind_word(uint8_t kind)
{
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].kind == kind)
			return words[i].word;
	return "";
}

bool secret_is_hash(const char *word)
{
	return strncmp(word, "HASH:", 5) == 0 || strncmp(word, "WEAK:", 5) == 0;
}

/* Exactly so many bytes, two hexadecimal digits each. */
static bool hex_parse(const char *text, uint8_t *bytes, size_t count)
{
	if (strlen(text) != 2 * count || strspn(text, "0123456789ABCDEF") != 2 * count)
		return false;
	for (size_t i = 0; i < 2 * count; i++) {
		uint8_t digit = (uint8_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'A' + 10);

		bytes[i / 2] = (uint8_t)(i % 2 ? bytes[i / 2] | digit : digit << 4);
	}
	return true;
}

bool secret_parse(const char *word, const char *digest, struct secret *s)
{
	char *end;
	unsigned long iterations = strtoul(word + 5, &end, 10);

	if (!secret_is_hash(word) || word[5] < '1' || word[5] > '9' || *end != ':' ||
	    iterations > SECRET_ITERATIONS_MAX)
		return false;
	s->kind = SECRET_HASH;
	s->weak = word[0] == 'W';
	s->iterations = (uint32_t)iterations;
	return hex_parse(end + 1, s->salt, sizeof(s->salt)) &&
	       hex_parse(digest, s->digest, sizeof(s->digest));
}

static char *hex_print(char *at, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		*at++ = "0123456789ABCDEF"[bytes[i] >> 4];
		*at++ = "0123456789ABCDEF"[bytes[i] & 15];
	}
	*at = '\0';
	return at;
}

const char *secret_print(const struct secret *s, char *buf)
{
	char *at = buf;

	if (s->kind != SECRET_HASH)
		return strcpy(buf, secret_kind_word(s->kind));
	at += sprintf(at, "%s:%u:", s->weak ? "WEAK" : "HASH", s->iterations);
	at = hex_print(at, s->salt, sizeof(s->salt));
	*at++ = ' ';
	hex_print(at, s->digest, sizeof(s->digest));
	return buf;
}

bool secret_same(const struct secret *a, const struct secret *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->kind != b->kind || a->text != NULL || b->text != NULL)
		return false;
	return a->kind != SECRET_HASH || (a->iterations == b->iterations && a->weak == b->weak &&
					  memcmp(a->salt, b->salt, sizeof(a->salt)) == 0 &&
					  memcmp(a->digest, b->digest, sizeof(a->digest)) == 0);
}

/* ---- hashed ---------------------------------------------------------------------------------------------------- */

static void hash(const char *password, const struct secret *s, uint8_t digest[SHA256_DIGEST])
{
	struct pbkdf2 p;

	pbkdf2_start(&p, password, strlen(password), s->salt, sizeof(s->salt), 1, s->iterations);
	while (!pbkdf2_step(&p, s->iterations))
		;
	memcpy(digest, p.result, SHA256_DIGEST);
}

/* Hash a typed password, unless it is what the old secret already keeps. */
static bool secret_seal(struct secret *s, const struct secret *old, uint32_t iterations, uint64_t *hashed)
{
	if (s == NULL || s->text == NULL)
		return true;
	++*hashed;
	if (old != NULL && old->iterations == iterations && secret_matches(old, s->text)) {
		bool weak = s->weak;

		explicit_bzero((char *)s->text, strlen(s->text));
		*s = *old;
		s->weak = weak;
		return true;
	}
	if (getrandom(s->salt, sizeof(s->salt), 0) != (ssize_t)sizeof(s->salt))
		return false;
	s->iterations = iterations;
	hash(s->text, s, s->digest);
	explicit_bzero((char *)s->text, strlen(s->text));
	s->text = NULL;
	return true;
}

bool secrets_seal_entry(struct user *u, const struct user *old, uint32_t iterations, uint64_t *hashed)
{
	bool good = secret_seal(&u->password, old != NULL ? &old->password : NULL, iterations, hashed);

	for (struct device *d = u->devices; d != NULL && good; d = d->next) {
		const struct device *before =
			old != NULL && d->kind == DEVICE_MDISK ? user_find_device(old, d->vdev) : NULL;

		for (unsigned i = 0; i < ACCESSES && good; i++)
			good = secret_seal(d->secret[i], before != NULL ? before->secret[i] : NULL,
					   iterations, hashed);
	}
	return good;
}

bool secrets_seal(struct model *m, struct model *old, uint32_t iterations, uint64_t *hashed)
{
	for (uint32_t i = 0; i < m->users.count; i++) {
		struct user *u = m->users.entries[i];

		if (!secrets_seal_entry(u, old != NULL ? table_find(&old->users, u->userid) : NULL,
					iterations, hashed))
			return false;
	}
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
