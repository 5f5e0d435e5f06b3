/*
 * session.h - a user at a terminal.
 *
 * A line that is open has a session; LOGON gives the session a machine.
 * DISCONN, or a line that drops, takes the line away and leaves the session
 * with its machine. The session's task takes typed lines in order and runs
 * them as commands, so a command may sleep without stopping the user's
 * machine, and a line typed ahead goes where it belongs by the time its turn
 * has come.
 *
 * Which way an input line goes:
 *   LOGON or LINK asked for a password: the password
 *   no machine yet                  a CP command (LOGON, MESSAGE ...)
 *   starts with #CP                 a CP command; alone, it stops the machine
 *   machine stopped or never IPLed  CP READ: CP commands, separated by the line-end symbol
 *   SET RUN ON, after #CP alone     CP commands as well, until BEGIN
 *   machine running                 VM READ: to the virtual console, as it is
 *
 * Heritage: DMKCNS, DMKQCN, DMKCFM, DMKLOG, DMKUSO.
 */
#ifndef CP_SESSION_H
#define CP_SESSION_H

#include <cp/line.h>
#include <cp/state.h>
#include <cp/task.h>

struct vm;
struct session;

#define SESSION_QUEUE 16 /* typed-ahead lines kept; more wait in the terminal */
/* So long a line that the machine's console has no room for waits; then it, and what follows, is refused. Longer than a
 * machine needs that shares the processor with many. */
#define SESSION_PATIENCE (30 * TOD_SECOND)
/* A user whose line dropped and whose machine is stopped may come back for so long; then CP logs him off. */
#define SESSION_RETURN (15 * 60 * TOD_SECOND)

/* Where replies go: a terminal, a DIAGNOSE X'08' buffer, nowhere. */
struct reply {
	void (*put)(struct reply *r, const char *line, size_t length);
	struct session *session; /* whose answer it is; may be NULL */
};

/* What LOGON was told, kept while it waits for the password. */
struct logon {
	char userid[9];
	char by[9]; /* BY userid, or empty */
	bool here;  /* take the session over from another terminal */
	bool noipl;
	bool waiting; /* the next line is the password */
};

/* TERMINAL settings. An editing symbol of 0 is OFF. */
struct terminal_settings {
	char line_end, line_delete, character_delete, escape, tab;
	uint8_t line_size; /* as told; lines are not folded */
	bool attention, apl, text, hold;
	bool mode_cp;
};

struct session {
	struct list all;
	struct line *line; /* NULL: disconnected */
	struct vm *vm;     /* NULL before LOGON */
	struct task *task;
	struct reply reply; /* to this terminal */
	char input[SESSION_QUEUE][LINE_INPUT_MAX + 1];
	unsigned input_head, input_tail; /* taken at head, put at tail; equal: empty */
	bool busy;                       /* its task runs a command, which may hold s->vm across a sleep */
	bool ending;                     /* its task is to finish */
	bool drop_told;                  /* the operator knows that the line dropped */
	bool unread;                     /* the machine let a typed line wait in vain */
	bool cp_read;                    /* SET RUN ON: CP reads while the machine runs, until BEGIN */
	char link[64];                   /* the LINK command that waits for its password, or empty */
	struct logon logon;
	char logon_by[9];  /* who logged on BY, or empty */
	unsigned failures; /* wrong passwords in a row at this line */
	tod_t dropped;     /* when the line dropped; 0: it did not */
	struct terminal_settings terminal;
	char listing[1024]; /* CP's lines on their way into a started console spool file, each with '\n' */
	size_t listed;
};

/* What is kept of a session with its machine: how the terminal was set. */
extern const struct state_field terminal_state[];

/* Log OPERATOR on at line 0 and let the lines in. Called once, from a task, when disks, directory and lines are
 * there. */
void session_init(void);

/* From line.c, at interruption time: a line opened, closed, or typed text. Must not sleep. */
void session_opened(struct line *l);
void session_closed(struct line *l);
void session_input(struct line *l, const char *text, size_t length);

/* Does the queue of typed lines take one more? */
bool session_room(const struct session *s);

/* Would anybody see a line, or is it kept? Machines without a user are many, and so are their lines. */
bool session_heard(const struct session *s);

/* May the machine write a line? Not while its user's terminal has a lot to show already. */
bool session_ready(const struct session *s);

/* To the user's terminal if there is one (else to his secondary user), and to his observer: the guest's lines by
 * session_write_text(), CP's own by session_write(), which also go into a started console spool file. Never sleeps. */
void session_write(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void session_write_text(struct session *s, const char *text, size_t length);
/* The same to a machine's user; nothing if the machine has no session. */
void vm_write(struct vm *vm, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* To everybody who is logged on as OPERATOR; to line 0 if nobody is. */
void operator_write(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Put a line into the session's input, as if it had been typed. False: the queue is full. */
bool session_type(struct session *s, const char *text, size_t length);

struct session *session_create(void);            /* NULL: no storage */
struct session *session_next(struct session *s); /* NULL starts, NULL ends */
/* Give the session a line, or (NULL) take it away. */
void session_connect(struct session *s, struct line *l);
/* Where the user is: "L0001", or "DSC". size >= 6. */
void session_place(const struct session *s, char *text, size_t size);

/*
 * Build the user's machine from his directory entry and give it to the session; run the entry's COMMANDs and IPL.
 * 0, or the number of the message that was written to the reply. Sleeps.
 */
int session_logon(struct session *s, const char *userid, bool noipl, struct reply *reply);
/* AUTOLOG: a disconnected session with a machine. As above. */
int session_autolog(const char *userid, struct reply *reply);
/* The machine is about to go: accounting lines, LOGOFF message, and the line gets its greeting again. Waits until the
 * session's task no longer uses the machine. Called by the system task that carries out REQUEST_LOGOFF, with every
 * virtual CPU ended, before vm_destroy(). */
void session_logged_off(struct vm *vm);

#endif
