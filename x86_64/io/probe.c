/*
 * probe.c - which driver serves which real device.
 *
 * Before it: arch_probe(), once tasks run. After it: the drivers.
 * Line 0, the operator's, is the first serial port.
 * Known simplification: devices are looked for once, at start.
 */
#include <cp/arch.h>
#include "pci.h"

#define VENDOR_VIRTIO 0x1af4
#define CLASS_SERIAL  0x0700
#define ANY           0

/* The first row that matches. */
static const struct {
	uint16_t vendor, device, class;
	void (*probe)(const struct pci_device *d);
} drivers[] = {
	{VENDOR_VIRTIO, 0x1001, ANY, virtio_blk_probe},
	{ANY, ANY, CLASS_SERIAL, uart_probe},
};

static void device_found(const struct pci_device *d)
{
	for (unsigned i = 0; i < ARRAY_SIZE(drivers); i++) {
		if ((drivers[i].vendor == ANY || drivers[i].vendor == d->vendor) &&
		    (drivers[i].device == ANY || drivers[i].device == d->device) &&
		    (drivers[i].class == ANY || drivers[i].class == d->class)) {
			drivers[i].probe(d);
			return;
		}
	}
}

void arch_probe(void)
{
	uart_probe_isa();
	pci_scan(device_found);
	ata_probe();
}
