/*
 * machine.c - what must be known of a machine before it can be made.
 *
 * Owns: the size and kind of a machine, the kind and the link of a device, as fields. Before: vm.c and device.c, which describe what a machine and a device have once they are made. After: save.c, restore.c.
 * Heritage: the VMBLOK, of which CP-67 would have had to save a good half.
 */
#include <cp/format.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "snapshot.h"

/* Numbers below 32: vm_state[] and device_state[], in the same records, begin there. */
const struct state_field saved_vm_state[] = {
	STATE_FIELD(struct saved_vm, storage, "STORAGE", 0, 1),
	STATE_UP_TO(struct saved_vm, mode, "MODE", 2, MACHINE_Z),
	STATE_UP_TO(struct saved_vm, cpus, "CPUS", 3, VCPU_MAX),
	STATE_END,
	STATE_END,
};

const struct state_field saved_device_state[] = {
	STATE_STRING(struct saved_device, type, "TYPE", 1),
	STATE_STRING(struct saved_device, owner, "OWNER", 2),
	STATE_FIELD(struct saved_device, owner_vdev, "OWNERDEV", 0, 3),
	STATE_FIELD(struct saved_device, mode, "LINKMODE", 0, 4),
	STATE_FLAG(struct saved_device, read_only, "READONLY", 5),
	STATE_FIELD(struct saved_device, sectors, "SECTORS", 0, 6),
	{STATE_ROW(struct saved_device, temporary, "TEMPORARY", 7), .size = 1, .count = 1, .most = 1,
	 .flags = STATE_OPTIONAL},
	STATE_END,
	STATE_END,
};

void saved_vm_take(struct saved_vm *s, const struct vm *vm)
{
	*s = (struct saved_vm){
		.storage = vm->storage.size, .mode = (uint8_t)vm->mode, .cpus = (uint8_t)vm->cpus};
}

/* Whether he may have so much is the directory's to say. */
bool saved_vm_possible(const struct saved_vm *s)
{
	return s->storage && s->storage % SEGMENT_SIZE == 0 && s->cpus;
}

static void disk_take(struct saved_device *s, const struct minidisk *m)
{
	string_copy(s->owner, sizeof(s->owner), m->owner);
	s->owner_vdev = m->owner_vdev;
	s->mode = m->mode;
	s->read_only = m->read_only;
	s->temporary = !m->extent.volume; /* or nowhere yet, in a machine that is being restored */
	s->sectors = m->extent.sectors;
}

void vdev_list_add(char *list, size_t size, uint16_t vdev)
{
	size_t used = strlen(list);

	format(list + used, size - used, " %04X", vdev);
}

void saved_device_take(struct saved_device *s, struct device *d)
{
	*s = (struct saved_device){.mode = 0};
	string_copy(s->type, sizeof(s->type), device_class_name(d->class));
	if (minidisk_of(d))
		disk_take(s, minidisk_of(d));
}
