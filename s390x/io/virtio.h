/*
 * virtio.h - virtio devices behind a channel (QEMU's virtio-ccw), in their
 * first form: revision 0, where rings are big-endian like the machine.
 *
 * Source: Virtual I/O Device specification 1.0, section 4.3 and the legacy
 * notes in it.
 */
#ifndef S390X_IO_VIRTIO_H
#define S390X_IO_VIRTIO_H

#include "css.h"

struct virtio_descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

#define VIRTIO_NEXT  1 /* another descriptor follows */
#define VIRTIO_WRITE 2 /* the device writes here */

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

struct virtio {
	struct real_device *device;
	/* At interruption time: look at the used rings. */
	void (*interrupt)(struct virtio *v);
	void *private;
	uint64_t indicators;                          /* a bit for each queue, set by the device */
	uint64_t configuration;                       /* set when its configuration changed */
	uint8_t data[16] __attribute__((aligned(8))); /* of a CCW */
};

/* From reset to "driver": agrees on the wanted features that are offered, returned in *features. 0 or negative. */
int virtio_begin(struct virtio *v, struct real_device *d, uint32_t wanted, uint32_t *features);
/* length bytes of the configuration space. buf must be reachable by a channel. */
int virtio_configuration(struct virtio *v, void *buf, uint16_t length);
/* Makes queue number `index`. 0 or negative. */
int virtqueue_create(struct virtio *v, struct virtqueue *q, uint16_t index);
/* Interruptions on, device ready. */
int virtio_ready(struct virtio *v);

/* Fill descriptor n. */
void virtqueue_set(struct virtqueue *q, uint16_t n, const void *address, uint32_t length, uint16_t flags,
		   uint16_t next);
/* Hand the chain that begins at descriptor n to the device. */
void virtqueue_add(struct virtqueue *q, uint16_t n);
/* Tell it that there is something new. */
void virtqueue_notify(struct virtqueue *q);
/* Takes a finished chain: its first descriptor, and the number of bytes written; or -1. */
int virtqueue_take(struct virtqueue *q, uint32_t *length);

#endif
