/*
 * css.h - real devices behind the channel subsystem, as this port's drivers
 * see them.
 *
 * Two ways to use a device:
 *   real_run()    a task runs a channel program and sleeps until it has
 *                   ended (disks, set-up of anything);
 *   real_start()  starts one and returns; d->interrupt is called at
 *                   interruption time with the outcome (terminals).
 * Formats: z/Architecture Principles of Operation, chapters 13 to 16.
 */
#ifndef S390X_IO_CSS_H
#define S390X_IO_CSS_H

#include <cp/list.h>

/* Format-1 channel-command word. Must lie below 2 GiB, and its data too. */
struct ccw {
	uint8_t command, flags;
	uint16_t count;
	uint32_t address;
} __attribute__((aligned(8)));

#define CCW_CHAIN      0x40 /* another CCW follows */
#define CCW_ANY_LENGTH 0x20 /* a different length is no error (SLI) */

#define CCW_NOP      0x03
#define CCW_SENSE    0x04
#define CCW_SENSE_ID 0xe4

/* Subchannel-status word. */
struct scsw {
	uint32_t control;
	uint32_t ccw;
	uint8_t device_status, channel_status;
	uint16_t count; /* residual */
};

#define SCSW_DEFERRED_CC 0x03000000
#define SCSW_START       0x4000 /* function control: START SUBCHANNEL is what ended */
#define SCSW_HALT        0x2000
#define SCSW_CLEAR       0x1000
#define SCSW_FUNCTION    0x7000
#define SCSW_SECONDARY   0x04
#define SCSW_PENDING     0x01

/* Interruption-response block. */
struct irb {
	struct scsw scsw;
	uint32_t extended[21];
};

/* Subchannel-information block. */
struct schib {
	uint32_t parameter;
	uint32_t flags; /* ISC, enabled, valid, device number */
	uint32_t paths[5];
	struct scsw scsw;
	uint32_t model[3];
};

#define SCHIB_ENABLED 0x00800000
#define SCHIB_VALID   0x00010000

/* What SENSE ID answers. */
struct sense_id {
	uint8_t reserved;
	uint8_t cu_type[2]; /* at odd addresses: kept as bytes */
	uint8_t cu_model;
	uint8_t type[2];
	uint8_t model;
	uint8_t rest;
};

struct line;

struct real_device {
	struct list all;
	uint32_t id;      /* subchannel */
	uint16_t address; /* device number */
	struct sense_id sense_id;
	struct ccw sense_program;
	uint8_t sense[32]; /* of the last unit check that real_run() met */
	/* At interruption time, for everything real_run() did not ask for. NULL: nobody cares. */
	void (*interrupt)(struct real_device *d, const struct scsw *scsw);
	void *private; /* the driver's */
	/* real_run() */
	bool locked, running;
	struct scsw outcome;
};

/* Does SSCH. 0 started, 1 status was pending (served; try again later), 2 busy, 3 gone. */
int real_start(struct real_device *d, const struct ccw *program);
/* Sleeps until the program has ended well: 0; or has failed for good: negative. Retries what is worth it. */
int real_run(struct real_device *d, const struct ccw *program);
/* real_run() for one CCW, any length allowed. */
int real_command(struct real_device *d, uint8_t command, void *data, uint16_t count);
/* Is anything still to come from the subchannel? */
bool real_active(struct real_device *d);
/* One task at a time: around preparing a channel program, running it and reading its outcome. */
void real_lock(struct real_device *d);
void real_unlock(struct real_device *d);
/* Look at every subchannel, enable those with a device, ask who they are; then found() for each. Sleeps. */
void real_scan(void (*found)(struct real_device *d));

static inline uint16_t real_cu_type(const struct real_device *d)
{
	return (uint16_t)(d->sense_id.cu_type[0] << 8 | d->sense_id.cu_type[1]);
}

static inline uint16_t real_type(const struct real_device *d)
{
	return (uint16_t)(d->sense_id.type[0] << 8 | d->sense_id.type[1]);
}

/* Can a channel reach it with a 31-bit address? */
static inline bool channel_reaches(const void *p, size_t length)
{
	return (uint64_t)(uintptr_t)p + length <= 0x80000000ull;
}

static inline uint32_t channel_address(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

/* The drivers, by what SENSE ID says: probe.c. */
void fba_probe(struct real_device *d);
void tty3215_probe(struct real_device *d);
void virtio_blk_probe(struct real_device *d);
void virtio_serial_probe(struct real_device *d);
/* The SCLP console becomes line 0, unless another operator's line was found. */
void sclp_probe(void);
/* What the SCLP console has said so far is written to another operator's line. */
void sclp_repeat(struct line *l);

#endif
