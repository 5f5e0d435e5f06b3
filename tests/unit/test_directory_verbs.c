/*
 * test_directory_verbs.c - the verbs that change a directory, its history, its provisioning; and what never leaves it: passwords.
 */
#include <ctype.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "change.h"
#include "directory.h"
#include "directory_schema_1.h"
#include "directory_samples.h"
#include "directory_unit.h"
#include "pronounce.h"
#include "space.h"
#include "store.h"
#include "volume.h"

/* ---- helpers ------------------------------------------------------------------------------------------------------- */

#define SOURCE                                                                                               \
	"DIRECTORY 123 9336 VM40V1\n"                                                                        \
	"PROFILE STUDENT\n CLASS G\n STORAGE 16M\n CONSOLE 009 3215\n SPOOL 00C 2540 READER *\n LINK MAINT " \
	"190 190 RR\n"                                                                                       \
	"USER MAINT SECRETM 16M 64M ABCDEG\n MDISK 190 9336 131072 16384 VM40V1 MW ALL WRITEPW\n"            \
	"USER ALICE SECRETA 1M 2M AB 50 ON OFF ! \"\n INCLUDE STUDENT\n ACCOUNT 77 BIN7\n MACHINE XC 4\n"    \
	" OPTION QUICKDSP CPUID 0a1b2c MAXCONN 12\n IPL CMS LOADPARM ABC PARM Auto  Cr * x\n"                \
	" SHARE ABSOLUTE 12.5% 50% LIMITHARD\n LOGONBY BOB MAINT\n AUTOLOG BOB\n COMMAND set emsg ON\n CPU " \
	"0 BASE\n"                                                                                           \
	" IUCV ALLOW\n CONSOLE 009 3215 X BOB OBSERVER\n MDISK 191 3370 200000 2048 VM40V1 MR RPASS ALL\n"   \
	" MDISK 300 9336 V-DISK 4096\n NICDEF 600 TYPE QDIO\n LINK MAINT 190 19E\n"                          \
	"USER BOB LBYONLY\n LOGONBY MAINT\n MDISK 191 9336 210000 2000 VM40V1 MR\n"

static FILE *saying;
static char *saying_text;

static FILE *out(void)
{
	static size_t size;

	if (saying != NULL)
		fclose(saying);
	free(saying_text);
	return saying = open_memstream(&saying_text, &size);
}

static const char *said(void)
{
	fflush(saying);
	return saying_text;
}

static bool has(const char *text)
{
	bool there = strstr(said(), text) != NULL;

	if (!there)
		printf("\nwanted: %s\nsaid: %s", text, said());
	return there;
}

static const char *source(const char *text)
{
	return unit_file("source", text, strlen(text));
}

/* The database with or without the volume; few iterations: what they are for is tested elsewhere. */
static struct direct direct(bool volume)
{
	return (struct direct){.database = unit_path("db"),
			       .volume = volume ? unit_path("volume") : NULL,
			       .out = out(),
			       .iterations = 2};
}

static void begin(const char *text, bool volume)
{
	struct direct d;

	unlink(unit_path("db"));
	if (volume)
		CU_ASSERT_EQUAL(volume_format(unit_path("volume"), "VM40V1", NULL, true, out()), 0);
	d = direct(volume);
	CU_ASSERT_EQUAL_FATAL(direct_build(&d, source(text)), 0);
}

/* The canonical text of the whole. To be freed. */
static char *exported(void)
{
	struct direct d = direct(false);
	char *text = NULL;
	size_t size;

	d.to = open_memstream(&text, &size);
	CU_ASSERT_EQUAL(direct_export(&d), 0);
	fclose(d.to);
	return text;
}

static bool shows(const char *userid, const char *statement)
{
	struct direct d = direct(false);

	CU_ASSERT_EQUAL(direct_show(&d, &userid, 1), 0);
	return strstr(said(), statement) != NULL;
}

static bool ask(const char *sql, const char *wanted)
{
	struct direct d = direct(false);

	return direct_query(&d, sql) == 0 && has(wanted);
}

/* ---- there and back -------------------------------------------------------------------------------------------------- */

static void export_is_stable(void)
{
	char *first, *second;
	struct direct d;

	begin(SOURCE, false);
	first = exported();
	d = direct(false);
	CU_ASSERT_EQUAL(direct_build(&d, source(first)), 0);
	second = exported();
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT(ask("SELECT count(*) FROM change", "\n1\n")); /* the second build changed nothing */
	unlink(unit_path("db"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_build(&d, source(first)), 0); /* into another database */
	free(second);
	second = exported();
	CU_ASSERT_STRING_EQUAL(first, second);
	free(first);
	free(second);
}

/* A password that did not change keeps its hash; one that did has another. */
static void unchanged_passwords(void)
{
	char *first, *second;
	struct direct d;

	begin(SOURCE, false);
	first = exported();
	d = direct(false);
	CU_ASSERT_EQUAL(direct_build(&d, source(SOURCE)), 0);
	second = exported();
	CU_ASSERT_STRING_EQUAL(first, second);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_password(&d, "maint", "OTHER"), 0);
	free(second);
	second = exported();
	CU_ASSERT_STRING_NOT_EQUAL(first, second);
	CU_ASSERT(ask("SELECT count(*) FROM secret", "\n5\n"));
	free(first);
	free(second);
}

static void migration(void)
{
	static const char rows[] =
		"INSERT INTO directory VALUES (1, 291, 37686, 'VM40V1');"
		"INSERT INTO entry (id, kind, name, password, storage) VALUES (1, 'PROFILE', 'P', 'NONE', "
		"33554432);"
		"INSERT INTO entry (id, kind, name, profile_id, password, iterations, salt, digest, weak)"
		" VALUES (2, 'USER', 'ALICE', 1, 'HASH', 7, zeroblob(16), zeroblob(32), 1);"
		"INSERT INTO entry (id, kind, name, password) VALUES (3, 'USER', 'BOB', 'NOLOG');"
		"INSERT INTO entry_option VALUES (2, 'CPUID', 5);"
		"INSERT INTO entry_item VALUES (2, 'COMMAND', 1, 'hello', 3);"
		"INSERT INTO volume VALUES (1, 'VM40V1');"
		"INSERT INTO device VALUES (1, 2, 1, 4, 9, 'CONSOLE', 12821), (2, 2, 2, 5, 401, 'MDISK', "
		"37686), (3, 3, 1, 6, 400, 'LINK', NULL),"
		" (4, 3, 2, 7, 12, 'SPOOL', 9536);"
		"INSERT INTO console VALUES (1, 'T', 'BOB', 0);"
		"INSERT INTO minidisk VALUES (2, 1, 200000, 100, 'MR');"
		"INSERT INTO minidisk_password VALUES (2, 'READ', 'HASH', 9, zeroblob(16), zeroblob(32)), "
		"(2, 'WRITE', 'ALL', NULL, NULL, NULL);"
		"INSERT INTO link VALUES (3, 'ALICE', 401, 'RR');"
		"INSERT INTO unit_record VALUES (4, 'READER', '*');";
	static const char wanted[] =
		"DIRECTORY 123 9336 VM40V1\n\nPROFILE P\n STORAGE 32M\n\n"
		"USER ALICE WEAK:7:00000000000000000000000000000000 ,\n"
		"0000000000000000000000000000000000000000000000000000000000000000\n INCLUDE P\n OPTION CPUID "
		"000005\n COMMAND hello\n"
		" CONSOLE 009 3215 T BOB\n MDISK 191 9336 200000 100 VM40V1 MR ,\n"
		"HASH:9:00000000000000000000000000000000 ,\n"
		"0000000000000000000000000000000000000000000000000000000000000000 ALL\n\n"
		"USER BOB NOLOG\n LINK ALICE 191 190 RR\n SPOOL 00C 2540 READER *\n";
	sqlite3 *db;
	char *text;

	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(sqlite3_open(unit_path("db"), &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, schema_1, NULL, NULL, NULL), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	text = exported();
	CU_ASSERT_STRING_EQUAL(text, wanted);
	free(text);
	CU_ASSERT(ask("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old%' OR sql LIKE '%old_%'",
		      "\n0\n"));
	/* Version 2 was this one without the history of regions and members. */
	CU_ASSERT_EQUAL(sqlite3_open(unit_path("db"), &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db,
				     "DROP VIEW changes; DROP INDEX member_userid; DROP TABLE change_row;"
				     "CREATE VIEW changes AS SELECT 1; PRAGMA user_version = 2",
				     NULL, NULL, NULL),
			SQLITE_OK);
	sqlite3_close(db);
	text = exported();
	CU_ASSERT_STRING_EQUAL(text, wanted);
	free(text);
	CU_ASSERT(ask("SELECT count(*) FROM sqlite_schema WHERE name IN ('change_row', 'member_userid')",
		      "\n2\n"));
}

/* ---- history ------------------------------------------------------------------------------------------------------------ */

static void undo(void)
{
	static const char *const statements[] = {"STORAGE 2M", "MDISK 192 9336 220000 100 VM40V1 MR",
						 "COMMAND QUERY TIME"};
	static const char *const drops[] = {"SHARE", "NICDEF 600"};
	char *before, *after;
	struct direct d;

	begin(SOURCE, false);
	before = exported();
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "ALICE", statements, 3, drops, 2), 0);
	CU_ASSERT_PTR_NULL(strstr(said(), "error"));
	if (strstr(said(), "error") != NULL)
		puts(said());
	CU_ASSERT(shows("ALICE", " MDISK 192 9336 220000 100 VM40V1 MR\n") && !shows("ALICE", "SHARE") &&
		  !shows("ALICE", "NICDEF"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_password(&d, "BOB", "NEWPASS"), 0);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_remove(&d, "BOB"), 0);
	after = exported();
	d = direct(false);
	CU_ASSERT_EQUAL(direct_undo(&d, 3), 1); /* the password, of an entry that is gone */
	CU_ASSERT(has("BOB was changed again by change 4: take that back first"));
	for (unsigned i = 0; i < 3; i++) {
		d = direct(false);
		CU_ASSERT_EQUAL(direct_undo(&d, 0), 0);
	}
	free(after);
	after = exported();
	CU_ASSERT_STRING_EQUAL(before, after);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_undo(&d, 7), 0); /* the undoing of the first change: it is there again */
	CU_ASSERT(shows("ALICE", "MDISK 192"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_log(&d, NULL), 0);
	CU_ASSERT(has("change ALICE (1)") && has("password BOB (1)") && has("undo 2 (1)"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_log(&d, "bob"), 0);
	CU_ASSERT(has("- USER BOB LBYONLY\n+ USER BOB SECRET:"));
	free(before);
	free(after);
}

static void diff_and_dry(void)
{
	char *before, *after;
	struct direct d;

	begin(SOURCE, false);
	before = exported();
	d = direct(false);
	CU_ASSERT_EQUAL(direct_diff(&d, source("DIRECTORY 123 9336 VM40V1\nUSER MAINT OTHER 16M 64M "
					       "ABCDEG\nUSER EVE NOLOG\n")),
			0);
	CU_ASSERT(has("USER EVE:\n+ USER EVE NOLOG\n") && has("USER BOB:\n- USER BOB LBYONLY\n") &&
		  has("- USER MAINT SECRET:1\n+ USER MAINT SECRET:"));
	d = direct(false);
	d.dry = true;
	CU_ASSERT_EQUAL(direct_remove(&d, "ALICE"), 0);
	CU_ASSERT(has("- USER ALICE SECRET:"));
	after = exported();
	CU_ASSERT_STRING_EQUAL(before, after);
	free(before);
	free(after);
}

/* ---- one entry ------------------------------------------------------------------------------------------------------------ */

static void edits(void)
{
	static const char *const bad[] = {"MDISK 192 9336 200000 10 VM40V1 MR"},
				 *const links[] = {"LINK ALICE 191 291 RR"};
	struct direct d;

	begin(SOURCE, false);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_add(&d, "eve", "STUDENT", "hello", links, 1), 0);
	CU_ASSERT(shows("EVE", "USER EVE ********\n INCLUDE STUDENT\n LINK ALICE 191 291 RR\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_add(&d, "EVE", NULL, NULL, NULL, 0), 1);
	CU_ASSERT(has("EVE is in the directory already"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "EVE", bad, 1, NULL, 0), 1);
	CU_ASSERT(has("EVE:4:8: error: minidisk 0192 of EVE, blocks 200000-200009 of VM40V1, overlaps "
		      "minidisk 0191 of ALICE"));
	CU_ASSERT_FALSE(shows("EVE", "MDISK"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "EVE", NULL, 0, (const char *const[]){"SHARE"}, 1), 1);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_link(&d, "EVE", "BOB", "191", "292", "R"), 0);
	CU_ASSERT(shows("EVE", " LINK BOB 191 292 R\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_rename(&d, "ALICE", "ALBERT"), 0);
	CU_ASSERT(shows("EVE", " LINK ALBERT 191 291 RR\n") && shows("ALBERT", "ACCOUNT 77 BIN7"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_rename(&d, "BOB", "ROBERT"), 0);
	CU_ASSERT(shows("ALBERT", " LOGONBY ROBERT MAINT\n AUTOLOG ROBERT\n") &&
		  shows("ALBERT", " X ROBERT OBSERVER\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_rename(&d, "STUDENT", "PUPIL"), 0);
	CU_ASSERT(shows("EVE", " INCLUDE PUPIL\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_remove(&d, "PUPIL"), 1);
	CU_ASSERT(has("PROFILE PUPIL is included by"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_remove(&d, "ROBERT"), 0);
	CU_ASSERT(has("2 entries still name ROBERT"));
	for (unsigned i = 0; i < 4; i++) {
		d = direct(false);
		CU_ASSERT_EQUAL(direct_undo(&d, 0), 0);
	}
	CU_ASSERT(shows("EVE", " LINK ALICE 191 291 RR\n") && shows("ALICE", " LOGONBY BOB MAINT\n"));
}

/* A profile's change is checked with the users who include it. */
static void profile_change(void)
{
	static const char *const huge[] = {"MAXSTORAGE 1M"}, *const fine[] = {"STORAGE 24M"};
	struct direct d;

	begin(SOURCE "USER EVE X\n INCLUDE STUDENT\n STORAGE 8M\n", false);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "STUDENT", huge, 1, NULL, 0), 1);
	CU_ASSERT(has("EVE has more storage (8192K) than its maximum (1024K)"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "STUDENT", fine, 1, NULL, 0), 0);
	CU_ASSERT(ask("SELECT storage / 1048576 AS m FROM users WHERE userid = 'EVE'", "m\n8\n"));
}

/* ---- minidisks -------------------------------------------------------------------------------------------------------------- */

static void disk_contents(uint64_t block, const char *put, char got[16])
{
	struct store s;

	CU_ASSERT_EQUAL_FATAL(
		store_open(&s, unit_path("volume"), put != NULL ? STORE_WRITE : STORE_READ, out()), 0);
	CU_ASSERT(put != NULL ? store_write(&s, block * VOLUME_SECTOR, put, 16)
			      : store_read(&s, block * VOLUME_SECTOR, got, 16));
	store_close(&s);
}

static uint32_t start_of(const char *userid, unsigned vdev)
{
	uint32_t start = 0, blocks;

	CU_ASSERT_EQUAL(volume_find_minidisk(unit_path("volume"), userid, vdev, &start, &blocks, out()), 0);
	return start;
}

static void disks(void)
{
	char got[16] = "";
	struct direct d;
	uint32_t start;

	begin(SOURCE, true);
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_ADD, "BOB", 0x192, 1000, NULL), 0);
	CU_ASSERT_EQUAL(start_of("BOB", 0x192), 147456); /* the first gap */
	disk_contents(147456, "what Bob wrote.", NULL);
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_GROW, "BOB", 0x192, 2000, NULL), 0);
	CU_ASSERT_EQUAL(start_of("BOB", 0x192), 147456); /* in its place */
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_ADD, "MAINT", 0x191, 8, NULL), 0);
	CU_ASSERT_EQUAL(start_of("MAINT", 0x191), 149456);
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_GROW, "BOB", 0x192, 3000, NULL), 0);
	start = start_of("BOB", 0x192);
	CU_ASSERT_EQUAL(start, 149464); /* somewhere else, with what is on it */
	disk_contents(start, NULL, got);
	CU_ASSERT_STRING_EQUAL(got, "what Bob wrote.");
	d = direct(true);
	CU_ASSERT_EQUAL(direct_region(&d, "FAR", "VM40V1", 400000, 10000, "LAB"), 0);
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_MOVE, "BOB", 0x192, 0, "LAB"), 0);
	CU_ASSERT_EQUAL(start_of("BOB", 0x192), 400000);
	disk_contents(400000, NULL, got);
	CU_ASSERT_STRING_EQUAL(got, "what Bob wrote.");
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_ADD, "BOB", 0x193, 8000, "LAB"), 1);
	CU_ASSERT(has("there is no room for 8000 blocks in group LAB"));
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_REPLACE, "BOB", 0x192, 0, "LAB"), 0);
	disk_contents(start_of("BOB", 0x192), NULL, got);
	CU_ASSERT_EQUAL(got[0], 0); /* nothing of anybody's is left */
	d = direct(true);
	CU_ASSERT_EQUAL(direct_disk(&d, DISK_REMOVE, "BOB", 0x192, 0, NULL), 0);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_map(&d, NULL), 0);
	CU_ASSERT(has("131072 -     147455       16384  MAINT    0190") && has("(gap)") &&
		  !strstr(said(), "OVERLAP"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_map_svg(&d, "VM40V1"), 0);
	CU_ASSERT(has("<title>ALICE 0191: 200000-202047</title>") && has("</svg>"));
}

/* ---- allocation ---------------------------------------------------------------------------------------------------------------- */

#define SMALL 512

static uint64_t state = 88172645463325252ull;

static uint32_t dice(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 33) % below;
}

static int used_compare(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* The oracle: a map of bits, looked at block by block. */
static bool oracle_take(bool used[SMALL], uint32_t first, uint32_t end, uint32_t blocks, uint32_t *start)
{
	for (uint32_t at = (first + 7) / 8 * 8; at + blocks <= end; at += 8) {
		uint32_t n = 0;

		while (n < blocks && !used[at + n])
			n++;
		if (n < blocks)
			continue;
		*start = at;
		for (n = 0; n < (blocks + 7) / 8 * 8 && at + n < SMALL; n++)
			used[at + n] = true;
		return true;
	}
	return false;
}

static void allocation(void)
{
	for (unsigned run = 0; run < 10000; run++) {
		uint32_t first = dice(SMALL / 2), end = first + dice(SMALL - first) + 1, count = dice(20);
		struct used list[20];
		struct space s = {0};
		bool used[SMALL] = {0};

		for (uint32_t i = 0; i < count; i++) {
			list[i].first = dice(SMALL);
			list[i].end = list[i].first + 1 + dice(dice(2) ? 40 : 4);
			for (uint64_t b = list[i].first; b < list[i].end && b < SMALL; b++)
				used[b] = true;
		}
		qsort(list, count, sizeof(list[0]), used_compare);
		space_add_region(&s, "V", first, end, list, count);
		for (unsigned i = 0; i < 20; i++) {
			uint32_t blocks = 1 + dice(40), start = 0, expected = 0;
			const char *volser;
			bool got = space_take(&s, blocks, &start, &volser);
			bool wanted = oracle_take(used, first, end, blocks, &expected);

			if (got != wanted || (got && start != expected))
				CU_FAIL("the oracle says otherwise");
		}
		space_free(&s);
	}
	CU_PASS("all runs");
}

/* ---- a class ------------------------------------------------------------------------------------------------------------------- */

static unsigned formatted;

static int format(void *context, const struct direct_disk *disk)
{
	(void)context;
	formatted++;
	return disk->blocks != 2048;
}

static int roster(const char *list, bool purge)
{
	struct direct_roster r = {.file = unit_file("class.csv", list, strlen(list)),
				  .profile = "STUDENT",
				  .passwords = unit_path("passwords"),
				  .disk_vdev = 0x191,
				  .disk_blocks = 2048,
				  .purge = purge};
	struct direct d = direct(true);

	d.format = format;
	return direct_roster(&d, &r);
}

static bool logs_on(const char *userid)
{
	char sql[200];

	snprintf(sql, sizeof(sql), "SELECT password FROM users WHERE userid = '%s'", userid);
	return ask(sql, "password\n") && strstr(said(), "HASH") != NULL;
}

static void class_comes_and_goes(void)
{
	char *before, *after, *passwords;
	struct stat st;
	size_t length;
	uint32_t start;

	begin(SOURCE, true);
	formatted = 0;
	unlink(unit_path("passwords"));
	CU_ASSERT_EQUAL(
		roster("userid,name,password\nann,Ann A.,geheim\nben,\"B, Ben\"\n\ncid,Cid,\n", false), 0);
	CU_ASSERT(has("class: 3 in the class: 3 added, 0 returned, 0 suspended, 0 purged, 3 new disks"));
	CU_ASSERT_EQUAL(formatted, 3);
	CU_ASSERT_EQUAL(stat(unit_path("passwords"), &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	passwords = unit_read(unit_path("passwords"), &length);
	CU_ASSERT(strstr(passwords, "BEN ") && strstr(passwords, "CID ") && !strstr(passwords, "ANN") &&
		  !strstr(passwords, "GEHEIM"));
	before = exported();
	CU_ASSERT_EQUAL(roster("ann\nben\ncid\n", false), 0); /* nothing has changed */
	after = exported();
	CU_ASSERT_STRING_EQUAL(before, after);
	free(after);
	start = start_of("BEN", 0x191);
	CU_ASSERT_EQUAL(roster("ann\ncid\ndan\n", false), 0);
	CU_ASSERT(has("1 added, 0 returned, 1 suspended, 0 purged, 1 new disks"));
	CU_ASSERT(!logs_on("BEN") && logs_on("CID"));
	CU_ASSERT_EQUAL(start_of("BEN", 0x191), start);
	CU_ASSERT(start_of("DAN", 0x191) != start);
	CU_ASSERT_EQUAL(roster("ann\ncid\nben\n", false), 0);
	CU_ASSERT(has("0 added, 1 returned, 1 suspended"));
	CU_ASSERT(logs_on("BEN") && !logs_on("DAN"));
	CU_ASSERT_EQUAL(roster("ann\ncid\nben\n", true), 0);
	CU_ASSERT(has("0 suspended, 1 purged"));
	after = exported();
	CU_ASSERT_STRING_EQUAL(before, after); /* the old passwords, too */
	CU_ASSERT_EQUAL(roster("ann\nann\n", false), 1);
	CU_ASSERT(has("class.csv:2: ANN stands in the list twice"));
	CU_ASSERT_EQUAL(roster("this is no userid\n", false), 1);
	CU_ASSERT_EQUAL(roster("\n", true), 1);
	chmod(unit_path("passwords"), 0644);
	CU_ASSERT_EQUAL(roster("ann\nben\ncid\nfay\n", false), 1);
	CU_ASSERT(has("expected a file of mode 0600"));
	free(before);
	free(after);
	free(passwords);
}

/* Regions and class lists are in the history like entries, and come back with them. */
static void history_of_rows(void)
{
	struct direct d;

	begin(SOURCE, true);
	unlink(unit_path("passwords"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "lab", "vm40v1", 400000, 10000, NULL), 0);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "NEAR", "VM40V1", 409999, 8, "LAB"), 1);
	CU_ASSERT(has("region NEAR overlaps region LAB, blocks 400000-409999 of VM40V1"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "NEAR", "VM40V1LONG", 0, 8, NULL), 1);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "LAB", "VM40V1", 400000, 20000, NULL), 0);
	CU_ASSERT_EQUAL(roster("ann\nben\n", false), 0);
	CU_ASSERT_EQUAL(roster("ann\n", false), 0);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_log(&d, "lab"), 0);
	CU_ASSERT(has("region LAB\n+ REGION LAB VM40V1 400000 10000 LAB\n") &&
		  has("- REGION LAB VM40V1 400000 10000 LAB\n+ REGION LAB VM40V1 400000 20000 LAB\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_log(&d, "ben"), 0);
	CU_ASSERT(has("+ MEMBER BEN class\n") && has("- MEMBER BEN class\n+ MEMBER BEN SUSPENDED SECRET:"));
	CU_ASSERT(!logs_on("BEN"));
	d = direct(true);
	CU_ASSERT_EQUAL(direct_undo(&d, 4), 1); /* Ben joined, but what he is now is not what he was then */
	CU_ASSERT(has("was changed again by change 5"));
	d = direct(true);
	CU_ASSERT_EQUAL(direct_undo(&d, 0), 0);
	CU_ASSERT(logs_on("BEN") && ask("SELECT count(*) FROM member WHERE suspended", "\n0\n"));
	d = direct(true);
	CU_ASSERT_EQUAL(direct_undo(&d, 4), 0); /* the class never was */
	CU_ASSERT(ask("SELECT count(*) FROM member", "\n0\n") &&
		  ask("SELECT count(*) FROM users WHERE userid = 'BEN'", "\n0\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_undo(&d, 3), 0);
	CU_ASSERT(ask("SELECT blocks FROM region WHERE name = 'LAB'", "\n10000\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "LAB", NULL, 0, 0, NULL), 0);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_region(&d, "LAB", NULL, 0, 0, NULL), 1);
	CU_ASSERT(has("there is no region LAB"));
	d = direct(false);
	d.dry = true;
	CU_ASSERT_EQUAL(direct_undo(&d, 0), 0);
	CU_ASSERT(has("+ REGION LAB VM40V1 400000 10000 LAB\n") &&
		  ask("SELECT count(*) FROM region", "\n0\n"));
}

/* A minidisk goes by being removed, never because something else was put at its address. */
static void no_disk_is_buried(void)
{
	static const char *const link = "LINK MAINT 190 191 RR", *const comma = "COMMAND SAY ,",
				 *const lines = "STORAGE 2M\nUSER EVE EVE";
	struct direct d;

	begin(SOURCE, false);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "ALICE", &link, 1, NULL, 0), 1);
	CU_ASSERT(has("LINK would take the place of a minidisk of ALICE"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_link(&d, "ALICE", "MAINT", "190", "191", NULL), 1);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "ALICE", &comma, 1, NULL, 0), 1);
	CU_ASSERT(has("does not end in a comma"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "ALICE", &lines, 1, NULL, 0), 1);
	CU_ASSERT(shows("ALICE", " MDISK 191 "));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_change(&d, "ALICE", NULL, 0, &(const char *){"MD 191"}, 1), 1);
	CU_ASSERT(has("a minidisk is removed by `disk remove ALICE VDEV --purge`"));
}

/* Who was there before the class is not the class's to suspend. */
static void strangers_in_the_list(void)
{
	begin(SOURCE, true);
	CU_ASSERT_EQUAL(roster("ann\nmaint\n", false), 1);
	CU_ASSERT(has("class.csv:2: MAINT is in the directory, but does not include STUDENT"));
}

static void passwords_are_pronounceable(void)
{
	char seen[200][PRONOUNCE_MAX];

	for (unsigned i = 0; i < 200; i++) {
		CU_ASSERT(pronounce(seen[i]));
		CU_ASSERT_EQUAL(strlen(seen[i]), 17);
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_STRING_NOT_EQUAL(seen[i], seen[k]);
	}
}

/* ---- secrets -------------------------------------------------------------------------------------------------------------------- */

/* Nothing that is said, kept, logged or asked for holds a password; hashes come only in an export. */
static void nothing_secret(void)
{
	static const char bad[] =
		SOURCE "USER EVE SECRETE 16\n MDISK 191 9336 200000 8 VM40V1 Q HUSH ,\n HUSHHUSH\n"
		       "USER FAY HASH:1000:12 SECRETHASH\n";
	struct direct d;

	begin(SOURCE, false);
	for (unsigned json = 0; json < 2; json++) {
		d = direct(false);
		d.json = json;
		CU_ASSERT_EQUAL(direct_check(&d, source(bad)), 1);
		CU_ASSERT(has(json ? "\"line\": " : "******"));
		CU_ASSERT(!strstr(said(), "SECRETE") && !strstr(said(), "HUSH") &&
			  !strstr(said(), "SECRETHASH"));
	}
	d = direct(false);
	CU_ASSERT_EQUAL(direct_log(&d, "ALICE"), 0);
	CU_ASSERT(!strstr(said(), "HASH:") && !strstr(said(), "SECRETA"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_query(&d, "SELECT digest FROM secret"), 1);
	d = direct(false);
	CU_ASSERT_EQUAL(direct_query(&d, "DELETE FROM entry"), 1);
	d = direct(false);
	d.json = true;
	CU_ASSERT_EQUAL(direct_query(&d, "SELECT userid, weak FROM users ORDER BY 1"), 0);
	CU_ASSERT(has("{\"userid\": \"ALICE\", \"weak\": 0}\n"));
	{
		size_t length;
		char *db = unit_read(unit_path("db"), &length);

		CU_ASSERT_PTR_NULL(memmem(db, length, "SECRETA", 7));
		CU_ASSERT_PTR_NULL(memmem(db, length, "WRITEPW", 7));
		free(db);
	}
}

static void json_is_whole(void)
{
	struct direct d = direct(false);

	d.json = true;
	CU_ASSERT_EQUAL(direct_check(&d, source("DIRECTORY 123 9336 VM40V1\nUSER A B\n MDSIK \"1\n")), 1);
	CU_ASSERT(has("{\"severity\": \"error\", \"file\": \"") &&
		  has("\"line\": 3, \"column\": 2, \"message\": \"MDSIK is not a statement\", \"expected\": "
		      "\"USER, MDISK, LINK ...\", "
		      "\"suggestion\": \"MDISK\", \"source\": \" MDSIK \\\"1\"}\n"));
}

/* ---- other systems' directories ----------------------------------------------------------------------------------------------- */

static void lenient(void)
{
	struct direct d = direct(false);

	CU_ASSERT_EQUAL(direct_check(&d, source(sample_vm370)), 1);
	CU_ASSERT(has("option ECMODE is known to VM/370 or z/VM, but VM/40 does not have it"));
	d = direct(false);
	d.lenient = true;
	CU_ASSERT_EQUAL(direct_check(&d, source(sample_vm370)), 0);
	CU_ASSERT(has("warning: devtype 3350 is known to VM/370") && !strstr(said(), "error"));
	unlink(unit_path("db"));
	d = direct(false);
	d.lenient = true;
	CU_ASSERT_EQUAL(direct_build(&d, source(sample_vm370)), 0);
	CU_ASSERT(shows("OPERATOR", " OPTION ACCT\n") && shows("OPERATOR", " DEDICATE 580 580\n") &&
		  !shows("OPERATOR", "MDISK"));
	CU_ASSERT(shows("MAINT", "USER MAINT ******** 1M 16M BCEG 64 # [ @ \"\n"));
	d = direct(false);
	CU_ASSERT_EQUAL(direct_check(&d, source(sample_zvm)), 1);
	d = direct(false);
	d.lenient = true;
	CU_ASSERT_EQUAL(direct_check(&d, source(sample_zvm)), 0);
	CU_ASSERT(has("IDENTITY is a statement of z/VM that VM/40 does not have") &&
		  !strstr(said(), "error"));
	CU_ASSERT(has("VM40V2 is one operand too many, and is not read"));
}

static void completion(void)
{
	direct_complete("MD", out());
	CU_ASSERT_STRING_EQUAL(said(), "MDISK\n");
	direct_complete("mdisk 191 ", out());
	CU_ASSERT_STRING_EQUAL(said(), "9336\n3370\nFB-512\n");
	direct_complete("SPOOL 00C 2540 P", out());
	CU_ASSERT_STRING_EQUAL(said(), "PUNCH\nPRINTER\nPRT\n");
	direct_complete("SHARE RELATIVE ", out());
	CU_ASSERT_STRING_EQUAL(said(), "<value: a decimal number>\n");
	direct_complete("OPTION ACCT MAX", out());
	CU_ASSERT_STRING_EQUAL(said(), "MAXCONN\n");
}

/* Builders at once: each waits for the other, and nothing of either is lost. */
static void builders_at_once(void)
{
	pid_t children[6];

	begin(SOURCE, true);
	for (unsigned i = 0; i < 6; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			char name[9];
			struct direct d = {.database = unit_path("db"), .out = stdout, .iterations = 1};

			snprintf(name, sizeof(name), "U%u", i);
			_exit(direct_add(&d, name, "STUDENT", "X", NULL, 0));
		}
	}
	for (unsigned i = 0; i < 6; i++) {
		int status;

		waitpid(children[i], &status, 0);
		CU_ASSERT_EQUAL(status, 0);
	}
	CU_ASSERT(ask("SELECT count(*) FROM users", "\n9\n"));
	CU_ASSERT(ask("SELECT count(*) FROM change", "\n7\n"));
}

static const struct unit_test tests[] = {
	{"source, database, source, database: identical", export_is_stable},
	{"an unchanged password keeps its hash", unchanged_passwords},
	{"a database of version 1 is brought up to date", migration},
	{"every change can be taken back, and that, too", undo},
	{"differences are shown, and dry runs change nothing", diff_and_dry},
	{"add, change, link, rename, remove", edits},
	{"a changed profile is checked with its users", profile_change},
	{"minidisks: add, grow, move, replace, remove, map", disks},
	{"history: regions and class lists", history_of_rows},
	{"a minidisk is not replaced by anything else", no_disk_is_buried},
	{"a class takes nobody over who is no student", strangers_in_the_list},
	{"allocation agrees with an oracle in 10,000 cases", allocation},
	{"a class comes, changes and goes", class_comes_and_goes},
	{"made passwords differ and can be said", passwords_are_pronounceable},
	{"no password and no hash is ever shown", nothing_secret},
	{"diagnostics as JSON", json_is_whole},
	{"directories in the style of VM/370 and z/VM", lenient},
	{"completion by the grammar", completion},
	{"builders at once wait for each other", builders_at_once},
};

UNIT_MAIN("directory: the verbs", tests)
