/*
 * fileid.c - file names: fn ft fm, patterns, the search over the accessed disks; lines of a file.
 *
 * Owns: nothing. Before it: modes.c. After it: the commands on files.
 *
 * Simplification: a digit after the mode letter is accepted and ignored.
 */
#include "cms.h"

static bool pattern_character(char c)
{
	return c == '*' || c == '%';
}

/* Upper-case text into a NUL-terminated name. */
static int take_name(char name[CMSFS_NAME + 1], const char *word, bool patterns)
{
	char plain[CMSFS_NAME + 2], folded[CMSFS_NAME];
	size_t n = 0;

	for (; n < CMSFS_NAME + 1 && word[n]; n++)
		plain[n] = patterns && pattern_character(word[n]) ? 'A' : word[n];
	plain[n] = '\0';
	if (cmsfs_fold_name(plain, folded))
		return message(MSG_BAD_NAME, word);
	text_copy(name, CMSFS_NAME + 1, word);
	return 0;
}

static int take_mode(char *mode, const char *word)
{
	bool letter = *word >= 'A' && *word <= 'Z';

	if (!(letter || *word == '*') ||
	    (word[1] && !(letter && word[1] >= '0' && word[1] <= '6' && !word[2])))
		return message(MSG_BAD_MODE, word);
	*mode = *word;
	return 0;
}

int fileid_take(struct fileid *id, const struct arguments *arguments, int first, const char *type, char mode,
		bool patterns)
{
	int rc = 0, left = arguments->count - first;

	*id = (struct fileid){.mode = mode};
	if (left < 1 || (left < 2 && !type))
		return message(MSG_INCOMPLETE);
	rc = take_name(id->name, arguments->word[first], patterns);
	if (rc == 0)
		rc = take_name(id->type, left > 1 ? arguments->word[first + 1] : type, patterns);
	if (rc == 0 && left > 2)
		rc = take_mode(&id->mode, arguments->word[first + 2]);
	return rc;
}

/* * is any text, % one character. name is padded with blanks. */
static bool pattern_matches(const char *pattern, const char *name, uint32_t left)
{
	for (; *pattern; pattern++, name++, left--) {
		if (*pattern == '*') {
			for (; left && *name != ' '; name++, left--)
				if (pattern_matches(pattern + 1, name, left))
					return true;
			return pattern_matches(pattern + 1, name, left);
		}
		if (!left || *name == ' ' || (*pattern != '%' && *pattern != *name))
			return false;
	}
	return !left || *name == ' ';
}

bool fileid_matches(const struct fileid *id, const struct cmsfs_entry *entry)
{
	return pattern_matches(id->name, entry->name, CMSFS_NAME) &&
	       pattern_matches(id->type, entry->type, CMSFS_NAME);
}

struct cmsfs_entry *fileid_find(const struct fileid *id, struct mode **mode)
{
	for (*mode = mode_next(NULL); *mode; *mode = mode_next(*mode)) {
		if (id->mode != '*' && id->mode != (*mode)->letter)
			continue;
		for (uint32_t i = 0; i < (*mode)->fs.count; i++)
			if (fileid_matches(id, &(*mode)->fs.files[i]))
				return &(*mode)->fs.files[i];
	}
	return NULL;
}

int fileid_need(const struct fileid *id, struct mode **mode, struct cmsfs_entry **entry)
{
	char text[FILEID_TEXT];

	if (id->mode != '*' && !mode_find(id->mode))
		return message(MSG_NOT_ACCESSED, id->mode);
	*entry = fileid_find(id, mode);
	return *entry ? 0 : message(MSG_NOT_FOUND, fileid_text(id, text));
}

const char *fileid_text(const struct fileid *id, char text[FILEID_TEXT])
{
	format(text, FILEID_TEXT, "%s %s %c", id->name, id->type, id->mode);
	return text;
}

static size_t stored_length(const char name[CMSFS_NAME])
{
	size_t n = 0;

	while (n < CMSFS_NAME && name[n] != ' ')
		n++;
	return n;
}

const char *entry_text(const struct mode *mode, const struct cmsfs_entry *entry, char text[FILEID_TEXT])
{
	size_t n = stored_length(entry->name), t = stored_length(entry->type);

	memcpy(text, entry->name, n);
	text[n] = ' ';
	memcpy(text + n + 1, entry->type, t);
	format(text + n + 1 + t, FILEID_TEXT - n - 1 - t, " %c", mode->letter);
	return text;
}

int line_read(struct cmsfs_reader *reader, char *line, size_t size)
{
	uint32_t length = cmsfs_get32(reader->entry.record_length), n = 0;
	int got = 1;
	char c = 0;

	for (;;) {
		if (reader->entry.format == 'F' && n == length)
			break;
		got = cmsfs_read(reader, &c, 1);
		if (got != 1 || (reader->entry.format == 'V' && c == '\n'))
			break;
		if (n < size - 1)
			line[n] = c;
		n++;
	}
	if (got < 0 || (got == 0 && n == 0))
		return got < 0 ? got : LINE_END;
	n = n < size - 1 ? n : (uint32_t)size - 1;
	line[n] = '\0';
	return (int)n;
}
