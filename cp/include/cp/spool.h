/*
 * spool.h - spool files: decks of cards and listings, on CP's volume.
 *
 * A spool file is a row of blocks of variable records with an owner. Open
 * files are written by one device; closed ones wait in the owner's reader,
 * printer or punch queue. The on-disk form is cp/volume/format.h; the
 * sector that describes a file is written last, so a file is there whole or
 * not at all. Text in records is in the code of the machine that wrote it,
 * and the file says which.
 * Heritage: DMKSPL, DMKVSP, DMKCKS, SFBLOK.
 */
#ifndef CP_SPOOL_H
#define CP_SPOOL_H

#include <cp/list.h>

#define SPOOL_RECORD_MAX 4060 /* bytes: a record does not run on into the next block */
#define SPOOL_NAME_MAX   8    /* of each of fn and ft */

enum spool_queue { SPOOL_READER, SPOOL_PUNCH, SPOOL_PRINTER, SPOOL_CONSOLE };

struct spool_buffer; /* spool/spool.h: block and descriptor of a file in use */

struct spool_file {
	struct list all;
	uint16_t id; /* 1 to 9999 */
	char owner[9], origin[9];
	char name[SPOOL_NAME_MAX + 1], type[SPOOL_NAME_MAX + 1];
	char class;
	uint8_t copies;
	bool hold;               /* its owner's hold */
	bool system_hold;        /* the operator's */
	bool keep;               /* stays, in hold, after it is read */
	bool open;               /* still being written: in no queue */
	bool doubt;              /* open, but a close failed and may have written its sector */
	bool foreign;            /* text in the code of another machine; spool_read() gives this one's */
	enum spool_queue queue;  /* where it lies */
	enum spool_queue device; /* what made it */
	uint32_t records;
	tod_t created;
	uint64_t serial;             /* tells its blocks from others' */
	uint32_t slot;               /* sector of the volume's table; none while open */
	struct spool_buffer *buffer; /* only while it is written or read */
};

/* Position in a file being read. Part of a reader's saved state. */
struct spool_position {
	uint16_t id;     /* 0: none */
	uint32_t block;  /* of the file, from 0 */
	uint32_t offset; /* next record in it */
	uint32_t record; /* number of the next record, from 0 */
	uint64_t serial; /* of the file: its id may be another's by now */
};

/* Bring up from the system volume. 0 or < 0. */
int spool_init(void);
/*
 * All calls may sleep; < 0: CP could not (area full, I/O error). One spool operation runs at a time. Whoever closes or purges a file
 * that a device has open first takes it away from the device, for another task may be about to use it.
 */
/* A new file, open for writing; NULL: no storage or no spool id left. */
struct spool_file *spool_create(const char *owner, enum spool_queue device, char class);
int spool_append(struct spool_file *f, uint8_t control, const void *record, size_t length);
/* Finish: it appears in queue of owner, last. An empty file is purged. On < 0 it is still open. */
int spool_close(struct spool_file *f, const char *owner, enum spool_queue queue);
/* f is gone, open or not. On < 0 it is still there. */
int spool_purge(struct spool_file *f);
/* Write a changed description (class, copies, hold, keep, owner, queue, name). On < 0 f is again what the disk has, if that can be read. */
int spool_change(struct spool_file *f);
/* Next file of owner (NULL: anybody) in queue after f (NULL starts) with class ('*' any), not held unless held. */
struct spool_file *spool_next(const char *owner, enum spool_queue queue, char class, bool held,
			      struct spool_file *f);
struct spool_file *spool_find(uint16_t id);
/* Start reading at the first record. There is no end to say: buffers of files not read lately are taken away. */
void spool_open(struct spool_file *f, struct spool_position *p);
/* Next record: its length (0 allowed; more than size: the rest is cut), or -1 at the end, or < -1 an error (also: the file is gone). */
int spool_read(struct spool_position *p, uint8_t *control, void *record, size_t size);
/* The text of the next records, run together, until fewer than SPOOL_RECORD_MAX bytes of size are left: how many bytes, 0 at the
 * end, or < -1 an error. For who takes a file as bytes. */
int spool_read_bytes(struct spool_position *p, void *buf, size_t size);
/* Every record of a file that is still open for writing, until each() returns < 0. 0, that, or an error. Nothing is written meanwhile. */
typedef int spool_line(void *context, uint8_t control, const void *text, size_t length);
int spool_each(struct spool_file *f, spool_line *each, void *context);
/* Number of free and of all blocks of the area. */
void spool_space(uint32_t *free_blocks, uint32_t *all_blocks);

#endif
