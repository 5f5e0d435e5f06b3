/*
 * command.c - DIAGNOSE X'08' and X'5C': a guest as a user of CP.
 *
 * Owns: CP commands from a program, and the editing of its messages by SET EMSG. Before: the command table. After: vmcp in Linux, CP in
 * CMS-lite. Heritage: DMKHVC (HVCONSL), DMKCFM, DMKERM.
 * Simplification: the answer is collected whole before it is copied to the guest.
 */
#include <cp/command.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/string.h>
#include "handlers.h"

#define FLAG_RESPONSE 0x40
#define RESPONSE_MAX  65536u /* collected; longer answers do not exist, larger buffers do */

/* One line of text at a time: a line end ends a command. Returns the last one's return code. */
static int run_all(struct diagnose *d, char *text, size_t length, struct reply *reply)
{
	char *end = text + length;
	int code = 0;

	text[length] = '\0';
	while (text < end) {
		char *stop = memchr(text, '\0', (size_t)(end - text));

		if (!stop)
			stop = end;
		if (*text)
			code = command_run(text, d->v->vm, NULL, d->v, d->v->vm->classes, reply);
		text = stop + 1;
	}
	return code;
}

/* From the guest, in ASCII, the commands separated by NULs. */
static int fetch(struct diagnose *d, uint64_t address, char *text, size_t length)
{
	int rc = diagnose_read(d, address, text, length);

	if (rc)
		return rc;
	for (size_t i = 0; i < length; i++) {
		bool separator = (uint8_t)text[i] == arch_traits.line_end;

		text_from_guest(text + i, 1);
		if (separator)
			text[i] = '\0';
		else if (text[i] == '\0')
			text[i] = ' ';
	}
	return 0;
}

static bool pairs_valid(const struct diagnose *d)
{
	unsigned apart = d->x > d->y ? d->x - d->y : d->y - d->x;

	return d->x != 15 && d->y != 15 && apart > 1;
}

/* Collect the answer in CP, then copy what fits. */
static int respond(struct diagnose *d, char *text, size_t length)
{
	uint64_t address = diagnose_register(d, d->x + 1);
	size_t room = (uint32_t)diagnose_register(d, d->y + 1);
	struct reply_buffer b;
	int code, rc;
	char *data;

	if (room == 0)
		return DIAG_SPECIFICATION;
	room = room < RESPONSE_MAX ? room : RESPONSE_MAX;
	data = heap_alloc(room);
	if (!data)
		return CP_NO_STORAGE;
	reply_buffer_init(&b, data, room, NULL);
	code = run_all(d, text, length, &b.reply);
	for (size_t i = 0; i < b.used; i++) {
		bool line_end = data[i] == '\n';

		text_to_guest(data + i, 1);
		if (line_end)
			data[i] = (char)arch_traits.line_end;
	}
	rc = diagnose_write(d, address, data, b.used);
	heap_free(data, room);
	if (rc)
		return rc;
	diagnose_set_register(d, d->y, (uint64_t)code);
	diagnose_set_register(d, d->y + 1, b.lost ? b.lost : b.used);
	diagnose_set_condition(d, b.lost ? 1 : 0);
	return 0;
}

int diag_command(struct diagnose *d)
{
	uint32_t word = (uint32_t)diagnose_register(d, d->y), length = word & 0xffffff;
	char text[COMMAND_MAX + 1];
	struct vm *vm = d->v->vm;
	int rc;

	if (length > COMMAND_MAX || ((word >> 24) & FLAG_RESPONSE && !pairs_valid(d)))
		return DIAG_SPECIFICATION;
	diagnose_set_condition(d, 0);
	if (length == 0) {
		vm_request(vm, REQUEST_STOP);
		diagnose_set_register(d, d->y, 0);
		return 0;
	}
	rc = fetch(d, diagnose_register(d, d->x), text, length);
	if (rc)
		return rc;
	if ((word >> 24) & FLAG_RESPONSE)
		return respond(d, text, length);
	rc = run_all(d, text, length, vm->session ? session_reply(vm->session) : &reply_nowhere);
	diagnose_set_register(d, d->y, (uint64_t)rc);
	return 0;
}

/* DMSxxx001E or DMSxxx0001E, then a blank and the text. */
static uint32_t code_length(const char *text, uint32_t length)
{
	for (uint32_t n = 10; n <= 11 && n < length; n++)
		if (text[n] == ' ')
			return n;
	return 0;
}

int diag_edit_message(struct diagnose *d)
{
	uint32_t length = (uint32_t)diagnose_register(d, d->y), emsg = d->v->vm->options, code;
	uint64_t address = diagnose_register(d, d->x);
	char text[12] = "";
	int rc = diagnose_read(d, address, text, length < sizeof(text) ? length : sizeof(text));

	if (rc)
		return rc;
	text_from_guest(text, sizeof(text));
	code = code_length(text, length);
	emsg &= SET_EMSG_CODE | SET_EMSG_TEXT;
	if (emsg == (SET_EMSG_CODE | SET_EMSG_TEXT) || !code)
		return 0;
	if (emsg == SET_EMSG_TEXT) {
		diagnose_set_register(d, d->x, address + code + 1);
		diagnose_set_register(d, d->y, length - code - 1);
	} else {
		diagnose_set_register(d, d->y, emsg == SET_EMSG_CODE ? code : 0);
	}
	return 0;
}
