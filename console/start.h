/*
 * start.h - from options to a machine whose CP has come to its prompt, and back.
 */
#ifndef START_H
#define START_H

#include "options.h"

#include <sys/types.h>

/*
 * Prepare the volume, start the machine in its relay and wait for CP's prompt. `volume` is the volume's
 * path. Returns an exit code, with a message when it is not EXIT_DONE.
 */
int start_machine(const struct options *o, const char *volume);
/* How a machine that ended did so: malloc'ed "clean TEXT" or "failed TEXT", NULL while it is up. */
char *start_outcome(const char *name);
/* The process of a machine's emulator, 0 when there is none. */
pid_t start_pid(const char *name);

#endif
