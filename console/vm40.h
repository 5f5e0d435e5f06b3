/*
 * vm40.h - what every part of the vm40 command shares: exit codes, errors, verbs.
 */
#ifndef VM40_H
#define VM40_H

#include <stdbool.h>
#include <stddef.h>

#define LINES 17 /* the operator's line 0 and terminal lines 1..16 */

enum exit_code {
	EXIT_DONE = 0,   /* done, or every expectation of a dialogue matched */
	EXIT_FAILED = 1, /* could not be done, or did not match */
	EXIT_USAGE = 2,  /* the command line was wrong; nothing was tried */
};

struct verb {
	const char *name;
	const char *operands; /* as shown in help */
	const char *summary;
	const char *options; /* letters of the shared options it takes, see options.h */
	const char *help;    /* a few lines more for `vm40 VERB --help` */
	int (*run)(int argc, char **argv);
};

extern const struct verb verb_table[];

/* Find a verb by name; NULL when there is none. */
const struct verb *verb_find(const char *name);

/* Print "vm40: TEXT" to stderr and return EXIT_FAILED or EXIT_USAGE, for `return fail(...)`. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* malloc and friends that end the program, with a sentence, when memory is gone. */
void *must_alloc(size_t size);
void *must_resize(void *old, size_t size);
char *must_copy(const char *text);
char *must_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

int verb_up(int argc, char **argv);
int verb_down(int argc, char **argv);
int verb_status(int argc, char **argv);
int verb_console(int argc, char **argv);
int verb_play(int argc, char **argv);
int verb_direct(int argc, char **argv);
int verb_volume(int argc, char **argv);
int verb_image(int argc, char **argv);
int verb_trace(int argc, char **argv);
int verb_reset(int argc, char **argv);
int verb_get(int argc, char **argv);
int verb_put(int argc, char **argv);

#endif
