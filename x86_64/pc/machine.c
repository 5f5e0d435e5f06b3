/*
 * machine.c - the virtual PC as a whole: made, reset, and kept in time.
 *
 * Owns: the order in which its parts are reset, and whose timer is next. Before: instruction/'s machine, which calls. After: ports.c.
 */
#include <cp/heap.h>
#include <cp/storage.h>
#include "pc.h"

int pc_create(struct vm *vm)
{
	vm->arch.pc = heap_alloc(sizeof(struct pc));
	return vm->arch.pc ? 0 : CP_NO_STORAGE;
}

void pc_destroy(struct vm *vm)
{
	struct pc *pc = vm->arch.pc;

	if (!pc)
		return;
	if (pc->request) {
		heap_free(pc->request->buffer, REQUEST_BUFFER);
		heap_free(pc->request, sizeof(*pc->request));
	}
	heap_free(pc, sizeof(*pc));
	vm->arch.pc = NULL;
}

/* Lines first go down with their devices, then the controllers forget them. */
void pc_reset(struct vm *vm)
{
	uart_reset(vm);
	pit_reset(vm);
	cmos_reset(vm);
	pic_reset(vm);
	vm->arch.pc->reset = 0;
	vm->arch.pc->pci_address = 0;
}

void pc_advance(struct vm *vm, tod_t now)
{
	pit_advance(vm, now);
	clock_advance(vm, now);
}

tod_t pc_due(const struct vm *vm)
{
	tod_t pit = pit_due(vm), clock = clock_due(vm);

	return pit < clock ? pit : clock;
}

void pc_due_changed(struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->arch.stale |= STALE_TIMER;
}
