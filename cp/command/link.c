/*
 * link.c - minidisks shared between machines.
 *
 * Owns: the table of link modes, and the making of a link. Before: extent.c, minidisk.h. After: LOGON (MDISK and LINK
 * records), the LINK command. Heritage: DMKLNK, DMKVDA.
 * Simplification: stable and exclusive modes (SR, ER ...) are not here.
 *
 * Two machines have the same minidisk when their extents touch on the same volume: names do not matter, for two
 * directory entries could name the same sectors.
 */
#include <cp/format.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/saved.h>
#include <cp/string.h>

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

/* ---- the rule ---------------------------------------------------------------- */

enum { HELD_NOT, HELD_READERS, HELD_WRITER, HELD_STATES };

static const enum link_grant grants[][HELD_STATES] = {
	[LINK_R] = {LINK_READ_ONLY, LINK_READ_ONLY, LINK_REFUSED},
	[LINK_RR] = {LINK_READ_ONLY, LINK_READ_ONLY, LINK_READ_ONLY},
	[LINK_W] = {LINK_READ_WRITE, LINK_REFUSED, LINK_REFUSED},
	[LINK_WR] = {LINK_READ_WRITE, LINK_READ_ONLY, LINK_READ_ONLY},
	[LINK_M] = {LINK_READ_WRITE, LINK_READ_WRITE, LINK_REFUSED},
	[LINK_MR] = {LINK_READ_WRITE, LINK_READ_WRITE, LINK_READ_ONLY},
	[LINK_MW] = {LINK_READ_WRITE, LINK_READ_WRITE, LINK_READ_WRITE},
};

static const char *const mode_names[] = {
	[LINK_R] = "R", [LINK_RR] = "RR", [LINK_W] = "W",   [LINK_WR] = "WR",
	[LINK_M] = "M", [LINK_MR] = "MR", [LINK_MW] = "MW",
};

enum link_grant link_decide(uint8_t mode, unsigned readers, unsigned writers)
{
	unsigned held = writers ? HELD_WRITER : readers ? HELD_READERS : HELD_NOT;

	return mode >= LINK_R && mode <= LINK_MW ? grants[mode][held] : LINK_REFUSED;
}

uint8_t link_mode_find(const char *name)
{
	for (uint8_t m = LINK_R; m <= LINK_MW; m++)
		if (strcmp(name, mode_names[m]) == 0)
			return m;
	return 0;
}

const char *link_mode_name(uint8_t mode)
{
	return mode >= LINK_R && mode <= LINK_MW ? mode_names[mode] : "?";
}

/* ---- who has it ----------------------------------------------------------------- */

struct holders {
	unsigned readers, writers;
	const struct vm *reader, *writer; /* one of each; not to be kept over a sleep */
};

bool link_same(const struct extent *a, const struct extent *b)
{
	if (a->temporary || b->temporary) /* nobody else has it */
		return a->temporary == b->temporary;
	return a->volume == b->volume && a->start < b->start + b->sectors && b->start < a->start + a->sectors;
}

/* But for one machine (or NULL), and the one whose place `ours` is to take. */
static void holders_count(const struct vm *ours, const struct vm *but, const struct extent *e,
			  struct holders *h)
{
	struct device *d;

	memset(h, 0, sizeof(*h));
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm)) {
		if (vm == ours->replaces || vm == but)
			continue;
		list_for_each(d, &vm->devices, list) {
			struct minidisk *m = minidisk_of(d);
			if (!m || !link_same(&m->extent, e))
				continue;
			if (m->read_only)
				h->readers++, h->reader = vm;
			else
				h->writers++, h->writer = vm;
		}
	}
}

/* Those who write, else those who read: "STUDENT1", or "003 users". */
static void holders_name(const struct holders *h, char *dst, size_t size)
{
	unsigned count = h->writers ? h->writers : h->readers;

	if (count == 1)
		string_copy(dst, size, (h->writers ? h->writer : h->reader)->userid);
	else
		format(dst, size, "%03u users", count);
}

bool link_elsewhere(const struct vm *ours, const struct extent *e, bool writers, char *who, size_t size)
{
	struct holders h;

	holders_count(ours, ours, e, &h);
	holders_name(&h, who, size);
	return h.writers || (h.readers && !writers);
}

/* ---- making a link ---------------------------------------------------------------- */

struct request {
	struct vm *vm;
	const char *owner;
	const struct object_mdisk *mdisk;
	struct extent extent;
	uint16_t vdev;
	uint8_t mode;
	bool read_only;
	struct reply *reply;
};

static void disk_init(struct device *d, void *argument)
{
	const struct request *q = argument;
	struct minidisk *m = minidisk_of(d);

	m->extent = q->extent;
	m->read_only = q->read_only;
	m->mode = q->mode;
	m->owner_vdev = be16_get(q->mdisk->vdev);
	string_copy(m->owner, sizeof(m->owner), q->owner);
}

static uint32_t emsg_of(const struct request *q)
{
	return q->vm->options & EMSG_BOTH;
}

static int refuse(const struct request *q, enum message_id id, const char *third)
{
	char vdev[8];

	format(vdev, sizeof(vdev), "%04X", be16_get(q->mdisk->vdev));
	return reply_to(q->reply, emsg_of(q), id, q->owner, vdev, third);
}

static int extent_of(const struct object_mdisk *m, struct extent *e, char label[7])
{
	memcpy(label, m->volser, 6);
	label[6] = '\0';
	for (unsigned n = 6; n > 0 && label[n - 1] == ' '; n--)
		label[n - 1] = '\0';
	return extent_open(e, label, be32_get(m->start), be32_get(m->sectors));
}

static int find_extent(struct request *q)
{
	char label[7];
	int rc = extent_of(q->mdisk, &q->extent, label);

	if (rc > 0)
		return refuse(q, MSG_LINK_NOT_MOUNTED, label);
	return rc < 0 ? refuse(q, MSG_LINK_OUTSIDE, label) : 0;
}

/* Grant the mode, or less than was asked, or nothing; and say so. */
static int decide(struct request *q)
{
	enum link_grant grant;
	struct holders h;
	char who[16], vdev[8];

	holders_count(q->vm, NULL, &q->extent, &h);
	grant = link_decide(q->mode, h.readers, h.writers);
	q->read_only = grant == LINK_READ_ONLY;
	if (grant == LINK_READ_WRITE || (q->read_only && (q->mode == LINK_R || q->mode == LINK_RR)))
		return 0;
	holders_name(&h, who, sizeof(who));
	if (grant == LINK_REFUSED)
		return refuse(q, h.writers ? MSG_LINK_REFUSED_RW : MSG_LINK_REFUSED_RO, who);
	format(vdev, sizeof(vdev), "%04X", q->vdev);
	reply_to(q->reply, emsg_of(q), h.writers ? MSG_LINK_RW_BY : MSG_LINK_RO_BY, vdev, who);
	return 0;
}

/* Nobody gets at disks that are being written back but the machine to which they belong. */
static int restoring(const struct request *q)
{
	const struct saved_image *i = saved_restoring(q->owner);

	return i && strcmp(q->vm->userid, q->owner) != 0 ? refuse(q, MSG_LINK_RESTORING, i->name) : 0;
}

static int refuse_defined(const struct request *q)
{
	char name[8];

	format(name, sizeof(name), "%04X", q->vdev);
	return refuse(q, MSG_LINK_DEFINED, name);
}

int link_make(struct vm *vm, const char *owner, const struct object_mdisk *m, uint16_t vdev, uint8_t mode,
	      struct reply *reply)
{
	struct request q = {.vm = vm, .owner = owner, .mdisk = m, .vdev = vdev, .mode = mode, .reply = reply};
	int rc;

	if (device_find(vm, vdev))
		return refuse_defined(&q);
	rc = find_extent(&q);
	if (rc == 0)
		rc = restoring(&q);
	if (rc == 0)
		rc = decide(&q);
	if (rc)
		return rc;
	if (!device_create(vm, vdev, device_class_find("9336"), disk_init, &q))
		return refuse(&q, MSG_LINK_NO_STORAGE, "");
	return 0;
}

/* ---- temporary disks ----------------------------------------------------------------- */

static void temporary_init(struct device *d, void *argument)
{
	const struct request *q = argument;
	struct minidisk *m = minidisk_of(d);

	m->extent = q->extent;
	m->read_only = q->read_only;
	m->mode = q->mode;
	m->owner_vdev = q->vdev;
	string_copy(m->owner, sizeof(m->owner), q->owner);
}

int link_make_temporary(struct vm *vm, uint8_t kind, uint32_t sectors, uint16_t vdev, uint8_t mode,
			struct reply *reply)
{
	struct request q = {.vm = vm, .owner = vm->userid, .vdev = vdev, .mode = mode, .reply = reply};
	char name[8];

	q.read_only = mode == LINK_R || mode == LINK_RR;
	format(name, sizeof(name), "%04X", vdev);
	if (device_find(vm, vdev))
		return reply_to(reply, emsg_of(&q), MSG_DEVICE_DEFINED, name);
	if (extent_open_temporary(&q.extent, kind, sectors) == 0 &&
	    device_create(vm, vdev, device_class_find("9336"), temporary_init, &q))
		return 0;
	extent_close(&q.extent);
	return reply_to(reply, emsg_of(&q), MSG_NO_TEMPORARY, name);
}

/* ---- whose disk it is ---------------------------------------------------------------- */

int link_lookup(const char *owner, uint16_t vdev, struct object_mdisk *m, struct reply *reply)
{
	const struct object_record *r;
	struct object_cursor c;
	char number[8];
	void *entry;
	size_t length;
	bool found = false;
	int rc = directory_lookup(owner, &entry, &length);

	if (rc < 0)
		return reply_to(reply, EMSG_BOTH, MSG_DIRECTORY_ERROR);
	if (rc == 0) {
		object_records_checked(&c, entry, length);
		while (!found && (r = object_next(&c)) != NULL) {
			*m = be16_get(r->type) == OBJECT_MDISK ? *(const struct object_mdisk *)r
							       : (struct object_mdisk){0};
			found = be16_get(r->type) == OBJECT_MDISK && be16_get(m->vdev) == vdev;
		}
		directory_release(entry, length);
	}
	if (found)
		return 0;
	format(number, sizeof(number), "%04X", vdev);
	return reply_to(reply, EMSG_BOTH, MSG_LINK_NOT_IN_DIRECTORY, owner, number);
}

int link_find_and_make(struct vm *vm, const char *owner, uint16_t owner_vdev, uint16_t vdev, uint8_t mode,
		       struct reply *reply)
{
	struct object_mdisk m;
	int rc = link_lookup(owner, owner_vdev, &m, reply);

	return rc ? rc : link_make(vm, owner, &m, vdev, mode, reply);
}

/* ---- and asked for again ------------------------------------------------------------- */

bool link_unchanged(const struct minidisk *disk, struct reply *reply)
{
	const struct extent *now = &disk->extent;
	struct object_mdisk m;
	struct extent e;
	char label[7];

	return link_lookup(disk->owner, disk->owner_vdev, &m, reply) == 0 && extent_of(&m, &e, label) == 0 &&
	       e.volume == now->volume && e.start == now->start && e.sectors == now->sectors;
}

bool link_granted(const struct vm *vm, const struct minidisk *disk)
{
	enum link_grant grant;
	struct holders h;

	holders_count(vm, NULL, &disk->extent, &h);
	grant = link_decide(disk->mode, h.readers, h.writers);
	return grant == LINK_READ_WRITE || (grant == LINK_READ_ONLY && disk->read_only);
}
