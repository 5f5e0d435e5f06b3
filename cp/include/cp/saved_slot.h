/*
 * saved_slot.h - reading the catalogue of saved machines: the checks between a hostile disk and everybody who uses an entry.
 *
 * The form on disk is cp/volume/format.h. CP and the host tools use the same code; where the bytes come from is the caller's business.
 */
#ifndef CP_SAVED_SLOT_H
#define CP_SAVED_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include "../../volume/format.h"

/* Where the parts of an area lie, in blocks of the volume. */
struct saved_layout {
	uint32_t slot[2];
	uint32_t slot_blocks;
	uint32_t first, count; /* the data blocks */
};

/* False: an area so small holds nothing. */
bool saved_layout(struct saved_layout *l, uint32_t area_first, uint32_t area_blocks);

enum saved_slot_state {
	SAVED_SLOT_GOOD,
	SAVED_SLOT_EMPTY,   /* wiped, or never written */
	SAVED_SLOT_DAMAGED, /* a checksum is wrong, or a value cannot be */
	SAVED_SLOT_LATER    /* made by a later version */
};

/* What the header alone says. */
enum saved_slot_state saved_header_state(const struct saved_layout *l, const struct disk_saved_header *h);
/* Bytes of the slot that a good header speaks of, itself included. */
size_t saved_header_length(const struct disk_saved_header *h);
/*
 * Which slot to try first and which then, by two headers: -1 none. An empty one is not tried.
 */
void saved_slot_order(const struct saved_layout *l, const struct disk_saved_header h[2], int order[2]);

/* A sort of extents to be taken: false if any block of it is taken already. */
typedef bool saved_claim(void *context, uint32_t first, uint32_t count);
/*
 * Check a slot whose header is good, read whole, and claim all its extents on the way. NULL, or what is wrong; some may be claimed
 * then.
 */
const char *saved_slot_check(const struct saved_layout *l, const uint8_t *slot, saved_claim *claim,
			     void *context);
/* Of a slot that was checked: its n-th entry, and its n-th extent, counted over all entries. */
const struct disk_saved_entry *saved_slot_entry(const uint8_t *slot, uint32_t n);
const struct disk_saved_extent *saved_slot_extent(const uint8_t *slot, uint32_t n);

/*
 * The order of entries, and what makes two the same: < 0, 0, > 0. Names and owners are padded with blanks. A named system is told by its
 * name alone.
 */
int saved_key_compare(uint8_t kind_a, const uint8_t owner_a[8], const uint8_t name_a[8], uint8_t kind_b,
		      const uint8_t owner_b[8], const uint8_t name_b[8]);
/* A name as the disk has it, upper case and padded. False: no name can look like this. */
bool saved_name_pad(uint8_t padded[8], const char *name);
/* And back. */
void saved_name_get(char name[9], const uint8_t padded[8]);
/* Blocks that so many bytes take. */
uint64_t saved_blocks(uint64_t bytes);

#endif
