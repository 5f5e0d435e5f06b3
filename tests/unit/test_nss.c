/*
 * test_nss.c - named saved systems: saved, IPLed, shared until somebody stores, replaced and purged while in use; and images of machines
 * that share their pages.
 */
#include "image_world.h"
#include <hosted_volume.h>
#include <cp/crc32.h>
#include <cp/heap.h>
#include <cp/nss.h>
#include <cp/save.h>
#include <cp/spool.h>

#define SIZE      (2u << 20)
#define SYSTEM    "SYS"
#define PAGES     5 /* of the system */
#define PRIVATE   0x3000
#define RELEASED  0x5000
#define KEYED     0x7000
#define UNTOUCHED 0x9000
#define FAR       0x180000
#define REGISTER  0x1122334455667788ull

static struct vm *maint, *alice, *bob;
static struct bytes image;
static uint8_t before[SIZE], after[SIZE];

/* ---- pieces --------------------------------------------------------------------------------------------------------------- */

static uint8_t byte_at(struct vm *vm, gabs_t a)
{
	uint8_t byte = 0;

	CU_ASSERT_EQUAL(guest_read(vm, a, &byte, 1), 0);
	return byte;
}

static void byte_set(struct vm *vm, gabs_t a, uint8_t byte)
{
	CU_ASSERT_EQUAL(guest_write(vm, a, &byte, 1), 0);
}

/* A new system of that name; `fill` is what its pages begin with. */
static int system_save(uint8_t fill)
{
	static const gabs_t pages[PAGES] = {PRIVATE, RELEASED, KEYED, UNTOUCHED, FAR};
	struct save_order o = {.kind = SAVED_SYSTEM, .userid = "MAINT", .name = SYSTEM};

	for (unsigned n = 0; n < PAGES; n++)
		byte_set(maint, pages[n], fill + n);
	arch_page_key_set(storage_page(maint, KEYED), 0x30);
	maint->cpu[0]->arch.gpr[3] = REGISTER + fill;
	return save_now(&o, &said_reply);
}

static bool ipl(struct vm *vm)
{
	strcpy(vm->ipl.system, SYSTEM);
	vm->ipl.stop = true;
	vm->loaded = false;
	vm_request(vm, REQUEST_CLEAR | REQUEST_IPL);
	vm_settle(vm);
	return vm->loaded;
}

static unsigned users_of_first(void)
{
	struct nss_loaded l;

	return nss_loaded(0, &l) ? l.users : 99;
}

static bool shares(struct vm *vm, gabs_t a)
{
	return snapshot_origin(vm, storage_page(vm, a), a) != NULL;
}

static bool is_system(struct vm *vm, uint8_t fill)
{
	return vm->cpu[0]->arch.gpr[3] == REGISTER + fill && byte_at(vm, PRIVATE) == fill &&
	       byte_at(vm, RELEASED) == fill + 1 && byte_at(vm, KEYED) == fill + 2 &&
	       byte_at(vm, UNTOUCHED) == fill + 3 && byte_at(vm, FAR) == fill + 4 &&
	       (storage_page(vm, KEYED)->key & KEY_PROTECTS) == 0x30;
}

static void purge(void)
{
	CU_ASSERT_EQUAL(saved_purge(saved_find(SAVED_SYSTEM, NULL, SYSTEM)), 0);
	nss_reap();
}

static void users_make(void)
{
	maint = vm_create("MAINT", SIZE, MACHINE_ESA);
	alice = vm_create("ALICE", SIZE, MACHINE_ESA);
	bob = vm_create("BOB", SIZE, MACHINE_ESA);
	said[0] = '\0';
}

static void users_end(void)
{
	vm_destroy(maint);
	vm_destroy(alice);
	vm_destroy(bob);
	nss_reap();
}

/* ---- start ---------------------------------------------------------------------------------------------------------------- */

static void start(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(spool_init(), 0);
	CU_ASSERT_EQUAL(saved_init(), 0);
}

static void test_start(void)
{
	hosted_volume_format(hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120), "VM40SP");
	add_everybody();
	UNIT_IN_TASK(start, NULL);
}

/* ---- IPL, stores, purge ----------------------------------------------------------------------------------------------------- */

static void shared(void *argument)
{
	uint64_t frames;

	(void)argument;
	users_make();
	CU_ASSERT_FALSE(ipl(alice)); /* there is none */
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice) && is_system(alice, 'A'));
	frames = frames_free();
	CU_ASSERT_TRUE(ipl(bob) && is_system(bob, 'A')); /* the second takes its CPU another way */
	CU_ASSERT_TRUE(frames - frames_free() < PAGES);
	CU_ASSERT_EQUAL(users_of_first(), 2);
	CU_ASSERT_TRUE(shares(alice, UNTOUCHED) && shares(bob, PRIVATE));
	/* what one stores only he sees */
	byte_set(alice, PRIVATE, 'x');
	arch_page_key_set(storage_page(alice, PRIVATE), 0x50);
	CU_ASSERT_FALSE(shares(alice, PRIVATE));
	CU_ASSERT_TRUE(shares(alice, UNTOUCHED) && shares(bob, PRIVATE));
	CU_ASSERT_TRUE(byte_at(alice, PRIVATE) == 'x' && is_system(bob, 'A'));
	CU_ASSERT_EQUAL(storage_page(bob, PRIVATE)->key & KEY_PROTECTS, 0);
	CU_ASSERT_TRUE(ipl(alice) && is_system(alice, 'A'));
	/* a machine of another mode, and one that is too small */
	bob->mode = MACHINE_Z;
	CU_ASSERT_TRUE(ipl(bob) && is_system(bob, 'A'));
	bob->mode = MACHINE_ESA;
	bob->wanted_storage = 1 << 20;
	CU_ASSERT_FALSE(ipl(bob));
	CU_ASSERT_EQUAL(users_of_first(), 1);
	purge();
	users_end();
	CU_ASSERT_EQUAL(users_of_first(), 99);
}

static void test_shared(void)
{
	size_t heap;
	uint64_t frames;

	UNIT_IN_TASK(shared, NULL);
	heap = hosted_heap_used();
	frames = frames_free();
	UNIT_IN_TASK(shared, NULL);
	CU_ASSERT_EQUAL(hosted_heap_used(), heap);
	CU_ASSERT_EQUAL(frames_free(), frames);
}

/* Who has it keeps it; who comes later gets the new one, or none. */
static void in_use(void *argument)
{
	struct nss_loaded l;

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice));
	CU_ASSERT_EQUAL(system_save('K'), 0);
	CU_ASSERT_TRUE(ipl(bob));
	CU_ASSERT_TRUE(is_system(alice, 'A') && is_system(bob, 'K'));
	CU_ASSERT_TRUE(nss_loaded(1, &l) && l.users == 1 && l.pages == PAGES);
	purge();
	CU_ASSERT_TRUE(is_system(alice, 'A') && is_system(bob, 'K') && nss_loaded(1, &l));
	CU_ASSERT_FALSE(ipl(bob));
	CU_ASSERT_TRUE(is_system(alice, 'A') && !nss_loaded(1, &l) && users_of_first() == 1);
	users_end();
	CU_ASSERT_EQUAL(users_of_first(), 99);
}

static void test_in_use(void)
{
	UNIT_IN_TASK(in_use, NULL);
}

/* Of every allocation in turn: no half of a system stays. */
static void no_storage(void *argument)
{
	bool loaded = false;

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	for (int64_t n = 0; n < 1000 && !loaded; n++) {
		hosted_heap_fail_after(n);
		loaded = ipl(alice);
		hosted_heap_fail_after(-1);
		CU_ASSERT_TRUE_FATAL(loaded ? is_system(alice, 'A') : !alice->storage.base);
	}
	CU_ASSERT_TRUE(loaded);
	CU_ASSERT_TRUE(ipl(bob) && is_system(bob, 'A'));
	purge();
	users_end();
	CU_ASSERT_EQUAL(users_of_first(), 99);
}

static void test_no_storage(void)
{
	UNIT_IN_TASK(no_storage, NULL);
}

/* ---- images of machines that share ------------------------------------------------------------------------------------------ */

/* One page of each kind: its own, zeros in place of the system's, another key, and the system's. */
static void alice_changes(void)
{
	uint8_t page[PAGE_SIZE];
	uint64_t seed = 3;

	for (unsigned i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)hosted_random(&seed);
	guest_write(alice, PRIVATE, page, sizeof(page));
	guest_write(alice, 0x100000, page, sizeof(page)); /* in a segment that the system has in part */
	storage_release(alice, RELEASED);
	page_own(alice, storage_page(alice, KEYED), KEYED);
	arch_page_key_set(storage_page(alice, KEYED), 0x70);
	storage_page(alice, FAR)->key |= 0x04; /* it was looked at */
}

/* The keys, too: reading makes pages referenced, so they can be compared once. */
static bool equal(struct vm *a, struct vm *b, bool keys)
{
	CU_ASSERT_EQUAL_FATAL(a->storage.size, b->storage.size);
	for (gabs_t at = 0; keys && at < SIZE; at += PAGE_SIZE)
		if (storage_page(a, at)->key != storage_page(b, at)->key)
			return false;
	guest_read(a, 0, before, SIZE);
	guest_read(b, 0, after, SIZE);
	return memcmp(before, after, SIZE) == 0;
}

/* How many pages have data, and whether the image names a system. */
static unsigned pages_in(struct bytes *b, bool *system)
{
	static uint8_t page[PAGE_SIZE], packed[PAGE_SIZE];
	struct image_reader r = {.get = bytes_get, .context = b};
	struct image_pages p;
	unsigned pages = 0;
	int status;

	*system = false;
	b->read = 0;
	for (status = image_open(&r); status == IMAGE_MORE && (status = image_next(&r)) == IMAGE_MORE;) {
		*system |= r.type == IMAGE_SYSTEM;
		if (r.type == IMAGE_PAGES) {
			CU_ASSERT_EQUAL(image_get_pages(&r, &p), IMAGE_MORE);
			CU_ASSERT_EQUAL(image_get_page(&r, &p, page, packed), IMAGE_MORE);
			pages += p.encoding == IMAGE_PAGE_PLAIN || p.encoding == IMAGE_PAGE_LZ4;
		}
	}
	CU_ASSERT_EQUAL(status, IMAGE_DONE);
	return pages;
}

static void refused(const char *why)
{
	CU_ASSERT_PTR_NULL(world_restore(&image, NULL, false));
	if (!strstr(said, why)) {
		printf("\nwanted %s\nsaid %s", why, said);
		CU_FAIL("another message");
	}
}

static void private_pages(void *argument)
{
	struct vm *again;
	bool system;

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice) && ipl(bob));
	alice_changes();
	CU_ASSERT_EQUAL(world_save(alice, &image), 0);
	CU_ASSERT_EQUAL(users_of_first(), 2); /* an image under way is no user for long */
	CU_ASSERT_EQUAL(pages_in(&image, &system), 3);
	CU_ASSERT_TRUE(system);
	again = world_restore(&image, alice, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	CU_ASSERT_TRUE(equal(alice, again, true));
	CU_ASSERT_TRUE(shares(again, UNTOUCHED) && shares(again, FAR) && !shares(again, PRIVATE) &&
		       !shares(again, KEYED));
	CU_ASSERT_EQUAL(storage_page(again, RELEASED)->frame_number, 0);
	CU_ASSERT_EQUAL(users_of_first(), 3);
	CU_ASSERT_TRUE(is_system(bob, 'A'));
	vm_destroy(again);
	/* purged: while it is in storage it can be had; then it is gone, or another has its name */
	purge();
	again = world_restore(&image, alice, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	CU_ASSERT_TRUE(equal(alice, again, false));
	vm_destroy(again);
	/* nobody would find it again: all pages are in an image that is made now */
	CU_ASSERT_EQUAL(world_save(bob, &image), 0);
	CU_ASSERT_EQUAL(pages_in(&image, &system), PAGES);
	CU_ASSERT_FALSE(system);
	users_end();
}

static void test_private_pages(void)
{
	size_t heap;

	UNIT_IN_TASK(private_pages, NULL);
	heap = hosted_heap_used();
	UNIT_IN_TASK(private_pages, NULL);
	CU_ASSERT_EQUAL(hosted_heap_used(), heap);
}

static void gone(void *argument)
{
	struct vm *again;

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice));
	alice_changes();
	CU_ASSERT_EQUAL(world_save(alice, &image), 0);
	vm_destroy(alice);
	nss_reap();
	again = world_restore(&image, NULL, false); /* from the volume */
	CU_ASSERT_PTR_NOT_NULL_FATAL(again);
	CU_ASSERT_TRUE(shares(again, UNTOUCHED) && byte_at(again, UNTOUCHED) == 'A' + 3);
	vm_destroy(again);
	purge();
	refused("HCPRST1109E TEST not restored--saved system SYS: there is no such system");
	CU_ASSERT_EQUAL(system_save('K'), 0);
	refused("HCPRST1109E TEST not restored--saved system SYS: it is another one now");
	purge();
	CU_ASSERT_EQUAL(users_of_first(), 99);
	alice = vm_create("ALICE", SIZE, MACHINE_ESA);
	users_end();
}

static void test_gone(void)
{
	UNIT_IN_TASK(gone, NULL);
}

/* SAVESYS in a machine that runs from a system: the new one stands alone. */
static void system_of_system(void *argument)
{
	struct save_order o = {.kind = SAVED_SYSTEM, .userid = "ALICE", .name = SYSTEM};

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice));
	byte_set(alice, PRIVATE, 'x');
	CU_ASSERT_EQUAL(save_now(&o, &said_reply), 0);
	CU_ASSERT_TRUE(ipl(bob));
	CU_ASSERT_TRUE(byte_at(bob, PRIVATE) == 'x' && byte_at(bob, UNTOUCHED) == 'A' + 3);
	purge();
	users_end();
}

static void test_system_of_system(void)
{
	UNIT_IN_TASK(system_of_system, NULL);
}

/* ---- hostile ---------------------------------------------------------------------------------------------------------------- */

/* An image of a machine of one CPU, into which `more` puts what it will. */
static void forged(void (*more)(struct image_writer *w), const char *why)
{
	struct image_writer w = {.put = bytes_put, .context = &image};
	struct saved_vm head = {.storage = SIZE, .mode = MACHINE_ESA, .cpus = 1};

	image.length = 0;
	image_begin(&w, arch_traits.name, "ALICE", 0);
	fields_save(&w, IMAGE_MACHINE, 0, (struct fields[]){{saved_vm_state, &head}, {0}});
	fields_save(&w, IMAGE_CPU, 0, (struct fields[]){{vcpu_state, maint->cpu[0]}, {0}});
	more(&w);
	image_finish(&w);
	refused(why);
}

static void page_of_nothing(struct image_writer *w)
{
	image_put_run(w, 3, 1, 0, IMAGE_PAGE_SYSTEM);
}

static void system_put(struct image_writer *w)
{
	const struct saved_image *i = saved_find(SAVED_SYSTEM, NULL, SYSTEM);
	struct image_system s = {.crc = be32_make(i->crc), .bytes = be64_make(i->bytes)};

	image_name_put(s.name, SYSTEM);
	image_record(w, IMAGE_SYSTEM, 0, sizeof(s));
	image_put(w, &s, sizeof(s));
}

static void behind_pages(struct image_writer *w)
{
	image_put_run(w, 3, 1, 0x10, IMAGE_PAGE_ZERO);
	system_put(w);
}

static void twice(struct image_writer *w)
{
	system_put(w);
	system_put(w);
}

static void short_record(struct image_writer *w)
{
	image_record(w, IMAGE_SYSTEM, 0, 8);
	image_put(w, SYSTEM "     ", 8);
}

static void hostile(void *argument)
{
	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	forged(page_of_nothing, "PAGES 0000 is of no saved system");
	forged(behind_pages, "SYSTEM 0000 comes behind pages");
	forged(twice, "it holds what cannot be");
	forged(short_record, "SYSTEM 0000 has another size");
	purge();
	users_end();
	CU_ASSERT_EQUAL(users_of_first(), 99);
}

static void test_hostile(void)
{
	UNIT_IN_TASK(hostile, NULL);
}

/* Bytes of a good image changed at random, under a good checksum: whatever comes of it, nothing is lost and no system has a user more. */
static void random_bytes(void *argument)
{
	uint64_t seed = 11;
	struct bytes good;
	struct vm *again;
	size_t heap;

	(void)argument;
	users_make();
	CU_ASSERT_EQUAL(system_save('A'), 0);
	CU_ASSERT_TRUE(ipl(alice));
	alice_changes();
	CU_ASSERT_EQUAL(world_save(alice, &image), 0);
	good = image;
	image.at = malloc(image.room);
	heap = hosted_heap_used();
	for (unsigned n = 0; n < (hosted_long() ? 20000u : 1000u); n++) {
		memcpy(image.at, good.at, good.length);
		for (unsigned k = 0; k <= n % 3; k++)
			image.at[sizeof(struct image_header) +
				 hosted_random(&seed) % (image.length - sizeof(struct image_header) - 4)] =
				(uint8_t)hosted_random(&seed);
		memcpy(image.at + image.length - 4, be32_make(crc32_update(0, image.at, image.length - 4)).b,
		       4);
		again = world_restore(&image, alice, n % 2);
		if (again)
			vm_destroy(again);
		CU_ASSERT_EQUAL_FATAL(users_of_first(), 1);
		CU_ASSERT_EQUAL_FATAL(hosted_heap_used(), heap);
	}
	free(image.at);
	image = good;
	purge();
	users_end();
	CU_ASSERT_EQUAL(users_of_first(), 99);
}

static void test_random_bytes(void)
{
	UNIT_IN_TASK(random_bytes, NULL);
}

static const struct unit_test tests[] = {
	{"start", test_start},
	{"saved system: IPLed by two, each sees its own stores", test_shared},
	{"saved system: replaced and purged while in use", test_in_use},
	{"saved system: no storage at any moment", test_no_storage},
	{"image: of a machine that shares, its private pages", test_private_pages},
	{"image: its system is gone, or another", test_gone},
	{"saved system: of a machine that runs from one", test_system_of_system},
	{"image: pages of a system that cannot be", test_hostile},
	{"image: with a system, and random bytes", test_random_bytes},
};

UNIT_MAIN("nss", tests)
