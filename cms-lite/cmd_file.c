/*
 * cmd_file.c - LISTFILE, TYPE, ERASE, RENAME, STATE.
 *
 * Owns: nothing. Before it: fileid.c. After it: nothing. Heritage: CMS's DMSLST, DMSTYP, DMSERS, DMSRNM, DMSSTT.
 *
 * Simplification: files are listed in the order of the catalogue.
 */
#include "cms.h"

#define HEX_WIDTH 32u /* bytes of a record on a line of TYPE (HEX */

/* Words after the file name that nobody asked for. */
static int check_count(const struct arguments *arguments, int most)
{
	return arguments->count > most ? message(MSG_BAD_PARAMETER, arguments->word[most]) : 0;
}

/* ---- LISTFILE ---------------------------------------------------------------------------------------------------- */

enum detail { NAMES, FORMAT, ALLOC, DATE, LABEL };

static const char *const list_options[] = {"FORMAT", "ALLOC", "DATE", "LABEL", NULL};

static void list_entry(const struct mode *mode, const struct cmsfs_entry *entry, enum detail detail)
{
	struct calendar date = calendar_from(cmsfs_get64(entry->changed));
	uint64_t blocks = (cmsfs_get64(entry->bytes) + CMSFS_BLOCK - 1) / CMSFS_BLOCK;
	char line[CMS_LINE + 1];
	size_t n = format(line, sizeof(line), "%.8s %.8s %c1", entry->name, entry->type, mode->letter);

	if (detail >= FORMAT)
		n += format(line + n, sizeof(line) - n, " %c %10u", entry->format,
			    cmsfs_get32(entry->record_length));
	if (detail >= ALLOC)
		n += format(line + n, sizeof(line) - n, " %10u %10lu", cmsfs_get32(entry->records), blocks);
	if (detail >= DATE)
		n += format(line + n, sizeof(line) - n, " %u-%02u-%02u %02u:%02u:%02u", date.year, date.month,
			    date.day, date.hour, date.minute, date.second);
	if (detail >= LABEL)
		format(line + n, sizeof(line) - n, " %.8s", mode->fs.super.label);
	say("%s", line);
}

static void list_header(enum detail detail)
{
	static const char *const header[] = {
		[FORMAT] = "FILENAME FILETYPE FM FORMAT LRECL",
		[ALLOC] = "FILENAME FILETYPE FM FORMAT LRECL       RECS     BLOCKS",
		[DATE] = "FILENAME FILETYPE FM FORMAT LRECL       RECS     BLOCKS   DATE     TIME",
		[LABEL] = "FILENAME FILETYPE FM FORMAT LRECL       RECS     BLOCKS   DATE     TIME   LABEL",
	};

	if (detail > NAMES)
		say("%s", header[detail]);
}

int cmd_listfile(struct arguments *arguments)
{
	struct fileid id = {.name = "*", .type = "*", .mode = 'A'};
	enum detail detail = NAMES;
	char text[FILEID_TEXT];
	uint32_t found = 0;
	int rc = options_check(arguments, list_options);

	if (rc == 0)
		rc = check_count(arguments, 3);
	if (rc == 0 && arguments->count)
		rc = fileid_take(&id, arguments, 0, "*", 'A', true);
	if (rc)
		return rc;
	for (int i = 0; list_options[i]; i++)
		if (option_given(arguments, list_options[i]))
			detail = (enum detail)(i + 1);
	if (id.mode != '*' && !mode_find(id.mode))
		return message(MSG_NOT_ACCESSED, id.mode);
	for (struct mode *mode = mode_next(NULL); mode; mode = mode_next(mode)) {
		if (id.mode != '*' && id.mode != mode->letter)
			continue;
		for (uint32_t i = 0; i < mode->fs.count; i++) {
			if (!fileid_matches(&id, &mode->fs.files[i]))
				continue;
			if (found++ == 0)
				list_header(detail);
			list_entry(mode, &mode->fs.files[i], detail);
		}
	}
	return found ? 0 : message(MSG_NOT_FOUND, fileid_text(&id, text));
}

/* ---- TYPE -------------------------------------------------------------------------------------------------------- */

static void type_hex(const char *line, uint32_t length)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[2 * HEX_WIDTH + HEX_WIDTH / 4 + 1];

	for (uint32_t at = 0; at < length; at += HEX_WIDTH) {
		size_t n = 0;

		for (uint32_t i = at; i < at + HEX_WIDTH && i < length; i++) {
			if (i > at && i % 4 == 0)
				text[n++] = ' ';
			text[n++] = digits[(uint8_t)line[i] >> 4];
			text[n++] = digits[(uint8_t)line[i] & 15];
		}
		console_write(text, n);
	}
}

static int type_lines(struct cmsfs_reader *reader, uint32_t first, uint32_t last, bool hex)
{
	static char line[1024 + 1];
	int length;

	for (uint32_t number = 1; number <= last; number++) {
		length = line_read(reader, line, sizeof(line));
		if (length < 0)
			return length == LINE_END ? 0 : length;
		if (number < first)
			continue;
		if (hex) {
			type_hex(line, (uint32_t)length);
			continue;
		}
		for (int i = 0; i < length; i++)
			if (line[i] != '\t' && (line[i] < ' ' || line[i] > '~'))
				line[i] = '.';
		console_write(line, (size_t)length);
	}
	return 0;
}

int cmd_type(struct arguments *arguments)
{
	static const char *const options[] = {"HEX", NULL};
	static struct cmsfs_reader reader;
	uint32_t bound[2] = {1, UINT32_MAX};
	struct cmsfs_entry *entry;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc = options_check(arguments, options);

	if (rc == 0)
		rc = check_count(arguments, 5);
	if (rc == 0)
		rc = fileid_take(&id, arguments, 0, NULL, '*', false);
	for (int i = 3; rc == 0 && i < arguments->count; i++)
		if (!text_decimal(arguments->word[i], &bound[i - 3]) || bound[i - 3] == 0)
			return message(MSG_BAD_PARAMETER, arguments->word[i]);
	if (rc == 0)
		rc = fileid_need(&id, &mode, &entry);
	if (rc)
		return rc;
	cmsfs_open(&reader, &mode->fs, entry);
	return mode_error(mode, type_lines(&reader, bound[0], bound[1], option_given(arguments, "HEX")));
}

/* ---- ERASE, RENAME, STATE ---------------------------------------------------------------------------------------- */

int cmd_erase(struct arguments *arguments)
{
	struct cmsfs_entry *entry;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc = options_check(arguments, (const char *const[]){NULL});

	if (rc == 0)
		rc = check_count(arguments, 3);
	if (rc == 0)
		rc = fileid_take(&id, arguments, 0, NULL, 'A', true);
	if (rc == 0 && id.mode == '*')
		rc = message(MSG_BAD_MODE, "*");
	if (rc == 0 && !mode_for_writing(id.mode, &rc))
		return rc;
	if (rc == 0)
		rc = fileid_need(&id, &mode, &entry);
	while (rc == 0 && (entry = fileid_find(&id, &mode)))
		rc = mode_error(mode, cmsfs_erase(&mode->fs, entry));
	return rc;
}

/* A word of the new name: = is what the old one has there. */
static void copy_equals(struct arguments *arguments)
{
	for (int i = 3; i < 6; i++)
		if (strcmp(arguments->word[i], "=") == 0)
			arguments->word[i] = arguments->word[i - 3];
}

int cmd_rename(struct arguments *arguments)
{
	char name[CMSFS_NAME], type[CMSFS_NAME], text[FILEID_TEXT];
	struct fileid from = {.mode = 0}, to = from;
	struct cmsfs_entry *entry;
	struct mode *mode;
	int rc = options_check(arguments, (const char *const[]){NULL});

	if (rc)
		return rc;
	if (arguments->count != 6)
		return arguments->count > 6 ? message(MSG_BAD_PARAMETER, arguments->word[6])
					    : message(MSG_INCOMPLETE);
	copy_equals(arguments);
	rc = fileid_take(&from, arguments, 0, NULL, 'A', false);
	if (rc == 0)
		rc = fileid_take(&to, arguments, 3, NULL, 'A', false);
	if (rc == 0 && (from.mode == '*' || to.mode != from.mode))
		rc = message(MSG_BAD_MODE, arguments->word[5]);
	if (rc == 0 && !mode_for_writing(from.mode, &rc))
		return rc;
	if (rc == 0)
		rc = fileid_need(&from, &mode, &entry);
	if (rc)
		return rc;
	cmsfs_fold_name(to.name, name);
	cmsfs_fold_name(to.type, type);
	if (cmsfs_find(&mode->fs, name, type))
		return message(MSG_EXISTS, fileid_text(&to, text));
	return mode_error(mode, cmsfs_rename(&mode->fs, entry, name, type));
}

int cmd_state(struct arguments *arguments)
{
	struct cmsfs_entry *entry;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc = check_count(arguments, 3);

	if (rc == 0)
		rc = fileid_take(&id, arguments, 0, NULL, '*', false);
	return rc ? rc : fileid_need(&id, &mode, &entry);
}
