/*
 * area.c - the area for saved machines: its free blocks, and one change at a time.
 *
 * Owns: struct saved_area. Before: the volume, bitmap.c, slot.c. After: room.c, catalogue.c, start.c.
 * Heritage: DMKPGT's allocation of a CP-owned volume.
 * Simplification: one area, on the system volume.
 *
 * Which blocks are free is nowhere on disk: start.c builds the map from the catalogue, so the two cannot disagree after a crash.
 */
#include "saved.h"
#include <cp/storage.h>
#include <cp/task.h>

struct saved_area saved = {
	.refusal = SAVED_NO_AREA, .images = LIST_INIT(saved.images), .doubt = LIST_INIT(saved.doubt)};

void saved_lock(void)
{
	while (saved.busy)
		task_sleep(&saved.busy);
	saved.busy = true;
}

void saved_unlock(void)
{
	saved.busy = false;
	task_wake(&saved.busy);
}

int saved_io(int result)
{
	return result < 0 ? CP_IO_ERROR : 0;
}

bool saved_claim_blocks(void *unused, uint32_t first, uint32_t count)
{
	(void)unused;
	for (uint32_t i = 0; i < count; i++)
		if (!bitmap_claim(&saved.blocks, first - saved.layout.first + i))
			return false;
	return true;
}

const char *saved_volume(void)
{
	return saved.volume ? saved.volume->label : "NONE";
}

void saved_space(uint64_t *free_bytes, uint64_t *all_bytes)
{
	*free_bytes = (uint64_t)saved.blocks.free * VOLUME_BLOCK;
	*all_bytes = (uint64_t)saved.blocks.count * VOLUME_BLOCK;
}

enum message_id saved_message(int result)
{
	switch (result) {
	case SAVED_NO_AREA:
		return MSG_SAVED_NO_AREA;
	case SAVED_FULL:
		return MSG_SAVED_FULL;
	case SAVED_PLACES:
		return MSG_SAVED_PLACES;
	case SAVED_DAMAGED:
		return MSG_SAVED_DAMAGED;
	case SAVED_GONE:
		return MSG_SAVED_GONE;
	case SAVED_BUSY:
		return MSG_SAVED_BUSY;
	case CP_NO_STORAGE:
		return MSG_SAVED_STORAGE;
	default:
		return MSG_SAVED_IO;
	}
}
