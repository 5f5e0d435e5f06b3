/*
 * device.c - the virtual devices of a virtual machine.
 *
 * Owns: vm->devices (ascending by number), making and unmaking devices, and who is inside one. Before: class.c. After: LINK, DEFINE,
 * DETACH and LOGON, which make and unmake devices; the port, which gives each a subchannel (or ports).
 * Heritage: VDEVBLOK, DMKVDB, DMKVDR.
 * Simplification: a machine's devices are one list, searched from the front.
 */
#include <cp/arch.h>
#include <cp/device.h>
#include <cp/heap.h>
#include <cp/string.h>
#include <cp/vm.h>

struct device *device_find(struct vm *vm, uint16_t vdev)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (d->vdev == vdev)
			return d;
	return NULL;
}

struct device *device_find_kind(struct vm *vm, const char *query_name)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (strcmp(d->class->query_name, query_name) == 0)
			return d;
	return NULL;
}

/* Keep the list in the order QUERY VIRTUAL shows it. */
static void insert(struct vm *vm, struct device *d)
{
	struct device *at;

	list_for_each(at, &vm->devices, list)
		if (at->vdev > d->vdev) {
			list_insert(&at->list, &d->list);
			return;
		}
	list_append(&vm->devices, &d->list);
}

static void device_free(struct device *d)
{
	heap_free(d->private, d->class->size);
	heap_free(d, sizeof(*d));
}

struct device *device_create(struct vm *vm, uint16_t vdev, const struct device_class *class,
			     void (*init)(struct device *d, void *argument), void *argument)
{
	struct device *d;

	if (device_find(vm, vdev) || !(d = heap_alloc(sizeof(*d))))
		return NULL;
	d->vm = vm;
	d->vdev = vdev;
	d->class = class;
	d->private = heap_alloc(class->size);
	if (!d->private) {
		heap_free(d, sizeof(*d));
		return NULL;
	}
	if (init)
		init(d, argument);
	if (class->create && class->create(d) < 0) {
		device_free(d);
		return NULL;
	}
	insert(vm, d);
	arch_device_create(d);
	return d;
}

void device_hold(struct device *d)
{
	d->active++;
}

void device_release(struct device *d)
{
	if (--d->active == 0)
		task_wake(d);
}

void device_settle(struct device *d)
{
	while (d->active)
		task_sleep(d);
}

void device_destroy(struct device *d)
{
	device_settle(d);
	/* Off the list first: destroy() may sleep (a spool file is closed), and nobody shall find the device meanwhile. */
	list_remove(&d->list);
	arch_device_destroy(d);
	if (d->class->destroy)
		d->class->destroy(d);
	device_free(d);
}

/* A device may come or go while one of them settles, so each is looked for afresh, by ascending number. */
static struct device *next_from(struct vm *vm, uint32_t vdev)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (d->vdev >= vdev)
			return d;
	return NULL;
}

void devices_reset(struct vm *vm)
{
	struct device *d;

	for (uint32_t vdev = 0; (d = next_from(vm, vdev)) != NULL;) {
		vdev = d->vdev + 1u;
		if (d->active) {
			device_settle(d);
			d = device_find(vm, (uint16_t)(vdev - 1));
			if (!d)
				continue;
		}
		if (d->class->reset)
			d->class->reset(d);
		memset(d->sense, 0, sizeof(d->sense));
		arch_device_reset(d);
	}
}

void devices_destroy(struct vm *vm)
{
	struct device *d;

	while ((d = list_first(&vm->devices, struct device, list)) != NULL)
		device_destroy(d);
}

void device_ready(struct device *d)
{
	arch_device_ready(d);
}

void device_attention(struct device *d, uint8_t status)
{
	arch_device_attention(d, status);
}

const struct state_field device_state[] = {
	STATE_ARRAY(struct device, sense, "SENSE", 0, 32),
	STATE_END,
#if STATE_WHOLE
	/* What kind of device, and its number: it is made so. */
	STATE_HOST(struct device, class),
	STATE_HOST(struct device, vdev),
	/* Described by class->state and arch_device_state[]. */
	STATE_HOST(struct device, private),
	STATE_HOST(struct device, arch),
	STATE_HOST(struct device, list),
	STATE_HOST(struct device, vm),
	STATE_HOST(struct device, active), /* 0 while a machine is held */
	STATE_END,
#endif
};
