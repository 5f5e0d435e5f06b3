/*
 * virtio.c - virtio by channel commands, and notification by DIAGNOSE X'500'.
 *
 * Before it: probe.c finds the device. After it: cp/io/virtqueue.c,
 * cp/io/virtio_blk.c and virtio_serial.c.
 * Heritage: none; VM's own drivers met real channels only.
 */
#include <cp/heap.h>
#include <cp/panic.h>
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

struct queue_information {
	uint64_t address;
	uint32_t align;
	uint16_t index, size;
};

struct feature_information {
	uint32_t word; /* little-endian, whatever the machine */
	uint8_t index;
};

static struct virtio_ccw *ccw_of(struct virtio *v)
{
	return container_of(v, struct virtio_ccw, virtio);
}

static void ccw_interrupt(struct real_device *d, const struct scsw *scsw)
{
	struct virtio_ccw *c = d->private;

	(void)scsw;
	c->indicators = 0;
	c->configuration = 0;
	__sync_synchronize(); /* before the rings are looked at */
	c->virtio.interrupt(&c->virtio);
}

static int ccw_status(struct virtio_ccw *c, uint8_t status)
{
	c->data[0] = status;
	return real_command(c->device, CCW_WRITE_STATUS, c->data, 1);
}

static int ccw_begin(struct virtio *v, uint32_t wanted, uint32_t *features)
{
	struct virtio_ccw *c = ccw_of(v);
	struct feature_information *f = (struct feature_information *)c->data;

	if (real_command(c->device, CCW_RESET, c->data, 1) < 0 ||
	    ccw_status(c, VIRTIO_FOUND | VIRTIO_DRIVER) < 0)
		return -1;
	f->index = 0;
	if (real_command(c->device, CCW_READ_FEATURES, f, 5) < 0)
		return -1;
	*features = __builtin_bswap32(f->word) & wanted;
	f->word = __builtin_bswap32(*features);
	return real_command(c->device, CCW_WRITE_FEATURES, f, 5);
}

static int ccw_configuration(struct virtio *v, void *buf, uint16_t length)
{
	struct virtio_ccw *c = ccw_of(v);
	int rc;

	assert_cp(length <= sizeof(c->data));
	rc = real_command(c->device, CCW_READ_CONFIGURATION, c->data, length);
	memcpy(buf, c->data, length);
	return rc;
}

static int ccw_queue_size(struct virtio *v, uint16_t index)
{
	struct virtio_ccw *c = ccw_of(v);
	uint16_t *ask = (uint16_t *)c->data;

	ask[0] = index;
	ask[1] = 0;
	return real_command(c->device, CCW_READ_QUEUE, ask, 4) < 0 ? -1 : ask[1];
}

static int ccw_queue_set(struct virtio *v, const struct virtqueue *q)
{
	struct virtio_ccw *c = ccw_of(v);
	struct queue_information *information = (struct queue_information *)c->data;

	*information =
		(struct queue_information){(uintptr_t)q->descriptor, VIRTIO_RING_ALIGN, q->index, q->size};
	return real_command(c->device, CCW_SET_QUEUE, information, sizeof(*information));
}

static int ccw_indicators(struct virtio_ccw *c, uint8_t command, uint64_t *where)
{
	*(uint64_t *)c->data = (uintptr_t)where;
	return real_command(c->device, command, c->data, 8);
}

static int ccw_ready(struct virtio *v)
{
	struct virtio_ccw *c = ccw_of(v);

	c->device->private = c;
	c->device->interrupt = ccw_interrupt;
	if (ccw_indicators(c, CCW_SET_INDICATORS, &c->indicators) < 0 ||
	    ccw_indicators(c, CCW_SET_CONFIGURATION_INDICATORS, &c->configuration) < 0)
		return -1;
	return ccw_status(c, VIRTIO_FOUND | VIRTIO_DRIVER | VIRTIO_READY);
}

/* Hypercall: subcode 3 in GR1, then the subchannel, the queue, and a cookie that is not used. */
static void ccw_notify(struct virtio *v, uint16_t index)
{
	register uint64_t r1 __asm__("1") = 3;
	register uint64_t r2 __asm__("2") = ccw_of(v)->device->id;
	register uint64_t r3 __asm__("3") = index;
	register uint64_t r4 __asm__("4") = 0;

	__asm__ volatile("diag 2,4,0x500" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4) : "cc", "memory");
}

static const struct virtio_transport ccw_transport = {
	.begin = ccw_begin,
	.configuration = ccw_configuration,
	.queue_size = ccw_queue_size,
	.queue_set = ccw_queue_set,
	.ready = ccw_ready,
	.notify = ccw_notify,
};

struct virtio *virtio_create(struct real_device *d)
{
	struct virtio_ccw *c = heap_alloc(sizeof(*c));

	if (!c || !channel_reaches(c, sizeof(*c)))
		return NULL;
	c->device = d;
	c->virtio.transport = &ccw_transport;
	c->virtio.address = d->address;
	return &c->virtio;
}

void virtio_blk_probe(struct real_device *d)
{
	struct virtio *v = virtio_create(d);

	if (v)
		virtio_blk_create(v);
	else
		log_line("Disk %04X: not usable, no storage for it", d->address);
}
