/*
 * spool_query.c - QUERY READER, PRINTER and PUNCH: what lies in the queues.
 *
 * Owns: the lists of spool files. Before: spool_file.c. After: nothing.
 * Heritage: DMKCQS; the columns are z/VM's, for programs that read them (vmur among them).
 * Simplification: DIST shows the owner; there are no distribution codes.
 */
#include "spool_command.h"
#include <cp/device.h>
#include <cp/format.h>
#include <cp/string.h>
#include <cp/unitrecord.h>

static const char *const device_names[] = {"RDR", "PUN", "PRT", "CON"};

/* What the operands leave of a queue. */
struct filter {
	const char *owner; /* NULL: everybody's */
	enum spool_queue queue;
	char class;
	uint64_t id; /* 0: any */
	bool held, free;
};

static const char *hold_text(const struct spool_file *f)
{
	return f->hold && f->system_hold ? "USYS" : f->hold ? "USER" : f->system_hold ? "SYS" : "NONE";
}

static void line(struct command *c, const struct spool_file *f)
{
	struct calendar t;

	calendar_from_tod(f->created, &t);
	reply_line(c, "%-8s %04u %c %s %08u %03u %-4s %02u/%02u %02u:%02u:%02u %-8s  %-8s %s",
		   f->queue == SPOOL_READER ? f->origin : f->owner, f->id, f->class, device_names[f->device],
		   f->records, f->copies, hold_text(f), t.month, t.day, t.hour, t.minute, t.second, f->name,
		   f->type, f->owner);
}

static bool wanted(const struct filter *w, const struct spool_file *f)
{
	bool held = f->hold || f->system_hold;

	return (w->id == 0 || w->id == f->id) && (held ? w->held : w->free);
}

/* Files are there, but the reader passes them by: say so before somebody believes that they are lost. */
static void reader_hint(struct command *c, const struct filter *w)
{
	struct unit_record *u = unit_record_of(device_find_kind(c->vm, "RDR"));

	if (w->queue != SPOOL_READER || !w->owner || !u || u->spool.class == '*')
		return;
	if (string_compare_nocase(w->owner, c->vm->userid) != 0)
		return;
	if (!spool_next(w->owner, SPOOL_READER, u->spool.class, false, NULL))
		reply_line(c, "YOUR READER TAKES CLASS %c ONLY AND FINDS NONE OF THESE", u->spool.class);
}

static int list(struct command *c, const struct filter *w)
{
	struct spool_file *f = NULL;
	bool any = false;

	while ((f = spool_next(w->owner, w->queue, w->class, true, f)) != NULL) {
		if (!wanted(w, f))
			continue;
		if (!any)
			reply_line(c,
				   "%-8s FILE CLASS RECORDS  CPY HOLD DATE  TIME     NAME      TYPE     DIST",
				   w->queue == SPOOL_READER ? "ORIGINID" : "OWNERID");
		any = true;
		line(c, f);
	}
	if (any)
		reader_hint(c, w);
	else
		reply_line(c, "NO %s FILES", device_names[w->queue]);
	return 0;
}

static int filter_option(struct command *c, unsigned *n, struct filter *w)
{
	unsigned option = (*n)++;
	uint64_t id;
	int rc;

	if (operand_is(c, option, "ALL", 3))
		return 0;
	if (operand_is(c, option, "CLASS", 2))
		return spool_class(c, (*n)++, true, &w->class);
	if (operand_is(c, option, "HOLD", 2) || operand_is(c, option, "NOHOLD", 3)) {
		w->held = c->token[option][0] == 'H';
		w->free = !w->held;
		return 0;
	}
	if (string_decimal(c->token[option], &id)) {
		w->id = id;
		return id ? 0 : reply_message(c, MSG_SPOOLID_MISSING, c->token[option]);
	}
	rc = operand_userid(c, option, &w->owner);
	if (rc == 0 && !(c->classes & CLASS('D')) && string_compare_nocase(w->owner, c->vm->userid) != 0)
		rc = reply_message(c, MSG_INVALID_OPTION, c->token[option]);
	return rc;
}

/* QUERY queue [ALL] [spoolid] [CLASS c] [HOLD|NOHOLD] [userid]; the tokens before them are QUERY and the queue. */
static int query(struct command *c, enum spool_queue queue)
{
	struct filter w = {.owner = c->vm->userid, .queue = queue, .class = '*', .held = true, .free = true};
	int rc = 0;

	for (unsigned n = 2; n < c->count && rc == 0;)
		rc = filter_option(c, &n, &w);
	return rc ? rc : list(c, &w);
}

int query_reader(struct command *c)
{
	return query(c, SPOOL_READER);
}

int query_printer(struct command *c)
{
	return query(c, SPOOL_PRINTER);
}

int query_punch(struct command *c)
{
	return query(c, SPOOL_PUNCH);
}
