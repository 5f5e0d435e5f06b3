/*
 * secret.h - passwords become hashes.
 */
#ifndef DIRECTORY_SECRET_H
#define DIRECTORY_SECRET_H

#include "model.h"

/* Hash what is typed in all entries of the model. The typed text is gone after it. False: the system gives no random numbers. */
bool secrets_seal(struct model *m, uint32_t iterations);
/* Does the password (any case) fit? */
bool secret_matches(const struct secret *s, const char *password);

#endif
