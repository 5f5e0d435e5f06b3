/*
 * swap.h - a machine that is up takes the object directory that was just written to its volume.
 */
#ifndef SWAP_H
#define SWAP_H

/* The machine that is up and runs from this volume, malloc'ed; NULL when there is none. */
char *swap_machine(const char *volume);
/* Keep CP and its guests from replacing the directory while we write one; or let them again. An exit code. */
int swap_hold(const char *name);
void swap_release(const char *name);
/* Have its CP take the volume's newest object directory, and show what CP says about it. An exit code. */
int swap_directory(const char *name, const char *volume);

#endif
