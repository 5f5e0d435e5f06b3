/*
 * card.c - reader, punch and printer: CP's, one operation a DIAGNOSE.
 *
 * Owns: the operation's list. Before it: diagnose.c. After it: READCARD, PUNCH, PRINT.
 *
 * Simplification: without CP there are none.
 */
#include "port.h"

#define COMMAND_READ_CARD    0x02
#define COMMAND_PUNCH_CARD   0x01
#define COMMAND_WRITE_SPACE  0x09 /* print, then space one line */
#define COMMAND_SKIP_TO_PAGE 0x8b /* to channel 1 of the carriage tape, at once */

#define CC_DEVICE 1 /* there is none, or it is busy */

static enum card_result run(uint16_t device, uint8_t command, void *data, size_t size)
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

enum card_result card_read(uint16_t device, uint8_t card[CARD])
{
	static uint8_t buffer[CARD];
	enum card_result result;

	memset(buffer, ' ', CARD);
	result = run(device, COMMAND_READ_CARD, buffer, CARD);
	memcpy(card, buffer, CARD);
	return result;
}

enum card_result card_punch(uint16_t device, const uint8_t card[CARD])
{
	static uint8_t buffer[CARD];

	memcpy(buffer, card, CARD);
	return run(device, COMMAND_PUNCH_CARD, buffer, CARD);
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
	if (skip)
		result = run(device, COMMAND_SKIP_TO_PAGE, buffer, 1);
	return result == CARD_DONE ? run(device, COMMAND_WRITE_SPACE, buffer, length) : result;
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
