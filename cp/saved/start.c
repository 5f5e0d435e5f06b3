/*
 * start.c - the saved machines at IPL: which there are, which blocks are free.
 *
 * Owns: the choice of the catalogue, and the images made of its entries. Before: slot.c, room.c, image.c. After: everything that
 * saves or restores.
 * Heritage: DMKWRM (warm start).
 * Simplification: an image's bytes are not read here; damage shows when it is read.
 *
 * CP starts in any case. Without a catalogue that can be trusted the area is left alone: nothing is read from it or written over.
 */
#include "saved.h"
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>

static struct saved_image *image_make(const struct disk_saved_entry *e)
{
	struct saved_image *i = heap_alloc(sizeof(*i));

	if (!i)
		return NULL;
	list_init(&i->all);
	i->kind = (enum saved_kind)e->kind;
	i->flags = e->flags & (SAVED_DISKS | SAVED_RESTORING);
	saved_name_get(i->name, e->name);
	saved_name_get(i->owner, e->owner);
	i->serial = be64_get(e->serial);
	i->bytes = be64_get(e->bytes);
	i->crc = be32_get(e->crc);
	i->created = volume_time_to_tod(be64_get(e->created));
	i->room = saved_room_create(be32_get(e->extents));
	if (i->room)
		return i;
	heap_free(i, sizeof(*i));
	return NULL;
}

/* Images of a slot that was checked. */
static int images_make(const uint8_t *slot)
{
	const struct disk_saved_header *h = (const struct disk_saved_header *)slot;
	uint32_t extent = 0;

	for (uint32_t n = 0; n < be32_get(h->count); n++) {
		const struct disk_saved_entry *e = saved_slot_entry(slot, n);
		struct saved_image *i = image_make(e);

		if (!i)
			return CP_NO_STORAGE;
		for (uint32_t k = 0; k < be32_get(e->extents); k++) {
			const struct disk_saved_extent *x = saved_slot_extent(slot, extent++);

			saved_room_note(i->room, be32_get(x->first), be32_get(x->count));
		}
		i->blocks = i->room->blocks;
		saved_image_insert(i);
	}
	saved.generation = be64_get(h->generation);
	saved.next_serial = be64_get(h->next_serial);
	return 0;
}

static void say(unsigned slot, const char *wrong)
{
	log_line("CATALOGUE %c OF SAVED MACHINES OF VOLUME %s %s", 'A' + slot, saved.volume->label, wrong);
}

static int bytes_read(unsigned slot, uint8_t *bytes, size_t n)
{
	uint32_t sectors = (uint32_t)((n + VOLUME_SECTOR - 1) / VOLUME_SECTOR);

	return block_read(saved.volume->disk, (uint64_t)saved.layout.slot[slot] * VOLUME_SECTORS_PER_BLOCK,
			  sectors, bytes);
}

/* Take the slot as the catalogue: 0; > 0 it is not good; < 0. */
static int slot_take(unsigned slot, uint8_t *bytes, size_t n)
{
	const struct disk_saved_header *h = (const struct disk_saved_header *)bytes;
	const char *wrong = NULL;

	if (bytes_read(slot, bytes, n) < 0)
		wrong = "cannot be read";
	else if (saved_header_state(&saved.layout, h) != SAVED_SLOT_GOOD || saved_header_length(h) > n)
		wrong = "changes while it is read";
	else
		wrong = saved_slot_check(&saved.layout, bytes, saved_claim_blocks, NULL);
	if (!wrong) {
		saved.slot = slot;
		return images_make(bytes);
	}
	say(slot, wrong);
	bitmap_destroy(&saved.blocks);
	return bitmap_create(&saved.blocks, saved.layout.count) < 0 ? CP_NO_STORAGE : 1;
}

static int slot_try(unsigned slot, const struct disk_saved_header *h)
{
	size_t n = (saved_header_length(h) + VOLUME_BLOCK - 1) / VOLUME_BLOCK * VOLUME_BLOCK;
	uint8_t *bytes = heap_alloc(n);
	int result = bytes ? slot_take(slot, bytes, n) : CP_NO_STORAGE;

	heap_free(bytes, n);
	return result;
}

/* Both headers; true if they can be read and at most one of them is not as it should be. */
static bool headers_read(struct disk_saved_header h[2], unsigned *bad)
{
	static const char *const wrong[] = {[SAVED_SLOT_DAMAGED] = "is damaged",
					    [SAVED_SLOT_LATER] = "is of a later version than this CP"};

	for (unsigned i = 0; i < 2; i++) {
		uint32_t sector = i * saved.layout.slot_blocks * VOLUME_SECTORS_PER_BLOCK;
		enum saved_slot_state state;

		if (volume_sector_read(saved.volume, VOLUME_AREA_SAVED, sector, &h[i]) < 0) {
			say(i, "cannot be read");
			return false;
		}
		state = saved_header_state(&saved.layout, &h[i]);
		if (state == SAVED_SLOT_GOOD || state == SAVED_SLOT_EMPTY)
			continue;
		say(i, wrong[state]);
		*bad += 1;
		if (state == SAVED_SLOT_LATER)
			return false;
	}
	return true;
}

/* The newest slot that is good. 0, or < 0. */
static int catalogue_find(void)
{
	struct disk_saved_header h[2];
	int order[2], result = 1;
	unsigned bad = 0;

	if (!headers_read(h, &bad))
		return SAVED_DAMAGED;
	saved_slot_order(&saved.layout, h, order);
	for (unsigned i = 0; i < 2 && result > 0 && order[i] >= 0; i++)
		result = slot_try((unsigned)order[i], &h[order[i]]);
	if (result > 0 && order[0] < 0 && bad == 0) {
		saved.slot = 1; /* nothing was ever saved here: the first slot is the next */
		return 0;
	}
	return result > 0 ? SAVED_DAMAGED : result;
}

int saved_init(void)
{
	struct volume *v = volume_find(NULL);
	const struct volume_run *area = v ? &v->area[VOLUME_AREA_SAVED] : NULL;
	int result;

	saved.volume = v;
	saved.refusal = SAVED_NO_AREA;
	if (!v || area->count == 0 || !saved_layout(&saved.layout, area->first, area->count))
		return SAVED_NO_AREA;
	saved.generation = 0;
	saved.next_serial = 1;
	result = bitmap_create(&saved.blocks, saved.layout.count);
	if (result == 0)
		result = catalogue_find();
	saved.refusal = result < 0 ? result : 0;
	if (result < 0)
		log_line("SAVED MACHINES OF VOLUME %s CANNOT BE USED", v->label);
	return result;
}
