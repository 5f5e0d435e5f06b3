/*
 * spool.h - spool files: decks of cards and listings, on CP's volume.
 *
 * A spool file is a chain of blocks of variable records with an owner. Open
 * files are written by one device; closed ones wait in the owner's reader,
 * printer or punch queue. The on-disk form is cp/volume/format.h; the
 * directory block of a file is written last, so a file is there whole or
 * not at all.
 * Heritage: DMKSPL, DMKVSP, DMKCKS, SFBLOK.
 */
#ifndef CP_SPOOL_H
#define CP_SPOOL_H

#include <cp/list.h>

#define SPOOL_RECORD_MAX 32767

enum spool_queue { SPOOL_READER, SPOOL_PUNCH, SPOOL_PRINTER, SPOOL_CONSOLE };

struct spool_file {
	struct list all;
	uint16_t id;
	char owner[9], origin[9];
	char name[13], type[13]; /* fn ft, up to 12 */
	char class;
	uint8_t copies;
	bool hold, open, keep;
	enum spool_queue queue;	 /* where it lies */
	enum spool_queue device; /* what made it */
	uint32_t records;
	tod_t created;
	uint32_t first_block;
	uint32_t slot;	/* in the volume's spool directory */
	uint32_t users; /* open readers */
};

/* Position in a file being read. Part of a reader's saved state. */
struct spool_position {
	uint16_t id;	 /* 0: none */
	uint32_t block;	 /* volume block number within the area */
	uint32_t offset; /* next record in it */
	uint32_t record; /* number of the next record, from 0 */
};

/* Bring up from the volume. 0 or < 0. */
int spool_init(void);
/* All calls may sleep; < 0: CP could not (area full, I/O error). */
struct spool_file *spool_create(const char *owner, enum spool_queue device, char class);
int spool_append(struct spool_file *f, uint8_t control, const void *record, size_t length);
/* Finish: it appears in queue of owner. An empty file is purged. */
int spool_close(struct spool_file *f, const char *owner, enum spool_queue queue);
int spool_purge(struct spool_file *f);
/* Write a changed directory entry (class, hold, owner, name). */
int spool_change(struct spool_file *f);
/* Next file of owner in queue after f (NULL starts) with class ('*' any), not held unless held. */
struct spool_file *spool_next(const char *owner, enum spool_queue queue, char class, bool held, struct spool_file *f);
struct spool_file *spool_find(uint16_t id);
/* Start reading at the first record. */
void spool_open(struct spool_file *f, struct spool_position *p);
/* Next record: its length (0 allowed), or -1 at the end, or < -1 an error. */
int spool_read(struct spool_position *p, uint8_t *control, void *record, size_t size);
/* Number of free and of all blocks of the area. */
void spool_space(uint32_t *free_blocks, uint32_t *all_blocks);

#endif
