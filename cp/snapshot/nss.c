/*
 * nss.c - named saved systems: an image in CP's storage, which many machines share.
 *
 * Owns: the systems that are in storage, how they get there, and how a machine is made to begin as one. Before: save.c, which made the
 * image (of CPU and storage alone); stream.c, storage/snapshot.c. After: machine/vm.c, which IPLs; command/nss.c.
 * Heritage: DMKCFG, which IPLed named systems, and DMKSNT, the table of their names; the shared segments of CP-67.
 * Simplification: a system that was loaded once stays in storage until it is purged or replaced.
 */
#include <cp/nss.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/saved.h>
#include <cp/string.h>
#include "snapshot.h"

struct kept {
	uint8_t *bytes;
	uint32_t size;
};

struct nss {
	struct list all;
	uint64_t serial;
	struct nss_identity is;
	struct storage pages;
	struct kept facilities, cpu; /* the records */
	struct kept settings; /* struct setting: of the CPU, when a machine has taken them; of that mode */
	enum machine_mode mode;
	bool admitted; /* a machine with these options has all facilities */
	uint32_t options;
};

static struct list systems = LIST_INIT(systems);

static const char no_storage[] = "CP has not enough real storage";
static const char impossible[] = "its image holds what cannot be";

static void nss_free(struct nss *s)
{
	snapshot_free(&s->pages);
	heap_free(s->facilities.bytes, s->facilities.size);
	heap_free(s->cpu.bytes, s->cpu.size);
	heap_free(s->settings.bytes, s->settings.size);
	heap_free(s, sizeof(*s));
}

void nss_reap(void)
{
	struct nss *s, *next;

	list_for_each_safe(s, next, &systems, all) {
		if (s->pages.users || saved_find_serial(s->serial))
			continue;
		list_remove(&s->all);
		nss_free(s);
		return; /* that may have slept */
	}
}

bool nss_loaded(unsigned n, struct nss_loaded *l)
{
	struct nss *s;

	list_for_each(s, &systems, all) {
		if (n-- > 0)
			continue;
		*l = (struct nss_loaded){
			.serial = s->serial, .pages = s->pages.resident, .users = s->pages.users};
		string_copy(l->name, sizeof(l->name), s->is.name);
		return true;
	}
	return false;
}

/* ---- into storage: each returns NULL, or what is wrong ------------------------------------------------------------- */

struct loading {
	struct image_reader in;
	struct nss *s;
	uint8_t *packed; /* PAGE_SIZE */
};

static const char *keep(struct loading *l, struct kept *k)
{
	int status;

	if (k->bytes || !l->in.size)
		return impossible;
	k->bytes = heap_alloc(l->in.size);
	if (!k->bytes)
		return no_storage;
	k->size = l->in.size;
	status = image_get(&l->in, k->bytes, k->size);
	return status == IMAGE_MORE ? NULL : image_status_text(status);
}

static const char *load_machine(struct loading *l)
{
	struct saved_vm head = {0};
	struct fields_trouble trouble;
	struct kept record = {0};
	const char *why = keep(l, &record);

	if (!why &&
	    (!fields_load(record.bytes, record.size,
			  (struct fields[]){{saved_vm_state, &head}, {vm_state, NULL}, {0}}, &trouble) ||
	     !saved_vm_possible(&head) || l->s->pages.segment))
		why = impossible;
	if (!why && snapshot_create(&l->s->pages, head.storage) < 0)
		why = no_storage;
	heap_free(record.bytes, record.size);
	return why;
}

static const char *load_page(struct loading *l, const struct image_pages *p, gabs_t a)
{
	void *page = snapshot_put(&l->s->pages, a, p->key);
	int status;

	if (!page)
		return no_storage;
	if (p->encoding == IMAGE_PAGE_SYSTEM)
		return impossible;
	task_yield();
	status = image_get_page(&l->in, p, page, l->packed);
	return status == IMAGE_MORE ? NULL : image_status_text(status);
}

/* Zeros are there without a page, unless their key is to be. */
static const char *load_pages(struct loading *l)
{
	uint64_t limit = l->s->pages.size / PAGE_SIZE, first, count;
	struct image_pages p;
	int status = image_get_pages(&l->in, &p);
	const char *why = status == IMAGE_MORE ? NULL : image_status_text(status);

	first = be64_get(p.first);
	count = be32_get(p.count);
	if (!why && (first >= limit || count > limit - first))
		why = impossible;
	if (p.encoding == IMAGE_PAGE_ZERO && !(p.key & KEY_PROTECTS))
		return why;
	for (; !why && count > 0; first++, count--)
		why = load_page(l, &p, first * PAGE_SIZE);
	return why;
}

static const char *load_record(struct loading *l)
{
	switch (l->in.type) {
	case IMAGE_MACHINE:
		return load_machine(l);
	case IMAGE_FACILITIES:
		return keep(l, &l->s->facilities);
	case IMAGE_CPU:
		return keep(l, &l->s->cpu);
	case IMAGE_PAGES:
		return load_pages(l);
	default:
		return impossible;
	}
}

static const char *load_image(struct loading *l)
{
	const char *why = NULL;
	char port[9];
	int status = image_open(&l->in);

	if (status == IMAGE_MORE) {
		image_name(port, l->in.header.port);
		if (strcmp(port, arch_traits.name) != 0)
			return "it is of a machine of another kind";
	}
	while (status == IMAGE_MORE && !why && (status = image_next(&l->in)) == IMAGE_MORE)
		why = load_record(l);
	if (!why && status != IMAGE_DONE)
		return image_status_text(status);
	if (!why && (!l->s->cpu.bytes || !l->s->pages.segment))
		return impossible;
	return why;
}

static int area_get(void *context, void *buf, size_t n)
{
	return saved_read(context, buf, n);
}

/* The image i may be gone when this comes back: its bytes are not. */
static const char *load(struct nss *s, const struct saved_image *i)
{
	struct saved_reader *reader = NULL;
	struct loading *l = heap_alloc(sizeof(*l));
	uint8_t *packed = heap_alloc(PAGE_SIZE);
	const char *why = no_storage;

	if (l && packed && saved_open(&reader, i) >= 0) {
		*l = (struct loading){.in = {.get = area_get, .context = reader}, .s = s, .packed = packed};
		why = load_image(l);
	}
	saved_close(reader);
	heap_free(packed, PAGE_SIZE);
	heap_free(l, sizeof(*l));
	return why;
}

static struct nss *nss_in_storage(uint64_t serial)
{
	struct nss *s;

	list_for_each(s, &systems, all) {
		if (s->serial == serial)
			return s;
	}
	return NULL;
}

/* Whoever loads it meanwhile may be faster. */
static const char *nss_load(const struct saved_image *i, struct nss **loaded)
{
	struct nss *s = heap_alloc(sizeof(*s));
	const char *why;

	if (!s)
		return no_storage;
	string_copy(s->is.name, sizeof(s->is.name), i->name);
	s->is.crc = i->crc;
	s->is.bytes = i->bytes;
	s->serial = i->serial;
	why = load(s, i);
	*loaded = nss_in_storage(s->serial);
	if (why || *loaded) {
		nss_free(s);
		return *loaded ? NULL : why;
	}
	list_append(&systems, &s->all);
	*loaded = s;
	return NULL;
}

static const char *nss_find(const char *name, struct nss **found)
{
	const struct saved_image *i = saved_find(SAVED_SYSTEM, NULL, name);

	if (!i)
		return "there is no such system";
	*found = nss_in_storage(i->serial);
	return *found ? NULL : nss_load(i, found);
}

/* ---- into a machine ------------------------------------------------------------------------------------------------ */

/* Is every line of the record something that the machine has? */
static bool facilities_there(const struct vm *vm, const struct kept *k)
{
	char text[FACILITY_MAX];
	uint32_t from = 0;

	for (uint32_t n = 0; n < k->size; n++) {
		if (k->bytes[n] != '\n')
			continue;
		if (n - from >= sizeof(text))
			return false;
		memcpy(text, k->bytes + from, n - from);
		text[n - from] = '\0';
		if (!facility_there(vm, text))
			return false;
		from = n + 1;
	}
	return true;
}

/* It takes long, and most machines are alike. */
static bool admits(struct nss *s, const struct vm *vm)
{
	uint32_t options = vm->options & SET_HOST_FACILITIES;

	if (s->admitted && s->options == options)
		return true;
	s->admitted = facilities_there(vm, &s->facilities);
	s->options = options;
	return s->admitted;
}

/*
 * The CPU's record is believed field by field by the first machine. For the others it is what makes their CPUs, which were reset as its
 * was, alike: a few registers.
 */
struct setting {
	const struct state_field *field;
	uint32_t index;
	uint64_t value;
};

static const struct state_field *const cpu_tables[] = {arch_vcpu_state, vcpu_state};

static uint32_t values_count(void)
{
	uint32_t n = 0;

	for (unsigned t = 0; t < ARRAY_SIZE(cpu_tables); t++)
		for (const struct state_field *f = cpu_tables[t]; f->name; f++)
			n += f->count;
	return n;
}

/* How many values differ from the known ones. They are learned, or become settings; to NULL: neither. */
static uint32_t values_compare(struct vcpu *v, uint64_t *known, bool learn, struct setting *to)
{
	uint32_t differ = 0;

	for (unsigned t = 0; t < ARRAY_SIZE(cpu_tables); t++)
		for (const struct state_field *f = cpu_tables[t]; f->name; f++)
			for (unsigned i = 0; i < f->count; i++, known++) {
				uint64_t value = state_get(f, v, i);

				if (value == *known)
					continue;
				if (learn)
					*known = value;
				if (to)
					to[differ] = (struct setting){f, i, value};
				differ++;
			}
	return differ;
}

static bool record_load(struct nss *s, struct vcpu *v)
{
	struct fields_trouble trouble;

	return fields_load(s->cpu.bytes, s->cpu.size,
			   (struct fields[]){{arch_vcpu_state, v}, {vcpu_state, v}, {0}}, &trouble);
}

static void settings_make(struct nss *s, struct vcpu *v, uint64_t *reset)
{
	s->mode = v->vm->mode;
	s->settings.size = values_compare(v, reset, false, NULL) * (uint32_t)sizeof(struct setting);
	s->settings.bytes = heap_alloc(s->settings.size);
	if (s->settings.bytes)
		values_compare(v, reset, false, (struct setting *)s->settings.bytes);
}

static bool first_load(struct nss *s, struct vcpu *v)
{
	uint32_t size = values_count() * (uint32_t)sizeof(uint64_t);
	uint64_t *reset = heap_alloc(size);
	bool good;

	if (reset)
		values_compare(v, reset, true, NULL);
	good = record_load(s, v);
	if (reset && good)
		settings_make(s, v, reset);
	heap_free(reset, size);
	return good;
}

static bool cpu_load(struct nss *s, struct vcpu *v)
{
	const struct setting *set = (const struct setting *)s->settings.bytes;

	if (!set)
		return first_load(s, v);
	if (v->vm->mode != s->mode)
		return record_load(s, v);
	for (uint32_t n = 0; n < s->settings.size / sizeof(*set); n++)
		state_set(set[n].field, v, set[n].index, set[n].value);
	return true;
}

static const char *pages_give(struct nss *s, struct vm *vm)
{
	int rc = snapshot_give(&s->pages, vm);

	return rc == 0 ? NULL : rc == SNAPSHOT_TOO_LARGE ? "it needs a larger machine" : no_storage;
}

static const char *begin(struct nss *s, struct vm *vm)
{
	const char *why;

	if (!admits(s, vm))
		return "the machine lacks what it has seen";
	why = pages_give(s, vm);
	if (why)
		return why;
	if (!cpu_load(s, vm->cpu[0]) || vm_loaded(vm) < 0)
		return impossible;
	return NULL;
}

int nss_ipl(struct vm *vm)
{
	struct nss *s = NULL;
	const char *why = nss_find(vm->ipl.system, &s);

	if (!why) {
		why = begin(s, vm);
		if (why) { /* nothing half loaded stays */
			arch_vcpu_reset(vm->cpu[0], true);
			storage_clear(vm);
		}
	}
	nss_reap();
	if (!why)
		return 0;
	format(vm->reason, sizeof(vm->reason), "saved system %s: %s", vm->ipl.system, why);
	return CP_CANNOT;
}

/* ---- machines that share its pages, saved and restored ------------------------------------------------------------- */

struct storage *nss_hold(struct storage *base, struct nss_identity *id)
{
	struct nss *s;

	list_for_each(s, &systems, all) {
		if (&s->pages != base || !saved_find_serial(s->serial))
			continue;
		base->users++;
		*id = s->is;
		return base;
	}
	return NULL;
}

void nss_let_go(struct storage *base)
{
	if (!base)
		return;
	base->users--;
	nss_reap();
}

static bool nss_is(const struct nss *s, const struct nss_identity *id)
{
	return strcmp(s->is.name, id->name) == 0 && s->is.crc == id->crc && s->is.bytes == id->bytes;
}

/* One that is in storage may have gone from the volume. */
const char *nss_attach(struct vm *vm, const struct nss_identity *id)
{
	const char *why;
	struct nss *s;

	list_for_each(s, &systems, all)
		if (nss_is(s, id))
			return pages_give(s, vm);
	why = nss_find(id->name, &s);
	if (why)
		return why;
	return nss_is(s, id) ? pages_give(s, vm) : "it is another one now";
}
