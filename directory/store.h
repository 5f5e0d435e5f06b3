/*
 * store.h - an open CP volume: bytes, label, areas, lock.
 */
#ifndef DIRECTORY_STORE_H
#define DIRECTORY_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <cp/object.h>

struct store {
	int fd;
	const char *path;
	FILE *out; /* messages */
	uint64_t bytes;
	char volser[7];
	struct volume_label label;
};

/* Results, as of all functions of volume.h. */
enum { STORE_DONE = 0, STORE_FAILED = 1, STORE_CANNOT_OPEN = 2 };

/* ONLINE: a machine runs from the volume and has locked it; the caller writes only where that machine does not look. */
enum store_use { STORE_READ, STORE_WRITE, STORE_ONLINE };

/* Open and lock a volume, and check its label. */
int store_open(struct store *s, const char *path, enum store_use use, FILE *out);
void store_close(struct store *s);
/* Say what is wrong, with the volume's name before it. Returns STORE_FAILED. */
int store_say(const struct store *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All of length bytes, or false with a message. Writing past the end of the volume is refused. */
bool store_read(const struct store *s, uint64_t offset, void *buf, size_t length);
bool store_write(const struct store *s, uint64_t offset, const void *buf, size_t length);
/* Zeros, without taking room on the host where that can be. */
bool store_zero(const struct store *s, uint64_t offset, uint64_t length);
/* Wait until everything written is on the disk. */
bool store_flush(const struct store *s);
bool store_read_block(const struct store *s, uint32_t block, void *buf);
bool store_write_block(const struct store *s, uint32_t block, const void *buf);

/* First block and number of blocks of an area. */
uint32_t store_area_first(const struct store *s, enum volume_area_id area);
uint32_t store_area_count(const struct store *s, enum volume_area_id area);
/* Take or refuse the lock that QEMU and vm40 take while they use a volume. */
bool store_lock(int fd, bool writable);
/* Check a label against the size of its volume; NULL, or what is wrong with it. */
const char *label_check(const struct volume_label *l, uint64_t bytes);
/* Microseconds since 1970. */
uint64_t store_now(void);

/* The newest object directory of the volume; `context` must live as long as d is used. Returns the slot, or a status < 0. */
struct store_slot {
	const struct store *store;
	uint64_t offset;
};
/* One slot (0 or 1); OBJECT_EMPTY only if it was never written, or wiped by a writer that was interrupted. */
int store_slot_open(const struct store *s, int slot, struct store_slot *context, struct object_directory *d);
int store_directory(const struct store *s, struct store_slot context[2], struct object_directory *d);
/* A user's entry, malloc'ed; NULL with a message. */
void *store_user(const struct store *s, const char *userid, uint32_t *length);
/* Write a new object directory (an image that begins with its header) to the older slot. */
int store_directory_write(const struct store *s, const uint8_t *image, uint64_t length);
/* Make the clock block of a new volume, and read the newest: false if there is none. */
bool store_clock_write(const struct store *s, uint64_t sequence, uint64_t time, enum clock_state state);
bool store_clock_read(const struct store *s, struct volume_clock *clock);

#endif
