/*
 * output.c - the virtual punch and printer: what a guest writes becomes a spool file.
 *
 * Owns: punch and printer commands, SPOOL's settings and CLOSE for all unit record devices. Before: spool/. After: the channel; the
 * spool commands; LOGOFF, which closes what is open.
 * Heritage: DMKVSP (VSPPUN, VSPPRT), DMKCSP, DMKCSO.
 * Simplification: carriage control is kept with each line and acted upon by whoever prints the file; forms buffers are taken and ignored.
 */
#include <cp/console.h>
#include <cp/format.h>
#include <cp/string.h>
#include <cp/unitrecord.h>
#include <cp/vm.h>
#include "classes.h"

/* Printer commands: MMMM M001 print then move, MMMM M011 move at once. M: 0-3 spaces, 1cccc skip to channel cccc. */
#define CARRIAGE_MASK    0x07
#define CARRIAGE_PRINT   0x01
#define CARRIAGE_MOVE    0x03
#define CARRIAGE_SKIP    0x80
#define CARRIAGE_SPACES  0x18
#define CARRIAGE_CHANNEL 0x78

/* Punch commands: SSD0 0001. */
#define PUNCH_MASK   0x1f
#define PUNCH_WRITE  0x01
#define PUNCH_RECORD 0x41 /* how a card is marked in the file */

struct unit_record *unit_record_of(struct device *d)
{
	static const char *const kinds[] = {"RDR", "PUN", "PRT"};

	for (size_t i = 0; d && i < ARRAY_SIZE(kinds); i++)
		if (strcmp(d->class->query_name, kinds[i]) == 0)
			return d->private;
	return NULL;
}

void spool_settings_default(struct spool_settings *s, char class)
{
	memset(s, 0, sizeof(*s));
	s->class = class;
	s->copies = 1;
	s->terminal = true;
}

bool spool_settings_valid(const struct spool_settings *s)
{
	bool class = (s->class >= 'A' && s->class <= 'Z') || (s->class >= '0' && s->class <= '9');

	for (const char *p = s->to; *p; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return (class || s->class == '*') && s->copies;
}

int spool_settings_close(struct vm *vm, const struct spool_settings *s, enum spool_queue queue,
			 struct spool_file **f, const char *name, const char *type)
{
	struct spool_file *file = *f;
	const char *owner = s->to[0] ? s->to : vm->userid;

	*f = NULL;
	if (!file)
		return 0;
	file->copies = s->copies;
	file->hold = s->hold;
	file->class = s->class;
	if (name)
		string_copy(file->name, sizeof(file->name), name);
	if (type)
		string_copy(file->type, sizeof(file->type), type);
	if (spool_close(file, owner, s->to_reader ? SPOOL_READER : queue) == 0)
		return 0;
	/* Still open: back to the device, unless it has begun another meanwhile. */
	if (!*f)
		*f = file;
	else
		spool_purge(file);
	return -1;
}

static int output_close(struct vm *vm, const struct spool_settings *s, enum spool_queue queue,
			struct spool_file **f, enum unit_close how, const char *name, const char *type)
{
	struct spool_settings now = *s;
	struct spool_file *file = *f;
	int id = file ? file->id : 0;

	if (!file)
		return 0;
	if (how == UNIT_CLOSE_PURGE) {
		*f = NULL;
		return spool_purge(file) < 0 ? -1 : id;
	}
	now.hold |= how == UNIT_CLOSE_HOLD;
	if (spool_settings_close(vm, &now, queue, f, name, type) < 0)
		return -1;
	if (now.to_reader)
		unit_record_arrived(now.to[0] ? now.to : vm->userid);
	return id;
}

int unit_record_close(struct device *d, enum unit_close how, const char *name, const char *type)
{
	struct unit_record *u = unit_record_of(d);
	struct console *c = console_of(d);
	int id = 0;

	/* Nobody may be appending to what is closed here. */
	device_settle(d);
	device_hold(d);
	if (c)
		id = output_close(d->vm, &c->spool, SPOOL_PRINTER, &c->listing, how, name, type);
	else if (u && u->queue == SPOOL_READER)
		id = reader_close(d, how);
	else if (u)
		id = output_close(d->vm, &u->spool, u->queue, &u->file, how, name, type);
	device_release(d);
	return id;
}

void unit_record_close_all(struct vm *vm)
{
	struct device *d;

	/* By number: devices may come and go while one is being closed. */
	for (uint32_t vdev = 0; vdev <= UINT16_MAX; vdev++) {
		list_for_each(d, &vm->devices, list)
			if (d->vdev >= vdev)
				break;
		if (&d->list == &vm->devices)
			return;
		vdev = d->vdev;
		unit_record_close(d, UNIT_CLOSE, NULL, NULL);
	}
}

void unit_record_arrived(const char *userid)
{
	struct vm *vm = vm_find(userid);
	struct device *d = vm ? device_find_kind(vm, "RDR") : NULL;
	struct unit_record *u = unit_record_of(d);

	if (!u || !u->empty)
		return;
	u->empty = false;
	device_attention(d, STATUS_DEVICE_END);
}

/* One record into the open file, which is made by the first. */
static int append(struct device *d, struct operation *o, uint8_t control, uint32_t limit)
{
	struct unit_record *u = d->private;
	uint32_t length = o->count < limit ? o->count : limit;

	if (!u->file)
		u->file = spool_create(d->vm->userid, u->queue, u->spool.class);
	/* No room for spool files: the device is out of cards or paper. */
	if (!u->file || spool_append(u->file, control, o->data, length) < 0)
		return device_check(d, o, SENSE_INTERVENTION_REQUIRED);
	o->done = length;
	o->status = STATUS_ENDED;
	return DEVICE_DONE;
}

static int punch_exec(struct device *d, struct operation *o)
{
	if ((o->command & PUNCH_MASK) != PUNCH_WRITE)
		return device_check(d, o, SENSE_COMMAND_REJECT);
	return append(d, o, PUNCH_RECORD, CARD_SIZE);
}

static uint32_t printer_width(const struct device *d)
{
	return d->class == &class_printer_3211 ? 150 : 132;
}

static bool carriage_valid(uint8_t command)
{
	uint8_t channel = (command & CARRIAGE_CHANNEL) >> 3;

	if (command & CARRIAGE_SKIP)
		return channel >= 1 && channel <= 12;
	return (command & CARRIAGE_CHANNEL) <= CARRIAGE_SPACES;
}

/* Loading of forms and character buffers, and their checks: taken and ignored. */
static bool printer_set_up(uint8_t command)
{
	static const uint8_t ignored[] = {0x63, 0xf3, 0xfb, 0xeb, 0x73, 0x7b, 0x23, 0x43, 0x07, 0x6b};

	return memchr(ignored, command, sizeof(ignored)) != NULL;
}

static int printer_exec(struct device *d, struct operation *o)
{
	uint8_t kind = o->command & CARRIAGE_MASK;

	if (printer_set_up(o->command)) {
		o->done = o->count;
		o->status = STATUS_ENDED;
		return DEVICE_DONE;
	}
	if (!carriage_valid(o->command) || (kind != CARRIAGE_PRINT && kind != CARRIAGE_MOVE))
		return device_check(d, o, SENSE_COMMAND_REJECT);
	if (kind == CARRIAGE_PRINT)
		return append(d, o, o->command, printer_width(d));
	o->immediate = true;
	return append(d, o, o->command, 0);
}

static int output_create(struct device *d)
{
	struct unit_record *u = d->private;

	u->queue = strcmp(d->class->query_name, "PUN") == 0 ? SPOOL_PUNCH : SPOOL_PRINTER;
	if (!u->spool.class)
		spool_settings_default(&u->spool, 'A');
	return 0;
}

static void output_destroy(struct device *d)
{
	unit_record_close(d, UNIT_CLOSE, NULL, NULL);
}

static void output_query(struct device *d, char *line, size_t size)
{
	struct unit_record *u = d->private;

	format(line, size, "CL %c %s %s COPY %03u %s %s READY", u->spool.class,
	       u->spool.continuous ? "CONT  " : "NOCONT", u->spool.hold ? "HOLD  " : "NOHOLD",
	       u->spool.copies, u->spool.to_reader ? "TO" : "FOR",
	       u->spool.to[0] ? u->spool.to : d->vm->userid);
}

static int output_loaded(struct device *d)
{
	const struct unit_record *u = d->private;

	return spool_settings_valid(&u->spool) ? 0 : CP_CANNOT;
}

static const struct state_field output_state[] = {
	STATE_FIELD(struct unit_record, spool.class, "CLASS", 0, 1),
	STATE_FIELD(struct unit_record, spool.copies, "COPIES", 0, 2),
	STATE_FLAG(struct unit_record, spool.hold, "HOLD", 3),
	STATE_FLAG(struct unit_record, spool.continuous, "CONT", 4),
	STATE_FLAG(struct unit_record, spool.to_reader, "TO", 5),
	STATE_STRING(struct unit_record, spool.to, "USERID", 6),
	STATE_FLAG(struct unit_record, spool.keep, "KEEP", 7),
	STATE_FLAG(struct unit_record, spool.started, "STARTED", 8),
	STATE_FLAG(struct unit_record, spool.terminal, "TERM", 9),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct unit_record, file), /* what is in it is kept as records of a spool file */
	STATE_HOST(struct unit_record, queue),
	/* A reader's. */
	STATE_HOST(struct unit_record, position),
	STATE_HOST(struct unit_record, empty),
	STATE_END,
#endif
};

#define OUTPUT(number, kind, function)                                                                       \
	{                                                                                                    \
		.name = #number, .query_name = kind, .cu_type = 0x##number, .type = 0x##number,              \
		.cu_model = 1, .model = 2, .sense_size = 1, .size = sizeof(struct unit_record),              \
		.create = output_create, .destroy = output_destroy, .exec = function, .query = output_query, \
		.state = output_state, .loaded = output_loaded,                                              \
	}

const struct device_class class_punch_2540 = OUTPUT(2540, "PUN", punch_exec);
const struct device_class class_punch_3525 = OUTPUT(3525, "PUN", punch_exec);
const struct device_class class_printer_1403 = OUTPUT(1403, "PRT", printer_exec);
const struct device_class class_printer_3203 = OUTPUT(3203, "PRT", printer_exec);
const struct device_class class_printer_3211 = OUTPUT(3211, "PRT", printer_exec);
