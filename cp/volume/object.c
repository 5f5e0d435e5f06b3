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
	d->changed = be32_get(h.changed);
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

static int index_take(const struct object_directory *d, uint32_t n, const struct object_index *x,
		      struct object_user *user)
{
	if (crc32_update(0, (const uint8_t *)x + 4, sizeof(*x) - 4) != be32_get(x->crc))
		return OBJECT_DAMAGED;
	memcpy(user->userid, x->userid, sizeof(x->userid));
	user->userid[8] = '\0';
	user->number = n;
	user->flags = x->flags;
	user->length = be32_get(x->length);
	user->offset = be64_get(x->offset);
	user->crc = be32_get(x->entry_crc);
	if (user->length < sizeof(struct object_entry) || user->length > OBJECT_ENTRY_MAX ||
	    user->offset > d->length || user->length > d->length - user->offset)
		return OBJECT_IMPOSSIBLE;
	return OBJECT_OK;
}

int object_at(const struct object_directory *d, uint32_t n, struct object_user *user)
{
	struct object_index x;
	int status;

	if (n >= d->count)
		return OBJECT_MISSING;
	status = slot_read(&d->source, d->index_offset + (uint64_t)n * sizeof(x), &x, sizeof(x));
	return status == OBJECT_OK ? index_take(d, n, &x, user) : status;
}

bool object_userid_pad(uint8_t padded[8], const char *userid)
{
	size_t length = strlen(userid);

	if (length < 1 || length > 8)
		return false;
	for (size_t i = 0; i < 8; i++) {
		char c = i < length ? userid[i] : ' ';

		padded[i] = (uint8_t)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	return true;
}

/* Binary search; `indexes` holds those from `first` on, or is NULL: then each is read when it is looked at. */
static int search(const struct object_directory *d, const struct object_index *indexes, uint32_t first,
		  uint32_t count, const char *userid, struct object_user *user)
{
	uint32_t low = 0, high = count;
	uint8_t wanted[8];

	if (!object_userid_pad(wanted, userid))
		return OBJECT_MISSING;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int status = indexes ? index_take(d, first + middle, &indexes[middle], user)
				     : object_at(d, first + middle, user);
		int order;

		if (status != OBJECT_OK)
			return status;
		order = memcmp(wanted, user->userid, 8);
		if (order == 0)
			return OBJECT_OK;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return OBJECT_MISSING;
}

int object_find(const struct object_directory *d, const char *userid, struct object_user *user)
{
	return search(d, NULL, 0, d->count, userid, user);
}

int object_find_among(const struct object_directory *d, const struct object_index *indexes, uint32_t first,
		      uint32_t count, const char *userid, struct object_user *user)
{
	return search(d, indexes, first, count, userid, user);
}

/* ---- the fields of a record ---------------------------------------------------------------------------------- */

static bool name_good(const uint8_t *name, size_t length)
{
	return string_printable(name, length);
}

static bool spool_class_good(uint8_t class)
{
	return (class >= 'A' && class <= 'Z') || (class >= '0' && class <= '9') || class == '*';
}

static bool secret_good(const struct object_secret *s, bool of_user)
{
	uint32_t iterations = be32_get(s->iterations);

	switch (s->kind) {
	case SECRET_HASH:
		return iterations >= 1 && iterations <= SECRET_ITERATIONS_MAX;
	case SECRET_NONE:
		return true;
	case SECRET_ALL:
		return !of_user;
	case SECRET_NOLOG:
	case SECRET_NOPASS:
	case SECRET_AUTOONLY:
	case SECRET_LBYONLY:
		return of_user;
	default:
		return false;
	}
}

static bool password_good(const struct object_record *r)
{
	return secret_good(&((const struct object_password *)r)->secret, true);
}

static bool machine_good(const struct object_record *r)
{
	const struct object_machine *m = (const struct object_machine *)r;
	uint64_t storage = be64_get(m->storage), maximum = be64_get(m->maximum);

	return m->mode >= OBJECT_MODE_ESA && m->mode <= OBJECT_MODE_Z && m->cpus >= 1 &&
	       m->cpus <= OBJECT_CPUS_MAX && storage > 0 && storage <= maximum &&
	       maximum <= OBJECT_STORAGE_MAX && storage % 4096 == 0 && maximum % 4096 == 0;
}

static bool account_good(const struct object_record *r)
{
	const struct object_account *a = (const struct object_account *)r;

	return name_good(a->account, 8) && name_good(a->distribution, 8);
}

static bool ipl_good(const struct object_record *r)
{
	const struct object_ipl *i = (const struct object_ipl *)r;
	size_t length = be16_get(r->length) - sizeof(*i);

	return name_good(i->name, 8) && name_good(i->loadparm, 8) && length <= OBJECT_PARM_MAX &&
	       name_good(i->parm, length);
}

static bool share_value_good(uint8_t kind, uint32_t value)
{
	return (kind == OBJECT_SHARE_RELATIVE && value >= 1 && value <= 10000) ||
	       (kind == OBJECT_SHARE_ABSOLUTE && value >= 1 && value <= 1000);
}

static bool share_good(const struct object_record *r)
{
	const struct object_share *s = (const struct object_share *)r;

	return share_value_good(s->kind, be32_get(s->value)) && s->limit <= OBJECT_SHARE_LIMITHARD &&
	       (s->limit_kind == 0 || share_value_good(s->limit_kind, be32_get(s->limit_value)));
}

static bool userid_good(const struct object_record *r)
{
	return name_good(((const struct object_userid *)r)->userid, 8);
}

static bool command_good(const struct object_record *r)
{
	size_t length = be16_get(r->length) - sizeof(*r);

	return length >= 1 && length <= OBJECT_COMMAND_MAX &&
	       name_good(((const struct object_command *)r)->text, length);
}

static bool console_good(const struct object_record *r)
{
	const struct object_console *c = (const struct object_console *)r;

	return spool_class_good(c->class) && c->class != '*' && c->observer <= 1 && name_good(c->secuser, 8);
}

static bool spool_good(const struct object_record *r)
{
	const struct object_spool *s = (const struct object_spool *)r;

	return s->kind >= DISK_SPOOL_READER && s->kind <= DISK_SPOOL_PRINTER && spool_class_good(s->class) &&
	       (s->class != '*' || s->kind == DISK_SPOOL_READER);
}

static bool mdisk_good(const struct object_record *r)
{
	const struct object_mdisk *m = (const struct object_mdisk *)r;
	uint32_t start = be32_get(m->start), sectors = be32_get(m->sectors);

	return name_good(m->volser, 6) && m->mode >= LINK_R && m->mode <= LINK_MW && sectors >= 1 &&
	       sectors - 1 <= UINT32_MAX - start && secret_good(&m->read, false) &&
	       secret_good(&m->write, false) && secret_good(&m->multi, false);
}

static bool link_good(const struct object_record *r)
{
	const struct object_link *l = (const struct object_link *)r;

	return name_good(l->userid, 8) && l->mode >= LINK_R && l->mode <= LINK_MW;
}

static bool temporary_good(const struct object_record *r)
{
	const struct object_temporary *t = (const struct object_temporary *)r;
	uint32_t sectors = be32_get(t->sectors);

	return t->kind >= OBJECT_TEMPORARY_STORAGE && t->kind <= OBJECT_TEMPORARY_SPOOL &&
	       t->mode >= LINK_R && t->mode <= LINK_MW && sectors >= 1 && sectors <= OBJECT_TEMPORARY_MAX;
}

/* What this version knows about each type. */
static const struct {
	uint16_t least; /* bytes of the structure */
	bool (*good)(const struct object_record *r);
} kinds[] = {
	[OBJECT_PASSWORD] = {sizeof(struct object_password), password_good},
	[OBJECT_MACHINE] = {sizeof(struct object_machine), machine_good},
	[OBJECT_ACCOUNT] = {sizeof(struct object_account), account_good},
	[OBJECT_IPL] = {sizeof(struct object_ipl), ipl_good},
	[OBJECT_SHARE] = {sizeof(struct object_share), share_good},
	[OBJECT_LOGONBY] = {sizeof(struct object_userid), userid_good},
	[OBJECT_AUTOLOG] = {sizeof(struct object_userid), userid_good},
	[OBJECT_COMMAND] = {sizeof(struct object_command), command_good},
	[OBJECT_CONSOLE] = {sizeof(struct object_console), console_good},
	[OBJECT_SPOOL] = {sizeof(struct object_spool), spool_good},
	[OBJECT_MDISK] = {sizeof(struct object_mdisk), mdisk_good},
	[OBJECT_LINK] = {sizeof(struct object_link), link_good},
	[OBJECT_TEMPORARY] = {sizeof(struct object_temporary), temporary_good},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* ---- the walk ------------------------------------------------------------------------------------------------ */

void object_records(struct object_cursor *c, const void *entry, size_t length)
{
	bool whole = length >= sizeof(struct object_entry);

	c->at = (const uint8_t *)entry + (whole ? sizeof(struct object_entry) : 0);
	c->end = whole ? (const uint8_t *)entry + length : c->at;
	c->status = whole ? OBJECT_OK : OBJECT_IMPOSSIBLE;
	c->checked = false;
}

void object_records_checked(struct object_cursor *c, const void *entry, size_t length)
{
	object_records(c, entry, length);
	c->checked = true;
}

static const struct object_record *walk_stop(struct object_cursor *c, int status)
{
	c->status = status;
	c->at = c->end;
	return NULL;
}

const struct object_record *object_next(struct object_cursor *c)
{
	while (c->status == OBJECT_OK && c->at < c->end) {
		const struct object_record *r = (const struct object_record *)c->at;
		size_t left = (size_t)(c->end - c->at), length;
		uint16_t type;

		if (left < sizeof(*r))
			return walk_stop(c, OBJECT_IMPOSSIBLE);
		length = be16_get(r->length);
		type = be16_get(r->type);
		if (length < sizeof(*r) || length > left)
			return walk_stop(c, OBJECT_IMPOSSIBLE);
		c->at += length;
		if (type < KINDS && kinds[type].good != NULL) {
			if (!c->checked && (length < kinds[type].least || !kinds[type].good(r)))
				return walk_stop(c, OBJECT_IMPOSSIBLE);
			return r;
		}
		if (type & OBJECT_MUST)
			return walk_stop(c, OBJECT_TOO_NEW);
	}
	return NULL;
}

/* How many records of each type an entry has. */
static int entry_check(const void *entry, size_t length)
{
	unsigned count[KINDS] = {0}, devices;
	const struct object_record *r;
	struct object_cursor c;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		count[be16_get(r->type)]++;
	if (c.status != OBJECT_OK)
		return c.status;
	devices = count[OBJECT_CONSOLE] + count[OBJECT_SPOOL] + count[OBJECT_MDISK] + count[OBJECT_LINK] +
		  count[OBJECT_TEMPORARY];
	if (count[OBJECT_PASSWORD] != 1 || count[OBJECT_MACHINE] != 1 || count[OBJECT_ACCOUNT] > 1 ||
	    count[OBJECT_IPL] > 1 || count[OBJECT_SHARE] > 1 || count[OBJECT_CONSOLE] > 1 ||
	    count[OBJECT_LOGONBY] > OBJECT_LOGONBY_MAX || devices > OBJECT_DEVICES_MAX)
		return OBJECT_IMPOSSIBLE;
	return OBJECT_OK;
}

int object_entry_check(const struct object_user *user, const void *buf)
{
	const struct object_entry *entry = buf;

	if (memcmp(entry->magic, OBJECT_ENTRY_MAGIC, sizeof(entry->magic)) != 0 ||
	    be32_get(entry->length) != user->length || memcmp(entry->userid, user->userid, 8) != 0)
		return OBJECT_IMPOSSIBLE;
	return entry_check(buf, user->length);
}

int object_read(const struct object_directory *d, const struct object_user *user, void *buf)
{
	int status = slot_read(&d->source, user->offset, buf, user->length);

	if (status != OBJECT_OK)
		return status;
	if (crc32_update(0, buf, user->length) != user->crc)
		return OBJECT_DAMAGED;
	return object_entry_check(user, buf);
}

int object_verify(const struct object_directory *d, void *buf, size_t size)
{
	uint32_t crc = 0;

	for (uint64_t at = d->index_offset; at < d->length;) {
		size_t n = d->length - at < size ? (size_t)(d->length - at) : size;
		int status = slot_read(&d->source, at, buf, n);

		if (status != OBJECT_OK)
			return status;
		crc = crc32_update(crc, buf, n);
		at += n;
	}
	return crc == d->data_crc ? OBJECT_OK : OBJECT_DAMAGED;
}
