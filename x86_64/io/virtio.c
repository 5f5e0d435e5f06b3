/*
 * virtio.c - virtio by ports: a PCI device in its first ("legacy") form.
 *
 * Before it: probe.c finds the device. After it: cp/io/virtqueue.c,
 * cp/io/virtio_blk.c.
 * Source: Virtual I/O Device specification 1.0, section 4.1.4.8.
 */
#include <arch/real.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/virtio.h>
#include "pci.h"

/* Registers from the first base address on. */
enum {
	HOST_FEATURES = 0,
	GUEST_FEATURES = 4,
	QUEUE_PAGE = 8,
	QUEUE_SIZE = 12,
	QUEUE_SELECT = 14,
	QUEUE_NOTIFY = 16,
	STATUS = 18,
	INTERRUPTS = 19, /* reading it takes the request back */
	CONFIGURATION = 20
};

struct virtio_pci {
	struct virtio virtio;
	uint16_t ports;
	unsigned irq;
};

static struct virtio_pci *pci_of(struct virtio *v)
{
	return container_of(v, struct virtio_pci, virtio);
}

static void virtio_interrupt(void *argument)
{
	struct virtio_pci *p = argument;

	if (inb(p->ports + INTERRUPTS) & 1)
		p->virtio.interrupt(&p->virtio);
}

static int virtio_begin(struct virtio *v, uint32_t wanted, uint32_t *features)
{
	uint16_t ports = pci_of(v)->ports;

	outb(ports + STATUS, 0);
	outb(ports + STATUS, VIRTIO_FOUND);
	outb(ports + STATUS, VIRTIO_FOUND | VIRTIO_DRIVER);
	*features = inl(ports + HOST_FEATURES) & wanted;
	outl(ports + GUEST_FEATURES, *features);
	return 0;
}

static int virtio_configuration(struct virtio *v, void *buf, uint16_t length)
{
	for (uint16_t n = 0; n < length; n++)
		((uint8_t *)buf)[n] = inb(pci_of(v)->ports + CONFIGURATION + n);
	return 0;
}

static int virtio_queue_size(struct virtio *v, uint16_t index)
{
	outw(pci_of(v)->ports + QUEUE_SELECT, index);
	return inw(pci_of(v)->ports + QUEUE_SIZE);
}

static int virtio_queue_set(struct virtio *v, const struct virtqueue *q)
{
	uint64_t page = (uintptr_t)q->descriptor / PAGE_SIZE;

	if (page > UINT32_MAX)
		return -1;
	outw(pci_of(v)->ports + QUEUE_SELECT, q->index);
	outl(pci_of(v)->ports + QUEUE_PAGE, (uint32_t)page);
	return 0;
}

static int virtio_ready(struct virtio *v)
{
	struct virtio_pci *p = pci_of(v);

	interrupt_route(p->irq, virtio_interrupt, p);
	outb(p->ports + STATUS, VIRTIO_FOUND | VIRTIO_DRIVER | VIRTIO_READY);
	return 0;
}

static void virtio_notify(struct virtio *v, uint16_t index)
{
	outw(pci_of(v)->ports + QUEUE_NOTIFY, index);
}

static const struct virtio_transport pci_transport = {
	.begin = virtio_begin,
	.configuration = virtio_configuration,
	.queue_size = virtio_queue_size,
	.queue_set = virtio_queue_set,
	.ready = virtio_ready,
	.notify = virtio_notify,
};

void virtio_blk_probe(const struct pci_device *d)
{
	struct virtio_pci *p = heap_alloc(sizeof(*p));

	if (!p)
		return;
	p->ports = pci_ports(d, 0);
	p->irq = d->irq;
	p->virtio.transport = &pci_transport;
	p->virtio.address = p->ports;
	if (p->ports && p->irq != PCI_NO_IRQ)
		virtio_blk_create(&p->virtio);
	else
		log_line("Disk at PCI %02X:%02X: not usable, it has no %s", d->bus, d->slot,
			 p->ports ? "interruption line" : "ports");
}
