/*
 * sha256.c - SHA-256 and HMAC-SHA-256.
 *
 * Owns: the compression function. Before it: nothing. After it: pbkdf2.c, which turns it into a slow hash for passwords.
 * Source: FIPS 180-4, sections 4.1.2, 4.2.2, 5.1.1 and 6.2; RFC 2104.
 * Simplification: plain C, no use of the machine's own hashing instructions (KIMD): emulators differ in having them.
 */
#include <cp/sha256.h>
#include <cp/string.h>

/* FIPS 180-4, 4.2.2: the fractions of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate_right(uint32_t x, unsigned n)
{
	return x >> n | x << (32 - n);
}

static uint32_t word_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void word_put(uint8_t *p, uint32_t w)
{
	p[0] = (uint8_t)(w >> 24);
	p[1] = (uint8_t)(w >> 16);
	p[2] = (uint8_t)(w >> 8);
	p[3] = (uint8_t)w;
}

/* FIPS 180-4, 6.2.2. The schedule w is kept as a window of 16 words: word t + 16 takes the place of word t. */
static uint32_t schedule(uint32_t w[16], unsigned t)
{
	uint32_t w15 = w[(t + 1) & 15], w2 = w[(t + 14) & 15];

	if (t >= 16)
		w[t & 15] += w[(t + 9) & 15] + (rotate_right(w15, 7) ^ rotate_right(w15, 18) ^ w15 >> 3) +
			     (rotate_right(w2, 17) ^ rotate_right(w2, 19) ^ w2 >> 10);
	return w[t & 15];
}

void sha256_compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK])
{
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	uint32_t w[16];

	for (unsigned t = 0; t < 16; t++)
		w[t] = word_get(block + (size_t)4 * t);
	for (unsigned t = 0; t < 64; t++) {
		uint32_t t1 = h + (rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25)) +
			      ((e & f) ^ (~e & g)) + k[t] + schedule(w, t);
		uint32_t t2 = (rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22)) +
			      ((a & b) ^ (a & c) ^ (b & c));

		h = g;
		g = f;
		f = e;
		e = d + t1;
		d = c;
		c = b;
		b = a;
		a = t1 + t2;
	}
	state[0] += a;
	state[1] += b;
	state[2] += c;
	state[3] += d;
	state[4] += e;
	state[5] += f;
	state[6] += g;
	state[7] += h;
}

void sha256_init(struct sha256 *s)
{
	static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

	memcpy(s->state, start, sizeof(start));
	s->length = 0;
}

void sha256_update(struct sha256 *s, const void *data, size_t length)
{
	const uint8_t *p = data;

	while (length > 0) {
		size_t at = s->length % SHA256_BLOCK, n = SHA256_BLOCK - at;

		if (n > length)
			n = length;
		memcpy(s->block + at, p, n);
		s->length += n;
		p += n;
		length -= n;
		if (at + n == SHA256_BLOCK)
			sha256_compress(s->state, s->block);
	}
}

void sha256_final(struct sha256 *s, uint8_t digest[SHA256_DIGEST])
{
	uint64_t bits = s->length * 8;
	uint8_t tail[SHA256_BLOCK + 8] = {0x80};
	size_t at = s->length % SHA256_BLOCK;
	size_t fill = (at < 56 ? 56 : 120) - at; /* 1 to 64 bytes up to where the length stands */

	word_put(tail + fill, (uint32_t)(bits >> 32));
	word_put(tail + fill + 4, (uint32_t)bits);
	sha256_update(s, tail, fill + 8);
	for (unsigned i = 0; i < 8; i++)
		word_put(digest + (size_t)4 * i, s->state[i]);
}

void hmac_sha256_key(struct sha256 *s, const void *key, size_t key_length, uint8_t pad)
{
	uint8_t block[SHA256_BLOCK] = {0};

	if (key_length > SHA256_BLOCK) {
		sha256_init(s);
		sha256_update(s, key, key_length);
		sha256_final(s, block);
	} else if (key_length > 0) {
		memcpy(block, key, key_length);
	}
	for (unsigned i = 0; i < SHA256_BLOCK; i++)
		block[i] ^= pad;
	sha256_init(s);
	sha256_update(s, block, SHA256_BLOCK);
}

void hmac_sha256(const void *key, size_t key_length, const void *data, size_t length,
		 uint8_t digest[SHA256_DIGEST])
{
	struct sha256 s;

	hmac_sha256_key(&s, key, key_length, 0x36);
	sha256_update(&s, data, length);
	sha256_final(&s, digest);
	hmac_sha256_key(&s, key, key_length, 0x5c);
	sha256_update(&s, digest, SHA256_DIGEST);
	sha256_final(&s, digest);
}
