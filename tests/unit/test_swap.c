/*
 * test_swap.c - another object directory while CP runs: swaps, changes of one entry, power cuts, and the DIAGNOSE calls for both.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/diagnose.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/object.h>
#include <cp/session.h>
#include <cp/session_private.h>
#include <cp/spool.h>
#include <cp/string.h>
#include "../../cp/volume/directory.h"
#include <stdio.h>
#include <stdlib.h>

#define SIZE (1u << 20)

static const struct hosted_user old_users[] = {
	{.userid = "ALICE", .password = "SECRET", .storage = SIZE, .classes = "ABCDEG", .devices = true},
	{.userid = "BOB", .storage = SIZE},
	{.userid = "CAROL", .storage = SIZE},
};
static const struct hosted_user new_users[] = {
	{.userid = "ALICE", .password = "SECRET", .storage = 2 * SIZE, .classes = "ABCDEG", .devices = true},
	{.userid = "CAROL", .storage = SIZE},
	{.userid = "DAVE", .storage = SIZE},
};

static struct hosted_disk *disk;
static struct vcpu *v;

static void begin(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, old_users, ARRAY_SIZE(old_users));
	hosted_console_clear();
	CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0 && spool_init() == 0);
}

static void end(void)
{
	struct vm *vm;

	while ((vm = vm_next(NULL)) != NULL) {
		vm_request(vm, REQUEST_LOGOFF);
		task_sleep_until(&disk, arch_clock() + TOD_MILLISECOND);
	}
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

static bool there(const char *userid)
{
	void *entry;
	size_t length;
	int rc = directory_lookup(userid, &entry, &length);

	if (rc == 0)
		directory_release(entry, length);
	return rc == 0;
}

/* What a swap reports, as "ALICE changed, BOB removed, ". */
static char reported[200];

static void report(void *context, const char *userid, bool removed)
{
	(void)context;
	strcat(strcat(strcat(reported, userid), removed ? " removed" : " changed"), ", ");
}

static int swap(const uint8_t *identity)
{
	reported[0] = '\0';
	return directory_swap(identity, report, NULL);
}

/* ---- swaps ------------------------------------------------------------------------------------------------------ */

static void swapped(__attribute__((unused)) void *unused)
{
	begin();
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(session_autolog("BOB", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(session_autolog("CAROL", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_EMPTY);
	hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_OK);
	CU_ASSERT(strstr(reported, "ALICE changed, ") && strstr(reported, "BOB removed, ") &&
		  !strstr(reported, "CAROL"));
	CU_ASSERT_EQUAL(directory_generation(), 2);
	CU_ASSERT(there("DAVE") && !there("BOB") && there("ALICE"));
	CU_ASSERT(vm_find("BOB") != NULL &&
		  vm_find("ALICE")->storage.size == SIZE); /* machines stay as they are */
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_MISSING);       /* the other slot is the older one now */
	CU_ASSERT_EQUAL(directory_generation(), 2);
	end();
}

static void identity_counts(__attribute__((unused)) void *unused)
{
	uint8_t identity[DIRECTORY_IDENTITY] = {0}, *header;

	begin();
	hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
	header = disk->data + TEST_OBJECT_B * VOLUME_BLOCK;
	identity[3] = 1;
	CU_ASSERT_EQUAL(swap(identity), OBJECT_MISSING);
	CU_ASSERT_EQUAL(directory_generation(), 1);
	memcpy(identity, ((struct object_header *)header)->identity, DIRECTORY_IDENTITY);
	CU_ASSERT_EQUAL(swap(identity), OBJECT_OK);
	end();
}

/* A damaged slot is refused and wiped, so that the next IPL starts. */
static void damaged_is_wiped(__attribute__((unused)) void *unused)
{
	for (uint32_t at = 0; at < 900; at += 23) {
		begin();
		hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
		disk->data[TEST_OBJECT_B * VOLUME_BLOCK + at] ^= 0x10;
		CU_ASSERT(swap(NULL) < 0);
		CU_ASSERT_EQUAL(directory_generation(), 1);
		CU_ASSERT(there("BOB"));
		hosted_volumes_forget();
		CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0);
		CU_ASSERT_EQUAL(directory_generation(), 1);
		end();
	}
}

static void unreadable_is_refused(__attribute__((unused)) void *unused)
{
	begin();
	hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
	disk->read_error = TEST_OBJECT_B * VOLUME_SECTORS_PER_BLOCK + 1;
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_READ_ERROR);
	disk->read_error = -1;
	CU_ASSERT(there("BOB"));
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_OK);
	end();
}

/* Look-ups that have begun with the old directory end with it. */
static unsigned looking, found;

static void look(void *name)
{
	found += there(name);
	looking--;
	task_exit();
}

static void lookups_meet_a_swap(__attribute__((unused)) void *unused)
{
	begin();
	hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
	disk->sleepy = true;
	looking = 20;
	found = 0;
	for (unsigned i = 0; i < 10; i++) {
		CU_ASSERT_PTR_NOT_NULL(task_create("look", look, "ALICE"));
		CU_ASSERT_PTR_NOT_NULL(task_create("look", look, "CAROL"));
	}
	CU_ASSERT_EQUAL(swap(NULL), OBJECT_OK);
	while (looking)
		task_yield();
	CU_ASSERT_EQUAL(found, 20);
	end();
}

/* ---- one entry ---------------------------------------------------------------------------------------------------- */

static int set_maximum(void *context, void *entry, size_t length)
{
	const struct object_record *r;
	struct object_cursor c;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_MACHINE)
			((struct object_machine *)(uintptr_t)r)->maximum = be64_make(*(uint64_t *)context);
	return 0;
}

static uint64_t maximum_of(const char *userid)
{
	const struct object_record *r;
	struct object_cursor c;
	uint64_t maximum = 0;
	void *entry;
	size_t length;

	if (directory_lookup(userid, &entry, &length) != 0)
		return 0;
	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_MACHINE)
			maximum = be64_get(((const struct object_machine *)r)->maximum);
	directory_release(entry, length);
	return maximum;
}

static void updated(__attribute__((unused)) void *unused)
{
	uint64_t maximum = 128u << 20, wrong = 4095;
	struct object_user user;

	begin();
	for (unsigned i = 1; i <= 5; i++, maximum += 1 << 20) {
		CU_ASSERT_EQUAL(directory_update("BOB", set_maximum, &maximum), 0);
		CU_ASSERT_EQUAL(directory_generation(), 1 + i);
		CU_ASSERT_EQUAL(maximum_of("BOB"), maximum);
		CU_ASSERT_EQUAL(maximum_of("CAROL"), 64u << 20);
		CU_ASSERT_EQUAL(directory_current->d.changed, 1);
	}
	CU_ASSERT_EQUAL(directory_find(directory_current, "BOB", &user), OBJECT_OK);
	CU_ASSERT_EQUAL(user.flags, OBJECT_USER_CHANGED);
	CU_ASSERT_EQUAL(directory_update("NOBODY", set_maximum, &maximum), 1);
	CU_ASSERT(directory_update("BOB", set_maximum, &wrong) < 0); /* no such maximum can be */
	CU_ASSERT_EQUAL(directory_generation(), 6);
	directory_hold_until(arch_clock() + TOD_SECOND);
	CU_ASSERT_EQUAL(directory_update("BOB", set_maximum, &maximum), DIRECTORY_BUSY);
	directory_hold_until(0);
	hosted_volumes_forget(); /* and an IPL later */
	CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0);
	CU_ASSERT_EQUAL(directory_generation(), 6);
	CU_ASSERT_EQUAL(maximum_of("BOB"), maximum - (1 << 20));
	end();
}

/* The power goes at any moment of an update: the next IPL finds the old directory or the new one, whole. */
static void power_cuts(__attribute__((unused)) void *unused)
{
	size_t size = (size_t)TEST_BLOCKS * VOLUME_BLOCK;
	unsigned cuts = hosted_long() ? 500 : 100, seen[2] = {0};
	uint64_t maximum = 128u << 20, seed = 7;
	uint8_t *before = malloc(size);

	begin();
	memcpy(before, disk->data, size);
	hosted_disk_log(disk, true);
	CU_ASSERT_EQUAL(directory_update("ALICE", set_maximum, &maximum), 0);
	disk->logging = false;
	for (unsigned i = 0; i < cuts; i++) {
		uint64_t now;

		hosted_volumes_forget();
		memcpy(disk->data, before, size);
		hosted_disk_replay(disk, disk->data, hosted_random(&seed) % (disk->logged + 1), false, &seed);
		CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0);
		now = maximum_of("ALICE");
		CU_ASSERT(now == 64u << 20 || now == maximum);
		CU_ASSERT_EQUAL(directory_generation(), now == maximum ? 2 : 1);
		CU_ASSERT(there("BOB") && there("CAROL"));
		seen[now == maximum]++;
	}
	CU_ASSERT(seen[0] > 0 && seen[1] > 0);
	free(before);
	end();
}

/* ---- DIAGNOSE ------------------------------------------------------------------------------------------------------- */

static int call(uint16_t code, unsigned x, unsigned y)
{
	struct diagnose d = {.v = v, .code = code, .x = x, .y = y, .wide = true};

	return diagnose_run(&d);
}

static void put_ebcdic(gabs_t a, const char *text, size_t size)
{
	char field[64];

	memset(field, ' ', sizeof(field));
	memcpy(field, text, strlen(text));
	ascii_to_ebcdic(field, size);
	guest_write(v->vm, a, field, size);
}

static void diagnose_swap(__attribute__((unused)) void *unused)
{
	begin();
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(session_autolog("BOB", &reply_nowhere), 0);
	v = vm_find("BOB")->cpu[0];
	v->arch.gpr[2] = 0x1000;
	CU_ASSERT_EQUAL(call(0x3c, 2, 3), DIAG_PRIVILEGED);
	v = vm_find("ALICE")->cpu[0];
	v->arch.gpr[2] = 0x1000;
	put_ebcdic(0x1000, "OTHER1", 6);
	CU_ASSERT(call(0x3c, 2, 3) == 0 && v->arch.gpr[3] == 8);
	put_ebcdic(0x1000, "vm40sp", 6);
	CU_ASSERT(call(0x3c, 2, 3) == 0 && v->arch.gpr[3] == 4);
	hosted_directory_write(disk, 1, 2, new_users, ARRAY_SIZE(new_users));
	CU_ASSERT(call(0x3c, 2, 3) == 0 && v->arch.gpr[3] == 0);
	CU_ASSERT_EQUAL(directory_generation(), 2);
	v->arch.gpr[2] = 0x7fffffff000;
	CU_ASSERT(call(0x3c, 2, 3) == DIAG_ADDRESSING);
	end();
}

static uint64_t change(const char *userid, const char *operation, const char *operand)
{
	put_ebcdic(0x2000, userid, 8);
	put_ebcdic(0x2008, operation, 8);
	put_ebcdic(0x2010, operand, 32);
	v->arch.gpr[2] = 0x2000;
	v->arch.gpr[3] = 48;
	CU_ASSERT_EQUAL(call(0x84, 2, 3), 0);
	return v->arch.gpr[3];
}

static bool password_is(const char *userid, const char *password)
{
	const struct object_record *r;
	struct object_cursor c;
	bool matches = false;
	void *entry;
	size_t length;

	if (directory_lookup(userid, &entry, &length) != 0)
		return false;
	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == OBJECT_PASSWORD)
			matches = password_matches(&((const struct object_password *)r)->secret, password);
	directory_release(entry, length);
	return matches;
}

static void diagnose_update(__attribute__((unused)) void *unused)
{
	begin();
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	v = vm_find("ALICE")->cpu[0];
	CU_ASSERT(password_is("ALICE", "SECRET"));
	CU_ASSERT_EQUAL(change("ALICE", "LOGPASS", "other"), 0);
	CU_ASSERT(password_is("ALICE", "OTHER") && !password_is("ALICE", "SECRET"));
	CU_ASSERT_EQUAL(directory_weak(), 0);
	CU_ASSERT_EQUAL(change("ALICE", "LOGPASS", "ALICE"), 0);
	CU_ASSERT_EQUAL(directory_weak(), 1);
	CU_ASSERT_EQUAL(change("BOB", "MAXSTOR", "256M"), 0);
	CU_ASSERT_EQUAL(maximum_of("BOB"), 256u << 20);
	CU_ASSERT_EQUAL(change("BOB", "STORAGE", "512M"), 12); /* beyond the maximum */
	CU_ASSERT_EQUAL(change("BOB", "STORAGE", "32"), 12);
	CU_ASSERT_EQUAL(change("BOB", "STORAGE", "32M"), 0);
	CU_ASSERT_EQUAL(change("BOB", "PRIVLEGE", "BG"), 0);
	CU_ASSERT_EQUAL(change("BOB", "PRIVLEGE", "B?"), 12);
	CU_ASSERT_EQUAL(change("BOB", "NOTHING", "1"), 8);
	CU_ASSERT_EQUAL(change("NOBODY", "LOGPASS", "1"), 4);
	CU_ASSERT_EQUAL(directory_current->d.changed, 2);
	v->arch.gpr[3] = 16;
	CU_ASSERT_EQUAL(call(0x84, 2, 3), DIAG_SPECIFICATION);
	end();
}

/* ---- lock-out ---------------------------------------------------------------------------------------------------------- */

static void lockout(__attribute__((unused)) void *unused)
{
	for (unsigned i = 1; i < LOCKOUT_FAILURES; i++)
		CU_ASSERT_FALSE(lockout_failed(LOCKOUT_LOGON, "EVE"));
	CU_ASSERT_FALSE(lockout_active(LOCKOUT_LOGON, "EVE"));
	CU_ASSERT(lockout_failed(LOCKOUT_LOGON, "EVE"));
	CU_ASSERT(lockout_active(LOCKOUT_LOGON, "EVE") && !lockout_active(LOCKOUT_LINK, "EVE"));
	for (unsigned i = 0; i < 500; i++) { /* a list full of other names does not make it forget */
		char name[9];

		snprintf(name, sizeof(name), "N%u", i);
		lockout_failed(LOCKOUT_LOGON, name);
	}
	CU_ASSERT(lockout_active(LOCKOUT_LOGON, "EVE"));
	lockout_clear(LOCKOUT_LOGON, "EVE");
	CU_ASSERT_FALSE(lockout_active(LOCKOUT_LOGON, "EVE"));
}

#define IN_TASK(function)                                                                                    \
	static void test_##function(void)                                                                    \
	{                                                                                                    \
		UNIT_IN_TASK(function, NULL);                                                                \
	}

IN_TASK(swapped)
IN_TASK(identity_counts)
IN_TASK(damaged_is_wiped)
IN_TASK(unreadable_is_refused)
IN_TASK(lookups_meet_a_swap)
IN_TASK(updated)
IN_TASK(power_cuts)
IN_TASK(diagnose_swap)
IN_TASK(diagnose_update)
IN_TASK(lockout)

static const struct unit_test tests[] = {
	{"a newer directory is used, and who it changes is told", test_swapped},
	{"the directory that was meant, or none", test_identity_counts},
	{"a damaged directory is refused and wiped", test_damaged_is_wiped},
	{"a directory that cannot be read is refused and stays", test_unreadable_is_refused},
	{"look-ups meet a swap", test_lookups_meet_a_swap},
	{"one entry is changed, and an IPL later still is", test_updated},
	{"the power goes while an entry is changed", test_power_cuts},
	{"DIAGNOSE X'3C'", test_diagnose_swap},
	{"DIAGNOSE X'84'", test_diagnose_update},
	{"a name is locked after wrong passwords", test_lockout},
};

UNIT_MAIN("swap", tests)
