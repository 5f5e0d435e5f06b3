/*
 * crc32.c - CRC-32, eight bytes at a time.
 *
 * Owns: the tables. Before it: nothing. After it: cp/volume/, cp/spool/ and the host's volume tools.
 * A byte's trace in the result depends on nothing but the byte and how many bytes follow it: with a table for each distance eight
 * bytes take eight looks, which do not wait for each other (M. Kounavis and F. Berry, "slicing-by-8", 2005).
 * Simplification: the tables are made by the first call.
 */
#include <cp/crc32.h>

#define POLYNOMIAL 0xedb88320u /* the bits of its terms, lowest last */

#define SLICES 8

/* slice[n][k] is what the byte n leaves behind when k more bytes have followed it. */
static uint32_t slice[256][SLICES];

static void slices_make(void)
{
	for (unsigned n = 0; n < 256; n++) {
		uint32_t left = n;

		for (unsigned bit = 0; bit < 8; bit++)
			left = left >> 1 ^ (left & 1 ? POLYNOMIAL : 0);
		slice[n][0] = left;
	}
	for (unsigned k = 1; k < SLICES; k++)
		for (unsigned n = 0; n < 256; n++)
			slice[n][k] = slice[n][k - 1] >> 8 ^ slice[slice[n][k - 1] & 0xff][0];
}

/* Little-endian on every machine: the polynomial is that way round. */
static uint32_t word(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What the first four of eight bytes leave, and the others. */
static uint32_t first(uint32_t w)
{
	return slice[w & 0xff][7] ^ slice[w >> 8 & 0xff][6] ^ slice[w >> 16 & 0xff][5] ^ slice[w >> 24][4];
}

static uint32_t last(const uint8_t *p)
{
	return slice[p[0]][3] ^ slice[p[1]][2] ^ slice[p[2]][1] ^ slice[p[3]][0];
}

uint32_t crc32_update(uint32_t crc, const void *data, size_t length)
{
	const uint8_t *p = data;

	if (!slice[1][0])
		slices_make();
	crc = ~crc;
	for (; length >= SLICES; length -= SLICES, p += SLICES)
		crc = first(crc ^ word(p)) ^ last(p + 4);
	while (length--)
		crc = crc >> 8 ^ slice[(crc ^ *p++) & 0xff][0];
	return ~crc;
}
