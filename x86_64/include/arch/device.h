/*
 * device.h - what a virtual device is to a PC's guest: a PCI function with a virtio block device, if it is a minidisk.
 *
 * Owned by pc/device.c, pci.c and virtio.c. The console is COM1 (struct pc); reader, punch and printer have no ports and are
 * reached by DIAGNOSE.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <cp/types.h>

/* The part of PCI configuration space that a guest can change. */
struct pci_function {
	uint8_t slot; /* device number on bus 0; 0: none (the host bridge is there) */
	uint8_t line; /* interrupt line register: set by CP as a firmware would, kept as the guest writes it */
	uint16_t command;
	uint32_t bar; /* base address 0: I/O ports */
};

/* The legacy virtio interface: registers, and how far the one queue was served. */
struct virtio_registers {
	uint32_t features; /* that the guest took */
	uint32_t queue;    /* guest page number of the queue; 0: none */
	uint16_t select;   /* queue that the queue registers show */
	uint16_t served;   /* available-ring entries taken, modulo 65536 */
	uint8_t status;
	uint8_t isr; /* read by the guest: why it was interrupted */
};

struct arch_device {
	struct pci_function pci;
	struct virtio_registers virtio;
};

#endif
