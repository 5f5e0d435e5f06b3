/*
 * entry.c - the sector that describes a spool file.
 *
 * Owns: struct disk_spool_file's fields, both ways, and their checks. Before: area.c. After: file.c, start.c.
 * Heritage: SFBLOK on the checkpoint cylinder (DMKCKS).
 * Simplification: distribution code and record width are written and not used.
 */
#include "spool.h"
#include <cp/crc32.h>
#include <cp/storage.h>
#include <cp/traits.h>
#include <cp/string.h>

static void name_put(uint8_t *to, size_t size, const char *name)
{
	size_t length = strlen(name);

	memset(to, ' ', size);
	memcpy(to, name, length < size ? length : size);
}

static void name_get(char *to, const uint8_t *from, size_t size)
{
	memcpy(to, from, size);
	to[size] = '\0';
	while (size > 0 && to[size - 1] == ' ')
		to[--size] = '\0';
}

static bool name_good(const uint8_t *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (name[i] < ' ' || name[i] > '~')
			return false;
	}
	return true;
}

static bool class_good(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static uint32_t entry_crc(const struct disk_spool_file *e)
{
	return crc32_update(0, (const uint8_t *)e + 8, sizeof(*e) - 8);
}

const char *spool_entry_check(const struct disk_spool_file *e)
{
	uint32_t id = be16_get(e->id), blocks = be32_get(e->blocks), copies = be16_get(e->copies);

	if (memcmp(e->magic, DISK_SPOOL_FILE_MAGIC, sizeof(e->magic)) != 0)
		return "IS NOT A SPOOL FILE";
	if (entry_crc(e) != be32_get(e->crc))
		return "IS DAMAGED: CHECKSUM";
	if (id < 1 || id > DISK_SPOOL_ID_MAX)
		return "HAS AN IMPOSSIBLE SPOOL ID";
	if (e->device < DISK_SPOOL_READER || e->device > DISK_SPOOL_PRINTER ||
	    e->origin_device < DISK_SPOOL_READER || e->origin_device > DISK_SPOOL_CONSOLE)
		return "IS IN AN IMPOSSIBLE QUEUE";
	if (!class_good(e->class) || copies < 1 || copies > 255 || e->charset > DISK_SPOOL_ASCII)
		return "HAS AN IMPOSSIBLE CLASS, NUMBER OF COPIES OR CODE";
	if (!name_good(e->owner, 8) || e->owner[0] == ' ' || !name_good(e->origin, 8) ||
	    !name_good(e->filename, 8) || !name_good(e->filetype, 8))
		return "HAS AN IMPOSSIBLE NAME";
	if (blocks < 1 || blocks > DISK_SPOOL_BLOCKS_MAX || blocks > spool.blocks.count)
		return "HAS AN IMPOSSIBLE NUMBER OF BLOCKS";
	return NULL;
}

void spool_entry_take(struct spool_file *f, const struct disk_spool_file *e)
{
	f->id = be16_get(e->id);
	f->serial = be64_get(e->serial);
	f->queue = (enum spool_queue)(e->device - DISK_SPOOL_READER);
	f->device = (enum spool_queue)(e->origin_device - DISK_SPOOL_READER);
	f->class = (char)e->class;
	f->hold = e->flags & DISK_SPOOL_HOLD_USER;
	f->system_hold = e->flags & DISK_SPOOL_HOLD_SYSTEM;
	f->keep = e->flags & DISK_SPOOL_KEEP;
	f->foreign = e->charset == (arch_traits.ebcdic ? DISK_SPOOL_ASCII : DISK_SPOOL_EBCDIC);
	f->copies = (uint8_t)be16_get(e->copies);
	f->records = be32_get(e->records);
	f->created = volume_time_to_tod(be64_get(e->created));
	name_get(f->owner, e->owner, 8);
	name_get(f->origin, e->origin, 8);
	name_get(f->name, e->filename, 8);
	name_get(f->type, e->filetype, 8);
}

/* The fields that a file's life can change, and the identity that it got at birth; the map of blocks is left alone. */
void spool_entry_make(const struct spool_file *f, struct disk_spool_file *e)
{
	memcpy(e->magic, DISK_SPOOL_FILE_MAGIC, sizeof(e->magic));
	e->id = be16_make(f->id);
	e->serial = be64_make(f->serial);
	e->device = (uint8_t)(f->queue + DISK_SPOOL_READER);
	e->origin_device = (uint8_t)(f->device + DISK_SPOOL_READER);
	e->class = (uint8_t)f->class;
	e->flags = (uint8_t)((f->hold ? DISK_SPOOL_HOLD_USER : 0) |
			     (f->system_hold ? DISK_SPOOL_HOLD_SYSTEM : 0) | (f->keep ? DISK_SPOOL_KEEP : 0));
	e->copies = be16_make(f->copies ? f->copies : 1);
	e->records = be32_make(f->records);
	e->created = be64_make(volume_time_from_tod(f->created));
	name_put(e->owner, 8, f->owner);
	name_put(e->origin, 8, f->origin);
	name_put(e->filename, 8, f->name);
	name_put(e->filetype, 8, f->type);
	e->crc = be32_make(entry_crc(e));
}

int spool_entry_read(const struct spool_file *f, struct disk_spool_file *e)
{
	if (volume_sector_read(spool.volume, VOLUME_AREA_SPOOL_FILES, f->slot, e) < 0)
		return CP_IO_ERROR;
	if (spool_entry_check(e) || be64_get(e->serial) != f->serial)
		return CP_CANNOT;
	return 0;
}

int spool_entry_write(const struct spool_file *f, struct disk_spool_file *e)
{
	int result;

	spool_entry_make(f, e);
	result = volume_sector_write(spool.volume, VOLUME_AREA_SPOOL_FILES, f->slot, e);
	return result < 0 ? result : volume_flush(spool.volume);
}
