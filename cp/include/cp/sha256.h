/*
 * sha256.h - SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104).
 */
#ifndef CP_SHA256_H
#define CP_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK  64u
#define SHA256_DIGEST 32u

/* A hash being made. */
struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes taken so far */
	uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_update(struct sha256 *s, const void *data, size_t length);
void sha256_final(struct sha256 *s, uint8_t digest[SHA256_DIGEST]);

/* The compression function alone: one block of 64 bytes into the state. */
void sha256_compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK]);

/* Keyed hash of one piece of data. Any key length. */
void hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
		 uint8_t digest[SHA256_DIGEST]);
/* The state after the padded key's block, for the inner (pad 0x36) or the outer (pad 0x5c) hash. */
void hmac_sha256_key(struct sha256 *s, const void *key, size_t key_length, uint8_t pad);

#endif
