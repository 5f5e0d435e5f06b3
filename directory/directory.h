/*
 * directory.h - the user-directory compiler, as a library for the vm40 command.
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

#include <stdio.h>

/*
 * Read and check a directory file: all errors in one run. With `volume` (may be NULL) minidisk extents are also checked against the
 * label of that volume; without it CP is taken to have its usual 64 MiB at the front.
 */
int direct_check(const char *source, const char *volume, FILE *out);

/* Check a directory file and replace the contents of the database by it, in one transaction. The database is made if need be. */
int direct_compile(const char *source, const char *database, FILE *out);

/*
 * Compile as above (source NULL: take the database as it is), then write the object directory to the volume's older slot. The
 * database is committed only when the volume has been written, so both change or neither.
 */
int direct_build(const char *source, const char *database, const char *volume, FILE *out);

/* Call each(context, userid) for every user of the database, in order: for completion. Returns 0 or 2. */
int direct_users(const char *database, void (*each)(void *context, const char *userid), void *context);

/* PBKDF2 iterations of passwords compiled from now on (default SECRET_ITERATIONS). For tests and for the careful. */
void direct_iterations(unsigned iterations);

#endif
