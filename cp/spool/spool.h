/*
 * spool.h - what the files of the spool share with each other and with nobody else.
 */
#ifndef CP_SPOOL_PRIVATE_H
#define CP_SPOOL_PRIVATE_H

#include <cp/bitmap.h>
#include <cp/spool.h>
#include <cp/volume.h>

#define SPOOL_READ_BUFFERS                                                                                   \
	16             /* files that are being read at once without going to the disk again for each record */
#define SPOOL_AHEAD 16 /* blocks read at once where they follow each other on the disk */
#define NO_BLOCK    UINT32_MAX

/* A file in use: its description as on disk, one data block, and one indirect block if it is that long; read, also the blocks
 * that come after it. */
struct spool_buffer {
	struct list recent; /* readers' buffers, the one used last at the end */
	struct spool_file *file;
	struct disk_spool_file entry;
	struct disk_spool_block *block; /* a frame */
	uint32_t sequence;              /* of it; NO_BLOCK: nothing is there */
	struct disk_spool_block *ahead; /* NULL, or SPOOL_AHEAD of them */
	uint32_t ahead_first, ahead_count;
	struct disk_spool_indirect *indirect;
	uint32_t indirect_number; /* which of them; NO_BLOCK: nothing is there */
	bool indirect_changed;
};

/* The spool area, and who may touch it. */
struct spool_area {
	struct volume *volume;
	struct bitmap blocks; /* of SPOOL_DATA */
	struct bitmap slots;  /* sectors of SPOOL_FILES */
	struct bitmap ids;
	uint64_t next_serial;
	struct list files; /* in the order in which they came to their queue; open ones too */
	bool busy;
};
extern struct spool_area spool;

/* area.c: one spool operation at a time. */
void spool_lock(void);
void spool_unlock(void);
/* Take a certain block: false if that cannot be. */
bool spool_block_claim(uint32_t block);

/* buffer.c */
struct spool_buffer *spool_buffer_create(struct spool_file *f);
void spool_buffer_destroy(struct spool_buffer *b);
/* The volume block with this sequence of the file; 0 or < 0. */
int spool_map_get(struct spool_buffer *b, uint32_t sequence, uint32_t *block);
/* Make room for this sequence in the map, then note the block (0: take the note back). */
int spool_map_prepare(struct spool_buffer *b, uint32_t sequence);
void spool_map_set(struct spool_buffer *b, uint32_t sequence, uint32_t block);
/* Write a changed indirect block. */
int spool_map_write(struct spool_buffer *b);
/* How many blocks the file has, indirect ones included. Call visit for each, indirect ones first, until `limit` have been visited,
 * visit says false, or the map cannot be read: the number visited. */
uint32_t spool_map_count(const struct spool_buffer *b);
uint32_t spool_map_walk(struct spool_buffer *b, uint32_t limit, bool (*visit)(uint32_t block));

/* entry.c: between the description on disk and struct spool_file. */
void spool_entry_make(const struct spool_file *f, struct disk_spool_file *e);
/* NULL, or what is wrong with it. */
const char *spool_entry_check(const struct disk_spool_file *e);
void spool_entry_take(struct spool_file *f, const struct disk_spool_file *e);
int spool_entry_read(const struct spool_file *f, struct disk_spool_file *e);
int spool_entry_write(const struct spool_file *f, struct disk_spool_file *e);

/* file.c, with the lock held. */
/* Before an open file's blocks change, or are given back: no sector may describe it. 0 or < 0. */
int spool_file_doubt_end(struct spool_file *f);
void spool_file_release(struct spool_file *f);
int spool_file_purge(struct spool_file *f);

#endif
