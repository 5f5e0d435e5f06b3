/*
 * virtio.c - what all virtio devices have in common: set-up by channel
 * commands, rings in storage, notification by DIAGNOSE X'500'.
 *
 * Before it: probe.c finds the device. After it: virtio_blk.c and
 * virtio_serial.c.
 * The device is QEMU's, outside the machine: what it puts into the used ring
 * is checked before it is used as an index.
 * Known simplification: no reset of a device that has gone wrong.
 * Heritage: none; VM's own drivers met real channels only.
 */
#include <cp/device.h>
#include <cp/heap.h>
#include <cp/string.h>
#include "virtio.h"

#define CCW_SET_QUEUE                    0x13
#define CCW_WRITE_FEATURES               0x11
#define CCW_READ_FEATURES                0x12
#define CCW_READ_CONFIGURATION           0x22
#define CCW_WRITE_STATUS                 0x31
#define CCW_READ_QUEUE                   0x32
#define CCW_RESET                        0x33
#define CCW_SET_INDICATORS               0x43
#define CCW_SET_CONFIGURATION_INDICATORS 0x53

#define STATUS_FOUND  1
#define STATUS_DRIVER 2
#define STATUS_READY  4

#define RING_ALIGN 4096u

struct queue_information {
	uint64_t address;
	uint32_t align;
	uint16_t index, size;
};

struct feature_information {
	uint32_t word; /* little-endian, whatever the machine */
	uint8_t index;
};

/* The rings are also used by another processor: no store or fetch may move across this. */
static inline void serialize(void)
{
	__asm__ volatile("bcr 15,0" : : : "memory");
}

/* ---- interruptions -------------------------------------------------------------- */

static void virtio_interrupt(struct real_device *d, const struct scsw *scsw)
{
	struct virtio *v = d->private;

	(void)scsw;
	v->indicators = 0;
	v->configuration = 0;
	serialize();
	v->interrupt(v);
}

/* ---- set-up ----------------------------------------------------------------------- */

static int virtio_status(struct virtio *v, uint8_t status)
{
	v->data[0] = status;
	return real_command(v->device, CCW_WRITE_STATUS, v->data, 1);
}

int virtio_begin(struct virtio *v, struct real_device *d, uint32_t wanted, uint32_t *features)
{
	struct feature_information *f = (struct feature_information *)v->data;

	v->device = d;
	if (real_command(d, CCW_RESET, v->data, 1) < 0 || virtio_status(v, STATUS_FOUND | STATUS_DRIVER) < 0)
		return -1;
	f->index = 0;
	if (real_command(d, CCW_READ_FEATURES, f, 5) < 0)
		return -1;
	*features = __builtin_bswap32(f->word) & wanted;
	f->word = __builtin_bswap32(*features);
	return real_command(d, CCW_WRITE_FEATURES, f, 5);
}

int virtio_configuration(struct virtio *v, void *buf, uint16_t length)
{
	return real_command(v->device, CCW_READ_CONFIGURATION, buf, length);
}

/* Descriptors, then what is available; on the next page what has been used. */
static bool virtqueue_allocate(struct virtqueue *q)
{
	uint32_t first = q->size * 16u + 6 + q->size * 2u;
	uint32_t used = (first + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
	uint32_t total = used + 6 + q->size * 8u;
	char *rings = (char *)(uintptr_t)frame_alloc_run((total + PAGE_SIZE - 1) / PAGE_SIZE);

	if (!rings)
		return false;
	q->descriptor = (struct virtio_descriptor *)rings;
	q->available = (struct virtio_available *)(rings + q->size * 16u);
	q->used = (struct virtio_used *)(rings + used);
	return true;
}

int virtqueue_create(struct virtio *v, struct virtqueue *q, uint16_t index)
{
	struct queue_information *information = (struct queue_information *)v->data;
	uint16_t *ask = (uint16_t *)v->data;

	q->virtio = v;
	q->index = index;
	ask[0] = index;
	ask[1] = 0;
	if (real_command(v->device, CCW_READ_QUEUE, ask, 4) < 0)
		return -1;
	q->size = ask[1];
	if (!q->size || q->size & (q->size - 1) || !virtqueue_allocate(q))
		return -1;
	*information = (struct queue_information){(uintptr_t)q->descriptor, RING_ALIGN, index, q->size};
	return real_command(v->device, CCW_SET_QUEUE, information, sizeof(*information));
}

static int virtio_indicators(struct virtio *v, uint8_t command, uint64_t *where)
{
	*(uint64_t *)v->data = (uintptr_t)where;
	return real_command(v->device, command, v->data, 8);
}

int virtio_ready(struct virtio *v)
{
	v->device->private = v;
	v->device->interrupt = virtio_interrupt;
	if (virtio_indicators(v, CCW_SET_INDICATORS, &v->indicators) < 0 ||
	    virtio_indicators(v, CCW_SET_CONFIGURATION_INDICATORS, &v->configuration) < 0)
		return -1;
	return virtio_status(v, STATUS_FOUND | STATUS_DRIVER | STATUS_READY);
}

/* ---- rings -------------------------------------------------------------------------- */

void virtqueue_set(struct virtqueue *q, uint16_t n, const void *address, uint32_t length, uint16_t flags,
		   uint16_t next)
{
	q->descriptor[n] = (struct virtio_descriptor){(uintptr_t)address, length, flags, next};
}

void virtqueue_add(struct virtqueue *q, uint16_t n)
{
	q->available->ring[q->available->index % q->size] = n;
	serialize();
	q->available->index++;
}

/* Hypercall: subcode 3 in GR1, then the subchannel, the queue, and a cookie that is not used. */
void virtqueue_notify(struct virtqueue *q)
{
	register uint64_t r1 __asm__("1") = 3;
	register uint64_t r2 __asm__("2") = q->virtio->device->id;
	register uint64_t r3 __asm__("3") = q->index;
	register uint64_t r4 __asm__("4") = 0;

	serialize();
	__asm__ volatile("diag 2,4,0x500" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4) : "cc", "memory");
}

int virtqueue_take(struct virtqueue *q, uint32_t *length)
{
	serialize();
	while (q->seen != q->used->index) {
		volatile struct virtio_used_element *e = &q->used->ring[q->seen++ % q->size];
		uint32_t id = e->id;

		*length = e->length;
		if (id < q->size)
			return (int)id;
	}
	return -1;
}
