/*
 * test_disks.c - SAVE WITH DISKS and RESTORE on a volume: of one moment, refused before a byte is changed, and ended whenever the power goes.
 */
#include "unit.h"
#include <hosted_volume.h>
#include <cp/heap.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

#define SECTORS 200u /* of ALICE's disk: three pieces and a block */
#define BYTES   ((size_t)SECTORS * SECTOR_SIZE)
#define START   (TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + 8)
#define ALL     ((size_t)TEST_BLOCKS * VOLUME_BLOCK)
#define MARK    0x300000

/* BOB's disk lies where ALICE's does. */
static struct hosted_user users[] = {
	{.userid = "ALICE", .password = "A", .devices = true, .disk = START, .sectors = SECTORS},
	{.userid = "BOB", .password = "B", .devices = true, .disk = START, .sectors = SECTORS},
	{.userid = "CAROL", .password = "C", .classes = "ABG"},
};

static struct hosted_disk *disk;
static uint8_t saved_bytes[BYTES], old_bytes[BYTES]; /* what SAVE found, and what came after it */
static uint8_t *volume;                              /* with both */
static uint64_t seed = 40;

/* ---- what is said -------------------------------------------------------------------------------------------------------- */

static char said[4096];

static void said_put(struct reply *r, const char *line, size_t length)
{
	size_t used = strlen(said);

	(void)r;
	snprintf(said + used, sizeof(said) - used, "%.*s\n", (int)length, line);
}

static struct reply said_reply = {.put = said_put};

static bool says(const char *text)
{
	bool found = strstr(said, text) != NULL;

	if (!found)
		printf("\nwanted %s\nsaid %s\n", text, said);
	said[0] = '\0';
	return found;
}

/* ---- a world -------------------------------------------------------------------------------------------------------------- */

static void bring_up(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(directory_init(), 0);
	CU_ASSERT_EQUAL(spool_init(), 0);
	CU_ASSERT_EQUAL(saved_init(), 0);
}

static uint8_t *on_disk(void)
{
	return disk->data + (size_t)START * SECTOR_SIZE;
}

static bool holds(const uint8_t *bytes)
{
	return memcmp(on_disk(), bytes, BYTES) == 0;
}

/* Random bytes, but for zeros in the middle. */
static void bytes_make(uint8_t *bytes)
{
	for (size_t n = 0; n < BYTES; n++)
		bytes[n] = (uint8_t)hosted_random(&seed);
	memset(bytes + 30 * SECTOR_SIZE, 0, 100 * SECTOR_SIZE);
}

static int logon(const char *userid)
{
	said[0] = '\0';
	return session_autolog(userid, &said_reply);
}

static int order(const char *userid, const char *name, bool restore)
{
	struct save_order o = {.restore = restore, .disks = !restore, .kind = SAVED_MACHINE};

	said[0] = '\0';
	string_copy(o.userid, sizeof(o.userid), userid);
	string_copy(o.name, sizeof(o.name), name);
	return save_now(&o, &said_reply);
}

static void mark_set(char mark)
{
	CU_ASSERT_EQUAL(guest_write(vm_find("ALICE"), MARK, &mark, 1), 0);
}

static char mark_get(void)
{
	char mark = 0;

	return vm_find("ALICE") && guest_read(vm_find("ALICE"), MARK, &mark, 1) == 0 ? mark : 0;
}

static void everybody_goes(void)
{
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		vm_request(vm, REQUEST_LOGOFF);
	hosted_settle(60 * TOD_SECOND);
	CU_ASSERT_EQUAL_FATAL(vm_count(), 0);
}

static void save_and_change(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
	mark_set('S');
	CU_ASSERT_EQUAL(order("ALICE", "BASE", false), 0);
	CU_ASSERT_TRUE(says("BASE SAVED WITH DISKS, "));
	CU_ASSERT_EQUAL(order("ALICE", "OTHER", false), 0);
	memcpy(on_disk(), old_bytes, BYTES);
}

/* A volume with ALICE's machine and her disk, which have changed since; nobody is logged on. */
static void start(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, users, ARRAY_SIZE(users));
	bytes_make(saved_bytes);
	bytes_make(old_bytes);
	memcpy(old_bytes + 70 * SECTOR_SIZE, saved_bytes + 70 * SECTOR_SIZE, 60 * SECTOR_SIZE);
	memcpy(on_disk(), saved_bytes, BYTES);
	UNIT_IN_TASK(bring_up, NULL);
	UNIT_IN_TASK(save_and_change, NULL);
	everybody_goes();
	volume = malloc(ALL);
	memcpy(volume, disk->data, ALL);
}

static void end(void)
{
	everybody_goes();
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
	free(volume);
}

/* IPL from the volume as it was then. */
static void again(void)
{
	everybody_goes();
	hosted_volumes_forget();
	memcpy(disk->data, volume, ALL);
	UNIT_IN_TASK(bring_up, NULL);
}

/* ---- the way there and back ---------------------------------------------------------------------------------------------------- */

static void restored(void)
{
	CU_ASSERT_TRUE(holds(saved_bytes));
	CU_ASSERT_EQUAL(mark_get(), 'S');
	CU_ASSERT_PTR_NULL(saved_restoring("ALICE"));
}

static void there_and_back(void *argument)
{
	const struct saved_image *i = saved_find(SAVED_MACHINE, "ALICE", "BASE");

	(void)argument;
	CU_ASSERT_EQUAL(i->flags, SAVED_DISKS);
	/* As a machine of its own, and again over itself. */
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
	CU_ASSERT_TRUE(says("BASE RESTORED WITH DISKS, SAVED AT "));
	restored();
	mark_set('X');
	memcpy(on_disk(), old_bytes, BYTES);
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
	restored();
	/* What is as it should be is not written. */
	disk->writes = 0;
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
	restored();
	CU_ASSERT_TRUE(disk->writes < 20);
	CU_ASSERT_EQUAL(logon("CAROL"), 0);
	CU_ASSERT_EQUAL(order("CAROL", "NONE", false), 0);
	CU_ASSERT_TRUE(says("NONE SAVED, ")); /* she has no disk, and is not told that it is saved */
	CU_ASSERT_EQUAL(saved_find(SAVED_MACHINE, "CAROL", "NONE")->flags, 0);
	disk->write_error = START + 5;
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
	disk->write_error = -1;
}

static void test_there_and_back(void)
{
	start();
	UNIT_IN_TASK(there_and_back, NULL);
	end();
}

/* ---- the machine runs on ---------------------------------------------------------------------------------------------------------- */

static bool stop_guest, saving;
static unsigned guest_writes;
static uint8_t model[BYTES], at_save[BYTES];

/* What a virtual CPU would do: nothing while the machine is held. */
static void guest_task(void *argument)
{
	struct vm *vm = vm_find("ALICE");
	struct device *d = device_find(vm, 0x191);

	(void)argument;
	while (!stop_guest) {
		uint32_t sector = hosted_random(&seed) % SECTORS, n = hosted_random(&seed) % 8 + 1;

		if (vm->held) {
			task_yield();
			continue;
		}
		n = n < SECTORS - sector ? n : SECTORS - sector;
		device_hold(d);
		memset(model + sector * SECTOR_SIZE, (int)hosted_random(&seed), n * SECTOR_SIZE);
		CU_ASSERT_EQUAL(minidisk_write(minidisk_of(d), sector, n, model + sector * SECTOR_SIZE), 0);
		device_release(d);
		guest_writes += saving;
		task_yield();
	}
	stop_guest = false;
	task_exit();
}

static void save_while_writing(void *argument)
{
	(void)argument;
	stop_guest = saving = false;
	guest_writes = 0;
	memcpy(model, on_disk(), BYTES);
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
	CU_ASSERT_PTR_NOT_NULL(task_create("guest", guest_task, NULL));
	for (unsigned n = hosted_random(&seed) % 500; n; n--)
		task_yield();
	/* What is under way is waited for, and no other begins before the machine has stood. */
	memcpy(at_save, model, BYTES);
	saving = true;
	CU_ASSERT_EQUAL(order("ALICE", "RACE", false), 0);
	stop_guest = true;
	while (stop_guest)
		task_yield();
	CU_ASSERT_TRUE(guest_writes > 0);
	CU_ASSERT_TRUE(holds(model) && !holds(at_save));
	CU_ASSERT_EQUAL(order("ALICE", "RACE", true), 0);
	CU_ASSERT_TRUE(holds(at_save));
}

static void test_one_moment(void)
{
	start();
	disk->sleepy = true;
	disk->drowsy = 5;
	for (unsigned n = 0; n < (hosted_long() ? 300 : 15); n++) {
		again();
		UNIT_IN_TASK(save_while_writing, NULL);
	}
	end();
}

/* ---- refused ------------------------------------------------------------------------------------------------------------------------ */

static bool refused(bool restore, const char *message)
{
	uint8_t *now = malloc(ALL);
	bool same;

	memcpy(now, disk->data, ALL);
	CU_ASSERT_NOT_EQUAL(order("ALICE", "BASE", restore), 0);
	same = memcmp(now, disk->data, ALL) == 0;
	free(now);
	return says(message) && same;
}

static void linked(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
	CU_ASSERT_EQUAL(logon("BOB"), 0); /* read only */
	CU_ASSERT_TRUE(refused(true, "HCPRST1103E BASE not restored--minidisk ALICE 0191 is linked by BOB"));
	CU_ASSERT_EQUAL(order("ALICE", "BASE", false), 0);
	said[0] = '\0';
	CU_ASSERT_EQUAL(link_find_and_make(vm_find("BOB"), "ALICE", 0x191, 0x291, LINK_MW, &said_reply), 0);
	CU_ASSERT_TRUE(refused(false, "HCPSAV1102E BASE not saved--minidisk ALICE 0191 is R/W by BOB"));
	CU_ASSERT_TRUE(refused(true, "HCPRST1089E BASE not restored--minidisk ALICE 0191 was read/write"));
	CU_ASSERT_PTR_NOT_NULL(vm_find("ALICE"));
	CU_ASSERT_EQUAL(vm_find("ALICE")->held, 0);
}

static void another_size(void *argument)
{
	(void)argument;
	CU_ASSERT_TRUE(refused(true, "HCPRST1088E BASE not restored--minidisk ALICE 0191 has another size"));
}

static void no_disk(void *argument)
{
	(void)argument;
	CU_ASSERT_TRUE(refused(true, "HCPRST1087E BASE not restored--minidisk ALICE 0191 cannot be linked"));
}

/* The area is full: the image before stays. */
static void area_full(void *argument)
{
	uint64_t serial = saved_find(SAVED_MACHINE, "ALICE", "BASE")->serial, free_bytes, all;
	struct saved_writer *w;

	(void)argument;
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
	saved_space(&free_bytes, &all);
	CU_ASSERT_EQUAL(saved_create(&w, SAVED_MACHINE, "BOB", "FILLS", 0), 0);
	for (uint64_t n = 20000; n < free_bytes; n += 4096)
		CU_ASSERT_EQUAL(saved_append(w, old_bytes, 4096), 0);
	memcpy(on_disk() + 30 * SECTOR_SIZE, old_bytes, 100 * SECTOR_SIZE); /* which had packed well */
	CU_ASSERT_NOT_EQUAL(order("ALICE", "BASE", false), 0);
	CU_ASSERT_TRUE(says(
		"HCPSAV1071E BASE: no room among the saved machines of volume VM40SP; nothing was replaced"));
	saved_abandon(w);
	CU_ASSERT_EQUAL(saved_find(SAVED_MACHINE, "ALICE", "BASE")->serial, serial);
}

static void test_refused(void)
{
	start();
	UNIT_IN_TASK(linked, NULL);
	again();
	UNIT_IN_TASK(area_full, NULL);
	everybody_goes();
	users[0].sectors = SECTORS - 8;
	hosted_directory_write(disk, 0, 2, users, ARRAY_SIZE(users));
	hosted_volumes_forget();
	UNIT_IN_TASK(bring_up, NULL);
	UNIT_IN_TASK(another_size, NULL);
	users[0].sectors = SECTORS;
	users[0].devices = false;
	hosted_directory_write(disk, 0, 3, users, ARRAY_SIZE(users));
	hosted_volumes_forget();
	UNIT_IN_TASK(bring_up, NULL);
	UNIT_IN_TASK(no_disk, NULL);
	users[0].devices = true;
	end();
}

/* ---- the power goes -------------------------------------------------------------------------------------------------------------------- */

static void restore(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
}

static void alice_comes(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
}

static void warm_start(void *argument)
{
	(void)argument;
	machines_warm_start();
}

/* What the next IPL finds, and makes of it. True: it had something to do. */
static bool ipl(bool *mixed)
{
	bool flagged;

	UNIT_IN_TASK(bring_up, NULL);
	flagged = saved_restoring("ALICE") != NULL;
	*mixed = !holds(saved_bytes) && !holds(old_bytes);
	CU_ASSERT_TRUE(flagged || !*mixed);
	return flagged;
}

/* The past is a row of writes; the volume is `first` before them. */
static void cut(const struct hosted_disk *past, const uint8_t *first, size_t at, bool whole)
{
	everybody_goes();
	hosted_volumes_forget();
	memcpy(disk->data, first, ALL);
	hosted_disk_replay(past, disk->data, at, whole, &seed);
}

static unsigned begun, half;

static void settle(void)
{
	bool mixed, flagged = ipl(&mixed);

	begun += flagged;
	half += mixed;
	UNIT_IN_TASK(warm_start, NULL);
	if (flagged)
		restored();
	else
		CU_ASSERT_EQUAL(vm_count(), 0);
}

/* Its log becomes a disk's that is no real disk of CP any more. */
static struct hosted_disk *past_take(void)
{
	struct hosted_disk *past = disk;

	disk->logging = false;
	list_remove(&disk->device.all);
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	return past;
}

/* And it goes once more while the next IPL ends what was begun. */
static void twice(const struct hosted_disk *past, size_t at)
{
	uint8_t *first = malloc(ALL);
	struct hosted_disk *second;
	bool mixed;

	cut(past, volume, at, true);
	memcpy(first, disk->data, ALL);
	if (ipl(&mixed)) {
		hosted_disk_log(disk, true);
		UNIT_IN_TASK(warm_start, NULL);
		everybody_goes();
		hosted_volumes_forget();
		second = past_take();
		cut(second, first, hosted_random(&seed) % (second->logged + 1), seed & 1);
		settle();
		hosted_disk_destroy(second);
	}
	free(first);
}

static void power_cuts(bool logged_on)
{
	struct hosted_disk *past;

	start();
	begun = half = 0;
	if (logged_on)
		UNIT_IN_TASK(alice_comes, NULL);
	memcpy(volume, disk->data, ALL);
	hosted_disk_log(disk, true);
	UNIT_IN_TASK(restore, NULL);
	everybody_goes();
	hosted_volumes_forget();
	past = past_take();
	for (size_t at = 0; at <= past->logged; at++) {
		cut(past, volume, at, true);
		settle();
	}
	CU_ASSERT_TRUE(begun > 100 && half > 50);
	for (unsigned n = 0; n < (hosted_long() ? 5000 : 150); n++) {
		cut(past, volume, hosted_random(&seed) % (past->logged + 1), false);
		settle();
	}
	for (unsigned n = 0; n < (hosted_long() ? 2000 : 60); n++)
		twice(past, hosted_random(&seed) % (past->logged + 1));
	hosted_disk_destroy(past);
	end();
}

static void test_power_over_nobody(void)
{
	power_cuts(false);
}

static void test_power_over_a_machine(void)
{
	power_cuts(true);
}

/* ---- a write fails ------------------------------------------------------------------------------------------------------------------------ */

static unsigned fail_at;
static bool failed, half_way;

/* Until RESTORE has ended nobody gets at the disk, and nothing else is made of the machine. */
static void locked(void)
{
	CU_ASSERT_NOT_EQUAL(logon("ALICE"), 0);
	CU_ASSERT_TRUE(says("HCPLGA1106E LOGON of ALICE unsuccessful--the RESTORE of BASE has not ended"));
	CU_ASSERT_EQUAL(logon("CAROL"), 0);
	CU_ASSERT_NOT_EQUAL(link_find_and_make(vm_find("CAROL"), "ALICE", 0x191, 0x291, LINK_RR, &said_reply),
			    0);
	CU_ASSERT_TRUE(says("HCPLNK1107E ALICE 0191 not linked; the RESTORE of BASE has not ended"));
	CU_ASSERT_NOT_EQUAL(order("ALICE", "OTHER", true), 0);
	CU_ASSERT_TRUE(says("HCPRST1105E OTHER not restored--the RESTORE of BASE has not ended"));
}

static void restore_failing(void *argument)
{
	int rc;

	(void)argument;
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
	mark_set('O');
	disk->changes_left = fail_at;
	rc = order("ALICE", "BASE", true);
	failed = rc != 0 || disk->changes_left < 0;
	half_way = rc == message_table[MSG_IMAGE_HALF].number;
	disk->changes_left = -1;
	if (rc == 0)
		restored();
	else if (!half_way) {
		CU_ASSERT_TRUE(holds(old_bytes));
		CU_ASSERT_EQUAL(mark_get(), 'O');
	}
}

static void repeat(void *argument)
{
	(void)argument;
	CU_ASSERT_PTR_NULL(vm_find("ALICE"));
	locked();
	CU_ASSERT_EQUAL(order("ALICE", "BASE", true), 0);
	restored();
}

static void test_write_errors(void)
{
	unsigned halves = 0;

	start();
	for (unsigned way = 0; way < 6; way++) {
		disk->failure = (enum hosted_failure)(way / 2);
		for (fail_at = 0, failed = true; failed; fail_at++) {
			again();
			disk->failing_on = way & 1;
			UNIT_IN_TASK(restore_failing, NULL);
			hosted_settle(60 * TOD_SECOND);
			halves += half_way;
			if (half_way)
				UNIT_IN_TASK(repeat, NULL);
		}
		CU_ASSERT_TRUE(fail_at > 10);
	}
	CU_ASSERT_TRUE(halves > 10);
	end();
}

/* An image that cannot be restored any more is given up: the disks are what they are, and their user has them again. */
static void given_up(void *argument)
{
	(void)argument;
	fail_at = 10;
	disk->failing_on = true;
	disk->failure = HOSTED_TORN;
	restore_failing(NULL);
	CU_ASSERT_TRUE(half_way);
}

static void purged(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(saved_purge(saved_find(SAVED_MACHINE, "ALICE", "BASE")), 0);
	CU_ASSERT_EQUAL(logon("ALICE"), 0);
}

static void test_given_up(void)
{
	start();
	UNIT_IN_TASK(given_up, NULL);
	hosted_settle(60 * TOD_SECOND);
	UNIT_IN_TASK(purged, NULL);
	end();
}

static const struct unit_test tests[] = {
	{"disks: saved and restored with their machine", test_there_and_back},
	{"disks: of one moment, while the machine writes", test_one_moment},
	{"disks: refused before a byte is changed", test_refused},
	{"disks: the power goes at any write of a RESTORE", test_power_over_nobody},
	{"disks: the same over a machine that is there", test_power_over_a_machine},
	{"disks: each write of a RESTORE fails in turn", test_write_errors},
	{"disks: an image is given up", test_given_up},
};

UNIT_MAIN("disks", tests)
