/*
 * direct.c - vm40 direct: the options, and which database, volume and machine a verb is about.
 *
 * The database lies beside its volume, as VOLUME.db. A machine that is up keeps the volume; then a verb writes only the slot of
 * the object directory that CP does not use, and has CP take it over.
 *
 * Read before: directory/directory.h, swap.c. Read after: direct_verbs.c.
 * Known simplification: `vm40 direct FILE` and `vm40 direct --volume VOLUME FILE` still are check and build.
 */
#include "direct.h"
#include "client.h"
#include "prepare.h"
#include "rundir.h"
#include "swap.h"
#include "vm40.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_WAITS 6000 /* of 20 ms: another builder needs some seconds for a very large directory */

static const struct option_text {
	char letter;
	const char *name, *operand, *text;
} option_texts[] = {
	{'n', "name", "NAME", "the machine; while it is not up its volume is NAME.volume (default vm40)"},
	{'v', "volume", "FILE", "the volume; the database is FILE.db"},
	{'b', "database", "FILE", "the database alone: no volume is written"},
	{'j', "json", NULL, "messages and results as JSON, an object a line"},
	{'l', "lenient", NULL, "leave out, with a warning, what VM/370 or z/VM have and VM/40 has not"},
	{'y', "dry-run", NULL, "show what would change, and change nothing"},
	{'p', "profile", "NAME", "profile that new users include"},
	{'d', "disk", "VDEV=SIZE",
	 "a minidisk for each new user: 191=10M; a number alone counts blocks of 512 bytes"},
	{'g', "group", "NAME", "where minidisks are allocated (see region)"},
	{'t', "template", "USERID:VDEV",
	 "new disks are copies of this one (else they get an empty CMS file system)"},
	{'f', "passwords", "FILE",
	 "where new passwords are written, mode 0600 (default: the list's name with .passwords)"},
	{'w', "password", "WORD", "the password; - reads it from standard input"},
	{'x', "drop", "STATEMENT", "remove the statements that begin so; may be repeated"},
	{'u', "purge", NULL, "really remove, disks and all"},
	{'s', "svg", "FILE", "draw a picture"},
	{'h', "help", NULL, "show this"},
};

#define OPTIONS (sizeof(option_texts) / sizeof(option_texts[0]))
#define FOR_ALL "nvbjh"

/* ---- help ------------------------------------------------------------------------------------------------------ */

static void help_options(const char *letters)
{
	puts("\noptions:");
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option_text *o = &option_texts[i];
		char left[64];

		if (!strchr(letters, o->letter) && !strchr(FOR_ALL, o->letter))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", o->name, o->operand ? " " : "",
			 o->operand ? o->operand : "");
		printf("  %-26s %s\n", left, o->text);
	}
}

static int help(const struct direct_verb *verb)
{
	if (verb) {
		printf("usage: vm40 direct %s [OPTION...] %s\n\n%s\n", verb->name, verb->operands,
		       verb->text);
		help_options(verb->options);
		return EXIT_DONE;
	}
	puts("usage: vm40 direct VERB [OPTION...] ...\n\nverbs:");
	for (const struct direct_verb *v = direct_verbs; v->name; v++)
		printf("  %-10s %-38s %.*s\n", v->name, v->operands, (int)strcspn(v->text, "\n"), v->text);
	help_options("");
	puts("\n`vm40 direct VERB --help` tells more.");
	return EXIT_DONE;
}

/* ---- the command line -------------------------------------------------------------------------------------------- */

static void set_text(struct direct_line *l, char letter, const char *value)
{
	const char **texts[] = {
		['n'] = &l->name,     ['v'] = &l->volume, ['b'] = &l->database, ['p'] = &l->profile,
		['d'] = &l->disk,     ['g'] = &l->group,  ['t'] = &l->template, ['f'] = &l->passwords,
		['w'] = &l->password, ['s'] = &l->svg};

	*texts[(unsigned char)letter] = value;
}

static int set_option(struct direct_line *l, char letter, const char *value)
{
	switch (letter) {
	case 'j':
		l->d.json = true;
		break;
	case 'l':
		l->d.lenient = true;
		break;
	case 'y':
		l->d.dry = true;
		break;
	case 'u':
		l->purge = true;
		break;
	case 'x':
		if (l->drop_count == DIRECT_LIST_MAX)
			return usage("direct: more than %d --drop", DIRECT_LIST_MAX);
		l->drops[l->drop_count++] = value;
		break;
	default:
		set_text(l, letter, value);
		break;
	}
	return -1;
}

/* The long options of a verb, in getopt's form. */
static void getopt_table(const char *letters, struct option *out)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (strchr(letters, option_texts[i].letter) || strchr(FOR_ALL, option_texts[i].letter))
			*out++ = (struct option){option_texts[i].name,
						 option_texts[i].operand ? required_argument : no_argument,
						 NULL, option_texts[i].letter};
	*out = (struct option){0};
}

static int read_line(struct direct_line *l, const struct direct_verb *verb, int argc, char **argv)
{
	struct option table[OPTIONS + 1];
	int letter, rc;

	getopt_table(verb->options, table);
	optind = 0; /* start afresh: play runs other verbs in this process */
	opterr = 0;
	while ((letter = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (letter == ':')
			return usage("direct %s: %s needs a value", verb->name, argv[optind - 1]);
		if (letter == '?')
			return usage("direct %s: unknown option %s", verb->name, argv[optind - 1]);
		if (letter == 'h')
			return help(verb);
		rc = set_option(l, (char)letter, optarg);
		if (rc >= 0)
			return rc;
	}
	l->count = argc - optind;
	l->operands = argv + optind;
	if (l->count < verb->least || (verb->most >= 0 && l->count > verb->most))
		return usage("direct %s: expected %s", verb->name,
			     verb->operands[0] ? verb->operands : "no operand");
	return -1;
}

/* ---- the volume ---------------------------------------------------------------------------------------------------- */

/*
 * Have the volume to ourselves: another builder is waited for; a machine that is up keeps it, and its name goes to *machine. The lock ends
 * with the process, or is closed by the caller. -1 with a message.
 */
static int volume_take(const char *volume, char **machine)
{
	int fd = open(volume, O_RDWR | O_CLOEXEC);

	*machine = NULL;
	for (unsigned i = 0; fd >= 0 && i < LOCK_WAITS; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		*machine = swap_machine(volume);
		if (*machine)
			return fd;
		usleep(20000);
	}
	if (fd < 0)
		fail("%s: there is no such volume", volume);
	else
		fail("%s is in use", volume);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int run_on_volume(struct direct_line *l, const struct direct_verb *verb, char *volume)
{
	char *machine;
	int fd = volume_take(volume, &machine), rc;

	if (fd < 0)
		return EXIT_FAILED;
	l->d.volume = volume;
	l->d.online = machine != NULL;
	l->d.format = prepare_disk;
	l->d.context = volume;
	rc = machine && !l->d.dry ? swap_hold(machine) : EXIT_DONE;
	if (!rc) {
		rc = verb->run(l);
		if (machine && !l->d.dry)
			rc = rc ? (swap_release(machine), rc) : swap_directory(machine, volume);
	}
	free(machine);
	close(fd);
	return rc;
}

/* The volume of the machine of that name that is up; else NAME.volume. */
static char *volume_of(const char *name)
{
	char *path = client_up(name) ? rundir_read(name, "volume.path") : NULL;

	return path ? path : must_format("%s.volume", name);
}

static int run(struct direct_line *l, const struct direct_verb *verb)
{
	char *volume = l->volume ? must_copy(l->volume) : volume_of(l->name ? l->name : "vm40");
	char *database = l->database ? must_copy(l->database) : prepare_database(volume);
	mode_t old = umask(077); /* hashes are nobody else's business */
	int rc;

	l->d.database = database;
	l->d.out = stderr;
	l->d.to = stdout;
	if (verb->changes && !l->database)
		rc = run_on_volume(l, verb, volume);
	else
		rc = verb->run(l);
	umask(old);
	free(database);
	free(volume);
	return rc;
}

static const struct direct_verb *verb_of(const char *name)
{
	for (const struct direct_verb *v = direct_verbs; v->name; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* Before there were verbs: a file is checked, or with --volume built. What is no file either was to be a verb. */
static const struct direct_verb *verb_implied(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] != '-' && !strpbrk(argv[1], "./") && access(argv[1], F_OK))
		return NULL;
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--volume", 8) == 0)
			return verb_of("build");
	return argc > 1 ? verb_of("check") : NULL;
}

int verb_direct(int argc, char **argv)
{
	struct direct_line l = {0};
	const struct direct_verb *verb = argc > 1 ? verb_of(argv[1]) : NULL;
	int rc;

	if (argc > 1 && !verb && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return help(NULL);
	if (verb) {
		argc--;
		argv++;
	} else {
		verb = verb_implied(argc, argv);
	}
	if (!verb && argc > 1 && argv[1][0] != '-')
		return usage("direct: %s is no verb and no file; `vm40 direct --help` lists the verbs",
			     argv[1]);
	if (!verb)
		return usage("direct: expected a verb; `vm40 direct --help` lists them");
	rc = read_line(&l, verb, argc, argv);
	return rc >= 0 ? rc : run(&l, verb) ? EXIT_FAILED : EXIT_DONE;
}
