/*
 * trace.c - TRACE: following one's own machine.
 *
 * Owns: the TRACE command's operands and its QUERY. Before: observe/trace.c, which prints the lines; the engine, which looks
 * at the settings. After: QUERY TRACE. Heritage: DMKTRA.
 * Simplification: one trace a machine; no ranges, counts or commands.
 */
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/format.h>
#include <cp/string.h>

#include "commands.h"
#include "query.h"

static const struct kind {
	const char *name;
	uint8_t shortest;
	uint32_t events;
} kinds[] = {
	{"PRIV", 4, TRACE_PRIV},         {"SVC", 3, TRACE_SVC}, {"PROGRAM", 3, TRACE_PROGRAM},
	{"EXTERNAL", 3, TRACE_EXTERNAL}, {"I/O", 3, TRACE_IO},  {"INSTRUCTION", 5, TRACE_INSTRUCTION},
};

/* What the port can follow; 0: no such kind here. */
static uint32_t events_of(struct command *c, unsigned n)
{
	if (operand_is(c, n, "ALL", 3))
		return arch_traits.trace_events;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (operand_is(c, n, kinds[i].name, kinds[i].shortest))
			return kinds[i].events & arch_traits.trace_events;
	return 0;
}

struct wanted {
	uint32_t events;
	bool off, run, norun;
};

static int wanted_read(struct command *c, struct wanted *w)
{
	for (unsigned n = 1; n < c->count; n++) {
		uint32_t events = events_of(c, n);

		w->events |= events;
		if (events || operand_is(c, n, "TERMINAL", 2))
			continue;
		if (operand_is(c, n, "END", 3))
			w->events = UINT32_MAX, w->off = true;
		else if (operand_is(c, n, "OFF", 3))
			w->off = true;
		else if (operand_is(c, n, "RUN", 3))
			w->run = true;
		else if (operand_is(c, n, "NORUN", 5))
			w->norun = true;
		else
			return reply_message(c, MSG_INVALID_OPTION, c->token[n]);
	}
	if (w->run && w->norun)
		return reply_message(c, MSG_CONFLICTING_OPTION, "NORUN");
	if (!w->events && !w->run && !w->norun)
		return reply_message(c, MSG_OPERAND_MISSING, c->entry->syntax);
	return 0;
}

int cmd_trace(struct command *c)
{
	struct trace_settings *t = &c->vm->trace;
	uint32_t before = t->events;
	struct wanted w = {0};
	int rc = wanted_read(c, &w);

	if (rc)
		return rc;
	t->events = w.off ? t->events & ~w.events : t->events | w.events;
	if (w.run || w.norun || !before)
		t->run = w.run;
	if (!before && t->events)
		reply_line(c, "TRACE STARTED");
	if (before && !t->events)
		reply_line(c, "TRACE ENDED");
	for (unsigned n = 0; n < c->vm->cpus; n++)
		vcpu_kick(c->vm->cpu[n]); /* the engine chooses its way again */
	return 0;
}

int query_trace(struct command *c)
{
	const struct trace_settings *t = &c->vm->trace;
	char line[REPLY_LINE_MAX] = "";
	size_t used = 0;

	if (!t->events) {
		reply_line(c, "TRACE IS OFF");
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (t->events & kinds[i].events)
			used += format(line + used, sizeof(line) - used, " %s", kinds[i].name);
	reply_line(c, "TRACE%s %s", line, t->run ? "RUN" : "NORUN");
	return 0;
}
