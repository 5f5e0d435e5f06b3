/*
 * cmos.c - ports 70 and 71: the 128 bytes that a PC's battery keeps.
 *
 * Owns: the index, and the bytes in which a firmware leaves the size of storage. Before: ports.c. After: clock.c, whose registers are
 * the first of the bytes. Source: Motorola MC146818A data sheet; the IBM AT's layout.
 * Simplification: nothing outlives LOGOFF, as no battery is there.
 */
#include <cp/string.h>
#include "pc.h"

#define PORT_INDEX 0x70
#define INDEX_MASK 0x7f /* bit 7 masks NMI */

/* Sizes of storage, in KiB: below 640 K, from 1 MiB on (twice), and in 64 KiB from 16 MiB on. */
#define BASE_SIZE             0x15
#define EXTENDED_SIZE         0x17
#define EXTENDED_SIZE_AGAIN   0x30
#define LARGE_SIZE            0x34
#define EQUIPMENT             0x14
#define EQUIPMENT_COPROCESSOR 0x02

uint8_t cmos_in(struct vm *vm, uint16_t port)
{
	struct cmos *c = &vm->arch.pc->cmos;

	if (port == PORT_INDEX)
		return 0xff; /* only written */
	return clock_register(c->index) ? clock_read(vm, c->index) : c->data[c->index];
}

int cmos_out(struct vm *vm, uint16_t port, uint8_t value)
{
	struct cmos *c = &vm->arch.pc->cmos;

	if (port == PORT_INDEX) {
		c->index = value & INDEX_MASK;
	} else if (clock_register(c->index)) {
		clock_write(vm, c->index, value);
		pc_due_changed(vm);
	} else {
		c->data[c->index] = value;
	}
	return 0;
}

static void put(struct cmos *c, unsigned index, uint64_t value)
{
	uint16_t word = value < 0xffff ? (uint16_t)value : 0xffff;

	c->data[index] = (uint8_t)word;
	c->data[index + 1] = (uint8_t)(word >> 8);
}

void cmos_reset(struct vm *vm)
{
	struct cmos *c = &vm->arch.pc->cmos;
	uint64_t size = vm->storage.size, kib = size >> 10;
	uint64_t extended = kib > 1024 ? kib - 1024 : 0;

	*c = (struct cmos){.offset = c->offset};
	c->data[CLOCK_A] = 0x26; /* 32,768 Hz; 1,024 a second */
	c->data[CLOCK_B] = 0x02; /* 24 hours, BCD */
	c->data[EQUIPMENT] = EQUIPMENT_COPROCESSOR;
	put(c, BASE_SIZE, kib < 640 ? kib : 640);
	put(c, EXTENDED_SIZE, extended);
	put(c, EXTENDED_SIZE_AGAIN, extended);
	put(c, LARGE_SIZE, size > 16 << 20 ? (size - (16 << 20)) >> 16 : 0);
}
