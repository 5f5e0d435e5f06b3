/*
 * cptrace.c - SET CPTRACE, QUERY CPTRACE: CP's trace ring.
 *
 * Owns: the lines in which the ring is shown, which `vm40 trace` reads (docs/reference/trace.md has their form). Before:
 * observe/ring.c. After: console/trace.c, on the host. Heritage: the CP trace table, TRSOURCE.
 * Simplification: nothing is chosen; all machines' events are in one ring, which holds the last 1024.
 */
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/string.h>

#include "query.h"

#define LINES_MAX 64 /* in one answer: less than a line holds of output that has not gone out */

static const char *setting(void)
{
	return trace_cost_on ? "COST" : trace_ring_on ? "ON" : "OFF";
}

/* To set what is set changes nothing. */
int set_cptrace(struct command *c)
{
	bool cost = string_compare_nocase(c->token[2], "COST") == 0, on = true;
	int rc = cost ? 0 : operand_on_off(c, 2, &on);

	if (rc)
		return rc;
	if (!on)
		trace_ring_stop();
	else if (!trace_ring_on || trace_cost_on != cost)
		trace_ring_start(cost);
	return 0;
}

static const char *instruction(const struct trace_entry *e)
{
	const char *name = e->kind == INTERCEPT_INSTRUCTION ? arch_instruction_name(e->word) : NULL;

	return name ? name : "-";
}

static void entry_line(struct command *c, unsigned number, const struct trace_entry *e)
{
	reply_line(c, "CPTRACE %u %.8s %u %016lX %016lX %s %s %04X %s %lX %lX", number, e->who, e->vcpu,
		   (unsigned long)e->when, (unsigned long)e->until,
		   e->kind == TRACE_DISPATCH ? "DISPATCH" : intercept_names[e->kind],
		   e->engine ? e->engine : "-", e->code, instruction(e), (unsigned long)e->at,
		   (unsigned long)e->data);
}

/* QUERY CPTRACE [n]: some entries from number n on, and last of all how far they went. */
int query_cptrace(struct command *c)
{
	unsigned first, end = trace_ring_extent(&first), n = end;
	uint64_t wanted;

	if (c->count > 2) {
		if (!string_decimal(c->token[2], &wanted))
			return reply_message(c, MSG_INVALID_OPERAND, c->token[2]);
		n = wanted < first ? first : wanted < end ? (unsigned)wanted : end;
		for (unsigned lines = 0; lines < LINES_MAX && n != end; lines++, n++)
			entry_line(c, n, trace_ring_entry(n));
	}
	reply_line(c, "CPTRACE %s ENTRIES %u TO %u NEXT %u", setting(), first, end, n);
	return 0;
}
