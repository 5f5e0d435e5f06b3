/*
 * room.c - the blocks of one image.
 *
 * Owns: struct saved_room: runs of blocks, and who still needs them. Before: area.c. After: write.c, read.c, catalogue.c.
 * Heritage: SPLINK and the page lists of named systems.
 * Simplification: runs are searched from the first; an image rarely has more than a few.
 *
 * A reader keeps the room of an image that was replaced meanwhile, so what it reads stays what it opened.
 */
#include "saved.h"
#include <cp/heap.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>

#define RUNS_FIRST   16u
#define RELEASE_TURN 1000u /* blocks given back before others may run */

struct saved_room *saved_room_create(uint32_t runs_expected)
{
	struct saved_room *r = heap_alloc(sizeof(*r));

	if (!r)
		return NULL;
	r->users = 1;
	r->runs_max = runs_expected ? runs_expected : RUNS_FIRST;
	list_init(&r->doubt);
	r->run = heap_alloc(r->runs_max * sizeof(*r->run));
	if (!r->run) {
		heap_free(r, sizeof(*r));
		return NULL;
	}
	return r;
}

static bool runs_double(struct saved_room *r)
{
	struct volume_run *more = heap_alloc(2 * r->runs_max * sizeof(*more));

	if (!more)
		return false;
	memcpy(more, r->run, r->runs * sizeof(*more));
	heap_free(r->run, r->runs_max * sizeof(*more));
	r->run = more;
	r->runs_max *= 2;
	return true;
}

void saved_room_note(struct saved_room *r, uint32_t first, uint32_t count)
{
	r->run[r->runs++] = (struct volume_run){first, count};
	r->blocks += count;
}

int saved_room_grow(struct saved_room *r)
{
	struct volume_run *last;
	uint32_t n;

	if (r->runs == r->runs_max && !runs_double(r))
		return CP_NO_STORAGE;
	n = bitmap_take(&saved.blocks);
	if (n == BITMAP_NONE)
		return SAVED_FULL;
	n += saved.layout.first;
	last = r->runs ? &r->run[r->runs - 1] : NULL;
	if (last && n == last->first + last->count) {
		last->count++;
		r->blocks++;
	} else {
		saved_room_note(r, n, 1);
	}
	return 0;
}

struct volume_run saved_room_find(const struct saved_room *r, uint32_t n)
{
	for (uint32_t i = 0; i < r->runs; i++) {
		if (n < r->run[i].count)
			return (struct volume_run){r->run[i].first + n, r->run[i].count - n};
		n -= r->run[i].count;
	}
	return (struct volume_run){0};
}

static void run_release(const struct volume_run *run)
{
	for (uint32_t i = 0; i < run->count; i++) {
		bitmap_release(&saved.blocks, run->first - saved.layout.first + i);
		if (i % RELEASE_TURN == RELEASE_TURN - 1)
			task_yield();
	}
}

void saved_room_drop(struct saved_room *r)
{
	if (!r || --r->users > 0)
		return;
	list_remove(&r->doubt);
	for (uint32_t i = 0; i < r->runs; i++)
		run_release(&r->run[i]);
	heap_free(r->run, r->runs_max * sizeof(*r->run));
	heap_free(r, sizeof(*r));
}
