/*
 * object.c - the object directory's reader.
 *
 * Owns: the checks between a hostile disk and everybody who uses a directory entry. Before it: format.h. After it: LOGON, LINK and
 * AUTOLOG in CP; the directory compiler, which reads back what it wrote.
 * Heritage: DMKUDR, which read UDIRECT blocks.
 * Simplification: an entry is read whole; there is no cache of entries here (the caller may keep one).
 */
#include <cp/crc32.h>
#include <cp/object.h>
#include <cp/string.h>

const char *object_status_text(int status)
{
	switch (status) {
	case OBJECT_OK:
		return "the directory is good";
	case OBJECT_MISSING:
		return "there is no such user in the directory";
	case OBJECT_READ_ERROR:
		return "the directory cannot be read from the disk";
	case OBJECT_EMPTY:
		return "no directory has been written";
	case OBJECT_DAMAGED:
		return "the directory is damaged: a checksum is wrong";
	case OBJECT_TOO_NEW:
		return "the directory was made by a later version";
	default:
		return "the directory is damaged: it holds a value that cannot be";
	}
}

int object_memory_read(void *context, uint64_t offset, void *buf, size_t length)
{
	memcpy(buf, (const uint8_t *)context + offset, length);
	return 0;
}

/* ---- header and index ---------------------------------------------------------------------------------------- */

/* Read bytes of the slot; the one place that asks the source. */
static int slot_read(const struct object_source *s, uint64_t offset, void *buf, size_t length)
{
	if (offset > s->size || length > s->size - offset)
		return OBJECT_IMPOSSIBLE;
	return s->read(s->context, offset, buf, length) < 0 ? OBJECT_READ_ERROR : OBJECT_OK;
}

static int header_check(const struct object_header *h, uint64_t size)
{
	uint64_t length = be64_get(h->length);
	uint32_t index = be32_get(h->index_offset);

	if (memcmp(h->magic, OBJECT_MAGIC, sizeof(h->magic)) != 0)
		return OBJECT_EMPTY;
	if (crc32_update(0, (const uint8_t *)h + 12, sizeof(*h) - 12) != be32_get(h->crc))
		return OBJECT_DAMAGED;
	if (be32_get(h->version) > OBJECT_VERSION)
		return OBJECT_TOO_NEW;
	if (length > size || index < sizeof(*h) || index > length)
		return OBJECT_IMPOSSIBLE;
	if (be32_get(h->count) > (length - index) / sizeof(struct object_index))
		return OBJECT_IMPOSSIBLE;
	return OBJECT_OK;
}

int object_open(struct object_directory *d, const struct object_source *source)
{
	struct object_header h;
	int status = slot_read(source, 0, &h, sizeof(h));

	if (status == OBJECT_OK)
		status = header_check(&h, source->size);
	if (status != OBJECT_OK)
		return status;
	d->source = *source;
	d->generation = be64_get(h.generation);
	d->length = be64_get(h.length);
	d->created = be64_get(h.created);
	d->count = be32_get(h.count);
	d->index_offset = be32_get(h.index_offset);
	d->data_crc = be32_get(h.data_crc);
	d->weak = be32_get(h.weak);
	memcpy(d->volser, h.volser, sizeof(d->volser));
	memcpy(d->identity, h.identity, sizeof(d->identity));
	return OBJECT_OK;
}

int object_open_newest(struct object_directory *d, const struct object_source *a,
		       const struct object_source *b)
{
	struct object_directory da, db;
	int sa = object_open(&da, a), sb = object_open(&db, b);

	if (sa != OBJECT_OK && sb != OBJECT_OK)
		return sa < sb ? sa : sb;
	if (sb == OBJECT_OK && (sa != OBJECT_OK || db.generation > da.generation)) {
		*d = db;
		return 1;
	}
	*d = da;
	return 0;
}

int object_at(const struct object_directory *d, uint32_t n, struct object_user *user)
{
	struct object_index x;
	int status;

	if (n >= d->count)
		return OBJECT_MISSING;
	status = slot_read(&d->source, d->index_offset + (uint64_t)n * sizeof(x), &x, sizeof(x));
	if (status != OBJECT_OK)
		return status;
	if (crc32_update(0, (const uint8_t *)&x + 12, sizeof(x) - 12) !=
	    (be32_get(x.crc) ^ crc32_update(0, x.userid, sizeof(x.userid))))
		return OBJECT_DAMAGED;
	memcpy(user->userid, x.userid, sizeof(x.userid));
	user->userid[8] = '\0';
	user->flags = x.flags;
	user->length = be32_get(x.length);
	user->offset = be64_get(x.offset);
	user->crc = be32_get(x.entry_crc);
	if (user->length < sizeof(struct object_entry) || user->length > OBJECT_ENTRY_MAX ||
	    user->offset > d->length || user->length > d->length - user->offset)
		return OBJECT_IMPOSSIBLE;
	return OBJECT_OK;
}
