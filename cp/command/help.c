/*
 * help.c - HELP and COMMANDS: what the table knows about itself.
 *
 * Owns: their layout on a terminal. Before: table.c. After: nothing. Heritage: z/VM's COMMANDS and HELP.
 */
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/format.h>
#include <cp/string.h>

#include "commands.h"

#define NAMES_ACROSS 6
#define TEXT_WIDTH   72

static bool same_as_next(const struct command_entry *e)
{
	return e[1].name && strcmp(e->name, e[1].name) == 0;
}

/* The names of a table that these classes may use, in columns. */
static void show_names(struct command *c, const struct command_entry *table)
{
	char line[REPLY_LINE_MAX] = "";
	size_t used = 0;
	unsigned n = 0;

	for (const struct command_entry *e = table; e->name; e++) {
		if (!command_allowed(e, c->classes, c->vm != NULL) || (n && same_as_next(e)))
			continue;
		used += format(line + used, sizeof(line) - used, "%-12s", e->name);
		if (++n % NAMES_ACROSS == 0) {
			reply_line(c, "%s", line);
			used = 0;
		}
	}
	if (used)
		reply_line(c, "%s", line);
}

int cmd_commands(struct command *c)
{
	if (operand_is(c, 1, "QUERY", 1))
		show_names(c, query_table);
	else if (operand_is(c, 1, "SET", 3))
		show_names(c, set_table);
	else if (operand_is(c, 1, "TERMINAL", 4))
		show_names(c, terminal_table);
	else
		show_names(c, command_table);
	return 0;
}

/* A paragraph, broken at blanks. */
static void show_text(struct command *c, const char *text)
{
	while (*text) {
		size_t n = strlen(text), cut = n;

		if (n > TEXT_WIDTH) {
			for (cut = TEXT_WIDTH; cut > 0 && text[cut] != ' '; cut--)
				;
			if (cut == 0)
				cut = TEXT_WIDTH;
		}
		char line[TEXT_WIDTH + 1];

		string_copy(line, cut + 1 < sizeof(line) ? cut + 1 : sizeof(line), text);
		reply_line(c, "  %s", line);
		text += cut;
		while (*text == ' ')
			text++;
	}
}

static const struct command_entry *find(const struct command_entry *table, const char *token)
{
	for (; table->name; table++)
		if (command_abbreviates(token, table->name, table->shortest))
			return table;
	return NULL;
}

/* What is this machine's own. Not for an operand's row: QUERY TRACE is not TRACE. */
static void show_traits(struct command *c, const struct command_entry *e)
{
	for (const struct arch_help *h = arch_traits.help; h->command; h++)
		if (strcmp(h->command, e->name) == 0 && strncmp(e->syntax, e->name, strlen(e->name)) == 0)
			show_text(c, h->text);
}

static void show_entry(struct command *c, const struct command_entry *e)
{
	const char *name = e->name;
	char classes[60], shortest[16];

	for (; e->name && strcmp(e->name, name) == 0; e++) {
		command_classes(e->classes, classes, sizeof(classes));
		reply_line(c, "%s", e->syntax);
		show_text(c, e->help);
		show_traits(c, e);
		string_copy(shortest, e->shortest + 1u, e->name);
		if (e->classes == CLASS_ANY)
			reply_line(c, "  Shortest form %s. For everybody, also before LOGON.", shortest);
		else if (e->classes == CLASS_USER)
			reply_line(c, "  Shortest form %s. For every user.", shortest);
		else
			reply_line(c, "  Shortest form %s. Privilege class %s.", shortest, classes);
	}
}

int cmd_help(struct command *c)
{
	const struct command_entry *e, *inner;

	if (c->count == 1) {
		reply_line(c, "HELP command tells more; HELP QUERY name, HELP SET name as well.");
		show_names(c, command_table);
		return 0;
	}
	e = find(command_table, c->token[1]);
	if (!e)
		return reply_message(c, MSG_UNKNOWN_COMMAND, c->token[1]);
	if (c->count > 2) {
		inner = e->operands ? find(e->operands, c->token[2]) : NULL;
		if (!inner)
			return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
		show_entry(c, inner);
		return 0;
	}
	show_entry(c, e);
	if (e->operands)
		show_names(c, e->operands);
	return 0;
}
