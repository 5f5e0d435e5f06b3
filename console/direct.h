/*
 * direct.h - the verbs of `vm40 direct`.
 */
#ifndef DIRECT_H
#define DIRECT_H

#include "directory/directory.h"

#define DIRECT_LIST_MAX 64

/* What the command line says. */
struct direct_line {
	struct direct d;
	const char *name, *volume, *database; /* NULL: not given */
	const char *profile, *disk, *group, *template, *passwords, *password, *svg;
	const char *drops[DIRECT_LIST_MAX];
	unsigned drop_count;
	bool purge;
	int count; /* operands after the verb */
	char **operands;
};

struct direct_verb {
	const char *name, *operands, *text;
	int least, most;     /* operands; most -1: any number */
	const char *options; /* letters of those it takes, beside those that all take */
	bool changes;        /* takes the volume, and a machine that is up takes the result */
	int (*run)(struct direct_line *l);
};

extern const struct direct_verb direct_verbs[];
/* "10M" or "2048" (blocks of 512 bytes) as blocks; 0: not a size. */
uint64_t direct_blocks(const char *text);

#endif
