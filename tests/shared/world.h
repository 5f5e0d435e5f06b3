/*
 * world.h - the world of one virtual machine, as far as all such tests have it in common.
 *
 * Each program has a world.h of its own, which includes this, says how large storage (WORLD_STORAGE, bytes), the medium and the disks on
 * it (WORLD_SECTORS, WORLD_DISK_SECTORS) are, and declares struct world with WORLD_COMMON in it.
 */
#ifndef TESTS_SHARED_WORLD_H
#define TESTS_SHARED_WORLD_H

#include <cp/console.h>
#include <cp/minidisk.h>
#include <cp/vm.h>

#define WORLD_COMMON                                                                                         \
	struct vm vm;                                                                                        \
	struct vcpu vcpu;                                                                                    \
	uint8_t *storage;                                                                                    \
	tod_t now;                                                                                           \
	uint8_t disk[WORLD_SECTORS * SECTOR_SIZE];                                                           \
	char terminal[8192]; /* what the session was given, lines ended by '\n' */                           \
	size_t terminal_used;                                                                                \
	bool disk_broken; /* real I/O fails */                                                               \
	bool no_storage;  /* CP's real storage is exhausted */                                               \
	bool slow;        /* the terminal is behind */                                                       \
	bool unheard;     /* there is none, and nobody looks on */                                           \
	unsigned kicks, flushes;

/* A machine without devices; and the end of one that has none any more. */
void world_create(void);
void world_destroy(void);
/* A device; a disk begins at sector 16 of the medium. */
void world_make(uint16_t vdev, const char *class, bool read_only);
struct device *world_device(uint16_t vdev);

#endif
