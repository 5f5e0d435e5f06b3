/*
 * card.c - one operation of reader, punch or printer: a channel program.
 *
 * Owns: what its end means. Before it: channel.c. After it: the other card.c, which all machines have.
 *
 * Simplification: a card or a line is a channel program of its own.
 */
#include "port.h"

enum card_result card_run(uint16_t device, uint8_t command, void *data, size_t size)
{
	const struct ccw program = {command, CCW_SLI, (uint16_t)size, address_of(data)};
	uint32_t subchannel = channel_find(device);
	struct channel_end end;

	if (!subchannel)
		return CARD_NO_DEVICE;
	end = channel_run(subchannel, &program);
	if (end.unit & UNIT_CHECK)
		return end.sense & SENSE_INTERVENTION ? CARD_EMPTY : CARD_ERROR;
	if (end.unit & UNIT_EXCEPTION)
		return CARD_END;
	return channel_good(&end) ? CARD_DONE : end.operational ? CARD_ERROR : CARD_NO_DEVICE;
}
