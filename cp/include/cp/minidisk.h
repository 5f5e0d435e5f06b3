/*
 * minidisk.h - a virtual 9336: a run of sectors of a CP volume.
 *
 * Owned by device/disk.c. LINK fills a struct minidisk in the init function
 * it gives to device_create(); DIAGNOSE block I/O and the channel both work
 * on it, through minidisk_read() and minidisk_write().
 */
#ifndef CP_MINIDISK_H
#define CP_MINIDISK_H

#include <cp/device.h>
#include <cp/volume.h>

/* Private structure of a disk. */
struct minidisk {
	/* set by LINK */
	struct extent extent; /* on the volume; ALL I/O goes through it */
	bool read_only;
	char owner[9]; /* whose MDISK statement */
	uint16_t owner_vdev;
	uint8_t mode; /* enum link_mode it was linked with */
	/* the channel program's DEFINE EXTENT and LOCATE */
	uint8_t defined;       /* 0 none; else DEFINE EXTENT's (or READ IPL's) permission, see disk.c */
	uint32_t extent_first; /* block on the disk of the extent's first block */
	uint32_t extent_base, extent_last; /* its relative numbers */
	uint32_t next, left;               /* LOCATE: next block, blocks left */
	uint8_t operation;                 /* LOCATE's operation, 0 none */
	/* DIAGNOSE X'250' environment */
	uint32_t block_size; /* 0: none */
	int64_t block_offset;
};

/* NULL if d is not a minidisk. */
struct minidisk *minidisk_of(struct device *d);
/* count sectors; 0, or < 0: CP_IO_ERROR, or CP_CANNOT outside the disk or write to a read-only one. Sleeps. */
int minidisk_read(struct minidisk *m, uint64_t sector, uint32_t count, void *buf);
int minidisk_write(struct minidisk *m, uint64_t sector, uint32_t count, const void *buf);
/* What was written is on the medium. 0 or CP_IO_ERROR. Sleeps. */
int minidisk_flush(struct minidisk *m);

#endif
