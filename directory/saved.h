/*
 * saved.h - the area of saved machines from the host's side.
 */
#ifndef DIRECTORY_SAVED_H
#define DIRECTORY_SAVED_H

#include <cp/saved_slot.h>
#include "store.h"

enum saved_state {
	SAVED_AREA_GOOD,
	SAVED_AREA_NONE, /* the volume has none */
	SAVED_AREA_BAD   /* no catalogue of it can be trusted */
};

/* The catalogue in storage. */
struct saved_area {
	const struct store *store;
	enum saved_state state;
	struct saved_layout layout;
	uint8_t *slot;    /* the one in use, or zeros: nothing was ever saved */
	unsigned which;   /* it is this one */
	unsigned damaged; /* slots that are not as they should be */
	uint8_t *used;    /* of each data block: 1 */
	uint32_t used_count;
};

/* Read and check it; what is wrong is said. False: it cannot be read at all. */
bool saved_load(struct saved_area *a, const struct store *s);
void saved_unload(struct saved_area *a);
const struct disk_saved_header *saved_header(const struct saved_area *a);
/* The extents of the n-th entry. */
const struct disk_saved_extent *saved_extents(const struct saved_area *a, uint32_t n);
/* "MACHINE", "SYSTEM" ... */
const char *saved_kind_name(uint8_t kind);

/* Call put(context, bytes, n) for all bytes of the n-th entry; put NULL: none. False: they cannot be read, are not what was written, or put
 * said false. Nothing is said. */
bool saved_bytes(const struct saved_area *a, uint32_t n,
		 bool (*put)(void *context, const void *bytes, size_t length), void *context);
/*
 * The n-th entry that is meant by NAME or OWNER/NAME: without an owner there must be only one such name. -1, with a message.
 */
int saved_lookup(const struct saved_area *a, const char *name);
/*
 * Write a new catalogue: that of `a` with one entry and its extents more, in the place of the one of its name. False, with a message: the old
 * one counts.
 */
bool saved_write(const struct saved_area *a, const struct disk_saved_entry *entry,
		 const struct disk_saved_extent *extents);
/* Nothing was ever saved here. */
bool saved_clear(const struct saved_area *a);

#endif
