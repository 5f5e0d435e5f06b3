/*
 * complete.h - completion of CP commands and user ids in the console.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

/* Switch completion on for a machine; its directory is looked up for user ids. */
void complete_init(const char *name);

#endif
