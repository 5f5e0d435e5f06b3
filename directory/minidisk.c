/*
 * minidisk.c - minidisks in and out, from the host's side.
 *
 * Owns: the way from a userid and an address to sectors. Before it: store.c. After it: the vm40 command, which puts CMS on MAINT's
 * 190 and brings files to and from a student's 191.
 * Simplification: bytes only; what lies on a minidisk is its owner's business.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "store.h"
#include "volume.h"

#define PIECE ((size_t)64 << 10)

/* ---- where it lies ------------------------------------------------------------------------------------------- */

static const struct object_mdisk *mdisk_find(const void *entry, uint32_t length, unsigned vdev)
{
	const struct object_record *r;
	struct object_cursor c;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_MDISK &&
		    be16_get(((const struct object_mdisk *)r)->vdev) == vdev)
			return (const struct object_mdisk *)r;
	return NULL;
}

/* The label again bounds what the directory says. */
static bool extent_good(const struct store *s, uint32_t start, uint32_t sectors)
{
	uint64_t first = (uint64_t)store_area_first(s, VOLUME_AREA_MINIDISK) * VOLUME_SECTORS_PER_BLOCK;
	uint64_t count = (uint64_t)store_area_count(s, VOLUME_AREA_MINIDISK) * VOLUME_SECTORS_PER_BLOCK;

	return start >= first && start - first <= count && sectors <= count - (start - first);
}

static int minidisk_locate(const struct store *s, const char *userid, unsigned vdev, uint32_t *start,
			   uint32_t *sectors)
{
	uint32_t length;
	void *entry = store_user(s, userid, &length);
	const struct object_mdisk *m = entry != NULL ? mdisk_find(entry, length, vdev) : NULL;
	char volser[7] = "";
	int status = STORE_DONE;

	if (m != NULL) {
		*start = be32_get(m->start);
		*sectors = be32_get(m->sectors);
		memcpy(volser, m->volser, 6);
	}
	if (entry == NULL)
		status = STORE_FAILED;
	else if (m == NULL)
		status = store_say(s, "%s has no minidisk %04X", userid, vdev);
	else if (memcmp(volser, s->label.volser, 6) != 0)
		status = store_say(s, "minidisk %04X of %s lies on volume %s", vdev, userid, volser);
	else if (!extent_good(s, *start, *sectors))
		status = store_say(s, "minidisk %04X of %s lies outside the minidisk space of this volume",
				   vdev, userid);
	free(entry);
	return status;
}

int volume_find_minidisk(const char *path, const char *userid, unsigned vdev, uint32_t *start,
			 uint32_t *sectors, FILE *out)
{
	struct store s;
	int status = store_open(&s, path, STORE_READ, out);

	if (status != STORE_DONE)
		return status;
	status = minidisk_locate(&s, userid, vdev, start, sectors);
	store_close(&s);
	return status;
}

/* ---- in and out ---------------------------------------------------------------------------------------------- */

static int copy_in(const struct store *s, int fd, const char *file, uint64_t at, uint64_t room)
{
	static uint8_t piece[PIECE];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > room)
		return store_say(s, "%s does not fit: the minidisk has %llu bytes", file,
				 (unsigned long long)room);
	while ((n = read(fd, piece, sizeof(piece))) > 0) {
		if ((uint64_t)n > room)
			return store_say(s, "%s grew while it was copied", file);
		if (!store_write(s, at, piece, (size_t)n))
			return STORE_FAILED;
		at += (uint64_t)n;
		room -= (uint64_t)n;
	}
	if (n < 0)
		return store_say(s, "cannot read %s: %s", file, strerror(errno));
	return store_flush(s) ? STORE_DONE : STORE_FAILED;
}

static int copy_out(const struct store *s, int fd, const char *file, uint64_t at, uint64_t left)
{
	static uint8_t piece[PIECE];

	while (left > 0) {
		size_t n = left < PIECE ? (size_t)left : PIECE;

		if (!store_read(s, at, piece, n))
			return STORE_FAILED;
		if (write(fd, piece, n) != (ssize_t)n)
			return store_say(s, "cannot write %s: %s", file, strerror(errno));
		at += n;
		left -= n;
	}
	return STORE_DONE;
}

static int minidisk_copy(const char *path, const char *userid, unsigned vdev, const char *file, bool in,
			 FILE *out)
{
	int fd = open(file, in ? O_RDONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
	    status;
	uint32_t start = 0, sectors = 0;
	struct store s;

	if (fd < 0) {
		fprintf(out, "%s: %s\n", file, strerror(errno));
		return STORE_CANNOT_OPEN;
	}
	status = store_open(&s, path, in ? STORE_WRITE : STORE_READ, out);
	if (status == STORE_DONE) {
		status = minidisk_locate(&s, userid, vdev, &start, &sectors);
		if (status == STORE_DONE)
			status = (in ? copy_in : copy_out)(&s, fd, file, (uint64_t)start * VOLUME_SECTOR,
							   (uint64_t)sectors * VOLUME_SECTOR);
		store_close(&s);
	}
	if (close(fd) != 0 && status == STORE_DONE) {
		fprintf(out, "%s: %s\n", file, strerror(errno));
		status = STORE_FAILED;
	}
	return status;
}

int volume_put_minidisk(const char *path, const char *userid, unsigned vdev, const char *file, FILE *out)
{
	return minidisk_copy(path, userid, vdev, file, true, out);
}

int volume_get_minidisk(const char *path, const char *userid, unsigned vdev, const char *file, FILE *out)
{
	return minidisk_copy(path, userid, vdev, file, false, out);
}
