/*
 * image.c - the images that are there, by name.
 *
 * Owns: the list of committed images, in the order of the catalogue. Before: room.c. After: write.c, read.c, the commands.
 * Heritage: DMKSNT's NAMESYS entries.
 * Simplification: a list, searched from its head; there are at most a thousand.
 */
#include "saved.h"
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>

int saved_image_compare(const struct saved_image *a, const struct saved_image *b)
{
	uint8_t owner_a[8], name_a[8], owner_b[8], name_b[8];

	saved_name_pad(owner_a, a->owner);
	saved_name_pad(name_a, a->name);
	saved_name_pad(owner_b, b->owner);
	saved_name_pad(name_b, b->name);
	return saved_key_compare((uint8_t)a->kind, owner_a, name_a, (uint8_t)b->kind, owner_b, name_b);
}

void saved_image_insert(struct saved_image *i)
{
	struct list *at = saved.images.prev;

	while (at != &saved.images && saved_image_compare(container_of(at, struct saved_image, all), i) > 0)
		at = at->prev;
	list_insert(at->next, &i->all);
	saved.count++;
	saved.runs += i->room->runs;
}

void saved_image_destroy(struct saved_image *i)
{
	if (!list_empty(&i->all)) {
		saved.count--;
		saved.runs -= i->room->runs;
	}
	list_remove(&i->all);
	saved_room_drop(i->room);
	heap_free(i, sizeof(*i));
}

struct saved_image *saved_next(struct saved_image *i)
{
	struct list *next = i ? i->all.next : saved.images.next;

	return next == &saved.images ? NULL : container_of(next, struct saved_image, all);
}

struct saved_image *saved_find(enum saved_kind kind, const char *owner, const char *name)
{
	struct saved_image *i, *found = NULL;

	list_for_each(i, &saved.images, all) {
		if (i->kind != kind || string_compare_nocase(i->name, name) != 0 ||
		    (owner && string_compare_nocase(i->owner, owner) != 0))
			continue;
		if (!found || found->serial < i->serial)
			found = i;
	}
	return found;
}

struct saved_image *saved_find_serial(uint64_t serial)
{
	struct saved_image *i;

	list_for_each(i, &saved.images, all) {
		if (i->serial == serial)
			return i;
	}
	return NULL;
}

int saved_purge(struct saved_image *i)
{
	uint64_t serial = i->serial;
	int result = SAVED_GONE;

	saved_lock();
	i = saved_find_serial(serial); /* somebody else may have been faster */
	if (i)
		result = i->restoring ? SAVED_BUSY : saved_catalogue_write(NULL, i);
	saved_unlock();
	return result;
}

struct saved_image *saved_restoring(const char *owner)
{
	struct saved_image *i;

	list_for_each(i, &saved.images, all) {
		if ((i->restoring || i->flags & SAVED_RESTORING) &&
		    string_compare_nocase(i->owner, owner) == 0)
			return i;
	}
	return NULL;
}

int saved_restoring_set(uint64_t serial, bool restoring)
{
	struct saved_image *i;
	int result = SAVED_GONE;

	saved_lock();
	i = saved_find_serial(serial);
	if (i) {
		uint8_t before = i->flags;

		i->flags = restoring ? before | SAVED_RESTORING : before & ~SAVED_RESTORING;
		result = saved_catalogue_write(NULL, NULL);
		if (result < 0)
			i->flags = before;
	}
	saved_unlock();
	return result;
}
