/*
 * slot.c - the bytes of the catalogue of saved machines.
 *
 * Owns: every check of them. Before it: format.h. After it: start.c, which makes images of the entries; on the host directory/saved.c.
 * Heritage: DMKSNT, the table of named systems, which was assembled into CP.
 * Simplification: a slot is read whole into storage before it is looked at.
 */
#include <cp/crc32.h>
#include <cp/saved_slot.h>
#include <cp/string.h>

uint64_t saved_blocks(uint64_t bytes)
{
	return bytes / VOLUME_BLOCK + (bytes % VOLUME_BLOCK != 0);
}

bool saved_layout(struct saved_layout *l, uint32_t area_first, uint32_t area_blocks)
{
	uint32_t slot = saved_slot_blocks(area_blocks);

	if (area_blocks <= 2 * slot)
		return false;
	*l = (struct saved_layout){.slot = {area_first, area_first + slot},
				   .slot_blocks = slot,
				   .first = area_first + 2 * slot,
				   .count = area_blocks - 2 * slot};
	return true;
}

/* ---- the header ------------------------------------------------------------------------------------------------- */

static bool all_zero(const void *bytes, size_t n)
{
	const uint8_t *b = bytes;

	while (n > 0 && b[n - 1] == 0)
		n--;
	return n == 0;
}

static bool counts_good(const struct saved_layout *l, const struct disk_saved_header *h)
{
	size_t room = (size_t)l->slot_blocks * VOLUME_BLOCK - sizeof(*h);
	uint32_t count = be32_get(h->count);

	if (count > DISK_SAVED_IMAGES || count * sizeof(struct disk_saved_entry) > room)
		return false;
	room -= count * sizeof(struct disk_saved_entry);
	return be32_get(h->extents) <= room / sizeof(struct disk_saved_extent);
}

enum saved_slot_state saved_header_state(const struct saved_layout *l, const struct disk_saved_header *h)
{
	if (all_zero(h, sizeof(*h)))
		return SAVED_SLOT_EMPTY;
	if (memcmp(h->magic, DISK_SAVED_MAGIC, sizeof(h->magic)) != 0 ||
	    crc32_update(0, (const uint8_t *)h + 12, sizeof(*h) - 12) != be32_get(h->crc))
		return SAVED_SLOT_DAMAGED;
	if (be32_get(h->version) > DISK_SAVED_VERSION)
		return SAVED_SLOT_LATER;
	return counts_good(l, h) ? SAVED_SLOT_GOOD : SAVED_SLOT_DAMAGED;
}

size_t saved_header_length(const struct disk_saved_header *h)
{
	return sizeof(*h) + be32_get(h->count) * sizeof(struct disk_saved_entry) +
	       be32_get(h->extents) * sizeof(struct disk_saved_extent);
}

void saved_slot_order(const struct saved_layout *l, const struct disk_saved_header h[2], int order[2])
{
	bool good[2] = {saved_header_state(l, &h[0]) == SAVED_SLOT_GOOD,
			saved_header_state(l, &h[1]) == SAVED_SLOT_GOOD};
	int newer = be64_get(h[1].generation) > be64_get(h[0].generation);

	order[0] = order[1] = -1;
	if (good[0] && good[1]) {
		order[0] = newer;
		order[1] = !newer;
	} else if (good[0] || good[1]) {
		order[0] = good[1];
	}
}

/* ---- entries and extents ---------------------------------------------------------------------------------------- */

const struct disk_saved_entry *saved_slot_entry(const uint8_t *slot, uint32_t n)
{
	return (const struct disk_saved_entry *)(slot + sizeof(struct disk_saved_header)) + n;
}

const struct disk_saved_extent *saved_slot_extent(const uint8_t *slot, uint32_t n)
{
	uint32_t entries = be32_get(((const struct disk_saved_header *)slot)->count);

	return (const struct disk_saved_extent *)saved_slot_entry(slot, entries) + n;
}

int saved_key_compare(uint8_t kind_a, const uint8_t owner_a[8], const uint8_t name_a[8], uint8_t kind_b,
		      const uint8_t owner_b[8], const uint8_t name_b[8])
{
	int order = kind_a - kind_b;

	if (order == 0 && kind_a != SAVED_SYSTEM)
		order = memcmp(owner_a, owner_b, 8);
	return order ? order : memcmp(name_a, name_b, 8);
}

bool saved_name_pad(uint8_t padded[8], const char *name)
{
	size_t n = strlen(name);

	if (n < 1 || n > 8)
		return false;
	memset(padded, ' ', 8);
	for (size_t i = 0; i < n; i++) {
		char c = name[i];

		if (c <= ' ' || c > '~')
			return false;
		padded[i] = (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	return true;
}

void saved_name_get(char name[9], const uint8_t padded[8])
{
	memcpy(name, padded, 8);
	name[8] = '\0';
	for (int i = 7; i >= 0 && name[i] == ' '; i--)
		name[i] = '\0';
}

/* Is it what saved_name_pad() would have made? */
static bool name_good(const uint8_t padded[8])
{
	char name[9];
	uint8_t again[8];

	saved_name_get(name, padded);
	return memchr(padded, '\0', 8) == NULL && saved_name_pad(again, name) &&
	       memcmp(again, padded, 8) == 0;
}

static const char *entry_check(const struct disk_saved_header *h, const struct disk_saved_entry *e)
{
	if (e->kind < SAVED_MACHINE || e->kind > SAVED_AUTOSAVE)
		return "has an entry of an impossible kind";
	if (!name_good(e->name) || !name_good(e->owner))
		return "has an entry with an impossible name";
	if (be64_get(e->serial) >= be64_get(h->next_serial))
		return "has an entry with an impossible serial number";
	return NULL;
}

/* The extents of one entry: from the n-th on. Counts them off. */
static const char *extents_check(const struct saved_layout *l, const uint8_t *slot,
				 const struct disk_saved_entry *e, uint32_t *n, saved_claim *claim,
				 void *context)
{
	uint32_t all = be32_get(((const struct disk_saved_header *)slot)->extents);
	uint64_t want = saved_blocks(be64_get(e->bytes)), have = 0;

	if (be32_get(e->extents) > all - *n)
		return "has an entry with impossible extents";
	for (uint32_t i = 0; i < be32_get(e->extents); i++) {
		const struct disk_saved_extent *x = saved_slot_extent(slot, (*n)++);
		uint32_t first = be32_get(x->first), count = be32_get(x->count);

		if (count == 0 || first < l->first || first - l->first >= l->count ||
		    count > l->count - (first - l->first))
			return "has an entry that lies outside of the area";
		if (!claim(context, first, count))
			return "has an entry that lies where another does";
		have += count;
	}
	return have == want ? NULL : "has an entry whose length is not that of its extents";
}

static bool ascending(const struct disk_saved_entry *a, const struct disk_saved_entry *b)
{
	return saved_key_compare(a->kind, a->owner, a->name, b->kind, b->owner, b->name) < 0;
}

const char *saved_slot_check(const struct saved_layout *l, const uint8_t *slot, saved_claim *claim,
			     void *context)
{
	const struct disk_saved_header *h = (const struct disk_saved_header *)slot;
	const char *wrong = NULL;
	uint32_t extents = 0;

	if (crc32_update(0, slot + sizeof(*h), saved_header_length(h) - sizeof(*h)) != be32_get(h->data_crc))
		return "is damaged: checksum";
	for (uint32_t i = 0; i < be32_get(h->count) && !wrong; i++) {
		const struct disk_saved_entry *e = saved_slot_entry(slot, i);

		wrong = entry_check(h, e);
		if (!wrong && i > 0 && !ascending(saved_slot_entry(slot, i - 1), e))
			wrong = "has entries out of order";
		if (!wrong)
			wrong = extents_check(l, slot, e, &extents, claim, context);
	}
	if (!wrong && extents != be32_get(h->extents))
		wrong = "has extents that belong to nothing";
	return wrong;
}
