/*
 * session.c - sessions: made when a line opens, ended when nothing holds them.
 *
 * Owns: the list of sessions, each one's task, and what happens when lines come and go. Before: line.c and output.c.
 * After: input.c, which decides what a typed line means; build.c, which gives a session its machine.
 * Heritage: DMKCNS's line handling, DMKLOG, DMKUSO.
 * Simplification: one session a line; there is no DIAL.
 */
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/console.h>
#include <cp/heap.h>
#include <cp/object.h>
#include <cp/panic.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include <cp/volume.h>

static struct list sessions = LIST_INIT(sessions);

struct session *session_next(struct session *s)
{
	struct list *l = s ? s->all.next : sessions.next;

	return l == &sessions ? NULL : container_of(l, struct session, all);
}

void session_place(const struct session *s, char *text, size_t size)
{
	if (s && s->line)
		format(text, size, "L%04u", s->line->number % 10000);
	else
		string_copy(text, size, "DSC");
}

struct reply *session_reply(struct session *s)
{
	return &s->reply;
}

/* ---- lines come and go -------------------------------------------------- */

void session_connect(struct session *s, struct line *l)
{
	if (s->line)
		s->line->session = NULL;
	s->line = l;
	if (l) {
		l->session = s;
		s->dropped = 0;
		s->drop_told = false;
	}
	console_drained();
}

void session_greet(struct session *s)
{
	char place[8];

	session_place(s, place, sizeof(place));
	session_write(s, "VM/40 ONLINE %s", place);
	session_write(s, "LOGON userid, or HELP");
}

struct session *session_open_line(struct line *l)
{
	struct session *s = session_create();

	if (!s)
		return NULL;
	session_connect(s, l);
	s->failures = l->failures;
	session_greet(s);
	return s;
}

void session_opened(struct line *l)
{
	if (!l->session && sessions_started)
		session_open_line(l);
}

void session_closed(struct line *l)
{
	struct session *s = l->session;

	if (!s)
		return;
	session_connect(s, NULL);
	s->logon.waiting = false;
	s->link[0] = '\0';
	s->dropped = arch_clock();
	task_wake(s);
}

void session_input(struct line *l, const char *text, size_t length)
{
	if (!l->session)
		session_opened(l);
	if (!l->session || !session_type(l->session, text, length))
		line_write(l, "NOT ACCEPTED", 12);
}

/* ---- the queue of typed lines ------------------------------------------- */

bool session_room(const struct session *s)
{
	return (s->input_tail + 1) % SESSION_QUEUE != s->input_head;
}

bool session_type(struct session *s, const char *text, size_t length)
{
	char *slot = s->input[s->input_tail];

	if (!session_room(s))
		return false;
	if (length > LINE_INPUT_MAX)
		length = LINE_INPUT_MAX;
	memcpy(slot, text, length);
	slot[length] = '\0';
	s->input_tail = (s->input_tail + 1) % SESSION_QUEUE;
	task_wake(s);
	return true;
}

/* When the queue was full, the terminal's driver has left the next line in its device. */
static bool session_take(struct session *s, char text[LINE_INPUT_MAX + 1])
{
	bool full = !session_room(s);

	if (s->input_head == s->input_tail)
		return false;
	memcpy(text, s->input[s->input_head], LINE_INPUT_MAX + 1);
	memset(s->input[s->input_head], 0, LINE_INPUT_MAX + 1); /* it may be a password */
	s->input_head = (s->input_head + 1) % SESSION_QUEUE;
	if (full && s->line)
		s->line->driver->start(s->line);
	return true;
}

/* ---- the task ------------------------------------------------------------ */

static bool logoff_pending(const struct session *s)
{
	return s->vm && s->vm->requests & REQUEST_LOGOFF;
}

static void tell_dropped(struct session *s)
{
	s->drop_told = true;
	operator_write("LINE DROPPED, %s DISCONNECTED", s->vm->userid);
}

/* Fifteen minutes after his line dropped: a machine that runs is left running, a stopped one goes. */
static void return_expired(struct session *s)
{
	s->dropped = 0;
	if (!s->vm || !s->vm->stopped)
		return;
	operator_write("%s DID NOT RETURN", s->vm->userid);
	vm_request(s->vm, REQUEST_LOGOFF);
}

static void session_wait(struct session *s)
{
	if (!s->vm && !s->line && !s->busy) /* busy: LOGON or AUTOLOG is filling it */
		s->ending = true;
	else if (!s->vm || s->line || !s->dropped)
		task_sleep(s);
	else if (!s->drop_told)
		tell_dropped(s);
	else if (!task_sleep_until(s, s->dropped + SESSION_RETURN))
		return_expired(s);
}

/* While busy, the machine does not go away. */
static void work(struct session *s, const char *text)
{
	s->busy = true;
	if (text)
		input_line(s, text);
	else
		listing_drain(s);
	s->busy = false;
	task_wake(&s->busy);
}

static void session_loop(void *argument)
{
	struct session *s = argument;
	char text[LINE_INPUT_MAX + 1];

	while (!s->ending) {
		if (logoff_pending(s)) {
			task_sleep(s);
			continue;
		}
		if (s->vm && s->listed) {
			work(s, NULL);
			continue;
		}
		if (sessions_held) {
			task_sleep(s);
			continue;
		}
		if (!session_take(s, text)) {
			session_wait(s);
			continue;
		}
		work(s, text);
		memset(text, 0, sizeof(text));
	}
	list_remove(&s->all);
	heap_free(s, sizeof(*s));
	task_exit();
}

struct session *session_create(void)
{
	struct session *s = heap_alloc(sizeof(*s));

	if (!s)
		return NULL;
	session_reply_init(s);
	s->task = task_create("session", session_loop, s);
	if (!s->task) {
		heap_free(s, sizeof(*s));
		return NULL;
	}
	list_append(&sessions, &s->all);
	return s;
}

bool sessions_held;

void sessions_hold(bool held)
{
	sessions_held = held;
	for (struct session *s = session_next(NULL); s; s = session_next(s))
		task_wake(s);
}

/* ---- CP's own beginning --------------------------------------------------- */

bool sessions_started;

/* The warning that every start gives while somebody's password is his userid. */
static void warn_weak(struct session *s)
{
	uint32_t weak = directory_weak();

	if (weak)
		reply_to(&s->reply, SET_EMSG_CODE | SET_EMSG_TEXT, MSG_WEAK_PASSWORDS, (unsigned)weak);
}

/* A warm start has brought the operator's machine back, or it is built. */
static struct session *operator_session(void)
{
	struct vm *vm = vm_find("OPERATOR");

	return vm ? vm->session : session_create();
}

void session_init(void)
{
	struct session *s = operator_session();
	struct line *l;

	if (!s)
		panic("no storage for the operator's session");
	query_started();
	sessions_started = true;
	s->busy = true;
	if (line_find(0))
		session_connect(s, line_find(0));
	if (s->vm)
		session_welcome(s->vm);
	else if (session_logon(s, "OPERATOR", false, &s->reply) != 0)
		log_line("OPERATOR CANNOT BE LOGGED ON");
	warn_weak(s);
	s->busy = false;
	task_wake(s);
	for (l = line_next(NULL); l; l = line_next(l))
		if (l->open)
			session_opened(l);
}

const struct state_field terminal_state[] = {
	STATE_FIELD(struct session, terminal.line_end, "LINEND", 0, 1),
	STATE_FIELD(struct session, terminal.line_delete, "LINEDEL", 0, 2),
	STATE_FIELD(struct session, terminal.character_delete, "CHARDEL", 0, 3),
	STATE_FIELD(struct session, terminal.escape, "ESCAPE", 0, 4),
	STATE_FIELD(struct session, terminal.tab, "TABCHAR", 0, 5),
	STATE_FIELD(struct session, terminal.line_size, "LINESIZE", 0, 6),
	STATE_FLAG(struct session, terminal.attention, "ATTN", 7),
	STATE_FLAG(struct session, terminal.apl, "APL", 8),
	STATE_FLAG(struct session, terminal.text, "TEXT", 9),
	STATE_FLAG(struct session, terminal.hold, "HOLD", 10),
	STATE_FLAG(struct session, terminal.mode_cp, "MODE", 11),
	STATE_FLAG(struct session, cp_read, "CPREAD", 12),
	STATE_END,
#if STATE_WHOLE
	/* The person at the terminal and what he has typed: he may be another, elsewhere, when the machine is back. */
	STATE_HOST(struct session, all),
	STATE_HOST(struct session, line),
	STATE_HOST(struct session, vm),
	STATE_HOST(struct session, task),
	STATE_HOST(struct session, reply),
	STATE_HOST(struct session, input),
	STATE_HOST(struct session, input_head),
	STATE_HOST(struct session, input_tail),
	STATE_HOST(struct session, busy),
	STATE_HOST(struct session, ending),
	STATE_HOST(struct session, drop_told),
	STATE_HOST(struct session, unread),
	STATE_HOST(struct session, link),
	STATE_HOST(struct session, logon),
	STATE_HOST(struct session, logon_by),
	STATE_HOST(struct session, failures),
	STATE_HOST(struct session, dropped),
	/* CP's lines for the listing: its task writes them out. */
	STATE_HOST(struct session, listing),
	STATE_HOST(struct session, listed),
	STATE_END,
#endif
};
