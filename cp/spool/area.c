/*
 * area.c - the spool area: its free blocks, and one operation at a time.
 *
 * Owns: struct spool_area. Before: the volume, bitmap.c. After: entry.c, buffer.c.
 * Heritage: DMKPGT (spool page allocation), the spool lock of DMKSPL.
 * Simplification: one lock for all of it: an operation is a few disk blocks at most.
 *
 * Which blocks are free is nowhere on disk: start.c builds the map from the files it finds, so it cannot be wrong after a crash.
 */
#include "spool.h"
#include <cp/panic.h>
#include <cp/task.h>

struct spool_area spool = {.files = LIST_INIT(spool.files)};

void spool_lock(void)
{
	while (spool.busy)
		task_sleep(&spool.busy);
	spool.busy = true;
}

void spool_unlock(void)
{
	spool.busy = false;
	task_wake(&spool.busy);
}

static uint32_t first_block(void)
{
	return spool.volume->area[VOLUME_AREA_SPOOL_DATA].first;
}

uint32_t spool_block_take(void)
{
	uint32_t n = bitmap_take(&spool.blocks);

	return n == BITMAP_NONE ? 0 : first_block() + n;
}

bool spool_block_claim(uint32_t block)
{
	return block >= first_block() && bitmap_claim(&spool.blocks, block - first_block());
}

/* The number may come from a disk that somebody changed meanwhile. */
bool spool_block_release(uint32_t block)
{
	return block >= first_block() && bitmap_release(&spool.blocks, block - first_block());
}

void spool_space(uint32_t *free_blocks, uint32_t *all_blocks)
{
	*free_blocks = spool.blocks.free;
	*all_blocks = spool.blocks.count;
}
