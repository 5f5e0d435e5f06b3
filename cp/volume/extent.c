/*
 * extent.c - minidisks: the one way to a user's sectors.
 *
 * Owns: the map from a minidisk's sector to its volume's, which is a single addition today. Before: mount.c. After: the
 * disk device class, block I/O by DIAGNOSE, LINK.
 * Heritage: VDEVBLOK's relocation factor (VDEVRELN) and bounds.
 * Simplification: an extent is one run of sectors; whoever copies one as it was at a moment hears of each write before it is done.
 */
#include <cp/disk_copy.h>
#include <cp/storage.h>
#include <cp/temporary.h>
#include <cp/volume.h>

int extent_open(struct extent *e, const char *label, uint64_t start, uint64_t sectors)
{
	struct volume *v = volume_find(label);
	uint64_t first, count;

	if (!v)
		return 1;
	first = (uint64_t)v->area[VOLUME_AREA_MINIDISK].first * VOLUME_SECTORS_PER_BLOCK;
	count = (uint64_t)v->area[VOLUME_AREA_MINIDISK].count * VOLUME_SECTORS_PER_BLOCK;
	if (sectors == 0 || start < first || start - first > count || sectors > count - (start - first))
		return CP_CANNOT;
	*e = (struct extent){.volume = v, .start = start, .sectors = sectors};
	return 0;
}

int extent_open_temporary(struct extent *e, uint8_t kind, uint64_t sectors)
{
	*e = (struct extent){.sectors = sectors, .temporary = temporary_create(kind, sectors)};
	return e->temporary ? 0 : 1;
}

void extent_close(struct extent *e)
{
	temporary_destroy(e->temporary);
	e->temporary = NULL;
}

const char *extent_name(const struct extent *e)
{
	return e->temporary ? temporary_name(e->temporary) : e->volume ? e->volume->label : "";
}

static bool extent_holds(const struct extent *e, uint64_t sector, uint32_t count)
{
	return sector <= e->sectors && count <= e->sectors - sector;
}

int extent_read(const struct extent *e, uint64_t sector, uint32_t count, void *buf)
{
	if (!extent_holds(e, sector, count))
		return CP_IO_ERROR;
	if (e->temporary)
		return temporary_read(e->temporary, sector, count, buf);
	return block_read(e->volume->disk, e->start + sector, count, buf);
}

int extent_write(const struct extent *e, uint64_t sector, uint32_t count, const void *buf)
{
	if (!extent_holds(e, sector, count))
		return CP_IO_ERROR;
	if (e->temporary)
		return temporary_write(e->temporary, sector, count, buf);
	disk_copies_keep(e, sector, count);
	return block_write(e->volume->disk, e->start + sector, count, buf);
}

int extent_flush(const struct extent *e)
{
	return e->temporary ? 0 : block_flush(e->volume->disk);
}
