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
	if (text && strstr(text, " IN USE")) {
		a->rc = EXIT_DONE;
		printf("%s", text);
	} else if (text && strstr(text, "NOT SWAPPED")) {
		a->rc = fail("CP keeps its old directory: %.*s", (int)strcspn(text, "\r\n"), text);
	} else if ((text = strstr(a->line, "AT THE NEXT LOGON")) || (text = strstr(a->line, "UNTIL LOGOFF"))) {
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
			return fail("%s does not answer DIRECTORY SWAP: it takes the new directory at its next start", name);
		clearerr(a->log);
		fseek(a->log, at, SEEK_SET); /* a line that is not whole yet */
		usleep(POLL_US);
	}
	return a->rc;
}

int swap_directory(const char *name, const char *volume)
{
	char *path = rundir_path(name, "console0.log"), identity[17], *request;
	struct answer a = {.log = fopen(path, "r"), .rc = -1};
	int rc;

	free(path);
	if (!a.log || fseek(a.log, 0, SEEK_END) || volume_directory_identity(volume, identity)) {
		if (a.log)
			fclose(a.log);
		return fail("machine %s cannot be asked", name);
	}
	request = must_format("type #CP DIRECTORY SWAP %s", identity);
	free(client_ask(name, request));
	free(request);
	rc = answer_wait(name, &a);
	free(a.line);
	fclose(a.log);
	return rc;
}
