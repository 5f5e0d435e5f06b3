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

#include <cp/device.h>
#include <cp/message.h>
#include <cp/session.h>
#include <cp/vm.h>

#define COMMAND_TOKENS 40
#define COMMAND_MAX    240
#define REPLY_LINE_MAX 200 /* characters of one line of an answer */

struct command {
	struct vm *vm;           /* the machine on whose behalf; NULL before LOGON */
	struct session *session; /* the session it was typed at; NULL from DIAGNOSE and others */
	struct vcpu *vcpu;       /* the issuing virtual CPU for DIAGNOSE X'08' */
	uint32_t classes;        /* privileges it runs with */
	struct reply *reply;
	const struct command_entry *entry;
	char text[COMMAND_MAX + 1]; /* as typed, for commands that take text */
	char buffer[COMMAND_MAX + 1];
	unsigned count; /* tokens; the command's own name is token 0 */
	/* Upper case. Beyond count both arrays hold empty strings, so a handler may look ahead without counting. */
	const char *token[COMMAND_TOKENS + 4];
	const char *rest[COMMAND_TOKENS + 4]; /* into text: from this token to the end, as typed */
};

#define CLASS(letter) (1u << ((letter) - 'A'))
#define CLASS_ANY     0u          /* also before LOGON */
#define CLASS_USER    0x80000000u /* every logged-on user */
#define CLASS_ALL     0x03ffffffu /* A to Z: what CP itself runs with */
#define OPERANDS_ANY  255

struct command_entry {
	const char *name;
	uint8_t shortest; /* characters of the shortest abbreviation */
	uint32_t classes;
	uint8_t least, most;           /* operands after the name, checked by the driver */
	int (*run)(struct command *c); /* returns CP's return code: 0, or the message number */
	const char *syntax;            /* "LOGON userid [password] [BY userid]" */
	const char *help;              /* a paragraph */
	/* A table of the same shape for the first operand (QUERY, SET ...), or NULL. */
	const struct command_entry *operands;
};

extern const struct command_entry command_table[]; /* ends with a NULL name */
extern const struct command_entry query_table[], set_table[], terminal_table[];

/* Run one line of text. Returns CP's return code (0, 1 unknown command, else message number). Any bytes are safe. */
int command_run(const char *text, struct vm *vm, struct session *session, struct vcpu *vcpu, uint32_t classes,
		struct reply *reply);

/* Is token an abbreviation of name of at least shortest characters? Names are upper case. */
bool command_abbreviates(const char *token, const char *name, unsigned shortest);
/* May somebody with these classes (logged_on or not) use this row? */
bool command_allowed(const struct command_entry *e, uint32_t classes, bool logged_on);
/* The letters of a class mask as "A, B or G" into a buffer of size; "none" for 0. */
void command_classes(uint32_t classes, char *dst, size_t size);

/*
 * Operands. Each returns 0, or answers with its message and returns the number. n is the token's number. A device is one of
 * the issuer's machine; a userid has 1 to 8 characters, "*" is the issuer's; a machine (vm) is one that is logged on; a
 * storage size is "512K", "64M" or "2G".
 */
int operand_vdev(struct command *c, unsigned n, uint16_t *vdev);
int operand_device(struct command *c, unsigned n, struct device **d);
int operand_userid(struct command *c, unsigned n, const char **userid);
int operand_vm(struct command *c, unsigned n, struct vm **vm);
int operand_storage(struct command *c, unsigned n, uint64_t *bytes);
int operand_on_off(struct command *c, unsigned n, bool *on);
bool operand_is(struct command *c, unsigned n, const char *name, unsigned shortest);

/* Answer with a plain line, or with a catalogue message; the latter returns the message number. */
void reply_line(struct command *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int reply_message(struct command *c, enum message_id id, ...);

/* The same where there is a reply but no command; emsg are SET_EMSG_* bits. */
int reply_to(struct reply *r, uint32_t emsg, enum message_id id, ...);

/* The reply that writes to a session's terminal; one that goes nowhere; one to the operator; and one that collects into a buffer
 * (DIAGNOSE X'08'). */
struct reply *session_reply(struct session *s);
extern struct reply reply_nowhere;
extern struct reply reply_operator; /* for what nobody asked for */
struct reply_buffer {
	struct reply reply;
	char *data; /* lines, each ended by '\n' */
	size_t size, used, lost;
};
void reply_buffer_init(struct reply_buffer *b, char *data, size_t size, struct session *s);

/* Rows of the tables that other files than table.c's neighbours supply (spool.c). */
int cmd_spool(struct command *c);
int cmd_close(struct command *c);
int cmd_purge(struct command *c);
int cmd_change(struct command *c);
int cmd_transfer(struct command *c);
int query_reader(struct command *c);
int query_printer(struct command *c);
int query_punch(struct command *c);

#endif
