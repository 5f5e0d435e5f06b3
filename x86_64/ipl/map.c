/*
 * map.c - what of a virtual PC's storage is usable, as a firmware would tell it; and clearing a part of it.
 *
 * Before: ipl.c. After: linux.c (e820 table), multiboot.c (memory map).
 * Simplification: nothing is mapped behind storage's back, so but for the old adapter area all of it is usable, from 0 to its end.
 */
#include "ipl.h"

#define LOW_END  0x9fc00u /* the extended BIOS data area, which there is not, would begin here */
#define ADAPTERS 0xa0000u
#define FIRMWARE 0xf0000u
#define USABLE   1
#define RESERVED 2

unsigned map_ranges(const struct vm *vm, struct map_range range[MAP_RANGES])
{
	range[0] = (struct map_range){0, LOW_END, USABLE};
	range[1] = (struct map_range){LOW_END, ADAPTERS - LOW_END, RESERVED};
	range[2] = (struct map_range){FIRMWARE, HIGH_FIRST - FIRMWARE, RESERVED};
	range[3] = (struct map_range){HIGH_FIRST, vm->storage.size - HIGH_FIRST, USABLE};
	return vm->storage.size > HIGH_FIRST ? 4 : 3;
}

/* A page without a frame is zero already. */
int ipl_clear(struct vm *vm, gabs_t from, gabs_t to)
{
	static const uint8_t zeros[PAGE_SIZE];
	int rc = 0;

	while (from < to && rc == 0) {
		uint64_t piece = PAGE_SIZE - from % PAGE_SIZE;

		if (piece > to - from)
			piece = to - from;
		if (piece == PAGE_SIZE)
			storage_release(vm, from);
		else
			rc = guest_write(vm, from, zeros, (size_t)piece);
		from += piece;
	}
	return rc;
}
