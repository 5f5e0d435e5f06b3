/*
 * timeline.c - the entries of CP's trace ring as a picture in time: slices on tracks, in Chrome's trace-event format.
 *
 * A process for the real machine, with a track for each CPU: who had it. A process for each user, with a track for each virtual CPU:
 * the dispatches, and in them the intercepts. What an intercept leaves free of its dispatch is the guest's own time. An intercept
 * in which CP had to wait is cut where the dispatch ends, and goes on in the next.
 *
 * Read before: json.h. Read after: trace.c.
 * Known simplification: each dispatch is compared with each intercept, for the ring is short.
 */
#include "timeline.h"

#include "json.h"
#include "vm40.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define REAL_PROCESS 1
#define FIRST_USER   2
#define UNITS_PER_US 4096 /* of a TOD clock */
#define ENTRY_FIELDS 11

/* ---- reading --------------------------------------------------------------------------------------------------- */

bool timeline_add(struct timeline *t, const char *line)
{
	struct timeline_entry e = {0};

	if (sscanf(line,
		   "CPTRACE %u %8s %u %16" SCNx64 " %16" SCNx64 " %15s %7s %x %15s %16" SCNx64 " %16" SCNx64,
		   &e.number, e.who, &e.vcpu, &e.when, &e.until, e.kind, e.engine, &e.code, e.instruction,
		   &e.at, &e.address) != ENTRY_FIELDS)
		return false;
	t->entries = must_resize(t->entries, (t->count + 1) * sizeof(*t->entries));
	t->entries[t->count++] = e;
	return true;
}

void timeline_free(struct timeline *t)
{
	free(t->entries);
	*t = (struct timeline){0};
}

static bool is_dispatch(const struct timeline_entry *e)
{
	return strcmp(e->kind, TIMELINE_DISPATCH) == 0;
}

static bool is_guest(const struct timeline_entry *e)
{
	return e->vcpu != TIMELINE_NO_VCPU;
}

static void extent(const struct timeline *t, uint64_t *first, uint64_t *last)
{
	*first = UINT64_MAX;
	*last = 0;
	for (size_t i = 0; i < t->count; i++) {
		const struct timeline_entry *e = &t->entries[i];
		uint64_t end = e->until > e->when ? e->until : e->when;

		if (e->when < *first)
			*first = e->when;
		if (end > *last)
			*last = end;
	}
}

static uint64_t nanoseconds(uint64_t units)
{
	return units / UNITS_PER_US * 1000 + units % UNITS_PER_US * 1000 / UNITS_PER_US;
}

uint64_t timeline_length(const struct timeline *t)
{
	uint64_t first, last;

	extent(t, &first, &last);
	return t->count ? nanoseconds(last - first) : 0;
}

/* ---- slices ------------------------------------------------------------------------------------------------------ */

struct slice {
	const struct timeline_entry *entry;
	uint64_t from, to; /* nanoseconds since the trace began */
	unsigned process, track;
	bool again; /* not the first of its intercept */
};

struct picture {
	const struct timeline *timeline;
	uint64_t first, last; /* TOD */
	const char *user;     /* all the others are left out; NULL: none */
	char (*users)[9];     /* processes FIRST_USER and on */
	size_t user_count;
	struct slice *slices;
	size_t count;
};

static unsigned process_of(struct picture *p, const char *who)
{
	for (size_t i = 0; i < p->user_count; i++)
		if (strcmp(p->users[i], who) == 0)
			return FIRST_USER + (unsigned)i;
	p->users = must_resize(p->users, (p->user_count + 1) * sizeof(*p->users));
	strcpy(p->users[p->user_count++], who);
	return FIRST_USER + (unsigned)p->user_count - 1;
}

static struct slice *slice_add(struct picture *p, const struct timeline_entry *e, uint64_t from, uint64_t to)
{
	struct slice *s;

	p->slices = must_resize(p->slices, (p->count + 1) * sizeof(*p->slices));
	s = &p->slices[p->count++];
	*s = (struct slice){
		.entry = e, .from = nanoseconds(from - p->first), .to = nanoseconds(to - p->first)};
	s->process = REAL_PROCESS;
	s->track = e->code + 1;
	return s;
}

static void on_virtual_cpu(struct picture *p, struct slice *s)
{
	s->process = process_of(p, s->entry->who);
	s->track = s->entry->vcpu + 1;
}

static bool wanted(const struct picture *p, const struct timeline_entry *e)
{
	return is_guest(e) && (!p->user || strcasecmp(p->user, e->who) == 0);
}

static void dispatch_slices(struct picture *p, const struct timeline_entry *e)
{
	slice_add(p, e, e->when, e->until);
	if (wanted(p, e))
		on_virtual_cpu(p, slice_add(p, e, e->when, e->until));
}

static bool same_cpu(const struct timeline_entry *a, const struct timeline_entry *b)
{
	return a->vcpu == b->vcpu && strcmp(a->who, b->who) == 0;
}

/* An intercept that has not ended goes on to the end of the trace; one whose dispatch is not there is shown alone. */
static void intercept_slices(struct picture *p, const struct timeline_entry *e)
{
	uint64_t until = e->until ? e->until : p->last;
	bool any = false;

	for (size_t i = 0; i < p->timeline->count; i++) {
		const struct timeline_entry *d = &p->timeline->entries[i];
		struct slice *s;

		if (!is_dispatch(d) || !same_cpu(d, e) || d->until < e->when || d->when > until)
			continue;
		s = slice_add(p, e, d->when > e->when ? d->when : e->when,
			      d->until < until ? d->until : until);
		s->again = any;
		on_virtual_cpu(p, s);
		any = true;
	}
	if (!any)
		on_virtual_cpu(p, slice_add(p, e, e->when, until));
}

/* By track; there in time, what holds another before it. */
static int slice_order(const void *left, const void *right)
{
	const struct slice *a = left, *b = right;

	if (a->process != b->process)
		return a->process < b->process ? -1 : 1;
	if (a->track != b->track)
		return a->track < b->track ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to > b->to ? -1 : 1;
	if (is_dispatch(a->entry) != is_dispatch(b->entry))
		return is_dispatch(a->entry) ? -1 : 1;
	return a->entry->number < b->entry->number ? -1 : a->entry->number > b->entry->number;
}

/* ---- writing ------------------------------------------------------------------------------------------------------- */

static void name_write(FILE *out, const char *what, unsigned process, unsigned track, const char *name)
{
	fprintf(out,
		"{\"ph\": \"M\", \"name\": \"%s\", \"pid\": %u, \"tid\": %u, \"args\": {\"name\": ", what,
		process, track);
	json_text_to(out, name);
	fputs("}},\n", out);
}

static void names_write(const struct picture *p, FILE *out)
{
	name_write(out, "process_name", REAL_PROCESS, 0, "real machine");
	for (size_t i = 0; i < p->user_count; i++)
		name_write(out, "process_name", FIRST_USER + (unsigned)i, 0, p->users[i]);
	for (size_t i = 0; i < p->count; i++) {
		const struct slice *s = &p->slices[i];
		char name[24];

		if (i && s[-1].process == s->process && s[-1].track == s->track)
			continue;
		snprintf(name, sizeof(name), "CPU %02u", s->track - 1);
		name_write(out, "thread_name", s->process, s->track, name);
	}
}

static void dispatch_write(FILE *out, const struct slice *s)
{
	const struct timeline_entry *e = s->entry;

	json_text_to(out, s->process == REAL_PROCESS ? e->who : "dispatched");
	if (s->process != REAL_PROCESS)
		fprintf(out, ", \"cat\": \"dispatch\", \"args\": {\"cpu\": %u}", e->code);
	else if (is_guest(e))
		fprintf(out, ", \"cat\": \"dispatch\", \"args\": {\"vcpu\": %u}", e->vcpu);
	else
		fputs(", \"cat\": \"dispatch\", \"args\": {}", out);
}

static void intercept_write(FILE *out, const struct slice *s)
{
	const struct timeline_entry *e = s->entry;
	bool named = strcmp(e->instruction, "-") != 0;

	json_text_to(out, named ? e->instruction : e->kind);
	fputs(", \"cat\": \"intercept\", \"args\": {\"engine\": ", out);
	json_text_to(out, e->engine);
	fputs(", \"kind\": ", out);
	json_text_to(out, e->kind);
	if (named) {
		fputs(", \"instruction\": ", out);
		json_text_to(out, e->instruction);
	}
	fprintf(out, ", \"code\": \"%04X\", \"psw\": \"%016" PRIX64 "\", \"address\": \"%016" PRIX64 "\"",
		e->code, e->at, e->address);
	if (s->again)
		fputs(", \"continued\": true", out);
	fputs("}", out);
}

static void slice_write(FILE *out, const struct slice *s, bool last)
{
	uint64_t length = s->to - s->from;

	fprintf(out,
		"{\"ph\": \"X\", \"pid\": %u, \"tid\": %u, \"ts\": %" PRIu64 ".%03u, \"dur\": %" PRIu64
		".%03u, ",
		s->process, s->track, s->from / 1000, (unsigned)(s->from % 1000), length / 1000,
		(unsigned)(length % 1000));
	fputs("\"name\": ", out);
	if (is_dispatch(s->entry))
		dispatch_write(out, s);
	else
		intercept_write(out, s);
	fputs(last ? "}\n" : "},\n", out);
}

static void picture_write(const struct picture *p, const char *machine, FILE *out)
{
	fputs("{\"displayTimeUnit\": \"ns\", \"otherData\": {\"product\": \"VM/40\", \"machine\": ", out);
	json_text_to(out, machine);
	fprintf(out, ", \"tod\": \"%016" PRIX64 "\"}, \"traceEvents\": [\n", p->first);
	names_write(p, out);
	for (size_t i = 0; i < p->count; i++)
		slice_write(out, &p->slices[i], i + 1 == p->count);
	fputs("]}\n", out);
}

int timeline_write(const struct timeline *t, const char *machine, const char *user, FILE *out)
{
	struct picture p = {.timeline = t, .user = user};
	int rc;

	extent(t, &p.first, &p.last);
	for (size_t i = 0; i < t->count; i++) {
		const struct timeline_entry *e = &t->entries[i];

		if (is_dispatch(e))
			dispatch_slices(&p, e);
		else if (wanted(&p, e))
			intercept_slices(&p, e);
	}
	rc = p.count && (!user || p.user_count) ? 0 : -1;
	if (rc == 0) {
		qsort(p.slices, p.count, sizeof(*p.slices), slice_order);
		picture_write(&p, machine, out);
	}
	free(p.slices);
	free(p.users);
	return rc;
}
