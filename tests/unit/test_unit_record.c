/*
 * test_unit_record.c - virtual reader, punch, printer and console listing over spool files, and the spool commands.
 */
#include "unit.h"
#include "../../cp/spool/spool.h"
#include <hosted_volume.h>
#include <cp/command.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/string.h>
#include <cp/unitrecord.h>
#include <stdio.h>
#include <stdlib.h>

static const struct hosted_user users[] = {
	{.userid = "ALICE", .devices = true},
	{.userid = "BOB", .devices = true},
	{.userid = "CAROL", .devices = true}, /* not logged on */
};

static struct hosted_disk *disk;
static struct vm *alice, *bob;
static char answer[8192];

static int run_as(struct vm *vm, uint32_t classes, const char *text)
{
	struct reply_buffer b;
	int rc;

	reply_buffer_init(&b, answer, sizeof(answer) - 1, NULL);
	rc = command_run(text, vm, NULL, NULL, classes, &b.reply);
	answer[b.used] = '\0';
	return rc;
}

static int run(const char *text)
{
	return run_as(alice, CLASS('G'), text);
}

static bool says(const char *text)
{
	if (strstr(answer, text))
		return true;
	printf("\nwanted: %s\nanswer: %s", text, answer);
	return false;
}

static struct vm *log_on(const char *userid)
{
	static const struct {
		uint16_t vdev;
		const char *class;
	} devices[] = {{0x009, "3215"}, {0x00c, "2540R"}, {0x00d, "2540P"}, {0x00e, "1403"}};
	struct vm *vm = vm_create(userid, 1u << 20, MACHINE_ESA);

	for (unsigned i = 0; i < ARRAY_SIZE(devices); i++)
		CU_ASSERT_PTR_NOT_NULL(
			device_create(vm, devices[i].vdev, device_class_find(devices[i].class), NULL, NULL));
	return vm;
}

static void begin(void)
{
	disk = hosted_disk_create(TEST_BLOCKS * VOLUME_SECTORS_PER_BLOCK, 0x120);
	hosted_volume_format(disk, "VM40SP");
	hosted_directory_write(disk, 0, 1, users, ARRAY_SIZE(users));
	CU_ASSERT(volume_mount_all() == 1 && directory_init() == 0 && spool_init() == 0);
	disk->sleepy = true;
	alice = log_on("ALICE");
	bob = log_on("BOB");
}

static void end(void)
{
	vm_request(alice, REQUEST_LOGOFF);
	vm_request(bob, REQUEST_LOGOFF);
	while (vm_count())
		task_sleep_until(&disk, arch_clock() + TOD_MILLISECOND);
	hosted_volumes_forget();
	hosted_disk_destroy(disk);
}

/* ---- operations ------------------------------------------------------------------------------------------------------- */

static uint8_t status;

static int operate(struct vm *vm, uint16_t vdev, uint8_t command, void *data, uint32_t count)
{
	struct operation o = {.command = command, .data = data, .count = count, .first = true};
	int rc = device_exec(device_find(vm, vdev), &o);

	CU_ASSERT_EQUAL(rc, DEVICE_DONE);
	status = o.status;
	return (int)o.done;
}

static void punch(struct vm *vm, const char *text)
{
	uint8_t card[CARD_SIZE];

	memset(card, ' ', sizeof(card));
	memcpy(card, text, strlen(text));
	ascii_to_ebcdic(card, sizeof(card));
	CU_ASSERT_EQUAL(operate(vm, 0x00d, 0x41, card, sizeof(card)), CARD_SIZE);
	CU_ASSERT_EQUAL(status, STATUS_ENDED);
}

static bool read_is(struct vm *vm, const char *text)
{
	uint8_t card[CARD_SIZE] = {0};

	if (operate(vm, 0x00c, 0x02, card, sizeof(card)) != CARD_SIZE || status != STATUS_ENDED)
		return false;
	ebcdic_to_ascii(card, sizeof(card));
	return memcmp(card, text, strlen(text)) == 0 && card[CARD_SIZE - 1] == ' ';
}

static void reader_ends(struct vm *vm)
{
	uint8_t card[CARD_SIZE];

	CU_ASSERT_EQUAL(operate(vm, 0x00c, 0x02, card, sizeof(card)), 0);
	CU_ASSERT_EQUAL(status, STATUS_ENDED | STATUS_UNIT_EXCEPTION);
}

static void reader_is_empty(struct vm *vm)
{
	uint8_t card[CARD_SIZE], sense = 0;

	operate(vm, 0x00c, 0x02, card, sizeof(card));
	CU_ASSERT_EQUAL(status, STATUS_ENDED | STATUS_UNIT_CHECK);
	operate(vm, 0x00c, 0x04, &sense, 1);
	CU_ASSERT_EQUAL(sense, SENSE_INTERVENTION_REQUIRED);
}

/* ---- the way of a deck -------------------------------------------------------------------------------------------------- */

static void deck(void *argument)
{
	struct device *reader;

	(void)argument;
	begin();
	reader_is_empty(bob);
	CU_ASSERT_EQUAL(run("SPOOL PUNCH TO BOB CLASS B"), 0);
	punch(alice, "HELLO BOB");
	punch(alice, "FROM ALICE");
	CU_ASSERT_EQUAL(run("QUERY PUNCH"), 0);
	CU_ASSERT(says("NO PUN FILES"));
	CU_ASSERT_EQUAL(run("CLOSE PUNCH NAME HELLO CARDS"), 0);
	CU_ASSERT(says("PUN FILE 0001 SENT TO BOB      RDR AS 0001 RECS 0002 CPY 001 B NOHOLD NOKEEP"));
	reader = device_find(bob, 0x00c);
	CU_ASSERT(reader->arch.attentions == 1 && reader->arch.status == STATUS_DEVICE_END);
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "QUERY RDR ALL"), 0);
	CU_ASSERT(says("ORIGINID FILE CLASS RECORDS  CPY HOLD DATE  TIME     NAME      TYPE     DIST\n"));
	CU_ASSERT(says("ALICE    0001 B PUN 00000002 001 NONE 11/23 00:00:"));
	CU_ASSERT(says(" HELLO     CARDS    BOB\n"));
	CU_ASSERT(read_is(bob, "HELLO BOB "));
	CU_ASSERT(read_is(bob, "FROM ALICE "));
	reader_ends(bob);
	reader_is_empty(bob); /* read files are gone */
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "Q R"), 0);
	CU_ASSERT(says("NO RDR FILES"));
	end();
}

/* What Linux's loader asks for: the files stay, and can be read again. */
static void deck_that_stays(void *argument)
{
	(void)argument;
	begin();
	run("SPOOL PUNCH TO *");
	for (int i = 0; i < 2; i++) {
		punch(alice, i ? "SECOND" : "FIRST");
		run("CLOSE PUNCH");
	}
	CU_ASSERT_EQUAL(run("CHANGE RDR ALL KEEP NOHOLD"), 0);
	CU_ASSERT(says("0002 FILES CHANGED"));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT(read_is(alice, "FIRST"));
		reader_ends(alice);
		CU_ASSERT(read_is(alice, "SECOND"));
		reader_ends(alice);
		reader_is_empty(alice);
		run("Q RDR");
		CU_ASSERT(says(" USER "));
		CU_ASSERT_EQUAL(run("CHANGE RDR ALL KEEP NOHOLD"), 0);
	}
	CU_ASSERT(read_is(alice, "FIRST"));
	CU_ASSERT_EQUAL(run("CLOSE READER"), 0);
	CU_ASSERT_EQUAL(run("PURGE RDR ALL"), 0);
	CU_ASSERT(says("0002 FILES PURGED"));
	CU_ASSERT_EQUAL(run("PURGE RDR ALL"), 0);
	CU_ASSERT(says("NO FILES PURGED"));
	end();
}

static void classes(void *argument)
{
	(void)argument;
	begin();
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "SPOOL READER CLASS C"), 0);
	run("SPOOL PUNCH TO BOB CLASS A");
	punch(alice, "CLASS A");
	run("CLOSE PUNCH");
	CU_ASSERT(says("RDR FILE 0001 IS CLASS A, THE READER OF BOB TAKES CLASS C ONLY"));
	reader_is_empty(bob);
	run_as(bob, CLASS('G'), "QUERY RDR");
	CU_ASSERT(says("YOUR READER TAKES CLASS C ONLY AND FINDS NONE OF THESE"));
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "CHANGE READER 1 CLASS C NAME X Y COPY 3"), 0);
	CU_ASSERT(says("0001 FILE CHANGED"));
	run_as(bob, CLASS('G'), "QUERY RDR CLASS C");
	CU_ASSERT(says("0001 C PUN 00000001 003 NONE"));
	CU_ASSERT(read_is(bob, "CLASS A"));
	end();
}

static void printing(void *argument)
{
	uint8_t line[] = {0xc8, 0xc5};

	(void)argument;
	begin();
	CU_ASSERT_EQUAL(run("SPOOL PRT COPY 2 HOLD"), 0);
	CU_ASSERT_EQUAL(operate(alice, 0x00e, 0x09, line, 2), 2);
	operate(alice, 0x00e, 0x8b, line, 0);
	CU_ASSERT_EQUAL(status, STATUS_ENDED);
	CU_ASSERT_EQUAL(run("CLOSE 00E"), 0);
	run("QUERY PRT");
	CU_ASSERT(says("OWNERID  FILE"));
	CU_ASSERT(says("ALICE    0001 A PRT 00000002 002 USER"));
	CU_ASSERT_EQUAL(run("TRANSFER PRINTER 1 TO CAROL"), 0);
	CU_ASSERT(says("PRT FILE 0001 SENT TO CAROL    RDR AS 0001"));
	CU_ASSERT(says("0001 FILE TRANSFERRED"));
	run("QUERY PRT");
	CU_ASSERT(says("NO PRT FILES"));
	CU_ASSERT_EQUAL(run_as(alice, CLASS('D') | CLASS('G'), "QUERY RDR CAROL"), 0);
	CU_ASSERT(says("ALICE    0001 A PRT"));
	CU_ASSERT_EQUAL(run_as(alice, CLASS('D') | CLASS('G'), "PURGE CAROL RDR ALL"), 0);
	CU_ASSERT(says("0001 FILE PURGED"));
	end();
}

static void listing(void *argument)
{
	(void)argument;
	begin();
	CU_ASSERT_EQUAL(run("SPOOL CONSOLE START TO BOB"), 0);
	console_write(alice, (const uint8_t *)"\xd9\x85\x81\x84\xa8\x5e", 6);
	CU_ASSERT_EQUAL(run("SPOOL CONSOLE STOP CLOSE"), 0);
	CU_ASSERT(says("CON FILE 0001 SENT TO BOB      RDR AS 0001 RECS 0001 CPY 001 T NOHOLD NOKEEP"));
	CU_ASSERT(read_is(bob, "Ready; "));
	CU_ASSERT_EQUAL(run("CLOSE CONSOLE"), 0); /* nothing is open */
	end();
}

static void continuous(void *argument)
{
	(void)argument;
	begin();
	run("SPOOL PUNCH CONT TO *");
	punch(alice, "ONE");
	run("CLOSE PUNCH");
	run("Q RDR");
	CU_ASSERT(says("NO RDR FILES"));
	punch(alice, "TWO");
	run("SPOOL PUNCH NOCONT CLOSE");
	punch(alice, "THREE");
	run("CLOSE PUNCH");
	run("SPOOL READER CONT");
	CU_ASSERT(read_is(alice, "ONE"));
	CU_ASSERT(read_is(alice, "TWO"));
	CU_ASSERT(read_is(alice, "THREE"));
	reader_ends(alice);
	end();
}

/* ---- refused ---------------------------------------------------------------------------------------------------------- */

static void refusals(void *argument)
{
	static const struct {
		const char *text;
		int rc;
	} wrong[] = {
		{"SPOOL", 26},
		{"SPOOL PUNCH", 26},
		{"SPOOL PUNCH CLASS", 28},
		{"SPOOL PUNCH CLASS *", 28},
		{"SPOOL PUNCH CLASS AB", 28},
		{"SPOOL PUNCH COPY 0", 30},
		{"SPOOL PUNCH COPY 256", 30},
		{"SPOOL PUNCH TO", 20},
		{"SPOOL PUNCH TO NOBODY", 53},
		{"SPOOL PUNCH TO TOOLONGANAME", 7},
		{"SPOOL PUNCH START", 3},
		{"SPOOL READER COPY 2", 3},
		{"SPOOL 0FF CLASS A", 40},
		{"SPOOL XYZ CLASS A", 22},
		{"CLOSE PUNCH NAME", 29},
		{"CLOSE PUNCH NAME TOOLONGANAME", 29},
		{"CLOSE PUNCH NONSENSE", 3},
		{"PURGE RDR", 35},
		{"PURGE RDR 77", 42},
		{"PURGE RDR 99999", 42},
		{"PURGE RDR X", 35},
		{"PURGE BOB RDR ALL", 7},
		{"CHANGE RDR ALL", 26},
		{"CHANGE RDR ALL NONSENSE", 3},
		{"TRANSFER RDR ALL", 26},
		{"TRANSFER RDR ALL TO NOBODY", 53},
		{"TRANSFER RDR ALL TO BOB PUNCH", 3},
		{"QUERY RDR BOB", 3},
	};

	(void)argument;
	begin();
	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		int rc = run(wrong[i].text);

		if (rc != wrong[i].rc || !answer[0]) {
			printf("\n%s: %d %s", wrong[i].text, rc, answer);
			CU_FAIL("another answer");
		}
	}
	/* What was refused has changed nothing. */
	run("SPOOL PUNCH CLASS Q COPY 300");
	punch(alice, "X");
	run("CLOSE PUNCH");
	run("QUERY PUNCH");
	CU_ASSERT(says("0001 A PUN 00000001 001"));
	/* Another user's file is as if it were not there. */
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "PURGE PUNCH 1"), 42);
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "CHANGE PUNCH 1 CLASS B"), 42);
	CU_ASSERT_EQUAL(run_as(bob, CLASS('G'), "TRANSFER PUNCH 1 TO BOB"), 42);
	end();
}

/* ---- a full area, a disk that fails -------------------------------------------------------------------------------------- */

static void full_area(void *argument)
{
	uint8_t card[CARD_SIZE] = {0}, sense = 0;
	unsigned cards = 0;

	(void)argument;
	begin();
	disk->sleepy = false;
	do {
		operate(alice, 0x00d, 0x41, card, sizeof(card));
		cards++;
	} while (status == STATUS_ENDED && cards < 100000);
	CU_ASSERT(cards > 10000 && cards < 100000);
	CU_ASSERT_EQUAL(status, STATUS_ENDED | STATUS_UNIT_CHECK);
	operate(alice, 0x00d, 0x04, &sense, 1);
	CU_ASSERT_EQUAL(sense, SENSE_INTERVENTION_REQUIRED);
	CU_ASSERT_EQUAL(run("CLOSE PUNCH"), 1066);
	CU_ASSERT_EQUAL(run("CLOSE PUNCH PURGE"), 0);
	punch(alice, "ROOM AGAIN");
	disk->all_fail = true;
	CU_ASSERT_EQUAL(run("CLOSE PUNCH"), 1066);
	disk->all_fail = false;
	CU_ASSERT_EQUAL(run("CLOSE PUNCH"), 0);
	run("QUERY PUNCH");
	CU_ASSERT(says("00000001"));
	end();
}

static void file_left_open(void *argument)
{
	(void)argument;
	begin();
	punch(alice, "LEFT OPEN");
	vm_request(alice, REQUEST_LOGOFF);
	while (vm_find("ALICE"))
		task_sleep_until(&disk, arch_clock() + TOD_MILLISECOND);
	CU_ASSERT_PTR_NOT_NULL(spool_next("ALICE", SPOOL_PUNCH, '*', true, NULL)); /* LOGOFF closed it */
	alice = log_on("ALICE");
	end();
}

/* A reader restored from a hostile saved machine: any position. */
static void wild_positions(void *argument)
{
	uint8_t card[CARD_SIZE];
	uint64_t seed = 1;

	(void)argument;
	begin();
	disk->sleepy = false;
	run("SPOOL PUNCH TO *");
	for (int i = 0; i < 200; i++)
		punch(alice, "CARD");
	run("CLOSE PUNCH");
	run("CHANGE RDR ALL KEEP");
	for (int i = 0; i < 2000; i++) {
		struct unit_record *u = unit_record_of(device_find(alice, 0x00c));

		u->position =
			(struct spool_position){.id = (uint16_t)(hosted_random(&seed) % 3),
						.block = hosted_random(&seed) % (i & 1 ? 6 : UINT32_MAX),
						.offset = hosted_random(&seed) % (i & 2 ? 5000 : UINT32_MAX)};
		operate(alice, 0x00c, 0x02, card, sizeof(card));
		run("CHANGE RDR ALL NOHOLD");
	}
	end();
}

/* Random spool commands from random words: no crash, nothing lost that was not purged. */
static void fuzz(void *argument)
{
	static const char *const words[] = {"SPOOL",  "CLOSE",  "PURGE",  "CHANGE",   "TRANSFER",
					    "QUERY",  "RDR",    "PUNCH",  "PRT",      "CONSOLE",
					    "CLASS",  "A",      "B",      "*",        "ALL",
					    "TO",     "FOR",    "ALICE",  "BOB",      "CAROL",
					    "NOBODY", "HOLD",   "NOHOLD", "KEEP",     "NOKEEP",
					    "COPY",   "3",      "NAME",   "X",        "Y",
					    "1",      "2",      "3",      "00D",      "00C",
					    "009",    "CONT",   "NOCONT", "START",    "STOP",
					    "CLOSE",  "PURGE",  "OFF",    "4711",     "TERM",
					    "NOTERM", "SYSTEM", "190",    "\x7f\x01", "99999999999999999999"};
	unsigned rounds = hosted_long() ? 100000 : 3000;
	uint64_t seed = 6;

	(void)argument;
	begin();
	disk->sleepy = false;
	for (unsigned i = 0; i < rounds; i++) {
		struct vm *vm = hosted_random(&seed) & 1 ? alice : bob;
		char text[200] = "";
		unsigned n = 1 + hosted_random(&seed) % 7;

		if (i % 10 == 0)
			punch(vm, "FUZZ");
		format(text, sizeof(text), "%s", words[hosted_random(&seed) % 6]);
		while (n--)
			format(text + strlen(text), sizeof(text) - strlen(text), " %s",
			       words[hosted_random(&seed) % ARRAY_SIZE(words)]);
		run_as(vm, hosted_random(&seed) & 1 ? CLASS('G') : CLASS('G') | CLASS('D'), text);
	}
	end();
}

#define IN_TASK(function)                                                                                    \
	static void test_##function(void)                                                                    \
	{                                                                                                    \
		UNIT_IN_TASK(function, NULL);                                                                \
	}

IN_TASK(deck)
IN_TASK(deck_that_stays)
IN_TASK(classes)
IN_TASK(printing)
IN_TASK(listing)
IN_TASK(continuous)
IN_TASK(refusals)
IN_TASK(full_area)
IN_TASK(file_left_open)
IN_TASK(wild_positions)
IN_TASK(fuzz)

static const struct unit_test tests[] = {
	{"a deck from one user's punch to another's reader", test_deck},
	{"files that stay, as Linux's loader has them", test_deck_that_stays},
	{"classes, and hints where a reader seems empty", test_classes},
	{"printer files; the operator's view", test_printing},
	{"a spooled console", test_listing},
	{"CONT runs files into each other", test_continuous},
	{"what is wrong is refused with its number, and changes nothing", test_refusals},
	{"a full spool area and a failing disk are told", test_full_area},
	{"LOGOFF closes what is open", test_file_left_open},
	{"positions of a hostile saved reader", test_wild_positions},
	{"random spool commands", test_fuzz},
};

UNIT_MAIN("unit record", tests)
