/*
 * image.c - vm40 image: look into images of machines.
 *
 * Read before: image_show.c. Read after: volume.c.
 * Known simplification: an image that is wrong somewhere is not shown at all.
 */
#include "console/image.h"
#include "options.h"
#include "vm40.h"

#include <string.h>

static int action_check(char **files)
{
	struct image_file f;
	bool good = image_file_read(&f, files[0]);
	char port[9], userid[9];

	if (good) {
		image_name(port, f.header.port);
		image_name(userid, f.header.userid);
		printf("%s is whole: %s on %s, %zu records, %zu pages, %llu bytes\n", files[0], userid, port,
		       f.part_count, f.page_count, (unsigned long long)f.length);
	}
	image_file_free(&f);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int action_list(char **files)
{
	struct image_file f;
	bool good = image_file_read(&f, files[0]);

	for (size_t i = 0; good && i < f.part_count; i++)
		printf("%-12s %04X %6u bytes\n", image_type_name(f.parts[i].type), f.parts[i].instance,
		       f.parts[i].size);
	if (good)
		printf("%-12s      %6zu pages\n", "PAGES", f.page_count);
	image_file_free(&f);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int action_show(char **files)
{
	struct image_file f;
	bool good = image_file_read(&f, files[0]);

	if (good)
		image_show(&f, stdout);
	image_file_free(&f);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int action_diff(char **files)
{
	struct image_file a, b;
	bool good = image_file_read(&a, files[0]) & image_file_read(&b, files[1]);
	size_t differ = good ? image_compare(&a, &b, stdout) : 0;

	if (good)
		printf(differ ? "%zu differences\n" : "no difference but clocks\n", differ);
	image_file_free(&a);
	image_file_free(&b);
	return good && !differ ? EXIT_DONE : EXIT_FAILED;
}

static const struct action {
	const char *name;
	int operands;
	int (*run)(char **operands);
} actions[] = {
	{"check", 1, action_check},
	{"list", 1, action_list},
	{"show", 1, action_show},
	{"diff", 2, action_diff},
};

int verb_image(int argc, char **argv)
{
	struct options o;
	int rc = options_read(verb_find("image"), argc, argv, &o), count;

	if (rc >= 0)
		return rc;
	count = argc - o.first;
	if (count < 1)
		return usage("image: expected an action");
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, argv[o.first]) != 0)
			continue;
		if (count - 1 != actions[i].operands)
			return usage("image %s: wrong number of operands", actions[i].name);
		return actions[i].run(argv + o.first + 1);
	}
	return usage("image: %s is not an action", argv[o.first]);
}
