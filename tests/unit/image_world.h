/*
 * image_world.h - a machine with every device, all of its state set, and images of it in storage.
 */
#ifndef IMAGE_WORLD_H
#define IMAGE_WORLD_H

#include "users.h"
#include "../../cp/snapshot/snapshot.h"
#include <cp/console.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/session_private.h>

/* ---- an image in storage -------------------------------------------------------------------------------------------- */

struct bytes {
	uint8_t *at;
	size_t length, room, read;
	size_t limit; /* of room: more cannot be written; 0: none */
};

static int bytes_put(void *context, const void *from, size_t n)
{
	struct bytes *b = context;

	if (b->limit && b->length + n > b->limit)
		return CP_IO_ERROR;
	if (b->length + n > b->room) {
		b->room = 2 * (b->length + n);
		b->at = realloc(b->at, b->room);
	}
	memcpy(b->at + b->length, from, n);
	b->length += n;
	return 0;
}

static int bytes_get(void *context, void *to, size_t n)
{
	struct bytes *b = context;

	if (n > b->length - b->read)
		n = b->length - b->read;
	memcpy(to, b->at + b->read, n);
	b->read += n;
	return (int)n;
}

/* ---- where messages go ------------------------------------------------------------------------------------------------ */

static char said[4096];

static void said_put(struct reply *r, const char *line, size_t length)
{
	size_t used = strlen(said);

	(void)r;
	if (used + length + 2 < sizeof(said))
		snprintf(said + used, sizeof(said) - used, "%.*s\n", (int)length, line);
}

static struct reply said_reply = {.put = said_put};

/* ---- the machine ------------------------------------------------------------------------------------------------------- */

static const struct {
	uint16_t vdev;
	const char *type;
} more_devices[] = {{0x01c, "2501"}, {0x02c, "3505"}, {0x01d, "3525"}, {0x01e, "3203"}, {0x02e, "3211"}};

static inline struct vm *world_machine(void)
{
	struct vm *vm;
	void *entry;
	size_t length;

	if (!user_count) {
		add_everybody();
		add_mdisk(&users[1], 0x192, 4000, 200, LINK_R);
	}
	directory_lookup("ALICE", &entry, &length);
	vm = machine_build("ALICE", entry, length, &said_reply);
	directory_release(entry, length);
	for (unsigned i = 0; i < ARRAY_SIZE(more_devices); i++)
		build_unit(vm, more_devices[i].vdev, more_devices[i].type, 'C', &said_reply);
	link_find_and_make(vm, "BOB", 0x191, 0x291, LINK_RR, &said_reply);
	return vm;
}

/* A value that no other field of the table has, or as near to that as the field can come. */
static uint64_t distinct(const struct state_field *f, unsigned index, uint64_t salt)
{
	uint64_t value = ((uint64_t)f->id * 0x9e3779b97f4a7c15ull + index + salt) * 0xff51afd7ed558ccdull + 1;

	if (f->size < 8)
		value &= (1ull << 8 * f->size) - 1;
	if (f->flags & STATE_TEXT)
		value = index + 1 == f->count ? 0 : 'A' + value % 26;
	return f->most ? value % (f->most + 1ull) : value;
}

static void fill(const struct state_field *table, void *object, uint64_t salt)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			state_set(f, object, i, distinct(f, i, salt));
}

/* What hangs together is put right: the rest is as wild as may be. */
static void device_fill(struct device *d)
{
	struct unit_record *u = unit_record_of(d);
	struct console *c = console_of(d);
	struct minidisk *m = minidisk_of(d);

	fill(device_state, d, d->vdev);
	fill(arch_device_state, &d->arch, d->vdev);
	fill(d->class->state, d->private, d->vdev);
	if (u) {
		u->spool.class = 'K';
		u->spool.copies = 3;
		u->position.id = 0;
	}
	if (c) {
		c->spool.class = 'T';
		c->spool.copies = 1;
		c->length[c->head] = CONSOLE_LINE_MAX;
		c->taken = 17;
		c->reading = true;
		c->writing = c->spool.started = false;
		c->used = 20;
		memset(c->output, 'x', sizeof(c->output));
	}
	if (m)
		m->block_size = 2048;
}

static void page_fill_in(struct vm *vm, gabs_t a, unsigned kind, uint64_t *seed)
{
	uint8_t page[PAGE_SIZE];

	for (unsigned i = 0; i < PAGE_SIZE; i++)
		page[i] = kind == 0 ? 0 : kind == 1 ? (uint8_t)(i / 7) : (uint8_t)hosted_random(seed);
	guest_write(vm, a, page, sizeof(page));
	arch_page_key_set(storage_page(vm, a), (uint8_t)(hosted_random(seed) & 0xfe));
}

static inline void world_fill(struct vm *vm)
{
	uint64_t seed = 7;
	struct device *d;

	fill(vm_state, vm, 0);
	vm->stopped = true;
	vm->options = SET_MSG | SET_EMSG_CODE | SET_EMSG_TEXT;
	fill(arch_vcpu_state, vm->cpu[0], 0);
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		fill(p->fields, p->object(vm), p->id);
	list_for_each(d, &vm->devices, list)
		device_fill(d);
	for (unsigned n = 0; n < 60; n++)
		page_fill_in(vm, (uint64_t)hosted_random(&seed) % (vm->storage.size / PAGE_SIZE) * PAGE_SIZE,
			     n % 3, &seed);
	/* Data whose key says nothing, not even that it was stored into: the guest has set it to zero since. */
	page_fill_in(vm, 20 * PAGE_SIZE, 1, &seed);
	arch_page_key_set(storage_page(vm, 20 * PAGE_SIZE), 0);
	/* Zeros without a frame that have a key, in a row and alone. */
	for (unsigned n = 5; n < 12; n++)
		arch_page_key_set(storage_page(vm, n * PAGE_SIZE), 0x60);
}

/* ---- saving and restoring ------------------------------------------------------------------------------------------------ */

static bool world_disks; /* save them, too */

static int world_save(struct vm *vm, struct bytes *b)
{
	struct capture c = {.with_disks = world_disks};
	int rc;

	b->length = b->read = 0;
	vm_quiesce(vm);
	rc = machine_capture(vm, &c);
	vm_continue(vm);
	if (rc == 0)
		rc = machine_write(&c, bytes_put, b);
	machine_forget(&c);
	return rc;
}

static struct vm *world_restore(struct bytes *b, struct vm *old, bool anyway)
{
	struct restore r = {.in = {.get = bytes_get, .context = b},
			    .userid = "ALICE",
			    .name = "TEST",
			    .old = old,
			    .anyway = anyway,
			    .reply = &said_reply};
	struct vm *vm;

	said[0] = '\0';
	b->read = 0;
	vm = machine_restore(&r);
	CU_ASSERT_TRUE((vm == NULL) == (r.rc != 0));
	if (vm && r.disks) { /* what was found good can be written */
		b->read = 0;
		CU_ASSERT_EQUAL(disks_rewrite(&r), 0);
	}
	return vm;
}

#endif
