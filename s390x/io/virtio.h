/*
 * virtio.h - virtio devices behind a channel (QEMU's virtio-ccw), revision 0.
 *
 * Source: Virtual I/O Device specification 1.0, section 4.3 and the legacy
 * notes in it.
 */
#ifndef S390X_IO_VIRTIO_H
#define S390X_IO_VIRTIO_H

#include <cp/virtio.h>
#include "css.h"

struct virtio_ccw {
	struct virtio virtio;
	struct real_device *device;
	uint64_t indicators;                          /* a bit for each queue, set by the device */
	uint64_t configuration;                       /* set when its configuration changed */
	uint8_t data[16] __attribute__((aligned(8))); /* of a CCW */
};

/* NULL: no storage that a channel reaches. */
struct virtio *virtio_create(struct real_device *d);

#endif
