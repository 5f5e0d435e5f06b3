/*
 * swap.c - a machine that is up takes the object directory that was just written to its volume.
 *
 * The management line is the operator's: DIRECTORY SWAP is typed there, with the first digits of the directory's identity, so that CP
 * takes the directory that was meant or none. The answer is read from the console's log.
 *
 * Read before: client.c, down.c. Read after: direct.c.
 * Known simplification: an operator whose virtual machine has switched line editing off does not pass the command to CP.
 */
#include "swap.h"

#include "client.h"
#include "clock.h"
#include "directory/volume.h"
#include "rundir.h"
#include "vm40.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SWAP_LIMIT 120.0 /* seconds of the machine's time */
#define POLL_US    20000

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

struct answer {
	const char *done; /* in the line that ends it well */
	FILE *log;
	char *line;
	size_t room;
	int rc; /* -1: not yet */
};

/* CP's lines about the directory; the last one says whether it was taken. */
static void answer_line(struct answer *a)
{
	char *text = strstr(a->line, "DIRECTORY ");

	if (strstr(a->line, "#CP ")) /* the command's echo */
		return;
	if (text && strstr(text, a->done)) {
		a->rc = EXIT_DONE;
		if (strcmp(a->done, " IN USE") == 0)
			printf("%s", text);
	} else if (text && strstr(text, "NOT SWAPPED")) {
		a->rc = fail("CP keeps its old directory: %.*s", (int)strcspn(text, "\r\n"), text);
	} else if (strstr(a->line, "AT THE NEXT LOGON") || strstr(a->line, "UNTIL LOGOFF")) {
		printf("%s", a->line);
	}
}

static int answer_wait(const char *name, struct answer *a)
{
	char *pid = rundir_read(name, "emulator.pid");
	struct machine_clock clock;

	clock_start(&clock, pid ? (pid_t)strtol(pid, NULL, 10) : 0);
	free(pid);
	while (a->rc < 0) {
		long at = ftell(a->log);

		if (getline(&a->line, &a->room, a->log) > 0 && strchr(a->line, '\n')) {
			answer_line(a);
			continue;
		}
		if (!client_up(name) || clock_read(&clock) > SWAP_LIMIT)
			return fail("the operator's line of %s does not answer", name);
		clearerr(a->log);
		fseek(a->log, at, SEEK_SET); /* a line that is not whole yet */
		usleep(POLL_US);
	}
	return a->rc;
}

/* Type a command on the operator's line and wait for the line of its answer with `done` in it. */
static int ask(const char *name, const char *command, const char *done)
{
	char *path = rundir_path(name, "console0.log"),
	     *request = must_format("type #CP DIRECTORY %s", command);
	struct answer a = {.done = done, .log = fopen(path, "r"), .rc = -1};
	int rc = EXIT_FAILED;

	if (a.log && fseek(a.log, 0, SEEK_END) == 0) {
		free(client_ask(name, request));
		rc = answer_wait(name, &a);
	} else {
		fail("machine %s cannot be asked", name);
	}
	if (a.log)
		fclose(a.log);
	free(a.line);
	free(request);
	free(path);
	return rc;
}

int swap_hold(const char *name)
{
	return ask(name, "HOLD", " HELD");
}

void swap_release(const char *name)
{
	ask(name, "RELEASE", " RELEASED");
}

int swap_directory(const char *name, const char *volume)
{
	char identity[17], *command;
	int rc;

	if (volume_directory_identity(volume, identity))
		return fail("%s has no object directory", volume);
	command = must_format("SWAP %s", identity);
	rc = ask(name, command, " IN USE");
	free(command);
	return rc;
}
