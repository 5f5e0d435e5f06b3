/*
 * print_manual.c - build/manual: prints docs/reference/commands.md (operand "commands") or diagnose.md ("diagnose").
 */
#include "manual.h"
#include <string.h>

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "commands") == 0)
		manual_commands(stdout);
	else if (argc == 2 && strcmp(argv[1], "diagnose") == 0)
		manual_diagnose(stdout);
	else {
		fprintf(stderr, "usage: manual commands|diagnose\n");
		return 2;
	}
	return 0;
}
