/*
 * css.c - the real channel subsystem: finding devices, starting channel
 * programs, and the interruptions that tell how they ended.
 *
 * Before it: the first-level I/O interruption handler, which calls
 * io_interrupt(). After it: the drivers (fba.c, tty3215.c, virtio.c).
 * A disk error is tried again here, so that no driver has its own idea of
 * how often; a driver sees an operation that worked, or one that did not.
 * Known simplification: one channel program at a time for each device, no
 * path management, no channel reports (a device that comes later is not seen).
 * Heritage: DMKIOS, DMKIOE (error recovery), RDEVBLOK.
 */
#include <arch/io.h>
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include "css.h"

#define SUBCHANNEL_FIRST 0x00010000u
#define SUBCHANNEL_LIMIT 0x10000u
#define RUN_TRIES        5
#define RUN_LIMIT        (30 * TOD_SECOND) /* a disk that says nothing for so long has failed */
#define RUN_LOOK         (100 * TOD_MILLISECOND)
#define CHANNEL_MAY_PASS 0x0e /* data, control and interface-control checks */
#define RUN_PAUSE        (20 * TOD_MILLISECOND)

/* Operation-request block. */
struct orb {
	uint32_t parameter;
	uint32_t control; /* 0x00800000: format-1 CCWs; 0xff00: any path */
	uint32_t program;
	uint32_t reserved[5];
};

#define ORB_CONTROL 0x0080ff00u

static struct list devices = LIST_INIT(devices);

/* ---- the instructions ------------------------------------------------------ */

static int store_subchannel(uint32_t id, struct schib *schib)
{
	register uint64_t r1 __asm__("1") = id;
	int cc;

	__asm__ volatile("stsch %1\n ipm %0\n srl %0,28" : "=d"(cc), "=Q"(*schib) : "d"(r1) : "cc", "memory");
	return cc;
}

static int modify_subchannel(uint32_t id, const struct schib *schib)
{
	register uint64_t r1 __asm__("1") = id;
	int cc;

	__asm__ volatile("msch %2\n ipm %0\n srl %0,28" : "=d"(cc) : "d"(r1), "Q"(*schib) : "cc", "memory");
	return cc;
}

static int start_subchannel(uint32_t id, const struct orb *orb)
{
	register uint64_t r1 __asm__("1") = id;
	int cc;

	__asm__ volatile("ssch %2\n ipm %0\n srl %0,28" : "=d"(cc) : "d"(r1), "Q"(*orb) : "cc", "memory");
	return cc;
}

static int test_subchannel(uint32_t id, struct irb *irb)
{
	register uint64_t r1 __asm__("1") = id;
	int cc;

	__asm__ volatile("tsch %1\n ipm %0\n srl %0,28" : "=d"(cc), "=Q"(*irb) : "d"(r1) : "cc", "memory");
	return cc;
}

static int clear_subchannel(uint32_t id)
{
	register uint64_t r1 __asm__("1") = id;
	int cc;

	__asm__ volatile("csch\n ipm %0\n srl %0,28" : "=d"(cc) : "d"(r1) : "cc", "memory");
	return cc;
}

/* ---- interruptions ----------------------------------------------------------- */

static struct real_device *real_find(uint32_t id)
{
	struct real_device *d;

	list_for_each(d, &devices, all) {
		if (d->id == id)
			return d;
	}
	return NULL;
}

/* Channel end may come before device end: the program is over when the second is there, or an error. */
static void run_interrupt(struct real_device *d, const struct scsw *scsw)
{
	d->outcome.control = scsw->control;
	d->outcome.device_status |= scsw->device_status;
	d->outcome.channel_status |= scsw->channel_status;
	if (scsw->ccw)
		d->outcome.count = scsw->count;
	if (!(scsw->control & (SCSW_SECONDARY | SCSW_CLEAR | SCSW_DEFERRED_CC)) && !scsw->channel_status)
		return;
	d->running = false;
	task_wake(d);
}

/* Takes the status off the subchannel, and gives it to whoever it is for. */
static void real_serve(struct real_device *d)
{
	struct irb irb;

	if (test_subchannel(d->id, &irb) != 0)
		return;
	if (d->running && (irb.scsw.control & SCSW_FUNCTION))
		run_interrupt(d, &irb.scsw);
	else if (d->interrupt)
		d->interrupt(d, &irb.scsw);
}

void io_interrupt(uint32_t subchannel_id, uint32_t parameter)
{
	struct real_device *d = real_find(subchannel_id);
	struct irb irb;

	(void)parameter;
	if (d)
		real_serve(d);
	else
		test_subchannel(subchannel_id, &irb); /* not ours: only take it away */
}

bool real_active(struct real_device *d)
{
	struct schib schib;

	if (store_subchannel(d->id, &schib) != 0)
		return false;
	return schib.scsw.control & (SCSW_FUNCTION | SCSW_PENDING);
}

/* ---- channel programs ---------------------------------------------------------- */

int real_start(struct real_device *d, const struct ccw *program)
{
	struct orb orb = {.control = ORB_CONTROL, .program = channel_address(program)};
	int cc;

	if (!channel_reaches(program, sizeof(*program)))
		return 3;
	cc = start_subchannel(d->id, &orb);
	if (cc == 1)
		real_serve(d);
	return cc;
}

void real_lock(struct real_device *d)
{
	while (d->locked)
		task_sleep(&d->locked);
	d->locked = true;
}

void real_unlock(struct real_device *d)
{
	d->locked = false;
	task_wake(&d->locked);
}

/*
 * Sleeps until run_interrupt() says it is over. Now and then it looks
 * whether the subchannel still works on it: Hercules forgets what a 3215
 * was doing when somebody connects, and no interruption would ever come.
 * 0 over, 1 forgotten, negative: silent for too long, given up.
 */
static int run_wait(struct real_device *d)
{
	tod_t limit = arch_clock() + RUN_LIMIT;

	while (d->running) {
		tod_t now = arch_clock();

		if (task_sleep_until(d, now + RUN_LOOK) || !d->running)
			continue;
		if (real_active(d) && now < limit)
			continue;
		d->running = false;
		if (now < limit)
			return 1;
		clear_subchannel(d->id);
		return -1;
	}
	return 0;
}

static void run_pause(struct real_device *d)
{
	tod_t due = arch_clock() + RUN_PAUSE;

	while (task_sleep_until(&d->outcome, due))
		;
}

/* One attempt: 0 well, 1 worth another try, 2 the device has something to say (SENSE), negative not worth it. */
static int run_once(struct real_device *d, const struct ccw *program)
{
	int cc;

	memset(&d->outcome, 0, sizeof(d->outcome));
	d->running = true;
	cc = real_start(d, program);
	if (cc) {
		d->running = false;
		return cc == 3 ? -1 : 1;
	}
	cc = run_wait(d);
	if (cc)
		return cc;
	if (d->outcome.control & SCSW_DEFERRED_CC)
		return (d->outcome.control & SCSW_DEFERRED_CC) == SCSW_DEFERRED_CC ? -1 : 1;
	if (d->outcome.device_status & STATUS_UNIT_CHECK)
		return 2;
	if (d->outcome.channel_status)
		return d->outcome.channel_status & CHANNEL_MAY_PASS ? 1 : -1;
	return d->outcome.device_status & STATUS_BUSY ? 1 : 0;
}

/* After a unit check: SENSE, then decide. A command the device does not know will not become known. */
static int run_recover(struct real_device *d)
{
	int rc;

	memset(d->sense, 0, sizeof(d->sense));
	d->sense_program =
		(struct ccw){CCW_SENSE, CCW_ANY_LENGTH, sizeof(d->sense), channel_address(d->sense)};
	rc = run_once(d, &d->sense_program);
	if (rc || d->sense[0] & (SENSE_COMMAND_REJECT | SENSE_INTERVENTION_REQUIRED))
		return -1;
	return 1;
}

int real_run(struct real_device *d, const struct ccw *program)
{
	for (int tries = 0; tries < RUN_TRIES; tries++) {
		int rc = run_once(d, program);

		if (rc == 2) {
			struct scsw failed = d->outcome;

			rc = run_recover(d);
			d->outcome = failed;
		}
		if (rc <= 0)
			return rc;
		run_pause(d);
	}
	return -1;
}

int real_command(struct real_device *d, uint8_t command, void *data, uint16_t count)
{
	static struct ccw program; /* probing is one task's work, so one is enough */

	if (!channel_reaches(data, count))
		return -1;
	program = (struct ccw){command, CCW_ANY_LENGTH, count, channel_address(data)};
	return real_run(d, &program);
}

/* ---- finding devices -------------------------------------------------------------- */

static bool real_identify(struct real_device *d)
{
	static struct sense_id answer __attribute__((aligned(8)));

	memset(&answer, 0, sizeof(answer));
	if (real_command(d, CCW_SENSE_ID, &answer, sizeof(answer)) < 0)
		return false;
	d->sense_id = answer;
	return answer.reserved == 0xff;
}

static bool real_enable(uint32_t id, struct schib *schib)
{
	schib->flags |= SCHIB_ENABLED;
	return modify_subchannel(id, schib) == 0;
}

static void real_create(uint32_t id, uint16_t address, void (*found)(struct real_device *d))
{
	struct real_device *d = heap_alloc(sizeof(*d));

	if (!d || !channel_reaches(d, sizeof(*d)))
		return;
	d->id = id;
	d->address = address;
	list_append(&devices, &d->all);
	if (real_identify(d))
		found(d);
}

void real_scan(void (*found)(struct real_device *d))
{
	struct schib schib;

	for (uint32_t n = 0; n < SUBCHANNEL_LIMIT; n++) {
		if (store_subchannel(SUBCHANNEL_FIRST + n, &schib) != 0)
			break;
		if (schib.flags & SCHIB_VALID && real_enable(SUBCHANNEL_FIRST + n, &schib))
			real_create(SUBCHANNEL_FIRST + n, (uint16_t)schib.flags, found);
	}
}
