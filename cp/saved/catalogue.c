/*
 * catalogue.c - the catalogue is written: the moment at which an image begins or ceases to exist.
 *
 * Owns: the two-phase swap of the slots. Before: room.c, image.c; the image's own blocks are written. After: write.c, and PURGE.
 * Heritage: DMKCKP, whose checkpoint was one place, written over itself.
 * Simplification: the whole catalogue is written for each change: a few blocks for some hundred images.
 *
 * The slot that is not in use is wiped, filled, and given its header last; each step is on the medium before the next begins. So
 * whatever moment the power goes, one catalogue counts, and all that it names is whole. A header whose writing failed may be
 * there or not: it is wiped again, and until that has succeeded the blocks that it may name are in doubt and given to nobody.
 */
#include "saved.h"
#include <cp/arch.h>
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

/* ---- a slot's bytes, a block at a time --------------------------------------------------------------------------- */

struct emitter {
	uint32_t block; /* of the volume, where the buffer goes */
	uint8_t *buf;
	size_t used;
	uint32_t crc;
	int result; /* of the first write that failed */
};

static void emit_block(struct emitter *e)
{
	memset(e->buf + e->used, 0, VOLUME_BLOCK - e->used);
	if (e->result == 0)
		e->result = saved_io(volume_write(saved.volume, e->block, e->buf));
	e->block++;
	e->used = 0;
	task_yield();
}

/* All pieces have sizes that fill a block without rest. */
static void emit(struct emitter *e, const void *piece, size_t n)
{
	memcpy(e->buf + e->used, piece, n);
	e->crc = crc32_update(e->crc, piece, n);
	e->used += n;
	if (e->used == VOLUME_BLOCK)
		emit_block(e);
}

static void emit_entry(struct emitter *e, const struct saved_image *i)
{
	struct disk_saved_entry d = {.kind = (uint8_t)i->kind, .flags = i->flags};

	saved_name_pad(d.name, i->name);
	saved_name_pad(d.owner, i->owner);
	d.crc = be32_make(i->crc);
	d.serial = be64_make(i->serial);
	d.created = be64_make(volume_time_from_tod(i->created));
	d.bytes = be64_make(i->bytes);
	d.extents = be32_make(i->room->runs);
	emit(e, &d, sizeof(d));
}

static void emit_extents(struct emitter *e, const struct saved_image *i)
{
	for (uint32_t n = 0; n < i->room->runs; n++) {
		struct disk_saved_extent d = {be32_make(i->room->run[n].first),
					      be32_make(i->room->run[n].count)};

		emit(e, &d, sizeof(d));
	}
}

/* One pass over what the new catalogue is to name: the list without `less`, with `more` in its place. */
static void emit_all(struct emitter *e, const struct saved_image *more, const struct saved_image *less,
		     void (*put)(struct emitter *e, const struct saved_image *i))
{
	struct saved_image *i;

	list_for_each(i, &saved.images, all) {
		if (more && saved_image_compare(more, i) <= 0) {
			put(e, more);
			more = NULL;
		}
		if (i != less)
			put(e, i);
	}
	if (more)
		put(e, more);
}

/* ---- the swap ---------------------------------------------------------------------------------------------------- */

static uint32_t slot_sector(unsigned slot)
{
	return (saved.layout.slot[slot] - saved.layout.slot[0]) * VOLUME_SECTORS_PER_BLOCK;
}

static int header_put(unsigned slot, const struct disk_saved_header *h)
{
	int result = volume_sector_write(saved.volume, VOLUME_AREA_SAVED, slot_sector(slot), h);

	return saved_io(result < 0 ? result : volume_flush(saved.volume));
}

/* Nothing but the catalogue in use counts from here on. */
static int wipe(unsigned slot)
{
	static struct disk_saved_header zeros; /* a const one would take room in the image */
	struct saved_room *r, *tmp;
	int result = header_put(slot, &zeros);

	if (result == 0) {
		list_for_each_safe(r, tmp, &saved.doubt, doubt)
			saved_room_drop(r);
	}
	return result;
}

static int contents_write(struct emitter *e, const struct saved_image *more, const struct saved_image *less)
{
	e->used = sizeof(struct disk_saved_header);
	emit_all(e, more, less, emit_entry);
	emit_all(e, more, less, emit_extents);
	if (e->used)
		emit_block(e);
	return e->result == 0 ? saved_io(volume_flush(saved.volume)) : e->result;
}

static void header_make(struct disk_saved_header *h, uint32_t crc, const struct saved_image *more,
			const struct saved_image *less)
{
	*h = (struct disk_saved_header){.version = be32_make(DISK_SAVED_VERSION)};
	memcpy(h->magic, DISK_SAVED_MAGIC, sizeof(h->magic));
	h->generation = be64_make(saved.generation + 1);
	h->count = be32_make(saved.count + (more != NULL) - (less != NULL));
	h->extents = be32_make(saved.runs + (more ? more->room->runs : 0) - (less ? less->room->runs : 0));
	h->data_crc = be32_make(crc);
	h->next_serial = be64_make(saved.next_serial);
	h->created = be64_make(volume_time_from_tod(arch_clock()));
	h->crc = be32_make(crc32_update(0, (const uint8_t *)h + 12, sizeof(*h) - 12));
}

/* The header did not go out as it should have: it may be there all the same. */
static void take_back(unsigned slot, struct saved_image *more)
{
	if (wipe(slot) == 0 || !more)
		return;
	more->room->users++;
	list_append(&saved.doubt, &more->room->doubt);
}

static int slot_write(unsigned slot, struct saved_image *more, const struct saved_image *less, uint8_t *buf)
{
	struct emitter e = {.block = saved.layout.slot[slot], .buf = buf};
	struct disk_saved_header h;
	int result = wipe(slot);

	if (result == 0)
		result = contents_write(&e, more, less);
	if (result < 0)
		return result;
	header_make(&h, e.crc, more, less);
	result = header_put(slot, &h);
	if (result < 0)
		take_back(slot, more);
	return result;
}

static bool places(const struct saved_image *more, const struct saved_image *less)
{
	size_t room = (size_t)saved.layout.slot_blocks * VOLUME_BLOCK - sizeof(struct disk_saved_header);
	uint32_t count = saved.count + 1 - (less != NULL);
	uint32_t runs = saved.runs + more->room->runs - (less ? less->room->runs : 0);

	return count <= DISK_SAVED_IMAGES &&
	       count * sizeof(struct disk_saved_entry) + runs * sizeof(struct disk_saved_extent) <= room;
}

int saved_catalogue_write(struct saved_image *more, struct saved_image *less)
{
	unsigned slot = 1 - saved.slot;
	uint8_t *buf;
	int result;

	if (saved.refusal)
		return saved.refusal;
	if (more && !places(more, less))
		return SAVED_PLACES;
	buf = heap_alloc(VOLUME_BLOCK);
	if (!buf)
		return CP_NO_STORAGE;
	result = slot_write(slot, more, less, buf);
	heap_free(buf, VOLUME_BLOCK);
	if (result < 0)
		return result;
	saved.slot = slot;
	saved.generation++;
	if (more)
		saved_image_insert(more);
	if (less)
		saved_image_destroy(less); /* last: whoever looks meanwhile finds one of the two */
	return 0;
}
