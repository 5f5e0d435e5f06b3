/*
 * world.h - a small world for one virtual PC, in which its ports can be tried.
 */
#ifndef TESTS_PC_WORLD_H
#define TESTS_PC_WORLD_H

#include <arch/guest.h>
#include <arch/pc.h>
#include "../shared/world.h"

#define WORLD_STORAGE      0x4000000u
#define WORLD_SECTORS      8192u
#define WORLD_DISK_SECTORS (WORLD_SECTORS - 16)

enum { WORLD_CONSOLE = 0x009, WORLD_READER = 0x00c, WORLD_DISK = 0x191, WORLD_DISK_READ_ONLY = 0x190 };

/* A file in the machine's reader, as one run of bytes. */
struct world_file {
	const uint8_t *bytes;
	size_t size;
	bool purged;
};

struct world {
	WORLD_COMMON
	unsigned translation_changes, clock_updates;
	struct world_file file[4];
	unsigned files;
	struct guest_start start; /* what the last IPL gave */
	unsigned starts;
};

extern struct world *world;

void world_begin(void);
void world_end(void);
/* Time goes on, and the PC's timers with it. */
void world_pass(tod_t time);

/* Ports. */
uint32_t in(uint16_t port, unsigned size);
void out(uint16_t port, unsigned size, uint32_t value);
static inline uint8_t inb(uint16_t port)
{
	return (uint8_t)in(port, 1);
}
static inline void outb(uint16_t port, uint8_t value)
{
	out(port, 1, value);
}

/* Suites, one a file. */
void suite_pic(void);
void suite_timer(void);
void suite_uart(void);
void suite_pci(void);
void suite_disk(void);
void suite_ipl(void);
void suite_state(void);
void suite_fuzz(void);

#endif
