/*
 * directory_unit.h - what the unit tests of the directory library have in common: a table of tests, main(), and temporary files.
 */
#ifndef DIRECTORY_UNIT_H
#define DIRECTORY_UNIT_H

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "directory.h"

struct unit_test {
	const char *name; /* a sentence: "an overlap names both users" */
	void (*run)(void);
};

static char unit_folder[] = "/tmp/vm40-directory-XXXXXX";

/* A path in the temporary folder. Sixty-four of them live at a time. */
static inline const char *unit_path(const char *name)
{
	static char paths[64][96];
	static unsigned next;
	char *p = paths[next++ % 64];

	snprintf(p, sizeof(paths[0]), "%s/%s", unit_folder, name);
	return p;
}

static inline const char *unit_file(const char *name, const void *bytes, size_t length)
{
	const char *path = unit_path(name);
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes, 1, length, f) != length || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	return path;
}

/* The bytes of a file, NUL after them, to be freed. NULL if there is none. */
static inline char *unit_read(const char *path, size_t *length)
{
	FILE *f = fopen(path, "rb");
	char *bytes;
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0)
		return NULL;
	rewind(f);
	bytes = calloc(1, (size_t)n + 1);
	*length = fread(bytes, 1, (size_t)n, f);
	fclose(f);
	return bytes;
}

/* A build as most tests want it. */
static inline int unit_build(const char *source, const char *database, const char *volume, FILE *out)
{
	struct direct d = {.database = database, .volume = volume, .out = out};

	return direct_build(&d, source);
}

static inline int unit_run(const char *suite, const struct unit_test *tests, unsigned count)
{
	char command[128];
	CU_pSuite s;
	unsigned failed;

	if (mkdtemp(unit_folder) == NULL || CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (unsigned i = 0; i < count; i++)
		CU_add_test(s, tests[i].name, tests[i].run);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	snprintf(command, sizeof(command), "rm -rf %s", unit_folder);
	if (system(command) != 0)
		return 1;
	return failed != 0;
}

#define UNIT_MAIN(suite, tests)                                                                              \
	int main(void)                                                                                       \
	{                                                                                                    \
		return unit_run(suite, tests, sizeof(tests) / sizeof((tests)[0]));                           \
	}

#endif
