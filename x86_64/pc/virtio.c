/*
 * virtio.c - the legacy virtio interface of a disk: registers behind a base address, and one queue in the guest's storage.
 *
 * Owns: feature and status registers, and the walk along the queue's rings and descriptor chains. Before: pci.c. After: block.c, which
 * carries a request out. Source: virtio 0.9.5, sections 2.1 to 2.3 and appendix D; virtio 1.1, 2.6, for the ring's layout.
 * Simplification: requests are carried out one after the other before the OUT that announced them ends.
 *
 * Rings are written by a guest and believed in nothing. What cannot be (an index beyond the queue, a chain that comes back to itself, a
 * table outside storage) stops the device until the guest resets it: its status shows 40, its user is told why. What can be, but
 * not be done, ends that one request with an error.
 */
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/session.h>
#include <cp/string.h>
#include "pc.h"

enum {
	HOST_FEATURES = 0,
	GUEST_FEATURES = 4,
	QUEUE_ADDRESS = 8,
	QUEUE_SIZE = 12,
	QUEUE_SELECT = 14,
	QUEUE_NOTIFY = 16,
	STATUS = 18,
	INTERRUPT_STATUS = 19,
	CONFIGURATION = 20
};

#define STATUS_DRIVER_OK        0x04
#define STATUS_NEEDS_RESET      0x40
#define STATUS_FAILED           0x80
#define INTERRUPT_QUEUE         1
#define INTERRUPT_CONFIGURATION 2

#define FEATURE_INDIRECT (1u << 28)

/* The queue: descriptors, available ring, and from the next page on the used ring. */
#define ENTRIES                128u
#define DESCRIPTORS            0u
#define AVAILABLE              (ENTRIES * 16)
#define AVAILABLE_NO_INTERRUPT 1
#define USED                   4096u

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

#define DESCRIPTOR_NEXT     1
#define DESCRIPTOR_WRITE    2
#define DESCRIPTOR_INDIRECT 4

static gabs_t queue_part(const struct device *d, uint32_t offset)
{
	return (gabs_t)d->arch.virtio.queue * PAGE_SIZE + offset;
}

static void interrupt(struct device *d, uint8_t why)
{
	d->arch.virtio.isr |= why;
	pci_interrupt(d);
}

/* The guest's rings make no sense. */
static int broken(struct device *d, const char *what)
{
	vm_write(d->vm, "HCPVIO453W Disk %04X stopped until it is reset; %s", d->vdev, what);
	d->arch.virtio.status |= STATUS_NEEDS_RESET;
	interrupt(d, INTERRUPT_CONFIGURATION);
	return 1;
}

/* ---- from descriptors to a request ----------------------------------------------------- */

static int piece_add(struct device *d, struct request *r, const struct descriptor *e)
{
	bool in = e->flags & DESCRIPTOR_WRITE;
	uint64_t size = d->vm->storage.size;

	if (r->pieces == REQUEST_PIECES)
		return broken(d, "a request has too many descriptors");
	if (e->address >= size || e->length > size - e->address)
		return broken(d, "a descriptor's buffer is outside of storage");
	r->piece[r->pieces++] = (struct piece){.address = e->address, .length = e->length, .in = in};
	*(in ? &r->in : &r->out) += e->length;
	return 0;
}

/* One table of `entries` descriptors, from its entry `n` on. 0, > 0 broken, < 0. */
static int chain(struct device *d, struct request *r, gabs_t table, uint32_t entries, uint32_t n,
		 struct descriptor *indirect)
{
	struct descriptor e;
	uint32_t steps = 0;
	int rc;

	do {
		if (n >= entries)
			return broken(d, "a descriptor's number is not in its table");
		if (steps++ == entries)
			return broken(d, "a chain of descriptors comes back to itself");
		rc = guest_read(d->vm, table + (gabs_t)n * sizeof(e), &e, sizeof(e));
		if (rc)
			return rc < 0 ? rc : broken(d, "a table of descriptors is outside of storage");
		if (e.flags & DESCRIPTOR_INDIRECT) {
			if (!indirect || (e.flags & DESCRIPTOR_NEXT) || e.length % sizeof(e))
				return broken(d, "an indirect descriptor is not where it may be");
			*indirect = e;
			return 0;
		}
		rc = piece_add(d, r, &e);
		n = e.next;
	} while (rc == 0 && (e.flags & DESCRIPTOR_NEXT));
	return rc;
}

static int gather(struct device *d, struct request *r, uint16_t head)
{
	struct descriptor indirect = {0};
	int rc;

	r->pieces = 0;
	r->in = r->out = 0;
	rc = chain(d, r, queue_part(d, DESCRIPTORS), ENTRIES, head,
		   d->arch.virtio.features & FEATURE_INDIRECT ? &indirect : NULL);
	if (rc == 0 && indirect.flags)
		rc = chain(d, r, indirect.address, indirect.length / sizeof(indirect), 0, NULL);
	return rc;
}

/* ---- the request's storage ---------------------------------------------------------------- */

static int copy(struct vm *vm, const struct request *r, uint64_t offset, uint8_t *buf, size_t n, bool in)
{
	for (unsigned p = 0; p < r->pieces && n; p++) {
		const struct piece *piece = &r->piece[p];
		size_t part;
		int rc;

		if (piece->in != in)
			continue;
		if (offset >= piece->length) {
			offset -= piece->length;
			continue;
		}
		part = piece->length - offset < n ? piece->length - (size_t)offset : n;
		rc = in ? guest_write(vm, piece->address + offset, buf, part)
			: guest_read(vm, piece->address + offset, buf, part);
		if (rc)
			return rc;
		buf += part;
		n -= part;
		offset = 0;
	}
	return n ? 1 : 0;
}

int request_read(struct vm *vm, const struct request *r, uint64_t offset, void *buf, size_t n)
{
	return copy(vm, r, offset, buf, n, false);
}

int request_write(struct vm *vm, const struct request *r, uint64_t offset, const void *buf, size_t n)
{
	return copy(vm, r, offset, (uint8_t *)buf, n, true);
}

/* ---- the rings ------------------------------------------------------------------------------ */

static int ring_get(struct device *d, uint32_t offset, uint16_t *value)
{
	int rc = guest_read(d->vm, queue_part(d, offset), value, sizeof(*value));

	return rc > 0 ? broken(d, "its queue is outside of storage") : rc;
}

static int ring_put(struct device *d, uint32_t offset, const void *value, size_t size)
{
	int rc = guest_write(d->vm, queue_part(d, offset), value, size);

	return rc > 0 ? broken(d, "its queue is outside of storage") : rc;
}

/* The used ring counts as `served` does: every available entry becomes a used one before the next is taken. */
static int give_back(struct device *d, uint16_t head, uint32_t written)
{
	struct virtio_registers *v = &d->arch.virtio;
	const uint32_t element[2] = {head, written};
	uint16_t index = (uint16_t)(v->served + 1);
	int rc = ring_put(d, USED + 4 + v->served % ENTRIES * 8, element, sizeof(element));

	if (rc == 0)
		rc = ring_put(d, USED + 2, &index, sizeof(index));
	v->served = index;
	return rc;
}

static int serve_one(struct device *d, struct request *r)
{
	uint32_t written = 0;
	uint16_t head;
	int rc = ring_get(d, AVAILABLE + 4 + d->arch.virtio.served % ENTRIES * 2, &head);

	if (rc == 0)
		rc = gather(d, r, head);
	if (rc == 0)
		rc = block_request(d, r, &written);
	if (rc == 0)
		rc = give_back(d, head, written);
	else if (rc > 0 && !(d->arch.virtio.status & STATUS_NEEDS_RESET))
		rc = broken(d, "a request has no header, or no room for its status");
	return rc;
}

/* All that is available. 0; > 0 broken; < 0. */
static int serve(struct device *d, struct request *r)
{
	struct virtio_registers *v = &d->arch.virtio;
	uint16_t available, flags = 0;
	int rc = ring_get(d, AVAILABLE + 2, &available);
	bool any = false;

	if (rc == 0 && (uint16_t)(available - v->served) > ENTRIES)
		rc = broken(d, "more requests are available than its queue holds");
	while (rc == 0 && v->served != available) {
		rc = serve_one(d, r);
		any = true;
	}
	if (rc == 0)
		rc = ring_get(d, AVAILABLE, &flags);
	if (rc == 0 && any && !(flags & AVAILABLE_NO_INTERRUPT))
		interrupt(d, INTERRUPT_QUEUE);
	return rc;
}

/* The place a request is gathered in is one of the machine's, for they are carried out one by one. */
static struct request *request_of(struct pc *pc)
{
	struct request *r = pc->request;

	if (r)
		return r;
	r = heap_alloc(sizeof(*r));
	if (r && !(r->buffer = heap_alloc(REQUEST_BUFFER))) {
		heap_free(r, sizeof(*r));
		r = NULL;
	}
	pc->request = r;
	return r;
}

static int notify(struct device *d)
{
	const struct virtio_registers *v = &d->arch.virtio;
	struct request *r;
	int rc;

	if (!(v->status & STATUS_DRIVER_OK) || (v->status & (STATUS_NEEDS_RESET | STATUS_FAILED)) ||
	    !v->queue)
		return 0;
	r = request_of(d->vm->arch.pc);
	if (!r)
		return CP_NO_STORAGE;
	device_hold(d);
	rc = serve(d, r);
	device_release(d);
	return rc < 0 ? rc : 0;
}

/* ---- registers ---------------------------------------------------------------------------------- */

void virtio_port_reset(struct device *d)
{
	d->arch.virtio = (struct virtio_registers){0};
	pci_interrupt(d);
}

static uint8_t interrupt_status_read(struct device *d)
{
	uint8_t isr = d->arch.virtio.isr;

	d->arch.virtio.isr = 0;
	pci_interrupt(d);
	return isr;
}

/* Eight bytes of capacity; size_max, seg_max, geometry (none), block size. */
static uint32_t configuration_read(const struct device *d, unsigned offset, unsigned size)
{
	const struct {
		uint64_t capacity;
		uint32_t size_max, pieces_max, geometry, block_size;
	} c = {.capacity = block_capacity(d), .pieces_max = REQUEST_PIECES - 2, .block_size = SECTOR_SIZE};
	uint32_t value = 0;

	if (offset < sizeof(c) && size <= sizeof(c) - offset)
		memcpy(&value, (const uint8_t *)&c + offset, size);
	return value;
}

uint32_t virtio_port_in(struct device *d, uint16_t offset, unsigned size)
{
	const struct virtio_registers *v = &d->arch.virtio;

	switch (offset) {
	case HOST_FEATURES:
		return block_features(d) | FEATURE_INDIRECT;
	case GUEST_FEATURES:
		return v->features;
	case QUEUE_ADDRESS:
		return v->select == 0 ? v->queue : 0;
	case QUEUE_SIZE:
		return v->select == 0 ? ENTRIES : 0;
	case QUEUE_SELECT:
		return v->select;
	case STATUS:
		return v->status;
	case INTERRUPT_STATUS:
		return interrupt_status_read(d);
	default:
		return offset >= CONFIGURATION ? configuration_read(d, offset - CONFIGURATION, size) : 0;
	}
}

static void status_write(struct device *d, uint8_t value)
{
	if (value == 0)
		virtio_port_reset(d);
	else
		d->arch.virtio.status = value | (d->arch.virtio.status & STATUS_NEEDS_RESET);
}

int virtio_port_out(struct device *d, uint16_t offset, unsigned size, uint32_t value)
{
	struct virtio_registers *v = &d->arch.virtio;

	(void)size;
	switch (offset) {
	case GUEST_FEATURES:
		v->features = value & (block_features(d) | FEATURE_INDIRECT);
		break;
	case QUEUE_ADDRESS:
		if (v->select == 0) {
			v->queue = value;
			v->served = 0;
		}
		break;
	case QUEUE_SELECT:
		v->select = (uint16_t)value;
		break;
	case QUEUE_NOTIFY:
		return (uint16_t)value == 0 ? notify(d) : 0;
	case STATUS:
		status_write(d, (uint8_t)value);
		break;
	}
	return 0;
}
