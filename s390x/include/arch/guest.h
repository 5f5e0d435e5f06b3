/*
 * guest.h - a guest architecture as data: where its interruptions store
 * what, and how wide its PSW is. Two today (z/Architecture, ESA/390);
 * S/370 would be a third row.
 */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#include <arch/psw.h>
#include <cp/types.h>

enum interruption {
	INT_RESTART,
	INT_EXTERNAL,
	INT_SVC,
	INT_PROGRAM,
	INT_MACHINE_CHECK,
	INT_IO,
	INTERRUPTIONS
};

struct guest_architecture {
	const char *name;
	bool short_psw; /* 8 bytes */
	uint32_t prefix_mask;
	uint32_t prefix_size;
	uint64_t prefix_block; /* the bits of an address that tell in which block of that size it is */
	uint16_t old_psw[INTERRUPTIONS], new_psw[INTERRUPTIONS];
	uint16_t teid, per_address, monitor_code;
	uint8_t address_size; /* bytes of the three above */
};

extern const struct guest_architecture guest_z, guest_esa390;

#endif
