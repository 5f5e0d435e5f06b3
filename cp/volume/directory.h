/*
 * directory.h - the object directory in use, between the files that look into it and those that replace it.
 */
#ifndef CP_VOLUME_DIRECTORY_H
#define CP_VOLUME_DIRECTORY_H

#include <cp/object.h>
#include <cp/volume.h>

#define THUMB_STEP   128u /* indexes that are read at once: a block */
#define ENTRIES_KEPT 8

struct directory_kept {
	void *entry; /* NULL: none */
	size_t length;
};

/*
 * A directory as CP uses it. Look-ups hold it while they may sleep, so a swap does not take it from under them. Its thumbs are the first
 * userid of every block of indexes, as in the margin of a dictionary: a look-up reads one block of indexes and one entry.
 */
struct directory {
	struct object_directory d;
	unsigned slot, users; /* users: who holds it, the one in use included */
	uint8_t (*thumbs)[8];
	uint32_t thumb_count;
	struct directory_kept kept[ENTRIES_KEPT];
};

extern struct directory *directory_current; /* NULL: there is none */
extern bool directory_changing;             /* a swap or an update is under way: another one is refused */

/* Is the other slot being written by the host (directory_hold_until())? */
bool directory_held(void);

struct directory *directory_hold(void);
void directory_drop(struct directory *c);

/* Open and verify a slot of the system volume: an enum object_status. With OBJECT_OK, *c is new storage. */
int directory_open_slot(struct directory **c, unsigned slot);
/* The slot as a source of bytes. */
struct object_source directory_source(struct volume *v, unsigned slot);
/* Make a directory the one in use. Takes over the caller's hold. */
void directory_use(struct directory *c);
/* Find a user: an enum object_status. */
int directory_find(const struct directory *c, const char *userid, struct object_user *user);
/* Wipe a slot's header, so that nobody takes what follows for a directory. 0 or < 0. */
int directory_wipe(struct volume *v, unsigned slot);

#endif
