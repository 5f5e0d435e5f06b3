/*
 * bitmap.h - which of a number of places are taken.
 */
#ifndef CP_BITMAP_H
#define CP_BITMAP_H

#include <cp/types.h>

#define BITMAP_NONE UINT32_MAX

struct bitmap {
	uint8_t *bits;
	uint32_t count; /* places */
	uint32_t free;
	uint32_t next; /* where the next search begins */
};

/* All free. 0, or CP_NO_STORAGE. */
int bitmap_create(struct bitmap *b, uint32_t count);
void bitmap_destroy(struct bitmap *b);
/* Take a free place, going round; BITMAP_NONE when there is none. */
uint32_t bitmap_take(struct bitmap *b);
/* Take this one; false when there is no such place or it is taken. */
bool bitmap_claim(struct bitmap *b, uint32_t n);
/* Give a taken place back; false when there is no such place or it is free. */
bool bitmap_release(struct bitmap *b, uint32_t n);

#endif
