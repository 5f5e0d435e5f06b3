/*
 * users.h - a small world of users for the tests of commands and sessions: a directory in storage, a disk, lines.
 *
 * It stands in for volume/directory.c and volume/extent.c, so that a test names its users in a few lines of C.
 */
#ifndef USERS_H
#define USERS_H

#include "unit.h"
#include <cp/command.h>
#include <cp/object.h>
#include <cp/pbkdf2.h>
#include <cp/volume.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_MAX 2048
#define USERS_MAX 16

struct user {
	char userid[9];
	uint8_t entry[ENTRY_MAX];
	size_t length;
};

static struct user users[USERS_MAX];
static unsigned user_count;
static bool directory_broken;
static uint64_t directory_changes = 1;

/* ---- what volume/directory.c and volume/extent.c would offer ------------------------------------------ */

int directory_init(void)
{
	return 0;
}

int directory_lookup(const char *userid, void **entry, size_t *length)
{
	task_yield(); /* as a disk would */
	if (directory_broken)
		return CP_IO_ERROR;
	for (unsigned i = 0; i < user_count; i++) {
		if (strcmp(users[i].userid, userid) != 0)
			continue;
		*entry = malloc(users[i].length);
		memcpy(*entry, users[i].entry, users[i].length);
		*length = users[i].length;
		return 0;
	}
	return 1;
}

void directory_release(void *entry, size_t length)
{
	(void)length;
	free(entry);
}

int directory_userid(uint32_t n, char userid[9])
{
	if (n >= user_count)
		return 1;
	strcpy(userid, users[n].userid);
	return 0;
}

uint64_t directory_generation(void)
{
	return directory_changes;
}

uint32_t directory_count(void)
{
	return user_count;
}

uint32_t directory_weak(void)
{
	return user_count;
}

int directory_swap(const uint8_t *identity, directory_report *report, void *context)
{
	(void)identity;
	report(context, "ALICE", false);
	return 0;
}

void directory_hold_until(tod_t until)
{
	(void)until;
}

int directory_update(const char *userid, directory_change *change, void *context)
{
	(void)userid;
	(void)change;
	(void)context;
	return 1;
}

static struct volume test_volume = {.label = "VM40VL"};

int extent_open(struct extent *e, const char *label, uint64_t start, uint64_t sectors)
{
	if (strcmp(label, test_volume.label) != 0)
		return 1;
	if (start + sectors > 1000000)
		return CP_CANNOT;
	*e = (struct extent){.volume = &test_volume, .start = start, .sectors = sectors};
	return 0;
}

/* Temporary disks hold nothing here; there is room for small ones. */
int extent_open_temporary(struct extent *e, uint8_t kind, uint64_t sectors)
{
	static char some[2];

	if (sectors > 100000)
		return 1;
	*e = (struct extent){.sectors = sectors,
			     .temporary = (struct temporary *)&some[kind == OBJECT_TEMPORARY_STORAGE]};
	return 0;
}

void extent_close(struct extent *e)
{
	e->temporary = NULL;
}

const char *extent_name(const struct extent *e)
{
	return e->temporary ? "(TEMP)" : test_volume.label;
}

/* What is on every disk: zeros, or (when wanted) some of them and some other bytes. */
static bool disks_filled;

int extent_read(const struct extent *e, uint64_t sector, uint32_t count, void *buf)
{
	uint8_t *to = buf;

	(void)e;
	for (uint32_t i = 0; i < count * SECTOR_SIZE; i++) {
		uint64_t n = sector + i / SECTOR_SIZE;

		to[i] = !disks_filled || n / 24 % 2 ? 0 : (uint8_t)(n % 16 < 8 ? n : n * i * i >> 3);
	}
	return 0;
}

int extent_write(const struct extent *e, uint64_t sector, uint32_t count, const void *buf)
{
	(void)e, (void)sector, (void)count, (void)buf;
	return 0;
}

int extent_flush(const struct extent *e)
{
	(void)e;
	return 0;
}

/* ---- writing entries --------------------------------------------------------------------------------------- */

static void blank_name(uint8_t *dst, size_t size, const char *name)
{
	memset(dst, ' ', size);
	memcpy(dst, name, strlen(name));
}

static void add_record(struct user *u, unsigned type, void *record, size_t length)
{
	struct object_record *head = record;
	struct object_entry *e = (struct object_entry *)u->entry;

	head->type = be16_make((uint16_t)type);
	head->length = be16_make((uint16_t)length);
	memcpy(u->entry + u->length, record, length);
	u->length += length;
	e->length = be32_make((uint32_t)u->length);
}

static struct object_secret make_secret(const char *password)
{
	struct object_secret s = {.kind = SECRET_HASH, .iterations = be32_make(20), .salt = "some salt"};
	struct pbkdf2 p;

	pbkdf2_start(&p, password, strlen(password), s.salt, SECRET_SALT, 1, 20);
	while (!pbkdf2_step(&p, 100))
		;
	memcpy(s.digest, p.result, SECRET_DIGEST);
	return s;
}

static struct object_secret secret_kind(uint8_t kind)
{
	return (struct object_secret){.kind = kind};
}

/* A user with a machine of 16M (at most 64M), these classes, and a console, reader, punch and printer. */
static struct user *add_user(const char *userid, struct object_secret secret, uint32_t classes)
{
	struct user *u = &users[user_count++];
	struct object_entry *e = (struct object_entry *)u->entry;
	struct object_password password = {.secret = secret};
	struct object_machine machine = {.mode = OBJECT_MODE_ESA,
					 .cpus = 1,
					 .edit = {'#', '[', '@', '"'},
					 .classes = be32_make(classes),
					 .storage = be64_make(16 << 20),
					 .maximum = be64_make(64 << 20)};
	struct object_console console = {
		.vdev = be16_make(0x009), .devtype = be16_make(0x3215), .class = 'T'};
	static const struct {
		uint16_t vdev, type;
		uint8_t kind, class;
	} units[] = {{0x00c, 0x2540, DISK_SPOOL_READER, '*'},
		     {0x00d, 0x2540, DISK_SPOOL_PUNCH, 'A'},
		     {0x00e, 0x1403, DISK_SPOOL_PRINTER, 'A'}};

	strcpy(u->userid, userid);
	memset(u->entry, 0, sizeof(u->entry));
	u->length = sizeof(*e);
	memcpy(e->magic, OBJECT_ENTRY_MAGIC, 4);
	blank_name(e->userid, 8, userid);
	blank_name(console.secuser, 8, "");
	add_record(u, OBJECT_PASSWORD, &password, sizeof(password));
	add_record(u, OBJECT_MACHINE, &machine, sizeof(machine));
	add_record(u, OBJECT_CONSOLE, &console, sizeof(console));
	for (unsigned i = 0; i < ARRAY_SIZE(units); i++) {
		struct object_spool spool = {.vdev = be16_make(units[i].vdev),
					     .devtype = be16_make(units[i].type),
					     .kind = units[i].kind,
					     .class = units[i].class};
		add_record(u, OBJECT_SPOOL, &spool, sizeof(spool));
	}
	return u;
}

static void add_mdisk(struct user *u, uint16_t vdev, uint32_t start, uint32_t sectors, uint8_t mode)
{
	struct object_mdisk m = {.vdev = be16_make(vdev),
				 .devtype = be16_make(0x9336),
				 .mode = mode,
				 .start = be32_make(start),
				 .sectors = be32_make(sectors),
				 .read = secret_kind(SECRET_ALL),
				 .write = make_secret("WRITE"),
				 .multi = secret_kind(SECRET_NONE)};

	blank_name(m.volser, 6, test_volume.label);
	add_record(u, OBJECT_MDISK, &m, sizeof(m));
}

/* OPERATOR ABCDEG, ALICE and BOB of class G with a minidisk 191 each, and one of every odd kind of password. */
static void add_everybody(void)
{
	struct object_userid by = {.userid = "BOB     "};
	struct user *u;

	if (user_count)
		return;
	u = add_user("OPERATOR", make_secret("OPSECRET"),
		     CLASS('A') | CLASS('B') | CLASS('C') | CLASS('D') | CLASS('E') | CLASS('G'));
	u = add_user("ALICE", make_secret("WONDER"), CLASS('G'));
	add_mdisk(u, 0x191, 1000, 100, LINK_MR);
	u = add_user("BOB", make_secret("BUILDER"), CLASS('G'));
	add_mdisk(u, 0x191, 2000, 100, LINK_MR);
	u = add_user("SHARED", secret_kind(SECRET_LBYONLY), CLASS('G'));
	add_record(u, OBJECT_LOGONBY, &by, sizeof(by));
	add_user("NOLOG", secret_kind(SECRET_NOLOG), CLASS('G'));
	add_user("OPEN", secret_kind(SECRET_NOPASS), CLASS('G'));
	add_user("AUTO", secret_kind(SECRET_AUTOONLY), CLASS('G'));
}

#endif
