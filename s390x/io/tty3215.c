/*
 * tty3215.c - 3215 console printer-keyboards: telnet lines of Hercules, and
 * the console of a virtual machine that CP runs in.
 *
 * Before it: probe.c. After it: cp/io/line.c.
 * A 3215 does one thing at a time. A read started before the user has typed
 * would keep everything else from being written, so the driver writes what
 * there is and reads only when ATTENTION says that a line has been typed.
 * Who connects shows as an unsolicited DEVICE END; who hangs up shows only
 * in the next operation, a unit check with intervention required, and so a
 * NOP goes out every second.
 * On Hercules an empty line raises ATTENTION and puts nothing into the buffer,
 * so that the read waits. The terminal program uses it to knock: it sends the
 * line itself when the read is there, for Hercules runs together what comes
 * before (console/line.c). A read that brought nothing was a second knock.
 * Known simplification: one blank is taken for an empty line; a terminal
 * program sends that instead.
 * Source: IBM 3215 component description; 2 and 3 below are those of
 * Hercules' buffer.
 * Heritage: DMKCNS.
 */
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/line.h>
#include <cp/timer.h>
#include "css.h"

#define TTY_WRITE     0x01 /* without a carrier return */
#define TTY_WRITE_END 0x09 /* with one */
#define TTY_READ      0x0a
#define TTY_WIDTH     148 /* Hercules cuts a write at 150 with the line end */
#define TTY_CHAIN     8   /* writes in one channel program */
#define TTY_TICK      TOD_SECOND
#define TTY_OPERATOR  0x0009

enum tty_state { TTY_IDLE, TTY_WRITING, TTY_READING, TTY_ASKING, TTY_SENSING };

struct tty {
	struct list all;
	struct line line;
	struct real_device *device;
	enum tty_state state;
	bool attention; /* a line has been typed and not been read */
	bool newcomer;  /* somebody has connected since the last start */
	uint8_t sense;
	struct ccw program[TTY_CHAIN];
	char text[TTY_CHAIN][TTY_WIDTH];
};

static struct list ttys = LIST_INIT(ttys);
static struct timer tick;

static void tty_next(struct tty *t);

/* ---- starting ---------------------------------------------------------------- */

/*
 * An attention that has just come in stands in the way of the program: it is
 * served, and the program started again, unless the one who was to read its
 * text has gone meanwhile. What cannot be started at all waits for the tick.
 */
static void tty_go(struct tty *t, enum tty_state state)
{
	int cc;

	t->state = state;
	t->newcomer = false;
	do
		cc = real_start(t->device, t->program);
	while (cc == 1 && !t->newcomer);
	if (!cc)
		return;
	t->state = TTY_IDLE;
	if (t->newcomer)
		tty_next(t);
}

static void tty_command(struct tty *t, uint8_t command, void *data, uint16_t count, enum tty_state state)
{
	t->program[0] = (struct ccw){command, CCW_ANY_LENGTH, count, channel_address(data)};
	tty_go(t, state);
}

/* Fills as many CCWs as there are lines, or pieces of lines; returns their number. */
static unsigned tty_fill(struct tty *t)
{
	unsigned n = 0;

	while (n < TTY_CHAIN) {
		bool ended;
		int length = line_output_line(&t->line, t->text[n], TTY_WIDTH, &ended);

		if (length < 0)
			break;
		if (!length)
			t->text[n][length++] = ' '; /* a CCW cannot count to zero */
		ascii_to_ebcdic(t->text[n], (size_t)length);
		t->program[n] = (struct ccw){ended ? TTY_WRITE_END : TTY_WRITE, CCW_ANY_LENGTH | CCW_CHAIN,
					     (uint16_t)length, channel_address(t->text[n])};
		n++;
	}
	if (n)
		t->program[n - 1].flags = CCW_ANY_LENGTH;
	return n;
}

static void tty_next(struct tty *t)
{
	if (t->state != TTY_IDLE || !t->line.open)
		return;
	if (t->attention && line_room(&t->line)) {
		t->attention = false;
		tty_command(t, TTY_READ, t->text[0], TTY_WIDTH, TTY_READING);
	} else if (tty_fill(t)) {
		tty_go(t, TTY_WRITING);
	}
}

static void tty_start(struct line *l)
{
	tty_next(l->private);
}

/* ---- what comes back ------------------------------------------------------------ */

static void tty_connected(struct tty *t)
{
	line_closed(&t->line); /* who was there before is gone, even if nobody noticed */
	t->attention = false;
	t->newcomer = true;
	line_opened(&t->line);
}

static void tty_typed(struct tty *t, unsigned length)
{
	if (!length)
		return;
	ebcdic_to_ascii(t->text[0], length);
	if (length == 1 && t->text[0][0] == ' ')
		length = 0;
	line_input(&t->line, t->text[0], length);
}

static void tty_unsolicited(struct tty *t, uint8_t status)
{
	if (status & STATUS_DEVICE_END) {
		tty_connected(t);
		return;
	}
	line_opened(&t->line); /* who types is there */
	if ((status & STATUS_ATTENTION) && (status & STATUS_UNIT_EXCEPTION))
		line_input(&t->line, "#CP", 3); /* the break key */
	else if (status & STATUS_ATTENTION)
		t->attention = true;
}

static void tty_ended(struct tty *t, const struct scsw *scsw)
{
	enum tty_state state = t->state;

	t->state = TTY_IDLE;
	if (scsw->device_status & STATUS_UNIT_CHECK && state != TTY_SENSING) {
		t->sense = 0;
		tty_command(t, CCW_SENSE, &t->sense, 1, TTY_SENSING);
		return;
	}
	if (state == TTY_SENSING && (t->sense & SENSE_INTERVENTION_REQUIRED))
		line_closed(&t->line);
	else if (state == TTY_READING && scsw->count <= TTY_WIDTH &&
		 !(scsw->device_status & STATUS_UNIT_EXCEPTION))
		tty_typed(t, TTY_WIDTH - scsw->count);
	else if (state == TTY_ASKING)
		line_opened(&t->line);
}

/* Channel end alone is not the end; with errors in the channel, what was under way is over. */
static void tty_interrupt(struct real_device *d, const struct scsw *scsw)
{
	struct tty *t = d->private;

	if (!(scsw->control & SCSW_FUNCTION))
		tty_unsolicited(t, scsw->device_status);
	else if (scsw->control & (SCSW_SECONDARY | SCSW_DEFERRED_CC) || scsw->channel_status)
		tty_ended(t, scsw);
	tty_next(t);
}

/* ---- every second ------------------------------------------------------------------ */

/*
 * A line that does nothing is asked whether somebody is there. One that
 * waits for an interruption that can no longer come (Hercules forgets a
 * pending one when somebody connects) begins again.
 */
static void tty_check(struct tty *t)
{
	if (t->state != TTY_IDLE && real_active(t->device))
		return;
	t->state = TTY_IDLE;
	tty_next(t);
	if (t->state == TTY_IDLE)
		tty_command(t, CCW_NOP, t->text[0], 1, TTY_ASKING);
}

static void tty_tick(struct timer *timer)
{
	struct tty *t;

	list_for_each(t, &ttys, all)
		tty_check(t);
	timer_set(timer, arch_clock() + TTY_TICK);
}

/* ---- finding ----------------------------------------------------------------------- */

static const struct line_driver tty_driver = {.name = "3215", .start = tty_start};

/* In a virtual machine SCLP and the 3215 are the same terminal. Version FF of the CPU identification says so. */
static bool virtual_machine(void)
{
	return real_machine.cpu_id >> 56 == 0xff;
}

void tty3215_probe(struct real_device *d)
{
	struct tty *t = heap_alloc(sizeof(*t));

	if (!t || !channel_reaches(t, sizeof(*t)))
		return;
	t->device = d;
	t->line.driver = &tty_driver;
	t->line.private = t;
	t->line.address = d->address;
	t->line.number = d->address == TTY_OPERATOR ? 0 : 1;
	line_register(&t->line);
	if (t->line.number == 0 && !virtual_machine())
		sclp_repeat(&t->line);
	d->private = t;
	d->interrupt = tty_interrupt;
	if (list_empty(&ttys)) {
		timer_init(&tick, tty_tick);
		timer_set(&tick, arch_clock() + TTY_TICK);
	}
	list_append(&ttys, &t->all);
	tty_command(t, CCW_NOP, t->text[0], 1, TTY_ASKING);
}
