/*
 * main.c - cmsdisk: make and fill a CMS-lite disk image by hand. The tests use it; `vm40` has the same calls inside.
 *
 * Owns: nothing. After it: nothing.
 *
 * Simplification: a plain image file only, not a minidisk inside a volume (`vm40 get` and `vm40 put` do that).
 */
#include "host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int usage(void)
{
	fputs("usage: cmsdisk format IMAGE SECTORS LABEL [NUCLEUS]\n"
	      "       cmsdisk put IMAGE NAME.TYPE FILE [RECORD-LENGTH]\n"
	      "       cmsdisk get IMAGE NAME.TYPE FILE\n"
	      "       cmsdisk list IMAGE\n",
	      stderr);
	return 2;
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "cmsdisk: %s: %s\n", what, why);
	return 1;
}

static char *read_host_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	char *data = NULL;

	if (file && fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode)) {
		*size = (size_t)st.st_size;
		data = malloc(*size + 1);
		if (data && fread(data, 1, *size, file) != *size) {
			free(data);
			data = NULL;
		}
	}
	if (file)
		fclose(file);
	return data;
}

static int format(struct cmsfs_disk disk, int argc, char **argv)
{
	size_t size;
	char *image;
	int error;

	if (argc < 5)
		return usage();
	disk.sectors = (uint32_t)strtoul(argv[3], NULL, 10);
	if (ftruncate(disk.fd, (off_t)disk.sectors * CMSFS_SECTOR))
		return fail(argv[2], "cannot set its size");
	if (argc == 5) {
		error = cmsfs_format(disk, argv[4]);
	} else {
		image = read_host_file(argv[5], &size);
		if (!image || size > UINT32_MAX) {
			free(image);
			return fail(argv[5], "cannot read");
		}
		error = cmsfs_format_boot(disk, argv[4], image, (uint32_t)size);
		free(image);
	}
	return error ? fail(argv[2], cmsfs_error_text(error)) : 0;
}

static int put(struct cmsfs_disk disk, int argc, char **argv)
{
	size_t size;
	char *data;
	int error;

	if (argc < 5)
		return usage();
	data = read_host_file(argv[4], &size);
	if (!data)
		return fail(argv[4], "cannot read");
	error = cmsfs_put(disk, argv[3], data, size, argc > 5 ? (uint32_t)strtoul(argv[5], NULL, 10) : 0);
	free(data);
	return error ? fail(argv[3], cmsfs_error_text(error)) : 0;
}

static int get(struct cmsfs_disk disk, int argc, char **argv)
{
	void *data;
	size_t size;
	FILE *file;
	int error;

	if (argc < 5)
		return usage();
	error = cmsfs_get(disk, argv[3], &data, &size, NULL);
	if (error)
		return fail(argv[3], cmsfs_error_text(error));
	file = fopen(argv[4], "wb");
	error = !file || fwrite(data, 1, size, file) != size;
	if (file && fclose(file))
		error = 1;
	free(data);
	return error ? fail(argv[4], "cannot write") : 0;
}

static int show(const struct cmsfs_entry *entry, void *context)
{
	(void)context;
	printf("%.8s %.8s %c %5u %8u\n", entry->name, entry->type, entry->format,
	       cmsfs_get32(entry->record_length), cmsfs_get32(entry->records));
	return 0;
}

int main(int argc, char **argv)
{
	struct cmsfs_disk disk = {.start = 0};
	struct stat st;
	bool making = argc > 2 && strcmp(argv[1], "format") == 0;
	int rc = 2;

	if (argc < 3)
		return usage();
	disk.fd = open(argv[2], making ? O_RDWR | O_CREAT : O_RDWR, 0666);
	if (disk.fd < 0 || fstat(disk.fd, &st))
		return fail(argv[2], "cannot open");
	disk.sectors = (uint32_t)(st.st_size / CMSFS_SECTOR);
	if (making)
		rc = format(disk, argc, argv);
	else if (strcmp(argv[1], "put") == 0)
		rc = put(disk, argc, argv);
	else if (strcmp(argv[1], "get") == 0)
		rc = get(disk, argc, argv);
	else if (strcmp(argv[1], "list") == 0)
		rc = cmsfs_list(disk, show, NULL) ? fail(argv[2], "not a usable CMS-lite disk") : 0;
	else
		usage();
	close(disk.fd);
	return rc;
}
