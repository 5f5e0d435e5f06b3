/*
 * directory.h - the user directory, as a library for the vm40 command.
 *
 * A directory file (docs/reference/directory.md) defines every user's virtual machine. It is compiled into a SQLite database, which
 * is the truth from then on, and from there into the object directory on a CP volume, which is what CP reads.
 *
 * Every function returns 0 (done), 1 (failed: the messages say why; nothing was changed) or 2 (the file or database cannot be
 * opened at all), and writes its messages to `out`. Errors and warnings of a directory file have the form
 *
 *	FILE:LINE:COLUMN: error: TEXT
 *	<the source line>
 *	        ^
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A minidisk that is about to be somebody's. */
struct direct_disk {
	const char *userid, *volser;
	uint16_t vdev;
	uint32_t start, blocks; /* of 512 bytes */
};

/* What all functions are about. */
struct direct {
	const char *database;
	const char *volume; /* NULL: the database alone */
	FILE *out;          /* messages */
	FILE *to;           /* what was asked for; NULL: out */
	bool json;          /* messages as JSON objects, a line each */
	bool lenient;       /* what VM/40 does not have is left out with a warning */
	bool online; /* a machine runs from the volume: only the slot that it does not use is written */
	bool dry;    /* do everything but the commit, and show what would change */
	unsigned iterations; /* of PBKDF2 for new passwords; 0: SECRET_ITERATIONS */
	/* Make a new minidisk usable before the directory names it (its blocks are zeros). NULL: nobody does. 0 or not. */
	int (*format)(void *context, const struct direct_disk *disk);
	void *context;
};

/*
 * Read and check a directory file: all errors in one run. With a volume, minidisk extents are also checked against its label;
 * without it CP is taken to have its usual 64 MiB at the front. The database is not looked at.
 */
int direct_check(const struct direct *d, const char *source);

/*
 * Check a directory file and make it the contents of the database (source NULL: take the database as it is); then write the object
 * directory to the volume's older slot, if there is one. The database is committed only when the volume has been written, so
 * both change or neither.
 */
int direct_build(const struct direct *d, const char *source);

/* What building this file would change. */
int direct_diff(const struct direct *d, const char *source);
/* The whole directory as a file in its canonical form, passwords as hashes. */
int direct_export(const struct direct *d);
/* Entries as statements; no password is shown. */
int direct_show(const struct direct *d, const char *const *names, unsigned count);
/* The result of a SELECT, tab-separated or as JSON; nothing can be changed, and no hash is shown. */
int direct_query(const struct direct *d, const char *sql);
/* The changes, newest last; with a name, those of an entry with their statements. */
int direct_log(const struct direct *d, const char *name);
/* Take back a change (0: the last one), unless its entries were changed again. */
int direct_undo(const struct direct *d, long change);

/* ---- one entry ---- */

/* A new entry, from statements without USER, or with it as the first. password NULL: NOLOG. */
int direct_add(const struct direct *d, const char *userid, const char *profile, const char *password,
	       const char *const *statements, unsigned count);
/* Statements take the place of those of their name or device address, or are added; those that begin like a dropped one go. */
int direct_change(const struct direct *d, const char *userid, const char *const *statements, unsigned count,
		  const char *const *drops, unsigned drop_count);
int direct_remove(const struct direct *d, const char *name);
/* With every link, list and secondary user that names it. */
int direct_rename(const struct direct *d, const char *from, const char *to);
int direct_password(const struct direct *d, const char *userid, const char *password);
int direct_link(const struct direct *d, const char *userid, const char *owner, const char *vdev1,
		const char *vdev2, const char *mode);

/* ---- minidisks ---- */

enum direct_disk_verb {
	DISK_ADD,     /* a new one, formatted */
	DISK_GROW,    /* longer, in its place or, with its contents, in another */
	DISK_MOVE,    /* elsewhere in the group, with its contents */
	DISK_REPLACE, /* new and empty, of another size or not */
	DISK_REMOVE,
};

/* `size` in 512-byte blocks (0: as it is); group NULL: the whole minidisk space of the volume. */
int direct_disk(const struct direct *d, enum direct_disk_verb verb, const char *userid, unsigned vdev,
		uint64_t blocks, const char *group);
/* Where a group's minidisks are allocated. blocks 0: take the region away. */
int direct_region(const struct direct *d, const char *name, const char *volser, uint32_t start,
		  uint32_t blocks, const char *group);
/* Volumes with their extents, owners and gaps, as text; or as a picture. volser NULL: all. */
int direct_map(const struct direct *d, const char *volser);
int direct_map_svg(const struct direct *d, const char *volser);

/* ---- a class ---- */

struct direct_roster {
	const char *
		file; /* userid[,password] a line; a first line with the words `userid` and `password` says which is which */
	const char *profile;   /* that new users include */
	const char *passwords; /* file of new passwords, mode 0600 */
	unsigned disk_vdev;    /* 0: no disk */
	uint64_t disk_blocks;
	const char *group;
	const char *template; /* USERID:VDEV, whose contents new disks get; NULL: they are formatted */
	bool purge;           /* who is not in the file any more goes, disks and all; else is suspended */
};

int direct_roster(const struct direct *d, const struct direct_roster *r);

/* Call each(context, userid) for every user of the database, in order: for completion. Returns 0 or 2. */
int direct_users(const char *database, void (*each)(void *context, const char *userid), void *context);
/* Words that may end an unfinished statement, one a line. */
void direct_complete(const char *text, FILE *to);
/* The statements of the reference page, in Markdown. */
void direct_reference(FILE *to);

#endif
