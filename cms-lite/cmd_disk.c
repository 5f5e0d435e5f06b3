/*
 * cmd_disk.c - ACCESS, RELEASE, FORMAT.
 *
 * Owns: nothing. Before it: modes.c. Heritage: CMS's DMSACC, DMSARE, DMSFOR.
 *
 * Simplification: FORMAT writes the two superblocks only; old data stays on the disk, unreachable.
 */
#include "cms.h"

static int take_device(const char *word, uint16_t *device)
{
	uint32_t value;

	if (!text_hex(word, &value) || value > 0xffff)
		return message(MSG_BAD_PARAMETER, word);
	*device = (uint16_t)value;
	return 0;
}

/* vdev and mode of ACCESS and FORMAT. */
static int take_disk(const struct arguments *arguments, uint16_t *device, char *letter)
{
	const char *mode = arguments->count > 1 ? arguments->word[1] : "A";

	if (arguments->count < 1)
		return message(MSG_NO_FUNCTION);
	if (arguments->count > 2)
		return message(MSG_BAD_PARAMETER, arguments->word[2]);
	if (mode[0] < 'A' || mode[0] > 'Z' || mode[1])
		return message(MSG_BAD_MODE, mode);
	*letter = mode[0];
	return take_device(arguments->word[0], device);
}

int cmd_access(struct arguments *arguments)
{
	const struct mode *mode;
	uint16_t device;
	char letter;
	int rc = take_disk(arguments, &device, &letter);

	if (rc == 0)
		rc = mode_access(device, letter, false);
	if (rc == 0 && (mode = mode_find(letter)) && mode->disk.store.read_only)
		say("%c(%03X) R/O", letter, device);
	return rc;
}

int cmd_release(struct arguments *arguments)
{
	struct mode *mode;

	if (arguments->count != 1)
		return arguments->count ? message(MSG_BAD_PARAMETER, arguments->word[1])
					: message(MSG_NO_FUNCTION);
	if (arguments->word[0][1])
		return message(MSG_BAD_MODE, arguments->word[0]);
	mode = mode_find(arguments->word[0][0]);
	if (!mode)
		return message(MSG_NOT_ACCESSED, arguments->word[0][0]);
	mode_release(mode);
	return 0;
}

static int make(struct disk *disk, char letter, const char *label)
{
	int error = cmsfs_make(&disk->store, label, 0, machine_clock());

	if (error == CMSFS_TOO_SMALL)
		return message(MSG_TOO_SMALL, letter, disk->device, CMSFS_BLOCKS_MIN);
	if (error == CMSFS_READ_ONLY)
		return message(MSG_READ_ONLY, letter, disk->device);
	if (error)
		return message(MSG_DISK_ERROR, letter, disk->device, cmsfs_error_text(error));
	return 0;
}

int cmd_format(struct arguments *arguments)
{
	static char line[CONSOLE_LINE + 1];
	static struct disk disk;
	char name[CMSFS_NAME];
	uint16_t device;
	char letter;
	int rc = take_disk(arguments, &device, &letter);

	if (rc)
		return rc;
	if (!disk_open(&disk, device))
		return message(MSG_DISK_MISSING, letter, device);
	if (letter == 'S' || disk.store.read_only)
		return message(MSG_READ_ONLY, letter, device);
	message(MSG_FORMAT_ASK, letter, device);
	say("Enter 1 (YES) or 0 (NO).");
	console_read(line, sizeof(line));
	text_upper_all(line);
	if (strcmp(line, "1") != 0 && strcmp(line, "YES") != 0 && strcmp(line, "Y") != 0)
		return 8;
	message(MSG_FORMAT_LABEL);
	console_read(line, sizeof(line));
	if (cmsfs_fold_name(line, name))
		return message(MSG_BAD_PARAMETER, line);
	message(MSG_FORMAT_DOING, letter);
	rc = make(&disk, letter, line);
	if (rc)
		return rc;
	rc = mode_access(device, letter, false);
	if (rc == 0)
		message(MSG_FORMAT_DONE, disk.store.sectors / CMSFS_BLOCK_SECTORS, letter, device);
	return rc;
}
