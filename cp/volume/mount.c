/*
 * mount.c - which real disk carries which volume.
 *
 * Owns: the list of volumes, their labels' checks, and transfers of single blocks and sectors. Before: the block drivers,
 * format.h. After: clock.c, extent.c, directory.c, the spool.
 * Heritage: DMKCPI's volume mounting, SYSOWN; the label VOL1 and the allocation record of cylinder 0.
 * Simplification: volumes are found once, at IPL; there is no ATTACH ... TO SYSTEM.
 */
#include <cp/crc32.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/volume.h>

static struct list volumes = LIST_INIT(volumes);

/* ---- transfers -------------------------------------------------------------------------------------------------- */

int volume_read(struct volume *v, uint32_t block, uint32_t count, void *buf)
{
	return block_read(v->disk, (uint64_t)block * VOLUME_SECTORS_PER_BLOCK,
			  count * VOLUME_SECTORS_PER_BLOCK, buf);
}

int volume_write(struct volume *v, uint32_t block, const void *buf)
{
	return block_write(v->disk, (uint64_t)block * VOLUME_SECTORS_PER_BLOCK, VOLUME_SECTORS_PER_BLOCK,
			   buf);
}

/* The sector of the disk, or UINT64_MAX when the area has no such sector. */
static uint64_t area_sector(const struct volume *v, enum volume_area_id area, uint32_t sector)
{
	const struct volume_run *r = &v->area[area];

	if (sector / VOLUME_SECTORS_PER_BLOCK >= r->count)
		return UINT64_MAX;
	return (uint64_t)r->first * VOLUME_SECTORS_PER_BLOCK + sector;
}

int volume_sector_read(struct volume *v, enum volume_area_id area, uint32_t sector, void *buf)
{
	uint64_t at = area_sector(v, area, sector);

	return at == UINT64_MAX ? CP_IO_ERROR : block_read(v->disk, at, 1, buf);
}

int volume_sector_write(struct volume *v, enum volume_area_id area, uint32_t sector, const void *buf)
{
	uint64_t at = area_sector(v, area, sector);

	return at == UINT64_MAX ? CP_IO_ERROR : block_write(v->disk, at, 1, buf);
}

int volume_flush(struct volume *v)
{
	return block_flush(v->disk);
}

/* ---- the label -------------------------------------------------------------------------------------------------- */

/* Does the area lie in the volume, clear of the IPL record and the label? */
static bool area_good(const struct volume_run *r, uint32_t blocks)
{
	if (r->count == 0)
		return true;
	return r->first > VOLUME_LABEL_BLOCK && r->first < blocks && r->count <= blocks - r->first;
}

static bool areas_good(const struct volume *v)
{
	for (unsigned i = 0; i < VOLUME_AREA_COUNT; i++) {
		const struct volume_run *a = &v->area[i];

		if (!area_good(a, v->blocks))
			return false;
		for (unsigned j = 0; a->count && j < i; j++) {
			const struct volume_run *b = &v->area[j];

			if (b->count && a->first < b->first + b->count && b->first < a->first + a->count)
				return false;
		}
	}
	return true;
}

static void label_read(struct volume *v, const struct volume_label *l)
{
	v->blocks = be32_get(l->blocks);
	memcpy(v->label, l->volser, 6);
	for (int i = 5; i >= 0 && v->label[i] == ' '; i--)
		v->label[i] = '\0';
	for (unsigned i = 0; i < VOLUME_AREA_COUNT; i++) {
		v->area[i].first = be32_get(l->area[i].first);
		v->area[i].count = be32_get(l->area[i].count);
	}
}

static bool name_good(const char *name)
{
	for (const char *c = name; *c; c++) {
		if (*c <= ' ' || *c > '~')
			return false;
	}
	return *name != '\0';
}

/* NULL when the label is good and v filled in; else what is wrong with it. */
static const char *label_check(struct volume *v, const struct volume_label *l)
{
	if (memcmp(l->magic, VOLUME_LABEL_MAGIC, sizeof(l->magic)) != 0)
		return "HAS NO VM/40 LABEL IN BLOCK 1";
	if (crc32_update(0, (const uint8_t *)l + 12, sizeof(*l) - 12) != be32_get(l->crc))
		return "LABEL IN BLOCK 1 IS DAMAGED: CHECKSUM";
	if (be32_get(l->version) > VOLUME_VERSION)
		return "LABEL IS OF A LATER VERSION THAN THIS CP";
	label_read(v, l);
	if (be32_get(l->sector_size) != VOLUME_SECTOR || be32_get(l->block_size) != VOLUME_BLOCK)
		return "LABEL GIVES A SECTOR OR BLOCK SIZE THAT CP DOES NOT KNOW";
	if (!name_good(v->label))
		return "LABEL HAS NO PRINTABLE VOLUME NAME";
	if (v->disk->sectors / VOLUME_SECTORS_PER_BLOCK < v->blocks)
		return "IS SHORTER THAN ITS LABEL SAYS: TRUNCATED";
	if (!areas_good(v))
		return "LABEL HAS AREAS THAT OVERLAP OR LIE OUTSIDE OF THE VOLUME";
	if (volume_find(v->label))
		return "HAS THE NAME OF A VOLUME ALREADY MOUNTED";
	return NULL;
}

static const char *mount(struct volume *v)
{
	struct volume_label label;

	if (v->disk->sectors < (VOLUME_LABEL_BLOCK + 1) * VOLUME_SECTORS_PER_BLOCK)
		return "IS TOO SMALL TO BE A VOLUME";
	if (block_read(v->disk, VOLUME_LABEL_BLOCK * VOLUME_SECTORS_PER_BLOCK, 1, &label) < 0)
		return "LABEL IN BLOCK 1 CANNOT BE READ";
	return label_check(v, &label);
}

int volume_mount_all(void)
{
	struct block_device *disk;
	int found = 0;

	for (unsigned n = 0; (disk = block_device(n)) != NULL; n++) {
		struct volume *v = heap_alloc(sizeof(*v));
		const char *wrong;

		if (!v)
			return CP_NO_STORAGE;
		v->disk = disk;
		wrong = mount(v);
		if (wrong) {
			log_line("DISK %04X %s", disk->address, wrong);
			heap_free(v, sizeof(*v));
			continue;
		}
		list_append(&volumes, &v->all);
		found++;
	}
	if (!volume_find(NULL)) {
		log_line("NO VOLUME WITH A DIRECTORY: FORMAT ONE WITH  vm40 volume format");
		return CP_CANNOT;
	}
	return found;
}

struct volume *volume_next(struct volume *v)
{
	struct list *next = v ? v->all.next : volumes.next;

	return next == &volumes ? NULL : container_of(next, struct volume, all);
}

struct volume *volume_find(const char *label)
{
	for (struct volume *v = volume_next(NULL); v; v = volume_next(v)) {
		if (label ? string_compare_nocase(label, v->label) == 0
			  : v->area[VOLUME_AREA_OBJECT_A].count != 0)
			return v;
	}
	return NULL;
}
