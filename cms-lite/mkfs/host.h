/*
 * host.h - CMS-lite disks from the host: what `vm40` and the tests call.
 *
 * Owns: nothing; every call opens the file system at (fd, start_sector, sectors), does one thing and forgets it. fd is a
 * CP volume (a minidisk is an extent of it) or a plain disk image (start 0). Calls return 0 or an enum cmsfs_error, which
 * cmsfs_error_text() puts into words. The guest must not have the disk linked meanwhile.
 *
 * Simplification: no locking against a running machine; the caller knows whether the volume is in use.
 */
#ifndef CMS_MKFS_HOST_H
#define CMS_MKFS_HOST_H

#include "../cmsfs.h"

struct cmsfs_disk {
	int fd;
	uint64_t start; /* first 512-byte sector of the minidisk in the file */
	uint32_t sectors;
};

/* An empty file system; label is 1 to 8 characters. */
int cmsfs_format(struct cmsfs_disk disk, const char *label);

/* The same with a nucleus to IPL: image is the raw image of the guest system (cms-lite.bin, cms-lite-x86_64.bin). */
int cmsfs_format_boot(struct cmsfs_disk disk, const char *label, const void *image, uint32_t size);

/*
 * Write a file; an older one of that name is replaced. file_id is "NAME TYPE" or "name.type". record_length 0: a text
 * file (format V: lines of ASCII); else format F with records of that many bytes, the last one filled up with zeros.
 * A program (type MODULE) is always of format F.
 */
int cmsfs_put(struct cmsfs_disk disk, const char *file_id, const void *data, size_t size,
	      uint32_t record_length);

/* Read a file: *data is malloc'ed and the caller's; *size its length. format as in struct cmsfs_entry, may be NULL. */
int cmsfs_get(struct cmsfs_disk disk, const char *file_id, void **data, size_t *size, char *format);

int cmsfs_remove(struct cmsfs_disk disk, const char *file_id);

/* Call visit for each file. A visit that returns other than 0 ends the list, and that is returned. */
int cmsfs_list(struct cmsfs_disk disk, int (*visit)(const struct cmsfs_entry *entry, void *context),
	       void *context);

/* The label, 9 bytes with the NUL; also a check that the disk can be used. */
int cmsfs_label(struct cmsfs_disk disk, char label[CMSFS_NAME + 1]);

#endif
