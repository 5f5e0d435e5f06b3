/*
 * saved.h - where saved machines are kept: an area of CP's volume that holds named images, each a row of bytes.
 *
 * An image is written front to back and is there only when it is committed: whole and under its checksum, in place of the one that had
 * its name before. Until then, and if anything fails, the old one stays. What the bytes mean is no matter of the area.
 * The on-disk form is cp/volume/format.h.
 * Heritage: the areas of DMKSNT (named systems) on a CP-owned volume; DMKCKP's checkpoint of who was logged on.
 *
 * All calls that read or write may sleep. Results are 0 or more: done; CP_NO_STORAGE and CP_IO_ERROR of storage.h; or SAVED_*.
 */
#ifndef CP_SAVED_H
#define CP_SAVED_H

#include <cp/message.h>
#include <cp/volume.h>

#define SAVED_NO_AREA (-20) /* the system volume was formatted without one */
#define SAVED_FULL    (-21) /* no room for the image; what was there before is untouched */
#define SAVED_PLACES  (-22) /* no place for one more name */
#define SAVED_DAMAGED                                                                                        \
	(-23) /* the image's bytes are not those that were written, or the catalogue cannot be used */
#define SAVED_GONE (-24) /* there is no such image (any more) */
#define SAVED_BUSY (-25) /* a RESTORE is writing its disks back */

/* The message for a result < 0. Its text takes two strings: the image's name, and saved_volume(). */
enum message_id saved_message(int result);
/* The label of the volume that has the area; "NONE" if there is none. */
const char *saved_volume(void);

/*
 * One committed image. A name belongs to an owner and a kind: two users may each have a machine LAB1, and it may be a named
 * system's name too. A named system's owner is who saved it, and its name is there once.
 * A pointer to one is good only until the next possible sleep; its serial is good for ever.
 */
struct saved_image {
	struct list all;
	enum saved_kind kind; /* SAVED_MACHINE, SAVED_SYSTEM, SAVED_AUTOSAVE */
	uint8_t flags;        /* SAVED_DISKS, SAVED_RESTORING: as the catalogue says */
	bool restoring;       /* now, by a task of this CP */
	char name[9], owner[9];
	uint64_t serial; /* never given twice; a later image has a higher one */
	uint64_t bytes;
	uint32_t crc; /* of all bytes */
	tod_t created;
	uint32_t blocks;         /* of the area */
	struct saved_room *room; /* where they lie */
};

/* Find the catalogue on the system volume. 0, or SAVED_NO_AREA or another result with the reason on the console: CP goes on without. */
int saved_init(void);

/* The next image after i (NULL starts) in the order of kind, owner, name; NULL ends. */
struct saved_image *saved_next(struct saved_image *i);
/* By name, without regard to case. owner NULL: anybody's; of several the one saved last. */
struct saved_image *saved_find(enum saved_kind kind, const char *owner, const char *name);
struct saved_image *saved_find_serial(uint64_t serial);
/* Bytes that another image may have, and bytes of all the area. 0 and 0: no area. */
void saved_space(uint64_t *free_bytes, uint64_t *all_bytes);
/* The image of which this user's disks were or are being written back, which has not ended; NULL: there is none. */
struct saved_image *saved_restoring(const char *owner);
/* The catalogue says so, or does not any more, also after a loss of power. 0, or < 0: it says what it said. */
int saved_restoring_set(uint64_t serial, bool restoring);
/*
 * For whoever replaces an image and may think better of it: the image, whatever becomes of it in the area. NULL: no storage. Then
 * it comes back in place of what has its name, or (only) is kept no longer.
 */
struct saved_image *saved_keep(const struct saved_image *i);
int saved_put_back(struct saved_image *kept);
void saved_keep_no_longer(struct saved_image *kept);
/* It is gone, and its room is free when nobody reads it any more. On < 0 it is still there. */
int saved_purge(struct saved_image *i);

/* ---- writing ------------------------------------------------------------------------------------------------------- */

struct saved_writer;

/*
 * Begin an image. name and owner have 1 to 8 characters. expected: bytes that it will have at least, 0 if nobody knows: when there is
 * no room for so many it is refused at once. Several images may be written at a time, also of one name: who commits last stays.
 */
int saved_create(struct saved_writer **w, enum saved_kind kind, const char *owner, const char *name,
		 uint64_t expected);
/* The image will hold disks, too. */
void saved_with_disks(struct saved_writer *w);
/* More bytes, any number. After a result < 0 only saved_abandon() is of use. */
int saved_append(struct saved_writer *w, const void *bytes, size_t n);
/* Bytes so far. */
uint64_t saved_written(const struct saved_writer *w);
/* The image is there, and the one before of its name gone. On < 0 the one before is there. The writer is gone either way. */
int saved_commit(struct saved_writer *w);
/* Never mind. NULL is ignored. */
void saved_abandon(struct saved_writer *w);

/* ---- reading ------------------------------------------------------------------------------------------------------- */

struct saved_reader;

/* Begin at the first byte. The image can be replaced or purged meanwhile: the reader has what was there. */
int saved_open(struct saved_reader **r, const struct saved_image *i);
/*
 * The next bytes: how many, fewer than n only at the end, then 0. The checksum is compared when the last byte is given:
 * SAVED_DAMAGED then, so nobody may use what was read before the call that gave the last byte has come back.
 */
int saved_read(struct saved_reader *r, void *buf, size_t n);
/* Go to any byte. From then on no checksum is compared, unless it is byte 0. */
int saved_seek(struct saved_reader *r, uint64_t offset);
uint64_t saved_length(const struct saved_reader *r);
/* NULL is ignored. */
void saved_close(struct saved_reader *r);

#endif
