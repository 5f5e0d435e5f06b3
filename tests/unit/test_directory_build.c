/*
 * test_directory_build.c - from a directory file through the database to the object directory, and back as CP reads it; and what
 * happens to the old ones when something is wrong.
 */
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <cp/crc32.h>
#include <cp/object.h>
#include "check.h"
#include "directory.h"
#include "directory_unit.h"
#include "image.h"
#include "secret.h"
#include "store.h"
#include "volume.h"

/* ---- helpers ------------------------------------------------------------------------------------------------- */

#define SOURCE                                                                                               \
	"DIRECTORY 123 9336 VM40V1\n"                                                                        \
	"PROFILE P\n COMMAND FIRST\n LINK MAINT 190 190 RR\n"                                                \
	"USER MAINT MAINT 16M 64M ABCDEG\n MDISK 190 9336 131072 100 VM40V1 MW ALL\n"                        \
	"USER ALICE SECRET 1M 2M AB 50 ON OFF ! \"\n INCLUDE P\n ACCOUNT 77 BIN7\n MACHINE XC 4\n STORAGE "  \
	"32M\n"                                                                                              \
	" MAXSTORAGE 1G\n CLASS CDEG\n OPTION QUICKDSP CPUID 0a1b2c MAXCONN 12\n IPL CMS LOADPARM ABC PARM " \
	"Auto  Cr\n"                                                                                         \
	" SHARE ABSOLUTE 12.5% 50% LIMITHARD\n LOGONBY BOB MAINT\n AUTOLOG BOB\n COMMAND set emsg ON\n"      \
	" CONSOLE 009 3215 X BOB OBSERVER\n SPOOL 00C 2540 READER\n SPOOL 00D 2540 PUNCH C\n"                \
	" MDISK 191 3370 200000 2048 VM40V1 MR RPASS ALL\n MDISK 192 9336 500000 END VM40V1\n"               \
	"USER BOB LBYONLY\n LOGONBY MAINT\n"

/* What the last call said. */
static FILE *saying;
static char *saying_text;

static FILE *out(void)
{
	static size_t size;

	if (saying != NULL)
		fclose(saying);
	free(saying_text);
	saying = open_memstream(&saying_text, &size);
	return saying;
}

static const char *said(void)
{
	fflush(saying);
	return saying_text;
}

static const char *source(const char *text)
{
	return unit_file("source", text, strlen(text));
}

/* A fresh volume, and no database. */
static const char *volume(void)
{
	const char *v = unit_path("volume");

	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(volume_format(v, "VM40V1", NULL, true, out()), 0);
	return v;
}

static int build(const char *text)
{
	return unit_build(text != NULL ? source(text) : NULL, unit_path("db"), unit_path("volume"), out());
}

/* The object directory as CP reads it. */
static struct store open_volume;
static struct store_slot slots[2];

static int newest(struct object_directory *d)
{
	int slot;

	CU_ASSERT_EQUAL_FATAL(store_open(&open_volume, unit_path("volume"), STORE_READ, out()), 0);
	slot = store_directory(&open_volume, slots, d);
	return slot;
}

static void close_volume(void)
{
	store_close(&open_volume);
}

static uint64_t generation(void)
{
	struct object_directory d;
	int slot = newest(&d);

	close_volume();
	return slot < 0 ? 0 : d.generation;
}

static const struct object_record *find(const void *entry, size_t length, unsigned type, unsigned n)
{
	const struct object_record *r;
	struct object_cursor c;

	object_records(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == type && n-- == 0)
			return r;
	return NULL;
}

/* volume_list() must return `status`. */
static void list(int status)
{
	FILE *f = out();

	CU_ASSERT_EQUAL(volume_list(unit_path("volume"), f, f), status);
}

static char ask_answer[400];

static const char *ask(const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *s = NULL;

	ask_answer[0] = '\0';
	if (sqlite3_open_v2(unit_path("db"), &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		snprintf(ask_answer, sizeof(ask_answer), "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	sqlite3_close(db);
	return ask_answer;
}

/* ---- there and back ------------------------------------------------------------------------------------------ */

static bool password_fits(const struct object_secret *o, const char *password)
{
	struct secret s = {.kind = o->kind, .iterations = be32_get(o->iterations)};

	memcpy(s.salt, o->salt, sizeof(s.salt));
	memcpy(s.digest, o->digest, sizeof(s.digest));
	return secret_matches(&s, password);
}

static void check_alice(const void *e, size_t n)
{
	const struct object_machine *m = (const void *)find(e, n, OBJECT_MACHINE, 0);
	const struct object_account *a = (const void *)find(e, n, OBJECT_ACCOUNT, 0);
	const struct object_ipl *i = (const void *)find(e, n, OBJECT_IPL, 0);
	const struct object_share *s = (const void *)find(e, n, OBJECT_SHARE, 0);
	const struct object_password *p = (const void *)find(e, n, OBJECT_PASSWORD, 0);

	CU_ASSERT_TRUE(password_fits(&p->secret, "secret"));
	CU_ASSERT_FALSE(password_fits(&p->secret, "secret1"));
	CU_ASSERT_EQUAL(p->secret.flags, 0);
	CU_ASSERT_EQUAL(m->mode, OBJECT_MODE_XC);
	CU_ASSERT_EQUAL(m->cpus, 4);
	CU_ASSERT_EQUAL(m->priority, 50);
	CU_ASSERT_EQUAL(memcmp(m->edit, "#\0!\"", 4), 0);
	CU_ASSERT_EQUAL(be32_get(m->classes), 0x5c);
	CU_ASSERT_EQUAL(be32_get(m->options),
			OBJECT_OPTION_QUICKDSP | OBJECT_OPTION_CPUID | OBJECT_OPTION_MAXCONN);
	CU_ASSERT_EQUAL(be64_get(m->storage), 32u << 20);
	CU_ASSERT_EQUAL(be64_get(m->maximum), 1u << 30);
	CU_ASSERT_EQUAL(be32_get(m->cpuid), 0x0a1b2c);
	CU_ASSERT_EQUAL(be32_get(m->maxconn), 12);
	CU_ASSERT_EQUAL(memcmp(a->account, "77      BIN7    ", 16), 0);
	CU_ASSERT_EQUAL(memcmp(i->name, "CMS     ", 8), 0);
	CU_ASSERT_EQUAL(memcmp(i->loadparm, "ABC     ", 8), 0);
	CU_ASSERT_EQUAL(be16_get(i->record.length), 24 + 8);
	CU_ASSERT_EQUAL(memcmp(i->parm, "Auto  Cr", 8), 0);
	CU_ASSERT_EQUAL(s->kind, OBJECT_SHARE_ABSOLUTE);
	CU_ASSERT_EQUAL(be32_get(s->value), 125);
	CU_ASSERT_EQUAL(s->limit, OBJECT_SHARE_LIMITHARD);
	CU_ASSERT_EQUAL(be32_get(s->limit_value), 500);
}

static void check_alice_lists(const void *e, size_t n)
{
	const struct object_userid *by = (const void *)find(e, n, OBJECT_LOGONBY, 1);
	const struct object_userid *autolog = (const void *)find(e, n, OBJECT_AUTOLOG, 0);
	const struct object_command *first = (const void *)find(e, n, OBJECT_COMMAND, 0);
	const struct object_command *second = (const void *)find(e, n, OBJECT_COMMAND, 1);

	CU_ASSERT_EQUAL(memcmp(by->userid, "MAINT   ", 8), 0);
	CU_ASSERT_EQUAL(memcmp(autolog->userid, "BOB     ", 8), 0);
	CU_ASSERT_EQUAL(be16_get(first->record.length), 4 + 5);
	CU_ASSERT_EQUAL(memcmp(first->text, "FIRST", 5), 0);
	CU_ASSERT_EQUAL(memcmp(second->text, "set emsg ON", 11), 0);
	CU_ASSERT_PTR_NULL(find(e, n, OBJECT_COMMAND, 2));
}

static void check_alice_devices(const void *e, size_t n)
{
	const struct object_console *console = (const void *)find(e, n, OBJECT_CONSOLE, 0);
	const struct object_spool *reader = (const void *)find(e, n, OBJECT_SPOOL, 0);
	const struct object_spool *punch = (const void *)find(e, n, OBJECT_SPOOL, 1);
	const struct object_mdisk *disk = (const void *)find(e, n, OBJECT_MDISK, 0);
	const struct object_mdisk *rest = (const void *)find(e, n, OBJECT_MDISK, 1);
	const struct object_link *link = (const void *)find(e, n, OBJECT_LINK, 0);

	CU_ASSERT_EQUAL(be16_get(console->vdev), 9);
	CU_ASSERT_EQUAL(be16_get(console->devtype), 0x3215);
	CU_ASSERT_EQUAL(console->class, 'X');
	CU_ASSERT_EQUAL(console->observer, 1);
	CU_ASSERT_EQUAL(memcmp(console->secuser, "BOB     ", 8), 0);
	CU_ASSERT_EQUAL(reader->kind, DISK_SPOOL_READER);
	CU_ASSERT_EQUAL(reader->class, '*');
	CU_ASSERT_EQUAL(punch->kind, DISK_SPOOL_PUNCH);
	CU_ASSERT_EQUAL(be16_get(punch->vdev), 0xd);
	CU_ASSERT_EQUAL(be16_get(disk->devtype), 0x3370);
	CU_ASSERT_EQUAL(memcmp(disk->volser, "VM40V1", 6), 0);
	CU_ASSERT_EQUAL(disk->mode, LINK_MR);
	CU_ASSERT_EQUAL(be32_get(disk->start), 200000);
	CU_ASSERT_EQUAL(be32_get(disk->sectors), 2048);
	CU_ASSERT_TRUE(password_fits(&disk->read, "rpass"));
	CU_ASSERT_EQUAL(disk->write.kind, SECRET_ALL);
	CU_ASSERT_EQUAL(disk->multi.kind, SECRET_NONE);
	CU_ASSERT_EQUAL(be32_get(rest->sectors), 524288 - 500000);
	CU_ASSERT_EQUAL(memcmp(link->userid, "MAINT   ", 8), 0);
	CU_ASSERT_EQUAL(be16_get(link->owner_vdev), 0x190);
	CU_ASSERT_EQUAL(link->mode, LINK_RR);
}

static void there_and_back(void)
{
	struct object_directory d;
	struct object_user user;
	uint8_t *e = malloc(OBJECT_ENTRY_MAX);

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "the limit of a share is kept"));
	CU_ASSERT_EQUAL(newest(&d), 0);
	CU_ASSERT_EQUAL(d.generation, 1);
	CU_ASSERT_EQUAL(d.count, 3);
	CU_ASSERT_EQUAL(d.weak, 1);
	CU_ASSERT_EQUAL(object_verify(&d, e, 100), OBJECT_OK);
	CU_ASSERT_EQUAL(object_find(&d, "alice", &user), OBJECT_OK);
	CU_ASSERT_EQUAL(object_read(&d, &user, e), OBJECT_OK);
	CU_ASSERT_EQUAL(user.flags, 0);
	check_alice(e, user.length);
	check_alice_lists(e, user.length);
	check_alice_devices(e, user.length);
	CU_ASSERT_EQUAL(object_find(&d, "MAINT", &user), OBJECT_OK);
	CU_ASSERT_EQUAL(user.flags, OBJECT_USER_WEAK);
	CU_ASSERT_EQUAL(object_find(&d, "BOB", &user), OBJECT_OK);
	CU_ASSERT_EQUAL(object_read(&d, &user, e), OBJECT_OK);
	CU_ASSERT_EQUAL(
		((const struct object_password *)(const void *)find(e, user.length, OBJECT_PASSWORD, 0))
			->secret.kind,
		SECRET_LBYONLY);
	CU_ASSERT_EQUAL(object_find(&d, "CAROL", &user), OBJECT_MISSING);
	CU_ASSERT_EQUAL(object_find(&d, "", &user), OBJECT_MISSING);
	CU_ASSERT_EQUAL(object_find(&d, "ALICEALICE", &user), OBJECT_MISSING);
	CU_ASSERT_EQUAL(object_at(&d, 3, &user), OBJECT_MISSING);
	close_volume();
	free(e);
}

/* No password stands anywhere in what was written. */
static void no_password_is_kept(void)
{
	size_t length;
	char *db, *vol;

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	db = unit_read(unit_path("db"), &length);
	CU_ASSERT_PTR_NULL(memmem(db, length, "SECRET", 6));
	CU_ASSERT_PTR_NULL(memmem(db, length, "RPASS", 5));
	vol = unit_read(unit_path("volume"), &length);
	CU_ASSERT_PTR_NULL(memmem(vol, length, "SECRET", 6));
	CU_ASSERT_PTR_NULL(memmem(vol, length, "RPASS", 5));
	free(db);
	free(vol);
}

/* From the database alone, the same directory comes again. */
static void again_from_the_database(void)
{
	struct object_directory a, b;

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	CU_ASSERT_EQUAL(newest(&a), 0);
	close_volume();
	CU_ASSERT_EQUAL(build(NULL), 0);
	CU_ASSERT_EQUAL(newest(&b), 1);
	close_volume();
	CU_ASSERT_EQUAL(b.generation, 2);
	CU_ASSERT_EQUAL(memcmp(a.identity, b.identity, sizeof(a.identity)), 0);
	CU_ASSERT_EQUAL(build(NULL), 0);
	CU_ASSERT_EQUAL(newest(&b), 0);
	close_volume();
	CU_ASSERT_EQUAL(b.generation, 3);
}

static void each_user(void *context, const char *userid)
{
	strcat(strcat(context, userid), " ");
}

static void database_answers(void)
{
	char users[100] = "";

	volume();
	CU_ASSERT_EQUAL(unit_build(source(SOURCE), unit_path("db"), NULL, out()), 0);
	CU_ASSERT_STRING_EQUAL(ask("SELECT group_concat(userid || ' ' || storage || ' ' || classes || ' ' || "
				   "mode, ', ') FROM"
				   " (SELECT * FROM users ORDER BY userid)"),
			       "ALICE 33554432 CDEG XC, BOB 16777216 G ESA, MAINT 16777216 ABCDEG ESA");
	CU_ASSERT_STRING_EQUAL(ask("SELECT group_concat(userid || ' ' || vdev || ' ' || start || ' ' || "
				   "coalesce(blocks, 'END'), ', ')"
				   " FROM (SELECT * FROM minidisks ORDER BY start)"),
			       "MAINT 0190 131072 100, ALICE 0191 200000 2048, ALICE 0192 500000 END");
	CU_ASSERT_STRING_EQUAL(ask("PRAGMA user_version"), "3");
	CU_ASSERT_STRING_EQUAL(ask("PRAGMA integrity_check"), "ok");
	CU_ASSERT_EQUAL(direct_users(unit_path("db"), each_user, users), 0);
	CU_ASSERT_STRING_EQUAL(users, "ALICE BOB MAINT ");
	CU_ASSERT_EQUAL(direct_users("/nonexistent", each_user, users), 2);
}

/* ---- all or nothing ------------------------------------------------------------------------------------------ */

static void errors_change_nothing(void)
{
	static const char *const wrong[] = {
		SOURCE "FOO\n",                             /* a statement */
		SOURCE " MDISK 193 9336 200000 1 VM40V1\n", /* an overlap */
		SOURCE " MDISK 193 9336 524287 2 VM40V1\n", /* beyond the end, which only the volume knows */
		SOURCE " MDISK 193 9336 524288 END VM40V1\n",
		"DIRECTORY 123 9336 OTHER1\nUSER BOB BOB\n", /* for another volume */
	};
	size_t length, length2;
	char *db, *db2, *vol, *vol2;

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	db = unit_read(unit_path("db"), &length);
	vol = unit_read(unit_path("volume"), &length2);
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t n;

		CU_ASSERT_EQUAL(build(wrong[i]), 1);
		CU_ASSERT_STRING_NOT_EQUAL(said(), "");
		db2 = unit_read(unit_path("db"), &n);
		CU_ASSERT_TRUE(n == length && memcmp(db, db2, n) == 0);
		vol2 = unit_read(unit_path("volume"), &n);
		CU_ASSERT_TRUE(n == length2 && memcmp(vol, vol2, n) == 0);
		free(db2);
		free(vol2);
	}
	free(db);
	free(vol);
	CU_ASSERT_EQUAL(build(SOURCE " MDISK 193 9336 524287 1 VM40V1\n"),
			1); /* meets 192, which goes to the end */
	CU_ASSERT_EQUAL(build("DIRECTORY 123 9336 VM40V1\nUSER BOB BOB\n MDISK 193 9336 524287 1 VM40V1\n"),
			0);
}

static void directory_too_large(void)
{
	struct volume_sizes small = {.object_bytes = 8192};
	char *text = calloc(1, 200 * 40), name[40];

	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(volume_format(unit_path("volume"), "VM40V1", &small, true, out()), 0);
	strcpy(text, "DIRECTORY 123 9336 VM40V1\n");
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "USER U%u NOLOG\n", i);
		strcat(text, name);
	}
	CU_ASSERT_EQUAL(build(text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "but its area has 8 KiB"));
	CU_ASSERT_EQUAL(generation(), 0);
	CU_ASSERT_STRING_EQUAL(ask("SELECT count(*) FROM entry"), "0");
	free(text);
}

/* Builders that are killed at any moment leave a whole directory, old or new. */
static void killed_builders(void)
{
	uint64_t before;
	uint8_t *buf = malloc(OBJECT_ENTRY_MAX);

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	source(SOURCE);
	for (unsigned i = 0; i < (getenv("VM40_LONG") != NULL ? 500u : 40u); i++) {
		struct object_directory d;
		pid_t child;

		before = generation();
		child = fork();
		if (child == 0) {
			unit_build(unit_path("source"), unit_path("db"), unit_path("volume"),
				   fopen("/dev/null", "w"));
			_exit(0);
		}
		usleep(i % 40 * 700 + i / 40 * 53);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		CU_ASSERT_TRUE(newest(&d) >= 0);
		CU_ASSERT_TRUE(d.generation == before || d.generation == before + 1);
		CU_ASSERT_EQUAL(object_verify(&d, buf, OBJECT_ENTRY_MAX), OBJECT_OK);
		CU_ASSERT_EQUAL(d.count, 3);
		close_volume();
		CU_ASSERT_STRING_EQUAL(ask("SELECT count(*) FROM entry"), "4");
	}
	free(buf);
}

/* ---- damaged volumes and databases --------------------------------------------------------------------------- */

static void patch(uint64_t offset, const void *bytes, size_t length)
{
	int fd = open(unit_path("volume"), O_WRONLY);

	CU_ASSERT_EQUAL(pwrite(fd, bytes, length, (off_t)offset), (ssize_t)length);
	close(fd);
}

static void flip(uint64_t offset)
{
	int fd = open(unit_path("volume"), O_RDWR);
	uint8_t byte = 0;

	CU_ASSERT_EQUAL(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= 0x10;
	CU_ASSERT_EQUAL(pwrite(fd, &byte, 1, (off_t)offset), 1);
	close(fd);
}

#define SLOT_A (256u * 4096) /* where the formatter puts them */
#define SLOT_B (1280u * 4096)

/* The newer slot's header damaged: the older directory is used. */
static void older_slot_steps_in(void)
{
	struct object_directory d;

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	CU_ASSERT_EQUAL(build(NULL), 0);
	CU_ASSERT_EQUAL(generation(), 2);
	for (unsigned at = 0; at < 512; at += 37) {
		flip(SLOT_B + at);
		CU_ASSERT_EQUAL(generation(), 1);
		flip(SLOT_B + at);
	}
	CU_ASSERT_EQUAL(generation(), 2);
	flip(SLOT_A + 20);
	flip(SLOT_B + 20);
	CU_ASSERT_EQUAL(newest(&d), OBJECT_DAMAGED);
	close_volume();
	list(1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(said(), "directory A        the directory is damaged: a checksum is wrong"));
	CU_ASSERT_EQUAL(build(SOURCE), 0); /* and is mended by building it again */
	CU_ASSERT_EQUAL(generation(), 1);
	list(0); /* both slots: the other one was wiped */
}

/* A slot without its magic is damaged, not empty; the next build mends it. */
static void lost_magic(void)
{
	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	flip(SLOT_A);
	list(1);
	CU_ASSERT_EQUAL(build(NULL), 0);
	list(0);
	CU_ASSERT_EQUAL(build(NULL), 0);
	flip(SLOT_A);
	list(1);
	CU_ASSERT_EQUAL(generation(), 2);
	CU_ASSERT_EQUAL(build(NULL), 0);
	list(0);
	CU_ASSERT_EQUAL(generation(), 3);
}

/* Any bit of the index or an entry: the look-up of that user fails, with DAMAGED. */
static void entries_are_checked(void)
{
	struct object_directory d;
	struct object_user user;
	uint8_t *buf = malloc(OBJECT_ENTRY_MAX);

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	CU_ASSERT_EQUAL(newest(&d), 0);
	CU_ASSERT_EQUAL(object_at(&d, 0, &user), OBJECT_OK);
	close_volume();
	for (unsigned at = 0; at < user.length; at += 11) {
		flip(SLOT_A + user.offset + at);
		CU_ASSERT_EQUAL(newest(&d), 0);
		CU_ASSERT_EQUAL(object_at(&d, 0, &user), OBJECT_OK);
		CU_ASSERT_EQUAL(object_read(&d, &user, buf), OBJECT_DAMAGED);
		CU_ASSERT_EQUAL(object_verify(&d, buf, 4096), OBJECT_DAMAGED);
		close_volume();
		flip(SLOT_A + user.offset + at);
	}
	for (unsigned at = 0; at < 32; at++) {
		struct object_user again;

		flip(SLOT_A + 4096 + at);
		CU_ASSERT_EQUAL(newest(&d), 0);
		CU_ASSERT_EQUAL(object_at(&d, 0, &again), OBJECT_DAMAGED);
		close_volume();
		flip(SLOT_A + 4096 + at);
	}
	free(buf);
}

/* Checksums right, contents impossible: each of these must be found. The entry is ALICE's, patched in storage. */
struct lie {
	const char *what;
	unsigned type;   /* of the record */
	unsigned offset; /* in it */
	uint8_t value;
	int status;
};

static int lie_read(const uint8_t *entry, uint32_t length)
{
	uint8_t *image = malloc(length), *buf = malloc(length);
	struct object_directory d = {.source = {object_memory_read, image, length}, .length = length};
	struct object_user user = {
		.userid = "ALICE   ", .length = length, .crc = crc32_update(0, entry, length)};
	int status;

	memcpy(image, entry, length);
	status = object_read(&d, &user, buf);
	free(image);
	free(buf);
	return status;
}

static void impossible_entries(void)
{
	static const struct lie lies[] = {
		{"a record longer than the entry", OBJECT_MACHINE, 2, 0xff, OBJECT_IMPOSSIBLE},
		{"a record shorter than its head", OBJECT_MACHINE, 3, 3, OBJECT_IMPOSSIBLE},
		{"a record shorter than its structure", OBJECT_MACHINE, 3, 43, OBJECT_IMPOSSIBLE},
		{"no password", OBJECT_PASSWORD, 1, 99, OBJECT_IMPOSSIBLE},
		{"an unknown record that must be known", OBJECT_ACCOUNT, 0, 0x80, OBJECT_TOO_NEW},
		{"an unknown record that may be skipped", OBJECT_ACCOUNT, 1, 99, OBJECT_OK},
		{"kind of password", OBJECT_PASSWORD, 4, 7, OBJECT_IMPOSSIBLE},
		{"a minidisk's password for a user", OBJECT_PASSWORD, 4, SECRET_ALL, OBJECT_IMPOSSIBLE},
		{"too many iterations", OBJECT_PASSWORD, 8, 1, OBJECT_IMPOSSIBLE},
		{"mode 0", OBJECT_MACHINE, 4, 0, OBJECT_IMPOSSIBLE},
		{"mode 5", OBJECT_MACHINE, 4, 5, OBJECT_IMPOSSIBLE},
		{"no processor", OBJECT_MACHINE, 5, 0, OBJECT_IMPOSSIBLE},
		{"too many processors", OBJECT_MACHINE, 5, 65, OBJECT_IMPOSSIBLE},
		{"more storage than the maximum", OBJECT_MACHINE, 22, 1, OBJECT_IMPOSSIBLE},
		{"storage that is no whole number of pages", OBJECT_MACHINE, 27, 1, OBJECT_IMPOSSIBLE},
		{"share 0", OBJECT_SHARE, 11, 0, OBJECT_IMPOSSIBLE},
		{"share kind", OBJECT_SHARE, 4, 3, OBJECT_IMPOSSIBLE},
		{"share limit", OBJECT_SHARE, 5, 3, OBJECT_IMPOSSIBLE},
		{"unprintable name", OBJECT_LOGONBY, 4, 0x1b, OBJECT_IMPOSSIBLE},
		{"unprintable command", OBJECT_COMMAND, 5, 0x0a, OBJECT_IMPOSSIBLE},
		{"console class", OBJECT_CONSOLE, 8, '*', OBJECT_IMPOSSIBLE},
		{"unit", OBJECT_SPOOL, 8, 4, OBJECT_IMPOSSIBLE},
		{"minidisk mode", OBJECT_MDISK, 14, 8, OBJECT_IMPOSSIBLE},
		{"minidisk beyond all volumes", OBJECT_MDISK, 20, 0xff,
		 OBJECT_OK}, /* its size moves it: see below */
		{"a log-on word as a minidisk's password", OBJECT_MDISK, 24, SECRET_NOLOG, OBJECT_IMPOSSIBLE},
		{"link mode", OBJECT_LINK, 16, 0, OBJECT_IMPOSSIBLE},
	};
	struct object_directory d;
	struct object_user user;
	uint8_t *entry, *copy;

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	CU_ASSERT_EQUAL(newest(&d), 0);
	CU_ASSERT_EQUAL_FATAL(object_find(&d, "ALICE", &user), OBJECT_OK);
	entry = malloc(user.length);
	copy = malloc(user.length);
	CU_ASSERT_EQUAL(object_read(&d, &user, entry), OBJECT_OK);
	close_volume();
	CU_ASSERT_EQUAL(lie_read(entry, user.length), OBJECT_OK);
	for (unsigned i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		const struct object_record *r = find(entry, user.length, lies[i].type, 0);
		size_t at = (size_t)((const uint8_t *)r - entry) + lies[i].offset;
		int status;

		memcpy(copy, entry, user.length);
		copy[at] = lies[i].value;
		status = lie_read(copy, user.length);
		if (status != lies[i].status)
			printf("\n%s: %d\n", lies[i].what, status);
		CU_ASSERT_EQUAL(status, lies[i].status);
	}
	/* start + sectors - 1 must not go round */
	memcpy(copy, entry, user.length);
	memset(copy + ((const uint8_t *)find(entry, user.length, OBJECT_MDISK, 0) - entry) + 16, 0xff, 4);
	CU_ASSERT_EQUAL(lie_read(copy, user.length), OBJECT_IMPOSSIBLE);
	memcpy(copy, entry, user.length);
	memset(copy + ((const uint8_t *)find(entry, user.length, OBJECT_MDISK, 0) - entry) + 20, 0, 4);
	CU_ASSERT_EQUAL(lie_read(copy, user.length), OBJECT_IMPOSSIBLE);
	/* another user's entry, another length, no entry at all */
	memcpy(copy, entry, user.length);
	copy[8] = 'B';
	CU_ASSERT_EQUAL(lie_read(copy, user.length), OBJECT_IMPOSSIBLE);
	copy[8] = 'A';
	CU_ASSERT_EQUAL(lie_read(copy, user.length - 1), OBJECT_IMPOSSIBLE);
	copy[0] = 'X';
	CU_ASSERT_EQUAL(lie_read(copy, user.length), OBJECT_IMPOSSIBLE);
	free(entry);
	free(copy);
}

/* Headers whose checksum is right and whose numbers are not. */
static void impossible_headers(void)
{
	static const struct {
		unsigned offset;
		uint8_t value;
		int status;
	} lies[] = {{12, 1, OBJECT_TOO_NEW},       {24, 1, OBJECT_IMPOSSIBLE}, {32, 1, OBJECT_IMPOSSIBLE},
		    {38, 0x40, OBJECT_IMPOSSIBLE}, {37, 1, OBJECT_IMPOSSIBLE}, {38, 0, OBJECT_IMPOSSIBLE},
		    {34, 0xff, OBJECT_IMPOSSIBLE}};

	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	for (unsigned i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct object_header h, copy;
		struct object_directory d;
		int status;

		CU_ASSERT_EQUAL(newest(&d), 0);
		CU_ASSERT_TRUE(store_read(&open_volume, SLOT_A, &h, sizeof(h)));
		close_volume();
		copy = h;
		((uint8_t *)&copy)[lies[i].offset] = lies[i].value;
		copy.crc = be32_make(crc32_update(0, (uint8_t *)&copy + 12, sizeof(copy) - 12));
		patch(SLOT_A, &copy, sizeof(copy));
		status = newest(&d);
		if (lies[i].status != status)
			printf("\nheader byte %u: %d\n", lies[i].offset, status);
		CU_ASSERT_EQUAL(status, lies[i].status);
		close_volume();
		patch(SLOT_A, &h, sizeof(h));
	}
}

static void strange_databases(void)
{
	volume();
	CU_ASSERT_EQUAL(unit_build(NULL, unit_path("none"), unit_path("volume"), out()), 2);
	unit_file("db",
		  "this is not a database at all, but long enough to have a header, or so it seems to be",
		  86);
	CU_ASSERT_EQUAL(build(SOURCE), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "not a database"));
	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	ask("PRAGMA user_version = 99");
	CU_ASSERT_EQUAL(build(SOURCE), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "made by a later version"));
	ask("PRAGMA user_version = 0");
	CU_ASSERT_EQUAL(build(SOURCE), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "not a directory database"));
	ask("PRAGMA user_version = 3");
	ask("DELETE FROM directory");
	CU_ASSERT_EQUAL(build(NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "the database is empty"));
	CU_ASSERT_EQUAL(generation(), 1);
}

/* What somebody does to the tables by hand is checked like a source. */
static void databases_changed_by_hand(void)
{
	volume();
	CU_ASSERT_EQUAL(build(SOURCE), 0);
	ask("UPDATE minidisk SET start = 131072 WHERE start = 200000");
	CU_ASSERT_EQUAL(build(NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "overlaps minidisk 0190 of MAINT, blocks 131072-131171"));
	ask("UPDATE minidisk SET start = 300000 WHERE start = 131072 AND blocks = 2048");
	CU_ASSERT_EQUAL(build(NULL), 0);
	ask("UPDATE entry SET maximum = 1048576 WHERE name = 'ALICE'");
	CU_ASSERT_EQUAL(build(NULL), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said(), "ALICE has more storage"));
	ask("UPDATE entry SET maximum = 5000 WHERE name = 'ALICE'"); /* refused by the table itself */
	CU_ASSERT_STRING_EQUAL(ask("SELECT maximum FROM entry WHERE name = 'ALICE'"), "1048576");
	CU_ASSERT_EQUAL(generation(), 2);
}

/* ---- many users --------------------------------------------------------------------------------------------- */

static void many_users(void)
{
	enum { USERS = 20000 };
	struct object_directory d;
	struct object_user user;
	struct volume_sizes large = {
		.bytes = UINT64_C(2) << 30, .cp_bytes = 256u << 20, .object_bytes = 64u << 20};
	char *text = malloc(USERS * 100), *p = text;
	unsigned reads = 0;

	unlink(unit_path("db"));
	CU_ASSERT_EQUAL(volume_format(unit_path("volume"), "VM40V1", &large, true, out()), 0);
	p += sprintf(p, "DIRECTORY 123 9336 VM40V1\nPROFILE P\n CONSOLE 009 3215\n SPOOL 00C 2540 READER\n");
	for (unsigned i = 0; i < USERS; i++)
		p += sprintf(p, "USER U%u NOLOG\n INCLUDE P\n MDISK 191 9336 %u 8 VM40V1\n",
			     (i * 7919u) % USERS, 1000000 + i * 8);
	CU_ASSERT_EQUAL(build(text), 0);
	CU_ASSERT_EQUAL(newest(&d), 0);
	CU_ASSERT_EQUAL(d.count, USERS);
	for (unsigned i = 0; i < USERS; i += 97) {
		char name[9];

		snprintf(name, sizeof(name), "U%u", i);
		CU_ASSERT_EQUAL(object_find(&d, name, &user), OBJECT_OK);
		reads++;
	}
	CU_ASSERT_EQUAL(reads, (USERS + 96) / 97);
	close_volume();
	free(text);
}

static const struct unit_test tests[] = {
	{"source, database, volume: every field comes back", there_and_back},
	{"no password stands in the database or on the volume", no_password_is_kept},
	{"the database alone gives the same directory, in the other slot", again_from_the_database},
	{"the database answers questions", database_answers},
	{"any error leaves database and volume byte for byte", errors_change_nothing},
	{"a directory too large for its slot is refused", directory_too_large},
	{"builders killed at any moment leave a whole directory", killed_builders},
	{"a damaged header: the other slot is used", older_slot_steps_in},
	{"a slot without magic is damaged, and is mended by the next build", lost_magic},
	{"damaged indexes and entries are found", entries_are_checked},
	{"entries with good checksums and impossible contents", impossible_entries},
	{"headers with good checksums and impossible contents", impossible_headers},
	{"files that are no database, or not ours", strange_databases},
	{"a database changed by hand is checked", databases_changed_by_hand},
	{"20,000 users", many_users},
};

UNIT_MAIN("directory: the build", tests)
