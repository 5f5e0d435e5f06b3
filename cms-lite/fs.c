/*
 * fs.c - the CMS-lite file system: mount, find, erase, rename, and the commit that makes a change whole.
 *
 * Owns: superblock and catalogue. fs_data.c reads and writes files; fs_boot.c writes the IPL record. Runs in the guest
 * and on the host. Heritage: CMS's DMSACM/DMSAUD (two directories written in turn).
 *
 * The order that makes a power cut harmless: new data goes to blocks that no file of the last committed generation owns;
 * then the whole catalogue goes to the other catalogue area; then one sector, the other superblock, makes it true.
 *
 * Simplification: every commit writes the whole catalogue (at most 64 KiB).
 */
#include "fs_private.h"

uint32_t cmsfs_get32(struct cmsfs_be32 field)
{
	return (uint32_t)field.byte[0] << 24 | (uint32_t)field.byte[1] << 16 | (uint32_t)field.byte[2] << 8 |
	       field.byte[3];
}

uint64_t cmsfs_get64(struct cmsfs_be64 field)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | field.byte[i];
	return value;
}

struct cmsfs_be32 cmsfs_be32(uint32_t value)
{
	return (struct cmsfs_be32){{value >> 24, value >> 16, value >> 8, value}};
}

struct cmsfs_be64 cmsfs_be64(uint64_t value)
{
	struct cmsfs_be64 field = {{0}};

	for (int i = 7; i >= 0; i--, value >>= 8)
		field.byte[i] = (uint8_t)value;
	return field;
}

/* CRC-32 (polynomial EDB88320, as in zlib), four bits a step: a table of 16 words is small and fast enough. */
uint32_t cmsfs_sum(const void *data, size_t size)
{
	static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
					   0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
					   0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					   0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	const uint8_t *byte = data;
	uint32_t sum = 0xffffffff;

	while (size--) {
		sum ^= *byte++;
		sum = sum >> 4 ^ table[sum & 15];
		sum = sum >> 4 ^ table[sum & 15];
	}
	return ~sum;
}

const char *cmsfs_error_text(int error)
{
	static const char *const text[] = {
		[-CMSFS_OK] = "done",
		[-CMSFS_IO] = "input or output error",
		[-CMSFS_NOT_FORMATTED] = "the disk is not formatted for CMS-lite",
		[-CMSFS_DAMAGED] = "the file system is damaged",
		[-CMSFS_FULL] = "the disk is full",
		[-CMSFS_NO_ENTRY] = "the catalogue is full",
		[-CMSFS_READ_ONLY] = "the disk is read-only",
		[-CMSFS_BUSY] = "another file is being written",
		[-CMSFS_TOO_SMALL] = "the disk is too small",
		[-CMSFS_NO_FILE] = "file not found",
		[-CMSFS_BAD_NAME] = "invalid file name",
		[-CMSFS_TOO_LARGE] = "too large",
	};

	if (error > 0 || error < CMSFS_TOO_LARGE)
		return "unknown error";
	return text[-error];
}

/* ---- names ---------------------------------------------------------------------------------------------------- */

static bool name_character(char c)
{
	static const char others[] = "$#@+-:_";

	if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	for (const char *o = others; *o; o++)
		if (c == *o)
			return true;
	return false;
}

int cmsfs_fold_name(const char *text, char name[CMSFS_NAME])
{
	uint32_t n = 0;

	memset(name, ' ', CMSFS_NAME);
	for (; text[n]; n++) {
		char c = text[n] >= 'a' && text[n] <= 'z' ? (char)(text[n] - 'a' + 'A') : text[n];

		if (n == CMSFS_NAME || !name_character(c))
			return CMSFS_BAD_NAME;
		name[n] = c;
	}
	return n ? CMSFS_OK : CMSFS_BAD_NAME;
}

/* Is this a name as it stands on disk: characters, then blanks to the end? */
static bool name_stored_well(const char name[CMSFS_NAME])
{
	uint32_t n = 0;

	while (n < CMSFS_NAME && name_character(name[n]))
		n++;
	if (n == 0)
		return false;
	for (; n < CMSFS_NAME; n++)
		if (name[n] != ' ')
			return false;
	return true;
}

/* ---- checks: everything on a disk is hostile until it passed ----------------------------------------------------- */

static bool super_is_sound(const struct cmsfs_super *super, uint32_t sectors, uint32_t generation_bit)
{
	uint32_t blocks = cmsfs_get32(super->blocks), limit = cmsfs_get32(super->limit);
	uint32_t boot = cmsfs_get32(super->boot_blocks), data = cmsfs_get32(super->data);
	uint32_t area = limit / ENTRIES_PER_BLOCK;

	if (cmsfs_get32(super->sum) != cmsfs_sum(super, offsetof(struct cmsfs_super, sum)))
		return false;
	if (cmsfs_get32(super->version) != CMSFS_VERSION || cmsfs_get32(super->block_size) != CMSFS_BLOCK)
		return false;
	if ((cmsfs_get64(super->generation) & 1) != generation_bit || !name_stored_well(super->label))
		return false;
	if (blocks > sectors / CMSFS_BLOCK_SECTORS || boot >= blocks)
		return false;
	if (limit == 0 || limit > CMSFS_FILES_MAX || limit % ENTRIES_PER_BLOCK ||
	    cmsfs_get32(super->count) > limit)
		return false;
	return cmsfs_get32(super->catalogue[0]) == CMSFS_BOOT_BLOCK + boot &&
	       cmsfs_get32(super->catalogue[1]) == CMSFS_BOOT_BLOCK + boot + area &&
	       data == CMSFS_BOOT_BLOCK + boot + 2 * area && data < blocks;
}

static bool entry_is_sound(const struct cmsfs *fs, const struct cmsfs_entry *entry)
{
	uint32_t extents = cmsfs_get32(entry->extents), length = cmsfs_get32(entry->record_length);
	uint32_t data = cmsfs_get32(fs->super.data), end = cmsfs_get32(fs->super.blocks);
	uint64_t bytes = cmsfs_get64(entry->bytes), room = 0;

	if (!name_stored_well(entry->name) || !name_stored_well(entry->type) || extents > CMSFS_EXTENTS)
		return false;
	for (uint32_t i = 0; i < extents; i++) {
		uint32_t start = cmsfs_get32(entry->extent[i].start),
			 count = cmsfs_get32(entry->extent[i].count);

		if (start < data || start >= end || count == 0 || count > end - start)
			return false;
		room += (uint64_t)count * CMSFS_BLOCK;
	}
	if (bytes > room || length > CMSFS_RECORD_MAX)
		return false;
	if (entry->format == 'F')
		return length > 0 && bytes == (uint64_t)length * cmsfs_get32(entry->records);
	return entry->format == 'V';
}

/* The first block at or after `from` that belongs to a file; the end of the disk when there is none. */
static uint32_t next_used(const struct cmsfs *fs, uint32_t from, uint32_t *after)
{
	uint32_t best = cmsfs_get32(fs->super.blocks);
	uint32_t files = fs->count + (fs->writer ? 1 : 0);

	*after = best;
	for (uint32_t f = 0; f < files; f++) {
		const struct cmsfs_entry *entry = f < fs->count ? &fs->files[f] : &fs->writer->entry;

		for (uint32_t i = 0; i < cmsfs_get32(entry->extents); i++) {
			uint32_t start = cmsfs_get32(entry->extent[i].start);
			uint32_t end = start + cmsfs_get32(entry->extent[i].count);

			if (end <= from)
				continue;
			if (start < from)
				start = from;
			if (start < best) {
				best = start;
				*after = end;
			}
		}
	}
	return best;
}

uint32_t cmsfs_free_run(const struct cmsfs *fs, uint32_t wanted, uint32_t *length)
{
	uint32_t end = cmsfs_get32(fs->super.blocks), best = 0, from = cmsfs_get32(fs->super.data);
	uint32_t used, after;

	*length = 0;
	for (; from < end; from = after) {
		used = next_used(fs, from, &after);
		if (used - from > *length) {
			*length = used - from;
			best = from;
		}
		if (from <= wanted && wanted < used) {
			*length = used - wanted;
			return wanted;
		}
	}
	return best;
}

/* Two files that claim one block. Walks the disk once, as each block's owner must be the only one. */
static bool extents_overlap(const struct cmsfs *fs)
{
	uint32_t from = cmsfs_get32(fs->super.data), after, end = cmsfs_get32(fs->super.blocks);
	uint64_t owned = 0;

	for (uint32_t f = 0; f < fs->count; f++)
		for (uint32_t i = 0; i < cmsfs_get32(fs->files[f].extents); i++)
			owned += cmsfs_get32(fs->files[f].extent[i].count);
	/* The blocks covered by at least one extent: as many as the extents add up to, unless some are covered twice. */
	while (from < end) {
		uint32_t used = next_used(fs, from, &after);

		if (used >= end)
			break;
		owned -= after - used;
		from = after;
	}
	return owned != 0;
}

/* ---- mount ------------------------------------------------------------------------------------------------------- */

int cmsfs_block_io(struct cmsfs_store *store, bool write, uint32_t block, uint32_t count, void *buffer)
{
	uint32_t sector = block * CMSFS_BLOCK_SECTORS;
	int error;

	if (write && store->read_only)
		return CMSFS_READ_ONLY;
	if (write)
		error = store->write(store, sector, count * CMSFS_BLOCK_SECTORS, buffer);
	else
		error = store->read(store, sector, count * CMSFS_BLOCK_SECTORS, buffer);
	return error ? CMSFS_IO : CMSFS_OK;
}

static int read_catalogue(struct cmsfs *fs, uint32_t room)
{
	uint32_t count = cmsfs_get32(fs->super.count);
	uint32_t which = (uint32_t)cmsfs_get64(fs->super.generation) & 1;
	uint32_t blocks = (count + ENTRIES_PER_BLOCK - 1) / ENTRIES_PER_BLOCK;

	if (blocks * ENTRIES_PER_BLOCK > room)
		return CMSFS_DAMAGED;
	if (blocks &&
	    cmsfs_block_io(fs->store, false, cmsfs_get32(fs->super.catalogue[which]), blocks, fs->files))
		return CMSFS_IO;
	if (cmsfs_sum(fs->files, count * sizeof(*fs->files)) != cmsfs_get32(fs->super.catalogue_sum))
		return CMSFS_DAMAGED;
	fs->count = count;
	for (uint32_t i = 0; i < count; i++)
		if (!entry_is_sound(fs, &fs->files[i]) ||
		    cmsfs_find(fs, fs->files[i].name, fs->files[i].type) != &fs->files[i])
			return CMSFS_DAMAGED;
	return extents_overlap(fs) ? CMSFS_DAMAGED : CMSFS_OK;
}

/* Both superblocks, which of them are sound, and which is the newer sound one. */
static int read_supers(struct cmsfs_store *store, struct cmsfs_super super[2], bool sound[2], int *newer)
{
	bool magic = false;

	if (store->sectors / CMSFS_BLOCK_SECTORS < CMSFS_BLOCKS_MIN)
		return CMSFS_NOT_FORMATTED;
	for (uint32_t i = 0; i < 2; i++) {
		if (store->read(store, (CMSFS_SUPER_BLOCK + i) * CMSFS_BLOCK_SECTORS, 1, &super[i]))
			return CMSFS_IO;
		if (memcmp(super[i].magic, CMSFS_MAGIC, sizeof(super[i].magic)) == 0)
			magic = true;
		sound[i] = memcmp(super[i].magic, CMSFS_MAGIC, sizeof(super[i].magic)) == 0 &&
			   super_is_sound(&super[i], store->sectors, i);
	}
	*newer = !sound[0] ||
		 (sound[1] && cmsfs_get64(super[1].generation) > cmsfs_get64(super[0].generation));
	return magic ? CMSFS_OK : CMSFS_NOT_FORMATTED;
}

/* Our superblock is there, and the other is not newer, be it sound or not. */
bool cmsfs_is_current(const struct cmsfs *fs)
{
	struct cmsfs_super super[CMSFS_BLOCK_SECTORS + 1]; /* at either end, and what stands between them */
	uint64_t generation = cmsfs_get64(fs->super.generation);
	const struct cmsfs_super *ours = &super[generation & 1 ? CMSFS_BLOCK_SECTORS : 0];
	const struct cmsfs_super *other = &super[generation & 1 ? 0 : CMSFS_BLOCK_SECTORS];

	return fs->store->read(fs->store, CMSFS_SUPER_BLOCK * CMSFS_BLOCK_SECTORS, CMSFS_BLOCK_SECTORS + 1,
			       super) == 0 &&
	       memcmp(ours, &fs->super, sizeof(fs->super)) == 0 &&
	       cmsfs_get64(other->generation) < generation;
}

int cmsfs_mount(struct cmsfs *fs, struct cmsfs_store *store, struct cmsfs_entry *files, uint32_t room)
{
	struct cmsfs_super super[2];
	bool sound[2];
	int error, first;

	*fs = (struct cmsfs){.store = store, .files = files};
	error = read_supers(store, super, sound, &first);
	if (error)
		return error;
	error = CMSFS_DAMAGED;
	for (int i = 0; i < 2; i++) {
		if (!sound[first ^ i])
			continue;
		fs->count = 0;
		fs->super = super[first ^ i];
		error = read_catalogue(fs, room);
		if (error == CMSFS_OK)
			return CMSFS_OK;
	}
	fs->count = 0;
	return error;
}

struct cmsfs_entry *cmsfs_find(struct cmsfs *fs, const char name[CMSFS_NAME], const char type[CMSFS_NAME])
{
	for (uint32_t i = 0; i < fs->count; i++)
		if (memcmp(fs->files[i].name, name, CMSFS_NAME) == 0 &&
		    memcmp(fs->files[i].type, type, CMSFS_NAME) == 0)
			return &fs->files[i];
	return NULL;
}

static uint32_t entry_blocks(const struct cmsfs_entry *entry)
{
	uint32_t blocks = 0;

	for (uint32_t i = 0; i < cmsfs_get32(entry->extents); i++)
		blocks += cmsfs_get32(entry->extent[i].count);
	return blocks;
}

uint32_t cmsfs_blocks_used(const struct cmsfs *fs)
{
	uint32_t blocks = 0;

	for (uint32_t i = 0; i < fs->count; i++)
		blocks += entry_blocks(&fs->files[i]);
	return blocks;
}

uint32_t cmsfs_blocks_total(const struct cmsfs *fs)
{
	return cmsfs_get32(fs->super.blocks) - cmsfs_get32(fs->super.data);
}

/* ---- change ------------------------------------------------------------------------------------------------------ */

/* Write super as the next generation. The sector write at the end is the moment of truth. */
static int write_super(struct cmsfs_store *store, struct cmsfs_super *super)
{
	uint32_t which = (uint32_t)cmsfs_get64(super->generation) & 1;

	super->sum = cmsfs_be32(cmsfs_sum(super, offsetof(struct cmsfs_super, sum)));
	if (store->write(store, (CMSFS_SUPER_BLOCK + which) * CMSFS_BLOCK_SECTORS, 1, super))
		return CMSFS_IO;
	return CMSFS_OK;
}

int cmsfs_commit(struct cmsfs *fs)
{
	struct cmsfs_super next = fs->super;
	uint64_t generation = cmsfs_get64(next.generation) + 1;
	uint32_t blocks = (fs->count + ENTRIES_PER_BLOCK - 1) / ENTRIES_PER_BLOCK;
	int error = CMSFS_OK;

	if (fs->store->read_only)
		return CMSFS_READ_ONLY;
	next.generation = cmsfs_be64(generation);
	next.count = cmsfs_be32(fs->count);
	next.catalogue_sum = cmsfs_be32(cmsfs_sum(fs->files, fs->count * sizeof(*fs->files)));
	memset(fs->files + fs->count, 0, (blocks * ENTRIES_PER_BLOCK - fs->count) * sizeof(*fs->files));
	if (blocks)
		error = cmsfs_block_io(fs->store, true, cmsfs_get32(next.catalogue[generation & 1]), blocks,
				       fs->files);
	if (error == CMSFS_OK)
		error = write_super(fs->store, &next);
	if (error == CMSFS_OK)
		fs->super = next;
	return error;
}

int cmsfs_erase(struct cmsfs *fs, struct cmsfs_entry *entry)
{
	struct cmsfs_entry erased = *entry;
	int error;

	*entry = fs->files[--fs->count];
	error = cmsfs_commit(fs);
	if (error) {
		fs->files[fs->count++] = *entry;
		*entry = erased;
	}
	return error;
}

int cmsfs_rename(struct cmsfs *fs, struct cmsfs_entry *entry, const char name[CMSFS_NAME],
		 const char type[CMSFS_NAME])
{
	struct cmsfs_entry old = *entry;
	int error;

	if (!name_stored_well(name) || !name_stored_well(type))
		return CMSFS_BAD_NAME;
	memcpy(entry->name, name, CMSFS_NAME);
	memcpy(entry->type, type, CMSFS_NAME);
	error = cmsfs_commit(fs);
	if (error)
		*entry = old;
	return error;
}

int cmsfs_make(struct cmsfs_store *store, const char *label, uint32_t boot_blocks, uint64_t now)
{
	uint32_t blocks = store->sectors / CMSFS_BLOCK_SECTORS, area;
	struct cmsfs_super super = {.version = cmsfs_be32(CMSFS_VERSION),
				    .block_size = cmsfs_be32(CMSFS_BLOCK)};
	uint32_t limit = blocks / 8 / ENTRIES_PER_BLOCK * ENTRIES_PER_BLOCK;
	int error;

	if (store->read_only)
		return CMSFS_READ_ONLY;
	if (cmsfs_fold_name(label, super.label))
		return CMSFS_BAD_NAME;
	if (limit < 2 * ENTRIES_PER_BLOCK)
		limit = 2 * ENTRIES_PER_BLOCK;
	if (limit > CMSFS_FILES_MAX)
		limit = CMSFS_FILES_MAX;
	area = limit / ENTRIES_PER_BLOCK;
	if (blocks < CMSFS_BLOCKS_MIN || boot_blocks > blocks ||
	    CMSFS_BOOT_BLOCK + boot_blocks + 2 * area >= blocks)
		return CMSFS_TOO_SMALL;
	memcpy(super.magic, CMSFS_MAGIC, sizeof(super.magic));
	super.blocks = cmsfs_be32(blocks);
	super.boot_blocks = cmsfs_be32(boot_blocks);
	super.catalogue[0] = cmsfs_be32(CMSFS_BOOT_BLOCK + boot_blocks);
	super.catalogue[1] = cmsfs_be32(CMSFS_BOOT_BLOCK + boot_blocks + area);
	super.data = cmsfs_be32(CMSFS_BOOT_BLOCK + boot_blocks + 2 * area);
	super.limit = cmsfs_be32(limit);
	super.catalogue_sum = cmsfs_be32(cmsfs_sum(NULL, 0));
	super.formatted = cmsfs_be64(now);
	super.generation = cmsfs_be64(1);
	/* Both superblocks, so that nothing of an older file system can be taken for a newer generation. */
	error = write_super(store, &super);
	super.generation = cmsfs_be64(2);
	return error ? error : write_super(store, &super);
}
