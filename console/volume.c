/*
 * volume.c - vm40 volume: look after a volume that no machine has.
 *
 * Read before: directory/volume.h, prepare.c. Read after: status.c.
 * Known simplification: a volume that a machine has is refused, even for reading.
 */
#include "directory/volume.h"
#include "json.h"
#include "options.h"
#include "prepare.h"
#include "vm40.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
	const struct options *o;
	const char *volume;
	int count; /* operands after the volume */
	char **operands;
};

static int action_format(const struct request *r)
{
	char *standard = prepare_in_tree("directory/classroom.direct");
	int rc = prepare_new(r->o, r->volume, r->o->directory ? r->o->directory : standard);

	if (!rc)
		printf("%s is formatted\n", r->volume);
	free(standard);
	return rc;
}

static int list_json(const char *volume)
{
	uint64_t bytes;
	char volser[7], *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int rc = volume_list(volume, f, stderr) ? EXIT_FAILED : EXIT_DONE;
	const char *comma = "";

	fclose(f);
	if (volume_identify(volume, volser, &bytes)) {
		free(text);
		return EXIT_FAILED;
	}
	printf("{\"volume\": ");
	json_text(volume);
	printf(", \"label\": ");
	json_text(volser);
	printf(", \"bytes\": %llu, \"sound\": %s, \"report\": [", (unsigned long long)bytes,
	       rc ? "false" : "true");
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		printf("%s\n  ", comma);
		json_text(line);
		comma = ",";
	}
	puts("]}");
	free(text);
	return rc;
}

static int action_list(const struct request *r)
{
	if (r->o->json)
		return list_json(r->volume);
	return volume_list(r->volume, stdout, stderr) ? EXIT_FAILED : EXIT_DONE;
}

static int action_reader(const struct request *r)
{
	int rc = EXIT_DONE;

	for (int i = 1; i < r->count && !rc; i++)
		rc = prepare_reader_file(r->volume, r->operands[0], r->operands[i]);
	return rc;
}

static int action_printer(const struct request *r)
{
	char *end;
	unsigned long id = strtoul(r->operands[0], &end, 10);
	const char *path = r->count > 1 ? r->operands[1] : NULL;
	FILE *f = stdout;
	int rc;

	if (end == r->operands[0] || *end || id == 0 || id > 9999)
		return usage("volume printer: %s is not the number of a spool file", r->operands[0]);
	if (path)
		f = fopen(path, "w");
	if (!f)
		return fail("%s: %s", path, strerror(errno));
	rc = volume_get_spool(r->volume, (unsigned)id, VOLUME_TEXT, f, stderr) ? EXIT_FAILED : EXIT_DONE;
	if (f != stdout && fclose(f))
		rc = fail("%s: %s", path, strerror(errno));
	return rc;
}

struct action {
	const char *name;
	int least, most; /* operands after the volume */
	bool exists;     /* the volume must be there; it is locked meanwhile */
	int (*run)(const struct request *r);
};

static const struct action action_table[] = {
	{"format", 0, 0, false, action_format},
	{"list", 0, 0, true, action_list},
	{"reader", 2, 1000, true, action_reader},
	{"printer", 1, 2, true, action_printer},
};

static const struct action *action_find(const char *name)
{
	for (size_t i = 0; i < sizeof(action_table) / sizeof(action_table[0]); i++)
		if (strcmp(action_table[i].name, name) == 0)
			return &action_table[i];
	return NULL;
}

int verb_volume(int argc, char **argv)
{
	const struct action *action;
	struct options o;
	struct request r;
	int rc = options_read(verb_find("volume"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first < 2)
		return usage("volume: expected an action and a volume");
	action = action_find(argv[o.first]);
	if (!action)
		return usage("volume: %s is not an action", argv[o.first]);
	r = (struct request){&o, argv[o.first + 1], argc - o.first - 2, argv + o.first + 2};
	if (r.count < action->least || r.count > action->most)
		return usage("volume %s: wrong number of operands", action->name);
	if (action->exists && prepare_lock(r.volume) < 0)
		return EXIT_FAILED;
	return action->run(&r);
}
