/*
 * volume.h - CP's volumes: label, areas, minidisk extents, object directory.
 *
 * On-disk forms: cp/volume/format.h. A volume is found by its label, not by
 * its address. Every call that reads or writes may sleep.
 */
#ifndef CP_VOLUME_H
#define CP_VOLUME_H

#include <cp/block.h>
#include "../../volume/format.h"

/* A run of 4 KiB blocks; count 0: there is none. */
struct volume_run {
	uint32_t first, count;
};

struct volume {
	struct list all;
	char label[7];
	struct block_device *disk;
	uint32_t blocks;                           /* of 4 KiB */
	struct volume_run area[VOLUME_AREA_COUNT]; /* checked: inside the volume, no two share a block */
};

/* Look at every real disk for a label. Returns the number found, or < 0 if there is none to start from; the reasons are on
 * the console. */
int volume_mount_all(void);
struct volume *
volume_find(const char *label);               /* NULL label: the system volume (the first with a directory) */
struct volume *volume_next(struct volume *v); /* NULL starts, NULL ends */
/* Blocks of 4 KiB: to be read, so many that follow each other; to be written, one. Or one 512-byte sector of an area by its number there.
 * 0 or < 0. */
int volume_read(struct volume *v, uint32_t block, uint32_t count, void *buf);
int volume_write(struct volume *v, uint32_t block, const void *buf);
int volume_sector_read(struct volume *v, enum volume_area_id area, uint32_t sector, void *buf);
int volume_sector_write(struct volume *v, enum volume_area_id area, uint32_t sector, const void *buf);
int volume_flush(struct volume *v);
/* The volume counts microseconds from 1970. */
tod_t volume_time_to_tod(uint64_t microseconds);
uint64_t volume_time_from_tod(tod_t t);

/* The last clock value kept there; 0 if none. */
tod_t volume_clock_read(struct volume *v);
/* Keep the clock while CP runs; and at SHUTDOWN. 0 or < 0. */
int volume_clock_write(struct volume *v, tod_t now);
int volume_clock_down(struct volume *v, tod_t now);

/* A minidisk: a run of sectors of a volume. ALL minidisk I/O goes through extent_read/write. */
struct extent {
	struct volume *volume;
	uint64_t start, sectors;
	struct temporary
		*temporary; /* not a run of sectors, but one of these (cp/temporary.h); volume is NULL */
};
/* Check a minidisk against its volume: 0; > 0 the volume is not mounted; < 0 outside of its minidisk area. */
int extent_open(struct extent *e, const char *label, uint64_t start, uint64_t sectors);
/* A disk that lasts as long as the extent: 0; > 0 there is no room for it. kind: enum object_temporary_kind. */
int extent_open_temporary(struct extent *e, uint8_t kind, uint64_t sectors);
void extent_close(struct extent *e);
/* What stands for its place: the volume's label, or the kind of a temporary disk. */
const char *extent_name(const struct extent *e);
/* count sectors from `sector` of the minidisk. 0 or < 0 (also: beyond its end). */
int extent_read(const struct extent *e, uint64_t sector, uint32_t count, void *buf);
int extent_write(const struct extent *e, uint64_t sector, uint32_t count, const void *buf);
int extent_flush(const struct extent *e);

/* The object directory: cp/object.h iterates the records of an entry. */

/* Choose and verify the directory of the system volume. 0, or < 0 with the reason on the console. */
int directory_init(void);
/* A user's entry, whole and checked, in storage of its own. 0; > 0 not there; < 0 error, said on the console. */
int directory_lookup(const char *userid, void **entry, size_t *length);
void directory_release(void *entry, size_t length);
/* The n-th userid, from 0, in alphabetical order: 0, > 0 past the last, < 0 error. */
int directory_userid(uint32_t n, char userid[9]);
uint64_t directory_generation(void);
uint32_t directory_count(void);
/* How many users' passwords are their userids: CP warns of it at every start. */
uint32_t directory_weak(void);

#define DIRECTORY_IDENTITY 8 /* bytes of an identity that tell which directory is meant */

/* Called for each logged-on user whose entry is another one now, or gone. */
typedef void directory_report(void *context, const char *userid, bool removed);
/*
 * Use the newer directory that somebody has written to the other slot: an enum object_status; OBJECT_MISSING: there is none, or not
 * the one of this identity (DIRECTORY_IDENTITY bytes, NULL: any). On failure the old one stays in use.
 */
int directory_swap(const uint8_t *identity, directory_report *report, void *context);

#define DIRECTORY_BUSY 2 /* somebody else is replacing the directory */
/* Change fields of an entry in storage; other than 0: leave it as it was. */
typedef int directory_change(void *context, void *entry, size_t length);
/* Change a user's entry on the volume, and use what comes of it. 0; 1 no such user; DIRECTORY_BUSY; what `change` returned; < 0. */
int directory_update(const char *userid, directory_change *change, void *context);
/* Until then nobody may replace the directory but who comes with directory_swap(); 0 ends it. */
void directory_hold_until(tod_t until);

#endif
