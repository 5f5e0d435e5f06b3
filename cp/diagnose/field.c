/*
 * field.c - the fields of DIAGNOSE parameter lists, in the guest's byte order and text code.
 *
 * Owns: the one place where DIAGNOSE knows of byte orders. Before: lib/text.c. After: every handler.
 * Simplification: byte by byte.
 */
#include <cp/string.h>
#include "handlers.h"

uint64_t field_get(const uint8_t *p, unsigned bytes)
{
	uint64_t value = 0;

	if (arch_traits.big_endian)
		for (unsigned n = 0; n < bytes; n++)
			value = value << 8 | p[n];
	else
		for (unsigned n = bytes; n-- > 0;)
			value = value << 8 | p[n];
	return value;
}

void field_put(uint8_t *p, unsigned bytes, uint64_t value)
{
	if (arch_traits.big_endian)
		for (unsigned n = bytes; n-- > 0; value >>= 8)
			p[n] = (uint8_t)value;
	else
		for (unsigned n = 0; n < bytes; n++, value >>= 8)
			p[n] = (uint8_t)value;
}

void field_put_text(uint8_t *p, size_t size, const char *text)
{
	size_t n = strlen(text);

	memset(p, ' ', size);
	memcpy(p, text, n < size ? n : size);
	text_to_guest(p, size);
}
