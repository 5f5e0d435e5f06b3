/*
 * file.c - spool files as things in queues.
 *
 * Owns: the list of files: looking for one, changing what is said of it, and its end. Before: entry.c, buffer.c. After:
 * write.c, read.c; the unit record devices and the spool commands.
 * Heritage: SFBLOK queues (DMKRSPxx), DMKCSU.
 * Simplification: one list for all queues of all users, searched from the front.
 */
#include "spool.h"
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>

struct spool_file *spool_find(uint16_t id)
{
	struct spool_file *f;

	list_for_each(f, &spool.files, all) {
		if (f->id == id)
			return f;
	}
	return NULL;
}

static bool matches(const struct spool_file *f, const char *owner, enum spool_queue queue, char class,
		    bool held)
{
	return !f->open && f->queue == queue && (!owner || string_compare_nocase(owner, f->owner) == 0) &&
	       (class == '*' || class == f->class) && (held || !(f->hold || f->system_hold));
}

struct spool_file *spool_next(const char *owner, enum spool_queue queue, char class, bool held,
			      struct spool_file *f)
{
	struct list *l = f ? f->all.next : spool.files.next;

	for (; l != &spool.files; l = l->next) {
		f = container_of(l, struct spool_file, all);
		if (matches(f, owner, queue, class, held))
			return f;
	}
	return NULL;
}

/* Forget the file; nothing of it is on disk any more. */
void spool_file_release(struct spool_file *f)
{
	spool_buffer_destroy(f->buffer);
	bitmap_release(&spool.ids, f->id);
	list_remove(&f->all);
	heap_free(f, sizeof(*f));
}

/* A closed file's map is on disk: read its sector before that becomes zeros. */
static int buffer_with_map(struct spool_file *f)
{
	if (f->buffer)
		return 0;
	f->buffer = spool_buffer_create(f);
	if (!f->buffer)
		return CP_NO_STORAGE;
	return f->open ? 0 : spool_entry_read(f, &f->buffer->entry);
}

static int slot_wipe(uint32_t slot)
{
	struct disk_spool_file zeros = {0};
	int result = volume_sector_write(spool.volume, VOLUME_AREA_SPOOL_FILES, slot, &zeros);

	return result < 0 ? result : volume_flush(spool.volume);
}

int spool_file_doubt_end(struct spool_file *f)
{
	int result = f->doubt ? slot_wipe(f->slot) : 0;

	if (f->doubt && result == 0) {
		f->doubt = false;
		bitmap_release(&spool.slots, f->slot);
	}
	return result;
}

/* The sector first, then the blocks: what is still described is never given to another file. */
int spool_file_purge(struct spool_file *f)
{
	int map = buffer_with_map(f), result = spool_file_doubt_end(f);

	if (result < 0)
		return result;
	if (!f->open) {
		result = slot_wipe(f->slot);
		if (result < 0) { /* it may be wiped all the same */
			if (map == 0)
				spool_entry_write(f, &f->buffer->entry);
			spool_buffer_destroy(f->buffer);
			f->buffer = NULL;
			return result;
		}
		bitmap_release(&spool.slots, f->slot);
	}
	if (map == 0) /* else its blocks are free again from the next IPL on */
		spool_map_walk(f->buffer, UINT32_MAX, spool_block_release);
	spool_file_release(f);
	return 0;
}

int spool_purge(struct spool_file *f)
{
	int result;

	spool_lock();
	result = spool_file_purge(f);
	spool_unlock();
	return result;
}

int spool_change(struct spool_file *f)
{
	struct disk_spool_file e;
	int result = 0;

	spool_lock();
	if (!f->open) { /* an open file's description is written when it is closed */
		result = spool_entry_read(f, &e);
		if (result == 0) {
			struct disk_spool_file before = e;

			result = spool_entry_write(f, &e);
			if (result < 0)
				spool_entry_take(f, &before);
		}
	}
	spool_unlock();
	return result;
}
