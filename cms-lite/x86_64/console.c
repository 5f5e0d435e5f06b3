/*
 * console.c - the console: a terminal at COM1.
 *
 * Owns: the 16550 and what has been typed. Before it: interrupt.c. After it: everything that talks to the user.
 * Heritage: CMS's DMSCIT, DMSCRD, DMSCWR.
 *
 * A virtual machine gets whole lines from CP. At a bare machine somebody types: what he types is shown, and backspace takes the
 * last character back.
 *
 * Simplification: 9600 baud or whatever the loader left; what is typed past the room for it stays in the 16550.
 */
#include "port.h"

#define COM1           0x3f8
#define DATA           (COM1 + 0)
#define ENABLE         (COM1 + 1)
#define IDENTIFICATION (COM1 + 2)
#define LINE           (COM1 + 3)
#define MODEM          (COM1 + 4)
#define STATUS         (COM1 + 5)
#define SCRATCH        (COM1 + 7)

#define ENABLE_RECEIVED 0x01
#define ENABLE_EMPTY    0x02
#define FIFO_ON         0x07 /* and cleared */
#define LINE_8_BITS     0x03
#define MODEM_ON        0x0b /* DTR, RTS, interruptions */
#define STATUS_RECEIVED 0x01
#define STATUS_EMPTY    0x20
#define FIFO_SIZE       16u

#define BACKSPACE 0x08
#define DELETE    0x7f
#define TYPED_MAX 1024u /* a power of two */

static char typed[TYPED_MAX];
static uint32_t head, tail, line_start; /* counted on; line_start: of the line that is being typed */
static uint32_t lines;                  /* whole ones, not yet read */

bool console_start(void)
{
	head = tail = line_start = lines = 0;
	port_out(SCRATCH, 0x5a);
	if (port_in(SCRATCH) != 0x5a)
		return false;
	port_out(LINE, LINE_8_BITS);
	port_out(IDENTIFICATION, FIFO_ON);
	port_out(MODEM, MODEM_ON);
	port_out(ENABLE, ENABLE_RECEIVED);
	request_open(REQUEST_CONSOLE);
	return true;
}

/* ---- output -------------------------------------------------------------------------------------------------------- */

static void wait_empty(void)
{
	if (port_in(STATUS) & STATUS_EMPTY)
		return;
	port_out(ENABLE, ENABLE_RECEIVED | ENABLE_EMPTY);
	while (!(port_in(STATUS) & STATUS_EMPTY))
		machine_wait();
	port_out(ENABLE, ENABLE_RECEIVED);
}

static void put(const char *text, size_t length)
{
	asm volatile("rep outsb" : "+S"(text), "+c"(length) : "d"(DATA) : "memory");
}

/* As many bytes at once as there is room for: 16 in a 16550, but CP's takes them all. */
static void send(const char *text, size_t length)
{
	size_t room = machine_is_virtual() ? length : FIFO_SIZE;

	while (length) {
		size_t part = length < room ? length : room;

		wait_empty();
		put(text, part);
		text += part;
		length -= part;
	}
}

/* The line's end goes with it. */
static void write_line(const char *text, size_t length)
{
	static char line[CONSOLE_LINE + 2];

	memcpy(line, text, length);
	memcpy(line + length, "\r\n", 2);
	send(line, length + 2);
}

void console_write(const char *text, size_t length)
{
	do {
		size_t part = length < CONSOLE_LINE ? length : CONSOLE_LINE;

		write_line(text, part);
		text += part;
		length -= part;
	} while (length);
}

/* ---- input --------------------------------------------------------------------------------------------------------- */

/* Somebody at a bare machine sees what he types. Not by send(): an interruption must not wait for the next. */
static void echo(char c)
{
	static const char back[] = {BACKSPACE, ' ', BACKSPACE};

	if (machine_is_virtual())
		return;
	if (c == '\n')
		put("\r\n", 2);
	else
		put(c == BACKSPACE ? back : &c, c == BACKSPACE ? sizeof(back) : 1);
}

static void received(char c)
{
	if (c == '\r')
		c = '\n';
	if (c == BACKSPACE || c == DELETE) {
		if (head != line_start) {
			head--;
			echo(BACKSPACE);
		}
		return;
	}
	if (c != '\n' && head - line_start == CONSOLE_LINE)
		return;
	typed[head++ % TYPED_MAX] = c;
	if (c == '\n') {
		line_start = head;
		lines++;
	}
	echo(c);
}

void console_interrupted(void)
{
	port_in(IDENTIFICATION);
	while (head - tail < TYPED_MAX && (port_in(STATUS) & STATUS_RECEIVED))
		received((char)port_in(DATA));
}

bool console_wanted(void)
{
	return lines != 0;
}

size_t console_read(char *line, size_t size)
{
	size_t length = 0;
	char c;

	while (!lines)
		machine_wait();
	while ((c = typed[tail++ % TYPED_MAX]) != '\n')
		if (length < size - 1)
			line[length++] = c;
	lines--;
	console_interrupted(); /* there may be more where there was no room */
	while (length && line[length - 1] == ' ')
		length--;
	line[length] = '\0';
	return length;
}
