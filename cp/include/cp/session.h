/*
 * session.h - a user at a terminal.
 *
 * A session belongs to a terminal line from LOGON on, or to none
 * (disconnected). Its task reads typed lines and runs them as commands, so a
 * command may sleep without stopping the user's machine.
 *
 * Which way an input line goes:
 *   no user yet                     a CP command (LOGON, MESSAGE ...)
 *   starts with #CP                 a CP command
 *   machine stopped or never IPLed  CP READ: a CP command
 *   machine running                 VM READ: to the virtual console (device/console.c)
 *
 * Heritage: DMKCNS, DMKQCN, DMKCFM.
 */
#ifndef CP_SESSION_H
#define CP_SESSION_H

#include <cp/line.h>
#include <cp/task.h>

struct vm;

#define SESSION_QUEUE 16 /* typed-ahead lines kept */

struct session {
	struct list all;
	struct line *line; /* NULL: disconnected */
	struct vm *vm;	   /* NULL before LOGON */
	struct task *task;
	char input[SESSION_QUEUE][LINE_INPUT_MAX + 1];
	unsigned input_head, input_tail;
	uint32_t emsg;	     /* SET_EMSG_* bits */
	bool ending;	     /* its task is to finish */
	char logon_by[9];    /* BY userid */
	unsigned failures;   /* wrong passwords in a row at this line */
	tod_t disconnected;  /* when the line dropped */
	char prompt_userid[9]; /* LOGON waits for this user's password */
};

/* From line.c, at interruption time: a line opened, closed, or typed text. Must not sleep. */
void session_opened(struct line *l);
void session_closed(struct line *l);
void session_input(struct line *l, const char *text, size_t length);

/* To the user's terminal if there is one, else discarded (and always to a started console spool file). */
void session_write(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void session_write_text(struct session *s, const char *text, size_t length);
/* CP messages to a machine's user: session, SECUSER and OBSERVER. prefix e.g. "MSG FROM". */
void vm_write(struct vm *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* LOGON of the operator by CP at start, AUTOLOG: create a disconnected session with a machine. 0 or message number. */
int session_logon(struct session *s, const char *userid);
int session_autolog(const char *userid);
struct session *session_next(struct session *s);

#endif
