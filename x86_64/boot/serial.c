/*
 * serial.c - the earliest console: the first serial port, one character at
 * a time, polled.
 *
 * Owns: arch_putc(). Speaks before lines exist and when CP panics; in
 * between the same port is line 0 (io/uart.c).
 */
#include <arch/boot.h>
#include <arch/real.h>
#include <cp/arch.h>

#define COM1 0x3f8

#define DIVISOR_LOW  0 /* while the latch bit of LINE is set */
#define DIVISOR_HIGH 1
#define FIFO         2
#define LINE         3
#define MODEM        4
#define STATUS       5

#define LINE_LATCH   0x80
#define LINE_8N1     0x03
#define MODEM_READY  0x03 /* DTR, RTS */
#define STATUS_EMPTY 0x20
#define PATIENCE     100000 /* of a character, in readings of the status */

/* 115200 bits a second. */
void serial_init(void)
{
	outb(COM1 + LINE, LINE_LATCH);
	outb(COM1 + DIVISOR_LOW, 1);
	outb(COM1 + DIVISOR_HIGH, 0);
	outb(COM1 + LINE, LINE_8N1);
	outb(COM1 + FIFO, 0x07); /* on and empty */
	outb(COM1 + MODEM, MODEM_READY);
}

/* A port that is not there, or does not send, must not stop CP. */
static void serial_put(char c)
{
	for (unsigned n = 0; n < PATIENCE && !(inb(COM1 + STATUS) & STATUS_EMPTY); n++)
		;
	outb(COM1, (uint8_t)c);
}

void arch_putc(char c)
{
	if (c == '\n')
		serial_put('\r');
	serial_put(c);
	screen_put(c);
}
