/*
 * program.c - running a channel program: this is the channel.
 *
 * Owns: the order of operations (command chaining, status modifier, suspension), and the status in which a program ends. Before: ccw.c,
 * transfer.c, the device classes. After: START SUBCHANNEL, RESUME SUBCHANNEL, a device that can go on.
 * Heritage: DMKVIO (VIOEXEC) and the real channel behind it.
 * Source: Principles of Operation, chapters 15 and 16.
 * Simplification: a program runs to its end while its virtual CPU stands in START SUBCHANNEL; one that does not end after
 * 65,536 CCWs is ended with a program check.
 */
#include <cp/heap.h>
#include <cp/task.h>
#include "ccw.h"

#define STEPS_MAX   65536u
#define STEPS_YIELD 256u
#define DATA_NEAR   128u /* a card, a line: kept on the stack */

/* How the low bits of a command say which way data goes. */
enum direction { OUTPUT, INPUT };

static enum direction direction_of(uint8_t command)
{
	return command & 1 ? OUTPUT : INPUT;
}

/* What one CCW left: whether the program goes on, and where. */
enum step { STEP_CHAIN, STEP_END, STEP_WAIT, STEP_SUSPEND };

struct result {
	unsigned device; /* unit status */
	uint32_t residual;
};

/* The length was wrong, and neither the flags nor the kind of operation excuse it. */
static bool length_incorrect(const struct operation *o, const struct ccw *c, uint32_t residual)
{
	if (o->immediate || (o->status & ~STATUS_MODIFIER) != STATUS_ENDED)
		return false;
	if (c->flags & CCW_CHAIN_DATA)
		return true;
	return (residual || o->more) && !(c->flags & CCW_SUPPRESS_LENGTH);
}

static enum step fail(struct program *p, struct result *r, uint8_t channel, uint32_t residual)
{
	p->channel |= channel;
	r->residual = residual;
	return STEP_END;
}

/* The device has done its part: put input into storage, count, and see whether the chain goes on. */
static enum step finish(struct program *p, struct ccw *c, struct operation *o, struct result *r)
{
	uint32_t moved = o->done;
	uint8_t status = 0;

	r->device = o->status;
	if (direction_of(o->command) == INPUT && o->done)
		status = transfer_in(p, c, o->data, o->done, &moved);
	p->channel |= status;
	p->channel |= transfer_end(p, c, moved, &r->residual);
	if (!(p->channel & ~CHANNEL_PCI) && length_incorrect(o, c, r->residual))
		p->channel |= CHANNEL_INCORRECT_LENGTH;
	if ((p->channel & ~CHANNEL_PCI) || (o->status & ~STATUS_MODIFIER) != STATUS_ENDED)
		return STEP_END;
	return c->flags & CCW_CHAIN_COMMAND ? STEP_CHAIN : STEP_END;
}

static enum step execute(struct program *p, struct ccw *c, struct operation *o, struct result *r)
{
	uint8_t status = 0;
	int rc;

	if (direction_of(o->command) == OUTPUT) {
		uint32_t wanted = o->count;

		status = transfer_out(p, c, o->data, wanted, &o->count);
		if (status && o->count == 0) {
			r->device = STATUS_ENDED;
			return fail(p, r, status, c->count);
		}
	}
	rc = device_exec(p->d, o);
	if (rc == DEVICE_WAIT)
		return STEP_WAIT;
	if (rc < 0)
		return fail(p, r, CHANNEL_CONTROL_CHECK, c->count);
	p->channel |= status;
	return finish(p, c, o, r);
}

/* Execute the CCW at s->ccw; c is that CCW, or the last one used of its data chain. */
static enum step step(struct program *p, struct ccw *c, struct result *r)
{
	struct arch_device *s = &p->d->arch;
	struct operation o = {0};
	uint8_t status = ccw_current(p, s->ccw, s->first, c);
	uint8_t near[DATA_NEAR];
	uint32_t total;
	enum step next;

	*r = (struct result){0};
	if (status)
		return fail(p, r, status, 0);
	if (c->flags & CCW_SUSPEND && !(s->scsw[0] & SCSW_RESUME_PENDING))
		return STEP_SUSPEND;
	s->scsw[0] &= ~SCSW_RESUME_PENDING;
	if (++s->steps > STEPS_MAX)
		return fail(p, r, CHANNEL_PROGRAM_CHECK, c->count);
	if (!transfer_total(p, c, &total))
		return fail(p, r, CHANNEL_CHAINING_CHECK, c->count);
	o.command = c->command;
	o.first = s->first;
	o.chained = c->flags & CCW_CHAIN_COMMAND;
	o.count = total;
	o.data = total <= DATA_NEAR ? near : heap_alloc(total);
	if (!o.data)
		return fail(p, r, CHANNEL_CONTROL_CHECK, c->count);
	next = execute(p, c, &o, r);
	if (o.data != near)
		heap_free(o.data, total);
	if (next == STEP_CHAIN) {
		s->first = false;
		s->ccw = c->at + (o.status & STATUS_MODIFIER ? 16 : 8);
	}
	return next;
}

static void program_end(struct program *p, const struct ccw *c, const struct result *r)
{
	struct arch_device *s = &p->d->arch;
	uint32_t control = SCSW_PRIMARY | SCSW_SECONDARY;

	if ((p->channel & ~CHANNEL_PCI) || (r->device & ~STATUS_ENDED))
		control |= SCSW_ALERT;
	s->scsw[0] &= ~(SCSW_SUBCHANNEL_ACTIVE | SCSW_DEVICE_ACTIVE);
	s->scsw[1] = c->at + 8;
	s->scsw[2] = (s->scsw[2] & 0xffff0000u) | (r->residual & 0xffff);
	subchannel_status(p->d, control, r->device, p->channel);
}

/* Suspended: the subchannel is no longer active, and tells so unless the ORB suppresses it. */
static void program_suspend(struct program *p, const struct ccw *c)
{
	struct arch_device *s = &p->d->arch;

	s->scsw[0] &= ~(SCSW_SUBCHANNEL_ACTIVE | SCSW_DEVICE_ACTIVE);
	s->scsw[0] |= SCSW_SUSPENDED;
	s->scsw[1] = c->at + 8;
	s->ccw = c->at;
	if (!(p->orb & ORB_SUPPRESS_SUSPENDED) || p->channel)
		subchannel_status(p->d, SCSW_INTERMEDIATE, 0, p->channel);
}

/* A program that goes on for long lets others run, and is given up when its machine is about to be reset. */
static bool program_yield(struct program *p)
{
	if (p->d->arch.steps % STEPS_YIELD == STEPS_YIELD - 1)
		task_yield();
	return p->d->vm->requests & (REQUEST_RESET | REQUEST_CLEAR | REQUEST_IPL | REQUEST_LOGOFF);
}

void program_run(struct device *d)
{
	struct arch_device *s = &d->arch;
	struct program p = {.d = d, .key = s->orb[1] >> ORB_KEY_SHIFT, .orb = s->orb[1]};
	struct result r = {0};
	struct ccw c = {0};
	enum step next;

	device_hold(d);
	do {
		next = step(&p, &c, &r);
		if (next == STEP_CHAIN && program_yield(&p))
			next = fail(&p, &r, CHANNEL_CONTROL_CHECK, 0);
	} while (next == STEP_CHAIN);
	s->waiting = next == STEP_WAIT;
	if (next == STEP_END)
		program_end(&p, &c, &r);
	else if (next == STEP_SUSPEND)
		program_suspend(&p, &c);
	else if (p.channel & CHANNEL_PCI)
		subchannel_status(d, SCSW_INTERMEDIATE, 0, CHANNEL_PCI);
	if (next == STEP_END && d->class->ended)
		d->class->ended(d);
	device_release(d);
}
