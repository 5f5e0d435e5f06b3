/*
 * restore.c - RESTORE: an image becomes a machine.
 *
 * Owns: what is done with each record, and all the reasons not to believe one. Before: stream.c, fields.c, save.c. After: service.c, which gives the
 * machine to its user. Heritage: none.
 *
 * The machine that becomes is seen by nobody. Whatever is wrong, it is destroyed, and what was there before is as it was.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/nss.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include "snapshot.h"

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

/* ---- refusing ------------------------------------------------------------------------------------------------------- */

/* Every record's handler returns true, or false after one of these. */
static bool refuse(struct restore *r, enum message_id id, const char *what)
{
	r->rc = reply_to(r->reply, EMSG_BOTH, id, r->name, what);
	return false;
}

static bool refuse_status(struct restore *r, int status)
{
	return refuse(r, MSG_IMAGE_BAD, image_status_text(status));
}

static bool refuse_storage(struct restore *r)
{
	return refuse(r, MSG_IMAGE_NO_STORAGE, "");
}

static const char *const type_names[IMAGE_TYPES] = {
	[IMAGE_MACHINE] = "MACHINE",
	[IMAGE_DEVICE] = "DEVICE",
	[IMAGE_DEVICE_STATE] = "DEVICE",
	[IMAGE_PART] = "PART",
	[IMAGE_CPU] = "CPU",
	[IMAGE_DEVICE_PORT] = "DEVICE",
	[IMAGE_PAGES] = "PAGES",
	[IMAGE_BLOCKS] = "BLOCKS",
	[IMAGE_OUTPUT] = "OUTPUT",
	[IMAGE_TERMINAL & ~IMAGE_OPTIONAL] = "TERMINAL",
	[IMAGE_END] = "END",
	[IMAGE_SYSTEM] = "SYSTEM",
	[IMAGE_FACILITIES] = "FACILITIES",
};

/* "DEVICE 0009 HEAD has a value that cannot be". */
static bool refuse_record(struct restore *r, const char *name, const char *what)
{
	char text[100];

	format(text, sizeof(text), "%s %04X %s%s%s", type_names[r->in.type & ~IMAGE_OPTIONAL], r->in.instance,
	       name, name[0] ? " " : "", what);
	return refuse(r, MSG_IMAGE_VALUE, text);
}

static bool record_get(struct restore *r)
{
	int status = image_get(&r->in, r->record, r->in.size);

	return status == IMAGE_MORE ? true : refuse_status(r, status);
}

static bool fields_use(struct restore *r, const struct fields *fields)
{
	struct fields_trouble trouble;

	return fields_load(r->record, r->in.size, fields, &trouble) ||
	       refuse_record(r, trouble.name, trouble.what);
}

static bool fields_get(struct restore *r, const struct state_field *table, void *object)
{
	return record_get(r) && fields_use(r, (struct fields[]){{table, object}, {0}});
}

/* ---- the machine ---------------------------------------------------------------------------------------------------- */

/* What his directory entry says today stands above the image. */
static bool rights_look_up(struct restore *r, struct machine_rights *rights)
{
	void *entry;
	size_t length;
	bool good;
	int rc = directory_lookup(r->userid, &entry, &length);

	if (rc)
		return refuse(r, rc > 0 ? MSG_IMAGE_NO_USER : MSG_IMAGE_DIRECTORY, r->userid);
	good = machine_rights(entry, length, rights);
	directory_release(entry, length);
	return good || refuse(r, MSG_IMAGE_DIRECTORY, r->userid);
}

/* It is made of the first fields, and takes the others then. Held: it stands still whatever they say. */
static bool machine_make(struct restore *r, const struct machine_rights *rights)
{
	r->vm = vm_make(r->userid, r->head.storage, (enum machine_mode)r->head.mode);
	if (!r->vm)
		return refuse_storage(r);
	vm_quiesce(r->vm);
	r->vm->replaces = r->old;
	rights_give(r->vm, rights);
	return fields_use(r, (struct fields[]){{saved_vm_state, &r->head}, {vm_state, r->vm}, {0}});
}

/* And whether they admit the machine. */
static bool rights_get(struct restore *r, struct machine_rights *rights)
{
	char limit[16];

	r->generation = directory_generation();
	if (!rights_look_up(r, rights))
		return false;
	if (r->head.storage <= rights->max_storage)
		return true;
	size_text(rights->max_storage, limit, sizeof(limit));
	return refuse(r, MSG_IMAGE_STORAGE, limit);
}

static bool load_machine(struct restore *r)
{
	struct machine_rights rights;

	if (!record_get(r) ||
	    !fields_use(r, (struct fields[]){{saved_vm_state, &r->head}, {vm_state, NULL}, {0}}))
		return false;
	if (!saved_vm_possible(&r->head))
		return refuse_record(r, "", "cannot be");
	return rights_get(r, &rights) && machine_make(r, &rights);
}

bool facility_there(const struct vm *vm, const char *wanted)
{
	char text[FACILITY_MAX];

	for (unsigned n = 0; arch_facility(vm, n, text, sizeof(text)); n++)
		if (strcmp(text, wanted) == 0)
			return true;
	return false;
}

/* All that are missing are named; ANYWAY makes a warning of it. */
static bool load_facilities(struct restore *r)
{
	char text[FACILITY_MAX];
	size_t used = 0;
	bool good = true;

	if (!record_get(r))
		return false;
	for (uint32_t i = 0; i < r->in.size; i++) {
		if (r->record[i] != '\n') {
			if (used == sizeof(text) - 1)
				return refuse_record(r, "", "has a name that is too long");
			text[used++] = r->record[i] >= ' ' && r->record[i] < 0x7f ? (char)r->record[i] : '?';
			continue;
		}
		text[used] = '\0';
		used = 0;
		if (!facility_there(r->vm, text))
			good = refuse(r, r->anyway ? MSG_IMAGE_FACILITY_GONE : MSG_IMAGE_FACILITY, text);
	}
	if (r->anyway)
		r->rc = 0;
	return good || r->anyway;
}

static bool load_terminal(struct restore *r)
{
	r->has_terminal = true;
	return fields_get(r, terminal_state, &r->terminal);
}

/* ---- devices -------------------------------------------------------------------------------------------------------- */

static bool refuse_disk(struct restore *r, const char *owner, uint16_t vdev, enum message_id id)
{
	char name[24];

	format(name, sizeof(name), "%s %04X", owner, vdev);
	return refuse(r, id, name);
}

static bool disk_make(struct restore *r, uint16_t vdev, const struct saved_device *s)
{
	struct minidisk *m;

	r->rc = link_find_and_make(r->vm, s->owner, s->owner_vdev, vdev, s->mode, r->reply);
	if (r->rc)
		return refuse_disk(r, s->owner, s->owner_vdev, MSG_IMAGE_DISK_GONE);
	m = minidisk_of(device_find(r->vm, vdev));
	if (m->extent.sectors != s->sectors)
		return refuse_disk(r, s->owner, s->owner_vdev, MSG_IMAGE_DISK_SIZE);
	if (m->read_only && !s->read_only)
		return refuse_disk(r, s->owner, s->owner_vdev, MSG_IMAGE_DISK_BUSY);
	m->read_only = s->read_only;
	return true;
}

static void temporary_init(struct device *d, void *argument)
{
	const struct saved_device *s = argument;
	struct minidisk *m = minidisk_of(d);

	m->extent = (struct extent){.sectors = s->sectors};
	m->read_only = s->read_only;
	m->mode = s->mode;
	m->owner_vdev = d->vdev;
	string_copy(m->owner, sizeof(m->owner), d->vm->userid);
}

/* A disk that is nowhere yet: temporaries_settle() sees to it before anybody uses it. */
static bool is_nowhere(const struct minidisk *m)
{
	return m && !m->extent.volume && !m->extent.temporary;
}

static bool device_make(struct restore *r, uint16_t vdev, const struct saved_device *s)
{
	const struct device_class *class = device_class_find(s->type);

	if (!class)
		return refuse_record(r, s->type, "is no device");
	if (strcmp(class->query_name, "DASD") == 0 && s->temporary)
		return device_create(r->vm, vdev, class, temporary_init, (void *)(uintptr_t)s) != NULL ||
		       refuse_storage(r);
	if (strcmp(class->query_name, "DASD") == 0)
		return disk_make(r, vdev, s);
	return device_create(r->vm, vdev, class, NULL, NULL) != NULL || refuse_storage(r);
}

static bool load_device(struct restore *r)
{
	struct saved_device s = {.type = ""};
	uint16_t vdev = (uint16_t)r->in.instance;

	if (r->in.instance > UINT16_MAX)
		return refuse_record(r, "", "has no such number");
	if (!record_get(r) ||
	    !fields_use(r, (struct fields[]){{saved_device_state, &s}, {device_state, NULL}, {0}}))
		return false;
	return device_make(r, vdev, &s) &&
	       fields_use(r, (struct fields[]){{saved_device_state, &s},
					       {device_state, device_find(r->vm, vdev)},
					       {0}});
}

/* The device of this record was made by the one before. */
static struct device *device_named(struct restore *r)
{
	struct device *d = r->in.instance <= UINT16_MAX ? device_find(r->vm, (uint16_t)r->in.instance) : NULL;

	if (!d)
		refuse_record(r, "", "comes before its device");
	return d;
}

static bool load_device_state(struct restore *r)
{
	struct device *d = device_named(r);

	if (!d || !d->class->state)
		return d ? refuse_record(r, "", "has no state") : false;
	return fields_get(r, d->class->state, d->private);
}

static bool load_device_port(struct restore *r)
{
	struct device *d = device_named(r);

	return d && fields_get(r, arch_device_state, &d->arch);
}

static bool load_output(struct restore *r)
{
	struct device *d = device_named(r);
	const char *wrong;

	if (!d || !record_get(r))
		return false;
	wrong = output_load(d, r->record, r->in.size);
	return !wrong || refuse_record(r, "", wrong);
}

/* ---- parts, CPUs, pages --------------------------------------------------------------------------------------------- */

static bool load_part(struct restore *r)
{
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		if (p->id == r->in.instance)
			return p->object(r->vm) ? fields_get(r, p->fields, p->object(r->vm))
						: refuse_storage(r);
	return refuse_record(r, "", "is unknown here");
}

static bool load_cpu(struct restore *r)
{
	struct vcpu *v;

	if (r->in.instance >= r->vm->cpus)
		return refuse_record(r, "", "is one too many");
	r->cpus++;
	v = r->vm->cpu[r->in.instance];
	return record_get(r) && fields_use(r, (struct fields[]){{arch_vcpu_state, v}, {vcpu_state, v}, {0}});
}

/* The pages that are not in the image. */
static bool load_system(struct restore *r)
{
	const struct image_system *s = (const struct image_system *)r->record;
	struct nss_identity id;
	const char *why;

	if (r->in.size != sizeof(*s) || r->in.next_page)
		return refuse_record(r, "", r->in.next_page ? "comes behind pages" : "has another size");
	if (!record_get(r))
		return false;
	image_name(id.name, s->name);
	id.crc = be32_get(s->crc);
	id.bytes = be64_get(s->bytes);
	why = nss_attach(r->vm, &id);
	if (why)
		r->rc = reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_SYSTEM_GONE, r->name, id.name, why);
	return !why;
}

/* Of a frame that others have as well the key is theirs, too, but for what is only noted in the page. */
static int page_key(struct restore *r, struct page *page, gabs_t a, uint8_t key)
{
	if (page->flags & PAGE_SHARED && !((page->key ^ key) & KEY_PROTECTS)) {
		page->key = key;
		return 0;
	}
	if (page_own(r->vm, page, a) < 0)
		return CP_NO_STORAGE;
	if (key || page->key)
		arch_page_key_set(page, key);
	return 0;
}

static int page_fill(struct restore *r, const struct image_pages *p, gabs_t a)
{
	struct page *page = storage_page(r->vm, a);
	frame_t frame;

	if (!page)
		return CP_NO_STORAGE;
	if (p->encoding == IMAGE_PAGE_SYSTEM)
		return page_key(r, page, a, p->key);
	if (page->frame_number)
		storage_release(r->vm, a);
	if (p->encoding != IMAGE_PAGE_ZERO) {
		if (storage_frame(r->vm, a, ACCESS_STORE, &frame) < 0)
			return CP_NO_STORAGE;
		memcpy((void *)(uintptr_t)frame, r->page, PAGE_SIZE);
	}
	/* Zero, too: a page with a frame whose key was never set counts as referenced and changed. */
	arch_page_key_set(page, p->key);
	return 0;
}

/* A record of PAGES or BLOCKS: its head, and what it holds in r->page. */
static bool record_unpack(struct restore *r, struct image_pages *p)
{
	int status = image_get_pages(&r->in, p);

	if (status == IMAGE_MORE)
		status = image_get_page(&r->in, p, r->page, r->page + PAGE_SIZE);
	return status == IMAGE_MORE || refuse_status(r, status);
}

static bool load_pages(struct restore *r)
{
	uint64_t limit = r->vm->storage.size / PAGE_SIZE, first, count;
	struct image_pages p;

	if (!record_unpack(r, &p))
		return false;
	first = be64_get(p.first);
	count = be32_get(p.count);
	if (first >= limit || count > limit - first)
		return refuse_record(r, "", "lies beyond storage");
	if (p.encoding == IMAGE_PAGE_SYSTEM && !r->vm->storage.base)
		return refuse_record(r, "", "is of no saved system");
	for (; count > 0; first++, count--) {
		if (page_fill(r, &p, first * PAGE_SIZE) < 0)
			return refuse_storage(r);
		task_yield();
	}
	return true;
}

/* ---- blocks of disks: only looked at; disks.c writes them when all of the image was found good ---------------------- */

static bool disk_begin(struct restore *r)
{
	struct device *d = device_named(r);
	const struct minidisk *m = d ? disk_own(d) : NULL;

	if (!m || r->blocks_left)
		return d &&
		       refuse_record(r, "", m ? "has one before it without an end" : "is no disk of its own");
	r->blocks_left = (m->extent.sectors + VOLUME_SECTORS_PER_BLOCK - 1) / VOLUME_SECTORS_PER_BLOCK;
	r->disks = true;
	return true;
}

static bool load_blocks(struct restore *r)
{
	struct image_pages p;

	if (!record_unpack(r, &p))
		return false;
	if (be64_get(p.first) == 0 && !disk_begin(r))
		return false;
	if (be32_get(p.count) > r->blocks_left)
		return refuse_record(r, "", "lies beyond its disk");
	r->blocks_left -= be32_get(p.count);
	task_yield();
	return true;
}

/* ---- all of it ------------------------------------------------------------------------------------------------------ */

static bool (*const loaders[IMAGE_TYPES])(struct restore *r) = {
	[IMAGE_MACHINE] = load_machine,
	[IMAGE_FACILITIES] = load_facilities,
	[IMAGE_DEVICE] = load_device,
	[IMAGE_DEVICE_STATE] = load_device_state,
	[IMAGE_DEVICE_PORT] = load_device_port,
	[IMAGE_OUTPUT] = load_output,
	[IMAGE_PART] = load_part,
	[IMAGE_CPU] = load_cpu,
	[IMAGE_PAGES] = load_pages,
	[IMAGE_BLOCKS] = load_blocks,
	[IMAGE_TERMINAL & ~IMAGE_OPTIONAL] = load_terminal,
	[IMAGE_SYSTEM] = load_system,
};

static bool header_good(struct restore *r)
{
	char port[9], userid[9];
	int status = image_open(&r->in);

	if (status != IMAGE_MORE)
		return refuse_status(r, status);
	image_name(port, r->in.header.port);
	image_name(userid, r->in.header.userid);
	if (strcmp(port, arch_traits.name) != 0)
		return refuse(r, MSG_IMAGE_PORT, port);
	return string_compare_nocase(userid, r->userid) == 0 || refuse(r, MSG_IMAGE_OWNER, userid);
}

static bool records_load(struct restore *r)
{
	int status;

	while ((status = image_next(&r->in)) == IMAGE_MORE)
		if (!loaders[r->in.type & ~IMAGE_OPTIONAL](r))
			return false;
	if (status != IMAGE_DONE)
		return refuse_status(r, status);
	if (!r->vm || r->cpus != r->vm->cpus)
		return refuse(r, MSG_IMAGE_VALUE, "a CPU is missing");
	if (r->blocks_left)
		return refuse(r, MSG_IMAGE_VALUE, "the end of a disk is missing");
	if (vm_loaded(r->vm) == 0)
		return true;
	return refuse(r, MSG_IMAGE_VALUE, r->vm->reason);
}

struct vm *machine_restore(struct restore *r)
{
	r->vm = NULL;
	r->cpus = 0;
	r->disks = false;
	r->blocks_left = 0;
	r->rc = 0;
	r->has_terminal = false;
	r->lost[0] = '\0';
	r->head = (struct saved_vm){0};
	r->record = heap_alloc(IMAGE_FIELDS_MAX);
	r->page = heap_alloc(2 * PAGE_SIZE);
	if (!r->record || !r->page)
		refuse_storage(r);
	else if ((!header_good(r) || !records_load(r)) && r->vm) {
		machine_discard(r->vm);
		r->vm = NULL;
	}
	heap_free(r->record, IMAGE_FIELDS_MAX);
	heap_free(r->page, 2 * PAGE_SIZE);
	return r->vm;
}

/* ---- and once more before it is seen ------------------------------------------------------------------------------------ */

/* Every disk in turn, until one is refused. */
static bool disks_look(struct restore *r, bool in_directory)
{
	struct device *d;

	list_for_each(d, &r->vm->devices, list) {
		const struct minidisk *m = minidisk_of(d);

		if (!m || is_nowhere(m))
			continue;
		if (in_directory ? !link_unchanged(m, r->reply) : !link_granted(r->vm, m))
			return refuse_disk(r, m->owner, m->owner_vdev,
					   in_directory || m->read_only ? MSG_IMAGE_DISK_GONE
									: MSG_IMAGE_DISK_BUSY);
	}
	return true;
}

bool restore_stands(struct restore *r)
{
	struct machine_rights rights;
	bool good = true;

	while (good && r->generation != directory_generation()) {
		good = rights_get(r, &rights) && disks_look(r, true);
		if (good)
			rights_give(r->vm, &rights);
	}
	if (good && disks_look(r, false))
		return true;
	machine_discard(r->vm);
	return false;
}

static void temporary_settle(struct restore *r, struct device *d)
{
	struct device *before = r->old ? device_find(r->old, d->vdev) : NULL;
	struct minidisk *m = minidisk_of(d), *old = minidisk_of(before);

	if (old && old->extent.temporary && old->extent.sectors == m->extent.sectors) {
		m->extent = old->extent;
		old->extent.temporary = NULL; /* it is nowhere now */
		return;
	}
	vdev_list_add(r->lost, sizeof(r->lost), d->vdev);
	device_destroy(d);
}

void temporaries_settle(struct restore *r)
{
	struct device *d, *next;

	list_for_each_safe(d, next, &r->vm->devices, list)
		if (is_nowhere(minidisk_of(d)))
			temporary_settle(r, d);
}
