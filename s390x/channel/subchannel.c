/*
 * subchannel.c - the subchannel each virtual device hangs on.
 *
 * Owns: struct arch_device: its path-management word, its status, and the unsolicited status a device offers. Before: program.c, which
 * leaves the status here. After: instruction.c, which shows it to the guest.
 * Heritage: VCUBLOK and VCHBLOK became one thing in the XA channel subsystem.
 * Simplification: one channel path (0) and one channel-subsystem image for all devices.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>
#include <arch/instruction.h>
#include "channel.h"

struct device *subchannel_find(struct vm *vm, uint32_t id)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (subchannel_id(d) == id)
			return d;
	return NULL;
}

bool subchannel_operational(const struct device *d)
{
	return d && (d->arch.pmcw[1] & (PMCW_VALID | PMCW_ENABLED)) == (PMCW_VALID | PMCW_ENABLED);
}

/* Machine-wide count first: the interruption deliverer looks at it before every entry into the guest. */
void subchannel_interruption(struct device *d, bool pending)
{
	struct arch_device *s = &d->arch;

	if (s->interruption == pending)
		return;
	s->interruption = pending;
	d->vm->arch.io_pending += pending ? 1 : -1;
	if (pending)
		io_interrupt_changed(d->vm);
}

/* Status becomes pending: control says which kinds. Function and activity control are the caller's. */
void subchannel_status(struct device *d, uint32_t control, uint8_t device, uint8_t channel)
{
	struct arch_device *s = &d->arch;
	uint32_t old = s->scsw[0] & SCSW_PENDING ? s->scsw[2] & 0xffff0000u : 0;

	/* An intermediate status that was not yet tested for is merged into the final one. */
	s->scsw[2] = (s->scsw[2] & 0xffff) | old | (uint32_t)device << 24 | (uint32_t)channel << 16;
	s->scsw[0] |= control | SCSW_PENDING;
	if ((device & STATUS_UNIT_CHECK) && (s->pmcw[6] & PMCW6_CONCURRENT_SENSE)) {
		s->sense_valid = true;
		s->scsw[0] |= SCSW_EXTENDED;
	}
	subchannel_interruption(d, true);
}

void subchannel_present(struct device *d)
{
	struct arch_device *s = &d->arch;

	if (!s->unsolicited || !subchannel_operational(d) || (s->scsw[0] & (SCSW_FUNCTION | SCSW_PENDING)))
		return;
	s->scsw[0] = 0;
	s->scsw[1] = s->scsw[2] = 0;
	subchannel_status(d, SCSW_ALERT, s->unsolicited, 0);
	s->unsolicited = 0;
}

void subchannel_clear_status(struct device *d)
{
	struct arch_device *s = &d->arch;
	uint32_t status = s->scsw[0] & SCSW_STATUS;

	subchannel_interruption(d, false);
	s->scsw[0] &= ~(SCSW_STATUS | SCSW_EXTENDED);
	s->scsw[2] = 0;
	if (s->sense_valid)
		memset(d->sense, 0, sizeof(d->sense));
	s->sense_valid = false;
	/* After intermediate status alone the program goes on: its functions stay. */
	if (status != (SCSW_INTERMEDIATE | SCSW_PENDING)) {
		s->scsw[0] &= ~(SCSW_FUNCTION | SCSW_ACTIVITY);
		subchannel_present(d);
	}
}

void subchannel_schib(const struct device *d, uint32_t schib[13])
{
	memset(schib, 0, 13 * sizeof(*schib));
	/* A number without a device: valid to ask for, but its device number is not. */
	if (!d)
		return;
	memcpy(schib, d->arch.pmcw, sizeof(d->arch.pmcw));
	memcpy(schib + 7, d->arch.scsw, sizeof(d->arch.scsw));
}

/* Interruption-response block: SCSW, extended-status word (format 1: the path used), extended-control word (sense). */
void subchannel_irb(struct device *d, uint32_t irb[16])
{
	const struct arch_device *s = &d->arch;

	memset(irb, 0, 16 * sizeof(*irb));
	memcpy(irb, s->scsw, sizeof(s->scsw));
	irb[3] = PATH << 16;
	if (s->sense_valid) {
		irb[4] = 0x01000000u | (uint32_t)d->class->sense_size << 16;
		for (unsigned n = 0; n < SENSE_MAX; n++)
			irb[8 + n / 4] |= (uint32_t)d->sense[n] << (24 - 8 * (n % 4));
	}
}

/* ---- what the nucleus calls ---------------------------------------------- */

/* The lowest number that is free: numbers of detached devices are used again. */
static uint16_t free_number(struct vm *vm)
{
	for (uint16_t n = 0; n < vm->arch.next_subchannel; n++)
		if (!subchannel_find(vm, 0x00010000u | n))
			return n;
	return vm->arch.next_subchannel++;
}

static void initialize(struct device *d)
{
	struct arch_device *s = &d->arch;

	*s = (struct arch_device){.number = s->number};
	s->pmcw[1] = PMCW_VALID | d->vdev;
	s->pmcw[2] = PATH << 24 | PATH; /* logical path mask, installed */
	s->pmcw[3] = 0xff00u | PATH;    /* operational, available */
}

/* Before it runs, and while it is being built, a machine finds its devices by looking. */
static bool hears(const struct vm *vm)
{
	return vm->loaded || !vm->stopped;
}

void arch_device_create(struct device *d)
{
	/* Already on its machine's list: keep its own number out of the search. */
	d->arch.number = UINT16_MAX;
	d->arch.number = free_number(d->vm);
	initialize(d);
	if (hears(d->vm))
		report_post(d->vm, d->arch.number);
}

void arch_device_destroy(struct device *d)
{
	subchannel_interruption(d, false);
	if (hears(d->vm))
		report_post(d->vm, d->arch.number);
}

/* I/O-system reset: disabled, and nothing under way or pending. */
void arch_device_reset(struct device *d)
{
	subchannel_interruption(d, false);
	initialize(d);
}

/* Linux looks for just these words: arch/s390/kernel/setup.c, conmode_default(). */
void arch_device_place(const struct device *d, char *text, size_t size)
{
	format(text, size, "SUBCHANNEL = %04X", d->arch.number);
}

void arch_device_ready(struct device *d)
{
	if (!d->arch.waiting)
		return;
	d->arch.waiting = false;
	program_run(d);
}

void arch_device_attention(struct device *d, uint8_t status)
{
	d->arch.unsolicited |= status;
	subchannel_present(d);
}

/* ---- what is kept --------------------------------------------------------- */

/* Numbers are taken by nobody else, and by this device; a program was started by an ORB that START SUBCHANNEL takes. */
static bool possible(struct device *d)
{
	const struct arch_device *s = &d->arch;

	return s->number < d->vm->arch.next_subchannel && subchannel_find(d->vm, subchannel_id(d)) == d &&
	       (s->pmcw[1] & (PMCW_VALID | PMCW_NUMBER)) == (PMCW_VALID | d->vdev) &&
	       !(s->orb[1] & ORB_RESERVED);
}

bool subchannels_loaded(struct vm *vm)
{
	struct device *d;

	vm->arch.io_pending = 0;
	list_for_each(d, &vm->devices, list) {
		if (!possible(d))
			return false;
		vm->arch.io_pending += d->arch.interruption;
	}
	return true;
}

const struct state_field arch_device_state[] = {
	STATE_ARRAY(struct arch_device, pmcw, "PMCW", 0, 1),
	STATE_ARRAY(struct arch_device, scsw, "SCSW", 0, 2),
	STATE_ARRAY(struct arch_device, orb, "ORB", 0, 3),
	STATE_FIELD(struct arch_device, ccw, "CCW", 0, 4),
	STATE_FIELD(struct arch_device, steps, "STEPS", 0, 5),
	STATE_FLAG(struct arch_device, first, "FIRST", 6),
	STATE_FLAG(struct arch_device, waiting, "WAITING", 7),
	STATE_FLAG(struct arch_device, interruption, "PENDING", 8),
	STATE_FLAG(struct arch_device, sense_valid, "SENSEVALID", 10),
	STATE_FIELD(struct arch_device, unsolicited, "UNSOLICITED", 0, 11),
	STATE_FIELD(struct arch_device, number, "NUMBER", 0, 12),
	STATE_END,
	STATE_END,
};
