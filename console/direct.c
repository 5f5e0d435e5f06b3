/*
 * direct.c - vm40 direct: check a user directory, or put it onto a volume.
 *
 * Read before: directory/directory.h. Read after: volume.c.
 * Known simplification: a machine that is up keeps its directory until it is next started.
 */
#include "directory/directory.h"
#include "options.h"
#include "prepare.h"
#include "vm40.h"

#include <stdio.h>

int verb_direct(int argc, char **argv)
{
	struct options o;
	int rc = options_read(verb_find("direct"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first != 1)
		return usage("direct: expected one directory file");
	if (!o.volume) {
		rc = direct_check(argv[o.first], NULL, stderr) ? EXIT_FAILED : EXIT_DONE;
		if (!rc)
			printf("%s: no errors\n", argv[o.first]);
		return rc;
	}
	if (prepare_lock(o.volume) < 0)
		return EXIT_FAILED;
	rc = prepare_directory(o.volume, argv[o.first]);
	if (!rc)
		printf("%s: the directory of %s is replaced\n", argv[o.first], o.volume);
	return rc;
}
