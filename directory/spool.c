/*
 * spool.c - the spool area from the host's side.
 *
 * Owns: the table of spool files, which blocks are in use, the walk over a file's records. Before it: store.c. After it: spool_out.c and
 * deck.c; CP's own way is cp/spool/.
 * Heritage: DMKCKS, which found the spool files again at a warm start.
 * Simplification: only while CP is down.
 */
#include <stdlib.h>
#include <string.h>
#include <cp/crc32.h>
#include "arena.h"
#include "spool.h"

#define PLACES_MAX (1u << 20) /* far more than there are numbers for spool files */

const char *spool_device_name(uint8_t device)
{
	static const char *const names[] = {[DISK_SPOOL_READER] = "READER",
					    [DISK_SPOOL_PUNCH] = "PUNCH",
					    [DISK_SPOOL_PRINTER] = "PRINTER",
					    [DISK_SPOOL_CONSOLE] = "CONSOLE"};

	return device >= DISK_SPOOL_READER && device <= DISK_SPOOL_CONSOLE ? names[device] : "?";
}

/* ---- the table and the map of blocks ------------------------------------------------------------------------- */

/* Where block number `sequence` of a file is named: the number of its indirect block, if any, and the place in it. */
int spool_indirect_of(uint32_t sequence, uint32_t *place)
{
	if (sequence < DISK_SPOOL_DIRECT) {
		*place = sequence;
		return -1;
	}
	*place = (sequence - DISK_SPOOL_DIRECT) % DISK_SPOOL_PER_INDIRECT;
	return (int)((sequence - DISK_SPOOL_DIRECT) / DISK_SPOOL_PER_INDIRECT);
}

static uint32_t indirect_count(uint32_t blocks)
{
	return blocks <= DISK_SPOOL_DIRECT
		       ? 0
		       : (blocks - DISK_SPOOL_DIRECT + DISK_SPOOL_PER_INDIRECT - 1) / DISK_SPOOL_PER_INDIRECT;
}

static bool in_area(const struct spool *p, uint32_t block)
{
	return block >= p->first && block - p->first < p->blocks;
}

/* Read an indirect block of a file and check it. */
static bool indirect_read(const struct spool *p, const struct disk_spool_file *f, uint32_t n,
			  struct disk_spool_indirect *x)
{
	uint32_t block = be32_get(f->indirect[n]);

	return in_area(p, block) && store_read_block(p->store, block, x) &&
	       memcmp(x->magic, DISK_SPOOL_INDIRECT_MAGIC, 4) == 0 &&
	       crc32_update(0, (uint8_t *)x + 8, sizeof(*x) - 8) == be32_get(x->crc) &&
	       be64_get(x->serial) == be64_get(f->serial);
}

/* Numbers of all data blocks of a file, malloc'ed; NULL if they cannot be read or lie outside the area. */
static uint32_t *file_blocks(const struct spool *p, const struct disk_spool_file *f)
{
	uint32_t count = be32_get(f->blocks), *list = storage_grow(NULL, count * sizeof(*list));
	struct disk_spool_indirect x;
	int have = -1;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t place;
		int n = spool_indirect_of(i, &place);

		if (n >= 0 && n != have && !indirect_read(p, f, (uint32_t)n, &x)) {
			free(list);
			return NULL;
		}
		have = n;
		list[i] = be32_get(n < 0 ? f->direct[place] : x.block[place]);
		if (!in_area(p, list[i])) {
			free(list);
			return NULL;
		}
	}
	return list;
}

static bool mark(struct spool *p, uint32_t block)
{
	bool fresh = p->used[block - p->first] == 0;

	p->used[block - p->first] = 1;
	return fresh;
}

/* Take a file's blocks out of the free ones. False: it names blocks that cannot be, or that are another's. */
static bool file_claim(struct spool *p, const struct disk_spool_file *f)
{
	uint32_t *list = file_blocks(p, f);
	bool good = list != NULL;

	for (uint32_t i = 0; list != NULL && i < be32_get(f->blocks); i++)
		good = mark(p, list[i]) && good;
	for (uint32_t i = 0; list != NULL && i < indirect_count(be32_get(f->blocks)); i++)
		good = mark(p, be32_get(f->indirect[i])) && good;
	free(list);
	return good;
}

static bool file_good(const struct spool *p, const struct disk_spool_file *f)
{
	return memcmp(f->magic, DISK_SPOOL_FILE_MAGIC, 4) == 0 &&
	       crc32_update(0, (const uint8_t *)f + 8, sizeof(*f) - 8) == be32_get(f->crc) &&
	       be16_get(f->id) >= 1 && be16_get(f->id) <= DISK_SPOOL_ID_MAX &&
	       be32_get(f->blocks) <= DISK_SPOOL_BLOCKS_MAX && be32_get(f->blocks) <= p->blocks;
}

static uint8_t place_judge(struct spool *p, uint32_t n)
{
	static const struct disk_spool_file nothing;
	const struct disk_spool_file *f = &p->files[n];

	if (memcmp(f, &nothing, sizeof(nothing)) == 0)
		return PLACE_FREE;
	if (file_good(p, f) && file_claim(p, f))
		return PLACE_FILE;
	store_say(p->store, "spool file in place %u is damaged", n);
	p->damaged++;
	return PLACE_DAMAGED;
}

bool spool_load(struct spool *p, const struct store *s)
{
	uint64_t table = (uint64_t)store_area_first(s, VOLUME_AREA_SPOOL_FILES) * VOLUME_BLOCK;

	*p = (struct spool){.store = s};
	p->places = store_area_count(s, VOLUME_AREA_SPOOL_FILES) * VOLUME_SECTORS_PER_BLOCK;
	p->first = store_area_first(s, VOLUME_AREA_SPOOL_DATA);
	p->blocks = store_area_count(s, VOLUME_AREA_SPOOL_DATA);
	if (p->places > PLACES_MAX) {
		store_say(s, "the label is damaged: a table of %u spool files cannot be", p->places);
		return false;
	}
	p->files = storage_grow(NULL, (size_t)p->places * sizeof(*p->files));
	p->state = storage_grow(NULL, p->places);
	p->used = storage_grow(NULL, p->blocks);
	memset(p->used, 0, p->blocks);
	if (!store_read(s, table, p->files, (size_t)p->places * sizeof(*p->files))) {
		spool_unload(p);
		return false;
	}
	for (uint32_t i = 0; i < p->places; i++)
		p->state[i] = place_judge(p, i);
	return true;
}

void spool_unload(struct spool *p)
{
	free(p->files);
	free(p->state);
	free(p->used);
	*p = (struct spool){0};
}

/* ---- reading ------------------------------------------------------------------------------------------------- */

/* Read data block `sequence` of a file and check it. */
static bool data_read(const struct spool *p, const struct disk_spool_file *f, uint32_t block,
		      uint32_t sequence, struct disk_spool_block *b)
{
	return store_read_block(p->store, block, b) && memcmp(b->magic, DISK_SPOOL_DATA_MAGIC, 4) == 0 &&
	       be16_get(b->used) <= DISK_SPOOL_DATA_ROOM &&
	       crc32_update(0, (uint8_t *)b + 8, DISK_SPOOL_DATA_HEAD - 8 + be16_get(b->used)) ==
		       be32_get(b->crc) &&
	       be64_get(b->serial) == be64_get(f->serial) && be32_get(b->sequence) == sequence;
}

/* Call each(context, record) for the records of a block; false if they do not fit into it. */
static bool records_walk(const struct disk_spool_block *b,
			 void (*each)(void *context, const struct disk_spool_record *r), void *context)
{
	size_t used = be16_get(b->used), at = 0;

	while (at < used) {
		const struct disk_spool_record *r = (const struct disk_spool_record *)(b->data + at);

		if (used - at < DISK_SPOOL_RECORD_HEAD ||
		    be16_get(r->length) > used - at - DISK_SPOOL_RECORD_HEAD)
			return false;
		if (each != NULL)
			each(context, r);
		at += DISK_SPOOL_RECORD_HEAD + be16_get(r->length);
	}
	return true;
}

unsigned spool_walk(const struct spool *p, const struct disk_spool_file *f,
		    void (*each)(void *context, const struct disk_spool_record *r), void *context)
{
	uint32_t *list = file_blocks(p, f);
	struct disk_spool_block b;
	unsigned damaged = list == NULL;

	for (uint32_t i = 0; list != NULL && i < be32_get(f->blocks); i++)
		if (!data_read(p, f, list[i], i, &b) || !records_walk(&b, each, context))
			damaged++;
	free(list);
	return damaged;
}

unsigned spool_check(const struct spool *p, const struct disk_spool_file *f)
{
	return spool_walk(p, f, NULL, NULL);
}

const struct disk_spool_file *spool_find(const struct spool *p, unsigned id)
{
	for (uint32_t i = 0; i < p->places; i++)
		if (p->state[i] == PLACE_FILE && be16_get(p->files[i].id) == id)
			return &p->files[i];
	return NULL;
}

bool spool_place_write(const struct spool *p, uint32_t place, const struct disk_spool_file *f)
{
	uint64_t table = (uint64_t)store_area_first(p->store, VOLUME_AREA_SPOOL_FILES) * VOLUME_BLOCK;

	return store_write(p->store, table + (uint64_t)place * sizeof(*f), f, sizeof(*f)) &&
	       store_flush(p->store);
}
