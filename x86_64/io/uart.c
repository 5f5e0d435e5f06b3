/*
 * uart.c - terminal lines: serial ports, each with a 16550.
 *
 * Before it: probe.c. After it: cp/io/line.c.
 * Four may stand at the PC's own places; PCI cards bring more, with one
 * interruption for all of a card. Whoever interrupts is found by asking all
 * that share the request, until none has any more to say: the PC's own
 * requests are edges, and two that overlap make only one.
 * A line shows here whether somebody is at its other end only if there is a
 * modem, and vm40's relay is none. So the first character that comes in
 * opens a line, and who leaves sends EOT, which CP sends back when the line
 * is closed. The operator's line, 0, is always open.
 * Source: National Semiconductor PC16550D data sheet.
 * Heritage: the 2703 of CP-67's terminals; DMKRNH.
 */
#include <arch/real.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/typing.h>
#include "pci.h"

#define ISA_PORTS    4
#define PORTS_MAX    (ISA_PORTS + 8 * 4)
#define PORT_SPACING 8
#define FIFO_SIZE    16
#define PASSES       256

/* Registers. */
enum { DATA, ENABLE, FIFO, LINE, MODEM, STATUS, MODEM_STATUS, SCRATCH };

#define DIVISOR_LOW     0 /* while the latch bit of LINE is set */
#define DIVISOR_HIGH    1
#define CAUSE           2 /* read where FIFO is written */
#define CAUSE_NONE      0x01
#define CAUSE_FIFO      0xc0 /* not a cause: there is a FIFO */
#define ENABLE_INPUT    0x01
#define ENABLE_OTHERS   0x0a /* output, modem */
#define FIFO_RESET      0x87 /* and on: to interrupt for eight characters, or when no more come */
#define LINE_LATCH      0x80
#define LINE_8N1        0x03
#define MODEM_READY     0x0b /* DTR, RTS, and OUT2, which lets interruptions through */
#define STATUS_INPUT    0x01
#define STATUS_EMPTY    0x20
#define CARRIER         0x80
#define CARRIER_CHANGED 0x08

#define ENQ 0x05 /* "who is there?": from somebody who has just come */
#define EOT 0x04

struct uart {
	struct line line;
	struct uart *next; /* with the same interruption request */
	uint16_t ports;
	unsigned irq;
	unsigned depth;   /* of its FIFO */
	const char *rest; /* of a line's end, or EOT: to be sent next */
	bool closing;     /* EOT is to be sent */
	bool waiting;     /* until there is room for what is typed: it stays in the device */
	struct typing typing;
};

static struct uart *uarts[PORTS_MAX];
static unsigned uart_count;

/* ---- output ------------------------------------------------------------------- */

/* The next characters to send, at most `room`; -1: there are none. A line's end is CR LF. */
static int uart_next(struct uart *u, char *text, size_t room)
{
	static const char eot[] = {EOT, '\0'};
	bool ended = false;
	int n;

	if (!*u->rest && u->closing) {
		u->closing = false;
		u->rest = eot;
	}
	if (*u->rest) {
		*text = *u->rest++;
		return 1;
	}
	n = u->line.open ? line_output_line(&u->line, text, room, &ended) : -1;
	if (ended)
		u->rest = "\r\n";
	return n;
}

static void uart_send(struct uart *u)
{
	char text[FIFO_SIZE];
	int n;

	if (!(inb(u->ports + STATUS) & STATUS_EMPTY))
		return;
	for (unsigned room = u->depth; room && (n = uart_next(u, text, room)) >= 0; room -= (unsigned)n)
		for (int i = 0; i < n; i++)
			outb(u->ports + DATA, (uint8_t)text[i]);
}

/* ---- input ---------------------------------------------------------------------- */

static void uart_closed(struct uart *u)
{
	typing_forget(&u->typing);
	if (u->line.number)
		line_closed(&u->line);
}

static void uart_character(struct uart *u, char c)
{
	if (c == ENQ || c == EOT)
		uart_closed(u); /* who was there before is gone, even if nobody noticed */
	if (c == EOT) {
		u->closing = true;
		return;
	}
	line_opened(&u->line);
	if (c != ENQ)
		typing_character(&u->typing, &u->line, c);
}

static void uart_enable(const struct uart *u)
{
	outb(u->ports + ENABLE, ENABLE_OTHERS | (u->waiting ? 0 : ENABLE_INPUT));
}

/* What there is no room for keeps QEMU, in the end, from reading from whoever types. */
static void uart_receive(struct uart *u)
{
	bool waited = u->waiting;

	u->waiting = false;
	while (!u->waiting && inb(u->ports + STATUS) & STATUS_INPUT) {
		u->waiting = u->line.open && !line_room(&u->line);
		if (!u->waiting)
			uart_character(u, (char)inb(u->ports + DATA));
	}
	if (u->waiting != waited)
		uart_enable(u);
}

static void uart_start(struct line *l)
{
	struct uart *u = l->private;

	if (u->waiting)
		uart_receive(u);
	uart_send(u);
}

/* ---- interruptions ---------------------------------------------------------------- */

static void uart_serve(struct uart *u)
{
	uint8_t modem = inb(u->ports + MODEM_STATUS);

	uart_receive(u);
	if ((modem & CARRIER_CHANGED) && !(modem & CARRIER))
		uart_closed(u);
	uart_send(u);
}

static bool uart_pass(struct uart *first)
{
	bool any = false;

	for (struct uart *u = first; u; u = u->next) {
		if (inb(u->ports + CAUSE) & CAUSE_NONE)
			continue;
		uart_serve(u);
		any = true;
	}
	return any;
}

/* Whoever talks without end must not keep CP here: he is heard again when his request has gone down and up. */
static void uart_interrupt(void *argument)
{
	struct uart *first = argument;

	for (unsigned passes = 0; passes < PASSES; passes++) {
		if (!uart_pass(first))
			return;
	}
	for (struct uart *u = first; u; u = u->next) {
		outb(u->ports + ENABLE, 0);
		uart_enable(u);
	}
}

static void uart_route(struct uart *u)
{
	for (unsigned n = 0; n < uart_count; n++) {
		if (uarts[n]->irq == u->irq) {
			u->next = uarts[n]->next;
			uarts[n]->next = u;
			return;
		}
	}
	interrupt_route(u->irq, uart_interrupt, u);
}

/* ---- finding ------------------------------------------------------------------------ */

static const struct line_driver uart_driver = {.name = "16550", .start = uart_start};

/* 115200 bits a second, eight of them a character. */
static void uart_set_up(struct uart *u)
{
	outb(u->ports + LINE, LINE_LATCH);
	outb(u->ports + DIVISOR_LOW, 1);
	outb(u->ports + DIVISOR_HIGH, 0);
	outb(u->ports + LINE, LINE_8N1);
	outb(u->ports + FIFO, FIFO_RESET);
	u->depth = (inb(u->ports + CAUSE) & CAUSE_FIFO) == CAUSE_FIFO ? FIFO_SIZE : 1;
	outb(u->ports + MODEM, MODEM_READY);
	uart_enable(u);
}

/* The first one found is the operator's. */
static void uart_create(uint16_t ports, unsigned irq)
{
	struct uart *u = uart_count < PORTS_MAX ? heap_alloc(sizeof(*u)) : NULL;

	if (!u)
		return;
	u->ports = ports;
	u->irq = irq;
	u->rest = "";
	u->line.driver = &uart_driver;
	u->line.private = u;
	u->line.address = ports;
	line_register(&u->line);
	uart_route(u);
	uarts[uart_count++] = u;
	uart_set_up(u);
	if (u->line.number == 0)
		line_opened(&u->line);
}

/* Only a 16550 (or a 16450) remembers what is put here. */
static bool uart_present(uint16_t ports)
{
	outb(ports + SCRATCH, 0x5a);
	if (inb(ports + SCRATCH) != 0x5a)
		return false;
	outb(ports + SCRATCH, 0xa5);
	return inb(ports + SCRATCH) == 0xa5;
}

void uart_probe_isa(void)
{
	static const struct {
		uint16_t ports;
		unsigned irq;
	} places[ISA_PORTS] = {{0x3f8, 4}, {0x2f8, 3}, {0x3e8, 4}, {0x2e8, 3}};

	for (unsigned n = 0; n < ISA_PORTS; n++) {
		if (uart_present(places[n].ports))
			uart_create(places[n].ports, places[n].irq);
	}
}

/* Looking for more ports than a card has would find those of its neighbour. */
static unsigned card_ports(const struct pci_device *d)
{
	static const struct {
		uint16_t vendor, device;
		unsigned ports;
	} cards[] = {
		{0x1b36, 0x0003, 2}, /* QEMU's pci-serial-2x */
		{0x1b36, 0x0004, 4}, /* and -4x */
	};

	for (unsigned n = 0; n < ARRAY_SIZE(cards); n++) {
		if (cards[n].vendor == d->vendor && cards[n].device == d->device)
			return cards[n].ports;
	}
	return 1;
}

void uart_probe(const struct pci_device *d)
{
	uint16_t ports = pci_ports(d, 0);

	if (!ports || d->irq == PCI_NO_IRQ) {
		log_line("Lines at PCI %02X:%02X: not usable, they have no %s", d->bus, d->slot,
			 ports ? "interruption line" : "ports");
		return;
	}
	for (unsigned n = 0; n < card_ports(d); n++)
		uart_create((uint16_t)(ports + n * PORT_SPACING), d->irq);
}
