/*
 * space.h - free room for minidisks.
 */
#ifndef DIRECTORY_SPACE_H
#define DIRECTORY_SPACE_H

#include "check.h"

/* A run of free blocks of 512 bytes, first to end - 1. */
struct gap {
	uint64_t first, end;
	unsigned volume; /* index in the space's list */
};

struct space {
	struct gap *gaps; /* malloc'ed; in the order in which they are to be used */
	size_t count, room;
	char (*volumes)[7];
	unsigned volume_count;
};

/* Minidisks begin and end at whole blocks of the volume. */
#define SPACE_ALIGN 8u

/*
 * Add what is free of a region (first to end - 1 of a volume), given the extents there in the order of their starts. The extents
 * may overlap and may lie outside.
 */
struct used {
	uint64_t first, end;
};

void space_add_region(struct space *s, const char *volser, uint64_t first, uint64_t end,
		      const struct used *used, size_t count);
/* Take the first room of so many blocks. False: there is none. */
bool space_take(struct space *s, uint32_t blocks, uint32_t *start, const char **volser);
/* Take just these blocks, if they are free. */
bool space_take_at(struct space *s, const char *volser, uint64_t first, uint32_t blocks);
void space_free(struct space *s);

/* The room of a group's regions (NULL: all minidisk space of the directory's volume) beside what the database says is used. */
bool space_load(struct space *s, struct database *d, const char *group, const char *volser,
		const struct minidisk_space *usual);

#endif
