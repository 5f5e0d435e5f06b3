/*
 * lookup.c - whose machine is that?
 *
 * Owns: the way from a userid to its entry. Before: directory.c, object.c. After: LOGON, LINK, AUTOLOG, XAUTOLOG.
 * Heritage: DMKUDR.
 * A look-up reads two places of the disk, a block of indexes and the entry. The entries that were asked for last are kept, for a class
 * that comes in asks for few: XAUTOLOG and the LOGON behind it for the same, everybody's LINK for MAINT's.
 */
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>

#include "directory.h"

/* The block of indexes in which a userid would stand: the last one whose first userid is not behind it. */
static uint32_t thumb_find(const struct directory *c, const uint8_t wanted[8])
{
	uint32_t low = 0, high = c->thumb_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (memcmp(wanted, c->thumbs[middle], 8) < 0)
			high = middle;
		else
			low = middle;
	}
	return low;
}

int directory_find(const struct directory *c, const char *userid, struct object_user *user)
{
	size_t room = THUMB_STEP * sizeof(struct object_index);
	struct object_index *indexes;
	uint32_t first, count;
	uint8_t wanted[8];
	int status;

	if (c->d.count == 0 || !object_userid_pad(wanted, userid))
		return OBJECT_MISSING;
	first = thumb_find(c, wanted) * THUMB_STEP;
	count = c->d.count - first < THUMB_STEP ? c->d.count - first : THUMB_STEP;
	indexes = heap_alloc_dirty(room);
	if (!indexes)
		return OBJECT_READ_ERROR;
	status = c->d.source.read(c->d.source.context, c->d.index_offset + (uint64_t)first * sizeof(*indexes),
				  indexes, count * sizeof(*indexes)) < 0
			 ? OBJECT_READ_ERROR
			 : object_find_among(&c->d, indexes, first, count, userid, user);
	heap_free(indexes, room);
	return status;
}

static int complain(const char *userid, int status)
{
	log_line("DIRECTORY ENTRY OF %.8s: %s", userid, object_status_text(status));
	return status == OBJECT_READ_ERROR ? CP_IO_ERROR : CP_CANNOT;
}

/* ---- the entries that are kept, the last one asked for first ---------------------------------------------------- */

static void kept_to_front(struct directory *c, unsigned n, struct directory_kept one)
{
	for (; n > 0; n--)
		c->kept[n] = c->kept[n - 1];
	c->kept[0] = one;
}

static const struct directory_kept *kept_find(struct directory *c, const char *userid)
{
	uint8_t wanted[8];

	if (!object_userid_pad(wanted, userid))
		return NULL;
	for (unsigned n = 0; n < ENTRIES_KEPT && c->kept[n].entry; n++)
		if (memcmp(((struct object_entry *)c->kept[n].entry)->userid, wanted, sizeof(wanted)) == 0) {
			kept_to_front(c, n, c->kept[n]);
			return c->kept;
		}
	return NULL;
}

static void keep(struct directory *c, void *entry, size_t length)
{
	struct directory_kept *last = &c->kept[ENTRIES_KEPT - 1];

	heap_free(last->entry, last->length);
	kept_to_front(c, ENTRIES_KEPT - 1, (struct directory_kept){entry, length});
}

static int entry_read(struct directory *c, const char *userid)
{
	struct object_user user;
	void *entry;
	int status = directory_find(c, userid, &user);

	if (status == OBJECT_MISSING)
		return 1;
	if (status != OBJECT_OK)
		return complain(userid, status);
	entry = heap_alloc_dirty(user.length);
	if (!entry)
		return CP_NO_STORAGE;
	status = object_read(&c->d, &user, entry);
	if (status != OBJECT_OK) {
		heap_free(entry, user.length);
		return complain(userid, status);
	}
	keep(c, entry, user.length);
	return 0;
}

/* To the caller goes a copy: what is kept may go when others are asked for. */
static int lookup(struct directory *c, const char *userid, void **entry, size_t *length)
{
	const struct directory_kept *kept = kept_find(c, userid);
	int rc = kept ? 0 : entry_read(c, userid);

	if (rc != 0)
		return rc;
	kept = c->kept;
	*entry = heap_alloc_dirty(kept->length);
	if (!*entry)
		return CP_NO_STORAGE;
	memcpy(*entry, kept->entry, kept->length);
	*length = kept->length;
	return 0;
}

/* ---- what others call -------------------------------------------------------------------------------------------- */

int directory_lookup(const char *userid, void **entry, size_t *length)
{
	struct directory *c = directory_hold();
	int rc = c ? lookup(c, userid, entry, length) : CP_CANNOT;

	directory_drop(c);
	return rc;
}

void directory_release(void *entry, size_t length)
{
	heap_free(entry, length);
}

int directory_userid(uint32_t n, char userid[9])
{
	struct directory *c = directory_hold();
	struct object_user user;
	int status = c ? object_at(&c->d, n, &user) : OBJECT_MISSING;

	directory_drop(c);
	if (status == OBJECT_MISSING)
		return 1;
	if (status != OBJECT_OK)
		return complain("NUMBER", status);
	for (size_t i = 0; i < 8; i++)
		userid[i] = user.userid[i] == ' ' ? '\0' : user.userid[i];
	userid[8] = '\0';
	return 0;
}
