/*
 * pbkdf2.c - a slow hash for passwords.
 *
 * Owns: the iteration. Before it: sha256.c. After it: LOGON and LINK in CP, the directory compiler on the host.
 * Source: RFC 8018, section 5.2. The key's two blocks are hashed once and their states kept, so that an iteration costs
 * two compressions and not four.
 * Simplification: one 32-byte block of the key at a time, which is all that a password needs.
 */
#include <cp/pbkdf2.h>
#include <cp/string.h>

/* HMAC of exactly 32 bytes, from the kept states: one compression inside, one outside. */
static void hmac_again(const struct pbkdf2 *p, uint8_t u[SHA256_DIGEST])
{
	struct sha256 s;

	memcpy(s.state, p->inner, sizeof(s.state));
	s.length = SHA256_BLOCK;
	sha256_update(&s, u, SHA256_DIGEST);
	sha256_final(&s, u);
	memcpy(s.state, p->outer, sizeof(s.state));
	s.length = SHA256_BLOCK;
	sha256_update(&s, u, SHA256_DIGEST);
	sha256_final(&s, u);
}

void pbkdf2_start(struct pbkdf2 *p, const void *password, size_t password_length, const void *salt,
		  size_t salt_length, uint32_t block, uint32_t iterations)
{
	uint8_t number[4] = {(uint8_t)(block >> 24), (uint8_t)(block >> 16), (uint8_t)(block >> 8),
			     (uint8_t)block};
	struct sha256 s;

	hmac_sha256_key(&s, password, password_length, 0x36);
	memcpy(p->inner, s.state, sizeof(p->inner));
	sha256_update(&s, salt, salt_length);
	sha256_update(&s, number, sizeof(number));
	sha256_final(&s, p->u);
	hmac_sha256_key(&s, password, password_length, 0x5c);
	memcpy(p->outer, s.state, sizeof(p->outer));
	sha256_update(&s, p->u, SHA256_DIGEST);
	sha256_final(&s, p->u);
	memcpy(p->result, p->u, SHA256_DIGEST);
	p->left = iterations - 1;
}

bool pbkdf2_step(struct pbkdf2 *p, uint32_t iterations)
{
	while (p->left > 0 && iterations-- > 0) {
		hmac_again(p, p->u);
		for (unsigned i = 0; i < SHA256_DIGEST; i++)
			p->result[i] ^= p->u[i];
		p->left--;
	}
	return p->left == 0;
}

bool digest_equal(const uint8_t a[SHA256_DIGEST], const uint8_t b[SHA256_DIGEST])
{
	uint8_t difference = 0;

	for (unsigned i = 0; i < SHA256_DIGEST; i++)
		difference |= a[i] ^ b[i];
	return difference == 0;
}
