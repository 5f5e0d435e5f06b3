/*
 * command.h - CP commands: the table, the parsed command, and its reply.
 *
 * One table (command/table.c) is the source of the code, of HELP, of
 * COMMANDS and of docs/reference/commands.md. Handlers get tokens and a
 * place to answer; parse.c is the only parser. The same table serves typed
 * commands, DIAGNOSE X'08', AUTOLOG, SEND and directory COMMAND statements.
 *
 * A handler may sleep for CP's own work, never for a terminal or a guest.
 * What stops or replaces a machine is posted with vm_request().
 */
#ifndef CP_COMMAND_H
#define CP_COMMAND_H

#include <cp/message.h>
#include <cp/session.h>
#include <cp/vm.h>

#define COMMAND_TOKENS 40
#define COMMAND_MAX 240

/* Where replies go: a terminal, a DIAGNOSE X'08' buffer, nowhere. */
struct reply {
	void (*put)(struct reply *r, const char *line, size_t length);
	struct session *session; /* its EMSG setting applies; may be NULL */
};

struct command {
	struct vm *vm;		 /* the machine on whose behalf; NULL before LOGON */
	struct session *session; /* the session it was typed at; NULL from DIAGNOSE and others */
	struct vcpu *vcpu;	 /* the issuing virtual CPU for DIAGNOSE X'08' */
	uint32_t classes;	 /* privileges it runs with */
	struct reply *reply;
	const struct command_entry *entry;
	char text[COMMAND_MAX + 1]; /* as typed, for commands that take text */
	char buffer[COMMAND_MAX + 1];
	unsigned count;			    /* tokens, the command's own name is token 0 */
	const char *token[COMMAND_TOKENS]; /* upper case */
	const char *rest[COMMAND_TOKENS];  /* into text: from this token to the end, as typed */
};

#define CLASS(letter) (1u << ((letter) - 'A'))
#define CLASS_ANY 0u		/* also before LOGON */
#define CLASS_USER 0x80000000u	/* every logged-on user */

struct command_entry {
	const char *name;
	uint8_t shortest; /* characters of the shortest abbreviation */
	uint32_t classes;
	uint8_t least, most;	/* operands, checked by the driver; most 255: any */
	int (*run)(struct command *c); /* returns CP's return code: 0, or the message number */
	const char *syntax;	/* "LOGON userid [password] [BY userid]" */
	const char *help;	/* a paragraph */
};

extern const struct command_entry command_table[]; /* ends with a NULL name */

/* Run one line of text. Returns CP's return code (0, 1 unknown command, else message number). */
int command_run(const char *text, struct vm *vm, struct session *session, struct vcpu *vcpu, uint32_t classes,
		struct reply *reply);

/* Answer with a plain line, or with a catalogue message; the latter returns the message number. */
void reply_line(struct command *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int reply_message(struct command *c, enum message_id id, ...);

/* The reply that writes to a session's terminal; and one that collects into a buffer (DIAGNOSE X'08'). */
struct reply *session_reply(struct session *s);
struct reply_buffer {
	struct reply reply;
	char *data;	/* lines, each ended by '\n' */
	size_t size, used, lost;
};
void reply_buffer_init(struct reply_buffer *b, char *data, size_t size, struct session *s);

#endif
