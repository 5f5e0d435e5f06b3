/*
 * down.c - vm40 down: ask CP to shut down, and see that the emulator is gone.
 *
 * Read before: client.c. Read after: status.c.
 * Known simplification: the request is typed on the operator's line, so an operator's virtual machine that has
 * switched line editing off does not pass it to CP; --force ends any machine.
 */
#include "client.h"
#include "clock.h"
#include "options.h"
#include "progress.h"
#include "rundir.h"
#include "start.h"
#include "vm40.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOWN_LIMIT 60.0 /* seconds of the machine's time */
#define POLL_US    20000

/* Wait until the relay is gone. false: the limit passed first. */
static bool wait_gone(const char *name, double limit)
{
	char *text = rundir_read(name, "emulator.pid");
	struct machine_clock clock;

	clock_start(&clock, text ? (pid_t)strtol(text, NULL, 10) : 0);
	free(text);
	while (client_up(name)) {
		if (clock_read(&clock) > limit)
			return false;
		usleep(POLL_US);
	}
	return true;
}

static int report(const char *name)
{
	char *outcome = start_outcome(name);
	int rc = EXIT_DONE;

	if (!outcome)
		rc = fail("%s ended without saying how", name);
	else if (strncmp(outcome, "clean ", 6) == 0)
		printf("%s is down: %s\n", name, outcome + 6);
	else
		rc = fail("%s is down: %s", name, outcome + strcspn(outcome, " ") + 1);
	if (rc)
		rundir_show_tail(name, "console0.log", 15);
	free(outcome);
	return rc;
}

static int down_force(const char *name)
{
	free(client_ask(name, "kill"));
	if (!wait_gone(name, DOWN_LIMIT))
		return fail("the relay of %s does not end", name);
	printf("%s is down: ended by force\n", name);
	return EXIT_DONE;
}

int verb_down(int argc, char **argv)
{
	struct options o;
	int rc = options_read(verb_find("down"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (o.first < argc)
		return usage("down: unexpected operand %s", argv[o.first]);
	if (!client_up(o.name))
		return fail("machine %s is not up", o.name);
	progress_begin("shutting down");
	if (o.force) {
		rc = down_force(o.name);
	} else {
		free(client_ask(o.name, "type #CP SHUTDOWN"));
		if (wait_gone(o.name, DOWN_LIMIT))
			rc = report(o.name);
		else
			rc = fail("CP does not shut down; `vm40 down --force` ends the emulator");
	}
	progress_end();
	if (!rc)
		rundir_remove(o.name);
	return rc;
}
