/*
 * dialogue.h - a dialogue file as a list of steps.
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include <regex.h>
#include <stddef.h>
#include <stdio.h>

enum step_kind {
	STEP_TYPE,   /* > text */
	STEP_EXPECT, /* < regex */
	STEP_LINE,   /* @ N */
	STEP_HANGUP, /* @ N off */
	STEP_VERB,   /* ! verb ... */
	STEP_LIMIT,  /* limit SECONDS */
};

struct step {
	enum step_kind kind;
	unsigned source; /* line in the file */
	unsigned number; /* terminal line, or seconds */
	char *text;      /* text, regex source or verb */
	regex_t regex;   /* compiled, STEP_EXPECT only */
};

struct dialogue {
	struct step *steps;
	size_t count;
};

/*
 * Read a dialogue. Returns 0, or -1 with every error written to `errors` as "FILE:LINE: text"; then nothing is kept.
 */
int dialogue_read(struct dialogue *d, FILE *in, const char *file, FILE *errors);
void dialogue_free(struct dialogue *d);

#endif
