/*
 * space.c - free room for minidisks.
 *
 * Owns: gaps, and who gets which. Before it: the extents of a database. After it: disk.c and roster.c.
 * Heritage: DirMaint's AUTOG and GBLKS, its extent control file with regions and groups.
 * Simplification: the first gap that is large enough is taken, and the list is walked from its beginning.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "space.h"

static void gap_add(struct space *s, uint64_t first, uint64_t end, unsigned volume)
{
	first = (first + SPACE_ALIGN - 1) / SPACE_ALIGN * SPACE_ALIGN;
	if (first >= end)
		return;
	if (s->count == s->room)
		s->gaps = storage_grow(s->gaps, (s->room = s->room * 2 + 64) * sizeof(*s->gaps));
	s->gaps[s->count++] = (struct gap){first, end, volume};
}

static unsigned volume_of(struct space *s, const char *volser)
{
	for (unsigned i = 0; i < s->volume_count; i++)
		if (strcmp(s->volumes[i], volser) == 0)
			return i;
	s->volumes = storage_grow(s->volumes, (s->volume_count + 1) * sizeof(*s->volumes));
	snprintf(s->volumes[s->volume_count], sizeof(*s->volumes), "%s", volser);
	return s->volume_count++;
}

void space_add_region(struct space *s, const char *volser, uint64_t first, uint64_t end,
		      const struct used *used, size_t count)
{
	unsigned volume = volume_of(s, volser);

	for (size_t i = 0; i < count && first < end; i++) {
		if (used[i].end <= first)
			continue;
		if (used[i].first >= end)
			break;
		if (used[i].first > first)
			gap_add(s, first, used[i].first, volume);
		first = used[i].end;
	}
	if (first < end)
		gap_add(s, first, end, volume);
}

void space_free(struct space *s)
{
	free(s->gaps);
	free(s->volumes);
	*s = (struct space){0};
}

bool space_take(struct space *s, uint32_t blocks, uint32_t *start, const char **volser)
{
	uint64_t wanted = ((uint64_t)blocks + SPACE_ALIGN - 1) / SPACE_ALIGN * SPACE_ALIGN;

	for (size_t i = 0; i < s->count; i++) {
		struct gap *g = &s->gaps[i];

		if (blocks == 0 || g->end - g->first < blocks)
			continue;
		*start = (uint32_t)g->first;
		*volser = s->volumes[g->volume];
		g->first += wanted < g->end - g->first ? wanted : g->end - g->first;
		return true;
	}
	return false;
}

bool space_take_at(struct space *s, const char *volser, uint64_t first, uint32_t blocks)
{
	for (size_t i = 0; i < s->count; i++) {
		struct gap *g = &s->gaps[i];
		struct gap behind = {first + blocks, g->end, g->volume};

		if (strcmp(s->volumes[g->volume], volser) != 0 || first < g->first || first >= g->end ||
		    blocks > g->end - first)
			continue;
		g->end = first;
		gap_add(s, behind.first, behind.end, behind.volume);
		return true;
	}
	return false;
}

/* ---- from the database ------------------------------------------------------------------------------------------------ */

struct extents {
	struct used *list;
	size_t count, room;
};

/* All extents of a volume, by their starts. */
static void extents_load(struct extents *x, struct database *d, const char *volser)
{
	sqlite3_stmt *s =
		database_ask(d,
			     "SELECT m.start, coalesce(m.start + m.blocks, 4294967296) FROM minidisk m"
			     " JOIN volume v ON v.id = m.volume_id WHERE v.volser = ? ORDER BY m.start",
			     "t", volser);

	x->count = 0;
	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		if (x->count == x->room)
			x->list = storage_grow(x->list, (x->room = x->room * 2 + 256) * sizeof(*x->list));
		x->list[x->count++] = (struct used){(uint64_t)sqlite3_column_int64(s, 0),
						    (uint64_t)sqlite3_column_int64(s, 1)};
	}
	sqlite3_finalize(s);
}

/* A region never reaches into what is not minidisk space. */
static void region_add(struct space *s, struct database *d, struct extents *x, const char *volser,
		       uint64_t first, uint64_t end)
{
	uint64_t known, blocks;

	if (database_space(d, volser, &known, &blocks)) {
		first = first > known ? first : known;
		end = end < known + blocks ? end : known + blocks;
	}
	extents_load(x, d, volser);
	space_add_region(s, volser, first, end, x->list, x->count);
}

bool space_load(struct space *s, struct database *d, const char *group, const char *volser,
		const struct minidisk_space *usual)
{
	struct extents x = {0};
	sqlite3_stmt *q;

	*s = (struct space){0};
	if (group == NULL) {
		region_add(s, d, &x, volser, usual->first, usual->known ? usual->end : 0);
	} else {
		q = database_ask(d,
				 "SELECT v.volser, r.start, r.start + r.blocks FROM region r JOIN volume v "
				 "ON v.id = r.volume_id"
				 " WHERE r.disk_group = upper(?) ORDER BY r.id",
				 "t", group);
		while (q != NULL && sqlite3_step(q) == SQLITE_ROW)
			region_add(s, d, &x, (const char *)sqlite3_column_text(q, 0),
				   (uint64_t)sqlite3_column_int64(q, 1),
				   (uint64_t)sqlite3_column_int64(q, 2));
		sqlite3_finalize(q);
	}
	free(x.list);
	if (!d->failed && s->volume_count == 0) {
		message_error(d->m, NULL, "there is no region of group %s: `vm40 direct region` makes one",
			      group);
		return false;
	}
	return !d->failed;
}
