/*
 * test_manual.c - the reference pages in docs/ say what CP's tables say. If this fails: make manual.
 */
#include "manual.h"
#include "unit.h"
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_TRUE(fread(text, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return text;
}

static void compare(void (*write)(FILE *f), const char *path)
{
	char *made = NULL, *stands = slurp(path);
	size_t size;
	FILE *f = open_memstream(&made, &size);

	write(f);
	fclose(f);
	CU_ASSERT_TRUE(size > 1000);
	CU_ASSERT_STRING_EQUAL(made, stands);
	free(made);
	free(stands);
}

static void test_commands(void)
{
	compare(manual_commands, "docs/reference/commands.md");
}

static void test_diagnose(void)
{
	compare(manual_diagnose, "docs/reference/diagnose.md");
}

static const struct unit_test tests[] = {
	{"docs/reference/commands.md is what the command table says", test_commands},
	{"docs/reference/diagnose.md is what the DIAGNOSE table says", test_diagnose},
};

UNIT_MAIN("manual", tests)
