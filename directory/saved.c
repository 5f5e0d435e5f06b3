/*
 * saved.c - the area of saved machines from the host's side.
 *
 * Owns: the catalogue in storage, and its swap. Before it: store.c, cp/saved/slot.c, which checks every byte of it. After it: saved_copy.c
 * and label.c; CP's own way is cp/saved/.
 * Heritage: DMKSNT.
 * Simplification: only while CP is down.
 */
#include <stdlib.h>
#include <string.h>
#include <cp/crc32.h>
#include "arena.h"
#include "saved.h"

#define CHUNK (64u << 10)

const char *saved_kind_name(uint8_t kind)
{
	static const char *const names[] = {
		[SAVED_MACHINE] = "MACHINE", [SAVED_SYSTEM] = "SYSTEM", [SAVED_AUTOSAVE] = "AUTOSAVE"};

	return kind >= SAVED_MACHINE && kind <= SAVED_AUTOSAVE ? names[kind] : "?";
}

/* ---- loading --------------------------------------------------------------------------------------------------- */

static size_t slot_bytes(const struct saved_area *a)
{
	return (size_t)a->layout.slot_blocks * VOLUME_BLOCK;
}

static bool claim(void *context, uint32_t first, uint32_t count)
{
	struct saved_area *a = context;

	for (uint32_t i = first - a->layout.first; count > 0; i++, count--) {
		if (a->used[i])
			return false;
		a->used[i] = 1;
		a->used_count++;
	}
	return true;
}

static void slot_say(const struct saved_area *a, int slot, const char *wrong)
{
	store_say(a->store, "catalogue %c of saved machines %s", 'A' + slot, wrong);
}

/* Use this slot if it is good. */
static bool slot_take(struct saved_area *a, int slot)
{
	const char *wrong = NULL;

	memset(a->used, 0, a->layout.count);
	a->used_count = 0;
	if (!store_read(a->store, (uint64_t)a->layout.slot[slot] * VOLUME_BLOCK, a->slot, slot_bytes(a)))
		return false;
	wrong = saved_slot_check(&a->layout, a->slot, claim, a);
	if (wrong == NULL) {
		a->which = (unsigned)slot;
		return true;
	}
	slot_say(a, slot, wrong);
	a->damaged++;
	return false;
}

static enum saved_state catalogue_choose(struct saved_area *a, const struct disk_saved_header h[2])
{
	int order[2];

	for (int i = 0; i < 2; i++) {
		enum saved_slot_state state = saved_header_state(&a->layout, &h[i]);

		if (state == SAVED_SLOT_LATER) {
			slot_say(a, i, "is of a later version than this vm40");
			return SAVED_AREA_BAD;
		}
		if (state == SAVED_SLOT_DAMAGED) {
			slot_say(a, i, "is damaged");
			a->damaged++;
		}
	}
	saved_slot_order(&a->layout, h, order);
	for (int i = 0; i < 2 && order[i] >= 0; i++)
		if (slot_take(a, order[i]))
			return SAVED_AREA_GOOD;
	memset(a->slot, 0, slot_bytes(a));
	a->which = 1;
	return a->damaged > 0 ? SAVED_AREA_BAD : SAVED_AREA_GOOD;
}

bool saved_load(struct saved_area *a, const struct store *s)
{
	struct disk_saved_header h[2];

	*a = (struct saved_area){.store = s, .state = SAVED_AREA_NONE};
	if (!saved_layout(&a->layout, store_area_first(s, VOLUME_AREA_SAVED),
			  store_area_count(s, VOLUME_AREA_SAVED)))
		return true;
	for (int i = 0; i < 2; i++)
		if (!store_read(s, (uint64_t)a->layout.slot[i] * VOLUME_BLOCK, &h[i], sizeof(h[i])))
			return false;
	a->slot = storage_grow(NULL, slot_bytes(a));
	a->used = storage_grow(NULL, a->layout.count);
	memset(a->used, 0, a->layout.count);
	a->state = catalogue_choose(a, h);
	return true;
}

void saved_unload(struct saved_area *a)
{
	free(a->slot);
	free(a->used);
	*a = (struct saved_area){0};
}

const struct disk_saved_header *saved_header(const struct saved_area *a)
{
	return (const struct disk_saved_header *)a->slot;
}

const struct disk_saved_extent *saved_extents(const struct saved_area *a, uint32_t n)
{
	uint32_t extents = 0;

	for (uint32_t i = 0; i < n; i++)
		extents += be32_get(saved_slot_entry(a->slot, i)->extents);
	return saved_slot_extent(a->slot, extents);
}

/* ---- one image --------------------------------------------------------------------------------------------------- */

/* Blocks that lie together, as far as the image goes. */
static bool run_bytes(const struct saved_area *a, const struct disk_saved_extent *x, uint64_t *left,
		      uint32_t *crc, bool (*put)(void *context, const void *bytes, size_t length),
		      void *context)
{
	uint64_t at = (uint64_t)be32_get(x->first) * VOLUME_BLOCK;
	uint64_t n = (uint64_t)be32_get(x->count) * VOLUME_BLOCK;
	static uint8_t buf[CHUNK];

	n = n < *left ? n : *left;
	*left -= n;
	while (n > 0) {
		size_t piece = n < CHUNK ? (size_t)n : CHUNK;

		if (!store_read(a->store, at, buf, piece))
			return false;
		*crc = crc32_update(*crc, buf, piece);
		if (put != NULL && !put(context, buf, piece))
			return false;
		at += piece;
		n -= piece;
	}
	return true;
}

bool saved_bytes(const struct saved_area *a, uint32_t n,
		 bool (*put)(void *context, const void *bytes, size_t length), void *context)
{
	const struct disk_saved_entry *e = saved_slot_entry(a->slot, n);
	const struct disk_saved_extent *x = saved_extents(a, n);
	uint64_t left = be64_get(e->bytes);
	uint32_t crc = 0;

	for (uint32_t i = 0; i < be32_get(e->extents); i++)
		if (!run_bytes(a, &x[i], &left, &crc, put, context))
			return false;
	return crc == be32_get(e->crc);
}

int saved_lookup(const struct saved_area *a, const char *name)
{
	const char *slash = strchr(name, '/');
	uint8_t owner[8], padded[8];
	char left[9] = "";
	int found = -1;

	if (slash != NULL && slash - name <= 8)
		memcpy(left, name, (size_t)(slash - name));
	if ((slash != NULL && !saved_name_pad(owner, left)) ||
	    !saved_name_pad(padded, slash != NULL ? slash + 1 : name)) {
		store_say(a->store, "%s: expected NAME or OWNER/NAME, each of at most 8 characters", name);
		return -1;
	}
	for (uint32_t i = 0; i < be32_get(saved_header(a)->count); i++) {
		const struct disk_saved_entry *e = saved_slot_entry(a->slot, i);

		if (memcmp(e->name, padded, 8) != 0 || (slash != NULL && memcmp(e->owner, owner, 8) != 0))
			continue;
		if (found >= 0) {
			store_say(a->store, "%s: there are several of this name%s", name,
				  slash != NULL ? "" : ": say OWNER/NAME");
			return -1;
		}
		found = (int)i;
	}
	if (found < 0)
		store_say(a->store, "%s is not among the saved machines", name);
	return found;
}

/* ---- the swap ---------------------------------------------------------------------------------------------------- */

/* A slot being filled: entries from the front, extents from an array of their own. */
struct filling {
	struct disk_saved_header *h;
	struct disk_saved_extent *extents;
	uint32_t count, extent_count;
};

static void fill(struct filling *f, const struct disk_saved_entry *e, const struct disk_saved_extent *x)
{
	struct disk_saved_entry *to = (struct disk_saved_entry *)(f->h + 1) + f->count++;

	*to = *e;
	memcpy(f->extents + f->extent_count, x, be32_get(e->extents) * sizeof(*x));
	f->extent_count += be32_get(e->extents);
}

static int compare(const struct disk_saved_entry *a, const struct disk_saved_entry *b)
{
	return saved_key_compare(a->kind, a->owner, a->name, b->kind, b->owner, b->name);
}

static void fill_all(struct filling *f, const struct saved_area *a, const struct disk_saved_entry *entry,
		     const struct disk_saved_extent *extents)
{
	const struct disk_saved_entry *more = entry;

	for (uint32_t i = 0; i < be32_get(saved_header(a)->count); i++) {
		const struct disk_saved_entry *e = saved_slot_entry(a->slot, i);

		if (more != NULL && compare(more, e) <= 0) {
			fill(f, more, extents);
			more = NULL;
		}
		if (compare(entry, e) != 0)
			fill(f, e, saved_extents(a, i));
	}
	if (more != NULL)
		fill(f, more, extents);
}

static size_t filled_length(const struct filling *f)
{
	return sizeof(*f->h) + f->count * sizeof(struct disk_saved_entry) +
	       f->extent_count * sizeof(struct disk_saved_extent);
}

static void header_fill(struct filling *f, const struct saved_area *a, const struct disk_saved_entry *entry)
{
	const struct disk_saved_header *old = saved_header(a);

	memcpy(f->h->magic, DISK_SAVED_MAGIC, sizeof(f->h->magic));
	f->h->version = be32_make(DISK_SAVED_VERSION);
	f->h->generation = be64_make(be64_get(old->generation) + 1);
	f->h->count = be32_make(f->count);
	f->h->extents = be32_make(f->extent_count);
	f->h->next_serial = be64_make(be64_get(entry->serial) + 1);
	f->h->created = be64_make(store_now());
	f->h->data_crc = be32_make(crc32_update(0, f->h + 1, filled_length(f) - sizeof(*f->h)));
	f->h->crc = be32_make(crc32_update(0, (uint8_t *)f->h + 12, sizeof(*f->h) - 12));
}

/* The header goes first and comes last: see cp/volume/format.h. */
static bool slot_swap(const struct saved_area *a, const struct filling *f)
{
	static const struct disk_saved_header wiped;
	uint64_t at = (uint64_t)a->layout.slot[1 - a->which] * VOLUME_BLOCK;

	return store_write(a->store, at, &wiped, sizeof(wiped)) && store_flush(a->store) &&
	       store_write(a->store, at + sizeof(wiped), f->h + 1, filled_length(f) - sizeof(wiped)) &&
	       store_flush(a->store) && store_write(a->store, at, f->h, sizeof(*f->h)) &&
	       store_flush(a->store);
}

bool saved_write(const struct saved_area *a, const struct disk_saved_entry *entry,
		 const struct disk_saved_extent *extents)
{
	size_t more = be32_get(entry->extents) * sizeof(*extents);
	struct filling f = {.h = storage_grow(NULL, 2 * slot_bytes(a) + more),
			    .extents = storage_grow(NULL, slot_bytes(a) + more)};
	bool done = false;

	memset(f.h, 0, 2 * slot_bytes(a) + more);
	fill_all(&f, a, entry, extents);
	if (f.count > DISK_SAVED_IMAGES || filled_length(&f) > slot_bytes(a)) {
		store_say(a->store, "the catalogue of saved machines is full");
	} else {
		memcpy((struct disk_saved_entry *)(f.h + 1) + f.count, f.extents,
		       f.extent_count * sizeof(*f.extents));
		header_fill(&f, a, entry);
		done = slot_swap(a, &f);
	}
	free(f.h);
	free(f.extents);
	return done;
}

bool saved_clear(const struct saved_area *a)
{
	static const struct disk_saved_header wiped;

	for (int i = 0; i < 2; i++)
		if (!store_write(a->store, (uint64_t)a->layout.slot[i] * VOLUME_BLOCK, &wiped, sizeof(wiped)))
			return false;
	return store_flush(a->store);
}
