/*
 * up.c - vm40 up: prepare the volume, start the machine, wait for CP's prompt.
 *
 * Read before: start.c. Read after: down.c.
 * Known simplification: the options are not remembered from one `up` to the next.
 */
#include "options.h"
#include "start.h"
#include "vm40.h"

#include <stdio.h>
#include <stdlib.h>

int verb_up(int argc, char **argv)
{
	struct options o;
	char *volume;
	int rc = options_read(verb_find("up"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (o.first < argc)
		return usage("up: unexpected operand %s", argv[o.first]);
	volume = o.volume ? must_copy(o.volume) : must_format("%s.volume", o.name);
	rc = start_machine(&o, volume);
	if (!rc)
		printf("%s is up on %s, volume %s\n", o.name, o.machine ? o.machine : "qemu-s390x", volume);
	free(volume);
	return rc;
}
