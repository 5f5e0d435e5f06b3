/*
 * saved.h - what the files of the area for saved machines share with each other and with nobody else.
 */
#ifndef CP_SAVED_PRIVATE_H
#define CP_SAVED_PRIVATE_H

#include <cp/bitmap.h>
#include <cp/saved.h>
#include <cp/saved_slot.h>

#define SAVED_BUFFER_BLOCKS 8u /* what one transfer takes: 32 KiB */
#define SAVED_BUFFER        (SAVED_BUFFER_BLOCKS * VOLUME_BLOCK)

/* Where an image's bytes lie. Whoever needs the blocks to stay is counted; the last one to go gives them back. */
struct saved_room {
	struct list doubt; /* on saved_area.doubt, else on nothing */
	unsigned users;
	uint32_t blocks;
	uint32_t runs, runs_max;
	struct volume_run *run;
};

/* The area, and who may change its catalogue. */
struct saved_area {
	struct volume *volume;
	int refusal; /* SAVED_NO_AREA or SAVED_DAMAGED: there is nothing to use; 0 */
	struct saved_layout layout;
	struct bitmap blocks; /* the data blocks */
	unsigned slot;        /* the slot in use */
	uint64_t generation;
	uint64_t next_serial;
	struct list images; /* in the order of the catalogue */
	uint32_t count;     /* of them */
	uint32_t runs;      /* of all of them */
	struct list doubt;  /* rooms that a catalogue on the volume may name, although its writing failed */
	bool busy;
};
extern struct saved_area saved;

/* area.c: one change of the catalogue at a time. */
void saved_lock(void);
void saved_unlock(void);
/* A disk's result as this area's: 0 or CP_IO_ERROR. */
int saved_io(int result);
bool saved_claim_blocks(void *unused, uint32_t first, uint32_t count);

/* room.c */
struct saved_room *saved_room_create(uint32_t runs_expected);
/* One more free block of the area, at the end. 0 or < 0. */
int saved_room_grow(struct saved_room *r);
/* Note a run that is taken already. There must be room for it. */
void saved_room_note(struct saved_room *r, uint32_t first, uint32_t count);
/* Where the n-th block lies, and how many follow it there. */
struct volume_run saved_room_find(const struct saved_room *r, uint32_t n);
/* One user less. NULL is ignored. */
void saved_room_drop(struct saved_room *r);

/* image.c */
void saved_image_insert(struct saved_image *i);
void saved_image_destroy(struct saved_image *i);
int saved_image_compare(const struct saved_image *a, const struct saved_image *b);

/* catalogue.c: write the catalogue anew, with one image more and one less (each may be NULL). With the lock held. On < 0 the old one counts;
 * the room of the one more may be in doubt then, and is looked after. */
int saved_catalogue_write(struct saved_image *more, struct saved_image *less);

#endif
