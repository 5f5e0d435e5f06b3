/*
 * spool_file.c - PURGE, CHANGE and TRANSFER: what becomes of closed spool files.
 *
 * Owns: which files a command means, and what is done to each. Before: spool.c, cp/spool/. After: spool_query.c.
 * Heritage: DMKCSU (CHANGE, PURGE), DMKCST (TRANSFER).
 * Simplification: a class D user names another's queue by the userid in front of it.
 *
 * The ids are collected first: an operation on one file sleeps, and meanwhile others of the list may go.
 */
#include "commands.h"
#include "spool_command.h"
#include <cp/device.h>
#include <cp/heap.h>
#include <cp/string.h>
#include <cp/unitrecord.h>

#define IDS_MAX 2048u

/* ---- which files ---------------------------------------------------------------------------------------------------- */

static bool queue_named(struct command *c, unsigned n, enum spool_queue *queue)
{
	static const struct {
		const char *name;
		uint8_t shortest;
		enum spool_queue queue;
	} names[] = {
		{"READER", 1, SPOOL_READER}, {"RDR", 3, SPOOL_READER},  {"PRINTER", 1, SPOOL_PRINTER},
		{"PRT", 3, SPOOL_PRINTER},   {"PUNCH", 2, SPOOL_PUNCH}, {"PCH", 3, SPOOL_PUNCH},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (operand_is(c, n, names[i].name, names[i].shortest)) {
			*queue = names[i].queue;
			return true;
		}
	}
	return false;
}

static bool add(struct spool_selection *s, uint16_t id)
{
	if (s->count == IDS_MAX)
		return false;
	s->ids[s->count++] = id;
	return true;
}

static void add_queue(struct spool_selection *s, enum spool_queue queue)
{
	struct spool_file *f = NULL;

	while ((f = spool_next(s->owner, queue, s->class, true, f)) != NULL && add(s, f->id))
		;
}

/* "CLASS c" and "ALL" may both be left out where spool ids follow. */
static int select_by_name(struct command *c, struct spool_selection *s)
{
	if (operand_is(c, s->next, "CLASS", 2)) {
		int rc = spool_class(c, s->next + 1, false, &s->class);

		if (rc)
			return rc;
		s->next += 2;
	} else {
		s->next++; /* ALL */
	}
	if (s->every_queue) {
		add_queue(s, SPOOL_READER);
		add_queue(s, SPOOL_PRINTER);
		add_queue(s, SPOOL_PUNCH);
	} else {
		add_queue(s, s->queue);
	}
	return 0;
}

static int select_by_id(struct command *c, struct spool_selection *s)
{
	uint64_t id;

	if (!string_decimal(c->token[s->next], &id))
		return reply_message(c, MSG_SPOOLID_MISSING, c->token[s->next]);
	for (; string_decimal(c->token[s->next], &id); s->next++) {
		struct spool_file *f = id <= UINT16_MAX ? spool_find((uint16_t)id) : NULL;

		if (!f || f->open || f->queue != s->queue || string_compare_nocase(f->owner, s->owner) != 0)
			return reply_message(c, MSG_SPOOLID_UNKNOWN, c->token[s->next]);
		add(s, (uint16_t)id);
	}
	return 0;
}

/* Somebody of class D may begin with the userid whose files are meant. */
static int select_queue(struct command *c, unsigned n, struct spool_selection *s)
{
	if (!queue_named(c, n, &s->queue)) {
		int rc = 0;

		if (operand_is(c, n, "ALL", 3)) {
			s->every_queue = true;
			s->next = n;
			return 0;
		}
		if (!queue_named(c, n + 1, &s->queue))
			return reply_message(c, MSG_INVALID_OPTION, c->token[n]);
		rc = operand_userid(c, n, &s->owner);
		if (rc)
			return rc;
		if (!(c->classes & CLASS('D')) && string_compare_nocase(s->owner, c->vm->userid) != 0)
			return reply_message(c, MSG_INVALID_USERID, c->token[n]);
		n++;
	}
	s->next = n + 1;
	return 0;
}

int spool_select(struct command *c, unsigned n, struct spool_selection *s)
{
	int rc;

	*s = (struct spool_selection){.owner = c->vm->userid, .class = '*'};
	rc = select_queue(c, n, s);
	if (rc)
		return rc;
	s->ids = heap_alloc(IDS_MAX * sizeof(*s->ids));
	if (!s->ids)
		return reply_message(c, MSG_NO_STORAGE, c->entry->name);
	if (operand_is(c, s->next, "ALL", 3) || operand_is(c, s->next, "CLASS", 2))
		rc = select_by_name(c, s);
	else
		rc = select_by_id(c, s);
	if (rc)
		spool_select_end(s);
	return rc;
}

void spool_select_end(struct spool_selection *s)
{
	heap_free(s->ids, IDS_MAX * sizeof(*s->ids));
	s->ids = NULL;
}

struct spool_file *spool_selected(const struct spool_selection *s, unsigned index)
{
	struct spool_file *f = spool_find(s->ids[index]);

	return f && !f->open && string_compare_nocase(f->owner, s->owner) == 0 ? f : NULL;
}

/* "0003 FILES PURGED" */
static void tell(struct command *c, unsigned count, const char *done)
{
	if (count == 0)
		reply_line(c, "NO FILES %s", done);
	else
		reply_line(c, "%04u FILE%s %s", count, count == 1 ? "" : "S", done);
}

/* ---- PURGE ---------------------------------------------------------------------------------------------------------- */

int cmd_purge(struct command *c)
{
	struct spool_selection s;
	unsigned done = 0;
	int rc;

	if (operand_is(c, 1, "SAVED", 3))
		return purge_saved(c);
	if (operand_is(c, 1, "NSS", 3))
		return purge_nss(c);
	rc = spool_select(c, 1, &s);
	if (rc)
		return rc;
	if (s.next < c->count)
		rc = reply_message(c, MSG_INVALID_OPTION, c->token[s.next]);
	for (unsigned i = 0; i < s.count && rc == 0; i++) {
		struct spool_file *f = spool_selected(&s, i);

		if (!f)
			continue;
		if (spool_purge(f) < 0)
			rc = reply_message(c, MSG_SPOOL_AREA, "PURGE");
		else
			done++;
	}
	spool_select_end(&s);
	tell(c, done, "PURGED");
	return rc;
}

/* ---- CHANGE --------------------------------------------------------------------------------------------------------- */

/* What is to be different; a zero or NULL leaves it. */
struct change {
	char class;
	uint8_t copies;
	const char *name, *type;
	bool hold, nohold, keep, nokeep;
};

static int change_option(struct command *c, unsigned *n, struct change *g)
{
	unsigned option = (*n)++;

	if (operand_is(c, option, "CLASS", 2))
		return spool_class(c, (*n)++, false, &g->class);
	if (operand_is(c, option, "COPY", 2))
		return spool_copies(c, (*n)++, &g->copies);
	if (operand_is(c, option, "NAME", 2))
		return spool_names(c, n, &g->name, &g->type);
	if (operand_is(c, option, "HOLD", 2))
		g->hold = true;
	else if (operand_is(c, option, "NOHOLD", 3))
		g->nohold = true;
	else if (operand_is(c, option, "KEEP", 2))
		g->keep = true;
	else if (operand_is(c, option, "NOKEEP", 3))
		g->nokeep = true;
	else
		return reply_message(c, MSG_INVALID_OPTION, c->token[option]);
	return 0;
}

static int change_read(struct command *c, unsigned n, struct change *g)
{
	int rc = 0;

	*g = (struct change){0};
	if (n >= c->count)
		return reply_message(c, MSG_OPERAND_MISSING, c->entry->syntax);
	while (n < c->count && rc == 0)
		rc = change_option(c, &n, g);
	return rc;
}

static void change_apply(const struct change *g, struct spool_file *f)
{
	f->class = g->class ? g->class : f->class;
	f->copies = g->copies ? g->copies : f->copies;
	f->hold = (f->hold && !g->nohold) || g->hold;
	f->keep = (f->keep && !g->nokeep) || g->keep;
	if (g->name) {
		string_copy(f->name, sizeof(f->name), g->name);
		string_copy(f->type, sizeof(f->type), g->type);
	}
}

int cmd_change(struct command *c)
{
	struct spool_selection s;
	struct change g;
	unsigned done = 0;
	int rc = spool_select(c, 1, &s);

	if (rc)
		return rc;
	rc = change_read(c, s.next, &g);
	for (unsigned i = 0; i < s.count && rc == 0; i++) {
		struct spool_file *f = spool_selected(&s, i);

		if (!f)
			continue;
		change_apply(&g, f);
		if (spool_change(f) < 0)
			rc = reply_message(c, MSG_SPOOL_AREA, "CHANGE");
		else
			done++;
	}
	spool_select_end(&s);
	if (done)
		unit_record_arrived(s.owner); /* what was held may be readable now */
	tell(c, done, "CHANGED");
	return rc;
}

/* ---- TRANSFER ------------------------------------------------------------------------------------------------------- */

static int transfer_one(struct command *c, struct spool_file *f, const char *to)
{
	static const char *const kinds[] = {"RDR", "PUN", "PRT", "CON"};
	const char *was = kinds[f->queue];

	string_copy(f->owner, sizeof(f->owner), to);
	f->queue = SPOOL_READER;
	if (spool_change(f) < 0)
		return reply_message(c, MSG_SPOOL_AREA, "TRANSFER");
	spool_announce(c, f, was);
	return 0;
}

/* TRANSFER [userid] queue {spoolid ... | CLASS c | ALL} [TO] userid [READER] */
int cmd_transfer(struct command *c)
{
	struct spool_selection s;
	enum spool_queue queue;
	const char *to;
	unsigned done = 0, n;
	int rc = spool_select(c, 1, &s);

	if (rc)
		return rc;
	n = operand_is(c, s.next, "TO", 2) ? s.next + 1 : s.next;
	rc = spool_user(c, n, &to);
	if (rc == 0 && n + 1 < c->count &&
	    (!queue_named(c, n + 1, &queue) || queue != SPOOL_READER || n + 2 < c->count))
		rc = reply_message(c, MSG_INVALID_OPTION, c->token[n + 1]);
	for (unsigned i = 0; i < s.count && rc == 0; i++) {
		struct spool_file *f = spool_selected(&s, i);

		if (!f)
			continue;
		rc = transfer_one(c, f, to);
		done += rc == 0;
	}
	spool_select_end(&s);
	if (done)
		unit_record_arrived(to);
	tell(c, done, "TRANSFERRED");
	return rc;
}
