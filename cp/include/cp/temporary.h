/*
 * temporary.h - disks that last until LOGOFF: in storage (V-DISK), or in free blocks of the spool area (T-DISK).
 *
 * They begin as zeros, and nobody else can link them. An extent (cp/volume.h) names one instead of a run of sectors.
 */
#ifndef CP_TEMPORARY_H
#define CP_TEMPORARY_H

#include <cp/types.h>

struct temporary;

/* A disk of so many sectors; kind is an enum object_temporary_kind. NULL: there is no room for it. */
struct temporary *temporary_create(uint8_t kind, uint64_t sectors);
/* NULL is ignored. */
void temporary_destroy(struct temporary *t);
/* "(VDSK)" or "(TEMP)": what stands where other disks have their volume. */
const char *temporary_name(const struct temporary *t);
/* count sectors, which the caller knows to be inside. 0 or < 0. May sleep. */
int temporary_read(const struct temporary *t, uint64_t sector, uint32_t count, void *buf);
int temporary_write(struct temporary *t, uint64_t sector, uint32_t count, const void *buf);

#endif
