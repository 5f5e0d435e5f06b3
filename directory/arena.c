/*
 * arena.c - storage that is given back all at once.
 *
 * Owns: chunks of 8 to 256 KiB, cut from the front. Before it: malloc. After it: everything that a directory file turns into.
 * Simplification: nothing is given back singly.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"

#define CHUNK_FIRST ((size_t)8 << 10)
#define CHUNK       ((size_t)256 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* of the room */
	_Alignas(16) unsigned char room[];
};

void *storage_grow(void *p, size_t size)
{
	void *q = realloc(p, size > 0 ? size : 1);

	if (q == NULL) {
		fputs("vm40: no storage left\n", stderr);
		exit(1);
	}
	return q;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_chunk *c = a->chunks;

	size = (size + 15) & ~(size_t)15;
	if (size > a->left) {
		size_t room = c == NULL ? CHUNK_FIRST : c->size < CHUNK / 2 ? c->size * 2 : CHUNK;

		room = room > size ? room : size;
		c = storage_grow(NULL, sizeof(*c) + room);
		c->next = a->chunks;
		c->size = room;
		a->chunks = c;
		a->left = room;
	}
	a->left -= size;
	return memset(c->room + c->size - a->left - size, 0, size);
}

char *arena_text(struct arena *a, const char *text, size_t length)
{
	char *copy = arena_alloc(a, length + 1);

	memcpy(copy, text, length);
	return copy;
}

void arena_free(struct arena *a)
{
	while (a->chunks != NULL) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->left = 0;
}

void arena_reset(struct arena *a)
{
	while (a->chunks != NULL && a->chunks->next != NULL) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->left = a->chunks != NULL ? a->chunks->size : 0;
}
