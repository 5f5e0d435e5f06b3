/*
 * test_warm.c - SHUTDOWN SAVE, warm start and SET AUTOSAVE, with an area for saved machines that a large machine does not fit into.
 */
#include "users.h"
#include <hosted_volume.h>
#include <cp/minidisk.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/spool.h>

#define SECOND TOD_SECOND
#define MARK   0x300000

static struct hosted_line *lines[2];
static int outcome;

static void type_at(unsigned n, const char *text)
{
	hosted_line_clear(lines[n]);
	hosted_line_type(lines[n], text);
	hosted_settle(20 * SECOND);
}

static bool shows(unsigned n, const char *text)
{
	if (hosted_line_has(lines[n], text))
		return true;
	fprintf(stderr, "\nwanted: %s\nline %u: %s\n", text, n, lines[n]->text);
	return false;
}

static bool kept(const char *userid, const char *name)
{
	return saved_find(SAVED_AUTOSAVE, userid, name) != NULL;
}

static void start_cp(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(spool_init(), 0);
	CU_ASSERT_EQUAL(saved_init(), 0);
	machines_warm_start();
	session_init();
}

static void test_start(void)
{
	struct hosted_disk *disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);

	hosted_volume_format(disk, "VM40SP");
	add_everybody();
	for (unsigned n = 0; n < ARRAY_SIZE(lines); n++)
		lines[n] = hosted_line_create(n);
	line_opened(&lines[0]->line);
	UNIT_IN_TASK(start_cp, NULL);
	line_opened(&lines[1]->line);
	hosted_settle(SECOND);
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(0, "LOGON AT ") || shows(1, "LOGON AT "));
	type_at(0, "XAUTOLOG BOB");
	CU_ASSERT_EQUAL(vm_count(), 3);
}

static void save_everybody(void *argument)
{
	(void)argument;
	outcome = machines_save(NULL, &reply_operator);
}

static void store(void *argument)
{
	static const uint8_t mark[8] = "ALICE 1";

	(void)argument;
	CU_ASSERT_EQUAL(guest_write(vm_find("ALICE"), MARK, mark, sizeof(mark)), 0);
}

static void look(void *argument)
{
	uint8_t mark[8];

	(void)argument;
	CU_ASSERT_EQUAL(guest_read(vm_find("ALICE"), MARK, mark, sizeof(mark)), 0);
	CU_ASSERT_STRING_EQUAL((const char *)mark, "ALICE 1");
}

/* What CP's end would have ended is let go by hand. */
static void let_go(void)
{
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		vm_continue(vm);
	sessions_hold(false);
	hosted_settle(SECOND);
}

static void test_saved(void)
{
	UNIT_IN_TASK(store, NULL);
	hosted_line_type(lines[1], "SLEEP 10 HRS"); /* is over */
	hosted_settle(SECOND);
	hosted_line_clear(lines[0]);
	hosted_line_clear(lines[1]);
	UNIT_IN_TASK(save_everybody, NULL);
	CU_ASSERT_EQUAL(outcome, 0);
	CU_ASSERT_TRUE(shows(0, "ALICE SHUTDOWN SAVED, ") && shows(0, "OPERATOR SHUTDOWN SAVED, "));
	CU_ASSERT_TRUE(shows(1, "YOUR MACHINE IS SAVED"));
	CU_ASSERT_TRUE(kept("ALICE", SHUTDOWN_NAME) && kept("OPERATOR", SHUTDOWN_NAME));
	CU_ASSERT_TRUE(vm_find("ALICE")->held == 1 && vm_find("OPERATOR")->held == 1);
	/* nobody's command begins any more, nor a second end */
	type_at(1, "QUERY TIME");
	CU_ASSERT_FALSE(hosted_line_has(lines[1], "TIME IS"));
	UNIT_IN_TASK(save_everybody, NULL);
	CU_ASSERT_TRUE(outcome != 0 && shows(0, "HCPSHU1094E CP is not shut down--it is about to be"));
}

static void warm_start(void *argument)
{
	(void)argument;
	machines_warm_start();
}

static void test_back(void)
{
	let_go();
	type_at(0, "FORCE ALICE#FORCE BOB");
	CU_ASSERT_EQUAL(vm_count(), 1);
	hosted_line_clear(lines[0]);
	strcpy(users[2].userid, "ROB"); /* BOB has left the directory */
	UNIT_IN_TASK(warm_start, NULL);
	CU_ASSERT_TRUE(shows(0, "ALICE SHUTDOWN RESTORED, SAVED AT "));
	CU_ASSERT_PTR_NOT_NULL_FATAL(vm_find("ALICE"));
	CU_ASSERT_PTR_NULL(vm_find("ALICE")->session->line);
	CU_ASSERT_EQUAL(vm_find("ALICE")->held, 0);
	CU_ASSERT_FALSE(kept("ALICE", SHUTDOWN_NAME));
	UNIT_IN_TASK(look, NULL);
	CU_ASSERT_PTR_NULL(vm_find("BOB"));
	CU_ASSERT_TRUE(shows(0, "HCPRST1092E SHUTDOWN not restored--BOB not in CP directory"));
	CU_ASSERT_TRUE(shows(0, "HCPWRM1095W The machine of BOB stays saved as SHUTDOWN"));
	CU_ASSERT_TRUE(kept("BOB", SHUTDOWN_NAME));
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "RECONNECTED AT "));
}

/* By hand it comes back, too, and is gone then as well. */
static void test_by_hand(void)
{
	strcpy(users[2].userid, "BOB");
	type_at(0, "RESTORE SHUTDOWN BOB");
	CU_ASSERT_TRUE(shows(0, "BOB SHUTDOWN RESTORED, SAVED AT "));
	CU_ASSERT_PTR_NOT_NULL(vm_find("BOB"));
	CU_ASSERT_FALSE(kept("BOB", SHUTDOWN_NAME));
}

static void fill(void *argument)
{
	uint8_t page[PAGE_SIZE];
	uint64_t seed = 5;

	(void)argument;
	for (gabs_t a = 0x400000; a < 0x600000; a += PAGE_SIZE) {
		for (unsigned i = 0; i < PAGE_SIZE; i++)
			page[i] = (uint8_t)hosted_random(&seed);
		guest_write(vm_find("ALICE"), a, page, sizeof(page));
	}
}

/* An image of an earlier SHUTDOWN that could not be brought back, which a refused one must not cost. */
static uint64_t older(const char *userid)
{
	type_at(0, "FORCE BOB");
	type_at(0, "XAUTOLOG BOB");
	UNIT_IN_TASK(save_everybody, NULL);
	CU_ASSERT_EQUAL(outcome, 0);
	let_go();
	for (unsigned n = 0; n < user_count; n++)
		if (strcmp(users[n].userid, userid) != 0 && kept(users[n].userid, SHUTDOWN_NAME)) {
			char command[40];

			snprintf(command, sizeof(command), "PURGE SAVED SHUTDOWN %s", users[n].userid);
			type_at(0, command);
		}
	return saved_find(SAVED_AUTOSAVE, userid, SHUTDOWN_NAME)->serial;
}

static void test_refused_keeps(void)
{
	uint64_t serial = older("OPERATOR");
	uint64_t before, after, all;

	UNIT_IN_TASK(fill, NULL);
	saved_space(&before, &all);
	type_at(0, "SHUTDOWN SAVE");
	CU_ASSERT_TRUE(shows(0, "HCPSHU1094E CP is not shut down--there is no saving the machine of ALICE"));
	CU_ASSERT_TRUE_FATAL(kept("OPERATOR", SHUTDOWN_NAME));
	CU_ASSERT_EQUAL(saved_find(SAVED_AUTOSAVE, "OPERATOR", SHUTDOWN_NAME)->serial, serial);
	CU_ASSERT_FALSE(kept("ALICE", SHUTDOWN_NAME));
	saved_space(&after, &all);
	CU_ASSERT_EQUAL(after, before);
	type_at(0, "PURGE SAVED SHUTDOWN OPERATOR");
	CU_ASSERT_FALSE(kept("OPERATOR", SHUTDOWN_NAME));
	type_at(1, "SYSTEM CLEAR");
	UNIT_IN_TASK(store, NULL);
}

static void test_refused(void)
{
	UNIT_IN_TASK(fill, NULL);
	type_at(0, "SHUTDOWN SAVE");
	CU_ASSERT_TRUE(shows(0, "OPERATOR SHUTDOWN SAVED, ") && shows(0, "HCPSAV1071E SHUTDOWN: no room"));
	CU_ASSERT_TRUE(shows(0, "HCPSHU1094E CP is not shut down--there is no saving the machine of ALICE"));
	CU_ASSERT_FALSE(kept("ALICE", SHUTDOWN_NAME) || kept("OPERATOR", SHUTDOWN_NAME));
	CU_ASSERT_TRUE(vm_find("ALICE")->held == 0 && vm_find("OPERATOR")->held == 0);
	CU_ASSERT_TRUE(vm_find("BOB")->held == 0 && !kept("BOB", SHUTDOWN_NAME));
	type_at(1, "QUERY TIME");
	CU_ASSERT_TRUE(shows(1, "TIME IS"));
	type_at(1, "SYSTEM CLEAR");
	UNIT_IN_TASK(store, NULL);
}

static void test_autosave(void)
{
	type_at(1, "SET AUTOSAVE ALICE 1 MIN");
	CU_ASSERT_TRUE(shows(1, "needs privilege class A or E"));
	type_at(1, "QUERY AUTOSAVE BOB");
	CU_ASSERT_TRUE(shows(1, "HCPSAV1078E BOB is another's"));
	for (unsigned i = 0; i < 4; i++) {
		static const char *const bad[] = {"SET AUTOSAVE ALICE 0", "SET AUTOSAVE ALICE 25 HRS",
						  "SET AUTOSAVE ALICE OFF 3", "SET AUTOSAVE ALICE 3 DAYS"};

		type_at(0, bad[i]);
		CU_ASSERT_TRUE(shows(0, "HCPCMD") && !vm_find("ALICE")->autosave);
	}
	type_at(0, "SET AUTOSAVE ALICE 90 SEC");
	CU_ASSERT_TRUE(shows(0, "AUTOSAVE ALICE    EVERY 90 SEC"));
	CU_ASSERT_FALSE(kept("ALICE", AUTOSAVE_NAME));
	hosted_settle(100 * SECOND);
	CU_ASSERT_TRUE_FATAL(kept("ALICE", AUTOSAVE_NAME));
	uint64_t serial = saved_find(SAVED_AUTOSAVE, "ALICE", AUTOSAVE_NAME)->serial;
	hosted_settle(100 * SECOND);
	CU_ASSERT_TRUE(saved_find(SAVED_AUTOSAVE, "ALICE", AUTOSAVE_NAME)->serial > serial);
	/* the machine's end ends it; the image stays, and brings the setting back */
	type_at(0, "FORCE ALICE");
	serial = saved_find(SAVED_AUTOSAVE, "ALICE", AUTOSAVE_NAME)->serial;
	hosted_settle(200 * SECOND);
	CU_ASSERT_EQUAL(saved_find(SAVED_AUTOSAVE, "ALICE", AUTOSAVE_NAME)->serial, serial);
	UNIT_IN_TASK(warm_start, NULL);
	CU_ASSERT_PTR_NULL(vm_find("ALICE")); /* it is none of SHUTDOWN's */
	type_at(1, "LOGON ALICE WONDER");
	type_at(1, "RESTORE AUTOSAVE");
	CU_ASSERT_TRUE(shows(1, "ALICE AUTOSAVE RESTORED, SAVED AT "));
	CU_ASSERT_EQUAL(vm_find("ALICE")->autosave, 90);
	UNIT_IN_TASK(look, NULL);
	CU_ASSERT_TRUE(kept("ALICE", AUTOSAVE_NAME));
	type_at(0, "SET AUTOSAVE ALICE OFF");
	type_at(1, "PURGE SAVED AUTOSAVE");
	CU_ASSERT_TRUE(shows(1, "AUTOSAVE PURGED"));
	hosted_settle(200 * SECOND);
	CU_ASSERT_FALSE(kept("ALICE", AUTOSAVE_NAME));
}

/* A temporary disk stays with its machine, or is gone; either is told. */
static void test_temporary(void)
{
	type_at(1, "DEFINE TFB-512 AS 300 BLK 1000");
	CU_ASSERT_PTR_NOT_NULL_FATAL(device_find(vm_find("ALICE"), 0x300));
	type_at(1, "SAVE LAB1");
	CU_ASSERT_TRUE(shows(1, "HCPSAV1110W LAB1: what is on temporary disks 0300 is not saved"));
	type_at(1, "RESTORE LAB1");
	CU_ASSERT_TRUE(shows(1, "LAB1 RESTORED, SAVED AT ") && !hosted_line_has(lines[1], "HCPRST"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(device_find(vm_find("ALICE"), 0x300));
	CU_ASSERT_PTR_NOT_NULL(minidisk_of(device_find(vm_find("ALICE"), 0x300))->extent.temporary);
	type_at(1, "DETACH 300");
	type_at(1, "DEFINE TFB-512 AS 300 BLK 2000"); /* another one */
	type_at(1, "RESTORE LAB1");
	CU_ASSERT_TRUE(shows(1, "HCPRST1111W LAB1: temporary disks 0300 are no more and were detached"));
	CU_ASSERT_PTR_NULL(device_find(vm_find("ALICE"), 0x300));
	type_at(1, "PURGE SAVED LAB1");
	type_at(1, "DEFINE TFB-512 AS 300 BLK 1000");
	UNIT_IN_TASK(save_everybody, NULL);
	CU_ASSERT_TRUE(outcome == 0 &&
		       shows(0, "HCPSAV1110W SHUTDOWN: what is on temporary disks 0300 is not saved"));
	let_go();
	type_at(0, "FORCE ALICE#FORCE BOB");
	hosted_line_clear(lines[0]);
	UNIT_IN_TASK(warm_start, NULL);
	CU_ASSERT_TRUE(shows(0, "HCPRST1111W SHUTDOWN: temporary disks 0300 are no more and were detached"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(vm_find("ALICE"));
	CU_ASSERT_PTR_NULL(device_find(vm_find("ALICE"), 0x300));
	CU_ASSERT_FALSE(kept("ALICE", SHUTDOWN_NAME));
}

static void end(void *argument)
{
	(void)argument;
	command_run("SHUTDOWN SAVE", vm_find("OPERATOR"), NULL, NULL, CLASS_ALL, &reply_nowhere);
}

static void test_end(void)
{
	CU_ASSERT_EQUAL(hosted_child(end, NULL), 0);
}

static const struct unit_test tests[] = {
	{"start: two machines", test_start},
	{"shutdown save: all stand and are saved, no command begins", test_saved},
	{"warm start: they are back, or the operator hears which are not", test_back},
	{"restore: of what stayed saved", test_by_hand},
	{"shutdown save: one does not fit, all go on", test_refused},
	{"shutdown save: refused, an older one's image is as it was", test_refused_keeps},
	{"autosave: every so often, until it is told to stop", test_autosave},
	{"temporary disks: kept by their machine, or gone, and told", test_temporary},
	{"shutdown save: stops with code 0", test_end},
};

UNIT_MAIN("warm", tests)
