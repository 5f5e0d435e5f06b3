/*
 * options.c - the options that verbs share, read by one parser and explained by one table.
 *
 * Read before: vm40.h. Read after: the verbs, up.c first.
 * Known simplification: long options only, but for -h and -o.
 */
#include "options.h"

#include "rundir.h"
#include "vm40.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option_row {
	char letter;
	const char *name, *operand, *text;
};

static const struct option_row option_table[] = {
	{'n', "name", "NAME", "which machine (default vm40); several may be up at once"},
	{'m', "machine", "KIND", "qemu-s390x (default), qemu-x86_64, hercules or bochs"},
	{'d', "directory", "FILE", "user directory to compile onto the volume"},
	{'v', "volume", "FILE", "the CP volume; made when it is not there (default NAME.volume)"},
	{'s', "memory", "SIZE", "real storage: 256M (default), 1G ..."},
	{'r', "reader", "USER=FILE[,FILE...]", "put files into a user's reader; may be repeated"},
	{'i', "image", "FILE", "CP image other than the one beside this program"},
	{'I', "image", "NAME", "which saved machine (default BASELINE)"},
	{'a', "all", NULL, "everybody who has a saved machine of that name"},
	{'c', "icount", "VALUE", "QEMU only: count instructions, for example shift=0"},
	{'q', "qemu-arg", "ARG", "QEMU only: one more argument; may be repeated"},
	{'o', "output", "FILE", "where to (- is stdout); also -o FILE"},
	{'t', "seconds", "N", "for how long (1); 0: what there is already"},
	{'u', "user", "USERID", "only this user's virtual CPUs, and the real ones"},
	{'L', "slots", "SIZE", "a new volume: each of the two slots of the object directory (4M)"},
	{'C', "cp", "SIZE", "a new volume: all that is CP's, before the minidisks (64M)"},
	{'S', "size", "SIZE", "a new volume: all of it (384M)"},
	{'V', "saved", "SIZE", "a new volume: saved machines, at its end (128M; an eighth of --size)"},
	{'j', "json", NULL, "write JSON"},
	{'y', "system", NULL, "the image that comes in is a named system's"},
	{'f', "force", NULL, "do not ask CP, end the emulator"},
	{'b', "verbose", NULL, "show the transcript as it grows"},
	{'h', "help", NULL, "show this"},
};

#define OPTION_ROWS (sizeof(option_table) / sizeof(option_table[0]))

unsigned options_memory(const char *text)
{
	char *end;
	unsigned long size = strtoul(text, &end, 10);
	unsigned long unit = 1;

	if (end == text || *text == '-' || size > 65536)
		return 0;
	if (*end == 'G' || *end == 'g')
		unit = 1024;
	else if (*end && *end != 'M' && *end != 'm')
		return 0;
	if (*end && end[1])
		return 0;
	size *= unit;
	return size >= 32 && size <= 65536 ? (unsigned)size : 0;
}

static bool takes(const struct verb *verb, char letter)
{
	return letter == 'h' || strchr(verb->options, letter);
}

void options_help(const struct verb *verb)
{
	printf("usage: vm40 %s%s%s%s\n\n%s\n", verb->name, verb->options[0] ? " [OPTION...]" : "",
	       verb->operands[0] ? " " : "", verb->operands, verb->help);
	puts("\noptions:");
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_table[i];
		char left[64];

		if (!takes(verb, row->letter))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", row->name, row->operand ? " " : "",
			 row->operand ? row->operand : "");
		printf("  %-30s %s\n", left, row->text);
	}
}

static int set_memory(struct options *o, const char *text)
{
	o->memory = options_memory(text);
	return o->memory ? -1 : usage("--memory %s: expected a size from 32M to 64G", text);
}

static int set_name(struct options *o, const char *text)
{
	if (!rundir_name_ok(text))
		return usage("--name %s: expected 1 to 32 letters, digits, '-', '_' or '.'", text);
	o->name = text;
	o->name_given = true;
	return -1;
}

static int add_text(const char **list, unsigned *count, const char *text, const char *what)
{
	if (*count == READERS_MAX)
		return usage("more than %d %s options", READERS_MAX, what);
	list[(*count)++] = text;
	return -1;
}

static int set_reader(struct options *o, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return usage("--reader %s: expected USER=FILE[,FILE...]", text);
	return add_text(o->readers, &o->reader_count, text, "--reader");
}

static int set_option(struct options *o, char letter, const char *value)
{
	switch (letter) {
	case 'n':
		return set_name(o, value);
	case 'm':
		o->machine = value;
		return -1;
	case 'd':
		o->directory = value;
		return -1;
	case 'v':
		o->volume = value;
		return -1;
	case 's':
		return set_memory(o, value);
	case 'r':
		return set_reader(o, value);
	case 'i':
	case 'I':
		o->image = value;
		return -1;
	case 'c':
		o->icount = value;
		return -1;
	case 'q':
		return add_text(o->qemu_args, &o->qemu_arg_count, value, "--qemu-arg");
	case 'o':
		o->output = value;
		return -1;
	case 't':
		o->seconds = value;
		return -1;
	case 'u':
		o->user = value;
		return -1;
	case 'L':
		o->slots = value;
		return -1;
	case 'C':
		o->cp = value;
		return -1;
	case 'S':
		o->size = value;
		return -1;
	case 'V':
		o->saved = value;
		return -1;
	case 'j':
		o->json = true;
		return -1;
	case 'y':
		o->system = true;
		return -1;
	case 'a':
		o->all = true;
		return -1;
	case 'f':
		o->force = true;
		return -1;
	default:
		o->verbose = true;
		return -1;
	}
}

/* The long options of this verb, in getopt's form. */
static void getopt_table(const struct verb *verb, struct option *out)
{
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const struct option_row *row = &option_table[i];

		if (takes(verb, row->letter))
			*out++ = (struct option){row->name, row->operand ? required_argument : no_argument,
						 NULL, row->letter};
	}
	*out = (struct option){0};
}

int options_read(const struct verb *verb, int argc, char **argv, struct options *o)
{
	struct option table[OPTION_ROWS + 1];
	int letter, rc;

	*o = (struct options){.name = "vm40", .memory = 256};
	getopt_table(verb, table);
	optind = 0; /* start afresh: play runs other verbs in this process */
	opterr = 0;
	while ((letter = getopt_long(argc, argv, takes(verb, 'o') ? ":ho:" : ":h", table, NULL)) != -1) {
		if (letter == ':')
			return usage("%s: %s needs a value", verb->name, argv[optind - 1]);
		if (letter == '?')
			return usage("%s: unknown option %s", verb->name, argv[optind - 1]);
		if (letter == 'h') {
			options_help(verb);
			return EXIT_DONE;
		}
		rc = set_option(o, (char)letter, optarg);
		if (rc >= 0)
			return rc;
	}
	o->first = optind;
	return -1;
}
