/*
 * pci.c - the PCI bus of the real PC.
 *
 * Owns: configuration space, by ports CF8 and CFC. Before it: probe.c. After
 * it: the drivers.
 * Known simplification: the firmware has given every device its addresses
 * and its interruption line; what it has left out stays out.
 * Source: PCI Local Bus Specification 3.0, 3.2.2.3 and chapter 6; PCI-to-PCI
 * Bridge Architecture Specification 1.2, 3.2.
 */
#include <arch/real.h>
#include "pci.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  (1u << 31)

#define PCI_ID        0x00
#define PCI_COMMAND   0x04
#define PCI_CLASS     0x08 /* revision in the low byte */
#define PCI_HEADER    0x0c /* type in the third byte */
#define PCI_BASE      0x10
#define PCI_BUSES     0x18 /* of a bridge: primary, secondary, ... */
#define PCI_INTERRUPT 0x3c

#define COMMAND_IO     1
#define COMMAND_MASTER 4
#define COMMAND_NO_INT (1 << 10)
#define BASE_IO        1
#define HEADER_MANY    0x80
#define HEADER_BRIDGE  1
#define SLOTS          32
#define FUNCTIONS      8
#define DEPTH          8 /* bridges behind bridges: a ring of them would have no end */

static void pci_select(const struct pci_device *d, unsigned offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | (uint32_t)d->bus << 16 | (uint32_t)d->slot << 11 |
				     (uint32_t)d->function << 8 | offset);
}

static uint32_t pci_read(const struct pci_device *d, unsigned offset)
{
	pci_select(d, offset);
	return inl(CONFIG_DATA);
}

static void pci_write(const struct pci_device *d, unsigned offset, uint32_t value)
{
	pci_select(d, offset);
	outl(CONFIG_DATA, value);
}

static bool pci_look(struct pci_device *d)
{
	uint32_t id = pci_read(d, PCI_ID);
	uint32_t irq;

	d->vendor = (uint16_t)id;
	d->device = (uint16_t)(id >> 16);
	if (d->vendor == 0xffff)
		return false;
	d->class = (uint16_t)(pci_read(d, PCI_CLASS) >> 16);
	irq = pci_read(d, PCI_INTERRUPT) & 0xff;
	d->irq = irq > 0 && irq < 16 ? irq : PCI_NO_IRQ;
	return true;
}

static void bus_scan(uint8_t bus, unsigned depth, void (*found)(const struct pci_device *d))
{
	for (unsigned n = 0; n < SLOTS * FUNCTIONS; n++) {
		struct pci_device d = {
			.bus = bus, .slot = (uint8_t)(n / FUNCTIONS), .function = n % FUNCTIONS};
		uint8_t type;

		if (!pci_look(&d)) {
			if (!d.function)
				n += FUNCTIONS - 1;
			continue;
		}
		type = (uint8_t)(pci_read(&d, PCI_HEADER) >> 16);
		if ((type & ~HEADER_MANY) == HEADER_BRIDGE && depth < DEPTH)
			bus_scan((uint8_t)(pci_read(&d, PCI_BUSES) >> 8), depth + 1, found);
		else
			found(&d);
		if (!d.function && !(type & HEADER_MANY))
			n += FUNCTIONS - 1;
	}
}

void pci_scan(void (*found)(const struct pci_device *d))
{
	bus_scan(0, 0, found);
}

uint16_t pci_ports(const struct pci_device *d, unsigned n)
{
	uint32_t base = pci_read(d, PCI_BASE + 4 * n);
	uint32_t command = pci_read(d, PCI_COMMAND) & 0xffff; /* above it stand status bits that a 1 clears */

	if (!(base & BASE_IO))
		return 0;
	pci_write(d, PCI_COMMAND, (command | COMMAND_IO | COMMAND_MASTER) & ~COMMAND_NO_INT);
	return base & 0xfffc;
}
