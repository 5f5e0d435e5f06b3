/*
 * operation.c - DIAGNOSE X'A8': one operation of a card device, printer or disk, done when the call is.
 *
 * Owns: the X'A8' parameter list. Before: device/class.c. After: CMS-lite on a machine without channels.
 * Heritage: z/VM's X'A8' (synchronous I/O), whose list names a channel program.
 * Simplification: one command, no chaining; the list's shape is VM/40's own.
 */
#include <cp/heap.h>
#include <cp/string.h>
#include "handlers.h"

#define LIST_SIZE  48
#define SENSE_SIZE 24
#define COUNT_MAX  4096u

/* Places in the list. */
#define AT_DEVICE      0
#define AT_COMMAND     2
#define AT_BUFFER      4
#define AT_COUNT       8
#define AT_RESIDUAL    12
#define AT_STATUS      16
#define AT_LONGER      17
#define AT_SENSE_COUNT 18
#define AT_SENSE       24

/* The low bits of a command say where data goes: to the device (write, control) or from it (read, sense). */
#define COMMAND_TO_DEVICE 0x01

enum outcome { DONE = 0, NO_DEVICE = 2, BUSY = 5, COUNT = 11, BUFFER = 12, STATUS = 13 };

static unsigned condition_of(enum outcome code)
{
	switch (code) {
	case DONE:
		return 0;
	case NO_DEVICE:
	case BUSY:
		return 1;
	case STATUS:
		return 3;
	default:
		return 2;
	}
}

/* By CP's buffer o->data. */
static enum outcome run(struct diagnose *d, struct device *device, struct operation *o, uint64_t buffer)
{
	bool to_device = o->command & COMMAND_TO_DEVICE;
	int rc;

	if (to_device && diagnose_read(d, buffer, o->data, o->count))
		return BUFFER;
	device_hold(device);
	rc = device_exec(device, o);
	device_release(device);
	if (rc != DEVICE_DONE)
		return BUSY;
	if (!to_device && diagnose_write(d, buffer, o->data, o->done))
		return BUFFER;
	return o->status == STATUS_ENDED ? DONE : STATUS;
}

static enum outcome operation(struct diagnose *d, const uint8_t *list, struct device *device,
			      struct operation *o)
{
	enum outcome code;

	/* A console's read may wait for a person, which no call does. */
	if (!device || strcmp(device->class->query_name, "CONS") == 0)
		return NO_DEVICE;
	if (device->active)
		return BUSY;
	if (o->count < 1 || o->count > COUNT_MAX)
		return COUNT;
	o->data = heap_alloc(o->count);
	if (!o->data)
		return BUSY;
	code = run(d, device, o, field_get(list + AT_BUFFER, 4));
	heap_free(o->data, o->count);
	return code;
}

static void answer(uint8_t *list, const struct device *device, const struct operation *o)
{
	bool sense = o->status & STATUS_UNIT_CHECK;

	field_put(list + AT_RESIDUAL, 4, o->count - o->done);
	list[AT_STATUS] = o->status;
	list[AT_LONGER] = o->more;
	field_put(list + AT_SENSE_COUNT, 2, sense ? device->class->sense_size : 0);
	memset(list + AT_SENSE, 0, SENSE_SIZE);
	if (sense)
		memcpy(list + AT_SENSE, device->sense, SENSE_SIZE);
}

int diag_operation(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	struct operation o = {.first = true};
	struct device *device;
	uint8_t list[LIST_SIZE];
	enum outcome code;
	int rc;

	if (address % 4)
		return DIAG_SPECIFICATION;
	rc = diagnose_read(d, address, list, sizeof(list));
	if (rc)
		return rc;
	device = device_find(d->v->vm, (uint16_t)field_get(list + AT_DEVICE, 2));
	o.command = list[AT_COMMAND];
	o.count = (uint32_t)field_get(list + AT_COUNT, 4);
	code = operation(d, list, device, &o);
	answer(list, device, &o);
	rc = diagnose_write(d, address, list, sizeof(list));
	if (rc)
		return rc;
	diagnose_set_register(d, d->result, code);
	diagnose_set_condition(d, condition_of(code));
	return 0;
}
