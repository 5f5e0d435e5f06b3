/*
 * spool.c - SPOOL and CLOSE: where a machine's cards and listings go.
 *
 * Owns: the settings of virtual reader, punch, printer and console as a user changes them, and the closing of what they have
 * open. Before: parse.c, device/output.c. After: spool_file.c, which works on the closed files.
 * Heritage: DMKCSP (SPOOL), DMKCSO (CLOSE).
 * Simplification: no forms, flashes, characters sets or distribution codes.
 */
#include "spool_command.h"
#include <cp/console.h>
#include <cp/format.h>
#include <cp/string.h>
#include <cp/volume.h>

/* ---- which devices ------------------------------------------------------------------------------------------------ */

#define READER  1
#define OUTPUT  2
#define CONSOLE 4

static const struct device_kind {
	const char *name, *other;
	uint8_t shortest;
	const char *query_name;
} device_kinds[] = {
	{"READER", "RDR", 1, "RDR"},
	{"PRINTER", "PRT", 1, "PRT"},
	{"PUNCH", "PCH", 2, "PUN"},
	{"CONSOLE", "CONS", 3, "CONS"},
};

/* What a spool command works on: one device, or all of a kind. */
struct target {
	const char *query_name; /* NULL: the one device */
	struct device *device;
};

static struct spool_settings *settings_of(struct device *d)
{
	struct unit_record *u = unit_record_of(d);
	struct console *c = console_of(d);

	return u ? &u->spool : c ? &c->spool : NULL;
}

static int target_get(struct command *c, unsigned n, struct target *t)
{
	*t = (struct target){0};
	for (unsigned i = 0; i < ARRAY_SIZE(device_kinds); i++) {
		const struct device_kind *k = &device_kinds[i];

		if (operand_is(c, n, k->name, k->shortest) || operand_is(c, n, k->other, 3)) {
			t->query_name = k->query_name;
			t->device = device_find_kind(c->vm, k->query_name);
			return t->device ? 0 : reply_message(c, MSG_NO_DEVICE, c->token[n]);
		}
	}
	return operand_device(c, n, &t->device);
}

/* The next device of the target with a number of at least *vdev; devices may come and go between two of them. */
static struct device *target_next(struct command *c, const struct target *t, uint32_t *vdev)
{
	struct device *d;

	list_for_each(d, &c->vm->devices, list) {
		if (d->vdev < *vdev || !settings_of(d))
			continue;
		if (t->query_name ? strcmp(d->class->query_name, t->query_name) == 0 : d == t->device) {
			*vdev = d->vdev + 1u;
			return d;
		}
	}
	return NULL;
}

static uint8_t kind_of(struct device *d)
{
	struct unit_record *u = unit_record_of(d);

	return !u ? CONSOLE : u->queue == SPOOL_READER ? READER : OUTPUT;
}

/* ---- operands that several commands have ---------------------------------------------------------------------------- */

int spool_class(struct command *c, unsigned n, bool any, char *class)
{
	char letter = c->token[n][0];
	bool good = (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
		    (any && letter == '*');

	if (!good || c->token[n][1])
		return reply_message(c, MSG_CLASS_INVALID, c->token[n]);
	*class = letter;
	return 0;
}

int spool_copies(struct command *c, unsigned n, uint8_t *copies)
{
	uint64_t value;

	if (!string_decimal(c->token[n], &value) || value < 1 || value > 255)
		return reply_message(c, MSG_COPY_INVALID, c->token[n]);
	*copies = (uint8_t)value;
	return 0;
}

int spool_names(struct command *c, unsigned *n, const char **name, const char **type)
{
	*name = c->token[*n];
	if (!**name || strlen(*name) > SPOOL_NAME_MAX)
		return reply_message(c, MSG_NAME_INVALID, *name);
	++*n;
	*type = c->token[*n];
	if (strlen(*type) > SPOOL_NAME_MAX)
		return reply_message(c, MSG_NAME_INVALID, *type);
	*n += **type != '\0';
	return 0;
}

int spool_user(struct command *c, unsigned n, const char **userid)
{
	int rc = operand_userid(c, n, userid);
	void *entry;
	size_t length;

	if (rc || vm_find(*userid))
		return rc;
	rc = directory_lookup(*userid, &entry, &length);
	if (rc > 0)
		return reply_message(c, MSG_NOT_IN_DIRECTORY, *userid);
	if (rc < 0)
		return reply_message(c, MSG_DIRECTORY_ERROR);
	directory_release(entry, length);
	return 0;
}

/* ---- SPOOL ------------------------------------------------------------------------------------------------------------ */

/* What a SPOOL command asks for, collected before anything is changed. */
struct request {
	struct spool_settings set;
	bool close, purge;
	const char *name, *type;
};

static int option_class(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	return spool_class(c, (*n)++, kind == READER, &r->set.class);
}

static int option_copies(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	(void)kind;
	return spool_copies(c, (*n)++, &r->set.copies);
}

static int destination(struct command *c, unsigned *n, struct request *r, bool to_reader)
{
	const char *userid = c->token[*n];
	int rc = 0;

	if (strcmp(userid, "SYSTEM") == 0) {
		to_reader = false;
		userid = "";
	} else {
		rc = spool_user(c, *n, &userid);
	}
	if (rc)
		return rc;
	++*n;
	r->set.to_reader = to_reader;
	string_copy(r->set.to, sizeof(r->set.to), userid);
	return 0;
}

static int option_to(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	(void)kind;
	return destination(c, n, r, true);
}

static int option_for(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	(void)kind;
	return destination(c, n, r, false);
}

static int option_off(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	(void)c, (void)n, (void)kind;
	r->set.to_reader = false;
	r->set.to[0] = '\0';
	return 0;
}

static int option_name(struct command *c, unsigned *n, struct request *r, uint8_t kind)
{
	(void)kind;
	return spool_names(c, n, &r->name, &r->type);
}

#define FLAG(text, least, where, field, on)                                                                  \
	{                                                                                                    \
		.name = text, .shortest = least, .kinds = where, .offset = offsetof(struct request, field),  \
		.value = on                                                                                  \
	}

/* A row either runs a function, which takes its own operands, or sets a flag. */
static const struct option {
	const char *name;
	uint8_t shortest, kinds;
	int (*run)(struct command *c, unsigned *n, struct request *r, uint8_t kind);
	size_t offset;
	bool value;
} options[] = {
	{"CLASS", 2, READER | OUTPUT | CONSOLE, option_class, 0, false},
	{"COPY", 2, OUTPUT | CONSOLE, option_copies, 0, false},
	{"TO", 1, OUTPUT | CONSOLE, option_to, 0, false},
	{"FOR", 1, OUTPUT | CONSOLE, option_for, 0, false},
	{"OFF", 3, OUTPUT | CONSOLE, option_off, 0, false},
	{"NAME", 2, OUTPUT | CONSOLE, option_name, 0, false},
	FLAG("CONT", 3, READER | OUTPUT | CONSOLE, set.continuous, true),
	FLAG("NOCONT", 3, READER | OUTPUT | CONSOLE, set.continuous, false),
	FLAG("HOLD", 2, READER | OUTPUT | CONSOLE, set.hold, true),
	FLAG("NOHOLD", 3, READER | OUTPUT | CONSOLE, set.hold, false),
	FLAG("KEEP", 2, READER, set.keep, true),
	FLAG("NOKEEP", 3, READER, set.keep, false),
	FLAG("START", 3, CONSOLE, set.started, true),
	FLAG("STOP", 3, CONSOLE, set.started, false),
	FLAG("TERM", 2, CONSOLE, set.terminal, true),
	FLAG("NOTERM", 4, CONSOLE, set.terminal, false),
	FLAG("CLOSE", 5, OUTPUT | CONSOLE, close, true),
	FLAG("PURGE", 5, OUTPUT | CONSOLE, purge, true),
};

static const struct option *option_find(struct command *c, unsigned n, uint8_t kind)
{
	for (unsigned i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].kinds & kind && operand_is(c, n, options[i].name, options[i].shortest))
			return &options[i];
	}
	return NULL;
}

static int options_read(struct command *c, unsigned n, struct request *r, uint8_t kind)
{
	if (n >= c->count)
		return reply_message(c, MSG_OPERAND_MISSING, c->entry->syntax);
	while (n < c->count) {
		const struct option *o = option_find(c, n, kind);
		int rc = 0;

		if (!o)
			return reply_message(c, MSG_INVALID_OPTION, c->token[n]);
		n++;
		if (o->run)
			rc = o->run(c, &n, r, kind);
		else
			*(bool *)((char *)r + o->offset) = o->value;
		if (rc)
			return rc;
	}
	return 0;
}

/* ---- closing -------------------------------------------------------------------------------------------------------- */

/* The receiver's reader may be set to another class: then the file does not come up, which looks like a lost file. */
static void reader_hint(struct command *c, const struct spool_file *f)
{
	struct vm *vm = vm_find(f->owner);
	struct unit_record *u = vm ? unit_record_of(device_find_kind(vm, "RDR")) : NULL;

	if (u && u->spool.class != '*' && u->spool.class != f->class)
		reply_line(c, "RDR FILE %04u IS CLASS %c, THE READER OF %s TAKES CLASS %c ONLY", f->id,
			   f->class, f->owner, u->spool.class);
}

void spool_announce(struct command *c, const struct spool_file *f, const char *was)
{
	struct vm *vm = vm_find(f->owner);
	const char *hold = f->hold ? "HOLD" : "NOHOLD", *keep = f->keep ? "KEEP" : "NOKEEP";

	if (vm && vm != c->vm && vm->options & SET_IMSG)
		vm_write(vm, "RDR FILE %04u SENT FROM %-8s %s WAS %04u RECS %04u CPY %03u %c %s %s", f->id,
			 f->origin, was, f->id, f->records, f->copies, f->class, hold, keep);
	reply_line(c, "%s FILE %04u SENT TO %-8s RDR AS %04u RECS %04u CPY %03u %c %s %s", was, f->id,
		   f->owner, f->id, f->records, f->copies, f->class, hold, keep);
	reader_hint(c, f);
}

static int close_one(struct command *c, struct device *d, enum unit_close how, const char *name,
		     const char *type)
{
	const struct spool_settings *s = settings_of(d);
	const char *kind = d->class->query_name;
	bool reader = kind_of(d) == READER;
	int id;

	/* CONT: one file goes on over several CLOSEs. */
	if (s && !reader && s->continuous && how != UNIT_CLOSE_PURGE)
		return 0;
	id = unit_record_close(d, how, name, type && *type ? type : NULL);
	if (id < 0)
		return reply_message(c, MSG_SPOOL_AREA, "CLOSE");
	if (id > 0 && !reader) {
		struct spool_file *f = spool_find((uint16_t)id);

		if (f && f->queue == SPOOL_READER)
			spool_announce(c, f, strcmp(kind, "CONS") == 0 ? "CON" : kind);
	}
	return 0;
}

/* One device of the target. The look at the directory takes time, so the device is looked for again after it. */
static int spool_one(struct command *c, struct device *d)
{
	struct spool_settings *s = settings_of(d);
	struct request r = {0};
	uint16_t vdev = d->vdev;
	int rc;

	if (!s)
		return 0;
	r.set = *s;
	rc = options_read(c, 2, &r, kind_of(d));
	if (rc)
		return rc;
	d = device_find(c->vm, vdev);
	s = d ? settings_of(d) : NULL;
	if (!s)
		return 0;
	*s = r.set;
	if (!r.close && !r.purge)
		return 0;
	return close_one(c, d, r.purge ? UNIT_CLOSE_PURGE : UNIT_CLOSE, r.name, r.type);
}

int cmd_spool(struct command *c)
{
	struct target t;
	struct device *d;
	uint32_t vdev = 0;
	int rc = target_get(c, 1, &t);

	if (rc == 0 && !settings_of(t.device))
		rc = reply_message(c, MSG_INVALID_DEVICE_TYPE, c->token[1]);
	while (rc == 0 && (d = target_next(c, &t, &vdev)) != NULL)
		rc = spool_one(c, d);
	return rc;
}

/* CLOSE device [HOLD|NOHOLD|KEEP] [PURGE] [NAME fn ft] */
int cmd_close(struct command *c)
{
	const char *name = NULL, *type = NULL;
	enum unit_close how = UNIT_CLOSE;
	struct target t;
	struct device *d;
	uint32_t vdev = 0;
	int rc = target_get(c, 1, &t);

	if (rc == 0 && !settings_of(t.device))
		rc = reply_message(c, MSG_INVALID_DEVICE_TYPE, c->token[1]);
	for (unsigned n = 2; n < c->count && rc == 0;) {
		unsigned option = n++;

		if (operand_is(c, option, "HOLD", 2) || operand_is(c, option, "KEEP", 2))
			how = UNIT_CLOSE_HOLD;
		else if (operand_is(c, option, "PURGE", 2))
			how = UNIT_CLOSE_PURGE;
		else if (operand_is(c, option, "NAME", 2))
			rc = spool_names(c, &n, &name, &type);
		else if (!operand_is(c, option, "NOHOLD", 3))
			rc = reply_message(c, MSG_INVALID_OPTION, c->token[option]);
	}
	while (rc == 0 && (d = target_next(c, &t, &vdev)) != NULL)
		rc = close_one(c, d, how, name, type);
	return rc;
}
