/*
 * serial.c - the console as a serial port sees it: typed lines, byte by byte.
 *
 * Owns: what a typed line is on a wire: its characters and a carriage return, or a control character. Before: console.c, which keeps
 * the lines. After: a port whose machine has a UART for a console.
 * Simplification: a control character is a line of its own, "^c", as Linux takes it from a 3215.
 */
#include <cp/console.h>
#include <cp/string.h>
#include <cp/traits.h>

/* The control character that a line stands for, in ASCII; 0: none. */
static uint8_t control(const struct console *c)
{
	uint8_t text[2];

	if (c->length[c->head] != sizeof(text))
		return 0;
	memcpy(text, c->line[c->head], sizeof(text));
	text_from_guest(text, sizeof(text));
	return text[0] == '^' && ((text[1] | 0x20) >= 'a' && (text[1] | 0x20) <= 'z') ? text[1] & 0x1f : 0;
}

bool console_ready(const struct device *d)
{
	return ((const struct console *)d->private)->count != 0;
}

bool console_take(struct device *d, uint8_t *byte)
{
	struct console *c = d->private;

	if (!c->count)
		return false;
	*byte = control(c);
	if (!*byte && c->taken < c->length[c->head]) {
		*byte = c->line[c->head][c->taken++];
		return true;
	}
	if (!*byte)
		*byte = '\r';
	text_to_guest(byte, 1);
	console_line_taken(d);
	c->attention = c->count != 0;
	return true;
}
