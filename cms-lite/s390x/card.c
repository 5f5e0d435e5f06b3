/*
 * card.c - unit record: reader, punch, printer.
 *
 * Owns: the buffers that the channel reads and writes. Before it: channel.c. After it: READCARD, PUNCH, PRINT.
 * Heritage: CMS's DMSCIO, DMSPIO.
 *
 * Simplification: a card or a line is a channel program of its own.
 */
#include "port.h"

#define CCW_READ_CARD    0x02 /* read, feed, stacker 1 */
#define CCW_PUNCH_CARD   0x01
#define CCW_WRITE_SPACE  0x09 /* write, then space one line */
#define CCW_SKIP_TO_PAGE 0x8b /* to channel 1 of the carriage tape, at once */

static enum card_result run(uint16_t device, uint8_t command, void *data, size_t size)
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

enum card_result card_read(uint16_t device, uint8_t card[CARD])
{
	static uint8_t buffer[CARD];
	enum card_result result;

	memset(buffer, 0x40, CARD);
	result = run(device, CCW_READ_CARD, buffer, CARD);
	memcpy(card, buffer, CARD);
	return result;
}

enum card_result card_punch(uint16_t device, const uint8_t card[CARD])
{
	static uint8_t buffer[CARD];

	memcpy(buffer, card, CARD);
	return run(device, CCW_PUNCH_CARD, buffer, CARD);
}

enum card_result printer_write(uint16_t device, const char *text, size_t length, bool skip)
{
	static uint8_t buffer[PRINT_LINE];
	enum card_result result = CARD_DONE;

	if (length > PRINT_LINE)
		length = PRINT_LINE;
	memcpy(buffer, text, length);
	if (length == 0)
		buffer[length++] = ' ';
	text_to_machine(buffer, length);
	if (skip)
		result = run(device, CCW_SKIP_TO_PAGE, buffer, 1);
	return result == CARD_DONE ? run(device, CCW_WRITE_SPACE, buffer, length) : result;
}
