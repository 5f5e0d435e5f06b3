/*
 * disk.h - new minidisks, for the verbs that make them.
 */
#ifndef DIRECTORY_DISK_H
#define DIRECTORY_DISK_H

#include "verb.h"

/* Is the volume of this label the one at hand? */
bool disk_ours(const struct verb *v, const char *volser);
/* Zeros, then what direct.format() makes of them. Nothing is done when its volume is not at hand. 0 or 1. */
int disk_make(struct verb *v, const struct direct_disk *disk);
/* Copy blocks within the volume, and wait until they are on it. 0 or 1. */
int disk_copy(struct verb *v, const char *volser, uint32_t from, uint32_t to, uint32_t blocks);

#endif
