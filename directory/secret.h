/*
 * secret.h - passwords become hashes.
 */
#ifndef DIRECTORY_SECRET_H
#define DIRECTORY_SECRET_H

#include "model.h"

/* What is longest when a hash is written: "HASH:1000000:", 32 and 64 hexadecimal digits, a blank, and NUL. */
#define SECRET_TEXT_MAX 120

/* What a word in a password's place means: SECRET_NOLOG ... SECRET_ALL, else SECRET_HASH (a password, or a hash). */
uint8_t secret_word(const char *word);
/* The word for a kind other than SECRET_HASH. */
const char *secret_kind_word(uint8_t kind);
/*
 * A hash is written as two words, HASH:iterations:salt and the digest, all in hexadecimal; WEAK: instead of HASH: says that the
 * password is the userid. Does the word begin one?
 */
bool secret_is_hash(const char *word);
/* False: the two words are no hash. */
bool secret_parse(const char *word, const char *digest, struct secret *s);
/* Write a secret as secret_parse() and secret_word() read it. buf must hold SECRET_TEXT_MAX. */
const char *secret_print(const struct secret *s, char *buf);
/* The same password, as far as can be told without hashing? */
bool secret_same(const struct secret *a, const struct secret *b);

/*
 * Hash what is typed in all entries of the model; the typed text is gone after it. A password that is still the one in `old` (may be
 * NULL) keeps its hash. *hashed counts the hashes computed. False: the system gives no random numbers.
 */
bool secrets_seal(struct model *m, struct model *old, uint32_t iterations, uint64_t *hashed);
/* The same for one entry, whose old one may be NULL. */
bool secrets_seal_entry(struct user *u, const struct user *old, uint32_t iterations, uint64_t *hashed);
/* Does the password (any case) fit? */
bool secret_matches(const struct secret *s, const char *password);

#endif
