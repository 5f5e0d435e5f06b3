/*
 * input.c - which way a typed line goes.
 *
 * Owns: the routing that session.h describes, and the line-end symbol. Before: session.c, whose task calls input_line().
 * After: command_run() on one side, the virtual console on the other. Heritage: DMKCNS, DMKCFM (the line editor).
 * A line typed ahead waits here while the machine's console has no room for it, so that a whole file can be pasted. A
 * machine that does not read loses it in the end, or #CP would never come through.
 * Simplification: only the line-end symbol edits, and only what goes to CP. A line for a running machine passes as it
 * is: on today's guests '#', '"' and '@' are programs' characters, and terminals have their own erase keys.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/session_private.h>
#include <cp/string.h>

static bool is_cp_prefix(const struct session *s, const char *text)
{
	char symbol = s->terminal.line_end;

	if (text[0] != '#' && (!symbol || text[0] != symbol))
		return false;
	return (text[1] == 'C' || text[1] == 'c') && (text[2] == 'P' || text[2] == 'p') &&
	       (text[3] == ' ' || text[3] == '\0');
}

static void run(struct session *s, const char *text)
{
	listing_add(s, text, strlen(text));
	listing_drain(s); /* before what the command lets the machine say */
	command_run(text, s->vm, s, NULL, s->vm ? s->vm->classes : 0, &s->reply);
}

/* #CP alone is the attention key: CP reads, and the machine stops unless SET RUN ON is in force. */
static void attention(struct session *s)
{
	s->cp_read = s->vm->options & SET_RUN;
	if (!s->cp_read) {
		vm_request(s->vm, REQUEST_STOP);
		vm_settle(s->vm);
	}
	session_write(s, "CP");
}

static void cp_line(struct session *s, const char *text)
{
	while (*text == ' ')
		text++;
	if (*text)
		run(s, text);
	else if (s->vm && !s->vm->stopped)
		attention(s);
}

static bool to_console(const struct session *s)
{
	return s->vm && !s->cp_read && !vm_stopped(s->vm);
}

/* Is a line for CP waiting behind this one? */
static bool cp_calls(const struct session *s)
{
	for (unsigned n = s->input_head; n != s->input_tail; n = (n + 1) % SESSION_QUEUE)
		if (is_cp_prefix(s, s->input[n]))
			return true;
	return false;
}

static bool console_line(struct session *s, const char *text)
{
	tod_t due = arch_clock() + SESSION_PATIENCE;
	size_t length = strlen(text);
	bool taken;

	while (!(taken = console_input(s->vm, text, length)) && !s->unread) {
		if (cp_calls(s) || !console_wait(s->vm, due))
			s->unread = true;
		vm_settle(s->vm);
		if (!to_console(s))
			return false;
	}
	if (taken)
		s->unread = false;
	return taken;
}

static void one_line(struct session *s, const char *text)
{
	if (is_cp_prefix(s, text))
		cp_line(s, text + 3);
	else if (!to_console(s))
		run(s, text);
	else if (!console_line(s, text))
		session_write(s, "NOT ACCEPTED");
}

/* The next logical line of *text into dst; *text moves behind it, or becomes NULL at the end. */
static void cut(const char **text, char symbol, char dst[LINE_INPUT_MAX + 1])
{
	const char *p = *text, *end = symbol ? strchr(p, symbol) : NULL;
	size_t n = end ? (size_t)(end - p) : strlen(p);

	memcpy(dst, p, n);
	dst[n] = '\0';
	*text = end ? end + 1 : NULL;
}

/* What was asked of the machine before, by whomever, counts first: an IPL at LOGON, one by DIAGNOSE; nor does it hear anything
 * while it is held (run/quiesce.c). False: the session ends. */
static bool settled(struct session *s)
{
	if (s->vm)
		vm_settle(s->vm);
	return !s->ending && !(s->vm && s->vm->requests & REQUEST_LOGOFF);
}

/* "QUERY TIME#MSG OP HI" is two commands. Each finds its own way, for the first may have started the machine. */
static void edited_line(struct session *s, const char *text)
{
	bool edit = !s->vm || s->vm->options & SET_LINEDIT;
	char symbol = s->vm ? s->terminal.line_end : 0;
	char piece[LINE_INPUT_MAX + 1];

	while (text && settled(s)) {
		if (is_cp_prefix(s, text)) {
			const char *rest = text + 3;

			cut(&rest, edit ? symbol : 0, piece);
			cp_line(s, piece);
			text = rest;
			if (text && is_cp_prefix(s, text - 1)) /* "#CP A#CP B" */
				text--;
			continue;
		}
		if (to_console(s)) {
			one_line(s, text);
			return;
		}
		cut(&text, edit ? symbol : 0, piece);
		one_line(s, piece);
	}
}

void input_line(struct session *s, const char *text)
{
	settled(s);
	if (s->logon.waiting)
		logon_password(s, text);
	else if (s->link[0])
		link_password(s, text);
	else
		edited_line(s, text);
}
