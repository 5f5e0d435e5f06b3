/*
 * volume.h - CP volumes from the host's side: format, list, spool files in and out, minidisks in and out.
 *
 * The form on disk is cp/volume/format.h. All functions return 0 (done), 1 (failed, with a message on `out`) or 2 (the volume or
 * the other file cannot be opened). A volume that a running machine holds open (QEMU locks it) is refused; Hercules takes no lock, so
 * the caller must know whether its own machine is up.
 */
#ifndef VOLUME_H
#define VOLUME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Sizes of a new volume; 0 takes the default of cp/volume/format.h. */
struct volume_sizes {
	uint64_t bytes;        /* of the whole volume; default 384 MiB */
	uint64_t cp_bytes;     /* where minidisks begin; default 64 MiB */
	uint64_t object_bytes; /* each of the two object directory slots; default 4 MiB */
	uint64_t spool_bytes;  /* spool space; default 48 MiB */
	uint32_t spool_files;  /* places for spool files; default 1024 */
	uint64_t
		saved_bytes; /* for saved machines; default 128 MiB, or an eighth of the size that is given */
};

/*
 * Make a volume in a sparse file, mode 0600. An existing file is refused unless `replace`. volser: 1 to 6 letters and digits.
 * sizes may be NULL.
 */
int volume_format(const char *path, const char *volser, const struct volume_sizes *sizes, bool replace,
		  FILE *out);

/* Label, areas, object directory, clock and spool files in readable form, to `to`; checks everything it reads. 1 if damage is found. */
int volume_list(const char *path, FILE *to, FILE *out);

/* Size in bytes and label of a volume; volser must hold 7 bytes. Returns 0, 1 or 2, silently. */
int volume_identify(const char *path, char volser[7], uint64_t *bytes);

/* The first 16 hexadecimal digits of the identity of the volume's newest object directory, silently; 0, 1 or 2. */
int volume_directory_identity(const char *path, char identity[17]);

enum volume_mode {
	VOLUME_BINARY, /* cards of 80 bytes as they come, the last one filled with zeros */
	VOLUME_TEXT, /* a card a line, translated to EBCDIC 037, filled with blanks; longer lines are refused */
};

/*
 * Put a host file into a user's virtual reader as one spool file. name and type (1 to 8 characters) may be NULL: they are then taken
 * from the file's name ("kernel.img" is KERNEL IMG). class 0: A. The user must be in the volume's object directory. The number of the
 * new spool file goes to *id (may be NULL).
 */
int volume_put_reader(const char *path, const char *userid, const char *file, const char *name,
		      const char *type, char class, enum volume_mode mode, unsigned *id, FILE *out);

/* Copy spool file `id` to `to`: as text (EBCDIC translated if the file is marked so, trailing blanks cut), or its bytes. */
int volume_get_spool(const char *path, unsigned id, enum volume_mode mode, FILE *to, FILE *out);

/* Purge a spool file; id 0 with a userid: all of that user's, else NULL. */
int volume_purge_spool(const char *path, unsigned id, const char *userid, FILE *out);

/* Where the minidisk of a user lies, in 512-byte sectors of the volume, from its object directory. */
int volume_find_minidisk(const char *path, const char *userid, unsigned vdev, uint32_t *start,
			 uint32_t *sectors, FILE *out);

/* Copy a host file to the front of a minidisk (refused if it is longer), or a whole minidisk to a host file. */
int volume_put_minidisk(const char *path, const char *userid, unsigned vdev, const char *file, FILE *out);
int volume_get_minidisk(const char *path, const char *userid, unsigned vdev, const char *file, FILE *out);

/* A saved machine, as it is listed. */
struct volume_image {
	const char *kind; /* MACHINE, SYSTEM, AUTOSAVE */
	char owner[9], name[9];
	uint64_t serial, bytes, created; /* microseconds since 1970 */
	bool disks, restoring;           /* SAVED_DISKS, SAVED_RESTORING */
	bool damaged;                    /* its bytes are not those that were saved */
};

/* And the area that it lies in. */
struct volume_images {
	uint64_t generation, bytes, free_bytes;
	uint32_t count;
};

/* Call each(context, image) for all of them; every byte is read and checked. `all` may be NULL. 1 also if there is damage or no such area. */
int volume_images(const char *path, struct volume_images *all,
		  void (*each)(void *context, const struct volume_image *i), void *context, FILE *out);
/* Copy one to a host file. name is NAME or OWNER/NAME. */
int volume_export_image(const char *path, const char *name, const char *file, FILE *out);
/*
 * Copy a host file into the area, in the place of the one of its name if there is one: all or nothing. name: NAME or OWNER/NAME;
 * without an owner it is whose machine it was, without a name (NULL) that of the file. system: it is a named system. flags: of
 * its entry.
 */
int volume_import_image(const char *path, const char *file, const char *name, bool system, uint8_t flags,
			FILE *out);
/* Forget all of them, also where the catalogue is damaged. */
int volume_clear_images(const char *path, FILE *out);

#endif
