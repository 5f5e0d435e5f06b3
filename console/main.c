/*
 * main.c - the vm40 command: its verbs, its help, its exit codes.
 *
 * Read before: docs/tutorial/00-first-session.md. Read after: options.c.
 * Known simplification: verbs are not abbreviated.
 */
#include "vm40.h"

#include <stdio.h>
#include <string.h>

static void help(void)
{
	puts("usage: vm40 VERB [OPTION...] [OPERAND...]\n\nverbs:");
	for (const struct verb *verb = verb_table; verb->name; verb++)
		printf("  %-9s %-18s %s\n", verb->name, verb->operands, verb->summary);
	puts("\n`vm40 VERB --help` explains one. Exit codes: 0 done, 1 failed or did not match, 2 usage.");
}

int main(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2)
		return usage("no verb");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help();
		return EXIT_DONE;
	}
	verb = verb_find(argv[1]);
	if (!verb)
		return usage("%s is not a verb", argv[1]);
	return verb->run(argc - 1, argv + 1);
}
