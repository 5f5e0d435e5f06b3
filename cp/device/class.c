/*
 * class.c - the table of device classes, and what every device answers alike.
 *
 * Owns: finding a class by its directory name; SENSE, SENSE ID and NOP; sense data. Before: the classes (console.c, reader.c,
 * output.c, disk.c). After: the port's channel, which chains operations into programs.
 * Heritage: the device tables of DMKVDB and DMKDEF.
 * Simplification: sense data is one byte of meaning, the rest zeros, but for disks.
 */
#include <cp/device.h>
#include <cp/string.h>
#include "classes.h"

#define COMMAND_NOP      0x03
#define COMMAND_SENSE    0x04
#define COMMAND_SENSE_ID 0xe4

/* Those first that every machine has. */
static const struct {
	const char *name;
	const struct device_class *class;
} names[] = {
	{"3215", &class_console},      {"9336", &class_disk_9336},    {"2540", &class_reader_2540},
	{"2540R", &class_reader_2540}, {"2501", &class_reader_2501},  {"3505", &class_reader_3505},
	{"2540P", &class_punch_2540},  {"3525", &class_punch_3525},   {"1403", &class_printer_1403},
	{"3203", &class_printer_3203}, {"3211", &class_printer_3211}, {"3370", &class_disk_3370},
};

const struct device_class *device_class_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (string_compare_nocase(names[i].name, name) == 0)
			return names[i].class;
	return NULL;
}

/* Of two names the first is meant: "2540" finds the reader, as "2540R" does. */
const char *device_class_name(const struct device_class *class)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].class == class)
			return names[i].name;
	return "";
}

int device_check(struct device *d, struct operation *o, uint8_t sense)
{
	d->sense[0] |= sense;
	o->status = STATUS_ENDED | STATUS_UNIT_CHECK;
	return DEVICE_DONE;
}

/* Give the guest as much of `from` as it has room for. */
static void give(struct operation *o, const uint8_t *from, uint32_t length)
{
	o->done = o->count < length ? o->count : length;
	o->more = length > o->count;
	memcpy(o->data, from, o->done);
	o->status = STATUS_ENDED;
}

static void sense_id(struct device *d, struct operation *o)
{
	const struct device_class *c = d->class;
	const uint8_t id[7] = {0xff,        (uint8_t)(c->cu_type >> 8), (uint8_t)c->cu_type,
			       c->cu_model, (uint8_t)(c->type >> 8),    (uint8_t)c->type,
			       c->model};

	give(o, id, sizeof(id));
}

int device_exec(struct device *d, struct operation *o)
{
	o->done = 0;
	o->status = 0;
	o->more = o->immediate = false;
	if (o->command == COMMAND_SENSE) {
		give(o, d->sense, d->class->sense_size);
		memset(d->sense, 0, sizeof(d->sense));
		return DEVICE_DONE;
	}
	/* Sense data describes the last operation that ended with unit check, so the next one that is not SENSE wipes it. */
	memset(d->sense, 0, sizeof(d->sense));
	if (o->command == COMMAND_SENSE_ID) {
		sense_id(d, o);
		return DEVICE_DONE;
	}
	if (o->command == COMMAND_NOP) {
		o->immediate = true;
		o->status = STATUS_ENDED;
		return DEVICE_DONE;
	}
	return d->class->exec(d, o);
}
