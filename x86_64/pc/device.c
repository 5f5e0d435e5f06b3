/*
 * device.c - what the nucleus' virtual devices are on a PC.
 *
 * Owns: arch_device_*(): a minidisk becomes a PCI function, the console is COM1, all else has no ports. Before: cp/device/device.c.
 * After: pci.c, virtio.c, uart.c.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "pc.h"

void arch_device_create(struct device *d)
{
	d->arch = (struct arch_device){0};
	if (minidisk_of(d))
		pci_create(d);
}

/* It is off its machine's list: whoever shares its line decides about it alone. */
void arch_device_destroy(struct device *d)
{
	virtio_port_reset(d);
}

void arch_device_reset(struct device *d)
{
	virtio_port_reset(d);
	pci_reset(d);
}

/* No operation ever waits for one of these: the console's lines come and go as bytes. */
void arch_device_ready(struct device *d)
{
	if (console_of(d))
		uart_drained(d->vm);
}

/* A typed line; attention without one is a break. Other devices have nothing to say it with. */
void arch_device_attention(struct device *d, uint8_t status)
{
	if (!console_of(d) || !(status & STATUS_ATTENTION))
		return;
	if (console_ready(d))
		uart_input(d->vm);
	else
		uart_break(d->vm);
}

void arch_device_place(const struct device *d, char *text, size_t size)
{
	const struct pci_function *f = &d->arch.pci;

	if (f->slot)
		format(text, size, "PCI 00:%02x.0 IRQ %u", f->slot, pci_irq(f->slot));
	else if (strcmp(d->class->query_name, "CONS") == 0)
		format(text, size, "PORTS 03F8-03FF IRQ %u", IRQ_COM1);
	else
		format(text, size, "DIAGNOSE");
}
