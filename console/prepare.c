/*
 * prepare.c - the volume a machine starts from: formatted, with its directory, CMS and reader files.
 *
 * The database of a directory lies beside its volume, as VOLUME.db. MAINT's 190, the CMS system disk, belongs to the
 * build and to the kind of machine: it is written afresh at every start, so that IPL CMS always brings the new one, of this machine.
 *
 * Read before: directory/directory.h, directory/volume.h, cms-lite/mkfs/host.h. Read after: start.c.
 * Known simplification: the volume is locked by flock, which not every network file system keeps.
 */
#include "prepare.h"

#include "cms-lite/mkfs/host.h"
#include "cp/volume/format.h"
#include "direct.h"
#include "directory/directory.h"
#include "directory/volume.h"
#include "machine.h"
#include "progress.h"
#include "rundir.h"
#include "vm40.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define CMS_OWNER      "MAINT"
#define CMS_DISK       0x190
#define CMS_LABEL      "CMS190"
#define USER_DISK      0x191
#define DEFAULT_VOLSER "VM40V1"

/* --- where things are -------------------------------------------------------------------------------- */

char *prepare_beside(const char *file)
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length <= 0)
		return must_copy(file);
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	return must_format("%s/%s", self, file);
}

char *prepare_in_tree(const char *file)
{
	char *up = must_format("../%s", file);
	char *path = prepare_beside(up);

	free(up);
	return path;
}

char *prepare_database(const char *volume)
{
	return must_format("%s.db", volume);
}

int prepare_lock(const char *volume)
{
	int fd = open(volume, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return fail("%s: %s", volume, strerror(errno)), -1;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		close(fd);
		return fail("%s is in use by a machine that is up", volume), -1;
	}
	return fd; /* stays open, and so locked, until the process and its relay end */
}

/* --- a file in storage ------------------------------------------------------------------------------- */

char *prepare_slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	char *data = NULL;

	if (f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (size_t)st.st_size;
		data = must_alloc(*size + 1);
		if (fread(data, 1, *size, f) != *size) {
			free(data);
			data = NULL;
		}
	}
	if (!data)
		fail("%s: %s", path, errno ? strerror(errno) : "cannot be read");
	if (f)
		fclose(f);
	return data;
}

/* --- the CMS system disk ----------------------------------------------------------------------------- */

static int put_cms_file(struct cmsfs_disk disk, const char *directory, const char *name)
{
	char *path = must_format("%s/%s", directory, name), *id = must_copy(name);
	size_t size = 0;
	char *data = prepare_slurp(path, &size);
	int error = data ? cmsfs_put(disk, id, data, size, 0) : CMSFS_IO;

	if (data && error)
		fail("%s onto the CMS disk: %s", path, cmsfs_error_text(error));
	free(data);
	free(id);
	free(path);
	return error ? EXIT_FAILED : EXIT_DONE;
}

/* The files NAME.TYPE of cms-disk, or what it is for this machine, go onto the system disk. */
static int put_cms_files(const struct backend *backend, struct cmsfs_disk disk)
{
	char *path = prepare_beside(backend->cms_disk);
	DIR *dir = opendir(path);
	struct dirent *entry;
	int rc = EXIT_DONE;

	while (dir && !rc && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strchr(entry->d_name, '.'))
			rc = put_cms_file(disk, path, entry->d_name);
	if (dir)
		closedir(dir);
	free(path);
	return rc;
}

static int write_cms_disk(const struct backend *backend, const char *volume, uint32_t start, uint32_t sectors)
{
	char *path = prepare_beside(backend->cms);
	size_t size = 0;
	char *image = prepare_slurp(path, &size);
	struct cmsfs_disk disk = {.fd = open(volume, O_RDWR | O_CLOEXEC), .start = start, .sectors = sectors};
	int rc = EXIT_FAILED, error;

	if (image && disk.fd < 0) {
		fail("%s: %s", volume, strerror(errno));
	} else if (image) {
		error = cmsfs_format_boot(disk, CMS_LABEL, image, (uint32_t)size);
		if (error)
			fail("CMS onto %s 190: %s", CMS_OWNER, cmsfs_error_text(error));
		else
			rc = put_cms_files(backend, disk);
	}
	if (disk.fd >= 0)
		close(disk.fd);
	free(image);
	free(path);
	return rc;
}

/* A directory without MAINT's 190 is a directory without CMS: nothing to do. */
static int prepare_cms(const struct backend *backend, const char *volume)
{
	uint32_t start, sectors;
	char *path = prepare_beside(backend->cms);
	FILE *nowhere = fopen("/dev/null", "w");
	int rc = EXIT_DONE;

	if (access(path, R_OK) == 0 &&
	    volume_find_minidisk(volume, CMS_OWNER, CMS_DISK, &start, &sectors, nowhere) == 0)
		rc = write_cms_disk(backend, volume, start, sectors);
	if (nowhere)
		fclose(nowhere);
	free(path);
	return rc;
}

/* --- reader files ------------------------------------------------------------------------------------ */

/* Text whose lines fit on cards goes as text, a card a line; all else as it is. */
static enum volume_mode reader_mode(const char *data, size_t size)
{
	size_t column = 0;

	for (size_t i = 0; i < size; i++) {
		if (data[i] == '\n') {
			column = 0;
			continue;
		}
		if (data[i] < ' ' || data[i] > '~' || ++column > 80)
			return VOLUME_BINARY;
	}
	return VOLUME_TEXT;
}

int prepare_reader_file(const char *volume, const char *userid, const char *file)
{
	size_t size = 0;
	char *data = prepare_slurp(file, &size);
	enum volume_mode mode;
	unsigned id;

	if (!data)
		return EXIT_FAILED;
	mode = reader_mode(data, size);
	free(data);
	return volume_put_reader(volume, userid, file, NULL, NULL, 0, mode, &id, stderr) ? EXIT_FAILED
											 : EXIT_DONE;
}

/* USER=FILE[,FILE...] */
static int prepare_reader(const char *volume, const char *option)
{
	char *text = must_copy(option), *rest = text;
	const char *userid = strsep(&rest, "=");
	int rc = EXIT_DONE;

	for (char *file = strtok(rest, ","); file && !rc; file = strtok(NULL, ","))
		rc = prepare_reader_file(volume, userid, file);
	free(text);
	return rc;
}

/* --- the volume -------------------------------------------------------------------------------------- */

/* The label that the DIRECTORY statement names. A directory that has none is complained of by the compiler. */
static void directory_volser(const char *directory, char volser[7])
{
	FILE *f = fopen(directory, "r");
	char *line = NULL;
	size_t room = 0;

	strcpy(volser, DEFAULT_VOLSER);
	while (f && getline(&line, &room, f) >= 0)
		if (line[strspn(line, " ")] != '*' && sscanf(line, " %*s %*s %*s %6s", volser) == 1)
			break;
	free(line);
	if (f)
		fclose(f);
}

/* Users' 191 disks on a new volume hold nothing yet: give each an empty CMS file system. */
struct new_disks {
	const char *volume;
	int fd;
	FILE *nowhere; /* that a user has no 191 is no error */
	int rc;
};

int prepare_disk(void *volume, const struct direct_disk *d)
{
	struct cmsfs_disk disk = {
		.fd = open(volume, O_RDWR | O_CLOEXEC), .start = d->start, .sectors = d->blocks};
	int error = disk.fd >= 0 ? cmsfs_format(disk, d->userid) : CMSFS_IO;

	if (disk.fd >= 0)
		close(disk.fd);
	return error ? fail("%s %03X: %s", d->userid, d->vdev, cmsfs_error_text(error)) : EXIT_DONE;
}

static void format_user_disk(void *context, const char *userid)
{
	struct new_disks *n = context;
	struct cmsfs_disk disk = {.fd = n->fd};
	uint32_t start;
	int error;

	if (volume_find_minidisk(n->volume, userid, USER_DISK, &start, &disk.sectors, n->nowhere))
		return;
	disk.start = start;
	error = cmsfs_format(disk, userid);
	if (error)
		n->rc = fail("%s 191: %s", userid, cmsfs_error_text(error));
}

static int format_user_disks(const char *volume, const char *database)
{
	struct new_disks n = {.volume = volume, .fd = open(volume, O_RDWR | O_CLOEXEC), .rc = EXIT_DONE};

	n.nowhere = fopen("/dev/null", "we");
	if (n.fd < 0 || !n.nowhere)
		n.rc = fail("%s: %s", volume, strerror(errno));
	else if (direct_users(database, format_user_disk, &n))
		n.rc = EXIT_FAILED;
	if (n.fd >= 0)
		close(n.fd);
	if (n.nowhere)
		fclose(n.nowhere);
	return n.rc;
}

/* The database holds the hashes of passwords, as the volume does: nobody else's business. */
static int build(const char *directory, const char *database, const char *volume)
{
	struct direct d = {.database = database, .volume = volume, .out = stderr};
	mode_t old = umask(077);
	int rc = direct_build(&d, directory);

	umask(old);
	return rc ? EXIT_FAILED : EXIT_DONE;
}

/* "1G" in bytes; 0, with a message, when it is none; of a size that was not given, 0 without one. */
static bool size_read(const char *text, uint64_t *bytes)
{
	*bytes = text ? direct_blocks(text) * VOLUME_SECTOR : 0;
	return !text || *bytes || (fail("%s is no size: expected 64M, 1G ...", text), false);
}

int prepare_new(const struct options *o, const char *volume, const char *directory)
{
	char *database = prepare_database(volume);
	struct volume_sizes sizes = {0};
	char volser[7];
	int rc;

	/* all of the directory's errors first: then nothing needs to be undone */
	if (!size_read(o->slots, &sizes.object_bytes) || !size_read(o->cp, &sizes.cp_bytes) ||
	    !size_read(o->size, &sizes.bytes) || !size_read(o->saved, &sizes.saved_bytes))
		return free(database), EXIT_FAILED;
	rc = direct_check(&(struct direct){.out = stderr}, directory) ? EXIT_FAILED : EXIT_DONE;
	if (!rc) {
		directory_volser(directory, volser);
		rc = volume_format(volume, volser, &sizes, false, stderr) ? EXIT_FAILED : EXIT_DONE;
	}
	if (!rc && build(directory, database, volume)) {
		unlink(volume);
		unlink(database);
		rc = EXIT_FAILED;
	}
	if (!rc)
		rc = format_user_disks(volume, database);
	free(database);
	return rc;
}

int prepare_directory(const char *volume, const char *directory)
{
	char *database = prepare_database(volume);
	int rc = build(directory, database, volume);

	free(database);
	return rc;
}

static int make_or_update(const struct options *o, const char *volume)
{
	char *standard;
	int rc;

	if (access(volume, F_OK) == 0) {
		if (prepare_lock(volume) < 0)
			return EXIT_FAILED;
		return o->directory ? prepare_directory(volume, o->directory) : EXIT_DONE;
	}
	standard = prepare_in_tree("directory/classroom.direct");
	rc = prepare_new(o, volume, o->directory ? o->directory : standard);
	free(standard);
	if (!rc && prepare_lock(volume) < 0)
		rc = EXIT_FAILED;
	return rc;
}

int prepare_volume(const struct options *o, const struct backend *backend, const char *volume)
{
	int rc;

	progress_begin("preparing the volume");
	rc = make_or_update(o, volume);
	if (!rc)
		rc = prepare_cms(backend, volume);
	for (unsigned i = 0; i < o->reader_count && !rc; i++)
		rc = prepare_reader(volume, o->readers[i]);
	progress_end();
	return rc;
}

static void write_user(void *context, const char *userid)
{
	fprintf(context, "%s\n", userid);
}

void prepare_users(const char *name, const char *volume)
{
	char *database = prepare_database(volume), *path = rundir_path(name, "users");
	mode_t old = umask(077);
	FILE *f = access(database, R_OK) == 0 ? fopen(path, "w") : NULL;

	umask(old);
	if (f) {
		direct_users(database, write_user, f);
		fclose(f);
	}
	free(path);
	free(database);
}
