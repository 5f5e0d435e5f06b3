/*
 * ask.c - a command to the CP of a machine that is up, and the lines of its answer.
 *
 * The management line is the operator's: a command is typed there, and its answer read from the console's log.
 *
 * Read before: client.c, down.c. Read after: swap.c, trace.c.
 * Known simplification: an operator whose virtual machine has switched line editing off does not pass the command to CP; and
 * what others say on that line meanwhile is read, too.
 */
#include "ask.h"

#include "client.h"
#include "clock.h"
#include "rundir.h"
#include "vm40.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASK_LIMIT 120.0 /* seconds of the machine's time */
#define POLL_US   20000

static int answer(const char *name, FILE *log, ask_line line, void *context)
{
	char *pid = rundir_read(name, "emulator.pid"), *text = NULL;
	struct machine_clock clock;
	size_t room = 0;
	int rc = ASK_MORE;

	clock_start(&clock, pid ? (pid_t)strtol(pid, NULL, 10) : 0);
	free(pid);
	while (rc == ASK_MORE) {
		long at = ftell(log);

		if (getline(&text, &room, log) > 0 && strchr(text, '\n')) {
			if (!strstr(text, "#CP ")) /* the command's echo */
				rc = line(context, text);
			continue;
		}
		if (!client_up(name) || clock_read(&clock) > ASK_LIMIT) {
			rc = fail("the operator's line of %s does not answer", name);
			break;
		}
		clearerr(log);
		fseek(log, at, SEEK_SET); /* a line that is not whole yet */
		usleep(POLL_US);
	}
	free(text);
	return rc;
}

void ask_nothing(const char *name, const char *command)
{
	char *request = must_format("type #CP %s", command);

	free(client_ask(name, request));
	free(request);
}

int ask(const char *name, const char *command, ask_line line, void *context)
{
	char *path = rundir_path(name, "console0.log");
	FILE *log = fopen(path, "r");
	int rc = EXIT_FAILED;

	if (log && fseek(log, 0, SEEK_END) == 0) {
		ask_nothing(name, command);
		rc = answer(name, log, line, context);
	} else {
		fail("machine %s cannot be asked", name);
	}
	if (log)
		fclose(log);
	free(path);
	return rc;
}
