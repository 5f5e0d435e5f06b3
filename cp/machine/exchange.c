/*
 * exchange.c - two machines change bodies.
 *
 * Owns: what of a struct vm is the guest's and what is its user's. Before: vm.c, quiesce.c. After: RESTORE, which makes the machine of an
 * image beside the one that there is; so that one goes only when the other is whole, and who knows the user's struct vm may go on to.
 */
#include <cp/device.h>
#include <cp/panic.h>
#include <cp/vm.h>

#define EXCHANGE(a, b)                                                                                       \
	do {                                                                                                 \
		__typeof__(a) before_ = a;                                                                   \
		a = b;                                                                                       \
		b = before_;                                                                                 \
	} while (0)

static void devices_move(struct list *to, struct list *from, struct vm *vm)
{
	struct device *d, *next;

	list_for_each_safe(d, next, from, list) {
		list_remove(&d->list);
		list_append(to, &d->list);
		d->vm = vm;
	}
}

static void devices_exchange(struct vm *vm, struct vm *other)
{
	struct list between = LIST_INIT(between);

	devices_move(&between, &vm->devices, other);
	devices_move(&vm->devices, &other->devices, vm);
	devices_move(&other->devices, &between, other);
}

static void cpus_exchange(struct vm *vm, struct vm *other)
{
	EXCHANGE(vm->cpus, other->cpus);
	for (unsigned n = 0; n < VCPU_MAX; n++) {
		EXCHANGE(vm->cpu[n], other->cpu[n]);
		if (vm->cpu[n])
			vm->cpu[n]->vm = vm;
		if (other->cpu[n])
			other->cpu[n]->vm = other;
	}
}

void vm_exchange(struct vm *vm, struct vm *other)
{
	assert_cp(vm->held && other->held);
	EXCHANGE(vm->storage, other->storage);
	EXCHANGE(vm->mode, other->mode);
	EXCHANGE(vm->options, other->options);
	EXCHANGE(vm->arch, other->arch);
	EXCHANGE(vm->ipl, other->ipl);
	EXCHANGE(vm->stopped, other->stopped);
	EXCHANGE(vm->loaded, other->loaded);
	EXCHANGE(vm->trace, other->trace);
	EXCHANGE(vm->guest_time_before, other->guest_time_before);
	EXCHANGE(vm->total_time_before, other->total_time_before);
	cpus_exchange(vm, other);
	devices_exchange(vm, other);
}
