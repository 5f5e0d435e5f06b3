/*
 * terminal.c - TERMINAL: how CP treats the terminal itself.
 *
 * Owns: the TERMINAL operands and QUERY TERMINAL, whose CONMODE field Linux reads to choose its console driver.
 * Before: session.h's terminal settings. After: nothing. Heritage: DMKCFT.
 * Simplification: lines are never folded nor held, so sizes and MORE are kept and shown, no more.
 */
#include <cp/panic.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

/* A machine without a session (being logged on by CP) has nothing to set. */
static struct terminal_settings *settings(struct command *c)
{
	static struct terminal_settings nobody;

	return c->vm->session ? &c->vm->session->terminal : &nobody;
}

static int term_conmode(struct command *c)
{
	if (operand_is(c, 2, "3215", 4))
		return 0;
	return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
}

static int term_autocr(struct command *c)
{
	bool on;
	int rc = operand_on_off(c, 2, &on);

	if (rc == 0 && on)
		c->vm->options |= SET_AUTOCR;
	else if (rc == 0)
		c->vm->options &= ~(uint32_t)SET_AUTOCR;
	return rc;
}

/* The editing symbols and the switches, each a member of the settings. */
static const struct member {
	const char *name;
	size_t offset;
} members[] = {
	{"LINEND", offsetof(struct terminal_settings, line_end)},
	{"LINEDEL", offsetof(struct terminal_settings, line_delete)},
	{"CHARDEL", offsetof(struct terminal_settings, character_delete)},
	{"ESCAPE", offsetof(struct terminal_settings, escape)},
	{"TABCHAR", offsetof(struct terminal_settings, tab)},
	{"APL", offsetof(struct terminal_settings, apl)},
	{"ATTN", offsetof(struct terminal_settings, attention)},
	{"HOLD", offsetof(struct terminal_settings, hold)},
	{"TEXT", offsetof(struct terminal_settings, text)},
};

static void *member_of(struct command *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (strcmp(members[i].name, c->entry->name) == 0)
			return (char *)settings(c) + members[i].offset;
	panic("TERMINAL %s has no member", c->entry->name);
}

static const struct symbol_default {
	const char *name;
	char symbol;
} defaults[] = {{"LINEND", '#'}, {"LINEDEL", '['}, {"CHARDEL", '@'}, {"ESCAPE", '"'}, {"TABCHAR", ']'}};

static char symbol_default(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++)
		if (strcmp(defaults[i].name, name) == 0)
			return defaults[i].symbol;
	return 0;
}

static int term_symbol(struct command *c)
{
	char *symbol = member_of(c);

	if (operand_is(c, 2, "ON", 2))
		*symbol = symbol_default(c->entry->name);
	else if (operand_is(c, 2, "OFF", 3))
		*symbol = 0;
	else if (strlen(c->token[2]) == 1)
		*symbol = c->token[2][0];
	else
		return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
	return 0;
}

static int term_switch(struct command *c)
{
	return operand_on_off(c, 2, member_of(c));
}

static int term_linesize(struct command *c)
{
	uint64_t n;

	if (operand_is(c, 2, "OFF", 3))
		n = 255;
	else if (!string_decimal(c->token[2], &n) || n < 1 || n > 255)
		return reply_message(c, MSG_INVALID_OPERAND, c->token[2]);
	settings(c)->line_size = (uint8_t)n;
	return 0;
}

static int term_mode(struct command *c)
{
	if (!operand_is(c, 2, "VM", 2) && !operand_is(c, 2, "CP", 2))
		return reply_message(c, MSG_INVALID_OPTION, c->token[2]);
	settings(c)->mode_cp = operand_is(c, 2, "CP", 2);
	return 0;
}

/* Nothing here ever waits for a reader of the screen. */
static int term_more(struct command *c)
{
	uint64_t n;

	if (!string_decimal(c->token[2], &n) || n > 255)
		return reply_message(c, MSG_INVALID_OPERAND, c->token[2]);
	return 0;
}

int cmd_terminal(struct command *c)
{
	return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
}

#define G CLASS('G')

/* clang-format off */
const struct command_entry terminal_table[] = {
	{"APL", 3, G, 1, 1, term_switch, "TERMINAL APL {ON|OFF}", "Kept and shown.", NULL},
	{"ATTN", 4, G, 1, 1, term_switch, "TERMINAL ATTN {ON|OFF}", "Kept and shown.", NULL},
	{"AUTOCR", 6, G, 1, 1, term_autocr, "TERMINAL AUTOCR {ON|OFF}",
	 "Whether the virtual 3215 returns its carriage after every write. Programs that end their lines themselves set it OFF.", NULL},
	{"CHARDEL", 5, G, 1, 1, term_symbol, "TERMINAL CHARDEL {ON|OFF|symbol}",
	 "The character-delete symbol. It is shown; terminals erase by themselves.", NULL},
	{"CONMODE", 4, G, 1, 1, term_conmode, "TERMINAL CONMODE 3215",
	 "What the virtual console is. A 3215 is all there is.", NULL},
	{"ESCAPE", 2, G, 1, 1, term_symbol, "TERMINAL ESCAPE {ON|OFF|symbol}", "The escape symbol. It is shown, not used.", NULL},
	{"HOLD", 4, G, 1, 1, term_switch, "TERMINAL HOLD {ON|OFF}", "Kept and shown.", NULL},
	{"LINEDEL", 5, G, 1, 1, term_symbol, "TERMINAL LINEDEL {ON|OFF|symbol}",
	 "The line-delete symbol. It is shown; terminals erase by themselves.", NULL},
	{"LINEND", 5, G, 1, 1, term_symbol, "TERMINAL LINEND {ON|OFF|symbol}",
	 "The symbol that separates several commands in one typed line, and that stands before CP in #CP.", NULL},
	{"LINESIZE", 5, G, 1, 1, term_linesize, "TERMINAL LINESIZE {n|OFF}", "Length of the terminal's line, 1 to 255. Kept and shown.", NULL},
	{"MODE", 4, G, 1, 1, term_mode, "TERMINAL MODE {VM|CP}", "Where the attention key leads. Kept and shown.", NULL},
	{"MORE", 4, G, 1, 2, term_more, "TERMINAL MORE n1 [n2]", "Accepted: a line terminal never waits for its reader.", NULL},
	{"TABCHAR", 3, G, 1, 1, term_symbol, "TERMINAL TABCHAR {ON|OFF|symbol}", "The tab symbol. Kept and shown.", NULL},
	{"TEXT", 4, G, 1, 1, term_switch, "TERMINAL TEXT {ON|OFF}", "Kept and shown.", NULL},
	{0},
};
/* clang-format on */

static const char *symbol(char c, char text[4])
{
	text[0] = c ? c : 'O';
	text[1] = c ? ' ' : 'F';
	text[2] = c ? ' ' : 'F';
	text[3] = '\0';
	return text;
}

static const char *on_off(bool on)
{
	return on ? "ON " : "OFF";
}

int query_terminal(struct command *c)
{
	struct terminal_settings *t = settings(c);
	char end[4], delete[4], character[4], escape[4], tab[4];

	reply_line(c, "LINEND %s, LINEDEL %s, CHARDEL %s, ESCAPE %s, TABCHAR %s", symbol(t->line_end, end),
		   symbol(t->line_delete, delete), symbol(t->character_delete, character),
		   symbol(t->escape, escape), symbol(t->tab, tab));
	reply_line(c, "LINESIZE %03u, ATTN %s, APL %s, TEXT %s, MODE %s, HILIGHT OFF", t->line_size,
		   on_off(t->attention), on_off(t->apl), on_off(t->text), t->mode_cp ? "CP" : "VM");
	reply_line(c, "CONMODE 3215, BREAKIN IMMED , BRKKEY NONE, SCRNSAVE OFF");
	reply_line(c, "AUTOCR %s, MORE 000 000, HOLD %s, TIMESTAMP OFF, SYS3270 OFF",
		   on_off(c->vm->options & SET_AUTOCR), on_off(t->hold));
	return 0;
}
