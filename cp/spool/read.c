/*
 * read.c - reading a spool file, record by record.
 *
 * Owns: the buffers of files being read. Before: buffer.c, file.c. After: the virtual reader, the printer's copies.
 * Heritage: DMKVSP's reader.
 * Simplification: a reader never says that it has finished, so the buffers are a small cache: the one used longest ago makes room.
 *
 * A position may come from a saved machine, so it is believed no more than the disk is.
 */
#include "spool.h"
#include <cp/crc32.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/traits.h>
#include <cp/string.h>

#define AT_END   (-1)
#define BAD_FILE (-2)

static struct list readers = LIST_INIT(readers);

void spool_open(struct spool_file *f, struct spool_position *p)
{
	*p = (struct spool_position){.id = f->id, .serial = f->serial};
}

static void make_room(void)
{
	struct spool_buffer *b;
	unsigned count = 0;

	list_for_each(b, &readers, recent)
		count++;
	if (count < SPOOL_READ_BUFFERS)
		return;
	b = list_first(&readers, struct spool_buffer, recent);
	b->file->buffer = NULL;
	spool_buffer_destroy(b);
}

static struct spool_buffer *buffer_for_reading(struct spool_file *f)
{
	struct spool_buffer *b = f->buffer;

	if (!b) {
		make_room();
		b = spool_buffer_create(f);
		if (!b)
			return NULL;
		if (spool_entry_read(f, &b->entry) < 0) {
			spool_buffer_destroy(b);
			return NULL;
		}
		f->buffer = b;
	}
	list_remove(&b->recent);
	list_append(&readers, &b->recent);
	return b;
}

static bool block_good(const struct spool_buffer *b, const struct disk_spool_block *d, uint32_t sequence)
{
	uint32_t used = be16_get(d->used);

	return memcmp(d->magic, DISK_SPOOL_DATA_MAGIC, sizeof(d->magic)) == 0 &&
	       used <= DISK_SPOOL_DATA_ROOM &&
	       crc32_update(0, (const uint8_t *)d + 8, DISK_SPOOL_DATA_HEAD - 8 + used) == be32_get(d->crc) &&
	       be64_get(d->serial) == b->file->serial && be32_get(d->sequence) == sequence;
}

/* How many blocks from this one on follow each other on the disk, as far as they are read at once. */
static uint32_t run_length(struct spool_buffer *b, uint32_t sequence, uint32_t at)
{
	uint32_t n = 1, next;

	while (n < SPOOL_AHEAD && sequence + n < be32_get(b->entry.blocks) &&
	       spool_map_get(b, sequence + n, &next) == 0 && next == at + n)
		n++;
	return n;
}

/* A transfer costs an emulator more than the bytes in it. Where many cannot be had at once, it is one. */
static int ahead_read(struct spool_buffer *b, uint32_t sequence, uint32_t at, struct disk_spool_block *d)
{
	if (sequence - b->ahead_first >= b->ahead_count) {
		uint32_t n = run_length(b, sequence, at);

		b->ahead_count = 0;
		if (!b->ahead)
			b->ahead = heap_alloc(SPOOL_AHEAD * sizeof(*b->ahead));
		if (!b->ahead || volume_read(spool.volume, at, n, b->ahead) < 0)
			return volume_read(spool.volume, at, 1, d);
		b->ahead_first = sequence;
		b->ahead_count = n;
	}
	memcpy(d, &b->ahead[sequence - b->ahead_first], sizeof(*d));
	return 0;
}

static int disk_read(struct spool_buffer *b, uint32_t sequence, struct disk_spool_block *d)
{
	uint32_t at;

	if (spool_map_get(b, sequence, &at) == 0 && ahead_read(b, sequence, at, d) == 0 &&
	    block_good(b, d, sequence))
		return 0;
	log_line("SPOOL FILE %04u OF %s: BLOCK %u CANNOT BE READ OR IS DAMAGED", b->file->id, b->file->owner,
		 sequence);
	return BAD_FILE;
}

static int block_get(struct spool_buffer *b, uint32_t sequence)
{
	int result;

	if (b->sequence == sequence)
		return 0;
	b->sequence = NO_BLOCK;
	result = disk_read(b, sequence, b->block);
	if (result == 0)
		b->sequence = sequence;
	return result;
}

/* Bring the block with the next record in, going on to the next block at the end of one. */
static int record_find(struct spool_buffer *b, struct spool_position *p)
{
	while (p->block < be32_get(b->entry.blocks)) {
		if (block_get(b, p->block) < 0)
			return BAD_FILE;
		if (p->offset < be16_get(b->block->used))
			return 0;
		p->block++;
		p->offset = 0;
	}
	return AT_END;
}

/* Text that was written on a machine of the other code, or put there by the host. */
static void translate(void *record, size_t size)
{
	if (arch_traits.ebcdic)
		ascii_to_ebcdic(record, size);
	else
		ebcdic_to_ascii(record, size);
}

static int record_get(struct spool_buffer *b, struct spool_position *p, uint8_t *control, void *record,
		      size_t size)
{
	const struct disk_spool_record *r = (const struct disk_spool_record *)(b->block->data + p->offset);
	uint32_t left = be16_get(b->block->used) - p->offset, length;

	if (left < DISK_SPOOL_RECORD_HEAD)
		return BAD_FILE;
	length = be16_get(r->length);
	if (length > left - DISK_SPOOL_RECORD_HEAD)
		return BAD_FILE;
	size = length < size ? length : size;
	memcpy(record, r->text, size);
	if (b->file->foreign)
		translate(record, size);
	*control = r->control;
	p->offset += DISK_SPOOL_RECORD_HEAD + length;
	p->record++;
	return (int)length;
}

static int read_record(struct spool_position *p, uint8_t *control, void *record, size_t size)
{
	struct spool_file *f = p->id ? spool_find(p->id) : NULL;
	struct spool_buffer *b = f && !f->open ? buffer_for_reading(f) : NULL;
	int result;

	if (!b)
		return BAD_FILE;
	result = record_find(b, p);
	return result < 0 ? result : record_get(b, p, control, record, size);
}

int spool_read(struct spool_position *p, uint8_t *control, void *record, size_t size)
{
	int result;

	spool_lock();
	result = read_record(p, control, record, size);
	spool_unlock();
	return result;
}

int spool_read_bytes(struct spool_position *p, void *buf, size_t size)
{
	struct spool_file *f;
	struct spool_buffer *b;
	int result = 0, done = 0;
	uint8_t control;

	spool_lock();
	f = p->id ? spool_find(p->id) : NULL;
	b = f && !f->open ? buffer_for_reading(f) : NULL;
	if (!b)
		result = BAD_FILE;
	while (result >= 0 && size - (size_t)done >= SPOOL_RECORD_MAX) {
		result = record_find(b, p);
		if (result >= 0)
			result = record_get(b, p, &control, (char *)buf + done, SPOOL_RECORD_MAX);
		if (result > 0)
			done += result < SPOOL_RECORD_MAX ? result : SPOOL_RECORD_MAX;
	}
	spool_unlock();
	return result < AT_END ? result : done;
}

/* ---- a file that is still being written ---------------------------------------------------------------------------- */

static int block_each(const struct disk_spool_block *d, spool_line *each, void *context)
{
	uint32_t used = be16_get(d->used), at = 0;
	int result = 0;

	while (at < used && result == 0) {
		const struct disk_spool_record *r = (const struct disk_spool_record *)(d->data + at);
		uint32_t length = used - at < DISK_SPOOL_RECORD_HEAD ? UINT32_MAX : be16_get(r->length);

		if (length > used - at - DISK_SPOOL_RECORD_HEAD)
			return BAD_FILE;
		result = each(context, r->control, r->text, length);
		at += DISK_SPOOL_RECORD_HEAD + length;
	}
	return result;
}

/* The blocks on disk, and the one that is being filled. */
static int open_each(struct spool_buffer *b, spool_line *each, void *context)
{
	struct disk_spool_block *d = heap_alloc(sizeof(*d));
	int result = d ? 0 : CP_NO_STORAGE;

	for (uint32_t n = 0; n < be32_get(b->entry.blocks) && result == 0; n++) {
		result = disk_read(b, n, d);
		if (result == 0)
			result = block_each(d, each, context);
	}
	heap_free(d, sizeof(*d));
	return result == 0 ? block_each(b->block, each, context) : result;
}

int spool_each(struct spool_file *f, spool_line *each, void *context)
{
	int result = 0;

	spool_lock();
	if (!f->open)
		result = CP_CANNOT;
	else if (f->buffer)
		result = open_each(f->buffer, each, context);
	spool_unlock();
	return result;
}
