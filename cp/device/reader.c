/*
 * reader.c - the virtual card reader: spool files as decks of cards.
 *
 * Owns: reading the files in the user's reader queue one after the other, and what becomes of a file that was read. Before: spool/.
 * After: the channel; IPL from the reader; CLOSE READER.
 * Heritage: DMKVSP (VSPRDR).
 * Simplification: a card shorter than 80 columns is filled with blanks; one that is longer (a line of a listing) is passed on whole.
 */
#include <cp/format.h>
#include <cp/string.h>
#include <cp/traits.h>
#include <cp/unitrecord.h>
#include <cp/vm.h>
#include "classes.h"

/* Commands are SSD0 0010 read, SS10 0011 feed: SS is the stacker, 11 means do not feed; D is column binary. */
#define COMMAND_READ      0x02
#define COMMAND_READ_MASK 0x1f
#define COMMAND_NO_FEED   0xc0
#define COMMAND_FEED      0x23
#define COMMAND_FEED_MASK 0x3f

/* The file at whose cards the reader stands, or NULL. A file that was purged meanwhile is simply gone. */
static struct spool_file *current_file(struct unit_record *u, struct vm *vm)
{
	struct spool_file *f = u->position.id ? spool_find(u->position.id) : NULL;

	if (f && f->serial == u->position.serial &&
	    (strcmp(f->owner, vm->userid) == 0 || string_compare_nocase(f->owner, vm->userid) == 0))
		return f;
	u->position.id = 0;
	return NULL;
}

/* Start the next file of the queue. false: the reader is empty. */
static bool next_file(struct device *d)
{
	struct unit_record *u = d->private;
	struct spool_file *f = spool_next(d->vm->userid, SPOOL_READER, u->spool.class, false, NULL);

	if (!f)
		return false;
	spool_open(f, &u->position);
	return true;
}

/* Done with the current file: it goes, unless something says that it stays. */
static int finish_file(struct device *d, enum unit_close how)
{
	struct unit_record *u = d->private;
	struct spool_file *f = current_file(u, d->vm);
	int id = f ? f->id : 0;
	bool stays;

	u->position.id = 0;
	if (!f)
		return 0;
	stays = how == UNIT_CLOSE_HOLD || (how == UNIT_CLOSE && (f->keep || u->spool.keep || u->spool.hold));
	if (!stays)
		return spool_purge(f) < 0 ? -1 : id;
	/* Held, or the next read would find it again. */
	f->hold = true;
	return spool_change(f) < 0 ? -1 : id;
}

/* One card, or a line of a listing, in the guest's code; carriage movements without text are not cards. At most size bytes of it;
 * its length, -1 at the end of the file, < -1 on error. */
static int next_record(struct spool_position *p, uint8_t *record, uint32_t size)
{
	uint8_t control;
	uint8_t blank = ' ';
	int length;

	do
		length = spool_read(p, &control, record, size);
	while (length == 0 && (control & 3) == 3);
	if (length >= 0 && length < CARD_SIZE) {
		text_to_guest(&blank, 1);
		for (uint32_t n = (uint32_t)length; n < CARD_SIZE && n < size; n++)
			record[n] = blank;
		length = CARD_SIZE;
	}
	return length;
}

static int end_of_file(struct device *d, struct operation *o)
{
	finish_file(d, UNIT_CLOSE);
	o->status = STATUS_ENDED | STATUS_UNIT_EXCEPTION;
	return DEVICE_DONE;
}

/* The record at which the reader stands; past it, if it is to be fed. */
static int record_here(struct unit_record *u, bool feed, uint8_t *record, uint32_t size)
{
	struct spool_position here;

	if (feed)
		return next_record(&u->position, record, size);
	here = u->position;
	return next_record(&here, record, size);
}

/* A card, at most size bytes of it: > 0 its length, 0 when the operation has ended otherwise. With CONT, files run into each other. */
static int card(struct device *d, struct operation *o, bool feed, uint32_t size)
{
	struct unit_record *u = d->private;
	int length = -1;

	for (;;) {
		if (!current_file(u, d->vm) && !next_file(d)) {
			u->empty = true;
			return device_check(d, o, SENSE_INTERVENTION_REQUIRED), 0;
		}
		length = record_here(u, feed, o->data, size);
		if (length >= 0)
			return length;
		if (length < -1)
			return device_check(d, o, SENSE_EQUIPMENT_CHECK), 0;
		if (!u->spool.continuous ||
		    !spool_next(d->vm->userid, SPOOL_READER, u->spool.class, false, current_file(u, d->vm)))
			return end_of_file(d, o), 0;
		finish_file(d, UNIT_CLOSE);
	}
}

static int read_card(struct device *d, struct operation *o, bool give, bool feed)
{
	int length = card(d, o, feed, give ? o->count : 0);

	if (length > 0) {
		o->immediate = !give;
		o->done = !give ? 0 : (uint32_t)length < o->count ? (uint32_t)length : o->count;
		o->more = give && (uint32_t)length > o->count;
		o->status = STATUS_ENDED;
	}
	return DEVICE_DONE;
}

static int reader_exec(struct device *d, struct operation *o)
{
	if ((o->command & COMMAND_READ_MASK) == COMMAND_READ)
		return read_card(d, o, true, (o->command & COMMAND_NO_FEED) != COMMAND_NO_FEED);
	if ((o->command & COMMAND_FEED_MASK) == COMMAND_FEED)
		return read_card(d, o, false, true);
	return device_check(d, o, SENSE_COMMAND_REJECT);
}

/* CLOSE READER: the file being read goes back to the start, is held, or is purged, as asked. */
int reader_close(struct device *d, enum unit_close how)
{
	struct unit_record *u = d->private;
	struct spool_file *f = current_file(u, d->vm);

	if (how == UNIT_CLOSE && f && !u->spool.hold && !u->spool.keep && !f->keep) {
		u->position.id = 0;
		return f->id;
	}
	return finish_file(d, how);
}

void reader_file_end(struct device *d, uint16_t id)
{
	struct unit_record *u = d->private;

	struct spool_file *f = spool_find(id);

	if (!f)
		return;
	spool_open(f, &u->position);
	finish_file(d, UNIT_CLOSE);
}

static int reader_create(struct device *d)
{
	struct unit_record *u = d->private;

	u->queue = SPOOL_READER;
	if (!u->spool.class)
		spool_settings_default(&u->spool, '*');
	return 0;
}

static void reader_destroy(struct device *d)
{
	reader_close(d, UNIT_CLOSE);
}

static void reader_query(struct device *d, char *line, size_t size)
{
	struct unit_record *u = d->private;

	format(line, size, "CL %c %s %s %s READY", u->spool.class, u->spool.continuous ? "CONT  " : "NOCONT",
	       u->spool.hold ? "HOLD  " : "NOHOLD", u->spool.keep ? "KEEP  " : "NOKEEP");
}

/* The file being read may have gone since, and another have its number: the next one of the queue is begun then. */
static int reader_loaded(struct device *d)
{
	struct unit_record *u = d->private;

	if (!spool_settings_valid(&u->spool))
		return CP_CANNOT;
	current_file(u, d->vm);
	return 0;
}

static const struct state_field reader_state[] = {
	STATE_FIELD(struct unit_record, position.id, "FILE", 0, 1),
	STATE_FIELD(struct unit_record, position.block, "BLOCK", 0, 2),
	STATE_FIELD(struct unit_record, position.offset, "OFFSET", 0, 3),
	STATE_FIELD(struct unit_record, position.record, "CARD", 0, 4),
	STATE_FIELD(struct unit_record, spool.class, "CLASS", 0, 5),
	STATE_FLAG(struct unit_record, spool.hold, "HOLD", 6),
	STATE_FLAG(struct unit_record, spool.keep, "KEEP", 7),
	STATE_FLAG(struct unit_record, spool.continuous, "CONT", 8),
	STATE_FLAG(struct unit_record, empty, "EMPTY", 9),
	STATE_FIELD(struct unit_record, position.serial, "SERIAL", 0, 10),
	STATE_FIELD(struct unit_record, spool.copies, "COPIES", 0, 11),
	STATE_FLAG(struct unit_record, spool.started, "STARTED", 12),
	STATE_FLAG(struct unit_record, spool.terminal, "TERM", 13),
	STATE_FLAG(struct unit_record, spool.to_reader, "TO", 14),
	STATE_STRING(struct unit_record, spool.to, "USERID", 15),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct unit_record, queue),
	STATE_HOST(struct unit_record, file), /* punch's and printer's */
	STATE_END,
#endif
};

/* CU and device type are the same: Linux's driver for unit record goes by the first. */
#define READER(number)                                                                                       \
	{                                                                                                    \
		.name = #number, .query_name = "RDR", .cu_type = 0x##number, .type = 0x##number,             \
		.cu_model = 1, .model = 1, .sense_size = 1, .size = sizeof(struct unit_record),              \
		.create = reader_create, .destroy = reader_destroy, .exec = reader_exec,                     \
		.query = reader_query, .state = reader_state, .loaded = reader_loaded,                       \
	}

const struct device_class class_reader_2540 = READER(2540);
const struct device_class class_reader_2501 = READER(2501);
const struct device_class class_reader_3505 = READER(3505);
