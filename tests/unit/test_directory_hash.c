/*
 * test_directory_hash.c - SHA-256, HMAC, PBKDF2 and CRC-32 against published vectors.
 */
#include <cp/crc32.h>
#include <cp/pbkdf2.h>
#include "directory_unit.h"

static const char *hex(const uint8_t *bytes, size_t length)
{
	static char text[200];

	for (size_t i = 0; i < length; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return text;
}

/* ---- SHA-256: FIPS 180-4's examples --------------------------------------------------------------------------- */

static void sha_is(const char *text, size_t length, unsigned times, size_t piece, const char *wanted)
{
	uint8_t digest[SHA256_DIGEST];
	struct sha256 s;

	sha256_init(&s);
	while (times-- > 0)
		for (size_t at = 0; at < length; at += piece)
			sha256_update(&s, text + at, length - at < piece ? length - at : piece);
	sha256_final(&s, digest);
	CU_ASSERT_STRING_EQUAL(hex(digest, sizeof(digest)), wanted);
}

static void sha_vectors(void)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

	sha_is("", 0, 1, 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha_is("abc", 3, 1, 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	for (size_t piece = 1; piece <= 56; piece++)
		sha_is(two, 56, 1, piece, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	sha_is("aaaaaaaaaa", 10, 100000, 7,
	       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Every length around the block size against the same text in one piece. */
static void sha_lengths(void)
{
	char text[200];
	char wanted[65];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)(i * 7);
	for (size_t n = 0; n <= sizeof(text); n++) {
		uint8_t digest[SHA256_DIGEST];
		struct sha256 s;

		sha256_init(&s);
		sha256_update(&s, text, n);
		sha256_final(&s, digest);
		strcpy(wanted, hex(digest, sizeof(digest)));
		sha_is(text, n, 1, 13, wanted);
	}
}

/* ---- HMAC: RFC 4231 ------------------------------------------------------------------------------------------- */

static void hmac_is(const void *key, size_t key_length, const void *data, size_t length, const char *wanted)
{
	uint8_t digest[SHA256_DIGEST];

	hmac_sha256(key, key_length, data, length, digest);
	CU_ASSERT_NSTRING_EQUAL(hex(digest, sizeof(digest)), wanted, strlen(wanted));
}

static void hmac_vectors(void)
{
	static const char six[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	static const char seven[] = "This is a test using a larger than block-size key and a larger than "
				    "block-size data. The key "
				    "needs to be hashed before being used by the HMAC algorithm.";
	uint8_t key[131], data[50];

	memset(key, 0x0b, 20);
	hmac_is(key, 20, "Hi There", 8, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	hmac_is("Jefe", 4, "what do ya want for nothing?", 28,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 20);
	memset(data, 0xdd, 50);
	hmac_is(key, 20, data, 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	for (unsigned i = 0; i < 25; i++)
		key[i] = (uint8_t)(i + 1);
	memset(data, 0xcd, 50);
	hmac_is(key, 25, data, 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
	memset(key, 0x0c, 20);
	hmac_is(key, 20, "Test With Truncation", 20, "a3b6167473100ee06e0c796c2955552b");
	memset(key, 0xaa, 131);
	hmac_is(key, 131, six, strlen(six),
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	hmac_is(key, 131, seven, strlen(seven),
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
}

/* ---- PBKDF2: RFC 7914 section 11, and RFC 6070's cases with SHA-256 ---------------------------------------------- */

static void pbkdf2_is(const char *password, size_t password_length, const char *salt, size_t salt_length,
		      uint32_t iterations, uint32_t step, size_t length, const char *wanted)
{
	uint8_t key[96];
	struct pbkdf2 p;

	for (uint32_t block = 1; block <= (length + 31) / 32; block++) {
		pbkdf2_start(&p, password, password_length, salt, salt_length, block, iterations);
		while (!pbkdf2_step(&p, step))
			;
		memcpy(key + 32 * (block - 1), p.result, 32);
	}
	CU_ASSERT_STRING_EQUAL(hex(key, length), wanted);
}

static void pbkdf2_vectors(void)
{
	pbkdf2_is("passwd", 6, "salt", 4, 1, 1, 64,
		  "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
		  "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783");
	pbkdf2_is("password", 8, "salt", 4, 1, 10, 32,
		  "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b");
	pbkdf2_is("password", 8, "salt", 4, 2, 10, 32,
		  "ae4d0c95af6b46d32d0adff928f06dd02a303f8ef3c251dfd6e2d85a95474c43");
	pbkdf2_is("password", 8, "salt", 4, 4096, 10, 32,
		  "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
	pbkdf2_is("passwordPASSWORDpassword", 24, "saltSALTsaltSALTsaltSALTsaltSALTsalt", 36, 4096, 1000, 40,
		  "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9");
	pbkdf2_is("pass\0word", 9, "sa\0lt", 5, 4096, 4095, 16, "89b69d0516f829893c696226650a8687");
}

static void pbkdf2_long(void)
{
	pbkdf2_is("Password", 8, "NaCl", 4, 80000, 333, 64,
		  "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
		  "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d");
}

static void digests_compare(void)
{
	uint8_t a[SHA256_DIGEST] = {0}, b[SHA256_DIGEST] = {0};

	CU_ASSERT_TRUE(digest_equal(a, b));
	for (unsigned i = 0; i < SHA256_DIGEST; i++) {
		b[i] = 0x80;
		CU_ASSERT_FALSE(digest_equal(a, b));
		b[i] = 0;
	}
}

/* ---- CRC-32 --------------------------------------------------------------------------------------------------- */

static uint32_t crc_by_bits(const uint8_t *p, size_t length)
{
	uint32_t crc = ~0u;

	while (length-- > 0) {
		crc ^= *p++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void crc_vectors(void)
{
	uint8_t all[256];

	CU_ASSERT_EQUAL(crc32_update(0, "123456789", 9), 0xcbf43926);
	CU_ASSERT_EQUAL(crc32_update(0, "", 0), 0);
	CU_ASSERT_EQUAL(crc32_update(crc32_update(0, "1234", 4), "56789", 5), 0xcbf43926);
	for (unsigned i = 0; i < 256; i++) {
		all[i] = (uint8_t)i;
		CU_ASSERT_EQUAL(crc32_update(0, all + i, 1), crc_by_bits(all + i, 1));
	}
	CU_ASSERT_EQUAL(crc32_update(0, all, 256), crc_by_bits(all, 256));
}

static const struct unit_test tests[] = {
	{"SHA-256: the examples of FIPS 180-4, cut in any way", sha_vectors},
	{"SHA-256: every length from 0 to 200", sha_lengths},
	{"HMAC-SHA-256: the seven cases of RFC 4231", hmac_vectors},
	{"PBKDF2: RFC 7914, and the cases of RFC 6070 with SHA-256", pbkdf2_vectors},
	{"PBKDF2: 80,000 iterations in steps of 333", pbkdf2_long},
	{"digests: one bit of difference is found anywhere", digests_compare},
	{"CRC-32: the check value, and the table against the polynomial", crc_vectors},
};

UNIT_MAIN("hashes", tests)
