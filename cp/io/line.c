/*
 * line.c - terminal lines: the list of them, and each one's output queue.
 *
 * Before it: the port's terminal drivers. After it: session/, which reads
 * commands from lines and writes answers to them.
 * The queue is a ring of text with '\n' after every line. CP never waits for
 * a terminal: when it is slower than CP, the oldest lines are lost. A virtual
 * console waits, as a real one would: it asks line_ready() before it writes.
 * Known simplification: what is lost leaves no mark on the terminal.
 * Heritage: RDEVBLOK of a terminal, DMKQCN (queue console).
 */
#include <cp/console.h>
#include <cp/heap.h>
#include <cp/line.h>
#include <cp/session.h>
#include <cp/string.h>

#define LINE_TEXT_MAX (LINE_OUTPUT_SIZE / 2) /* of one line; a longer one is cut */

static struct list lines = LIST_INIT(lines);

/* ---- which lines there are -------------------------------------------- */

/* In order of number; one whose number is taken gets the next free. */
void line_register(struct line *l)
{
	struct line *other;
	struct list *after = &lines;

	while (line_find(l->number))
		l->number++;
	list_for_each(other, &lines, all) {
		if (other->number > l->number) {
			after = &other->all;
			break;
		}
	}
	l->output = heap_alloc(LINE_OUTPUT_SIZE);
	l->head = l->tail = 0;
	list_insert(after, &l->all);
}

struct line *line_find(unsigned number)
{
	struct line *l;

	list_for_each(l, &lines, all) {
		if (l->number == number)
			return l;
	}
	return NULL;
}

struct line *line_next(struct line *l)
{
	struct list *next = l ? l->all.next : lines.next;

	return next == &lines ? NULL : container_of(next, struct line, all);
}

/* ---- somebody comes, types and goes ------------------------------------- */

/* The operator's line keeps what CP said before anybody looked; the others begin empty. */
static void line_forget(struct line *l)
{
	if (l->number)
		l->head = l->tail = 0;
}

void line_opened(struct line *l)
{
	if (l->open)
		return;
	line_forget(l);
	l->open = true;
	session_opened(l);
	if (l->head != l->tail)
		l->driver->start(l);
}

void line_closed(struct line *l)
{
	if (!l->open)
		return;
	l->open = false;
	line_forget(l);
	session_closed(l);
}

/* What arrives is any bytes at all; what goes on is at most LINE_INPUT_MAX printable characters. */
void line_input(struct line *l, const char *text, size_t length)
{
	char clean[LINE_INPUT_MAX];

	if (!l->open)
		return; /* the last words of somebody who has left */
	if (length > LINE_INPUT_MAX)
		length = LINE_INPUT_MAX;
	for (size_t i = 0; i < length; i++)
		clean[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : ' ';
	session_input(l, clean, length);
}

bool line_room(struct line *l)
{
	return line_ready(l) && (!l->session || session_room(l->session));
}

/* ---- the output ring ------------------------------------------------------ */

/* head is where text is taken, tail where it is put; both count on and are reduced when used. */
static uint32_t line_queued(const struct line *l)
{
	return l->tail - l->head;
}

static char line_byte(const struct line *l, uint32_t at)
{
	return l->output[at % LINE_OUTPUT_SIZE];
}

static void line_drop_oldest(struct line *l)
{
	while (line_queued(l) && line_byte(l, l->head++) != '\n')
		;
}

/* At the tail of the ring, in which it has room; in two pieces where the ring begins anew. */
static __attribute__((noinline)) void line_put(struct line *l, const char *text, size_t length)
{
	size_t at = l->tail % LINE_OUTPUT_SIZE, first = LINE_OUTPUT_SIZE - at;

	if (first > length)
		first = length;
	memcpy(l->output + at, text, first);
	memcpy(l->output, text + first, length - first);
	l->tail += (uint32_t)length;
}

/* A line end inside the text would let a guest or a user forge lines of CP: it becomes a blank. */
void line_write(struct line *l, const char *text, size_t length)
{
	bool clean;

	if (!l->output)
		return;
	if (length > LINE_TEXT_MAX)
		length = LINE_TEXT_MAX;
	while (LINE_OUTPUT_SIZE - line_queued(l) < length + 1)
		line_drop_oldest(l);
	clean = string_printable(text, length);
	for (size_t i = 0, piece = clean ? length : 1; i < length; i += piece)
		line_put(l, clean || string_printable(text + i, 1) ? text + i : " ", piece);
	line_put(l, "\n", 1);
	if (l->open)
		l->driver->start(l);
}

bool line_ready(struct line *l)
{
	l->crowded = line_queued(l) > LINE_OUTPUT_SIZE / 2;
	return !l->crowded;
}

static void line_drained(struct line *l)
{
	if (l->crowded && line_ready(l))
		console_drained();
}

/* Whole lines while they fit into max; a single line longer than max goes in pieces. */
size_t line_output(struct line *l, char *buf, size_t max)
{
	size_t n = 0, whole = 0;

	while (n < max && n < line_queued(l)) {
		buf[n] = line_byte(l, l->head + n);
		if (buf[n++] == '\n')
			whole = n;
	}
	if (whole)
		n = whole;
	l->head += n;
	line_drained(l);
	return n;
}

int line_output_line(struct line *l, char *buf, size_t max, bool *ended)
{
	size_t n = 0;

	*ended = false;
	if (!line_queued(l))
		return -1;
	while (line_queued(l) && !*ended && n < max) { /* a piece ends where the ring begins anew */
		const char *from = l->output + l->head % LINE_OUTPUT_SIZE, *end;
		size_t piece = LINE_OUTPUT_SIZE - l->head % LINE_OUTPUT_SIZE;

		piece = piece < line_queued(l) ? piece : line_queued(l);
		piece = piece < max - n ? piece : max - n;
		end = memchr(from, '\n', piece);
		*ended = end != NULL;
		piece = end ? (size_t)(end - from) : piece;
		memcpy(buf + n, from, piece);
		n += piece;
		l->head += (uint32_t)piece + *ended;
	}
	if (!*ended && line_queued(l) && line_byte(l, l->head) == '\n') {
		*ended = true;
		l->head++;
	}
	line_drained(l);
	return (int)n;
}
