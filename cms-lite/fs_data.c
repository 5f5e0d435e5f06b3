/*
 * fs_data.c - the contents of files: sequential reading and writing.
 *
 * Owns: cmsfs_reader, cmsfs_writer. fs.c has the catalogue and the commit.
 *
 * Simplification: one block a transfer and one file written at a time on a disk.
 */
#include "fs_private.h"

/* The disk block that holds block `index` of a file; 0 when the file has no such block. */
static uint32_t entry_block(const struct cmsfs_entry *entry, uint64_t index)
{
	for (uint32_t i = 0; i < cmsfs_get32(entry->extents); i++) {
		uint32_t count = cmsfs_get32(entry->extent[i].count);

		if (index < count)
			return cmsfs_get32(entry->extent[i].start) + (uint32_t)index;
		index -= count;
	}
	return 0;
}

void cmsfs_open(struct cmsfs_reader *reader, struct cmsfs *fs, const struct cmsfs_entry *entry)
{
	reader->fs = fs;
	reader->entry = *entry;
	reader->offset = 0;
	reader->cached = 0;
}

int cmsfs_read(struct cmsfs_reader *reader, void *data, uint32_t size)
{
	uint64_t left = cmsfs_get64(reader->entry.bytes) - reader->offset;
	uint32_t done = 0;

	if (size > left)
		size = (uint32_t)left;
	while (done < size) {
		uint32_t block = entry_block(&reader->entry, reader->offset / CMSFS_BLOCK);
		uint32_t within = reader->offset % CMSFS_BLOCK, part = CMSFS_BLOCK - within;

		if (part > size - done)
			part = size - done;
		if (block != reader->cached) {
			reader->cached = 0;
			if (cmsfs_block_io(reader->fs->store, false, block, 1, reader->buffer))
				return CMSFS_IO;
			reader->cached = block;
		}
		memcpy((char *)data + done, reader->buffer + within, part);
		done += part;
		reader->offset += part;
	}
	return (int)done;
}

int cmsfs_create(struct cmsfs_writer *writer, struct cmsfs *fs, const char name[CMSFS_NAME],
		 const char type[CMSFS_NAME], char format, uint32_t record_length)
{
	if (fs->store->read_only)
		return CMSFS_READ_ONLY;
	if (fs->writer)
		return CMSFS_BUSY;
	if (format == 'F' && (record_length == 0 || record_length > CMSFS_RECORD_MAX))
		return CMSFS_TOO_LARGE;
	writer->fs = fs;
	writer->entry = (struct cmsfs_entry){.format = format, .record_length = cmsfs_be32(record_length)};
	memcpy(writer->entry.name, name, CMSFS_NAME);
	memcpy(writer->entry.type, type, CMSFS_NAME);
	writer->fill = writer->line = writer->longest = 0;
	fs->writer = writer;
	return CMSFS_OK;
}

/* Give the file one more block: the one after its last, or the start of the longest free run. */
static int grow(struct cmsfs_writer *writer, uint32_t *block)
{
	struct cmsfs_entry *entry = &writer->entry;
	uint32_t extents = cmsfs_get32(entry->extents), wanted = 0, length;
	struct cmsfs_extent *last = extents ? &entry->extent[extents - 1] : NULL;

	if (last)
		wanted = cmsfs_get32(last->start) + cmsfs_get32(last->count);
	*block = cmsfs_free_run(writer->fs, wanted, &length);
	if (length == 0)
		return CMSFS_FULL;
	if (last && *block == wanted) {
		last->count = cmsfs_be32(cmsfs_get32(last->count) + 1);
		return CMSFS_OK;
	}
	if (extents == CMSFS_EXTENTS)
		return CMSFS_FULL;
	entry->extent[extents] = (struct cmsfs_extent){cmsfs_be32(*block), cmsfs_be32(1)};
	entry->extents = cmsfs_be32(extents + 1);
	return CMSFS_OK;
}

static int flush(struct cmsfs_writer *writer)
{
	uint32_t block;
	int error = grow(writer, &block);

	if (error)
		return error;
	memset(writer->buffer + writer->fill, 0, CMSFS_BLOCK - writer->fill);
	writer->fill = 0;
	return cmsfs_block_io(writer->fs->store, true, block, 1, writer->buffer);
}

/* Lines of a V file are counted as they pass. */
static int count_lines(struct cmsfs_writer *writer, const uint8_t *data, uint32_t size)
{
	uint32_t records = cmsfs_get32(writer->entry.records);

	for (uint32_t i = 0; i < size; i++) {
		if (data[i] != '\n') {
			if (++writer->line > CMSFS_RECORD_MAX)
				return CMSFS_TOO_LARGE;
			continue;
		}
		records++;
		if (writer->line > writer->longest)
			writer->longest = writer->line;
		writer->line = 0;
	}
	writer->entry.records = cmsfs_be32(records);
	return CMSFS_OK;
}

int cmsfs_append(struct cmsfs_writer *writer, const void *data, uint32_t size)
{
	uint64_t bytes = cmsfs_get64(writer->entry.bytes);
	const uint8_t *from = data;
	int error = CMSFS_OK;

	if (writer->entry.format == 'V')
		error = count_lines(writer, from, size);
	while (size && error == CMSFS_OK) {
		uint32_t part = CMSFS_BLOCK - writer->fill;

		if (part > size)
			part = size;
		memcpy(writer->buffer + writer->fill, from, part);
		writer->fill += part;
		from += part;
		size -= part;
		bytes += part;
		if (writer->fill == CMSFS_BLOCK)
			error = flush(writer);
	}
	writer->entry.bytes = cmsfs_be64(bytes);
	return error;
}

/* The last record is completed: a V file ends in a newline, an F file in a whole record. */
static int complete_last_record(struct cmsfs_writer *writer)
{
	uint32_t length = cmsfs_get32(writer->entry.record_length), missing;
	uint64_t bytes = cmsfs_get64(writer->entry.bytes);
	int error = CMSFS_OK;

	if (writer->entry.format == 'V') {
		if (writer->line)
			error = cmsfs_append(writer, "\n", 1);
		writer->entry.record_length = cmsfs_be32(writer->longest);
		return error;
	}
	missing = (uint32_t)((length - bytes % length) % length);
	while (missing-- && error == CMSFS_OK)
		error = cmsfs_append(writer, "", 1);
	bytes = cmsfs_get64(writer->entry.bytes);
	if (bytes / length > UINT32_MAX)
		return CMSFS_TOO_LARGE;
	writer->entry.records = cmsfs_be32((uint32_t)(bytes / length));
	return error;
}

/* Put the finished entry into the catalogue, in the place of an older file of its name. */
static int enter(struct cmsfs *fs, const struct cmsfs_entry *entry)
{
	struct cmsfs_entry *place = cmsfs_find(fs, entry->name, entry->type);
	struct cmsfs_entry old;
	int error;

	if (place) {
		old = *place;
		*place = *entry;
		error = cmsfs_commit(fs);
		if (error)
			*place = old;
		return error;
	}
	if (fs->count == cmsfs_get32(fs->super.limit))
		return CMSFS_NO_ENTRY;
	fs->files[fs->count++] = *entry;
	error = cmsfs_commit(fs);
	if (error)
		fs->count--;
	return error;
}

int cmsfs_finish(struct cmsfs_writer *writer, uint64_t now)
{
	struct cmsfs *fs = writer->fs;
	int error = complete_last_record(writer);

	if (error == CMSFS_OK && writer->fill)
		error = flush(writer);
	writer->entry.changed = cmsfs_be64(now);
	fs->writer = NULL;
	return error ? error : enter(fs, &writer->entry);
}

void cmsfs_abandon(struct cmsfs_writer *writer)
{
	writer->fs->writer = NULL;
}
