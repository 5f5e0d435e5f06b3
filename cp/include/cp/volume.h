/*
 * volume.h - CP's volumes: label, areas, minidisk extents, object directory.
 *
 * On-disk forms: cp/volume/format.h. A volume is found by its label, not by
 * its address.
 */
#ifndef CP_VOLUME_H
#define CP_VOLUME_H

#include <cp/block.h>

struct volume {
	struct list all;
	char label[7];
	struct block_device *disk;
	uint64_t sectors;
	/* areas, in 4 KiB blocks */
	uint32_t directory_block[2], directory_blocks;
	uint32_t clock_block;
	uint32_t spool_block, spool_blocks;
};

/* Look at every real disk for a label. Returns the number found, or < 0 with a message on the console. */
int volume_mount_all(void);
struct volume *volume_find(const char *label); /* NULL label: the system volume (the first with a directory) */
/* 4 KiB blocks. */
int volume_read(struct volume *v, uint32_t block, void *buf);
int volume_write(struct volume *v, uint32_t block, const void *buf);
/* The last clock value kept there; 0 if none. */
tod_t volume_clock_read(struct volume *v);
int volume_clock_write(struct volume *v, tod_t now);

/* A minidisk: a run of sectors of a volume. ALL minidisk I/O goes through extent_read/write. */
struct extent {
	struct volume *volume;
	uint64_t start, sectors;
};
int extent_read(const struct extent *e, uint64_t sector, uint32_t count, void *buf);
int extent_write(const struct extent *e, uint64_t sector, uint32_t count, const void *buf);

/* The object directory: a user's entry, copied into storage. Free with directory_release(). */
struct directory_entry; /* cp/object.h iterates its records */
int directory_init(void);
int directory_lookup(const char *userid, void **entry, size_t *length); /* 0; > 0 not there; < 0 error; may sleep */
void directory_release(void *entry, size_t length);
uint64_t directory_generation(void);

#endif
