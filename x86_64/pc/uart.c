/*
 * uart.c - COM1: a 16550A whose other end is the machine's console.
 *
 * Owns: the eight registers at 3F8, both FIFOs, IRQ 4. Before: ports.c. After: cp/device/console.c, which makes lines of what is
 * transmitted and has the typed ones. Source: National PC16550D data sheet.
 * A terminal that is too slow for its guest holds the transmitter: it is not empty until the terminal has caught up. CP itself does not
 * wait; a guest that does not look, either, may lose lines.
 * Simplification: else it is infinitely fast: what is transmitted is gone at once, and a typed line stands in the FIFO as soon as there
 * is room, so nothing is ever overrun. The other end always is there (DCD, DSR, CTS).
 */
#include <cp/console.h>
#include <cp/string.h>
#include "pc.h"

enum {
	REGISTER_DATA,
	REGISTER_ENABLE,
	REGISTER_IDENTIFICATION,
	REGISTER_LINE,
	REGISTER_MODEM,
	REGISTER_LINE_STATUS,
	REGISTER_MODEM_STATUS,
	REGISTER_SCRATCH
};

#define ENABLE_RECEIVED 0x01
#define ENABLE_EMPTY    0x02
#define ENABLE_ERRORS   0x04
#define ENABLE_CHANGES  0x08

/* IIR, in the order of priorities. */
#define REASON_ERRORS   0x06
#define REASON_RECEIVED 0x04
#define REASON_TIMEOUT  0x0c
#define REASON_EMPTY    0x02
#define REASON_CHANGES  0x00
#define REASON_NONE     0x01
#define REASON_FIFO     0xc0 /* FIFOs are on */

#define FIFO_ON          0x01
#define FIFO_CLEAR_INPUT 0x02
#define FIFO_KEPT        0xc9 /* on, DMA mode, trigger */

#define LINE_DIVISOR 0x80 /* the first two registers are the divisor's */

#define MODEM_DTR     0x01
#define MODEM_RTS     0x02
#define MODEM_OUT1    0x04
#define MODEM_OUT2    0x08 /* lets the interruption out */
#define MODEM_LOOP    0x10
#define MODEM_WRITTEN 0x1f

#define STATUS_RECEIVED 0x01
#define STATUS_OVERRUN  0x02
#define STATUS_BREAK    0x10
#define STATUS_EMPTY    0x60 /* holding register and transmitter */

#define CHANGE_RING 0x04 /* rings only when the ringing ends */
#define MODEM_HERE  0xb0 /* DCD, DSR, CTS */

/* ---- interruption ------------------------------------------------------------------ */

static unsigned trigger(const struct uart *u)
{
	static const uint8_t level[4] = {1, 4, 8, 14};

	return level[u->control >> 6];
}

static uint8_t reason(const struct uart *u)
{
	if ((u->enable & ENABLE_ERRORS) && u->errors)
		return REASON_ERRORS;
	if ((u->enable & ENABLE_RECEIVED) && u->count)
		return u->control & FIFO_ON && u->count < trigger(u) ? REASON_TIMEOUT : REASON_RECEIVED;
	if ((u->enable & ENABLE_EMPTY) && u->empty)
		return REASON_EMPTY;
	if ((u->enable & ENABLE_CHANGES) && u->changes)
		return REASON_CHANGES;
	return REASON_NONE;
}

static void update(struct vm *vm)
{
	const struct uart *u = &vm->arch.pc->com1;
	bool out = (u->modem & (MODEM_OUT2 | MODEM_LOOP)) == MODEM_OUT2;

	pic_line(vm, IRQ_COM1, out && reason(u) != REASON_NONE);
}

/* ---- receiver ------------------------------------------------------------------------ */

static unsigned room(const struct uart *u)
{
	return (u->control & FIFO_ON ? UART_FIFO : 1) - (unsigned)u->count;
}

static void push(struct uart *u, uint8_t byte)
{
	u->fifo[(u->head + u->count++) % UART_FIFO] = byte;
}

/* Only a loop can overrun: its sender does not wait. */
static void loop(struct uart *u, uint8_t byte)
{
	if (room(u))
		push(u, byte);
	else
		u->errors |= STATUS_OVERRUN;
}

void uart_input(struct vm *vm)
{
	struct uart *u = &vm->arch.pc->com1;
	struct device *d = device_find_kind(vm, "CONS");
	uint8_t byte;

	while (d && !(u->modem & MODEM_LOOP) && room(u) && console_take(d, &byte))
		push(u, byte);
	update(vm);
}

void uart_break(struct vm *vm)
{
	struct uart *u = &vm->arch.pc->com1;

	if (room(u))
		push(u, 0);
	u->errors |= STATUS_BREAK;
	update(vm);
}

static uint8_t receive(struct vm *vm)
{
	struct uart *u = &vm->arch.pc->com1;
	uint8_t byte;

	if (!u->count)
		return 0;
	byte = u->fifo[u->head];
	u->head = (uint8_t)((u->head + 1) % UART_FIFO);
	if (--u->count == 0)
		uart_input(vm);
	return byte;
}

/* ---- transmitter --------------------------------------------------------------------- */

/* A guest that is traced is not held: what is told of it, a line for each look, would keep the terminal behind for ever. */
static bool held(const struct vm *vm)
{
	return vm->arch.pc->com1.held && !vm->trace.events;
}

/* May sleep: the console may have to write a listing. */
static void transmit(struct vm *vm, const uint8_t *bytes, unsigned n)
{
	struct uart *u = &vm->arch.pc->com1;
	struct device *d = device_find_kind(vm, "CONS");

	if (u->modem & MODEM_LOOP) {
		for (unsigned i = 0; i < n; i++)
			loop(u, bytes[i]);
	} else if (d) {
		device_hold(d);
		console_put(d, bytes, n);
		/* Of one that is traced it must not be found empty a second time when the terminal has caught up. */
		u->held = console_behind(d) && !vm->trace.events;
		device_release(d);
	}
	u->empty = !held(vm);
}

void uart_drained(struct vm *vm)
{
	struct uart *u = &vm->arch.pc->com1;

	if (!u->held)
		return;
	u->held = false;
	u->empty = true;
	update(vm);
}

/* ---- registers ------------------------------------------------------------------------- */

/* Lines of the other end; in a loop they are our own. */
static uint8_t modem_lines(const struct uart *u)
{
	uint8_t m = u->modem;

	if (!(m & MODEM_LOOP))
		return MODEM_HERE;
	return (uint8_t)((m & MODEM_RTS) << 3 | (m & MODEM_DTR) << 5 | (m & MODEM_OUT1) << 4 |
			 (m & MODEM_OUT2) << 4);
}

static void modem_write(struct vm *vm, uint8_t value)
{
	struct uart *u = &vm->arch.pc->com1;
	uint8_t before = modem_lines(u) >> 4, after;

	u->modem = value & MODEM_WRITTEN;
	after = modem_lines(u) >> 4;
	u->changes |= (before ^ after) & (uint8_t)~CHANGE_RING;
	u->changes |= before & (uint8_t)~after & CHANGE_RING;
	uart_input(vm);
}

static void fifo_write(struct vm *vm, uint8_t value)
{
	struct uart *u = &vm->arch.pc->com1;

	if ((value ^ u->control) & FIFO_ON || ((value & FIFO_ON) && (value & FIFO_CLEAR_INPUT)))
		u->head = u->count = 0;
	u->control = value & FIFO_ON ? value & FIFO_KEPT : 0;
	uart_input(vm);
}

static void enable_write(struct vm *vm, uint8_t value)
{
	struct uart *u = &vm->arch.pc->com1;

	/* Who asks to be told that the transmitter is empty is told, if it is. */
	if (value & (uint8_t)~u->enable & ENABLE_EMPTY)
		u->empty = !held(vm);
	u->enable = value & 0x0f;
}

static uint8_t identification_read(struct uart *u)
{
	uint8_t why = reason(u);

	if (why == REASON_EMPTY)
		u->empty = false;
	return why | (u->control & FIFO_ON ? REASON_FIFO : 0);
}

static uint8_t line_status_read(struct vm *vm)
{
	struct uart *u = &vm->arch.pc->com1;
	uint8_t status = u->errors | (held(vm) ? 0 : STATUS_EMPTY) | (u->count ? STATUS_RECEIVED : 0);

	u->errors = 0;
	return status;
}

static uint8_t modem_status_read(struct uart *u)
{
	uint8_t status = modem_lines(u) | u->changes;

	u->changes = 0;
	return status;
}

static uint8_t read(struct vm *vm, unsigned n)
{
	struct uart *u = &vm->arch.pc->com1;

	switch (n) {
	case REGISTER_DATA:
		return u->line & LINE_DIVISOR ? (uint8_t)u->divisor : receive(vm);
	case REGISTER_ENABLE:
		return u->line & LINE_DIVISOR ? (uint8_t)(u->divisor >> 8) : u->enable;
	case REGISTER_IDENTIFICATION:
		return identification_read(u);
	case REGISTER_LINE:
		return u->line;
	case REGISTER_MODEM:
		return u->modem;
	case REGISTER_LINE_STATUS:
		return line_status_read(vm);
	case REGISTER_MODEM_STATUS:
		return modem_status_read(u);
	default:
		return u->scratch;
	}
}

static void write(struct vm *vm, unsigned n, uint8_t value)
{
	struct uart *u = &vm->arch.pc->com1;

	switch (n) {
	case REGISTER_DATA:
		if (u->line & LINE_DIVISOR)
			u->divisor = (uint16_t)((u->divisor & 0xff00) | value);
		else
			transmit(vm, &value, 1);
		break;
	case REGISTER_ENABLE:
		if (u->line & LINE_DIVISOR)
			u->divisor = (uint16_t)(value << 8 | (u->divisor & 0xff));
		else
			enable_write(vm, value);
		break;
	case REGISTER_IDENTIFICATION:
		fifo_write(vm, value);
		break;
	case REGISTER_LINE:
		u->line = value;
		break;
	case REGISTER_MODEM:
		modem_write(vm, value);
		break;
	case REGISTER_SCRATCH:
		u->scratch = value;
		break;
	}
}

uint8_t uart_in(struct vm *vm, uint16_t port)
{
	uint8_t value = read(vm, port & 7);

	update(vm);
	return value;
}

int uart_out(struct vm *vm, uint16_t port, uint8_t value)
{
	write(vm, port & 7, value);
	update(vm);
	return 0;
}

bool uart_out_run(struct vm *vm, uint16_t port, const uint8_t *bytes, unsigned n)
{
	if ((port & 7) != REGISTER_DATA || vm->arch.pc->com1.line & LINE_DIVISOR)
		return false;
	transmit(vm, bytes, n);
	update(vm);
	return true;
}

void uart_reset(struct vm *vm)
{
	vm->arch.pc->com1 = (struct uart){.divisor = 12, .line = 3};
	update(vm);
}
