/*
 * verb.h - what the verbs of `vm40 direct` share: a change from its beginning to the volume.
 */
#ifndef DIRECTORY_VERB_H
#define DIRECTORY_VERB_H

#include "change.h"
#include "directory.h"
#include "store.h"

/* A change with its volume. */
struct verb {
	const struct direct *d;
	struct messages m;
	struct change c;
	struct store s; /* fd < 0: there is no volume */
	struct minidisk_space space;
};

/* What somebody calls an entry, a region or a volume, in upper case. */
struct name {
	char text[40];
};

struct name name_of(const char *text);

/* Open database and volume, take in what CP has changed on it, and begin. Returns 0, 1 or 2; verb_end() in every case. */
int verb_begin(struct verb *v, const struct direct *d, enum database_use use);
/* Check, write the object directory if there is a volume, commit. With `dry`, show it instead. */
int verb_commit(struct verb *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
void verb_end(struct verb *v);
/* An error of the verb's own, under the database's name. Returns 1. */
int verb_fail(struct verb *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Where results go. */
FILE *verb_to(const struct direct *d);

/* What CP changed by itself on the volume (DIAGNOSE X'84') goes into the database, as a change of its own (pull.c). 0, 1 or 2. */
int pull_changes(const struct direct *d);

#endif
