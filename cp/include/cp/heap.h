/*
 * heap.h - CP's own storage: frames and small pieces of them.
 *
 * Frames (4 KiB, aligned) come from storage/frame.c; pieces below a frame
 * from free lists by power of two; anything larger is a run of frames.
 * Heritage: DMKPTR (free page list) and DMKFRE (free storage).
 */
#ifndef CP_HEAP_H
#define CP_HEAP_H

#include <cp/types.h>

/* Give the range [from, to) of real storage to the frame allocator. */
void frame_add(frame_t from, frame_t to);
/* A zeroed frame, or 0 when real storage is exhausted. */
frame_t frame_alloc(void);
/* count consecutive zeroed frames, or 0. */
frame_t frame_alloc_run(unsigned count);
/* The same with whatever was in them: for those who store before they fetch. */
frame_t frame_alloc_dirty(unsigned count);
/* The same at a multiple of its own size; count is a power of two. */
frame_t frame_alloc_aligned(unsigned count);
/* Of a frame that several own this ends one's share; the last gives the frame back. */
void frame_free(frame_t frame);
/* One owner more, who shall free it, too. And: are there others? */
void frame_share(frame_t frame);
bool frame_shared(frame_t frame);
void frame_free_run(frame_t frame, unsigned count);
uint64_t frames_total(void);
uint64_t frames_free(void);

/* Zeroed storage; NULL when there is none left. Sizes to 1 MiB. */
void *heap_alloc(size_t size);
/* The same with whatever was in it: for those who store before they fetch. */
void *heap_alloc_dirty(size_t size);
/* size must be the size that was asked for. NULL is ignored. */
void heap_free(void *p, size_t size);

#endif
