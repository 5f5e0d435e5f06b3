/*
 * test_many_users.c - all of CP at once: a volume, its directory and spool, lines, and more than a hundred users.
 *
 * What a user costs in real storage is printed, and must not creep up.
 */
#include "unit.h"
#include "../../cp/spool/spool.h"
#include <hosted_volume.h>
#include <cp/command.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/session.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

#define USERS 120
#define IDLE_USER_MAX                                                                                        \
	48000 /* bytes of CP's storage for a user who is logged on, with his spooled console, without his own pages */

static struct hosted_user users[USERS + 2];
static char names[USERS][9];
static struct hosted_disk *disk;
static struct hosted_line *lines[3];

static void directory_make(void)
{
	users[0] = (struct hosted_user){
		.userid = "OPERATOR", .password = "OPERATOR", .classes = "ABCDEG", .devices = true};
	for (unsigned i = 0; i < USERS; i++) {
		format(names[i], sizeof(names[i]), "USER%03u", i);
		users[i + 1] =
			(struct hosted_user){.userid = names[i],
					     .password = names[i],
					     .storage = 16u << 20,
					     .devices = true,
					     .disk = TEST_MINIDISK * VOLUME_SECTORS_PER_BLOCK + i % 60 * 64};
	}
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, users, USERS + 1);
}

static void bring_up(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(volume_mount_all(), 1);
	CU_ASSERT_EQUAL(directory_init(), 0);
	CU_ASSERT_EQUAL(spool_init(), 0);
	session_init();
}

static void start(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	directory_make();
	disk->sleepy = true;
	for (unsigned n = 0; n < ARRAY_SIZE(lines); n++) {
		lines[n] = hosted_line_create(n);
		line_opened(&lines[n]->line);
	}
	UNIT_IN_TASK(bring_up, NULL);
	hosted_settle(5 * TOD_SECOND);
	CU_ASSERT(hosted_line_has(lines[0], "LOGON AT"));
	CU_ASSERT_EQUAL(vm_count(), 1);
}

/* ---- everybody comes ------------------------------------------------------------------------------------------------ */

static void autolog_all(void *argument)
{
	(void)argument;
	for (unsigned i = 0; i < USERS; i++)
		CU_ASSERT_EQUAL(session_autolog(names[i], &reply_nowhere), 0);
}

static int command(struct vm *vm, const char *text)
{
	return command_run(text, vm, vm->session, NULL, vm->classes, &reply_nowhere);
}

static void say(struct vm *vm, const char *text)
{
	uint8_t line[80];
	size_t length = strlen(text);

	memcpy(line, text, length);
	ascii_to_ebcdic(line, length);
	console_write(vm, line, length);
}

/* Everybody's console is spooled, and everybody's system has something to say. */
static void everybody_talks(void *argument)
{
	(void)argument;
	for (unsigned i = 0; i < USERS; i++) {
		struct vm *vm = vm_find(names[i]);

		CU_ASSERT_PTR_NOT_NULL(vm);
		if (!vm)
			return;
		CU_ASSERT_EQUAL(command(vm, "SPOOL CONSOLE START"), 0);
		for (unsigned n = 0; n < 10; n++)
			say(vm, "Ready; T=0.01/0.01 18:42:50");
	}
}

static void logged_on(void)
{
	size_t before = hosted_heap_used(), each;

	UNIT_IN_TASK(autolog_all, NULL);
	hosted_settle(10 * TOD_SECOND);
	CU_ASSERT_EQUAL(vm_count(), USERS + 1);
	UNIT_IN_TASK(everybody_talks, NULL);
	hosted_settle(TOD_SECOND);
	each = (hosted_heap_used() - before) / USERS;
	printf(" (%zu bytes a user) ", each);
	CU_ASSERT(each < IDLE_USER_MAX);
}

/* ---- they use what is shared ------------------------------------------------------------------------------------------ */

static unsigned finished, refused;

/* A user's day: cards to a neighbour, a listing, questions. */
static void day(void *argument)
{
	unsigned me = (unsigned)(uintptr_t)argument;
	struct vm *vm = vm_find(names[me]);
	uint8_t card[80];
	char text[60];

	format(text, sizeof(text), "SPOOL PUNCH TO %s", names[(me + 1) % USERS]);
	refused += command(vm, text) != 0;
	memset(card, 0x40, sizeof(card));
	for (unsigned n = 0; n < 3; n++) {
		struct operation o = {.command = 0x41, .data = card, .count = sizeof(card), .first = true};

		device_exec(device_find(vm, 0x00d), &o);
		refused += o.status != STATUS_ENDED;
	}
	refused += command(vm, "CLOSE PUNCH") != 0;
	refused += command(vm, "QUERY RDR ALL") != 0;
	refused += command(vm, "QUERY VIRTUAL") != 0;
	refused += command(vm, "QUERY NAMES") != 0;
	format(text, sizeof(text), "MESSAGE %s HELLO", names[(me + 7) % USERS]);
	refused += command(vm, text) != 57; /* nobody sits there */
	finished++;
}

static void days(void *argument)
{
	(void)argument;
	finished = refused = 0;
	for (uintptr_t i = 0; i < USERS; i++)
		CU_ASSERT_PTR_NOT_NULL(task_create("day", day, (void *)i));
	while (finished < USERS)
		task_sleep_until(&finished, arch_clock() + TOD_MILLISECOND);
}

static void all_at_once(void)
{
	UNIT_IN_TASK(days, NULL);
	CU_ASSERT_EQUAL(finished, USERS);
	CU_ASSERT_EQUAL(refused, 0);
	for (unsigned i = 0; i < USERS; i++)
		CU_ASSERT_PTR_NOT_NULL(spool_next(names[i], SPOOL_READER, '*', false, NULL));
}

/* The operator and a student at terminals still get answers. */
static void terminals_answer(void)
{
	hosted_line_clear(lines[0]);
	hosted_line_type(lines[0], "QUERY USERS");
	hosted_settle(5 * TOD_SECOND);
	CU_ASSERT(hosted_line_has(lines[0], "121 USERS"));
	hosted_line_type(lines[1], "LOGON USER007");
	hosted_settle(5 * TOD_SECOND);
	hosted_line_type(lines[1], "USER007");
	hosted_settle(5 * TOD_SECOND);
	CU_ASSERT(hosted_line_has(lines[1], "RECONNECTED AT"));
	line_closed(&lines[1]->line);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_PTR_NOT_NULL(vm_find("USER007"));
}

/* ---- and everybody goes ----------------------------------------------------------------------------------------------- */

static void purge_everything(void *argument)
{
	struct spool_file *f;

	(void)argument;
	for (int queue = SPOOL_READER; queue <= SPOOL_PRINTER; queue++) {
		while ((f = spool_next(NULL, (enum spool_queue)queue, '*', true, NULL)) != NULL)
			CU_ASSERT_EQUAL(spool_purge(f), 0);
	}
}

static void force_all(void)
{
	for (unsigned i = 0; i < USERS; i++)
		vm_request(vm_find(names[i]), REQUEST_LOGOFF);
	hosted_settle(60 * TOD_SECOND);
	CU_ASSERT_EQUAL(vm_count(), 1);
}

static void logged_off(void)
{
	size_t first, second;

	force_all();
	UNIT_IN_TASK(purge_everything, NULL);
	CU_ASSERT_EQUAL(spool.blocks.free, spool.blocks.count);
	hosted_settle(60 * TOD_SECOND);
	first = hosted_heap_used();
	/* The same day again leaves exactly as little behind. */
	UNIT_IN_TASK(autolog_all, NULL);
	UNIT_IN_TASK(everybody_talks, NULL);
	UNIT_IN_TASK(days, NULL);
	force_all();
	UNIT_IN_TASK(purge_everything, NULL);
	hosted_settle(60 * TOD_SECOND);
	second = hosted_heap_used();
	CU_ASSERT_EQUAL(first, second);
	CU_ASSERT_EQUAL(spool.blocks.free, spool.blocks.count);
}

/* Storage runs out in the middle of everything: some are refused, nobody falls, and afterwards all is as before. */
static void out_of_storage(void *argument)
{
	int64_t n = *(int64_t *)argument;
	struct vm *vm;

	hosted_heap_fail_after(n);
	session_autolog("USER001", &reply_nowhere);
	vm = vm_find("USER001");
	if (vm) {
		command(vm, "SPOOL CONSOLE START");
		say(vm, "Ready;");
		command(vm, "SPOOL PUNCH TO USER002");
		command(vm, "CLOSE CONSOLE");
		command(vm, "QUERY VIRTUAL");
		command(vm, "LINK USER003 191 291 RR");
	}
	hosted_heap_fail_after(-1);
	if (vm)
		vm_request(vm, REQUEST_LOGOFF);
}

static void storage_sweep(void)
{
	size_t before;

	hosted_settle(TOD_SECOND);
	before = hosted_heap_used();
	for (int64_t n = 0; n < 120; n++) {
		UNIT_IN_TASK(out_of_storage, &n);
		hosted_settle(20 * TOD_SECOND);
		UNIT_IN_TASK(purge_everything, NULL);
		hosted_settle(TOD_SECOND);
		CU_ASSERT_EQUAL(vm_count(), 1);
		if (hosted_heap_used() != before) {
			printf("\nafter %d allocations: %zd bytes more\n", (int)n,
			       (ssize_t)(hosted_heap_used() - before));
			CU_FAIL("storage is lost");
			before = hosted_heap_used();
		}
	}
}

static const struct unit_test tests[] = {
	{"CP comes up and logs the operator on", start},
	{"120 users with spooled consoles", logged_on},
	{"all of them at work at once", all_at_once},
	{"terminals are answered meanwhile", terminals_answer},
	{"everybody logs off, and nothing is left", logged_off},
	{"storage runs out at every place", storage_sweep},
};

UNIT_MAIN("many users", tests)
