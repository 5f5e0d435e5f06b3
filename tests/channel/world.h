/*
 * world.h - a small world for one virtual machine, in which its devices can be tried.
 */
#ifndef TESTS_CHANNEL_WORLD_H
#define TESTS_CHANNEL_WORLD_H

#include <arch/instruction.h>
#include <cp/diagnose.h>
#include <cp/unitrecord.h>
#include "../shared/world.h"

#define WORLD_STORAGE      0x100000u
#define WORLD_SECTORS      256u
#define WORLD_DISK_SECTORS 128

/* Device numbers, in the order they are made: subchannel 0, 1, 2 ... */
enum {
	WORLD_CONSOLE = 0x009,
	WORLD_READER = 0x00c,
	WORLD_PUNCH = 0x00d,
	WORLD_PRINTER = 0x00e,
	WORLD_DISK = 0x191,
	WORLD_DISK_READ_ONLY = 0x190
};

struct world {
	WORLD_COMMON
	struct page pages[WORLD_STORAGE / PAGE_SIZE];
	char command[300]; /* the last CP command */
	bool spool_full;
	unsigned io_changes;
	unsigned shadow_resets;
};

extern struct world *world;

void world_begin(void);
void world_end(void);
/* A closed file in the machine's reader. */
struct spool_file *world_deck(const char *const *cards, unsigned count);
/* Text of record n of a file, as ASCII; its length or -1. */
int world_record(const struct spool_file *f, unsigned n, uint8_t *control, char text[200]);
struct spool_file *world_file(unsigned n);

/* Storage. */
void put32(uint32_t a, uint32_t value);
void put64(uint32_t a, uint64_t value);
uint32_t get32(uint32_t a);
/* CCW in either format. */
void ccw0(uint32_t at, uint8_t command, uint32_t data, uint8_t flags, uint16_t count);
void ccw1(uint32_t at, uint8_t command, uint32_t data, uint8_t flags, uint16_t count);
void put_text(uint32_t a, const char *ascii);

/* Instructions: condition code, or -(program interruption). */
int run_io(int (*simulate)(struct instruction *), uint32_t gr1, uint32_t a2);
/* Enable the subchannel with an ISC of 3. */
void world_enable(struct device *d);
/* SSCH of the program at ccw with these ORB flags (0x0000ff00 is added), then TSCH into IRB. */
#define ORB_FORMAT1 0x00800000u
#define IRB         0x800u
int world_start(struct device *d, uint32_t orb, uint32_t ccw);
int world_test(struct device *d);
/* Of the IRB. */
#define IRB_DEVICE  (get32(IRB + 8) >> 24)
#define IRB_CHANNEL (get32(IRB + 8) >> 16 & 0xff)
#define IRB_COUNT   (get32(IRB + 8) & 0xffff)
#define IRB_CCW     (get32(IRB + 4))
#define IRB_FLAGS   (get32(IRB))

/* DIAGNOSE; result as above, condition code if 0 was returned. */
int run_diagnose(unsigned x, unsigned y, uint16_t code);

void suite_channel(void);
void suite_calls(void);
void suite_state(void);

#endif
