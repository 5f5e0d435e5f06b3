/*
 * modes.c - the accessed disks, by file mode letter.
 *
 * Owns: the table of disks. Each has its catalogue in a room of its own, and touches no more of
 * it than there are files. Before it: disk_open, cmsfs_mount. After it: fileid.c. Heritage: CMS's ADT, DMSACC.
 *
 * Simplification: no extensions of a disk by another (ACCESS 192 B/A), no file mode numbers.
 */
#include "cms.h"

#define CATALOGUE_ROOM (CMSFS_FILES_MAX * sizeof(struct cmsfs_entry))

_Static_assert(MODES_MAX *CATALOGUE_ROOM <= CATALOGUES_SIZE, "a room for every disk");

static struct mode modes[MODES_MAX];
static int used; /* those behind were never touched: they have no storage yet, or it is the saved system's */

struct mode *mode_find(char letter)
{
	for (int i = 0; i < used; i++)
		if (letter && modes[i].letter == letter)
			return &modes[i];
	return NULL;
}

struct mode *mode_next(const struct mode *previous)
{
	struct mode *next = NULL;

	for (int i = 0; i < used; i++) {
		if (!modes[i].letter || (previous && modes[i].letter <= previous->letter))
			continue;
		if (!next || modes[i].letter < next->letter)
			next = &modes[i];
	}
	return next;
}

static struct mode *find_free(void)
{
	for (int i = 0; i < used; i++)
		if (!modes[i].letter)
			return &modes[i];
	return used < MODES_MAX ? &modes[used++] : NULL;
}

void mode_release(struct mode *mode)
{
	mode->letter = '\0';
}

/* Of every disk that ever was there. */
void mode_forget_all_but(char letter)
{
	for (int i = 0; i < used; i++) {
		struct mode *mode = &modes[i];

		if (mode->letter == letter)
			continue;
		if (mode->fs.files)
			memset(mode->fs.files, 0, CATALOGUE_ROOM);
		*mode = (struct mode){0};
	}
}

int mode_error(const struct mode *mode, int error)
{
	uint16_t device = mode->disk.device;

	switch (error) {
	case CMSFS_OK:
		return 0;
	case CMSFS_FULL:
	case CMSFS_NO_ENTRY:
		return message(MSG_DISK_FULL, mode->letter, device);
	case CMSFS_READ_ONLY:
		return message(MSG_READ_ONLY, mode->letter, device);
	case CMSFS_NOT_FORMATTED:
		return message(MSG_NOT_FORMATTED, mode->letter, device);
	case CMSFS_DAMAGED:
		return message(MSG_DAMAGED, mode->letter, device);
	default:
		return message(MSG_DISK_ERROR, mode->letter, device, cmsfs_error_text(error));
	}
}

int mode_access(uint16_t device, char letter, bool quiet)
{
	struct mode *mode;
	struct cmsfs_entry *room;
	int error;

	/* Two letters for one disk would be two catalogues of it in storage, and the second write would undo the first. */
	for (mode = modes; mode < modes + used; mode++)
		if (mode->letter == letter || mode->disk.device == device)
			mode_release(mode);
	mode = find_free();
	if (!mode)
		return message(MSG_TOO_MANY_DISKS, MODES_MAX);
	if (!disk_open(&mode->disk, device))
		return quiet ? 100 : message(MSG_DISK_MISSING, letter, device);
	mode->letter = letter;
	room = (struct cmsfs_entry *)(machine_catalogues() + (uint32_t)(mode - modes) * CATALOGUE_ROOM);
	if (letter == 'S')
		mode->disk.store.read_only = true;
	error = cmsfs_mount(&mode->fs, &mode->disk.store, room, CMSFS_FILES_MAX);
	if (error) {
		error = mode_error(mode, error);
		mode_release(mode);
		return error;
	}
	return 0;
}

bool mode_renew(char letter)
{
	const struct mode *mode = mode_find(letter);

	return mode && cmsfs_is_current(&mode->fs);
}

struct mode *mode_for_writing(char letter, int *rc)
{
	struct mode *mode = mode_find(letter);

	if (!mode)
		*rc = message(MSG_NOT_ACCESSED, letter);
	else if (mode->disk.store.read_only)
		*rc = message(MSG_READ_ONLY, letter, mode->disk.device);
	else
		return mode;
	return NULL;
}
