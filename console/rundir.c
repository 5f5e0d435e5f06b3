/*
 * rundir.c - the private directory of a machine that is up: its sockets, logs and state.
 *
 * Mode 0700 and owned by the caller, or it is not used: another user of the host may have put
 * something of that name into /tmp.
 *
 * Files: control (the relay's socket), machine, emulator and volume (one line each), relay.pid, console0.log,
 * emulator.log, outcome (how it ended), and what the emulator itself needs.
 *
 * Read before: error.c. Read after: machine.c, relay.c.
 * Known simplification: one flat directory a machine.
 */
#include "rundir.h"

#include "vm40.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME_MAX_LENGTH 32

bool rundir_name_ok(const char *name)
{
	size_t length = strlen(name);

	if (length == 0 || length > NAME_MAX_LENGTH || name[0] == '.')
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == length;
}

char *rundir_root(void)
{
	const char *base = getenv("XDG_RUNTIME_DIR");

	if (base && base[0] == '/' && access(base, W_OK) == 0)
		return must_format("%s/vm40", base);
	return must_format("/tmp/vm40-%u", (unsigned)getuid());
}

char *rundir_path(const char *name, const char *file)
{
	char *root = rundir_root();
	char *path = file ? must_format("%s/%s/%s", root, name, file) : must_format("%s/%s", root, name);

	free(root);
	return path;
}

static int make_private(const char *path)
{
	struct stat st;

	if (mkdir(path, 0700) && errno != EEXIST)
		return fail("%s: %s", path, strerror(errno)), -1;
	if (lstat(path, &st))
		return fail("%s: %s", path, strerror(errno)), -1;
	if (!S_ISDIR(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077))
		return fail("%s must be a directory of yours with mode 0700", path), -1;
	return 0;
}

static void empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
}

/* Its longest socket must fit into an address. */
static int check_length(const char *name)
{
	char *control = rundir_path(name, "control");
	struct sockaddr_un address;
	int rc = rundir_address(control, &address) ? 0 : -1;

	if (rc)
		fail("%s: the path is too long for a socket; set XDG_RUNTIME_DIR to a shorter one", control);
	free(control);
	return rc;
}

int rundir_create(const char *name)
{
	char *root = rundir_root();
	char *path = rundir_path(name, NULL);
	int rc = check_length(name);

	if (!rc)
		rc = make_private(root);
	if (!rc)
		rc = make_private(path);
	if (!rc)
		empty(path);
	free(root);
	free(path);
	return rc;
}

void rundir_remove(const char *name)
{
	char *path = rundir_path(name, NULL);

	empty(path);
	rmdir(path);
	free(path);
}

int rundir_write(const char *name, const char *file, const char *text)
{
	char *path = rundir_path(name, file);
	FILE *f = fopen(path, "w");
	int rc = -1;

	if (f) {
		rc = fprintf(f, "%s\n", text) < 0 ? -1 : 0;
		if (fclose(f))
			rc = -1;
	}
	if (rc)
		fail("%s: %s", path, strerror(errno));
	free(path);
	return rc;
}

char *rundir_read(const char *name, const char *file)
{
	char *path = rundir_path(name, file);
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;

	free(path);
	if (!f)
		return NULL;
	if (getline(&line, &room, f) < 0) {
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\n")] = '\0';
	}
	fclose(f);
	return line;
}

char **rundir_list(void)
{
	char *root = rundir_root();
	DIR *dir = opendir(root);
	char **names = must_alloc(sizeof(*names));
	struct dirent *entry;
	size_t count = 0;

	free(root);
	while (dir && (entry = readdir(dir))) {
		if (!rundir_name_ok(entry->d_name))
			continue;
		names = must_resize(names, (count + 2) * sizeof(*names));
		names[count++] = must_copy(entry->d_name);
	}
	if (dir)
		closedir(dir);
	names[count] = NULL;
	return names;
}

void rundir_list_free(char **names)
{
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
}

void rundir_show_tail(const char *name, const char *file, int lines)
{
	char *path = rundir_path(name, file);
	FILE *f = fopen(path, "r");
	char **tail = must_alloc((size_t)lines * sizeof(*tail));
	char *line = NULL;
	size_t room = 0;
	int count = 0;

	memset(tail, 0, (size_t)lines * sizeof(*tail));
	while (f && getline(&line, &room, f) >= 0) {
		free(tail[count % lines]);
		tail[count++ % lines] = must_copy(line);
	}
	if (count)
		fprintf(stderr, "end of %s:\n", path);
	for (int i = count > lines ? count - lines : 0; i < count; i++)
		fprintf(stderr, "  %s", tail[i % lines]);
	for (int i = 0; i < lines; i++)
		free(tail[i]);
	free(tail);
	free(line);
	free(path);
	if (f)
		fclose(f);
}

bool rundir_address(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path))
		return false;
	strcpy(address->sun_path, path);
	return true;
}

int rundir_dial(const char *name, const char *file)
{
	char *path = rundir_path(name, file);
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 &&
	    (!rundir_address(path, &address) || connect(fd, (struct sockaddr *)&address, sizeof(address)))) {
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}
