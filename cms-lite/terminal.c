/*
 * terminal.c - lines on the console, and the message catalogue.
 *
 * Owns: the texts of all messages. Before it: console_write. After it: every command.
 *
 * A message is DMS, three letters for the module, a number, a letter for the severity (E error, I information,
 * R response wanted, S severe, T terminates, W warning), and text. Numbers and shapes are VM's where VM has the same message.
 *
 * Simplification: no SET EMSG: code and text are always written.
 */
#include "cms.h"

struct text {
	uint16_t number;
	char severity;
	int rc;
	const char *text;
};

static const struct text texts[MSG_COUNT] = {
	[MSG_NOT_FOUND] = {2, 'E', 28, "File %s not found"},
	[MSG_BAD_OPTION] = {3, 'E', 24, "Invalid option: %s"},
	[MSG_EXISTS] = {24, 'E', 28, "File %s already exists; specify REPLACE"},
	[MSG_NO_READ_DISK] = {69, 'E', 36, "Filemode %c not accessed"},
	[MSG_READ_ONLY] = {37, 'E', 36, "Filemode %c(%03X) is accessed as read/only"},
	[MSG_BAD_MODE] = {48, 'E', 24, "Invalid filemode %s"},
	[MSG_INCOMPLETE] = {54, 'E', 24, "Incomplete fileid specified"},
	[MSG_BAD_NAME] = {62, 'E', 20, "Invalid character in fileid %s, or more than 8 of them"},
	[MSG_NO_FUNCTION] = {47, 'E', 24, "No operands specified; HELP shows them"},
	[MSG_BAD_PARAMETER] = {70, 'E', 24, "Invalid parameter %s"},
	[MSG_NOT_ACCESSED] = {69, 'E', 36, "Filemode %c not accessed"},
	[MSG_DISK_ERROR] = {112, 'S', 100, "Disk %c(%03X) error: %s"},
	[MSG_DISK_FULL] = {107, 'S', 13, "Disk %c(%03X) is full"},
	[MSG_DISK_MISSING] = {113, 'S', 100, "Device %c(%03X) not attached, or not a disk"},
	[MSG_NOT_FORMATTED] = {114, 'S', 88, "%c(%03X) is not formatted; use the FORMAT command"},
	[MSG_DAMAGED] = {112, 'S', 88, "%c(%03X): the file system is damaged"},
	[MSG_TOO_SMALL] = {115, 'E', 24, "%c(%03X) is too small: a disk needs %u blocks"},
	[MSG_NOT_ATTACHED] = {40, 'E', 36, "Device %03X does not exist"},
	[MSG_DEVICE_ERROR] = {124, 'S', 100, "Error on device %03X"},
	[MSG_READER_EMPTY] = {124, 'S', 8, "Reader empty or not ready"},
	[MSG_NO_HEADER] = {205, 'E', 24,
			   "The deck has no :READ card with its name; READCARD fn ft gives it one"},
	[MSG_DECK_HELD] = {206, 'I', 0, "The deck is held in the reader; CHANGE READER ALL NOHOLD frees it"},
	[MSG_RECORD_LENGTH] = {44, 'E', 32, "Record exceeds allowable maximum of %u characters"},
	[MSG_TOO_LONG] = {88, 'E', 24, "Line longer than %u characters, or of too many words"},
	[MSG_BAD_MODULE] = {109, 'S', 104, "%s cannot be loaded: %s"},
	[MSG_NOT_LOADED] = {21, 'E', 28, "No program is loaded; use the LOAD command"},
	[MSG_PROGRAM_CHECK] = {141, 'T', 141, "%s exception occurred at %08lX in program %s"},
	[MSG_EXECUTION] = {740, 'I', 0, "Execution begins..."},
	[MSG_NESTED] = {105, 'E', 24, "EXECs are nested more than %u deep"},
	[MSG_NO_CP] = {45, 'E', 1, "There is no CP here: this is not a virtual machine"},
	[MSG_NOT_IN_EXEC] = {106, 'E', 24, "%s cannot be used in an EXEC"},
	[MSG_TOO_MANY_DISKS] = {108, 'E', 36, "More than %u disks cannot be accessed"},
	[MSG_UNKNOWN_COMMAND] = {1, 'E', RC_UNKNOWN, "There is no command %s; HELP lists what there is"},
	[MSG_FORMAT_ASK] = {603, 'R', 0,
			    "FORMAT will erase all files on disk %c(%03X). Do you wish to continue?"},
	[MSG_FORMAT_LABEL] = {605, 'R', 0, "Enter disk label:"},
	[MSG_FORMAT_DOING] = {733, 'I', 0, "Formatting disk %c"},
	[MSG_FORMAT_DONE] = {732, 'I', 0, "%u blocks formatted on %c(%03X)"},
	[MSG_SAME_FILE] = {19, 'E', 24, "Identical fileids specified"},
};

static const char *current_module; /* NULL: nobody has said */

void say(const char *text, ...)
{
	static char line[2 * CMS_LINE];
	va_list list;
	size_t length;

	va_start(list, text);
	length = format_list(line, sizeof(line), text, list);
	va_end(list);
	console_write(line, length);
}

void message_module(const char *module)
{
	current_module = module;
}

int message(enum message number, ...)
{
	static char line[2 * CMS_LINE];
	const struct text *text = &texts[number];
	va_list list;
	size_t length;

	length = format(line, sizeof(line), "DMS%s%03u%c ", current_module ? current_module : "CMS",
			text->number, text->severity);
	va_start(list, number);
	length += format_list(line + length, sizeof(line) - length, text->text, list);
	va_end(list);
	console_write(line, length);
	return text->rc;
}
