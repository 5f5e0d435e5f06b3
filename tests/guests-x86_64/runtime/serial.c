/*
 * The guest's voice: COM1, which QEMU and CP both have.
 * Before it: start.S. After it: tests/guests/runtime/print.c. Known simplification: no input.
 */
#include "guest.h"

#define SERIAL 0x3f8

uint8_t print_code(char c)
{
	return c < ' ' || c > '~' ? '.' : (uint8_t)c;
}

static void byte_send(uint8_t byte)
{
	while (!(in8(SERIAL + 5) & 0x20))
		;
	out8(SERIAL, byte);
}

void print_line(const char *text, unsigned length)
{
	for (unsigned n = 0; n < length; n++)
		byte_send((uint8_t)text[n]);
	byte_send('\r');
	byte_send('\n');
}
