/*
 * field.c - the fields of DIAGNOSE parameter lists, in the guest's byte order and text code.
 *
 * Owns: the one place where DIAGNOSE knows of byte orders. Before: lib/text.c. After: every handler.
 * Simplification: byte by byte.
 */
#include <cp/string.h>
#include "handlers.h"

/* Where the byte of this significance (0: the lowest) stands. */
static unsigned place(unsigned bytes, unsigned significance)
{
	return arch_traits.big_endian ? bytes - 1 - significance : significance;
}

uint64_t field_get(const uint8_t *p, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned n = 0; n < bytes; n++)
		value |= (uint64_t)p[place(bytes, n)] << 8 * n;
	return value;
}

void field_put(uint8_t *p, unsigned bytes, uint64_t value)
{
	for (unsigned n = 0; n < bytes; n++)
		p[place(bytes, n)] = (uint8_t)(value >> 8 * n);
}

void field_put_text(uint8_t *p, size_t size, const char *text)
{
	size_t n = strlen(text);

	memset(p, ' ', size);
	memcpy(p, text, n < size ? n : size);
	text_to_guest(p, size);
}
