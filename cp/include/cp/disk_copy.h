/*
 * disk_copy.h - a minidisk as it was at one moment, read piece by piece while it is written.
 *
 * Owned by volume/disk_copy.c. Who begins a copy sees to it that nobody's write is under way.
 */
#ifndef CP_DISK_COPY_H
#define CP_DISK_COPY_H

#include <cp/volume.h>

#define DISK_COPY_SECTORS 64u /* of a piece; the disk's last one may have fewer */

struct disk_copy {
	struct list all;
	struct extent extent;
	uint32_t next;    /* the piece that is read next: those before it are their writers' */
	bool reading;     /* it is being read from the disk */
	struct list kept; /* pieces that were written before their turn, as they had been */
};

/* From this moment on. */
void disk_copy_begin(struct disk_copy *c, const struct extent *e);
/* The next piece as it was: how many sectors; 0: there are no more; < 0. Sleeps. */
int disk_copy_read(struct disk_copy *c, void *buf);
/* Also before all of it was read; and once more than once. Sleeps. */
void disk_copy_end(struct disk_copy *c);

/* extent_write() is about to: what a copy has not yet read is kept for it. Sleeps. */
void disk_copies_keep(const struct extent *e, uint64_t sector, uint32_t count);

#endif
