/*
 * output.c - what a user gets to see, and who sees it with him.
 *
 * Owns: the way of a line of output: to the terminal, else to the secondary user; to the observer; messages to the
 * operator. Before: line.c, which queues it. After: everything that talks. Heritage: DMKQCN.
 * Simplification: the secondary user's and the observer's copies go to their terminals only, never further.
 */
#include <cp/session_private.h>
#include <cp/string.h>

#define OUTPUT_MAX 240

/* The terminal of somebody who looks over the shoulder, if he sits at one. */
static __attribute__((noinline)) struct line *watcher_line(const char *userid, const struct vm *from)
{
	struct vm *to = userid[0] ? vm_find(userid) : NULL;

	return to && to != from && to->session ? to->session->line : NULL;
}

/* "STUDENT1: text" to him. */
static void copy_to(const char *userid, const struct vm *from, const char *text, size_t length)
{
	struct line *to = watcher_line(userid, from);
	char line[USERID_MAX + 2 + OUTPUT_MAX + 1];
	size_t head;

	if (!to)
		return;
	head = format(line, sizeof(line), "%-8s: ", from->userid);
	if (length > sizeof(line) - head)
		length = sizeof(line) - head;
	memcpy(line + head, text, length);
	line_write(to, line, head + length);
}

bool session_heard(const struct session *s)
{
	struct vm *vm = s->vm;

	return s->line || (vm && (watcher_line(vm->secuser, vm) || watcher_line(vm->observer, vm) ||
				  listing_started(vm)));
}

void session_write_text(struct session *s, const char *text, size_t length)
{
	const char *secuser = s->vm && !s->line ? s->vm->secuser : "";

	if (s->line)
		line_write(s->line, text, length);
	copy_to(secuser, s->vm, text, length);
	if (s->vm && strcmp(s->vm->observer, secuser) != 0)
		copy_to(s->vm->observer, s->vm, text, length);
}

bool session_ready(const struct session *s)
{
	return !s || !s->line || line_ready(s->line);
}

static void cp_line(struct session *s, const char *text, size_t length)
{
	session_write_text(s, text, length);
	listing_add(s, text, length);
}

static __attribute__((noinline)) void write_v(struct session *s, const char *fmt, va_list ap)
{
	char text[OUTPUT_MAX + 1];

	format_v(text, sizeof(text), fmt, ap);
	cp_line(s, text, strlen(text));
}

void session_write(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_v(s, fmt, ap);
	va_end(ap);
}

void vm_write(struct vm *vm, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vm->session)
		write_v(vm->session, fmt, ap);
	va_end(ap);
}

void operator_write(const char *fmt, ...)
{
	struct vm *operator= vm_find("OPERATOR");
	struct line *line = line_find(0);
	char text[OUTPUT_MAX + 1];
	va_list ap;

	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (operator&& operator->session && operator->session->line)
		cp_line(operator->session, text, strlen(text));
	else if (line)
		line_write(line, text, strlen(text));
}

static void session_put(struct reply *r, const char *line, size_t length)
{
	cp_line(r->session, line, length);
}

void session_reply_init(struct session *s)
{
	s->reply.put = session_put;
	s->reply.session = s;
}
