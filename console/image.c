/*
 * image.c - vm40 image: look after saved machines, on a volume that no machine has; and into their images.
 *
 * Read before: directory/volume.h, volume.c, image_show.c. Read after: files.c.
 * Known simplification: a volume that a machine has is refused, even for reading; an image that is wrong somewhere is not shown at all.
 */
#include "console/image.h"
#include "directory/volume.h"
#include "json.h"
#include "options.h"
#include "prepare.h"
#include "vm40.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct request {
	const struct options *o;
	int count; /* operands */
	char **operands;
};

/* ---- list ------------------------------------------------------------------------------------------------------ */

static void time_text(uint64_t microseconds, const char *form, char text[32])
{
	time_t t = (time_t)(microseconds / 1000000);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(text, 32, form, &tm))
		strcpy(text, "?");
}

static void list_row(void *unused, const struct volume_image *i)
{
	char when[32];

	(void)unused;
	time_text(i->created, "%Y-%m-%d %H:%M:%S", when);
	printf("%-8s %-8s %-8s %10llu bytes %s%s%s\n", i->owner, i->name, i->kind,
	       (unsigned long long)i->bytes, when,
	       i->restoring ? " RESTORE NOT ENDED"
	       : i->disks   ? " WITH DISKS"
			    : "",
	       i->damaged ? " DAMAGED" : "");
}

static void list_object(void *comma, const struct volume_image *i)
{
	const char **separator = comma;
	char when[32];

	time_text(i->created, "%Y-%m-%dT%H:%M:%SZ", when);
	printf("%s\n  {\"owner\": ", *separator);
	json_text(i->owner);
	printf(", \"name\": ");
	json_text(i->name);
	printf(", \"kind\": \"%s\", \"disks\": %s, \"restoring\": %s, \"bytes\": %llu, \"serial\": %llu, "
	       "\"created\": \"%s\", \"sound\": %s}",
	       i->kind, i->disks ? "true" : "false", i->restoring ? "true" : "false",
	       (unsigned long long)i->bytes, (unsigned long long)i->serial, when,
	       i->damaged ? "false" : "true");
	*separator = ",";
}

static int list_json(const char *volume)
{
	struct volume_images all = {0};
	const char *comma = "";
	int rc;

	printf("{\"volume\": ");
	json_text(volume);
	printf(", \"images\": [");
	rc = volume_images(volume, &all, list_object, &comma, stderr);
	printf("], \"generation\": %llu, \"bytes\": %llu, \"free\": %llu, \"sound\": %s}\n",
	       (unsigned long long)all.generation, (unsigned long long)all.bytes,
	       (unsigned long long)all.free_bytes, rc ? "false" : "true");
	return rc ? EXIT_FAILED : EXIT_DONE;
}

static int action_list(const struct request *r)
{
	struct volume_images all = {0};
	int rc;

	if (r->o->json)
		return list_json(r->operands[0]);
	rc = volume_images(r->operands[0], &all, list_row, NULL, stderr);
	if (all.bytes)
		printf("%u saved, %llu KiB of %llu KiB free\n", all.count,
		       (unsigned long long)all.free_bytes / 1024, (unsigned long long)all.bytes / 1024);
	return rc ? EXIT_FAILED : EXIT_DONE;
}

/* ---- in and out ------------------------------------------------------------------------------------------------ */

static int action_export(const struct request *r)
{
	if (volume_export_image(r->operands[0], r->operands[1], r->operands[2], stderr))
		return EXIT_FAILED;
	printf("%s is in %s\n", r->operands[1], r->operands[2]);
	return EXIT_DONE;
}

static int action_import(const struct request *r)
{
	const char *name = r->count > 2 ? r->operands[2] : NULL;
	struct image_file f;
	bool good = image_file_read(&f, r->operands[1]); /* RESTORE would refuse what is not whole */
	uint8_t flags = f.disk_count ? SAVED_DISKS : 0;

	image_file_free(&f);
	if (!good || volume_import_image(r->operands[0], r->operands[1], name, r->o->system, flags, stderr))
		return EXIT_FAILED;
	printf("%s is on %s\n", r->operands[1], r->operands[0]);
	return EXIT_DONE;
}

static int action_clear(const struct request *r)
{
	if (volume_clear_images(r->operands[0], stderr))
		return EXIT_FAILED;
	printf("%s has no saved machines any more\n", r->operands[0]);
	return EXIT_DONE;
}

/* ---- one image, as a file ---------------------------------------------------------------------------------------- */

static int action_check(const struct request *r)
{
	struct image_file f;
	bool good = image_file_read(&f, r->operands[0]);
	char port[9], userid[9];

	if (good) {
		image_name(port, f.header.port);
		image_name(userid, f.header.userid);
		printf("%s is whole: %s on %s, %zu records, %zu pages, ", f.path, userid, port, f.part_count,
		       f.page_count);
		if (f.disk_count)
			printf("%zu disks, ", f.disk_count);
		printf("%llu bytes\n", (unsigned long long)f.length);
	}
	image_file_free(&f);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int action_show(const struct request *r)
{
	struct image_file f;
	bool good = image_file_read(&f, r->operands[0]);

	if (good)
		image_show(&f, stdout);
	image_file_free(&f);
	return good ? EXIT_DONE : EXIT_FAILED;
}

static int action_diff(const struct request *r)
{
	struct image_file a, b;
	bool first = image_file_read(&a, r->operands[0]), good = image_file_read(&b, r->operands[1]) && first;
	size_t differ = good ? image_compare(&a, &b, stdout) : 0;

	if (good && differ)
		printf("%zu differences\n", differ);
	else if (good)
		puts("no difference but clocks");
	image_file_free(&a);
	image_file_free(&b);
	return good && !differ ? EXIT_DONE : EXIT_FAILED;
}

/* ------------------------------------------------------------------------------------------------------------------ */

struct action {
	const char *name;
	int least, most; /* operands */
	bool volume;     /* the first is a volume; it is locked meanwhile */
	int (*run)(const struct request *r);
};

static const struct action action_table[] = {
	{"list", 1, 1, true, action_list},     {"export", 3, 3, true, action_export},
	{"import", 2, 3, true, action_import}, {"clear", 1, 1, true, action_clear},
	{"check", 1, 1, false, action_check},  {"show", 1, 1, false, action_show},
	{"diff", 2, 2, false, action_diff},
};

static const struct action *action_find(const char *name)
{
	for (size_t i = 0; i < sizeof(action_table) / sizeof(action_table[0]); i++)
		if (strcmp(action_table[i].name, name) == 0)
			return &action_table[i];
	return NULL;
}

int verb_image(int argc, char **argv)
{
	const struct action *action;
	struct options o;
	struct request r;
	int rc = options_read(verb_find("image"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first < 1)
		return usage("image: expected an action");
	action = action_find(argv[o.first]);
	if (!action)
		return usage("image: %s is not an action", argv[o.first]);
	r = (struct request){&o, argc - o.first - 1, argv + o.first + 1};
	if (r.count < action->least || r.count > action->most)
		return usage("image %s: wrong number of operands", action->name);
	if (action->volume && prepare_lock(r.operands[0]) < 0)
		return EXIT_FAILED;
	return action->run(&r);
}
