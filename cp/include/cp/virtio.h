/*
 * virtio.h - real virtio devices, in their first ("legacy") form: rings in
 * storage, in the machine's own byte order.
 *
 * Below: a transport of the port, which finds devices and sets registers
 * (channel commands on s390x, ports on a PC). Above: the drivers.
 * Source: Virtual I/O Device specification 1.0, chapters 2 and 4 and the
 * legacy notes in them.
 */
#ifndef CP_VIRTIO_H
#define CP_VIRTIO_H

#include <cp/types.h>

struct virtio;

struct virtio_descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

#define VIRTIO_NEXT  1 /* another descriptor follows */
#define VIRTIO_WRITE 2 /* the device writes here */

/* Device status. */
#define VIRTIO_FOUND  1
#define VIRTIO_DRIVER 2
#define VIRTIO_READY  4

struct virtio_available {
	uint16_t flags, index, ring[];
};

struct virtio_used_element {
	uint32_t id, length;
};

struct virtio_used {
	uint16_t flags, index;
	struct virtio_used_element ring[];
};

struct virtqueue {
	struct virtio *virtio;
	uint16_t index, size; /* size: of the rings, in entries */
	uint16_t seen;        /* used entries taken so far */
	struct virtio_descriptor *descriptor;
	struct virtio_available *available;
	volatile struct virtio_used *used;
};

#define VIRTIO_RING_ALIGN 4096u

/* How a device is reached. All but notify at probe time; 0 or negative. */
struct virtio_transport {
	/* From reset to "driver": agrees on the wanted features that are offered, returned in *features. */
	int (*begin)(struct virtio *v, uint32_t wanted, uint32_t *features);
	/* The first length bytes, at most 16, of the configuration space. */
	int (*configuration)(struct virtio *v, void *buf, uint16_t length);
	/* Entries of queue `index`; 0: there is none. */
	int (*queue_size)(struct virtio *v, uint16_t index);
	/* The device is to use q's rings. */
	int (*queue_set)(struct virtio *v, const struct virtqueue *q);
	/* Interruptions on, device ready. */
	int (*ready)(struct virtio *v);
	/* There is something new in the queue. */
	void (*notify)(struct virtio *v, uint16_t index);
};

struct virtio {
	const struct virtio_transport *transport;
	uint16_t address; /* real device number, or I/O port, for messages */
	/* At interruption time: look at the used rings. */
	void (*interrupt)(struct virtio *v);
	void *private; /* the driver's */
};

/* Makes queue number `index`. 0 or negative. */
int virtqueue_create(struct virtio *v, struct virtqueue *q, uint16_t index);
/* Fill descriptor n. */
void virtqueue_set(struct virtqueue *q, uint16_t n, const void *address, uint32_t length, uint16_t flags,
		   uint16_t next);
/* Hand the chain that begins at descriptor n to the device. */
void virtqueue_add(struct virtqueue *q, uint16_t n);
/* Tell it that there is something new. */
void virtqueue_notify(struct virtqueue *q);
/* Takes a finished chain: its first descriptor, and the number of bytes written; or -1. */
int virtqueue_take(struct virtqueue *q, uint32_t *length);

/* The driver of disks: sets the device up and registers it, or says that it cannot. */
void virtio_blk_create(struct virtio *v);

#endif
