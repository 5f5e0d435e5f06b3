/*
 * text.c - the text code of this port's guests.
 *
 * Owns: the choice between EBCDIC and ASCII, which the port's traits make. Before: ebcdic.c. After: consoles, spool files, DIAGNOSE.
 * Simplification: one code for all guests of a port.
 */
#include <cp/arch.h>
#include <cp/format.h>

void text_from_guest(void *text, size_t n)
{
	if (arch_traits.ebcdic)
		ebcdic_to_ascii(text, n);
}

void text_to_guest(void *text, size_t n)
{
	if (arch_traits.ebcdic)
		ascii_to_ebcdic(text, n);
}
