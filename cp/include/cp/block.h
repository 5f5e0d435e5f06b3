/*
 * block.h - a real disk of CP, as 512-byte sectors.
 *
 * Below: a driver of the port (virtio-blk, FBA). Above: the volume layer.
 * All calls may sleep the calling task until the transfer has ended and
 * return 0, or a negative number after the driver's own retries failed.
 */
#ifndef CP_BLOCK_H
#define CP_BLOCK_H

#include <cp/list.h>

#define SECTOR_SIZE 512u

struct block_device;

struct block_driver {
	const char *name;
	/* buf is real storage; count sectors, at most max_sectors. Sleeps. */
	int (*read)(struct block_device *d, uint64_t sector, uint32_t count, void *buf);
	int (*write)(struct block_device *d, uint64_t sector, uint32_t count, const void *buf);
	int (*flush)(struct block_device *d); /* everything written is on the medium */
};

struct block_device {
	struct list all;
	const struct block_driver *driver;
	void *private;        /* the driver's */
	uint16_t address;     /* real device number, for QUERY */
	uint64_t sectors;     /* capacity */
	uint32_t max_sectors; /* most in one driver call */
};

/* Called by drivers at probe time. */
void block_register(struct block_device *d);
/* n-th real disk or NULL. */
struct block_device *block_device(unsigned n);
/* Any count; splits by max_sectors; checks bounds (negative when outside). */
int block_read(struct block_device *d, uint64_t sector, uint32_t count, void *buf);
int block_write(struct block_device *d, uint64_t sector, uint32_t count, const void *buf);
int block_flush(struct block_device *d);

#endif
