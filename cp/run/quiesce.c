/*
 * quiesce.c - a machine brought to a standstill in which all of it can be seen.
 *
 * Owns: holding a machine, and letting it go on. Comes after vcpu.c, whose loop's top is where virtual CPUs stand meanwhile; before
 * machine/vm.c, which waits for the same to carry requests out, and whoever saves a machine. Heritage: DMKCFM's WAITIO and the "quiesced"
 * bits of VMRSTAT.
 *
 * Nobody's work is broken off. A channel program that moves data is finite and is waited for; one that waits for a person has left its
 * task, and is state of its device. A line typed while a machine is held waits in the session (session/input.c), a prompt to be shown
 * in its console. An IPL or a reset that was asked for before is carried out first: a machine that waits for its IPL is no state.
 * Simplification: devices are looked at again every few milliseconds, for nobody tells who has left one.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/panic.h>

#define LOOK_AGAIN (2 * TOD_MILLISECOND)

bool vm_quiet(const struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		if (!vm->cpu[n]->at_top)
			return false;
	return true;
}

void vm_kick(struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++)
		vcpu_kick(vm->cpu[n]);
}

static bool devices_quiet(struct vm *vm)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (d->active)
			return false;
	return true;
}

void vm_hold(struct vm *vm)
{
	vm->held++;
	vm_kick(vm);
}

static void stand(struct vm *vm)
{
	while (vm->busy || !vm_quiet(vm) || !devices_quiet(vm)) {
		if (!vm_quiet(vm))
			vm_kick(vm);
		task_sleep_until(&vm->requests, arch_clock() + LOOK_AGAIN);
	}
}

/* Whoever holds it second finds it as the first wants it: what is asked meanwhile waits until both let go. */
void vm_quiesce(struct vm *vm)
{
	assert_cp(!vcpu_self() || vcpu_self()->vm != vm);
	vm->held++;
	stand(vm);
	while (vm->held == 1 && vm->requests & ~REQUEST_LOGOFF) {
		vm_carry_out(vm);
		stand(vm);
	}
}

/* Whoever has waited for it: virtual CPUs, requests, typed lines, prompts. */
void vm_continue(struct vm *vm)
{
	assert_cp(vm->held);
	if (--vm->held)
		return;
	vm_kick(vm);
	vm_request(vm, 0);
	console_drained();
}
