/*
 * manual.h - docs/reference/commands.md and diagnose.md, made from CP's own tables.
 *
 * print_manual.c writes them (make manual); test_manual.c sees to it that they are what the tables say.
 */
#ifndef MANUAL_H
#define MANUAL_H

#include <cp/arch.h>
#include <cp/command.h>
#include <cp/diagnose.h>
#include <cp/string.h>
#include <stdio.h>

/* arch_traits of the real ports: tests/hosted/module.mk. */
extern const struct arch_traits traits_s390x, traits_x86_64;
static const struct arch_traits *const manual_ports[] = {&traits_s390x, &traits_x86_64};

#define MADE                                                                                                                    \
	"<!-- Made from the tables by `make manual`: change cp/command/table.c, cp/diagnose/table.c or a port's traits.c, not " \
	"this page. -->\n\n"

static void manual_traits(FILE *f, const char *command)
{
	for (unsigned n = 0; n < ARRAY_SIZE(manual_ports); n++)
		for (const struct arch_help *h = manual_ports[n]->help; h->command; h++)
			if (strcmp(h->command, command) == 0)
				fprintf(f, "On %s: %s\n\n", manual_ports[n]->name, h->text);
}

/* The angle brackets and bars of a syntax are safe inside code. */
static void manual_row(FILE *f, const struct command_entry *e, const char *heading)
{
	char classes[60], shortest[16];

	command_classes(e->classes, classes, sizeof(classes));
	string_copy(shortest, e->shortest + 1u, e->name);
	fprintf(f, "%s %s\n\n", heading, e->name);
	fprintf(f, "    %s\n\n", e->syntax);
	fprintf(f, "%s\n\n", e->help);
	if (strcmp(heading, "##") == 0)
		manual_traits(f, e->name);
	if (e->classes == CLASS_ANY)
		fprintf(f, "Shortest form `%s`; for everybody, also before LOGON.\n\n", shortest);
	else if (e->classes == CLASS_USER)
		fprintf(f, "Shortest form `%s`; for every user.\n\n", shortest);
	else
		fprintf(f, "Shortest form `%s`; privilege class %s.\n\n", shortest, classes);
}

static void manual_table(FILE *f, const struct command_entry *table, const char *heading)
{
	for (const struct command_entry *e = table; e->name; e++)
		manual_row(f, e, heading);
}

static void manual_inner(FILE *f, const char *title, const struct command_entry *table)
{
	fprintf(f, "## Operands of %s\n\n", title);
	manual_table(f, table, "###");
}

static void manual_messages(FILE *f)
{
	fprintf(f, "## Messages\n\nThe number is also the command's return code. `%%s` and `%%u` stand for "
		   "what the message is about.\n\n");
	fprintf(f, "| id | text |\n|---|---|\n");
	for (unsigned i = 0; i < MSG_COUNT; i++) {
		const struct message *m = &message_table[i];

		fprintf(f, "| HCP%s%03u%c | %s |\n", m->module, m->number, m->severity, m->text);
	}
	fprintf(f, "\n");
}

static void manual_commands(FILE *f)
{
	fprintf(f, "# CP commands\n\n" MADE);
	fprintf(f, "A command is its name, or any abbreviation of it that has at least the letters of the "
		   "shortest form, and operands "
		   "separated by blanks. Upper and lower case are the same. In a syntax, `[a]` may be left "
		   "out, `{a|b}` is a choice, `...` "
		   "repeats. Several commands go into one line with the line-end symbol (`#`) between them; "
		   "while a virtual machine runs, "
		   "`#CP` before a command sends it to CP, and `#CP` alone stops the machine. A line that "
		   "begins with `*` is a remark.\n\n");
	manual_table(f, command_table, "##");
	manual_inner(f, "QUERY", query_table);
	manual_inner(f, "SET", set_table);
	manual_inner(f, "TERMINAL", terminal_table);
	manual_messages(f);
}

static void manual_diagnose(FILE *f)
{
	char classes[60];

	fprintf(f, "# DIAGNOSE calls\n\n" MADE);
	fprintf(f,
		"A guest in supervisor state calls CP by a code and two registers, Rx and Ry, each of which may stand "
		"for a pair. Addresses in registers are guest real addresses. A code that is not here gives a "
		"specification exception.\n\n");
	for (unsigned n = 0; n < ARRAY_SIZE(manual_ports); n++)
		fprintf(f, "On %s: %s\n\n", manual_ports[n]->name, manual_ports[n]->diagnose);
	for (const struct diagnose_entry *e = diagnose_table; e->name; e++) {
		fprintf(f, "## X'%02X' %s\n\n%s\n\n", e->code, e->name, e->help);
		if (e->flags & DIAG_EVEN_X)
			fprintf(f, "Rx must be an even register.\n\n");
		if (e->flags & DIAG_EVEN_Y)
			fprintf(f, "Ry must be an even register.\n\n");
		if (e->classes) {
			command_classes(e->classes, classes, sizeof(classes));
			fprintf(f, "Privilege class %s.\n\n", classes);
		}
	}
}

#endif
