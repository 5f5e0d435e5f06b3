/*
 * share.c - how much of the processor a machine gets when it is wanted by several.
 *
 * Owns: the turning of shares into the weight of the virtual CPUs' tasks. Before: task.c, which schedules by weight.
 * After: SET SHARE, QUERY SHARE, the directory's SHARE. Heritage: DMKSCH's favoured execution, z/VM's SHARE.
 * Simplification: an absolute share becomes the weight that gives it among the machines of the moment; limits are not here.
 */
#include <cp/link.h>

#define SHARE_MAX 10000u

void share_relative(struct vm *vm, uint32_t relative)
{
	if (relative < 1)
		relative = 1;
	if (relative > SHARE_MAX)
		relative = SHARE_MAX;
	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->task->weight = relative;
}

uint32_t share_get(const struct vm *vm)
{
	return vm->cpus && vm->cpu[0]->task ? vm->cpu[0]->task->weight : 0;
}

void share_absolute(struct vm *vm, uint32_t tenths_percent)
{
	uint64_t others = 0;

	for (struct vm *o = vm_next(NULL); o; o = vm_next(o))
		if (o != vm)
			others += share_get(o);
	if (tenths_percent > 999)
		tenths_percent = 999;
	share_relative(vm, (uint32_t)(others * tenths_percent / (1000 - tenths_percent)));
}
