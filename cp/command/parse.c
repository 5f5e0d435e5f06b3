/*
 * parse.c - from a line of text to the row that runs it.
 *
 * Owns: the only parser of CP commands: cleaning, cutting into tokens, abbreviations, privilege classes, operand
 * counts. Before: table.c. After: the command families, which get tokens. Heritage: DMKCFC, DMKSCN.
 * Simplification: blanks separate, nothing quotes; a command that takes free text uses c->rest[].
 *
 * Any bytes and any length are safe: a line is cut at COMMAND_MAX, control characters become blanks, and tokens past
 * the last one kept stay readable as empty strings.
 */
#include <cp/command.h>
#include <cp/format.h>
#include <cp/string.h>

bool command_abbreviates(const char *token, const char *name, unsigned shortest)
{
	size_t n = 0;

	while (token[n] && token[n] == name[n])
		n++;
	return n >= shortest && n > 0 && !token[n];
}

bool command_allowed(const struct command_entry *e, uint32_t classes, bool logged_on)
{
	if (e->classes == CLASS_ANY)
		return true;
	return logged_on && (e->classes & (classes | CLASS_USER)) != 0;
}

void command_classes(uint32_t classes, char *dst, size_t size)
{
	size_t used = 0;
	uint32_t left = classes & CLASS_ALL;

	string_copy(dst, size, "none");
	for (char letter = 'A'; letter <= 'Z' && used < size; letter++) {
		const char *before = ", ";

		if (!(left & CLASS(letter)))
			continue;
		left &= ~CLASS(letter);
		if (used == 0)
			before = "";
		else if (left == 0)
			before = " or ";
		used += format(dst + used, size - used, "%s%c", before, letter);
	}
}

/* What is not a printable ASCII character becomes a blank. Returns false if the text was too long. */
static bool text_clean(char *dst, const char *src)
{
	unsigned n;

	while (*src == ' ')
		src++;
	for (n = 0; n < COMMAND_MAX && src[n]; n++)
		dst[n] = src[n] > ' ' && src[n] < 0x7f ? src[n] : ' ';
	dst[n] = '\0';
	return src[n] == '\0';
}

static void tokens_cut(struct command *c)
{
	const char *empty = "";
	char *p = c->buffer;

	string_copy(c->buffer, sizeof(c->buffer), c->text);
	string_upper(c->buffer);
	c->count = 0;
	for (;;) {
		while (*p == ' ')
			*p++ = '\0';
		if (*p == '\0' || c->count == COMMAND_TOKENS)
			break;
		c->token[c->count] = p;
		c->rest[c->count++] = c->text + (p - c->buffer);
		while (*p && *p != ' ')
			p++;
	}
	*p = '\0';
	for (unsigned n = c->count; n < ARRAY_SIZE(c->token); n++)
		c->token[n] = c->rest[n] = empty;
}

/* "CP QUERY TIME" is QUERY TIME. */
static void cp_prefix_drop(struct command *c)
{
	char without[COMMAND_MAX + 1];

	while (c->count > 1 && (strcmp(c->token[0], "CP") == 0 || strcmp(c->token[0], "#CP") == 0)) {
		string_copy(without, sizeof(without), c->rest[1]);
		string_copy(c->text, sizeof(c->text), without);
		tokens_cut(c);
	}
}

static const struct command_entry *entry_find(const struct command_entry *table, const char *token)
{
	for (; table->name; table++)
		if (table->name[0] == token[0] && command_abbreviates(token, table->name, table->shortest))
			return table;
	return NULL;
}

/* A command may have several rows, one after the other, for different classes: the first that is allowed; else the
 * first of all, and not allowed. */
static const struct command_entry *entry_select(const struct command_entry *table, const char *token,
						const struct command *c, bool *allowed)
{
	const struct command_entry *first = entry_find(table, token), *e;

	*allowed = false;
	for (e = first; e && e->name && strcmp(e->name, first->name) == 0; e++) {
		*allowed = command_allowed(e, c->classes, c->vm != NULL);
		if (*allowed)
			return e;
	}
	return first;
}

static int refuse(struct command *c, const char *name, const struct command_entry *e)
{
	char needs[60], has[60];

	if (!c->vm)
		return reply_message(c, MSG_NOT_LOGGED_ON_YET, name);
	command_classes(e->classes, needs, sizeof(needs));
	command_classes(c->classes, has, sizeof(has));
	return reply_message(c, MSG_PRIVILEGE, name, needs, has);
}

static int operands_check(struct command *c, const struct command_entry *e, unsigned depth)
{
	unsigned operands = c->count - 1 - depth;

	if (operands < e->least)
		return reply_message(c, MSG_OPERAND_MISSING, e->syntax);
	if (e->most != OPERANDS_ANY && operands > e->most)
		return reply_message(c, MSG_INVALID_OPTION, c->token[1 + depth + e->most]);
	return 0;
}

/* QUERY and SET have a table of their own for their first operand; an operand that no row of it names goes to the
 * outer row's handler (QUERY userid). */
static int entry_run(struct command *c, const struct command_entry *e, const char *name, bool allowed,
		     unsigned depth)
{
	const struct command_entry *inner;
	bool inner_allowed;
	char full[40];
	int rc;

	if (e->operands && c->count > depth + 1) {
		inner = entry_select(e->operands, c->token[depth + 1], c, &inner_allowed);
		if (inner) {
			format(full, sizeof(full), "%s %s", name, inner->name);
			return entry_run(c, inner, full, allowed && inner_allowed, depth + 1);
		}
	}
	if (!allowed)
		return refuse(c, name, e);
	rc = operands_check(c, e, depth);
	if (rc)
		return rc;
	c->entry = e;
	return e->run(c);
}

int command_run(const char *text, struct vm *vm, struct session *session, struct vcpu *vcpu, uint32_t classes,
		struct reply *reply)
{
	struct command c = {.vm = vm, .session = session, .vcpu = vcpu, .classes = classes, .reply = reply};
	const struct command_entry *e;
	bool allowed;

	if (!text_clean(c.text, text))
		return reply_message(&c, MSG_TOO_LONG, COMMAND_MAX);
	tokens_cut(&c);
	cp_prefix_drop(&c);
	if (c.count == 0 || c.token[0][0] == '*')
		return 0;
	e = entry_select(command_table, c.token[0], &c, &allowed);
	if (!e)
		return reply_message(&c, MSG_UNKNOWN_COMMAND, c.token[0]);
	return entry_run(&c, e, e->name, allowed, 0);
}
