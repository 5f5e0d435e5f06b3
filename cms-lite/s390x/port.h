/*
 * port.h - what the files of the s390x machine layer share.
 *
 * Owns: channel programs, the DIAGNOSE wrappers, wait. Before it: start.S. After it: console.c, disk.c, card.c, run.c.
 *
 * Simplification: format-1 CCWs with real addresses; one operation at a time in the whole machine.
 */
#ifndef CMS_S390X_PORT_H
#define CMS_S390X_PORT_H

#include "../diagnose.h"
#include "../lib.h"
#include "lowcore.h"

/* ---- wait (start.S, machine.c) ------------------------------------------------------------------------------------ */

int wait_enabled(uint64_t mask);
int storage_probe(uint64_t address);

/* Wait for an I/O interruption (or, with external, for one of the two): its class. The time is not counted as used. */
int machine_wait(bool external);

/* ---- channel (channel.c) ------------------------------------------------------------------------------------------ */

struct ccw {
	uint8_t command;
	uint8_t flags;
	uint16_t count;
	uint32_t address;
};

#define CCW_CHAIN_DATA    0x80
#define CCW_CHAIN_COMMAND 0x40
#define CCW_SLI           0x20

#define CCW_SENSE    0x04
#define CCW_SENSE_ID 0xe4

/* Unit status. */
#define UNIT_ATTENTION   0x80
#define UNIT_CHANNEL_END 0x08
#define UNIT_DEVICE_END  0x04

#define SENSE_REJECT 0x80

struct channel_end {
	bool operational;
	uint8_t unit;       /* unit status */
	uint8_t subchannel; /* subchannel status; incorrect length is X'40' */
	uint16_t residual;
	uint8_t sense; /* first sense byte, when unit has UNIT_CHECK */
};

/* The subchannel of a device number, enabled; 0 when there is none. */
uint32_t channel_find(uint16_t device);

/* Look at every device: the first for which test is true, as a subchannel; 0 when none is. */
uint32_t channel_search(bool (*test)(uint32_t subchannel));

/* Run a channel program to its end. */
struct channel_end channel_run(uint32_t subchannel, const struct ccw *program);

/* Did it end well: no check, no error? */
bool channel_good(const struct channel_end *end);

/* Look at the device of the last I/O interruption, which is not ours: attention of the console is remembered. */
void channel_unsolicited(uint32_t subchannel);

static inline uint32_t address_of(const volatile void *data)
{
	return (uint32_t)(uintptr_t)data;
}

/* ---- console (console.c) ------------------------------------------------------------------------------------------- */

bool console_start(void);
uint32_t console_subchannel(void);
void console_attention(void); /* somebody wants to type */
bool console_wanted(void);    /* has attention been asked for, since the last read? */

/* ---- run (run.c) -------------------------------------------------------------------------------------------------------- */

void nucleus_check(void) __attribute__((noreturn));
void program_interrupted(int class);

void cms_main(void);

#endif
