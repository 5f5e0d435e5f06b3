/*
 * ipl.c - DIAGNOSE X'308': how a guest loads itself again, and learns what it was loaded with.
 *
 * Owns: the IPL parameter block as a guest sees vm->ipl. Before: the port's IPL. After: Linux's reboot, and its kernel parameters from
 * IPL PARM. Source: Linux, arch/s390/include/uapi/asm/ipl.h.
 * Simplification: only CCW-type blocks.
 */
#include <cp/format.h>
#include <cp/string.h>
#include "handlers.h"

#define FUNCTION_CLEAR      0 /* "modified clear", which does not clear storage */
#define FUNCTION_RESET      1
#define FUNCTION_LOAD_CLEAR 3
#define FUNCTION_LOAD       4
#define FUNCTION_SET        5
#define FUNCTION_STORE      6

#define RETURN_DONE         0x0001
#define RETURN_BAD_FUNCTION 0x0002
#define RETURN_NONE         0x0102

/* The block: header of 8 bytes (length, flags, version), then one part of 184 for a CCW device. */
#define HEADER_SIZE        8
#define PART_SIZE          184
#define BLOCK_SIZE         (HEADER_SIZE + PART_SIZE)
#define PART_TYPE_CCW      2
#define PART_FLAG_LOADPARM 0x80
#define PART_FLAG_PARM     0x40
/* Offsets in the block. */
#define AT_TYPE        12
#define AT_FLAGS       13
#define AT_LOADPARM    16
#define AT_DEVICE      110
#define AT_VM_FLAGS    112
#define AT_PARM_LENGTH 116
#define AT_PARM        120
#define PARM_MAX       64

static int store(struct diagnose *d, uint64_t address, uint64_t *result)
{
	const struct ipl_settings *ipl = &d->v->vm->ipl;
	uint8_t block[BLOCK_SIZE] = {0};
	size_t length = strlen(ipl->parm);

	field_put(block, 4, BLOCK_SIZE);
	field_put(block + HEADER_SIZE, 4, PART_SIZE);
	block[AT_TYPE] = PART_TYPE_CCW;
	block[AT_FLAGS] = PART_FLAG_LOADPARM;
	field_put_text(block + AT_LOADPARM, 8, ipl->loadparm);
	field_put(block + AT_DEVICE, 2, ipl->vdev);
	if (length > PARM_MAX)
		length = PARM_MAX;
	if (length) {
		block[AT_VM_FLAGS] = PART_FLAG_PARM;
		field_put(block + AT_PARM_LENGTH, 4, length);
		field_put_text(block + AT_PARM, length, ipl->parm);
	}
	*result = RETURN_DONE;
	return diagnose_write(d, address, block, sizeof(block));
}

static void text_get(char *to, const uint8_t *from, size_t length)
{
	memcpy(to, from, length);
	text_from_guest(to, length);
	to[length] = '\0';
}

static int set(struct diagnose *d, uint64_t address, uint64_t *result)
{
	struct ipl_settings ipl = {0};
	uint8_t block[BLOCK_SIZE];
	uint64_t length;
	int rc = diagnose_read(d, address, block, sizeof(block));

	if (rc)
		return rc;
	*result = RETURN_NONE;
	length = field_get(block + AT_PARM_LENGTH, 4);
	if (field_get(block, 4) < BLOCK_SIZE || block[AT_TYPE] != PART_TYPE_CCW || length > PARM_MAX)
		return 0;
	ipl.vdev = (uint16_t)field_get(block + AT_DEVICE, 2);
	if (block[AT_FLAGS] & PART_FLAG_LOADPARM)
		text_get(ipl.loadparm, block + AT_LOADPARM, 8);
	if (block[AT_VM_FLAGS] & PART_FLAG_PARM)
		text_get(ipl.parm, block + AT_PARM, length);
	d->v->vm->ipl = ipl;
	*result = RETURN_DONE;
	return 0;
}

int diag_ipl(struct diagnose *d)
{
	uint64_t function = diagnose_register(d, d->y), address = diagnose_register(d, d->x);
	uint64_t result = RETURN_BAD_FUNCTION;
	struct vm *vm = d->v->vm;
	int rc = 0;

	switch (function) {
	case FUNCTION_CLEAR:
	case FUNCTION_RESET:
		return diagnose_reset(d);
	case FUNCTION_LOAD_CLEAR:
	case FUNCTION_LOAD:
		if (!vm->ipl.system[0] && !device_find(vm, vm->ipl.vdev)) {
			result = RETURN_NONE;
			break;
		}
		vm->ipl.clear = function == FUNCTION_LOAD_CLEAR || vm->ipl.system[0];
		vm_request(vm, REQUEST_IPL | (vm->ipl.clear ? REQUEST_CLEAR : REQUEST_RESET));
		return 0;
	case FUNCTION_SET:
	case FUNCTION_STORE:
		if (address % PAGE_SIZE)
			return DIAG_SPECIFICATION;
		rc = function == FUNCTION_SET ? set(d, address, &result) : store(d, address, &result);
		break;
	}
	if (rc == 0)
		diagnose_set_register(d, d->x + 1, result);
	return rc;
}
