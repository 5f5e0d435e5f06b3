/*
 * start.c - the spool at IPL: which files there are, which blocks are free.
 *
 * Owns: the pass over the table of spool files. Before: entry.c, buffer.c. After: everything that has a queue.
 * Heritage: DMKWRM (warm start) and DMKCKS; VM's CKPT and FORCE starts, which dropped what they could not read.
 * Simplification: data blocks are not read here; a damaged one shows when its file is read.
 *
 * A file that cannot be right is dropped with a message, the others stay. Its sector is wiped, for its blocks may be given
 * to others from now on.
 */
#include "spool.h"
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>

/* The one reason that is not the file's fault: nothing is dropped then, the start fails. */
static const char no_storage[] = "FINDS NO REAL STORAGE";

static bool is_free(const void *sector)
{
	static uint8_t zeros[VOLUME_SECTOR]; /* a const one would take room in the image */

	return memcmp(sector, zeros, sizeof(zeros)) == 0;
}

/* Files stand in the order in which they were made. */
static void file_insert(struct spool_file *f)
{
	struct list *at = spool.files.prev;

	while (at != &spool.files && container_of(at, struct spool_file, all)->serial > f->serial)
		at = at->prev;
	list_insert(at->next, &f->all);
}

/* Mark the file's blocks as taken, all or none. */
static const char *blocks_claim(struct spool_file *f, const struct disk_spool_file *e)
{
	struct spool_buffer *b = spool_buffer_create(f);
	const char *wrong = NULL;
	uint32_t claimed;

	if (!b)
		return no_storage;
	b->entry = *e;
	claimed = spool_map_walk(b, UINT32_MAX, spool_block_claim);
	if (claimed < spool_map_count(b)) {
		spool_map_walk(b, claimed, spool_block_release);
		wrong = "HAS BLOCKS THAT ARE NOT ITS OWN, OR A DAMAGED MAP";
	}
	spool_buffer_destroy(b);
	return wrong;
}

static const char *file_take(struct spool_file *f, const struct disk_spool_file *e)
{
	const char *wrong;

	spool_entry_take(f, e);
	if (f->serial >= UINT64_MAX - 1)
		return "HAS AN IMPOSSIBLE SERIAL NUMBER";
	if (!bitmap_claim(&spool.ids, f->id))
		return "HAS THE SPOOL ID OF ANOTHER";
	wrong = blocks_claim(f, e);
	if (wrong) {
		bitmap_release(&spool.ids, f->id);
		return wrong;
	}
	if (f->serial >= spool.next_serial)
		spool.next_serial = f->serial + 1;
	file_insert(f);
	return NULL;
}

static const char *slot_take(uint32_t slot, const struct disk_spool_file *e)
{
	const char *wrong = spool_entry_check(e);
	struct spool_file *f;

	if (wrong)
		return wrong;
	f = heap_alloc(sizeof(*f));
	if (!f)
		return no_storage;
	f->slot = slot;
	list_init(&f->all);
	wrong = file_take(f, e);
	if (wrong)
		heap_free(f, sizeof(*f));
	return wrong;
}

static int slot_look(uint32_t slot, const struct disk_spool_file *e)
{
	static struct disk_spool_file zeros; /* a const one would take room in the image */
	const char *wrong;

	if (is_free(e))
		return 0;
	wrong = slot_take(slot, e);
	if (!wrong) {
		bitmap_claim(&spool.slots, slot);
		return 0;
	}
	if (wrong == no_storage)
		return CP_NO_STORAGE;
	log_line("SPOOL FILE IN PLACE %u OF VOLUME %s %s: DROPPED", slot, spool.volume->label, wrong);
	return volume_sector_write(spool.volume, VOLUME_AREA_SPOOL_FILES, slot, &zeros);
}

static int table_block(uint32_t number, uint8_t *block)
{
	int result = volume_read(spool.volume, spool.volume->area[VOLUME_AREA_SPOOL_FILES].first + number, 1,
				 block);

	for (uint32_t i = 0; i < VOLUME_SECTORS_PER_BLOCK && result == 0; i++)
		result = slot_look(number * VOLUME_SECTORS_PER_BLOCK + i,
				   (const struct disk_spool_file *)(block + i * VOLUME_SECTOR));
	return result;
}

static int table_read(void)
{
	uint8_t *block = heap_alloc(VOLUME_BLOCK);
	int result = 0;

	if (!block)
		return CP_NO_STORAGE;
	for (uint32_t i = 0; i < spool.volume->area[VOLUME_AREA_SPOOL_FILES].count && result == 0; i++)
		result = table_block(i, block);
	heap_free(block, VOLUME_BLOCK);
	return result < 0 ? result : volume_flush(spool.volume);
}

static int maps_create(void)
{
	const struct volume_run *area = spool.volume->area;

	if (bitmap_create(&spool.blocks, area[VOLUME_AREA_SPOOL_DATA].count) < 0 ||
	    bitmap_create(&spool.slots, area[VOLUME_AREA_SPOOL_FILES].count * VOLUME_SECTORS_PER_BLOCK) < 0 ||
	    bitmap_create(&spool.ids, DISK_SPOOL_ID_MAX + 1) < 0)
		return CP_NO_STORAGE;
	bitmap_claim(&spool.ids, 0); /* not a spool id */
	spool.ids.next = 1;
	return 0;
}

int spool_init(void)
{
	int result;

	spool.volume = volume_find(NULL);
	if (!spool.volume || spool.volume->area[VOLUME_AREA_SPOOL_FILES].count == 0 ||
	    spool.volume->area[VOLUME_AREA_SPOOL_DATA].count == 0) {
		log_line("THE SYSTEM VOLUME HAS NO SPOOL AREA");
		return CP_CANNOT;
	}
	spool.next_serial = 1;
	result = maps_create();
	if (result == 0)
		result = table_read();
	if (result < 0)
		log_line("THE SPOOL AREA OF VOLUME %s CANNOT BE BROUGHT UP", spool.volume->label);
	return result;
}
