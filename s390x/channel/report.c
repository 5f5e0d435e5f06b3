/*
 * report.c - channel reports: how a running guest learns that a device has come or gone.
 *
 * Owns: the queue of channel-report words (CRWs) of a machine. Before: subchannel.c, which posts one for each device that is made or
 * unmade while the machine runs. After: STORE CHANNEL REPORT WORD; instruction/machine_check.c, which interrupts for them.
 * Source: Principles of Operation, chapter 17, "Channel report".
 * Heritage: none in VM/370, whose guests were told by an unsolicited device end.
 * Simplification: a CRW says only which subchannel to look at; STORE SUBCHANNEL tells what has become of it.
 */
#include <arch/instruction.h>
#include "channel.h"

#define CRW_LOST       0x20000000u /* R: reports after this one have been lost */
#define CRW_SUBCHANNEL 0x03000000u /* reporting source */
#define CRW_INSTALLED  0x00040000u /* error-recovery code: installed parameters initialized */

void report_post(struct vm *vm, uint16_t subchannel)
{
	struct channel_reports *r = &vm->arch.reports;

	if (r->count == REPORTS_MAX)
		r->lost = true;
	else
		r->subchannel[r->count++] = subchannel;
	r->interruption = true;
	io_interrupt_changed(vm);
}

bool report_first(const struct vm *vm, uint32_t *crw)
{
	const struct channel_reports *r = &vm->arch.reports;

	*crw = 0;
	if (!r->count)
		return false;
	*crw = CRW_SUBCHANNEL | CRW_INSTALLED | r->subchannel[0];
	if (r->lost && r->count == 1)
		*crw |= CRW_LOST;
	return true;
}

/* With the last report its interruption goes, too, if the guest asked before it came. */
void report_taken(struct vm *vm)
{
	struct channel_reports *r = &vm->arch.reports;

	r->count--;
	for (unsigned n = 0; n < r->count; n++)
		r->subchannel[n] = r->subchannel[n + 1];
	if (!r->count)
		r->lost = r->interruption = false;
}

void report_reset(struct vm *vm)
{
	vm->arch.reports = (struct channel_reports){0};
}
