/*
 * ipl.c - initial program loading of a virtual machine.
 *
 * Owns: what the load clear and load normal keys do once the machine is reset: read 24 bytes to absolute 0 from the device, chain to the
 * channel-command word at 8, load the PSW at 0. Before: machine/vm.c, which resets. After: channel/program.c.
 * Source: Principles of Operation, chapter 17, "Channel-Subsystem-Initiated IPL". Heritage: DMKVMI, DMKCFG.
 * Simplification: LOADPARM and PARM are only kept, for DIAGNOSE X'308' and the virtual SCLP to tell.
 */
#include "../channel/channel.h"
#include <arch/instruction.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#define IPL_READ       0x02
#define IPL_COUNT      24
#define LOW_SUBCHANNEL 184         /* where the subsystem identification word is stored */
#define ORB_IPL        (PATH << 8) /* format-0 CCWs, key 0, the one path */

/* The implied CCW: READ 24 bytes to 0, suppress length, chain; the next one is fetched from 8. It stands at 0 only until the
 * data replaces it. */
static const uint8_t implied_ccw[8] = {IPL_READ, 0, 0,        0, CCW_CHAIN_COMMAND | CCW_SUPPRESS_LENGTH,
				       0,        0, IPL_COUNT};

static uint64_t doubleword(const uint8_t *p)
{
	uint64_t w = 0;

	for (int i = 0; i < 8; i++)
		w = w << 8 | p[i];
	return w;
}

static int cannot(struct vm *vm, const char *fmt, unsigned value)
{
	format(vm->reason, sizeof(vm->reason), fmt, value);
	return CP_CANNOT;
}

/* Run the chain. 0, or < 0 with the reason. */
static int load(struct vm *vm, struct device *d)
{
	struct arch_device *s = &d->arch;
	uint32_t status;

	s->pmcw[1] |= PMCW_ENABLED;
	s->orb[0] = 0;
	s->orb[1] = ORB_IPL;
	s->ccw = s->steps = 0;
	s->first = true;
	s->scsw[0] = SCSW_START | SCSW_SUBCHANNEL_ACTIVE | SCSW_DEVICE_ACTIVE;
	s->scsw[2] = 0;
	program_run(d);
	if (s->waiting) {
		arch_device_reset(d);
		return cannot(vm, "device %04X has nothing to load", d->vdev);
	}
	status = s->scsw[2] >> 16;
	subchannel_clear_status(d);
	if ((status & ~(uint32_t)CHANNEL_PCI) == STATUS_ENDED << 8)
		return 0;
	if (d->sense[0] & SENSE_INTERVENTION_REQUIRED)
		return cannot(vm, "device %04X is empty or not ready", d->vdev);
	return cannot(vm, "the loading channel program ended with status %04X", status);
}

/* The subchannel it came from, then the PSW that was loaded to 0. */
static int start(struct vm *vm, struct device *d)
{
	struct vcpu *v = vm->cpu[0];
	const uint8_t id[8] = {0, 1, (uint8_t)(d->arch.number >> 8), (uint8_t)d->arch.number};
	uint8_t at_zero[8];
	struct psw new;
	int rc = guest_write(vm, LOW_SUBCHANNEL, id, sizeof(id));

	if (rc == 0)
		rc = guest_read(vm, 0, at_zero, sizeof(at_zero));
	if (rc)
		return cannot(vm, "no real storage (%u)", (unsigned)-rc);
	new = psw_from_short(doubleword(at_zero));
	if (!psw_valid(v, &new))
		return cannot(vm, "device %04X is not IPLable: what stands at 0 is not a PSW", d->vdev);
	rc = psw_load(v, new);
	return rc < 0 ? cannot(vm, "no real storage (%u)", (unsigned)-rc) : 0;
}

int arch_vm_ipl(struct vm *vm)
{
	struct device *d = device_find(vm, vm->ipl.vdev);
	int rc;

	if (!d)
		return cannot(vm, "device %04X does not exist", vm->ipl.vdev);
	if (guest_write(vm, 0, implied_ccw, sizeof(implied_ccw)))
		return cannot(vm, "no real storage for device %04X", vm->ipl.vdev);
	device_hold(d);
	rc = load(vm, d);
	if (rc == 0)
		rc = start(vm, d);
	device_release(d);
	return rc;
}
