/*
 * host.c - CMS-lite disks from the host: the file system over a file descriptor.
 *
 * Owns: struct host, a store whose sectors are an extent of a file. Before it: fs*.c, the same code that the guest runs.
 * After it: `vm40 volume`, `vm40 get`, `vm40 put`, mkfs/main.c.
 *
 * Simplification: the file system is mounted anew for every call.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct host {
	struct cmsfs_store store; /* first, so that a store pointer is a host pointer */
	struct cmsfs_disk disk;
	struct cmsfs fs;
	struct cmsfs_entry files[CMSFS_FILES_MAX];
};

static int host_transfer(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer, bool write)
{
	const struct host *host = (struct host *)store;
	size_t left = (size_t)count * CMSFS_SECTOR;
	off_t at = (off_t)((host->disk.start + sector) * CMSFS_SECTOR);
	char *data = buffer;

	if (sector > host->disk.sectors || count > host->disk.sectors - sector)
		return -1;
	while (left) {
		ssize_t n =
			write ? pwrite(host->disk.fd, data, left, at) : pread(host->disk.fd, data, left, at);

		if (n <= 0)
			return -1;
		data += n;
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

static int host_read(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer)
{
	return host_transfer(store, sector, count, buffer, false);
}

static int host_write(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer)
{
	return host_transfer(store, sector, count, (void *)(uintptr_t)buffer, true);
}

/* NULL when there is no memory, which callers report as an I/O error: there is nothing better to do. */
static struct host *host_new(struct cmsfs_disk disk)
{
	struct host *host = calloc(1, sizeof(*host));

	if (host) {
		host->store = (struct cmsfs_store){host_read, host_write, disk.sectors, false};
		host->disk = disk;
	}
	return host;
}

static struct host *host_mount(struct cmsfs_disk disk, int *error)
{
	struct host *host = host_new(disk);

	*error = host ? cmsfs_mount(&host->fs, &host->store, host->files, CMSFS_FILES_MAX) : CMSFS_IO;
	if (*error == CMSFS_OK)
		return host;
	free(host);
	return NULL;
}

int cmsfs_format(struct cmsfs_disk disk, const char *label)
{
	struct host *host = host_new(disk);
	int error = host ? cmsfs_make(&host->store, label, 0, (uint64_t)time(NULL)) : CMSFS_IO;

	free(host);
	return error;
}

int cmsfs_format_boot(struct cmsfs_disk disk, const char *label, const void *image, uint32_t size)
{
	struct host *host = host_new(disk);
	int error = CMSFS_IO;

	if (host)
		error = cmsfs_make(&host->store, label, cmsfs_boot_blocks(image, size), (uint64_t)time(NULL));
	if (error == CMSFS_OK)
		error = cmsfs_mount(&host->fs, &host->store, host->files, CMSFS_FILES_MAX);
	if (error == CMSFS_OK)
		error = cmsfs_boot_write(&host->fs, image, size);
	free(host);
	return error;
}

/* "NAME TYPE" or "name.type" into two blank-padded names. */
static int split_file_id(const char *file_id, char name[CMSFS_NAME], char type[CMSFS_NAME])
{
	const char *gap = strpbrk(file_id, " .");
	char word[CMSFS_NAME + 1];
	size_t length;

	if (!gap)
		return CMSFS_BAD_NAME;
	length = (size_t)(gap - file_id);
	if (length > CMSFS_NAME)
		return CMSFS_BAD_NAME;
	memcpy(word, file_id, length);
	word[length] = '\0';
	if (cmsfs_fold_name(word, name))
		return CMSFS_BAD_NAME;
	return cmsfs_fold_name(gap + strspn(gap, *gap == '.' ? "." : " "), type);
}

int cmsfs_put(struct cmsfs_disk disk, const char *file_id, const void *data, size_t size,
	      uint32_t record_length)
{
	char name[CMSFS_NAME], type[CMSFS_NAME];
	struct cmsfs_writer writer;
	struct host *host;
	int error;

	if (split_file_id(file_id, name, type))
		return CMSFS_BAD_NAME;
	if (size > UINT32_MAX)
		return CMSFS_TOO_LARGE;
	host = host_mount(disk, &error);
	if (!host)
		return error;
	if (record_length == 0 && memcmp(type, "MODULE  ", CMSFS_NAME) == 0)
		record_length = CMSFS_BLOCK;
	error = cmsfs_create(&writer, &host->fs, name, type, record_length ? 'F' : 'V', record_length);
	if (error == CMSFS_OK)
		error = cmsfs_append(&writer, data, (uint32_t)size);
	if (error == CMSFS_OK)
		error = cmsfs_finish(&writer, (uint64_t)time(NULL));
	free(host);
	return error;
}

int cmsfs_get(struct cmsfs_disk disk, const char *file_id, void **data, size_t *size, char *format)
{
	char name[CMSFS_NAME], type[CMSFS_NAME];
	const struct cmsfs_entry *entry;
	struct cmsfs_reader reader;
	struct host *host;
	char *content = NULL;
	int error, n = 0;

	if (split_file_id(file_id, name, type))
		return CMSFS_BAD_NAME;
	host = host_mount(disk, &error);
	if (!host)
		return error;
	entry = cmsfs_find(&host->fs, name, type);
	if (!entry)
		error = CMSFS_NO_FILE;
	else if (cmsfs_get64(entry->bytes) > INT32_MAX)
		error = CMSFS_TOO_LARGE;
	else if (!(content = malloc(cmsfs_get64(entry->bytes) + 1)))
		error = CMSFS_IO;
	if (error == CMSFS_OK) {
		cmsfs_open(&reader, &host->fs, entry);
		n = cmsfs_read(&reader, content, (uint32_t)cmsfs_get64(entry->bytes));
		error = n < 0 ? n : CMSFS_OK;
	}
	if (error == CMSFS_OK) {
		content[n] = '\0';
		*data = content;
		*size = (size_t)n;
		if (format)
			*format = entry->format;
	} else {
		free(content);
	}
	free(host);
	return error;
}

int cmsfs_remove(struct cmsfs_disk disk, const char *file_id)
{
	char name[CMSFS_NAME], type[CMSFS_NAME];
	struct cmsfs_entry *entry;
	struct host *host;
	int error;

	if (split_file_id(file_id, name, type))
		return CMSFS_BAD_NAME;
	host = host_mount(disk, &error);
	if (!host)
		return error;
	entry = cmsfs_find(&host->fs, name, type);
	error = entry ? cmsfs_erase(&host->fs, entry) : CMSFS_NO_FILE;
	free(host);
	return error;
}

int cmsfs_list(struct cmsfs_disk disk, int (*visit)(const struct cmsfs_entry *entry, void *context),
	       void *context)
{
	int error;
	struct host *host = host_mount(disk, &error);

	if (!host)
		return error;
	for (uint32_t i = 0; i < host->fs.count && error == CMSFS_OK; i++)
		error = visit(&host->files[i], context);
	free(host);
	return error;
}

int cmsfs_label(struct cmsfs_disk disk, char label[CMSFS_NAME + 1])
{
	int error;
	struct host *host = host_mount(disk, &error);

	if (!host)
		return error;
	memcpy(label, host->fs.super.label, CMSFS_NAME);
	label[CMSFS_NAME] = '\0';
	free(host);
	return CMSFS_OK;
}
