/*
 * pci.c - the PCI bus of a virtual PC: a host bridge, and a function for each minidisk.
 *
 * Owns: configuration by ports CF8 and CFC, base addresses, and where INTA goes. Before: ports.c; LINK and LOGON, which make minidisks.
 * After: virtio.c. Source: PCI Local Bus Specification 2.1 (configuration mechanism 1); virtio 0.9.5 for the identity of a disk.
 * Simplification: one bus; 31 disks, and any more are reached by DIAGNOSE only; INTA of a slot goes to a fixed line, whatever a guest
 * writes into the interrupt line register.
 */
#include <cp/minidisk.h>
#include "pc.h"

#define ADDRESS_ENABLE  0x80000000u
#define ADDRESS_WRITTEN 0x80fffffcu
#define NOBODY          0xffffffffu
#define SLOTS           32
#define FIRST_PORTS     0xc000 /* of slot 0's, which has none */

/* Registers, as doublewords of configuration space. */
enum { ID = 0x00, COMMAND = 0x04, CLASS = 0x08, BASE0 = 0x10, SUBSYSTEM = 0x2c, INTERRUPT = 0x3c };

#define BRIDGE_ID      0x12378086u /* 440FX */
#define BRIDGE_CLASS   0x06000002u
#define DISK_ID        0x10011af4u /* virtio, legacy block device */
#define DISK_CLASS     0x01000000u
#define DISK_SUBSYSTEM 0x00021af4u

#define COMMAND_PORTS        0x0001
#define COMMAND_WRITTEN      0x0407 /* ports, storage, master, no INTx */
#define COMMAND_NO_INTERRUPT 0x0400
#define STATUS_INTERRUPT     0x00080000u
#define BASE_PORTS           0x1u
#define BASE_WRITTEN         (0xffffu & ~(PCI_PORTS - 1u))
#define PIN_A                0x0100u

/* ---- who is where ------------------------------------------------------------------- */

static struct device *device_in(struct vm *vm, unsigned slot)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (slot && d->arch.pci.slot == slot)
			return d;
	return NULL;
}

struct device *pci_device_at(struct vm *vm, uint16_t port, uint16_t *offset)
{
	struct device *d;

	list_for_each(d, &vm->devices, list) {
		const struct pci_function *f = &d->arch.pci;

		if (!f->slot || !(f->command & COMMAND_PORTS) || port < f->bar || port - f->bar >= PCI_PORTS)
			continue;
		*offset = (uint16_t)(port - f->bar);
		return d;
	}
	return NULL;
}

uint8_t pci_irq(uint8_t slot)
{
	static const uint8_t irq[4] = {5, 11, 10, 9};

	return irq[slot & 3];
}

/* As a firmware leaves it: ports assigned and switched on. */
void pci_reset(struct device *d)
{
	struct pci_function *f = &d->arch.pci;

	f->command = f->slot ? COMMAND_PORTS : 0;
	f->bar = FIRST_PORTS + f->slot * (uint32_t)PCI_PORTS;
	f->line = f->slot ? pci_irq(f->slot) : 0;
}

/* The lowest slot that is free. */
void pci_create(struct device *d)
{
	uint8_t slot = 1;

	d->arch.pci.slot = 0;
	while (slot < SLOTS && device_in(d->vm, slot))
		slot++;
	if (slot < SLOTS)
		d->arch.pci.slot = slot;
	pci_reset(d);
}

bool pci_possible(const struct device *d)
{
	const struct pci_function *f = &d->arch.pci;

	return !f->slot || (f->slot < SLOTS && minidisk_of((struct device *)(uintptr_t)d) &&
			    device_in(d->vm, f->slot) == d && !(f->bar & ~BASE_WRITTEN));
}

/* ---- INTA ------------------------------------------------------------------------------ */

static bool interrupting(const struct device *d)
{
	return d->arch.pci.slot && d->arch.virtio.isr && !(d->arch.pci.command & COMMAND_NO_INTERRUPT);
}

/* A line is shared: it is up while anybody holds it. */
void pci_interrupt(struct device *d)
{
	uint8_t irq = pci_irq(d->arch.pci.slot);
	bool level = false;
	struct device *other;

	if (!d->arch.pci.slot)
		return;
	list_for_each(other, &d->vm->devices, list)
		if (interrupting(other) && pci_irq(other->arch.pci.slot) == irq)
			level = true;
	pic_line(d->vm, irq, level);
}

/* ---- configuration space ----------------------------------------------------------------- */

static uint32_t bridge_read(unsigned reg)
{
	return reg == ID ? BRIDGE_ID : reg == CLASS ? BRIDGE_CLASS : 0;
}

static uint32_t disk_read(const struct device *d, unsigned reg)
{
	const struct pci_function *f = &d->arch.pci;

	switch (reg) {
	case ID:
		return DISK_ID;
	case COMMAND:
		return f->command | (d->arch.virtio.isr ? STATUS_INTERRUPT : 0);
	case CLASS:
		return DISK_CLASS;
	case BASE0:
		return f->bar | BASE_PORTS;
	case SUBSYSTEM:
		return DISK_SUBSYSTEM;
	case INTERRUPT:
		return f->line | PIN_A;
	default:
		return 0;
	}
}

static void disk_write(struct device *d, unsigned reg, uint32_t value)
{
	struct pci_function *f = &d->arch.pci;

	switch (reg) {
	case COMMAND:
		f->command = value & COMMAND_WRITTEN;
		pci_interrupt(d);
		break;
	case BASE0:
		f->bar = value & BASE_WRITTEN;
		break;
	case INTERRUPT:
		f->line = (uint8_t)value;
		break;
	}
}

/* The function that the address register names, on bus 0; slot 0 is the bridge. */
static bool addressed(const struct vm *vm, unsigned *slot)
{
	uint32_t address = vm->arch.pc->pci_address;

	*slot = address >> 11 & 31;
	return (address & ADDRESS_ENABLE) && !(address >> 16 & 0xff) && !(address >> 8 & 7);
}

static uint32_t config_read(struct vm *vm)
{
	unsigned reg = vm->arch.pc->pci_address & 0xfc, slot;
	struct device *d;

	if (!addressed(vm, &slot))
		return NOBODY;
	if (slot == 0)
		return bridge_read(reg);
	d = device_in(vm, slot);
	return d ? disk_read(d, reg) : NOBODY;
}

static void config_write(struct vm *vm, uint32_t value)
{
	unsigned slot;
	struct device *d = addressed(vm, &slot) ? device_in(vm, slot) : NULL;

	if (d)
		disk_write(d, vm->arch.pc->pci_address & 0xfc, value);
}

/* ---- ports ---------------------------------------------------------------------------------- */

/* Only a doubleword is the address register; bytes there are other devices' (CF9). */
uint32_t pci_address_in(struct vm *vm, uint16_t port, unsigned size)
{
	(void)port;
	return size == 4 ? vm->arch.pc->pci_address : NOBODY;
}

int pci_address_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value)
{
	(void)port;
	if (size == 4)
		vm->arch.pc->pci_address = value & ADDRESS_WRITTEN;
	return 0;
}

uint32_t pci_data_in(struct vm *vm, uint16_t port, unsigned size)
{
	(void)size;
	return config_read(vm) >> 8 * (port & 3);
}

/* Bytes that are not written keep their value. */
int pci_data_out(struct vm *vm, uint16_t port, unsigned size, uint32_t value)
{
	unsigned shift = 8 * (port & 3);
	uint32_t mask = (size == 4 ? 0xffffffffu : (1u << 8 * size) - 1) << shift;

	config_write(vm, (config_read(vm) & ~mask) | (value << shift & mask));
	return 0;
}
