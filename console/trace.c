/*
 * trace.c - vm40 trace: what a CP did for a moment, as a file for a trace viewer.
 *
 * CP's trace ring is switched on, and off again after a while; then its entries are asked for, some at a time, and written in
 * time's order.
 *
 * Read before: ask.c, timeline.c. Read after: cp/command/cptrace.c, which answers.
 * Known simplification: the ring holds the last 1024 entries, however long it was on.
 */
#include "ask.h"
#include "client.h"
#include "clock.h"
#include "options.h"
#include "progress.h"
#include "rundir.h"
#include "timeline.h"
#include "vm40.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POLL_US     20000
#define SECONDS_MAX 86400

struct ring {
	struct timeline timeline;
	char set[5]; /* ON, COST or OFF */
	unsigned first, end, next;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* Entries, and the line that ends them. */
static int ring_line(void *context, const char *line)
{
	struct ring *r = context;
	char on[5];

	if (strncmp(line, "HCP", 3) == 0 && (strstr(line, "CPTRACE") || strstr(line, "command")))
		return fail("CP refuses: %.*s", (int)strcspn(line, "\r\n"), line);
	if (sscanf(line, "CPTRACE %4s ENTRIES %u TO %u NEXT %u", on, &r->first, &r->end, &r->next) == 4) {
		memcpy(r->set, on, sizeof(r->set));
		return EXIT_DONE;
	}
	timeline_add(&r->timeline, line);
	return ASK_MORE;
}

static int ring_state(const char *name, struct ring *r)
{
	return ask(name, "QUERY CPTRACE", ring_line, r);
}

/* All that the ring has; it is off. */
static int ring_fetch(const char *name, struct ring *r)
{
	int rc = ring_state(name, r);

	r->next = r->first;
	while (rc == EXIT_DONE && r->next != r->end) {
		unsigned before = r->next;
		char *command = must_format("QUERY CPTRACE %u", before);

		rc = ask(name, command, ring_line, r);
		free(command);
		if (rc == EXIT_DONE && r->timeline.count != r->next - r->first)
			rc = fail(
				"some lines of CP's answer were lost; try again while nobody is busy on the operator's line");
	}
	return rc;
}

/* Until the time is over, or Ctrl-C. */
static void watch(const char *name, unsigned seconds)
{
	char *pid = rundir_read(name, "emulator.pid");
	struct machine_clock clock;

	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	clock_start(&clock, pid ? (pid_t)strtol(pid, NULL, 10) : 0);
	free(pid);
	while (!stopped && client_up(name) && clock_read(&clock) < seconds)
		usleep(POLL_US);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

/* The ring is afterwards as it was before, on or off. */
static int take(const char *name, unsigned seconds, struct ring *r)
{
	int rc = ring_state(name, r);
	char *before;

	if (rc)
		return rc;
	before = must_format("SET CPTRACE %s", r->set);
	ask_nothing(name, "SET CPTRACE OFF");
	if (seconds) {
		ask_nothing(name, "SET CPTRACE COST");
		watch(name, seconds);
		ask_nothing(name, "SET CPTRACE OFF");
	}
	rc = ring_fetch(name, r);
	ask_nothing(name, before);
	free(before);
	return rc;
}

static int write_to(FILE *out, const char *path, const struct options *o, const struct timeline *t)
{
	if (timeline_write(t, o->name, o->user, out))
		return o->user ? fail("nothing of %s is in the trace", o->user)
			       : fail("nothing is in the trace");
	return fflush(out) == 0 ? EXIT_DONE : fail("%s: %s", path, strerror(errno));
}

/* Whole, or not at all. */
static int write_file(const char *path, const struct options *o, const struct timeline *t)
{
	uint64_t us = timeline_length(t) / 1000;
	FILE *out = fopen(path, "w");
	int rc;

	if (!out)
		return fail("%s: %s", path, strerror(errno));
	rc = write_to(out, path, o, t);
	fclose(out);
	if (rc)
		unlink(path);
	else
		printf("%s: %zu entries, %" PRIu64 ".%03u ms\n", path, t->count, us / 1000,
		       (unsigned)(us % 1000));
	return rc;
}

static int write_out(const struct options *o, const struct timeline *t)
{
	char *path = o->output ? must_copy(o->output) : must_format("%s.trace.json", o->name);
	int rc = strcmp(path, "-") ? write_file(path, o, t) : write_to(stdout, "stdout", o, t);

	free(path);
	return rc;
}

/* -1: it is no number of seconds. */
static int seconds_read(const char *text)
{
	char *end;
	long seconds = text ? strtol(text, &end, 10) : 1;

	return text && (end == text || *end || seconds < 0 || seconds > SECONDS_MAX) ? -1 : (int)seconds;
}

int verb_trace(int argc, char **argv)
{
	struct ring r = {0};
	struct options o;
	int rc = options_read(verb_find("trace"), argc, argv, &o), seconds;

	if (rc >= 0)
		return rc;
	if (o.first < argc)
		return usage("trace: unexpected operand %s", argv[o.first]);
	seconds = seconds_read(o.seconds);
	if (seconds < 0)
		return usage("--seconds %s: expected a number from 0 to %d", o.seconds, SECONDS_MAX);
	if (!client_up(o.name))
		return fail("machine %s is not up", o.name);
	progress_begin("tracing");
	rc = take(o.name, (unsigned)seconds, &r);
	progress_end();
	if (rc == EXIT_DONE)
		rc = write_out(&o, &r.timeline);
	timeline_free(&r.timeline);
	return rc;
}
