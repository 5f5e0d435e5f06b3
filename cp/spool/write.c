/*
 * write.c - making a spool file.
 *
 * Owns: a file from its creation to its closing. Before: buffer.c, file.c. After: punch, printer, console; cards from the host.
 * Heritage: DMKVSP (virtual spooling), DMKSPL (closing).
 * Simplification: an open file is lost when CP stops without SHUTDOWN; VM's checkpoints kept the closed ones too, and no more.
 *
 * Order of writing: data blocks, indirect blocks, flush, the describing sector, flush. So a file is there whole or not at all. A
 * sector whose writing failed may be there or not: it is wiped before the file's blocks change or go to others.
 */
#include "spool.h"
#include <cp/arch.h>
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>

static uint64_t serial_next(tod_t created)
{
	uint64_t now = volume_time_from_tod(created);

	if (spool.next_serial < now)
		spool.next_serial = now;
	return spool.next_serial++;
}

struct spool_file *spool_create(const char *owner, enum spool_queue device, char class)
{
	struct spool_file *f = heap_alloc(sizeof(*f));
	uint32_t id;

	if (!f)
		return NULL;
	id = bitmap_take(&spool.ids);
	if (id == BITMAP_NONE) {
		heap_free(f, sizeof(*f));
		return NULL;
	}
	f->id = (uint16_t)id;
	f->open = true;
	f->class = class;
	f->copies = 1;
	f->device = device;
	f->queue = device == SPOOL_CONSOLE ? SPOOL_PRINTER : device;
	f->created = arch_clock();
	f->serial = serial_next(f->created);
	string_copy(f->owner, sizeof(f->owner), owner);
	string_copy(f->origin, sizeof(f->origin), owner);
	list_append(&spool.files, &f->all);
	return f;
}

/* ---- records into blocks ---------------------------------------------------------------------------------------- */

static uint32_t block_used(const struct spool_buffer *b)
{
	return be16_get(b->block->used);
}

/* The sequence of the block being filled is the number of those written. */
static int block_put(struct spool_buffer *b, uint32_t at)
{
	struct disk_spool_block *d = b->block;
	uint32_t sequence = be32_get(b->entry.blocks);

	memcpy(d->magic, DISK_SPOOL_DATA_MAGIC, sizeof(d->magic));
	d->serial = b->entry.serial;
	d->sequence = be32_make(sequence);
	d->crc = be32_make(crc32_update(0, (const uint8_t *)d + 8, DISK_SPOOL_DATA_HEAD - 8 + block_used(b)));
	return volume_write(spool.volume, at, d);
}

/* Write the block that is full, or the last one. On < 0 everything is as before and it can be tried again. */
static int block_flush_out(struct spool_buffer *b)
{
	uint32_t sequence = be32_get(b->entry.blocks), at;
	int result = spool_map_prepare(b, sequence);

	if (result < 0)
		return result;
	at = spool_block_take();
	if (!at)
		return CP_CANNOT;
	result = block_put(b, at);
	if (result < 0) {
		spool_block_release(at);
		return result;
	}
	spool_map_set(b, sequence, at);
	b->entry.blocks = be32_make(sequence + 1);
	memset(b->block, 0, sizeof(*b->block));
	return 0;
}

static void record_put(struct spool_buffer *b, uint8_t control, const void *record, size_t length)
{
	struct disk_spool_block *d = b->block;
	struct disk_spool_record *r = (struct disk_spool_record *)(d->data + block_used(b));

	r->length = be16_make((uint16_t)length);
	r->control = control;
	r->reserved = 0;
	memcpy(r->text, record, length);
	d->used = be16_make((uint16_t)(block_used(b) + DISK_SPOOL_RECORD_HEAD + length));
	d->records = be16_make((uint16_t)(be16_get(d->records) + 1));
	b->entry.bytes = be64_make(be64_get(b->entry.bytes) + length);
	if (length > be16_get(b->entry.width))
		b->entry.width = be16_make((uint16_t)length);
}

static int buffer_for_writing(struct spool_file *f)
{
	if (f->buffer)
		return 0;
	f->buffer = spool_buffer_create(f);
	if (!f->buffer)
		return CP_NO_STORAGE;
	f->buffer->entry.serial = be64_make(f->serial);
	f->buffer->entry.charset = arch_traits.ebcdic ? DISK_SPOOL_EBCDIC : DISK_SPOOL_ASCII;
	return 0;
}

static int append(struct spool_file *f, uint8_t control, const void *record, size_t length)
{
	int result;

	if (!f->open || length > DISK_SPOOL_RECORD_MAX)
		return CP_CANNOT;
	result = buffer_for_writing(f);
	if (result == 0)
		result = spool_file_doubt_end(f);
	if (result < 0)
		return result;
	if (block_used(f->buffer) + DISK_SPOOL_RECORD_HEAD + length > DISK_SPOOL_DATA_ROOM) {
		result = block_flush_out(f->buffer);
		if (result < 0)
			return result;
	}
	record_put(f->buffer, control, record, length);
	f->records++;
	return 0;
}

int spool_append(struct spool_file *f, uint8_t control, const void *record, size_t length)
{
	int result;

	spool_lock();
	result = append(f, control, record, length);
	spool_unlock();
	return result;
}

/* ---- closing ---------------------------------------------------------------------------------------------------- */

/* All that the description will speak of is on the medium. */
static int contents_write(struct spool_buffer *b)
{
	int result = 0;

	if (block_used(b) > 0)
		result = block_flush_out(b);
	if (result == 0)
		result = spool_map_write(b);
	if (result == 0)
		result = volume_flush(spool.volume);
	return result;
}

static int describe(struct spool_file *f)
{
	uint32_t slot = bitmap_take(&spool.slots);
	int result;

	if (slot == BITMAP_NONE)
		return CP_CANNOT;
	f->slot = slot;
	result = spool_entry_write(f, &f->buffer->entry);
	if (result < 0) { /* the sector may be there all the same */
		f->doubt = true;
		spool_file_doubt_end(f);
	}
	return result;
}

static int close_file(struct spool_file *f, const char *owner, enum spool_queue queue)
{
	char old_owner[9];
	enum spool_queue old_queue = f->queue;
	int result;

	if (!f->open)
		return CP_CANNOT;
	if (f->records == 0)
		return spool_file_purge(f);
	result = spool_file_doubt_end(f);
	if (result == 0)
		result = contents_write(f->buffer);
	if (result < 0)
		return result;
	string_copy(old_owner, sizeof(old_owner), f->owner);
	string_copy(f->owner, sizeof(f->owner), owner);
	f->queue = queue == SPOOL_CONSOLE ? SPOOL_PRINTER : queue;
	result = describe(f);
	if (result < 0) {
		string_copy(f->owner, sizeof(f->owner), old_owner);
		f->queue = old_queue;
		return result;
	}
	f->open = false;
	spool_buffer_destroy(f->buffer);
	f->buffer = NULL;
	list_remove(&f->all);
	list_append(&spool.files, &f->all);
	return 0;
}

int spool_close(struct spool_file *f, const char *owner, enum spool_queue queue)
{
	int result;

	spool_lock();
	result = close_file(f, owner, queue);
	spool_unlock();
	return result;
}
