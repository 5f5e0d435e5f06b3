/*
 * swap.c - a machine that is up takes the object directory that was just written to its volume.
 *
 * DIRECTORY SWAP is typed on the operator's line, with the first digits of the directory's identity, so that CP takes the directory that
 * was meant or none.
 *
 * Read before: ask.c. Read after: direct.c.
 */
#include "swap.h"

#include "ask.h"
#include "client.h"
#include "directory/volume.h"
#include "rundir.h"
#include "vm40.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *swap_machine(const char *volume)
{
	char whole[PATH_MAX], **names = rundir_list(), *found = NULL;

	if (!realpath(volume, whole))
		whole[0] = '\0';
	for (char **n = names; n && *n && !found; n++) {
		char *path = rundir_read(*n, "volume.path"), theirs[PATH_MAX];

		if (path && realpath(path, theirs) && strcmp(theirs, whole) == 0 && client_up(*n))
			found = must_copy(*n);
		free(path);
	}
	rundir_list_free(names);
	return found;
}

/* ---- the answer ------------------------------------------------------------------------------------------------ */

/* CP's lines about the directory; the last one says whether it was taken. context: what is in the line that ends it well. */
static int answer_line(void *context, const char *line)
{
	const char *text = strstr(line, "DIRECTORY "), *done = context;

	if (text && strstr(text, done)) {
		if (strcmp(done, " IN USE") == 0)
			printf("%s", text);
		return EXIT_DONE;
	}
	if (text && strstr(text, "NOT SWAPPED"))
		return fail("CP keeps its old directory: %.*s", (int)strcspn(text, "\r\n"), text);
	if (strstr(line, "AT THE NEXT LOGON") || strstr(line, "UNTIL LOGOFF"))
		printf("%s", line);
	return ASK_MORE;
}

static int directory_ask(const char *name, const char *operands, char *done)
{
	char *command = must_format("DIRECTORY %s", operands);
	int rc = ask(name, command, answer_line, done);

	free(command);
	return rc;
}

int swap_hold(const char *name)
{
	return directory_ask(name, "HOLD", " HELD");
}

void swap_release(const char *name)
{
	directory_ask(name, "RELEASE", " RELEASED");
}

int swap_directory(const char *name, const char *volume)
{
	char identity[17], *command;
	int rc;

	if (volume_directory_identity(volume, identity))
		return fail("%s has no object directory", volume);
	command = must_format("SWAP %s", identity);
	rc = directory_ask(name, command, " IN USE");
	free(command);
	return rc;
}
