/*
 * save.c - SAVE: a machine that stands still becomes an image.
 *
 * Owns: the order of the records, and the walk over storage. Before: fields.c and machine.c (state), pages.c. After: service.c, which has the
 * machine stand still and gives the bytes a place. Heritage: DMKCFH (SAVESYS), which wrote pages and registers, and no devices.
 *
 * Lines in open spool files come first, for they may lie on a disk, and nobody writes any while the machine stands (but CP, a line more in a
 * console's listing). All else but the pages is taken in one go, without a sleep, into CP's storage; the pages become copy on write (storage/snapshot.c). Then the
 * machine goes on, while what was taken is written: so it is the state of one moment, though disks are slow.
 */
#include <cp/arch.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/nss.h>
#include <cp/string.h>
#include "snapshot.h"

/* ---- bytes in CP's storage ---------------------------------------------------------------------------------------- */

#define CHUNK_BYTES 4000

struct chunk {
	struct list list;
	size_t used;
	uint8_t bytes[CHUNK_BYTES];
};

static int chunk_put(void *context, const void *bytes, size_t n)
{
	struct list *chunks = context;
	const uint8_t *from = bytes;

	while (n > 0) {
		struct chunk *c = list_empty(chunks) ? NULL : container_of(chunks->prev, struct chunk, list);
		size_t piece;

		if (!c || c->used == CHUNK_BYTES) {
			c = heap_alloc(sizeof(*c));
			if (!c)
				return CP_NO_STORAGE;
			list_append(chunks, &c->list);
		}
		piece = n < CHUNK_BYTES - c->used ? n : CHUNK_BYTES - c->used;
		memcpy(c->bytes + c->used, from, piece);
		c->used += piece;
		from += piece;
		n -= piece;
	}
	return 0;
}

/* Each goes on its way, if all went well so far, and is no more. */
static int chunks_drain(struct list *chunks, const struct image_writer *w, int result)
{
	struct chunk *c, *next;

	list_for_each_safe(c, next, chunks, list) {
		if (result >= 0)
			result = w->put(w->context, c->bytes, c->used);
		list_remove(&c->list);
		heap_free(c, sizeof(*c));
	}
	return result;
}

/* ---- all but the pages ---------------------------------------------------------------------------------------------- */

static size_t facilities_length(const struct vm *vm)
{
	char text[FACILITY_MAX];
	size_t length = 0;

	for (unsigned n = 0; arch_facility(vm, n, text, sizeof(text)); n++)
		length += strlen(text) + 1;
	return length;
}

static void facilities_save(struct image_writer *w, const struct vm *vm)
{
	char text[FACILITY_MAX];

	image_record(w, IMAGE_FACILITIES, 0, facilities_length(vm));
	for (unsigned n = 0; arch_facility(vm, n, text, sizeof(text)); n++) {
		image_put(w, text, strlen(text));
		image_put(w, "\n", 1);
	}
}

static void device_save(struct image_writer *w, struct device *d)
{
	struct saved_device s;

	saved_device_take(&s, d);
	fields_save(w, IMAGE_DEVICE, d->vdev,
		    (struct fields[]){{saved_device_state, &s}, {device_state, d}, {0}});
	if (d->class->state)
		fields_save(w, IMAGE_DEVICE_STATE, d->vdev,
			    (struct fields[]){{d->class->state, d->private}, {0}});
	fields_save(w, IMAGE_DEVICE_PORT, d->vdev, (struct fields[]){{arch_device_state, &d->arch}, {0}});
}

/* The lines were records already when they were read. */
static void lines_put(struct image_writer *w, const struct capture *c)
{
	struct chunk *k;

	list_for_each(k, &c->lines, list)
		image_put(w, k->bytes, k->used);
	w->records += c->line_records;
}

static int lines_take(struct vm *vm, struct capture *c)
{
	struct image_writer w = {.put = chunk_put, .context = &c->lines};
	struct device *d;
	int rc = 0;

	if (vm->stopped)
		console_show(vm); /* a prompt: it would be shown soon, and once more after RESTORE */
	list_for_each(d, &vm->devices, list)
		if (rc == 0)
			rc = output_save(&w, d);
	c->line_records = w.records;
	return rc < 0 ? rc : w.result < 0 ? w.result : 0;
}

static void devices_save(struct image_writer *w, struct vm *vm, const struct capture *c)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		device_save(w, d);
	lines_put(w, c);
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		if (p->object(vm))
			fields_save(w, IMAGE_PART, p->id, (struct fields[]){{p->fields, p->object(vm)}, {0}});
}

static void system_save(struct image_writer *w, const struct nss_identity *id)
{
	struct image_system s = {.crc = be32_make(id->crc), .bytes = be64_make(id->bytes)};

	image_name_put(s.name, id->name);
	image_record(w, IMAGE_SYSTEM, 0, sizeof(s));
	image_put(w, &s, sizeof(s));
}

static void state_save(struct image_writer *w, struct vm *vm, const struct capture *c,
		       const struct nss_identity *system)
{
	struct saved_vm head;

	saved_vm_take(&head, vm);
	fields_save(w, IMAGE_MACHINE, 0, (struct fields[]){{saved_vm_state, &head}, {vm_state, vm}, {0}});
	facilities_save(w, vm);
	if (!c->system)
		devices_save(w, vm, c);
	for (unsigned n = 0; n < vm->cpus; n++)
		fields_save(w, IMAGE_CPU, n,
			    (struct fields[]){{arch_vcpu_state, vm->cpu[n]}, {vcpu_state, vm->cpu[n]}, {0}});
	if (vm->session && !c->system)
		fields_save(w, IMAGE_TERMINAL, 0, (struct fields[]){{terminal_state, vm->session}, {0}});
	if (c->base)
		system_save(w, system);
}

/* ---- the pages -------------------------------------------------------------------------------------------------------- */

/* Pages without data and with one key, not yet written. */
struct run {
	uint64_t first;
	uint32_t count;
	uint8_t key;
	enum image_encoding encoding;
};

static void run_flush(struct image_writer *w, struct run *r)
{
	image_put_run(w, r->first, r->count, r->key, r->encoding);
	r->count = 0;
}

static void run_add(struct image_writer *w, struct run *r, uint64_t number, uint8_t key,
		    enum image_encoding encoding)
{
	if (r->key != key || r->encoding != encoding || r->first + r->count != number)
		run_flush(w, r);
	if (!r->count)
		*r = (struct run){.first = number, .key = key, .encoding = encoding};
	r->count++;
}

/* Written in a turn: of one alone, a guest that computes would run for ten milliseconds after each. */
#define YIELD_PAGES 8u

/* system: the page in the saved system, if it has it. What is as a reader would take it to be needs no word. */
static void page_save(struct image_writer *w, const struct page *p, const struct page *system,
		      uint64_t number, struct run *r, struct image_packing *packing)
{
	const void *bytes = (const void *)(uintptr_t)((frame_t)p->frame_number * PAGE_SIZE);

	if (system && p->frame_number == system->frame_number) {
		if (p->key != system->key)
			run_add(w, r, number, p->key, IMAGE_PAGE_SYSTEM);
		return;
	}
	if (!p->frame_number || image_zeros(bytes)) {
		if (p->key || system)
			run_add(w, r, number, p->key, IMAGE_PAGE_ZERO);
		return;
	}
	run_flush(w, r);
	image_put_page(w, number, p->key, bytes, packing);
	if (number % YIELD_PAGES == 0)
		task_yield();
}

static void segment_save(struct image_writer *w, const struct capture *c, uint64_t n, struct run *r,
			 struct image_packing *packing)
{
	static const struct page none;
	const struct page *own = c->pages.segment[n];

	for (uint64_t k = 0; k < SEGMENT_PAGES && w->result >= 0; k++) {
		uint64_t number = n * SEGMENT_PAGES + k;
		const struct page *system = c->base ? snapshot_page(c->base, number * PAGE_SIZE) : NULL;

		if (own || system)
			page_save(w, own ? &own[k] : &none, system, number, r, packing);
	}
}

static void pages_save(struct image_writer *w, const struct capture *c, struct image_packing *packing)
{
	struct run r = {0};

	for (uint64_t n = 0; n < c->pages.size / SEGMENT_SIZE && w->result >= 0; n++)
		if (c->pages.segment[n] || c->base)
			segment_save(w, c, n, &r, packing);
	run_flush(w, &r);
}

/* ---- the whole -------------------------------------------------------------------------------------------------------- */

int machine_capture(struct vm *vm, struct capture *c)
{
	struct nss_identity system;
	int rc;

	c->w = (struct image_writer){.put = chunk_put, .context = &c->chunks};
	list_init(&c->lines);
	list_init(&c->chunks);
	list_init(&c->disks);
	rc = c->system ? 0 : lines_take(vm, c);
	if (rc < 0)
		return rc;
	image_begin(&c->w, arch_traits.name, vm->userid, arch_clock());
	c->base = c->system ? NULL : nss_hold(vm->storage.base, &system);
	state_save(&c->w, vm, c, &system);
	rc = c->w.result < 0 ? c->w.result : c->with_disks ? disks_take(vm, c) : 0;
	return rc < 0 ? rc : snapshot_take(vm, &c->pages);
}

int machine_write(struct capture *c, int (*put)(void *context, const void *bytes, size_t n), void *context)
{
	struct image_packing *packing = heap_alloc(sizeof(*packing));

	c->w.put = put;
	c->w.context = context;
	c->w.result = chunks_drain(&c->chunks, &c->w, packing ? 0 : CP_NO_STORAGE);
	if (c->w.result >= 0)
		c->w.result = disks_save(c, packing); /* first: little can be kept of them */
	if (c->w.result >= 0)
		pages_save(&c->w, c, packing);
	heap_free(packing, sizeof(*packing));
	return c->w.result < 0 ? c->w.result : image_finish(&c->w);
}

void machine_forget(struct capture *c)
{
	chunks_drain(&c->lines, &c->w, CP_CANNOT);
	chunks_drain(&c->chunks, &c->w, CP_CANNOT);
	snapshot_free(&c->pages);
	disks_forget(c);
	nss_let_go(c->base);
}
