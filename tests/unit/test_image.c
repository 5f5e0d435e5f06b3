/*
 * test_image.c - a machine with every device, saved and restored: all of it is as it was; and what RESTORE refuses.
 */
#include "image_world.h"
#include <cp/crc32.h>

extern const char *hosted_facilities[];

static struct bytes first, second;

/* ---- bytes that are changed ------------------------------------------------------------------------------------------ */

/* The checksum is made good again: the image itself is to be refused, not its transport. */
static void mend(struct bytes *b)
{
	uint32_t crc = crc32_update(0, b->at, b->length - 4);

	memcpy(b->at + b->length - 4, be32_make(crc).b, 4);
}

/* The first field of this name in a record of this type gets a value. */
static void field_poke(struct bytes *b, uint16_t type, uint32_t instance, const char *name, uint64_t value)
{
	size_t at = sizeof(struct image_header);

	while (at < b->length) {
		struct image_record *head = (struct image_record *)(b->at + at);
		struct image_cursor c = {b->at + at + sizeof(*head),
					 b->at + at + sizeof(*head) + be32_get(head->length)};
		struct image_value v;

		if (be16_get(head->type) == type && be32_get(head->instance) == instance)
			while (image_field_next(&c, &v) == IMAGE_MORE)
				if (strcmp(v.name, name) == 0) {
					struct be64 word = be64_make(value);
					memcpy((uint8_t *)(uintptr_t)v.values, word.b + 8 - v.size, v.size);
					mend(b);
					return;
				}
		at += sizeof(*head) + be32_get(head->length);
	}
	CU_FAIL("there is no such field");
}

/* But for what goes on by itself: the header's clock and the times used; and the checksum. */
static bool same_image(struct bytes *a, struct bytes *b)
{
	struct bytes *both[] = {a, b};

	for (unsigned i = 0; i < ARRAY_SIZE(both); i++) {
		field_poke(both[i], IMAGE_MACHINE, 0, "VIRTCPU", 0);
		field_poke(both[i], IMAGE_MACHINE, 0, "TOTCPU", 0);
	}
	return a->length == b->length &&
	       memcmp(a->at + sizeof(struct image_header), b->at + sizeof(struct image_header),
		      a->length - sizeof(struct image_header) - 4) == 0;
}

/* ---- equal ------------------------------------------------------------------------------------------------------------ */

static void table_equal(const struct state_field *table, const void *a, const void *b, const char *what)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++) {
			if (f->flags & STATE_CLOCK || state_get(f, a, i) == state_get(f, b, i))
				continue;
			printf("\n%s: %s %u\n", what, f->name, i);
			CU_FAIL("a field is not what it was");
		}
}

static void devices_equal(struct vm *a, struct vm *b)
{
	struct list *x = a->devices.next, *y = b->devices.next;

	for (; x != &a->devices && y != &b->devices; x = x->next, y = y->next) {
		struct device *d = container_of(x, struct device, list),
			      *e = container_of(y, struct device, list);

		CU_ASSERT_EQUAL(d->vdev, e->vdev);
		CU_ASSERT_PTR_EQUAL_FATAL(d->class, e->class);
		CU_ASSERT_PTR_EQUAL(e->vm, b);
		table_equal(device_state, d, e, d->class->name);
		table_equal(d->class->state, d->private, e->private, d->class->name);
		table_equal(arch_device_state, &d->arch, &e->arch, d->class->name);
		if (minidisk_of(d)) {
			CU_ASSERT_TRUE(link_same(&minidisk_of(d)->extent, &minidisk_of(e)->extent));
			CU_ASSERT_EQUAL(minidisk_of(d)->read_only, minidisk_of(e)->read_only);
			CU_ASSERT_EQUAL(minidisk_of(d)->mode, minidisk_of(e)->mode);
			CU_ASSERT_STRING_EQUAL(minidisk_of(d)->owner, minidisk_of(e)->owner);
		}
	}
	CU_ASSERT_TRUE(x == &a->devices && y == &b->devices);
}

static void storage_equal(struct vm *a, struct vm *b)
{
	static uint8_t one[PAGE_SIZE], other[PAGE_SIZE];

	CU_ASSERT_EQUAL_FATAL(a->storage.size, b->storage.size);
	for (gabs_t at = 0; at < a->storage.size; at += PAGE_SIZE) {
		CU_ASSERT_EQUAL(arch_page_key(storage_page(a, at)), arch_page_key(storage_page(b, at)));
		guest_read(a, at, one, sizeof(one));
		guest_read(b, at, other, sizeof(other));
		CU_ASSERT_TRUE_FATAL(memcmp(one, other, sizeof(one)) == 0);
	}
}

static void round_trip(void *argument)
{
	struct vm *vm = world_machine(), *again;

	(void)argument;
	world_fill(vm);
	CU_ASSERT_EQUAL(world_save(vm, &first), 0);
	again = world_restore(&first, vm, false);
	CU_ASSERT_STRING_EQUAL(said, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	CU_ASSERT_EQUAL(vm_count(), 1); /* nobody sees it yet */
	table_equal(vm_state, vm, again, "the machine");
	table_equal(arch_vcpu_state, vm->cpu[0], again->cpu[0], "the CPU");
	table_equal(vcpu_state, vm->cpu[0], again->cpu[0], "the CPU");
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		table_equal(p->fields, p->object(vm), p->object(again), p->name);
	CU_ASSERT_EQUAL(again->classes, CLASS('G'));
	devices_equal(vm, again);
	CU_ASSERT_EQUAL(world_save(again, &second), 0);
	CU_ASSERT_TRUE(same_image(&first, &second));
	storage_equal(vm, again);
	vm_destroy(again);
	vm_destroy(vm);
}

static void test_round_trip(void)
{
	size_t before;

	UNIT_IN_TASK(round_trip, NULL);
	before = hosted_heap_used();
	UNIT_IN_TASK(round_trip, NULL);
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
}

/* What the guest was told that it has used does not go back; what is written to its user's account begins anew. */
static void times(void *argument)
{
	struct vm *vm = world_machine(), *body;
	tod_t guest, total, guest_again, total_again;

	(void)argument;
	vm->guest_time_before = 1000 * TOD_SECOND;
	vm->total_time_before = 2000 * TOD_SECOND;
	vm_times_seen(vm, &guest, &total);
	CU_ASSERT(guest >= 1000 * TOD_SECOND && total >= 2000 * TOD_SECOND);
	CU_ASSERT_EQUAL(world_save(vm, &first), 0);
	body = world_restore(&first, vm, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(body);
	vm_times_seen(body, &guest_again, &total_again);
	CU_ASSERT(guest_again >= guest && total_again >= total);
	CU_ASSERT(vm_total_time(body) < 1000 * TOD_SECOND);
	vm->guest_time_before = 5;
	vm_quiesce(vm);
	vm_exchange(vm, body);
	vm_continue(vm);
	vm_times_seen(vm, &guest_again, &total_again);
	CU_ASSERT(guest_again >= guest && total_again >= total);
	CU_ASSERT_EQUAL(body->guest_time_before, 5);
	vm_destroy(body);
	vm_destroy(vm);
}

/* How much of a line without an end the restored machine has. */
static unsigned pending_after(struct vm *vm)
{
	struct vm *again;
	unsigned used;

	CU_ASSERT_EQUAL(world_save(vm, &first), 0);
	again = world_restore(&first, vm, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	used = console_of(device_find(again, 0x009))->used;
	vm_destroy(again);
	return used;
}

/* A machine that runs may put more into it. One that is stopped does not, and it would be shown by itself between two SAVEs. */
static void unended(void *argument)
{
	struct vm *vm = world_machine();
	struct device *d = device_find(vm, 0x009);

	(void)argument;
	vm_quiesce(vm);
	console_put(d, (const uint8_t[]){0xc1}, 1); /* in the guest's code */
	console_put(d, (const uint8_t[]){0xc2}, 1);
	vm->stopped = false;
	CU_ASSERT(pending_after(vm) == 2 && console_of(d)->used == 2);
	vm->stopped = true;
	CU_ASSERT(pending_after(vm) == 0 && console_of(d)->used == 0);
	vm_continue(vm);
	vm_destroy(vm);
}

static void test_unended(void)
{
	UNIT_IN_TASK(unended, NULL);
}

static void pass_milliseconds(unsigned n)
{
	task_sleep_until(&first, arch_clock() + n * TOD_MILLISECOND);
}

/* Nobody lets the machine run for a tenth of a second, as on a busy host: when it does run, its line goes on. Then it is a prompt. */
static void put_off(void *argument)
{
	struct vm *vm = world_machine();
	struct device *d = device_find(vm, 0x009);

	(void)argument;
	console_put(d, (const uint8_t[]){0xc1}, 1);
	pass_milliseconds(110);
	CU_ASSERT_EQUAL(console_of(d)->used, 1);
	console_put(d, (const uint8_t[]){0xc2}, 1);
	pass_milliseconds(110);
	CU_ASSERT_EQUAL(console_of(d)->used, 2);
	pass_milliseconds(20);
	CU_ASSERT_EQUAL(console_of(d)->used, 0);
	vm_destroy(vm);
}

static void test_put_off(void)
{
	UNIT_IN_TASK(put_off, NULL);
}

static void test_times(void)
{
	UNIT_IN_TASK(times, NULL);
}

/* ---- exchange ------------------------------------------------------------------------------------------------------------ */

static void exchange(void *argument)
{
	struct vm *vm = world_machine(), *body;
	struct vcpu *old = vm->cpu[0];

	(void)argument;
	world_fill(vm);
	world_save(vm, &first);
	body = world_restore(&first, vm, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(body);
	vm_quiesce(vm);
	vm_exchange(vm, body);
	CU_ASSERT_PTR_NOT_EQUAL(vm->cpu[0], old);
	CU_ASSERT_PTR_EQUAL(vm->cpu[0]->vm, vm);
	CU_ASSERT_PTR_EQUAL(old->vm, body);
	CU_ASSERT_PTR_EQUAL(device_find(vm, 0x191)->vm, vm);
	CU_ASSERT_PTR_EQUAL(device_find(body, 0x191)->vm, body);
	vm_continue(vm);
	vm_destroy(body);
	CU_ASSERT_EQUAL(world_save(vm, &second), 0);
	CU_ASSERT_TRUE(same_image(&first, &second));
	CU_ASSERT_PTR_EQUAL(vm_find("ALICE"), vm);
	vm_destroy(vm);
	CU_ASSERT_EQUAL(vm_count(), 0);
}

static void test_exchange(void)
{
	UNIT_IN_TASK(exchange, NULL);
}

/* ---- refused -------------------------------------------------------------------------------------------------------------- */

static void refused(struct bytes *b, const char *message)
{
	size_t before = hosted_heap_used();

	CU_ASSERT_PTR_NULL(world_restore(b, NULL, false));
	if (!strstr(said, message)) {
		printf("\nwanted %s\nsaid %s", message, said);
		CU_FAIL("another message");
	}
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
	CU_ASSERT_EQUAL(vm_count(), 0);
}

static void headers(void *argument)
{
	struct image_header *h = (struct image_header *)first.at;
	struct image_header good = *h;

	(void)argument;
	h->magic[0] = 'X';
	refused(&first, "HCPRST1080E TEST not restored--it is not the image of a machine");
	*h = good;
	h->version = be32_make(2);
	refused(&first, "HCPRST1080E TEST not restored--it was made by a later version");
	*h = good;
	memcpy(h->port, "x86_64  ", 8);
	refused(&first, "HCPRST1082E TEST not restored--it is a machine of another kind: x86_64");
	*h = good;
	memcpy(h->userid, "BOB     ", 8);
	refused(&first, "HCPRST1083E TEST not restored--it is the machine of BOB");
	*h = good;
	h->page = be32_make(8192);
	refused(&first, "HCPRST1080E");
	*h = good;
	first.at[first.length - 300] ^= 1; /* in a page, or in the end: whatever, the checksum sees it */
	refused(&first, "HCPRST1080E");
	first.at[first.length - 300] ^= 1;
	first.at[first.length - 1] ^= 1;
	refused(&first, "HCPRST1080E TEST not restored--its checksum is wrong");
	first.at[first.length - 1] ^= 1;
}

/* Every length short of the whole. */
static void prefixes(void *argument)
{
	struct bytes cut = first;
	size_t step = hosted_long() ? 1 : 97;

	(void)argument;
	for (cut.length = 0; cut.length < first.length; cut.length += step)
		refused(&cut,
			cut.length < sizeof(struct image_header) ? "is not the image" : "its end is missing");
	cut.length = first.length + 1;
	cut.at = malloc(cut.length);
	memcpy(cut.at, first.at, first.length);
	refused(&cut, "it holds what cannot be");
	free(cut.at);
}

static void values(void *argument)
{
	static const struct {
		uint16_t type;
		uint32_t instance;
		const char *name;
		uint64_t value;
		const char *message;
	} tries[] = {
		{IMAGE_MACHINE, 0, "STORAGE", 128 << 20,
		 "HCPRST1084E TEST not restored--its storage exceeds the allowed maximum of 64M"},
		{IMAGE_MACHINE, 0, "STORAGE", 4097, "HCPRST1081E TEST not restored--MACHINE 0000 cannot be"},
		{IMAGE_MACHINE, 0, "STORAGE", 1 << 20, "lies beyond storage"},
		{IMAGE_MACHINE, 0, "MODE", 4, "MACHINE 0000 MODE has a value that cannot be"},
		{IMAGE_MACHINE, 0, "CPUS", 2, "CPUS has a value that cannot be"},
		{IMAGE_MACHINE, 0, "CPUS", 0, "cannot be"},
		{IMAGE_MACHINE, 0, "STOPPED", 2, "STOPPED has a value that cannot be"},
		{IMAGE_DEVICE_STATE, 9, "HEAD", 8, "DEVICE 0009 HEAD has a value that cannot be"},
		{IMAGE_DEVICE_STATE, 9, "TAKEN", 240, ""},
		{IMAGE_DEVICE_STATE, 0xd, "CLASS", '%', "the state of device 000D cannot be"},
		{IMAGE_DEVICE_STATE, 0x191, "BLOCKSIZE", 7, "the state of device 0191 cannot be"},
		{IMAGE_DEVICE, 0x191, "SECTORS", 99,
		 "HCPRST1088E TEST not restored--minidisk ALICE 0191 has another size"},
		{IMAGE_DEVICE, 0x191, "OWNERDEV", 0x199,
		 "HCPRST1087E TEST not restored--minidisk ALICE 0199 cannot be linked"},
		{IMAGE_DEVICE, 0x192, "READONLY", 0,
		 "HCPRST1089E TEST not restored--minidisk ALICE 0192 was read/write"},
		{IMAGE_DEVICE, 0x191, "LINKMODE", 77, "HCPRST1087E"},
		{IMAGE_DEVICE, 9, "TYPE", 'X', "is no device"},
	};

	(void)argument;
	for (unsigned i = 0; i < ARRAY_SIZE(tries); i++) {
		struct bytes b = {.at = malloc(first.length), .length = first.length};

		memcpy(b.at, first.at, first.length);
		field_poke(&b, tries[i].type, tries[i].instance, tries[i].name, tries[i].value);
		if (tries[i].message[0])
			refused(&b, tries[i].message);
		else
			vm_destroy(world_restore(&b, NULL, false));
		free(b.at);
	}
}

static void facilities(void *argument)
{
	struct vm *vm;

	(void)argument;
	hosted_facilities[1] = NULL;
	refused(&first, "HCPRST1085E TEST not restored--there is no DECIMAL here; ANYWAY insists");
	vm = world_restore(&first, NULL, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(vm);
	CU_ASSERT_TRUE(strstr(said, "HCPRST1086W TEST: there is no DECIMAL here") != NULL);
	vm_destroy(vm);
	hosted_facilities[1] = "DECIMAL";
}

/* Of every allocation in turn: none is left, and what was there is as it was. */
static void storage_exhausted(void *argument)
{
	struct vm *vm = NULL;

	(void)argument;
	for (int64_t n = 0; n < 100000 && !vm; n++) {
		size_t before = hosted_heap_used();

		hosted_heap_fail_after(n);
		vm = world_restore(&first, NULL, false);
		hosted_heap_fail_after(-1);
		CU_ASSERT_TRUE_FATAL(vm != NULL || hosted_heap_used() == before);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(vm);
	vm_destroy(vm);
}

/* Records of a disk, one changed: each is refused. */
static struct image_record *blocks_find(struct bytes *b, unsigned n)
{
	size_t at = sizeof(struct image_header);

	while (at < b->length) {
		struct image_record *head = (struct image_record *)(b->at + at);

		if (be16_get(head->type) == IMAGE_BLOCKS && n-- == 0)
			return head;
		at += sizeof(*head) + be32_get(head->length);
	}
	return NULL;
}

static void blocks_refused(unsigned n, uint64_t block, uint32_t count, uint8_t key, uint32_t disk,
			   const char *message)
{
	struct bytes b = {.at = malloc(first.length), .length = first.length};
	struct image_record *head;
	struct image_pages *p;

	memcpy(b.at, first.at, b.length);
	head = blocks_find(&b, n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(head);
	p = (struct image_pages *)(head + 1);
	head->instance = be32_make(disk);
	*p = (struct image_pages){be64_make(block), be32_make(count), key, p->encoding, {{0}}};
	mend(&b);
	refused(&b, message);
	free(b.at);
}

/* ALICE's 191 has 100 sectors, 13 blocks: three, three zeros, three, three zeros, one. 192 she may only read, and 291 is BOB's. */
static void disks(void *argument)
{
	struct vm *vm, *again;

	(void)argument;
	disks_filled = world_disks = true;
	vm = world_machine();
	CU_ASSERT_EQUAL(world_save(vm, &first), 0);
	world_disks = false;
	again = world_restore(&first, vm, false);
	CU_ASSERT_STRING_EQUAL(said, "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	vm_destroy(again);
	vm_destroy(vm);
	CU_ASSERT_PTR_NULL(blocks_find(&first, 9));
	blocks_refused(0, 1, 1, 0, 0x191, "it holds what cannot be");
	blocks_refused(0, 0, 2, 0, 0x191, "it holds what cannot be");
	blocks_refused(0, 0, 1, 8, 0x191, "it holds what cannot be");
	blocks_refused(3, 3, 2, 0, 0x191, "it holds what cannot be"); /* a gap before the next */
	blocks_refused(3, 3, 0, 0, 0x191, "it holds what cannot be");
	blocks_refused(3, 3, 11, 0, 0x191, "BLOCKS 0191 lies beyond its disk");
	blocks_refused(3, 3, UINT32_MAX, 0, 0x191, "BLOCKS 0191 lies beyond its disk");
	blocks_refused(0, 0, 1, 0, 0x9, "BLOCKS 0009 is no disk of its own");
	blocks_refused(0, 0, 1, 0, 0x192, "BLOCKS 0192 is no disk of its own");
	blocks_refused(8, 0, 1, 0, 0x291, "BLOCKS 0291 is no disk of its own");
	blocks_refused(8, 0, 1, 0, 0x777, "BLOCKS 0777 comes before its device");
	blocks_refused(7, 9, 2, 0, 0x191, "it holds what cannot be");
	disks_filled = false;
}

static void test_refused(void)
{
	UNIT_IN_TASK(headers, NULL);
	UNIT_IN_TASK(prefixes, NULL);
	UNIT_IN_TASK(values, NULL);
	UNIT_IN_TASK(facilities, NULL);
}

static void test_disks(void)
{
	UNIT_IN_TASK(disks, NULL);
}

static void test_storage(void)
{
	UNIT_IN_TASK(storage_exhausted, NULL);
}

/* ---- what changes while the image is read ------------------------------------------------------------------------------- */

/* A record of ALICE's entry in the directory. */
static void *record_of(uint16_t type)
{
	const struct object_record *record;
	struct object_cursor c;

	object_records(&c, users[1].entry, users[1].length);
	while ((record = object_next(&c)) != NULL)
		if (be16_get(record->type) == type)
			return (void *)(uintptr_t)record;
	return NULL;
}

/* Restored, then `change`; is it still to be seen? */
static bool stands(void (*change)(bool back), const char *message)
{
	struct restore r = {.in = {.get = bytes_get, .context = &first},
			    .userid = "ALICE",
			    .name = "TEST",
			    .reply = &said_reply};
	bool good;

	said[0] = '\0';
	first.read = 0;
	CU_ASSERT_PTR_NOT_NULL_FATAL(machine_restore(&r));
	change(false);
	good = restore_stands(&r);
	change(true);
	CU_ASSERT_TRUE(good == (r.rc == 0));
	if (!strstr(said, message)) {
		printf("\nwanted %s\nsaid %s", message, said);
		CU_FAIL("another message");
	}
	if (good)
		vm_destroy(r.vm);
	return good;
}

static void change_nothing(bool back)
{
	directory_changes += !back;
}

static void change_disk(bool back)
{
	struct object_mdisk *m = record_of(OBJECT_MDISK);

	m->start = be32_make(be32_get(m->start) + (back ? -8 : 8));
	directory_changes++;
}

static void change_limit(bool back)
{
	struct object_machine *m = record_of(OBJECT_MACHINE);

	m->storage = m->maximum = be64_make(back ? 64 << 20 : 8 << 20);
	directory_changes++;
}

static struct vm *other;

static void link_taken(bool back)
{
	if (back) {
		vm_destroy(other);
		return;
	}
	other = vm_create("BOB", 1 << 20, MACHINE_ESA);
	link_find_and_make(other, "ALICE", 0x191, 0x500, LINK_MW, &said_reply);
}

static void changes(void *argument)
{
	struct object_machine *m = record_of(OBJECT_MACHINE);
	struct be64 storage = m->storage;
	size_t before = hosted_heap_used();

	(void)argument;
	CU_ASSERT_TRUE(stands(change_nothing, ""));
	CU_ASSERT_FALSE(
		stands(change_disk, "HCPRST1087E TEST not restored--minidisk ALICE 0191 cannot be linked"));
	CU_ASSERT_FALSE(
		stands(change_limit,
		       "HCPRST1084E TEST not restored--its storage exceeds the allowed maximum of 8M"));
	m->storage = storage;
	CU_ASSERT_FALSE(
		stands(link_taken, "HCPRST1089E TEST not restored--minidisk ALICE 0191 was read/write"));
	CU_ASSERT_TRUE(stands(change_nothing, ""));
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
	CU_ASSERT_EQUAL(vm_count(), 0);
}

static void test_changes(void)
{
	UNIT_IN_TASK(changes, NULL);
}

/* ---- writing that fails --------------------------------------------------------------------------------------------------- */

static void write_errors(void *argument)
{
	struct vm *vm = world_machine();
	size_t before;

	(void)argument;
	world_fill(vm);
	before = hosted_heap_used();
	for (second.limit = 1; second.limit < first.length; second.limit += first.length / 50)
		CU_ASSERT_EQUAL(world_save(vm, &second), CP_IO_ERROR);
	second.limit = 0;
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
	hosted_heap_fail_after(0);
	CU_ASSERT_EQUAL(world_save(vm, &second), CP_NO_STORAGE);
	hosted_heap_fail_after(2);
	CU_ASSERT_EQUAL(world_save(vm, &second), CP_NO_STORAGE);
	hosted_heap_fail_after(-1);
	CU_ASSERT_EQUAL(world_save(vm, &second), 0);
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
	vm_destroy(vm);
}

static void test_write_errors(void)
{
	UNIT_IN_TASK(write_errors, NULL);
}

static const struct unit_test tests[] = {
	{"image: save, restore, all of it equal", test_round_trip},
	{"image: times that the guest was told go on", test_times},
	{"image: a line without an end is shown, if it will be given no more", test_unended},
	{"a line without an end is looked at twice before it is shown", test_put_off},
	{"image: two machines change bodies", test_exchange},
	{"image: what is refused, and how", test_refused},
	{"image: directory and links change meanwhile", test_changes},
	{"image: no storage at any moment", test_storage},
	{"image: a medium that fails", test_write_errors},
	{"image: what is on its disks", test_disks},
};

UNIT_MAIN("image", tests)
