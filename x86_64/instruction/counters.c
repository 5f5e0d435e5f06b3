/*
 * counters.c - what guests of this machine looked for in vain, for QUERY VIRTUAL.
 *
 * Before: msr.c, pc/ports.c. After: cp/command/query_device.c.
 */
#include <arch/pc.h>
#include <cp/arch.h>

static uint64_t unknown_msrs(const struct vm *vm)
{
	return vm->arch.unknown_msrs;
}

const struct arch_counter arch_counters[] = {
	{"UNKNOWN PORTS", pc_unknown_ports},
	{"UNKNOWN MSRS", unknown_msrs},
	{0},
};
