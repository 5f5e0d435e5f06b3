/*
 * check.h - what concerns more than one statement.
 */
#ifndef DIRECTORY_CHECK_H
#define DIRECTORY_CHECK_H

#include "database.h"
#include "message.h"
#include "model.h"

/* Where minidisks may lie on the volume that the DIRECTORY statement names, in 512-byte sectors. */
struct minidisk_space {
	bool known; /* the volume was looked at; else the space is what a usual volume has, without an end */
	uint64_t first, end;
};

/* Check a model that is all in storage; errors and warnings go to m. */
void check_model(struct model *model, const struct minidisk_space *space, struct messages *m);
/* Check one entry of a part, against the database that it is already stored in. */
void check_entry(struct model *model, struct user *u, struct database *d, const struct minidisk_space *space,
		 struct messages *m);

/* The extents part of both (extents.c). */
void check_extents(const struct model *model, const struct minidisk_space *space, struct messages *m);
void check_extents_of(const struct model *model, const struct user *u, struct database *d,
		      const struct minidisk_space *space, struct messages *m);

#endif
