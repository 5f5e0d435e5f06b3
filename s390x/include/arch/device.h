/*
 * device.h - the virtual subchannel of a virtual device.
 *
 * Owned by channel/subchannel.c. The words are as STORE SUBCHANNEL and TEST
 * SUBCHANNEL show them; the rest is the position of the channel program, so
 * that a program waiting for its device lives here and on no stack.
 * Source: PoP chapters 13 to 17.
 */
#ifndef ARCH_DEVICE_H
#define ARCH_DEVICE_H

#include <cp/types.h>

struct arch_device {
	uint16_t number; /* of the subchannel; its id is 0x00010000 + this */
	uint32_t pmcw[7];
	uint32_t scsw[3];    /* [0] flags and control, [1] CCW address, [2] status and count */
	uint32_t orb[2];     /* interruption parameter; flags of the ORB */
	uint32_t ccw;        /* address of the CCW to execute next, or waiting */
	uint32_t steps;      /* CCWs executed by this program */
	bool first;          /* the next operation is the first of its program */
	bool waiting;        /* the device waits for somebody; device_ready() goes on at ccw */
	bool interruption;   /* an I/O interruption is pending */
	bool sense_valid;    /* concurrent sense goes into the next IRB */
	uint8_t unsolicited; /* attention and device end not yet presented */
};

#endif
