/*
 * arena.h - storage that is given back all at once.
 *
 * A directory of 100,000 users is millions of small things that live exactly as long as each other. Running out of storage ends the
 * program with a message: no caller could do better.
 */
#ifndef DIRECTORY_ARENA_H
#define DIRECTORY_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* Begins as all zeros. */
struct arena {
	struct arena_chunk *chunks;
	size_t left;
};

/* Zeroed storage, aligned for anything. */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of `length` characters, NUL-terminated. */
char *arena_text(struct arena *a, const char *text, size_t length);
void arena_free(struct arena *a);
/* Forget all that was taken, and keep one chunk for what comes next. */
void arena_reset(struct arena *a);

/* realloc that cannot fail. */
void *storage_grow(void *p, size_t size);

#endif
