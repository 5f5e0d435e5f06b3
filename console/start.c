/*
 * start.c - from options to a machine whose CP has come to its prompt.
 *
 * Read before: relay.c, prepare.c. Read after: up.c, play.c.
 * Known simplification: the prompt is known by its text.
 */
#include "start.h"

#include "client.h"
#include "clock.h"
#include "machine.h"
#include "prepare.h"
#include "progress.h"
#include "relay.h"
#include "rundir.h"
#include "vm40.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROMPT_LIMIT 60.0 /* seconds of the machine's time from IPL to prompt */
#define POLL_US      20000

/* CP logs OPERATOR on when it is ready for commands: "LOGON AT 12:00:00 UTC MONDAY 11/23/26". */
static const char *const prompt_text = "LOGON AT ";

char *start_outcome(const char *name)
{
	return rundir_read(name, "outcome");
}

static bool at_prompt(const char *name)
{
	char *path = rundir_path(name, "console0.log");
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	free(path);
	while (f && !found && getline(&line, &room, f) >= 0)
		found = strstr(line, prompt_text) != NULL;
	free(line);
	if (f)
		fclose(f);
	return found;
}

static int explain(const char *name, const char *text)
{
	fail("%s", text + strspn(text, " "));
	rundir_show_tail(name, "console0.log", 15);
	rundir_show_tail(name, "emulator.log", 8);
	return EXIT_FAILED;
}

pid_t start_pid(const char *name)
{
	char *text = rundir_read(name, "emulator.pid");
	pid_t pid = text ? (pid_t)strtol(text, NULL, 10) : 0;

	free(text);
	return pid;
}

/* Has the machine ended, or even its relay? Then say why. */
static bool ended(const char *name, pid_t relay)
{
	bool gone = waitpid(relay, NULL, WNOHANG) != 0;
	char *outcome = start_outcome(name);

	if (outcome)
		explain(name, outcome + strcspn(outcome, " "));
	else if (gone)
		explain(name, "the relay ended without saying why");
	gone = gone || outcome;
	free(outcome);
	return gone;
}

/* Wait for the relay's control socket, then for CP's prompt. */
static int wait_prompt(const char *name, pid_t relay)
{
	struct machine_clock clock = {0};
	bool up = false;

	for (;;) {
		up = up || client_up(name);
		if (up && at_prompt(name))
			return EXIT_DONE;
		if (ended(name, relay))
			return EXIT_FAILED;
		if (clock.pid)
			clock_read(&clock);
		else if (start_pid(name))
			clock_start(&clock, start_pid(name));
		if (clock.elapsed > PROMPT_LIMIT)
			break;
		usleep(POLL_US);
	}
	free(client_ask(name, "kill"));
	return explain(name, "CP did not come to its prompt; the emulator is ended");
}

static int describe(const struct options *o, const struct backend *backend, const char *volume,
		    const char *image, struct machine *m)
{
	*m = (struct machine){
		.backend = backend,
		.name = o->name,
		.image = image,
		.volume = volume,
		.memory = o->memory,
		.icount = o->icount,
		.extra = o->qemu_args,
		.extra_count = o->qemu_arg_count,
		.owned = o->owned,
		.to_emulator = -1,
		.from_emulator = -1,
	};
	if (!backend->qemu && (o->icount || o->qemu_arg_count))
		return usage("--icount and --qemu-arg are for QEMU");
	return EXIT_DONE;
}

/* Everything is ready but the emulator. */
static int start_emulator(struct machine *m)
{
	int rc = EXIT_FAILED;
	pid_t relay;

	progress_begin(m->backend->starting);
	relay = relay_start(m);
	if (relay > 0)
		rc = wait_prompt(m->name, relay);
	progress_end();
	return rc;
}

static int start_described(const struct options *o, struct machine *m)
{
	int rc;

	if (access(m->image, R_OK))
		return fail("%s is not there: `make build iso` builds it", m->image);
	rc = prepare_volume(o, m->backend, m->volume);
	if (rc)
		return rc;
	if (rundir_create(m->name))
		return EXIT_FAILED;
	prepare_users(m->name, m->volume);
	return start_emulator(m);
}

/* The relay works in the run directory, so the paths it gets are whole ones. */
static char *absolute(const char *path)
{
	char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	char *whole = here ? must_format("%s/%s", here, path) : must_copy(path);

	free(here);
	return whole;
}

int start_machine(const struct options *o, const char *volume)
{
	const struct backend *backend = backend_find(o->machine);
	char *image, *whole;
	struct machine m;
	int rc;

	if (!backend)
		return usage("--machine %s: expected %s", o->machine, backend_names());
	image = o->image ? absolute(o->image) : prepare_beside(backend->image);
	whole = absolute(volume);
	rc = describe(o, backend, whole, image, &m);
	if (!rc && client_up(o->name))
		rc = fail("machine %s is up already; `vm40 down --name %s` ends it", o->name, o->name);
	if (!rc)
		rc = start_described(o, &m);
	free(image);
	free(whole);
	return rc;
}
