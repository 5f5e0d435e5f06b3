/*
 * cmd_copy.c - commands that write a file: COPYFILE, INPUT, READCARD; and those that send one away: PUNCH, PRINT.
 *
 * Owns: the one writer. Before it: fileid.c, card_read and its like. Heritage: CMS's DMSCPY, DMSRDC, DMSPUN, DMSPRT.
 *
 * A file being written is not in the catalogue before cmsfs_finish, so whatever fails on the way leaves the old one.
 *
 * Simplification: one file a command; APPEND copies the old file first.
 */
#include "cms.h"

#define READER_DEVICE  0x00c
#define PUNCH_DEVICE   0x00d
#define PRINTER_DEVICE 0x00e
#define LINES_A_PAGE   60u

static struct cmsfs_writer writer;
static struct cmsfs_reader reader;

static const char *const write_options[] = {"REPLACE", "APPEND", NULL};

/* Copy all that the reader has left into the writer. */
static int copy_rest(void)
{
	static char data[CMSFS_BLOCK];
	int got, error = CMSFS_OK;

	while (error == CMSFS_OK && (got = cmsfs_read(&reader, data, sizeof(data))) != 0)
		error = got < 0 ? got : cmsfs_append(&writer, data, (uint32_t)got);
	return error;
}

/* Begin to write file id, as the options say. *mode is where. Returns a return code. */
static int begin(const struct fileid *id, const struct arguments *arguments, char kind,
		 uint32_t record_length, struct mode **mode)
{
	char name[CMSFS_NAME], type[CMSFS_NAME], text[FILEID_TEXT];
	struct cmsfs_entry *old;
	int rc = 0;

	*mode = mode_for_writing(id->mode, &rc);
	if (!*mode)
		return rc;
	cmsfs_fold_name(id->name, name);
	cmsfs_fold_name(id->type, type);
	old = cmsfs_find(&(*mode)->fs, name, type);
	if (old && !option_given(arguments, "REPLACE") && !option_given(arguments, "APPEND"))
		return message(MSG_EXISTS, fileid_text(id, text));
	if (old && option_given(arguments, "APPEND") && old->format == kind) {
		rc = mode_error(*mode, cmsfs_create(&writer, &(*mode)->fs, name, type, kind,
						    cmsfs_get32(old->record_length)));
		if (rc)
			return rc;
		cmsfs_open(&reader, &(*mode)->fs, old);
		rc = copy_rest();
		if (rc)
			cmsfs_abandon(&writer);
		return mode_error(*mode, rc);
	}
	return mode_error(*mode, cmsfs_create(&writer, &(*mode)->fs, name, type, kind, record_length));
}

/* The end of writing: what came before went well (error 0) or not. */
static int end(struct mode *mode, int error)
{
	if (error == CMSFS_OK)
		error = cmsfs_finish(&writer, machine_clock());
	else
		cmsfs_abandon(&writer);
	return mode_error(mode, error);
}

int cmd_copyfile(struct arguments *arguments)
{
	struct fileid from = {.mode = 0}, to = from;
	struct cmsfs_entry *entry, source;
	struct mode *mode, *target;
	int rc = options_check(arguments, write_options);

	if (rc == 0 && arguments->count > 6)
		rc = message(MSG_BAD_PARAMETER, arguments->word[6]);
	if (rc)
		return rc;
	if (arguments->count < 4)
		return message(MSG_INCOMPLETE);
	for (int i = 3; i < arguments->count; i++)
		if (strcmp(arguments->word[i], "=") == 0)
			arguments->word[i] = arguments->word[i - 3];
	if (arguments->count == 4) /* the rest is as in the first name */
		arguments->word[arguments->count++] = arguments->word[1];
	rc = fileid_take(&from, arguments, 0, NULL, '*', false);
	if (rc == 0)
		rc = fileid_take(&to, arguments, 3, NULL, 'A', false);
	if (rc == 0)
		rc = fileid_need(&from, &mode, &entry);
	if (rc)
		return rc;
	if (to.mode == mode->letter && strcmp(from.name, to.name) == 0 && strcmp(from.type, to.type) == 0)
		return message(MSG_SAME_FILE);
	source = *entry;
	rc = begin(&to, arguments, source.format, cmsfs_get32(source.record_length), &target);
	if (rc)
		return rc;
	cmsfs_open(&reader, &mode->fs, &source);
	return end(target, copy_rest());
}

int cmd_input(struct arguments *arguments)
{
	static char line[CONSOLE_LINE + 2];
	struct mode *mode;
	struct fileid id = {.mode = 0};
	size_t length;
	int error = CMSFS_OK, rc = options_check(arguments, write_options);

	if (rc == 0 && arguments->count > 3)
		rc = message(MSG_BAD_PARAMETER, arguments->word[3]);
	if (rc == 0)
		rc = fileid_take(&id, arguments, 0, NULL, 'A', false);
	if (rc == 0)
		rc = begin(&id, arguments, 'V', 0, &mode);
	if (rc)
		return rc;
	say("INPUT: an empty line ends it");
	while (error == CMSFS_OK && (length = console_read(line, CONSOLE_LINE + 1)) != 0) {
		line[length++] = '\n';
		error = cmsfs_append(&writer, line, (uint32_t)length);
	}
	return end(mode, error);
}

/* ---- cards ------------------------------------------------------------------------------------------------------- */

static int card_message(enum card_result result, uint16_t device)
{
	switch (result) {
	case CARD_DONE:
		return 0;
	case CARD_EMPTY:
	case CARD_END:
		return device == READER_DEVICE ? message(MSG_READER_EMPTY)
					       : message(MSG_DEVICE_ERROR, device);
	case CARD_NO_DEVICE:
		return message(MSG_NOT_ATTACHED, device);
	default:
		return message(MSG_DEVICE_ERROR, device);
	}
}

/* A card as text: its length without the blanks at the end. text has CARD + 1 bytes. */
static uint32_t card_text(const uint8_t card[CARD], char *text)
{
	uint32_t length = CARD;

	memcpy(text, card, CARD);
	text_from_machine(text, CARD);
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\0'))
		length--;
	text[length] = '\0';
	return length;
}

/* PUNCH puts a card `:READ  fn ft fm` before a file. */
static bool is_header(const uint8_t card[CARD], struct arguments *words, char *buffer)
{
	static char text[CARD + 1];

	card_text(card, text);
	return memcmp(text, ":READ ", 6) == 0 && arguments_cut(words, text + 6, buffer) && words->count >= 2;
}

/* Something went wrong with a deck that was begun: CP is to keep it. */
static void keep_deck(void)
{
	char answer[256];
	size_t lost;

	if (machine_is_virtual() && cp_command("CLOSE 00C HOLD", answer, sizeof(answer), &lost) == 0)
		message(MSG_DECK_HELD);
}

static int append_card(const uint8_t card[CARD], bool binary)
{
	char text[CARD + 2];
	uint32_t length;

	if (binary)
		return cmsfs_append(&writer, card, CARD);
	length = card_text(card, text);
	text[length++] = '\n';
	return cmsfs_append(&writer, text, length);
}

/* From this card on to the end of the deck, into the writer. */
static int read_cards(struct mode *mode, uint8_t card[CARD], bool binary)
{
	enum card_result result = CARD_DONE;
	int error = CMSFS_OK, rc;

	while (result == CARD_DONE && error == CMSFS_OK) {
		error = append_card(card, binary);
		if (error == CMSFS_OK)
			result = card_read(READER_DEVICE, card);
	}
	/* A bare reader says empty at the end of the deck, a virtual one says end of file. */
	if (error == CMSFS_OK && result != CARD_END && result != CARD_EMPTY) {
		cmsfs_abandon(&writer);
		rc = card_message(result, READER_DEVICE);
	} else {
		rc = end(mode, error);
	}
	if (rc)
		keep_deck();
	return rc;
}

/* READCARD fn ft: the name is known, so nothing is read unless the file can be written. */
static int read_named(struct arguments *arguments, bool binary)
{
	static uint8_t card[CARD];
	static char buffer[2 * CMS_LINE];
	struct arguments header;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc = fileid_take(&id, arguments, 0, NULL, 'A', false);

	if (rc == 0)
		rc = begin(&id, arguments, binary ? 'F' : 'V', binary ? CARD : 0, &mode);
	if (rc)
		return rc;
	rc = card_message(card_read(READER_DEVICE, card), READER_DEVICE);
	if (rc == 0 && !binary && is_header(card, &header, buffer))
		rc = card_message(card_read(READER_DEVICE, card), READER_DEVICE);
	if (rc) {
		cmsfs_abandon(&writer);
		return rc;
	}
	return read_cards(mode, card, binary);
}

/* READCARD *: the name is on the first card. The mode is ours to choose, not the sender's. */
static int read_unnamed(struct arguments *arguments)
{
	static uint8_t card[CARD];
	static char buffer[2 * CMS_LINE];
	struct arguments header;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc = card_message(card_read(READER_DEVICE, card), READER_DEVICE);

	if (rc)
		return rc;
	if (is_header(card, &header, buffer)) {
		header.count = 2;
		rc = fileid_take(&id, &header, 0, NULL, 'A', false);
	} else {
		rc = message(MSG_NO_HEADER);
	}
	if (rc == 0)
		rc = begin(&id, arguments, 'V', 0, &mode);
	if (rc) {
		keep_deck();
		return rc;
	}
	rc = card_message(card_read(READER_DEVICE, card), READER_DEVICE);
	if (rc) {
		cmsfs_abandon(&writer);
		return rc;
	}
	return read_cards(mode, card, false);
}

int cmd_readcard(struct arguments *arguments)
{
	static const char *const options[] = {"BINARY", "REPLACE", NULL};
	bool binary = option_given(arguments, "BINARY");
	int rc = options_check(arguments, options);

	if (rc == 0 && arguments->count == 0)
		rc = message(MSG_INCOMPLETE);
	if (rc)
		return rc;
	if (strcmp(arguments->word[0], "*") != 0)
		return read_named(arguments, binary);
	return binary ? message(MSG_BAD_OPTION, "BINARY") : read_unnamed(arguments);
}

static enum card_result punch_text(const char *text, size_t length)
{
	uint8_t card[CARD];

	memset(card, ' ', CARD);
	memcpy(card, text, length);
	text_to_machine(card, CARD);
	return card_punch(PUNCH_DEVICE, card);
}

static enum card_result punch_header(const struct fileid *id)
{
	char text[CARD + 1];
	size_t length = format(text, sizeof(text), ":READ  %-8s %-8s A1", id->name, id->type);

	return punch_text(text, length);
}

/* Files on their way out are closed for the spool, with their name. */
static void close_spool(uint16_t device, const struct fileid *id)
{
	char command[64], answer[128];
	size_t lost;

	format(command, sizeof(command), "CLOSE %03X NAME %s %s", device, id->name, id->type);
	cp_command(command, answer, sizeof(answer), &lost);
}

/* What PUNCH and PRINT have in common: the file to be sent. */
static int take_outgoing(const struct arguments *arguments, const char *const options[], struct fileid *id,
			 struct mode **mode)
{
	struct cmsfs_entry *entry;
	int rc = options_check(arguments, options);

	if (rc == 0 && arguments->count > 3)
		rc = message(MSG_BAD_PARAMETER, arguments->word[3]);
	if (rc == 0)
		rc = fileid_take(id, arguments, 0, NULL, '*', false);
	if (rc == 0)
		rc = fileid_need(id, mode, &entry);
	if (rc == 0)
		cmsfs_open(&reader, &(*mode)->fs, entry);
	return rc;
}

int cmd_punch(struct arguments *arguments)
{
	static const char *const options[] = {"NOHEADER", NULL};
	static char line[CMS_LINE + 1];
	enum card_result result = CARD_DONE;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int length = 0, rc = take_outgoing(arguments, options, &id, &mode);

	if (rc)
		return rc;
	if (cmsfs_get32(reader.entry.record_length) > CARD)
		return message(MSG_RECORD_LENGTH, CARD);
	if (!option_given(arguments, "NOHEADER"))
		result = punch_header(&id);
	while (result == CARD_DONE && (length = line_read(&reader, line, sizeof(line))) >= 0) {
		if (reader.entry.format == 'V')
			result = punch_text(line, (size_t)length);
		else
			result = card_punch(PUNCH_DEVICE, (uint8_t *)line);
	}
	close_spool(PUNCH_DEVICE, &id);
	if (result != CARD_DONE)
		return card_message(result, PUNCH_DEVICE);
	return length == LINE_END ? 0 : mode_error(mode, length);
}

int cmd_print(struct arguments *arguments)
{
	static char line[CMS_LINE + 1];
	enum card_result result = CARD_DONE;
	uint32_t number = 0;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int length = 0, rc = take_outgoing(arguments, (const char *const[]){NULL}, &id, &mode);

	if (rc)
		return rc;
	if (cmsfs_get32(reader.entry.record_length) > PRINT_LINE)
		return message(MSG_RECORD_LENGTH, PRINT_LINE);
	while (result == CARD_DONE && (length = line_read(&reader, line, sizeof(line))) >= 0)
		result = printer_write(PRINTER_DEVICE, line, (size_t)length, number++ % LINES_A_PAGE == 0);
	close_spool(PRINTER_DEVICE, &id);
	if (result != CARD_DONE)
		return card_message(result, PRINTER_DEVICE);
	return length == LINE_END ? 0 : mode_error(mode, length);
}
