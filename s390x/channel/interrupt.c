/*
 * interrupt.c - which I/O interruption comes next.
 *
 * Owns: the order among subchannels with an interruption pending: interruption subclass 0 first, then the device list's order.
 * Before: subchannel.c. After: the interruption deliverer, TEST PENDING INTERRUPTION.
 * Heritage: DMKDSP's unstacking of IOBLOKs.
 * Simplification: the devices are searched; a machine has few, and io_pending tells when there is nothing to find.
 */
#include <arch/instruction.h>
#include "channel.h"

static unsigned subclass(const struct device *d)
{
	return (d->arch.pmcw[1] & PMCW_ISC) >> PMCW_ISC_SHIFT;
}

struct device *interruption_next(struct vm *vm, uint64_t cr6)
{
	struct device *d, *best = NULL;

	if (!vm->arch.io_pending)
		return NULL;
	list_for_each(d, &vm->devices, list)
		if (d->arch.interruption && (cr6 & (0x80000000u >> subclass(d))) &&
		    (!best || subclass(d) < subclass(best)))
			best = d;
	return best;
}

void interruption_identify(const struct device *d, uint32_t id[3])
{
	id[0] = subchannel_id(d);
	id[1] = d->arch.pmcw[0];
	id[2] = d->arch.pmcw[1] & PMCW_ISC;
}

int channel_interruption(struct vm *vm, uint64_t cr6, bool take, struct io_interruption *io)
{
	struct device *d = interruption_next(vm, cr6);
	uint32_t id[3];

	if (!d)
		return 0;
	interruption_identify(d, id);
	if (io)
		*io = (struct io_interruption){.id = id[0], .parameter = id[1], .word = id[2]};
	/* The status stays pending: only TEST SUBCHANNEL clears it. */
	if (take)
		subchannel_interruption(d, false);
	return 1;
}
