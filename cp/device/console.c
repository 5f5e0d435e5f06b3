/*
 * console.c - the 3215 typewriter console of a virtual machine.
 *
 * Owns: writing (guest to its user), reading (user to guest), attention, and SPOOL CONSOLE's listing. Before: session/ (the person's
 * terminal) and spool/. After: the channel; serial.c, for machines whose console is a serial port; guests' console drivers.
 * Heritage: DMKCNS, DMKVCN.
 * A write that the user's terminal is too slow for waits, as on the real machine; CP itself does not.
 * Simplification: a line that does not end (a prompt) is shown as a line of its own after a tenth of a second.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/session.h>
#include <cp/string.h>
#include <cp/task.h>
#include <cp/vm.h>
#include "classes.h"

#define COMMAND_WRITE        0x01
#define COMMAND_WRITE_RETURN 0x09
#define COMMAND_READ_INQUIRY 0x0a
#define COMMAND_ALARM        0x0b

#define ESCAPE 0x1b

#define FLUSH_AFTER (100 * TOD_MILLISECOND)
#define FLUSH_AGAIN (20 * TOD_MILLISECOND)

struct console *console_of(struct device *d)
{
	return d && d->class == &class_console ? d->private : NULL;
}

static struct device *console_device(struct vm *vm)
{
	return device_find_kind(vm, class_console.query_name);
}

/* ---- output ------------------------------------------------------------ */

/* A finished line, to the terminal and into the listing. */
static void line_end(struct device *d)
{
	struct console *c = d->private;
	char text[CONSOLE_OUTPUT_MAX];
	size_t length = c->used;

	memcpy(text, c->output, length);
	c->used = 0;
	c->flush = 0;
	if (d->vm->session && (!c->spool.started || c->spool.terminal))
		session_write_text(d->vm->session, text, length);
	console_listing(d->vm, text, length);
}

void console_show(struct vm *vm)
{
	struct device *d = console_device(vm);

	if (!d || !console_of(d)->used)
		return;
	device_hold(d);
	line_end(d);
	device_release(d);
}

static void put(struct device *d, char ch)
{
	struct console *c = d->private;

	if (c->used == sizeof(c->output))
		line_end(d);
	c->output[c->used++] = (uint8_t)ch;
}

/* One character of the guest's, and what it is in ASCII. What a typewriter cannot print is left out, with the terminal control sequences
 * (ESC [ ... letter) that a guest meant for another kind of terminal. */
static void put_guest(struct device *d, uint8_t ch, uint8_t ascii)
{
	struct console *c = d->private;

	if (ch == arch_traits.line_end || ascii == '\n') {
		c->skipping = false;
		line_end(d);
	} else if (c->skipping) {
		c->skipping = !((ascii >= 'A' && ascii <= 'Z') || (ascii >= 'a' && ascii <= 'z'));
	} else if (ascii == ESCAPE) {
		c->skipping = true;
	} else if (ascii == '\t') {
		do
			put(d, ' ');
		while (c->used % 8);
	} else if (ascii >= ' ' && ascii < 0x7f) {
		put(d, (char)ascii);
	}
}

/* How many characters from here on need no thought. */
static size_t plain(const struct console *c, const uint8_t *ascii, size_t n)
{
	size_t room = c->skipping ? 0 : sizeof(c->output) - c->used, i = 0;

	for (n = n < room ? n : room; i < n && ascii[i] >= ' ' && ascii[i] < 0x7f;)
		i++;
	return i;
}

/* Translated a piece at a time; most of it is plain text. */
static void put_text(struct device *d, const uint8_t *text, size_t length)
{
	struct console *c = d->private;
	uint8_t ascii[80];

	for (size_t n; length > 0; length -= n, text += n) {
		n = length < sizeof(ascii) ? length : sizeof(ascii);
		memcpy(ascii, text, n);
		text_from_guest(ascii, n);
		for (size_t i = 0, some; i < n; i += some) {
			some = plain(c, ascii + i, n - i);
			memcpy(c->output + c->used, ascii + i, some);
			c->used += some;
			if (some == 0)
				put_guest(d, text[i], ascii[i]), some = 1;
		}
	}
}

/* The one task that shows prompts and lets waiting writes go on: it sleeps until the earliest unended line of any console is
 * due, or a terminal has caught up. */
static bool flusher_made;
static const char flusher_channel;

static tod_t flush_due(tod_t now)
{
	tod_t next = TOD_NEVER;
	struct vm *vm = NULL;

	while ((vm = vm_next(vm)) != NULL) {
		struct console *c = console_of(console_device(vm));

		if (c && c->flush > now && c->flush < next)
			next = c->flush;
	}
	return next;
}

/* Is it due, and was it when looked at before? Twice, for a guest that got no processor so long, or whose emulator got none, is not at
 * a prompt: the rest of its line comes as soon as it runs. */
static bool flush_is_due(struct console *c, tod_t now)
{
	if (!c->used || !c->flush || c->flush > now)
		return false;
	if (!c->looked_at)
		c->flush = now + FLUSH_AGAIN;
	c->looked_at = !c->looked_at;
	return !c->looked_at;
}

/* Show one line that is due; line_end() may sleep, so the caller starts again from the front. */
static bool flush_one(tod_t now)
{
	struct vm *vm = NULL;

	while ((vm = vm_next(vm)) != NULL) {
		struct console *c = console_of(console_device(vm));

		if (!c || vm->held || !flush_is_due(c, now))
			continue;
		console_show(vm);
		return true;
	}
	return false;
}

/* The same for a write that waits: the operation is executed again, and may sleep; or the serial port is empty now. */
static bool write_one(void)
{
	struct vm *vm = NULL;

	while ((vm = vm_next(vm)) != NULL) {
		struct device *d = console_device(vm);
		struct console *c = console_of(d);

		if (!c || !c->writing || vm->held || !session_ready(vm->session))
			continue;
		c->writing = false;
		device_ready(d);
		return true;
	}
	return false;
}

static void flusher(void *argument)
{
	(void)argument;
	for (;;) {
		tod_t now = arch_clock();

		if (!flush_one(now) && !write_one())
			task_sleep_until(&flusher_channel, flush_due(now));
	}
}

static bool flusher_start(void)
{
	if (!flusher_made)
		flusher_made = task_create("consoles", flusher, NULL) != NULL;
	return flusher_made;
}

/* A line that is waited for already is only put off: the flusher looks again when it wakes. */
static void flush_later(struct console *c)
{
	bool waiting = c->flush != 0;

	flusher_start();
	c->flush = arch_clock() + FLUSH_AFTER;
	c->looked_at = false;
	if (!waiting)
		task_wake(&flusher_channel);
}

void console_drained(void)
{
	task_wake(&flusher_channel);
}

bool console_behind(struct device *d)
{
	struct console *c = d->private;

	c->writing = !session_ready(d->vm->session) && flusher_start();
	return c->writing;
}

/* Lines that end here and that nobody hears: they need not be made. */
static inline __attribute__((always_inline)) bool forget_lines(struct device *d)
{
	struct console *c = d->private;

	if (!d->vm->session || session_heard(d->vm->session))
		return false;
	c->used = 0;
	c->flush = 0;
	c->skipping = false;
	return true;
}

void console_put(struct device *d, const uint8_t *bytes, size_t n)
{
	struct console *c = d->private;

	if (n && bytes[n - 1] == arch_traits.line_end && forget_lines(d))
		return;
	put_text(d, bytes, n);
	if (c->used)
		flush_later(c);
}

static int write(struct device *d, struct operation *o, bool carrier_return)
{
	struct console *c = d->private;

	if (console_behind(d))
		return DEVICE_WAIT;
	o->done = o->count;
	o->status = STATUS_ENDED;
	if (carrier_return && forget_lines(d))
		return DEVICE_DONE;
	put_text(d, o->data, o->count);
	if (carrier_return && (c->used || o->count == 0 || o->data[o->count - 1] != arch_traits.line_end))
		line_end(d);
	else if (c->used)
		flush_later(c);
	return DEVICE_DONE;
}

void console_write(struct vm *vm, const uint8_t *text, size_t length)
{
	struct device *d = console_device(vm);

	if (!d)
		return;
	device_hold(d);
	put_text(d, text, length);
	line_end(d);
	device_release(d);
}

void console_listing(struct vm *vm, const char *text, size_t length)
{
	struct device *d = console_device(vm);
	struct console *c = console_of(d);
	uint8_t record[CONSOLE_OUTPUT_MAX];

	if (!c || !c->spool.started)
		return;
	device_hold(d);
	if (!c->listing)
		c->listing = spool_create(vm->userid, SPOOL_CONSOLE, c->spool.class);
	if (length > sizeof(record))
		length = sizeof(record);
	memcpy(record, text, length);
	text_to_guest(record, length);
	if (c->listing)
		spool_append(c->listing, COMMAND_WRITE_RETURN, record, length);
	device_release(d);
}

/* ---- input ------------------------------------------------------------- */

void console_line_taken(struct device *d)
{
	struct console *c = d->private;

	c->head = (uint8_t)((c->head + 1) % CONSOLE_LINES);
	c->count--;
	c->reads++;
	c->taken = 0;
	task_wake(d->vm); /* who waits for room: console_wait() */
}

static int read(struct device *d, struct operation *o)
{
	struct console *c = d->private;

	if (!c->count) {
		/* The prompt before a read is to be seen now. */
		if (c->used)
			line_end(d);
		c->reading = true;
		return DEVICE_WAIT;
	}
	o->done = c->length[c->head];
	if (o->done > o->count) {
		o->done = o->count;
		o->more = true;
	}
	memcpy(o->data, c->line[c->head], o->done);
	console_line_taken(d);
	c->reading = c->attention = false;
	o->status = STATUS_ENDED;
	return DEVICE_DONE;
}

bool console_input(struct vm *vm, const char *text, size_t length)
{
	struct device *d = console_device(vm);
	struct console *c = console_of(d);
	unsigned slot;

	if (!c || c->count == CONSOLE_LINES)
		return false;
	slot = (c->head + c->count) % CONSOLE_LINES;
	if (length > CONSOLE_LINE_MAX)
		length = CONSOLE_LINE_MAX;
	memcpy(c->line[slot], text, length);
	text_to_guest(c->line[slot], length);
	c->length[slot] = (uint8_t)length;
	c->count++;
	if (c->spool.started) {
		device_hold(d);
		console_listing(vm, text, length);
		device_release(d);
	}
	if (c->reading)
		device_ready(d);
	else
		console_attention(vm);
	return true;
}

/* The machine itself is what those sleep on who want something of it: its stop wakes them too. */
bool console_wait(struct vm *vm, tod_t due)
{
	return console_device(vm) && task_sleep_until(vm, due);
}

bool console_attention(struct vm *vm)
{
	struct device *d = console_device(vm);
	struct console *c = console_of(d);

	if (!c)
		return false;
	c->attention = true;
	device_attention(d, STATUS_ATTENTION);
	return true;
}

bool console_reading(struct vm *vm)
{
	struct console *c = console_of(console_device(vm));

	return c && c->reading;
}

/* ---- the class --------------------------------------------------------- */

static int console_exec(struct device *d, struct operation *o)
{
	switch (o->command) {
	case COMMAND_WRITE:
		return write(d, o, (d->vm->options & SET_AUTOCR) != 0);
	case COMMAND_WRITE_RETURN:
		return write(d, o, true);
	case COMMAND_READ_INQUIRY:
		return read(d, o);
	case COMMAND_ALARM:
		o->immediate = true;
		o->status = STATUS_ENDED;
		return DEVICE_DONE;
	default:
		return device_check(d, o, SENSE_COMMAND_REJECT);
	}
}

static int console_create(struct device *d)
{
	struct console *c = d->private;

	if (!c->spool.class)
		spool_settings_default(&c->spool, 'T');
	return 0;
}

static void console_destroy(struct device *d)
{
	struct console *c = d->private;

	if (c->used)
		line_end(d);
	unit_record_close(d, UNIT_CLOSE, NULL, NULL);
}

static void console_reset(struct device *d)
{
	struct console *c = d->private;

	c->reading = c->attention = c->skipping = c->writing = false;
	c->head = c->count = c->taken = 0;
}

static void console_halt(struct device *d)
{
	struct console *c = d->private;

	c->reading = c->writing = false;
}

/* Lines typed ahead: ask the guest for the next one. */
static void console_ended(struct device *d)
{
	struct console *c = d->private;

	if (c->count && !c->attention)
		console_attention(d->vm);
}

static void console_query(struct device *d, char *line, size_t size)
{
	struct console *c = d->private;

	format(line, size, "ON %s TERM %s CL %c", d->vm->session && d->vm->session->line ? "LINE" : "DISC",
	       c->spool.started ? "START" : "STOP", c->spool.class);
}

/* A line that does not end is shown a little later; a write that waits looks at its terminal again. */
static int console_loaded(struct device *d)
{
	struct console *c = d->private;

	if (c->taken > c->length[c->head] || (c->reading && c->writing) || !spool_settings_valid(&c->spool))
		return CP_CANNOT;
	if (c->used)
		flush_later(c);
	if (c->writing && flusher_start())
		console_drained();
	return 0;
}

static const struct state_field console_state[] = {
	STATE_UP_TO(struct console, head, "HEAD", 1, CONSOLE_LINES - 1),
	STATE_UP_TO(struct console, count, "LINES", 2, CONSOLE_LINES),
	{STATE_ROW(struct console, length, "LENGTH", 3), .size = 1, .count = CONSOLE_LINES,
	 .most = CONSOLE_LINE_MAX},
	{STATE_ROW(struct console, line, "TEXT", 4), .size = 1, .count = CONSOLE_LINES * CONSOLE_LINE_MAX},
	STATE_FLAG(struct console, reading, "READING", 5),
	STATE_FLAG(struct console, attention, "ATTENTION", 6),
	STATE_UP_TO(struct console, used, "PENDING", 7, CONSOLE_OUTPUT_MAX),
	STATE_ARRAY(struct console, output, "OUTPUT", 0, 8),
	STATE_FLAG(struct console, skipping, "SKIPPING", 9),
	STATE_FLAG(struct console, writing, "WRITING", 10),
	STATE_UP_TO(struct console, taken, "TAKEN", 11, CONSOLE_LINE_MAX),
	STATE_FIELD(struct console, spool.class, "CLASS", 0, 12),
	STATE_FIELD(struct console, spool.copies, "COPIES", 0, 13),
	STATE_FLAG(struct console, spool.hold, "HOLD", 14),
	STATE_FLAG(struct console, spool.keep, "KEEP", 15),
	STATE_FLAG(struct console, spool.continuous, "CONT", 16),
	STATE_FLAG(struct console, spool.started, "STARTED", 17),
	STATE_FLAG(struct console, spool.terminal, "TERM", 18),
	STATE_FLAG(struct console, spool.to_reader, "TO", 19),
	STATE_STRING(struct console, spool.to, "USERID", 20),
	STATE_FIELD(struct console, reads, "READS", 0,
		    21), /* images of before have none: docs/tutorial, chapter 13 */
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct console, listing), /* what is in it is kept as records of a spool file */
	STATE_HOST(struct console, flush),
	STATE_HOST(struct console, looked_at),
	STATE_END,
#endif
};

const struct device_class class_console = {
	.name = "3215",
	.query_name = "CONS",
	.cu_type = 0x3215,
	.type = 0x3215,
	.sense_size = 1,
	.size = sizeof(struct console),
	.create = console_create,
	.destroy = console_destroy,
	.reset = console_reset,
	.exec = console_exec,
	.halt = console_halt,
	.ended = console_ended,
	.query = console_query,
	.state = console_state,
	.loaded = console_loaded,
};
