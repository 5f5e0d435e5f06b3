/*
 * check.h - what concerns more than one statement.
 */
#ifndef DIRECTORY_CHECK_H
#define DIRECTORY_CHECK_H

#include "message.h"
#include "model.h"

/* Where minidisks may lie on the volume that the DIRECTORY statement names, in 512-byte sectors. */
struct minidisk_space {
	bool known; /* the volume was looked at; else the space is what a usual volume has, without an end */
	uint64_t first, end;
};

/* All users with their profiles and defaults worked in, in the order of userids. */
struct resolved {
	struct user **users; /* malloc'ed; the users belong to the model */
	uint32_t count;
};

/* Check everything; errors and warnings go to m. *r is filled in either case and is given back by resolved_free(). */
void check_model(struct model *model, const struct minidisk_space *space, struct messages *m,
		 struct resolved *r);
void resolved_free(struct resolved *r);

#endif
