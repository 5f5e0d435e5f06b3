/*
 * pci.h - the real PCI bus, and the drivers it is given to.
 */
#ifndef X86_64_IO_PCI_H
#define X86_64_IO_PCI_H

#include <cp/types.h>

struct pci_device {
	uint8_t bus, slot, function;
	uint16_t vendor, device;
	uint16_t class; /* base class and subclass */
	unsigned irq;   /* where the firmware has put its INTx; PCI_NO_IRQ: nowhere */
};

#define PCI_NO_IRQ 255u

/* Every device of every bus. It may keep a copy of what it is shown. */
void pci_scan(void (*found)(const struct pci_device *d));
/* Base address n as an I/O port, opened for I/O and bus-master transfers; 0: it has none. */
uint16_t pci_ports(const struct pci_device *d, unsigned n);

/* probe.c's table: each knows what it is given. */
void virtio_blk_probe(const struct pci_device *d);
void uart_probe(const struct pci_device *d);
/* Not on PCI. */
void uart_probe_isa(void);
void ata_probe(void);

#endif
