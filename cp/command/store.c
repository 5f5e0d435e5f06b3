/*
 * store.c - STORE: a change to one's own machine by hand.
 *
 * Owns: the reading of hexadecimal data for registers, location and storage. Before: display.c. After: BEGIN.
 * Heritage: DMKCDS.
 * Simplification: what STORE STATUS stores, and where, is the port's.
 */
#include <cp/arch.h>
#include <cp/string.h>

#include "commands.h"
#include "range.h"

#define WORD_DIGITS 8

static int word(struct command *c, unsigned n, uint64_t *value)
{
	if (strlen(c->token[n]) > 2 * WORD_DIGITS || !string_hex(c->token[n], value))
		return reply_message(c, MSG_HEXDATA, c->token[n]);
	return 0;
}

static int put(struct command *c, uint64_t a, const void *bytes, size_t size)
{
	if (guest_write(c->vm, a, bytes, size) != 0)
		return reply_message(c, MSG_HEXLOC_EXCEEDS, c->token[1]);
	return 0;
}

/* ---- storage -------------------------------------------------------------------------- */

static int one_place(struct command *c, const char *text, uint64_t *a)
{
	struct range r = {0};
	int rc;

	*a = 0;
	if (text[0] == '\0')
		return reply_message(c, MSG_HEXLOC_MISSING);
	rc = range_storage(c, text, c->vm->storage.size, &r);
	if (rc == 0 && !r.single)
		rc = reply_message(c, MSG_HEXLOC, text);
	*a = r.first;
	return rc;
}

/* Words of up to 8 digits, right-justified as a number is; more digits make a doubleword. */
static int store_words(struct command *c, const char *loc)
{
	uint64_t a, value;
	int rc = one_place(c, loc, &a);

	for (unsigned n = 2; n < c->count && rc == 0; n++) {
		unsigned size = strlen(c->token[n]) > WORD_DIGITS ? 8 : 4;
		uint8_t bytes[8];

		rc = word(c, n, &value);
		for (unsigned i = 0; i < size; i++)
			bytes[i] = (uint8_t)(value >> 8 * (size - 1 - i));
		if (rc == 0)
			rc = put(c, a, bytes, size);
		a += size;
	}
	return rc;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* S: a string of bytes, two digits each; blanks between tokens do not count. */
static int store_string(struct command *c, const char *loc)
{
	uint8_t bytes[COMMAND_MAX / 2];
	size_t digits = 0;
	uint64_t a;
	int rc = one_place(c, loc, &a);

	if (rc)
		return rc;
	memset(bytes, 0, sizeof(bytes));
	for (unsigned n = 2; n < c->count; n++)
		for (const char *p = c->token[n]; *p; p++, digits++) {
			if (digit(*p) < 0)
				return reply_message(c, MSG_HEXDATA, c->token[n]);
			bytes[digits / 2] = (uint8_t)(bytes[digits / 2] << 4 | digit(*p));
		}
	if (digits % 2)
		return reply_message(c, MSG_HEXDATA, c->token[c->count - 1]);
	return put(c, a, bytes, digits / 2);
}

/* ---- registers -------------------------------------------------------------------------- */

static int store_registers(struct command *c, const struct state_field *f, const char *numbers)
{
	struct range r;
	uint64_t value;
	int rc = numbers[0] ? range_registers(c, numbers, f->count, &r)
			    : reply_message(c, MSG_REGISTER, c->token[1]);

	if (rc == 0 && r.last - r.first != 0)
		rc = reply_message(c, MSG_REGISTER, numbers);
	for (unsigned n = 2; n < c->count && rc == 0; n++, r.first++) {
		if (r.first >= f->count)
			return reply_message(c, MSG_REGISTER, c->token[n]);
		rc = word(c, n, &value);
		if (rc == 0 && f->size < 8 && value >> 8 * f->size)
			rc = reply_message(c, MSG_HEXDATA, c->token[n]);
		if (rc == 0)
			state_set(f, c->vm->cpu[0], r.first, value);
	}
	return rc;
}

/* One word: the address only, which stands last. Two: the whole PSW, as DISPLAY PSW shows it. */
static int store_location(struct command *c)
{
	unsigned count = c->count - 2;
	uint64_t words[2] = {0};
	int rc = 0;

	if (count > ARRAY_SIZE(words))
		return reply_message(c, MSG_HEXDATA, c->rest[2]);
	for (unsigned n = 0; n < count && rc == 0; n++)
		rc = word(c, 2 + n, &words[n]);
	if (rc == 0 && !arch_vcpu_set_psw(c->vm->cpu[0], words, count))
		rc = reply_message(c, MSG_HEXDATA, c->rest[2]);
	vcpu_kick(c->vm->cpu[0]);
	return rc;
}

static int store_status(struct command *c)
{
	int rc = arch_vcpu_status(c->vm->cpu[0]);

	if (rc == CP_NO_STORAGE)
		return reply_message(c, MSG_NO_STORAGE, c->entry->name);
	return rc ? reply_message(c, MSG_INVALID_OPTION, c->token[1]) : 0;
}

int cmd_store(struct command *c)
{
	const struct state_field *f;
	const char *token = c->token[1], *numbers;
	int rc;

	if (command_abbreviates(token, "STATUS", 4))
		rc = store_status(c);
	else if (c->count < 3)
		rc = reply_message(c, MSG_OPERAND_MISSING, c->entry->syntax);
	else if (range_location(token))
		rc = store_location(c);
	else if ((f = range_register(token, &numbers)) != NULL)
		rc = store_registers(c, f, numbers);
	else if (token[0] == 'S')
		rc = store_string(c, token + 1);
	else if (token[0] == 'L')
		rc = store_words(c, token + 1);
	else
		rc = store_words(c, token);
	if (rc == 0)
		reply_line(c, "STORE COMPLETE");
	return rc;
}
