/*
 * card.c - unit record: reader, punch, printer.
 *
 * Owns: the buffers that cards and lines pass through, and the commands that move them. Before it: the machine's card.c, which has one
 * command carried out. After it: READCARD, PUNCH, PRINT. Heritage: CMS's DMSCIO, DMSPIO.
 *
 * Simplification: a card or a line is an operation of its own.
 */
#include "lib.h"
#include "machine.h"

#define COMMAND_READ_CARD    0x02 /* read, feed, stacker 1 */
#define COMMAND_PUNCH_CARD   0x01
#define COMMAND_WRITE_SPACE  0x09 /* write, then space one line */
#define COMMAND_SKIP_TO_PAGE 0x8b /* to channel 1 of the carriage tape, at once */

enum card_result card_read(uint16_t device, uint8_t card[CARD])
{
	static uint8_t buffer[CARD];
	enum card_result result;

	memset(buffer, ' ', CARD);
	text_to_machine(buffer, CARD);
	result = card_run(device, COMMAND_READ_CARD, buffer, CARD);
	memcpy(card, buffer, CARD);
	return result;
}

enum card_result card_punch(uint16_t device, const uint8_t card[CARD])
{
	static uint8_t buffer[CARD];

	memcpy(buffer, card, CARD);
	return card_run(device, COMMAND_PUNCH_CARD, buffer, CARD);
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
		result = card_run(device, COMMAND_SKIP_TO_PAGE, buffer, 1);
	return result == CARD_DONE ? card_run(device, COMMAND_WRITE_SPACE, buffer, length) : result;
}
