/*
 * device.h - what the hosted port remembers of a virtual device: what it was told.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <cp/types.h>

struct arch_device {
	uint16_t number;
	unsigned created, resets, ready, attentions;
	uint8_t status; /* of the last attention */
};

#endif
