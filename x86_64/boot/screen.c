/*
 * screen.c - the PC's screen in text mode, for last words and first ones.
 *
 * Owns: 80 by 25 characters at B8000, which get what the earliest console
 * (serial.c) says, for a person who has no terminal at the serial port.
 * What is not there swallows what is written to it, so nobody asks.
 * Known simplification: the screen of a PC that UEFI started has no text
 * mode, and stays dark.
 */
#include <arch/boot.h>
#include <cp/string.h>

#define COLUMNS 80
#define ROWS    25
#define WHITE   0x0700 /* on black */

static uint16_t *const cells = (uint16_t *)0xb8000;
static unsigned row, column;

static void row_clear(unsigned n)
{
	for (unsigned i = 0; i < COLUMNS; i++)
		cells[n * COLUMNS + i] = WHITE | ' ';
}

static void row_next(void)
{
	column = 0;
	if (row < ROWS - 1) {
		row++;
		return;
	}
	memmove(cells, cells + COLUMNS, (ROWS - 1) * COLUMNS * sizeof(*cells));
	row_clear(ROWS - 1);
}

void screen_init(void)
{
	for (unsigned n = 0; n < ROWS; n++)
		row_clear(n);
}

void screen_put(char c)
{
	if (c == '\n' || column == COLUMNS)
		row_next();
	if (c != '\n')
		cells[row * COLUMNS + column++] = WHITE | (uint8_t)c;
}
