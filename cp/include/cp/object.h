/*
 * object.h - reading the object directory: who may log on, and what machine they get.
 *
 * The form on disk is cp/volume/format.h. This reader takes nothing on trust: every checksum, offset, length and field value is
 * checked before a caller sees it. CP and the host tools use the same code; where the bytes come from is the caller's business.
 *
 *	struct object_directory d;
 *	struct object_user user;
 *	struct object_cursor c;
 *	const struct object_record *r;
 *
 *	if (object_open_newest(&d, &slot_a, &slot_b) < 0) ...        no directory
 *	if (object_find(&d, "STUDENT1", &user) != OBJECT_OK) ...     not there, or damaged
 *	entry = heap_alloc(user.length);
 *	if (object_read(&d, &user, entry) != OBJECT_OK) ...          damaged
 *	object_records(&c, entry, user.length);
 *	while ((r = object_next(&c)) != NULL)
 *		switch (be16_get(r->type)) {
 *		case OBJECT_MDISK:
 *			... (const struct object_mdisk *)r ...
 *		}
 */
#ifndef CP_OBJECT_H
#define CP_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include "../../volume/format.h"

/* What all functions return. */
enum object_status {
	OBJECT_OK = 0,
	OBJECT_MISSING = 1,     /* no such user */
	OBJECT_READ_ERROR = -1, /* the source could not read */
	OBJECT_EMPTY = -2,      /* no directory was ever written here */
	OBJECT_DAMAGED = -3,    /* a checksum is wrong */
	OBJECT_TOO_NEW = -4,    /* made by a later version */
	OBJECT_IMPOSSIBLE = -5, /* checksums are right, but a length, an offset or a value cannot be */
};

/* A sentence about a status, without a full stop. */
const char *object_status_text(int status);

/* Where the bytes of a slot come from. `read` returns 0 or less than 0 and may sleep; it is only asked for bytes below size. */
struct object_source {
	int (*read)(void *context, uint64_t offset, void *buf, size_t length);
	void *context;
	uint64_t size; /* bytes of the slot */
};

/* A read function over storage: context points to the first byte. */
int object_memory_read(void *context, uint64_t offset, void *buf, size_t length);

/* An open slot: its header, checked. */
struct object_directory {
	struct object_source source;
	uint64_t generation;
	uint64_t length;
	uint64_t created;
	uint32_t count; /* users */
	uint32_t index_offset;
	uint32_t data_crc;
	uint32_t weak;    /* users whose password is their userid */
	uint32_t changed; /* entries that CP changed by itself */
	uint8_t volser[6];
	uint8_t identity[32];
};

/* Where one user's entry lies. */
struct object_user {
	char userid[9];
	uint32_t number; /* of its index, from 0 */
	uint8_t flags;   /* OBJECT_USER_WEAK, OBJECT_USER_CHANGED */
	uint32_t length;
	uint32_t crc;
	uint64_t offset;
};

/* Check the header of a slot. */
int object_open(struct object_directory *d, const struct object_source *source);
/* Open the valid slot with the higher generation. Returns 0 for slot a, 1 for slot b, or the worse status (< 0) of the two. */
int object_open_newest(struct object_directory *d, const struct object_source *a,
		       const struct object_source *b);
/* Look a userid up (binary search: about log2(count) reads of 32 bytes). Any case. OBJECT_MISSING if it is not there. */
int object_find(const struct object_directory *d, const char *userid, struct object_user *user);
/*
 * The same among `count` indexes from the first-th on, which the caller has read into storage: OBJECT_MISSING if it is not one of them.
 * Only the indexes that are compared are checked.
 */
int object_find_among(const struct object_directory *d, const struct object_index *indexes, uint32_t first,
		      uint32_t count, const char *userid, struct object_user *user);
/* A userid as the disk has it, in upper case and padded with blanks. False: no userid can look like this. */
bool object_userid_pad(uint8_t padded[8], const char *userid);
/* Is an entry in storage what its index says, and every record of it possible? */
int object_entry_check(const struct object_user *user, const void *entry);
/* The n-th user, from 0, in the order of userids; OBJECT_MISSING past the last. */
int object_at(const struct object_directory *d, uint32_t n, struct object_user *user);
/* Read an entry of user->length bytes to buf and check it, every record of it included. */
int object_read(const struct object_directory *d, const struct object_user *user, void *buf);
/* The checksum over the whole directory, `size` bytes of buf at a time. For checkers: look-ups need no such pass. */
int object_verify(const struct object_directory *d, void *buf, size_t size);

/* A walk over the records of an entry. */
struct object_cursor {
	const uint8_t *at, *end;
	int status; /* why the walk ended: OBJECT_OK at the end of the entry */
	bool checked;
};

void object_records(struct object_cursor *c, const void *entry, size_t length);
/* The same of an entry that object_read() or object_entry_check() has found good: its fields are not looked at again. */
void object_records_checked(struct object_cursor *c, const void *entry, size_t length);
/* The next record of a type that this version knows, all its fields good; NULL at the end (see status). */
const struct object_record *object_next(struct object_cursor *c);

#endif
