/*
 * card.c - reader, punch and printer: CP's, one operation a DIAGNOSE.
 *
 * Owns: the operation's list. Before it: diagnose.c. After it: the other card.c, which all machines have.
 *
 * Simplification: without CP there are none.
 */
#include "port.h"

#define CC_DEVICE 1 /* there is none, or it is busy */

enum card_result card_run(uint16_t device, uint8_t command, void *data, size_t size)
{
	static struct operation list;
	struct diagnose_registers r = {.x = (uintptr_t)&list};
	int cc;

	if (!machine_is_virtual())
		return CARD_NO_DEVICE;
	list = (struct operation){.device = device,
				  .command = command,
				  .buffer = (uint32_t)(uintptr_t)data,
				  .count = (uint32_t)size};
	cc = machine_diagnose(DIAGNOSE_OPERATION, &r);
	if (cc == 0)
		return CARD_DONE;
	if (list.unit_status & UNIT_CHECK)
		return list.sense[0] & SENSE_INTERVENTION ? CARD_EMPTY : CARD_ERROR;
	if (list.unit_status & UNIT_EXCEPTION)
		return CARD_END;
	return cc == CC_DEVICE ? CARD_NO_DEVICE : CARD_ERROR;
}

/* Text is ASCII everywhere on this machine. */
void text_from_machine(void *data, size_t size)
{
	(void)data, (void)size;
}

void text_to_machine(void *data, size_t size)
{
	(void)data, (void)size;
}
