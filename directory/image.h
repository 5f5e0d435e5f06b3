/*
 * image.h - the writer of the object directory: a model as the bytes that CP reads.
 */
#ifndef DIRECTORY_IMAGE_H
#define DIRECTORY_IMAGE_H

#include <stdint.h>
#include "check.h"

/* An object directory in storage, beginning with its header. */
struct image {
	uint8_t *bytes; /* malloc'ed */
	uint64_t length, room;
	uint32_t weak; /* users whose password is their userid */
};

/* Bytes of a user's entry. The user is resolved. */
uint32_t object_entry_length(const struct user *u);
/* Build the image of a model that has passed check_model(), header included. */
void image_build(struct image *image, const struct model *model, const struct minidisk_space *space,
		 uint64_t generation, uint64_t created);
void image_free(struct image *image);

#endif
