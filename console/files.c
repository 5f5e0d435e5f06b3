/*
 * files.c - vm40 get and vm40 put: a file of a user's 191 disk to the host, or from it.
 *
 * Read before: cms-lite/mkfs/host.h, prepare.c. Read after: volume.c.
 * Known simplification: the volume must not belong to a machine that is up; a user who is logged on could not
 * notice the change.
 */
#include "cms-lite/mkfs/host.h"
#include "directory/volume.h"
#include "options.h"
#include "prepare.h"
#include "vm40.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USER_DISK 0x191
#define RECORD    80 /* of a file that is not text */

struct transfer {
	const char *userid, *cms, *host; /* CMS file as NAME.TYPE, host path */
	struct cmsfs_disk disk;
};

static int open_disk(const struct options *o, struct transfer *t)
{
	char *volume = o->volume ? must_copy(o->volume) : must_format("%s.volume", o->name);
	int rc = EXIT_FAILED;
	uint32_t start;

	t->disk.fd = prepare_lock(volume);
	if (t->disk.fd >= 0 &&
	    volume_find_minidisk(volume, t->userid, USER_DISK, &start, &t->disk.sectors, stderr) == 0) {
		t->disk.start = start;
		rc = EXIT_DONE;
	}
	free(volume);
	return rc;
}

static bool is_text(const char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((data[i] < ' ' || data[i] > '~') && data[i] != '\n' && data[i] != '\t')
			return false;
	return true;
}

static int put(const struct transfer *t)
{
	size_t size = 0;
	char *data = prepare_slurp(t->host, &size);
	int error;

	if (!data)
		return EXIT_FAILED;
	error = cmsfs_put(t->disk, t->cms, data, size, is_text(data, size) ? 0 : RECORD);
	free(data);
	return error ? fail("%s to %s 191: %s", t->cms, t->userid, cmsfs_error_text(error)) : EXIT_DONE;
}

static int write_host(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");
	bool good = f && fwrite(data, 1, size, f) == size;

	if (f && fclose(f))
		good = false;
	return good ? EXIT_DONE : fail("%s: %s", path, strerror(errno));
}

static int get(const struct transfer *t)
{
	void *data;
	size_t size;
	int error = cmsfs_get(t->disk, t->cms, &data, &size, NULL);
	int rc = EXIT_DONE;

	if (error)
		return fail("%s of %s 191: %s", t->cms, t->userid, cmsfs_error_text(error));
	if (strcmp(t->host, "-") == 0)
		fwrite(data, 1, size, stdout);
	else
		rc = write_host(t->host, data, size);
	free(data);
	return rc;
}

/* The host file's name without its directories. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int transfer(const char *verb, int argc, char **argv, int (*run)(const struct transfer *t),
		    bool from_host)
{
	struct options o;
	struct transfer t;
	char **operand;
	int rc = options_read(verb_find(verb), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first < 2 || argc - o.first > 3)
		return usage("%s: expected a user, a file and perhaps its other name", verb);
	operand = argv + o.first;
	t.userid = operand[0];
	t.host = from_host ? operand[1] : operand[2] ? operand[2] : operand[1];
	t.cms = from_host ? (operand[2] ? operand[2] : last_part(operand[1])) : operand[1];
	rc = open_disk(&o, &t);
	return rc ? rc : run(&t);
}

int verb_get(int argc, char **argv)
{
	return transfer("get", argc, argv, get, false);
}

int verb_put(int argc, char **argv)
{
	return transfer("put", argc, argv, put, true);
}
