/*
 * extents.c - no two minidisks may overlap.
 *
 * Owns: the comparison of all extents of a directory, and of one user's with those of a database. Before it: check.c. After it:
 * the same question asked the other way round, where there is room (region.c).
 * VM/370 and z/VM accept minidisks that overlap, and a class loses its work by it; here they are an error.
 * Heritage: DISKMAP, which told of overlaps after the fact.
 * Simplification: extents of volumes other than the one with the object directory are only compared with each other.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "database_private.h"

/* ---- minidisk extents ---------------------------------------------------------------------------------------- */

struct extent {
	const char *userid, *volser;
	uint16_t vdev;
	bool to_end;
	uint64_t first, end; /* sectors first to end - 1 */
	struct place place;
};

static int extent_compare(const void *a, const void *b)
{
	const struct extent *x = a, *y = b;
	int order = strcmp(x->volser, y->volser);

	if (order != 0)
		return order;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->place.line < y->place.line ? -1 : x->place.line > y->place.line;
}

static void check_bounds(const struct model *model, const struct minidisk_space *space, struct extent *e,
			 struct messages *m)
{
	unsigned long long first = e->first, last = e->end - 1;

	if (strcmp(e->volser, model->volser) != 0) {
		if (e->to_end)
			message_error(
				m, &e->place,
				"END needs the size of the volume, and only that of %s is known: expected "
				"a number of blocks",
				model->volser);
		return;
	}
	if (e->first < space->first)
		message_error(m, &e->place,
			      "minidisk %04X of %s, blocks %llu-%llu of %s, lies in CP's own area: expected "
			      "a start of at least %llu",
			      e->vdev, e->userid, first, last, e->volser, (unsigned long long)space->first);
	else if (space->known && e->to_end && e->first >= space->end)
		message_error(m, &e->place,
			      "minidisk %04X of %s begins at block %llu, but %s ends before block %llu",
			      e->vdev, e->userid, first, e->volser, (unsigned long long)space->end);
	else if (space->known && !e->to_end && e->end > space->end)
		message_error(m, &e->place,
			      "minidisk %04X of %s, blocks %llu-%llu, goes beyond the end of %s, whose last "
			      "block is %llu",
			      e->vdev, e->userid, first, last, e->volser, (unsigned long long)space->end - 1);
}

static void overlap(const struct extent *a, const struct extent *b, struct messages *m)
{
	const struct extent *later = b->place.line >= a->place.line ? b : a, *earlier = later == b ? a : b;
	char where[300] = "";

	if (earlier->place.line > 0)
		snprintf(where, sizeof(where), " at %s:%u", m->name, earlier->place.line);
	message_error(m, &later->place,
		      "minidisk %04X of %s, blocks %llu-%llu of %s, overlaps minidisk %04X of %s, blocks "
		      "%llu-%llu%s",
		      later->vdev, later->userid, (unsigned long long)later->first,
		      (unsigned long long)later->end - 1, later->volser, earlier->vdev, earlier->userid,
		      (unsigned long long)earlier->first, (unsigned long long)earlier->end - 1, where);
}

static struct extent extent_of(const struct user *u, const struct device *d, const struct model *model,
			       const struct minidisk_space *space)
{
	struct extent e = {.userid = u->userid,
			   .volser = d->volser,
			   .vdev = d->vdev,
			   .to_end = d->sectors == 0,
			   .first = d->start,
			   .place = d->place};
	bool ours = strcmp(d->volser, model->volser) == 0;

	e.end = !e.to_end                                       ? (uint64_t)d->start + d->sectors
		: ours && space->known && space->end > d->start ? space->end
								: UINT64_C(1) << 32;
	return e;
}

static struct extent *extents_collect(const struct model *model, const struct minidisk_space *space,
				      size_t *count)
{
	struct extent *list = NULL;
	size_t room = 0, n = 0;

	for (uint32_t i = 0; i < model->users.count; i++)
		for (const struct device *d = model->users.entries[i]->devices; d != NULL; d = d->next) {
			if (d->kind != DEVICE_MDISK)
				continue;
			if (n == room)
				list = storage_grow(list, (room = room * 2 + 64) * sizeof(*list));
			list[n++] = extent_of(model->users.entries[i], d, model, space);
		}
	*count = n;
	return list;
}

/* In the order of their starts, each extent must begin where all before it have ended. */
void check_extents(const struct model *model, const struct minidisk_space *space, struct messages *m)
{
	const struct extent *widest = NULL;
	size_t count;
	struct extent *list = extents_collect(model, space, &count);

	if (count > 0)
		qsort(list, count, sizeof(*list), extent_compare);
	for (size_t i = 0; i < count; i++) {
		check_bounds(model, space, &list[i], m);
		if (widest != NULL && strcmp(widest->volser, list[i].volser) == 0 &&
		    widest->end > list[i].first)
			overlap(widest, &list[i], m);
		if (widest == NULL || strcmp(widest->volser, list[i].volser) != 0 ||
		    widest->end < list[i].end)
			widest = &list[i];
	}
	free(list);
}

/* ---- against a database ------------------------------------------------------------------------------------------ */

/* Nearest first, from the end of the extent down: one that ends before it begins has nothing but such before it. */
static const char neighbours[] =
	"SELECT e.name, m.vdev, m.start, m.blocks FROM minidisk m JOIN volume v ON v.id = m.volume_id"
	" JOIN entry e ON e.id = m.entry_id WHERE v.volser = ? AND m.start < ? ORDER BY m.start DESC";

static void check_neighbours(const struct extent *x, struct database *d, struct messages *m)
{
	sqlite3_stmt *s = database_ask(d, neighbours, "ti", x->volser, (int64_t)x->end);

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		struct extent other = {.userid = (const char *)sqlite3_column_text(s, 0),
				       .volser = x->volser,
				       .vdev = (uint16_t)sqlite3_column_int(s, 1),
				       .first = (uint64_t)sqlite3_column_int64(s, 2),
				       .end = UINT64_C(1) << 32};

		if (sqlite3_column_type(s, 3) != SQLITE_NULL)
			other.end = other.first + (uint64_t)sqlite3_column_int64(s, 3);
		if (strcmp(other.userid, x->userid) == 0 && other.vdev == x->vdev)
			continue;
		if (other.end <= x->first)
			break;
		overlap(&other, x, m);
	}
	sqlite3_finalize(s);
}

void check_extents_of(const struct model *model, const struct user *u, struct database *d,
		      const struct minidisk_space *space, struct messages *m)
{
	for (const struct device *device = u->devices; device != NULL; device = device->next) {
		struct extent x;

		if (device->kind != DEVICE_MDISK)
			continue;
		x = extent_of(u, device, model, space);
		check_bounds(model, space, &x, m);
		check_neighbours(&x, d, m);
	}
}
