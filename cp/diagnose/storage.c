/*
 * storage.c - DIAGNOSE X'10', X'44', X'60', X'9C', X'260': storage and time given back.
 *
 * Owns: releasing pages, the size and extents of storage, giving up the processor. Before: storage/. After: device.c.
 * Heritage: DMKHVC (HVCPGRL, HVCDSZ).
 * Simplification: storage is one extent from 0.
 */
#include <cp/string.h>
#include "handlers.h"

#define EXTENT_SIZE  16
#define EXTENTS_LAST 0x0c
#define EXTENTS_LIST 0x10
#define PAGES_YIELD  1024

int diag_release_pages(struct diagnose *d)
{
	uint64_t first = diagnose_register(d, d->x), last = diagnose_register(d, d->y);
	struct vm *vm = d->v->vm;

	if (first % PAGE_SIZE || last % PAGE_SIZE || first > last)
		return DIAG_SPECIFICATION;
	if (last >= vm->storage.size)
		return DIAG_ADDRESSING;
	for (uint64_t page = first; page <= last; page += PAGE_SIZE) {
		storage_release(vm, diagnose_absolute(d, page));
		if (page / PAGE_SIZE % PAGES_YIELD == PAGES_YIELD - 1)
			task_yield();
	}
	return 0;
}

int diag_storage_size(struct diagnose *d)
{
	diagnose_set_register(d, d->x, d->v->vm->storage.size);
	return 0;
}

static int store_extents(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x), length = diagnose_register(d, d->x + 1);
	uint8_t extent[EXTENT_SIZE];

	if (address % EXTENT_SIZE || length < EXTENT_SIZE || length % EXTENT_SIZE)
		return 3;
	field_put(extent, 8, 0);
	field_put(extent + 8, 8, d->v->vm->storage.size - 1);
	if (diagnose_write(d, address, extent, sizeof(extent)))
		return 3;
	diagnose_set_register(d, d->y, 1);
	return 0;
}

/* Linux calls this with no program-check handler in place, so every answer is a condition code. */
int diag_storage_extents(struct diagnose *d)
{
	uint64_t last = d->v->vm->storage.size - 1;

	switch (diagnose_register(d, d->y)) {
	case EXTENTS_LAST:
		diagnose_set_register(d, d->x, last);
		diagnose_set_register(d, d->y, last);
		diagnose_set_condition(d, 0);
		return 0;
	case EXTENTS_LIST:
		diagnose_set_condition(d, (unsigned)store_extents(d));
		return 0;
	default:
		diagnose_set_condition(d, 3);
		return 0;
	}
}

int diag_yield(struct diagnose *d)
{
	(void)d;
	task_yield();
	return 0;
}
