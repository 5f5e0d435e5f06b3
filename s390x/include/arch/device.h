/*
 * device.h - the virtual subchannel of a virtual device.
 *
 * Owned by channel/subchannel.c. Source: PoP chapters 13-16.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <cp/types.h>

struct arch_device {
	uint32_t pmcw[7];
};

#endif
