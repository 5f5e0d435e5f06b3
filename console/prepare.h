/*
 * prepare.h - the volume a machine starts from: formatted, with its directory, CMS and reader files.
 *
 * Functions that return an int give an exit code, with a message when it is not EXIT_DONE.
 */
#ifndef PREPARE_H
#define PREPARE_H

#include "options.h"

#include <stddef.h>

struct backend;

/* A file in the directory of this program (build/), malloc'ed path. */
char *prepare_beside(const char *file);
/* A file of the source tree, found from this program's place, malloc'ed path. */
char *prepare_in_tree(const char *file);
/* The database of a volume's directory: VOLUME.db, malloc'ed path. */
char *prepare_database(const char *volume);
/*
 * Make `volume` fit to start from: format it when it is not there, compile the directory, put CMS on MAINT's
 * 190 and the --reader files into readers. Takes the volume's lock, which this process and its children hold until
 * they end.
 */
int prepare_volume(const struct options *o, const struct backend *backend, const char *volume);
/* Format a new volume by a directory, with the sizes of the options; nothing stays when the directory has errors. */
int prepare_new(const struct options *o, const char *volume, const char *directory);
/* Compile a directory onto a volume; NULL takes the database as it is. Nothing changes when it has errors. */
int prepare_directory(const char *volume, const char *directory);
/* Give a new minidisk of the volume of this path an empty CMS file system (a direct.format). */
struct direct_disk;
int prepare_disk(void *volume, const struct direct_disk *disk);
/* Put a host file into a user's reader: text that fits on cards as text, else 80 bytes a card. */
int prepare_reader_file(const char *volume, const char *userid, const char *file);
/* A whole file in storage, malloc'ed; NULL with a message. */
char *prepare_slurp(const char *path, size_t *size);
/* Note the user ids of a volume in the run directory, for completion. */
void prepare_users(const char *name, const char *volume);
/* Lock a volume against every other vm40; the lock ends with the process. -1 with a message when it is in use. */
int prepare_lock(const char *volume);

#endif
