/*
 * device.c - DIAGNOSE X'24' and X'210': what is behind a virtual device number.
 *
 * Owns: CP's class and type codes of devices. Before: device/. After: block.c.
 * Heritage: DMKHVC (HVCDVTY), the VDEVTYPC and VDEVTYPE bytes.
 * Simplification: the real device of a disk is shown as the same model.
 */
#include <cp/minidisk.h>
#include <cp/string.h>
#include "handlers.h"

#define CLASS_TERMINAL  0x80
#define CLASS_CARD_IN   0x20
#define CLASS_CARD_OUT  0x10
#define CLASS_FBA       0x01
#define FLAG_READ_ONLY  0x80
#define INFORMATION_MIN 8
#define INFORMATION_MAX 12
#define CONSOLE         0xffffffffu

static const struct {
	const char *query_name;
	uint16_t type;
	uint8_t class, code;
} codes[] = {
	{"CONS", 0x3215, CLASS_TERMINAL, 0x00}, {"RDR", 0x2501, CLASS_CARD_IN, 0x81},
	{"RDR", 0x2540, CLASS_CARD_IN, 0x82},   {"RDR", 0x3505, CLASS_CARD_IN, 0x84},
	{"PUN", 0x2540, CLASS_CARD_OUT, 0x82},  {"PUN", 0x3525, CLASS_CARD_OUT, 0x84},
	{"PRT", 0x1403, CLASS_CARD_OUT, 0x41},  {"PRT", 0x3211, CLASS_CARD_OUT, 0x42},
	{"PRT", 0x3203, CLASS_CARD_OUT, 0x43},  {"DASD", 0x3370, CLASS_FBA, 0x02},
	{"DASD", 0x9336, CLASS_FBA, 0x10},
};

/* Class, type, status, flags; then class, type, model, features of the real device. cc. */
static unsigned describe(struct device *d, uint8_t info[8])
{
	struct minidisk *m = minidisk_of(d);
	uint8_t class = 0, code = 0;

	memset(info, 0, 8);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].type == d->class->type &&
		    strcmp(codes[i].query_name, d->class->query_name) == 0) {
			class = codes[i].class;
			code = codes[i].code;
		}
	info[0] = class;
	info[1] = code;
	info[3] = m && m->read_only ? FLAG_READ_ONLY : 0;
	if (class == CLASS_CARD_IN || class == CLASS_CARD_OUT)
		return 2;
	info[4] = class;
	info[5] = code;
	info[6] = d->class->model;
	return 0;
}

int diag_device_type(struct diagnose *d)
{
	uint32_t number = (uint32_t)diagnose_register(d, d->x);
	struct device *device;
	uint8_t info[8];
	unsigned cc;

	if (number == CONSOLE)
		device = device_find_kind(d->v->vm, "CONS");
	else
		device = number > UINT16_MAX ? NULL : device_find(d->v->vm, (uint16_t)number);
	if (!device) {
		diagnose_set_condition(d, 3);
		return 0;
	}
	cc = describe(device, info);
	if (number == CONSOLE)
		diagnose_set_register(d, d->x, device->vdev);
	diagnose_set_register(d, d->y, field_get(info, 4));
	diagnose_set_register(d, d->y + 1, field_get(info + 4, 4));
	diagnose_set_condition(d, cc);
	return 0;
}

int diag_device_information(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	uint8_t block[INFORMATION_MAX];
	struct device *device;
	uint16_t length;
	unsigned cc;
	int rc;

	if (address % 4)
		return DIAG_SPECIFICATION;
	rc = diagnose_read(d, address, block, 4);
	if (rc)
		return rc;
	length = (uint16_t)field_get(block + 2, 2);
	if (length < INFORMATION_MIN)
		return DIAG_SPECIFICATION;
	device = device_find(d->v->vm, (uint16_t)field_get(block, 2));
	if (!device) {
		diagnose_set_condition(d, 3);
		return 0;
	}
	cc = describe(device, block + 4);
	rc = diagnose_write(d, address + 4, block + 4,
			    (length < sizeof(block) ? length : sizeof(block)) - 4u);
	if (rc == 0)
		diagnose_set_condition(d, cc);
	return rc;
}
