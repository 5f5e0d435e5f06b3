/*
 * pbkdf2.h - PBKDF2-HMAC-SHA-256 (RFC 8018, section 5.2), in steps.
 *
 * A thousand iterations are some 4 to 5 million instructions on a z900. CP must not be away from its users for so long, so the
 * caller takes the iterations a few hundred at a time and lets others run in between:
 *
 *	struct pbkdf2 p;
 *	pbkdf2_start(&p, password, strlen(password), salt, sizeof(salt), 1, iterations);
 *	while (!pbkdf2_step(&p, 10))
 *		task_yield();
 *	if (digest_equal(p.result, wanted)) ...
 */
#ifndef CP_PBKDF2_H
#define CP_PBKDF2_H

#include <stdbool.h>
#include <cp/sha256.h>

struct pbkdf2 {
	uint32_t inner[8], outer[8];   /* the two hash states after the key's block */
	uint8_t u[SHA256_DIGEST];      /* the last iteration's value */
	uint8_t result[SHA256_DIGEST]; /* all of them, exclusive-or: the key once step returns true */
	uint32_t left;                 /* iterations still to do */
};

/* Begin block number `block` (1: the first 32 bytes of the key). iterations >= 1; salt at most 1024 bytes is wise, any length works. */
void pbkdf2_start(struct pbkdf2 *p, const void *password, size_t password_length, const void *salt,
		  size_t salt_length, uint32_t block, uint32_t iterations);

/* At most `iterations` further ones. True: done, the result stands. */
bool pbkdf2_step(struct pbkdf2 *p, uint32_t iterations);

/* Compare in a time that does not tell where they differ. */
bool digest_equal(const uint8_t a[SHA256_DIGEST], const uint8_t b[SHA256_DIGEST]);

#endif
