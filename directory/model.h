/*
 * model.h - a directory in storage: what parse.c fills, check.c judges, the database keeps and image.c writes.
 */
#ifndef DIRECTORY_MODEL_H
#define DIRECTORY_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include "arena.h"
#include "cp/volume/format.h"
#include "source.h"

/* A password: as typed (until it is hashed), or as hashed. */
struct secret {
	uint8_t kind;     /* enum secret_kind */
	bool weak;        /* it is the userid */
	const char *text; /* upper case; NULL once hashed */
	uint32_t iterations;
	uint8_t salt[SECRET_SALT];
	uint8_t digest[SECRET_DIGEST];
	int64_t row; /* in the database's table of hashes; 0: not there yet */
};

/* A list of names or texts, in order. */
struct item {
	struct item *next;
	const char *text;
	const char *statement; /* of the list `kept`: its name */
	struct place place;
};

struct list_of_items {
	struct item *first, *last;
	unsigned count;
};

/* The kinds from DEVICE_DEDICATE on are kept by the database and exported; CP has nothing of that kind yet. */
enum device_kind {
	DEVICE_CONSOLE,
	DEVICE_SPOOL,
	DEVICE_MDISK,
	DEVICE_LINK,
	DEVICE_VDISK,
	DEVICE_TDISK,
	DEVICE_DEDICATE,
	DEVICE_SPECIAL,
	DEVICE_NICDEF,
	DEVICE_KINDS
};

/* What a minidisk's password admits to. */
enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_MULTI, ACCESSES };

/* A device of a machine. Which fields count depends on the kind. */
struct device {
	struct device *next;
	enum device_kind kind;
	struct place place;
	uint16_t vdev;
	uint16_t devtype;                /* four digits as hexadecimal; 0 for a link */
	uint8_t class;                   /* console, spool */
	uint8_t unit;                    /* spool: enum disk_spool_device */
	uint8_t mode;                    /* mdisk, link: enum link_mode */
	bool observer;                   /* console */
	char userid[9];                  /* console: secondary user or empty; link: owner */
	uint16_t owner_vdev;             /* link */
	char volser[7];                  /* mdisk */
	uint32_t start;                  /* mdisk: first 512-byte sector */
	uint32_t sectors;                /* mdisk; 0: to the end of the volume; vdisk, tdisk */
	const char *text;                /* from DEVICE_DEDICATE on: all operands after the address */
	struct secret *secret[ACCESSES]; /* mdisk; NULL: there is none */
};

/* What a general statement of an entry has said; a bit each. Those not said come from the profile, then from the defaults. */
enum given {
	GIVEN_STORAGE = 1u << 0,
	GIVEN_MAXIMUM = 1u << 1,
	GIVEN_CLASSES = 1u << 2,
	GIVEN_PRIORITY = 1u << 3,
	GIVEN_EDIT = 1u << 4,
	GIVEN_MACHINE = 1u << 5,
	GIVEN_OPTION = 1u << 6,
	GIVEN_ACCOUNT = 1u << 7,
	GIVEN_IPL = 1u << 8,
	GIVEN_SHARE = 1u << 9,
};

struct share {
	uint8_t kind, limit, limit_kind;
	uint32_t value, limit_value;
};

/* A USER or a PROFILE. */
struct user {
	char userid[9];
	bool profile;
	struct place place;
	const struct user *include;
	struct place include_place;
	uint32_t given; /* enum given */
	struct secret password;
	uint64_t storage, maximum;
	struct place storage_place;
	uint32_t classes;
	uint8_t priority;
	uint8_t edit[4];
	uint8_t mode, cpus; /* cpus 0: not said */
	uint32_t options;   /* enum object_option */
	uint32_t cpuid, maxconn;
	char account[9], distribution[9];
	char ipl_name[9], loadparm[9];
	uint16_t ipl_vdev; /* ipl_name empty */
	const char *parm;  /* NULL: none */
	struct place ipl_place;
	struct share share;
	struct list_of_items logonby, autolog, commands;
	struct list_of_items kept; /* general statements that CP does not act on yet */
	struct device *devices, *last_device;
	unsigned device_count;
	int64_t row; /* in the database */
};

/* Entries in the order of the source, and found by name. */
struct table {
	struct user **entries;
	uint32_t count, room;
	uint32_t *slots; /* open addressing: index + 1; 0 is free */
	uint32_t slot_count;
};

struct model {
	struct arena arena;
	bool has_directory; /* a DIRECTORY statement was read */
	struct place place; /* of it */
	uint16_t vdev, devtype;
	char volser[7];
	struct table users, profiles;
	/* Only part of the directory is in storage: who misses an entry asks for it here. NULL: all of it is. */
	struct user *(*fetch)(struct model *m, bool profile, const char *name);
	void *fetch_context;
};

void model_free(struct model *m);
struct user *table_find(const struct table *t, const char *name);
/* Find an entry in the model or, when that is a part only, where it came from. NULL: there is none. */
struct user *model_find(struct model *m, bool profile, const char *name);
/* A new entry, at the end; the caller has made sure that the name is new. */
struct user *table_add(struct model *m, struct table *t, const char *name);
void items_add(struct arena *a, struct list_of_items *l, const char *text, const struct place *p);
struct device *user_add_device(struct arena *a, struct user *u, const struct device *d);
struct device *user_find_device(const struct user *u, uint16_t vdev);
/* The entry with its profile and the defaults worked in: complete, in storage of the arena. */
struct user *user_resolve(struct arena *a, const struct user *u);

/* Defaults of a machine about which nothing is said. */
#define DEFAULT_STORAGE  (16ull << 20)
#define DEFAULT_CLASSES  OBJECT_CLASS_BIT('G')
#define DEFAULT_MODE     OBJECT_MODE_ESA
#define DEFAULT_PRIORITY 64

/* Classes as text and back. buf must hold 33. */
char *classes_text(uint32_t classes, char *buf);
/* False: *bad is the first letter that is no class. */
bool classes_parse(const char *text, uint32_t *classes, char *bad);

#endif
