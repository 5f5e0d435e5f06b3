/*
 * timeline.h - the entries of CP's trace ring as a picture in time, in the form that public trace viewers read.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TIMELINE_DISPATCH "DISPATCH"
#define TIMELINE_NO_VCPU  255

/* One line of QUERY CPTRACE; docs/reference/trace.md says what is what. */
struct timeline_entry {
	unsigned number;
	char who[9];
	unsigned vcpu; /* TIMELINE_NO_VCPU: a task of CP's own */
	uint64_t when, until;
	char kind[16];
	char engine[8];       /* "-": of a dispatch, which has only a code besides */
	unsigned code;        /* of a dispatch: the real CPU */
	char instruction[16]; /* "-": none */
	uint64_t at, address;
};

struct timeline {
	struct timeline_entry *entries;
	size_t count;
};

/* Take a line; false when it is no entry. */
bool timeline_add(struct timeline *t, const char *line);
/* Write it all, or (user not NULL) the real CPUs and this user's virtual ones: Chrome's trace-event format. 0, or -1: it has nothing of
 * that user. */
int timeline_write(const struct timeline *t, const char *machine, const char *user, FILE *out);
/* How long it is, in nanoseconds. */
uint64_t timeline_length(const struct timeline *t);
void timeline_free(struct timeline *t);

#endif
