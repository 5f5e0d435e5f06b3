/*
 * status.c - vm40 status: the machines of this user and the lines in use.
 *
 * Read before: client.c. Read after: console.c.
 * Known simplification: nothing is asked of CP itself.
 */
#include "client.h"
#include "json.h"
#include "options.h"
#include "rundir.h"
#include "start.h"
#include "vm40.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
	char *machine, *volume, *pid, *outcome;
	char *lines; /* "0 3 5", in use; NULL when down */
};

static void state_read(const char *name, struct state *s)
{
	char *answer = client_ask(name, "status");
	const char *lines = answer ? strstr(answer, "\nlines") : NULL;

	*s = (struct state){
		.machine = rundir_read(name, "machine"),
		.volume = rundir_read(name, "volume.path"),
		.pid = rundir_read(name, "emulator.pid"),
		.outcome = start_outcome(name),
	};
	if (lines) {
		lines += strlen("\nlines");
		lines += strspn(lines, " ");
		s->lines = must_copy(lines);
		s->lines[strcspn(s->lines, "\n")] = '\0';
	}
	free(answer);
}

static void state_free(struct state *s)
{
	free(s->machine);
	free(s->volume);
	free(s->pid);
	free(s->outcome);
	free(s->lines);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static void show_text(const char *name, const struct state *s)
{
	const char *how = or_empty(s->outcome);

	if (s->lines)
		printf("%-16s up    %-11s pid %-7s lines in use: %s  volume %s\n", name, or_empty(s->machine),
		       or_empty(s->pid), s->lines[0] ? s->lines : "none", or_empty(s->volume));
	else
		printf("%-16s down  %-11s %s\n", name, or_empty(s->machine), how + strcspn(how, " "));
}

static void show_lines(const char *lines)
{
	const char *comma = "";
	char *end;

	fputs(", \"lines\": [", stdout);
	for (unsigned long n = strtoul(lines, &end, 10); end != lines; n = strtoul(lines, &end, 10)) {
		printf("%s%lu", comma, n);
		comma = ", ";
		lines = end;
	}
	fputs("]", stdout);
}

static void show_json(const char *name, const struct state *s, bool first)
{
	printf("%s\n  {\"name\": ", first ? "" : ",");
	json_text(name);
	printf(", \"up\": %s, \"machine\": ", s->lines ? "true" : "false");
	json_text(or_empty(s->machine));
	printf(", \"volume\": ");
	json_text(or_empty(s->volume));
	if (s->lines) {
		printf(", \"pid\": %ld", strtol(or_empty(s->pid), NULL, 10));
		show_lines(s->lines);
	} else {
		printf(", \"outcome\": ");
		json_text(or_empty(s->outcome));
	}
	putchar('}');
}

int verb_status(int argc, char **argv)
{
	struct options o;
	int rc = options_read(verb_find("status"), argc, argv, &o);
	char **names;
	bool any = false, found_up = false;

	if (rc >= 0)
		return rc;
	if (o.first < argc)
		return usage("status: unexpected operand %s", argv[o.first]);
	names = rundir_list();
	if (o.json)
		putchar('[');
	for (char **name = names; *name; name++) {
		struct state s;

		if (o.name_given && strcmp(o.name, *name))
			continue;
		state_read(*name, &s);
		found_up |= s.lines != NULL;
		if (o.json)
			show_json(*name, &s, !any);
		else
			show_text(*name, &s);
		any = true;
		state_free(&s);
	}
	rundir_list_free(names);
	if (o.json)
		puts(any ? "\n]" : "]");
	else if (!any)
		puts("no machine is up");
	return o.name_given && !found_up ? EXIT_FAILED : EXIT_DONE;
}
