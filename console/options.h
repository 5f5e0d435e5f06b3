/*
 * options.h - the options that verbs share, read by one parser.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#define READERS_MAX 32

struct options {
	const char *name;                 /* n: --name, which machine that is up */
	const char *machine;              /* m: --machine, NULL when not given */
	const char *directory;            /* d: --directory */
	const char *volume;               /* v: --volume */
	unsigned memory;                  /* s: --memory, in MiB */
	const char *readers[READERS_MAX]; /* r: --reader USER=FILE[,FILE...] */
	unsigned reader_count;
	const char *image;                  /* i: --image, another CP image; I: a saved machine */
	const char *icount;                 /* c: --icount, QEMU's instruction counting */
	const char *qemu_args[READERS_MAX]; /* q: --qemu-arg */
	unsigned qemu_arg_count;
	const char *output;  /* o: -o, --output */
	const char *seconds; /* t: --seconds, as typed; NULL when not given */
	const char *user;    /* u: --user */
	/* L, C, S, V: --slots, --cp, --size, --saved of a new volume; NULL: the usual ones */
	const char *slots, *cp, *size, *saved;
	bool json;    /* j: --json */
	bool system;  /* y: --system */
	bool all;     /* a: --all */
	bool force;   /* f: --force */
	bool verbose; /* b: --verbose */
	bool name_given;
	bool owned; /* set by play: the machine must not outlive this process */
	int first;  /* index of the first operand */
};

/*
 * Read argv by the letters in the verb's `options`. Returns -1 to go on, or the exit code: EXIT_DONE
 * after --help, EXIT_USAGE after a message.
 */
struct verb;
int options_read(const struct verb *verb, int argc, char **argv, struct options *o);
/* Print `vm40 VERB --help`. */
void options_help(const struct verb *verb);
/* "256", "256M", "1G" as MiB; 0 when it is not a size between 32M and 64G. */
unsigned options_memory(const char *text);

#endif
