/*
 * test_console_dialogue.c - the dialogue format: every kind of step, and every mistake with its line.
 *
 * Before it: console/dialogue.c.
 */
#include "console/dialogue.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int read_text(const char *text, size_t length, struct dialogue *d, char **errors)
{
	size_t size;
	FILE *in = fmemopen((void *)(uintptr_t)text, length, "r"), *out = open_memstream(errors, &size);
	int rc = dialogue_read(d, in, "f", out);

	fclose(in);
	fclose(out);
	return rc;
}

/* The text must be refused with exactly this complaint. */
static void refuse(const char *text, const char *complaint)
{
	struct dialogue d;
	char *errors;

	CU_ASSERT_EQUAL(read_text(text, strlen(text), &d, &errors), -1);
	CU_ASSERT_STRING_EQUAL(errors, complaint);
	CU_ASSERT_EQUAL(d.count, 0);
	free(errors);
}

static void every_step(void)
{
	static const char text[] =
		"# a comment\n\n> LOGON STUDENT1\n>\n<  Ready;\n@ 12\n@ 3 off\n! status --json\n"
		"limit 90\n< (?i)^ready$";
	static const struct {
		enum step_kind kind;
		unsigned source, number;
		const char *text;
	} expected[] = {
		{STEP_TYPE, 3, 0, "LOGON STUDENT1"}, {STEP_TYPE, 4, 0, ""},
		{STEP_EXPECT, 5, 0, " Ready;"},      {STEP_LINE, 6, 12, "12"},
		{STEP_HANGUP, 7, 3, "3 off"},        {STEP_VERB, 8, 0, "status --json"},
		{STEP_LIMIT, 9, 90, "90"},           {STEP_EXPECT, 10, 0, "(?i)^ready$"},
	};
	struct dialogue d;
	char *errors;

	CU_ASSERT_EQUAL_FATAL(read_text(text, strlen(text), &d, &errors), 0);
	CU_ASSERT_STRING_EQUAL(errors, "");
	CU_ASSERT_EQUAL_FATAL(d.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < d.count; i++) {
		CU_ASSERT_EQUAL(d.steps[i].kind, expected[i].kind);
		CU_ASSERT_EQUAL(d.steps[i].source, expected[i].source);
		if (d.steps[i].kind == STEP_LIMIT || d.steps[i].kind == STEP_LINE ||
		    d.steps[i].kind == STEP_HANGUP)
			CU_ASSERT_EQUAL(d.steps[i].number, expected[i].number);
		if (d.steps[i].kind != STEP_LIMIT)
			CU_ASSERT_STRING_EQUAL(d.steps[i].text, expected[i].text);
	}
	CU_ASSERT_EQUAL(regexec(&d.steps[7].regex, "READY", 0, NULL, 0), 0);
	CU_ASSERT_NOT_EQUAL(regexec(&d.steps[2].regex, " READY;", 0, NULL, 0), 0);
	dialogue_free(&d);
	free(errors);
}

static void mistakes(void)
{
	refuse("LOGON\n", "f:1: expected >, <, @, !, # or limit\n");
	refuse("> a\n<\n", "f:2: expected a regular expression after <\n");
	refuse("@ 17\n", "f:1: expected a terminal line from 0 to 16, or that and `off`, after @\n");
	refuse("@ -1\n", "f:1: expected a terminal line from 0 to 16, or that and `off`, after @\n");
	refuse("@ 1 on\n", "f:1: expected a terminal line from 0 to 16, or that and `off`, after @\n");
	refuse("limit 0\n", "f:1: expected a number of seconds after limit\n");
	refuse("limit 99999999999999999999\n", "f:1: expected a number of seconds after limit\n");
	refuse("# nothing\n", "f:1: no steps\n");
}

/* All mistakes are told in one reading. */
static void all_mistakes(void)
{
	struct dialogue d;
	char *errors, *second;
	const char *text = "< a(\n> fine\nx\n";

	CU_ASSERT_EQUAL(read_text(text, strlen(text), &d, &errors), -1);
	CU_ASSERT_EQUAL(strncmp(errors, "f:1: ", 5), 0);
	second = strchr(errors, '\n');
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_STRING_EQUAL(second + 1, "f:3: expected >, <, @, !, # or limit\n");
	free(errors);
}

static void hostile(void)
{
	static const char nul[] = "> a\0b\n> fine\n";
	char *noise = malloc(200000), *errors;
	struct dialogue d;
	unsigned seed = 40;

	CU_ASSERT_EQUAL(read_text(nul, sizeof(nul) - 1, &d, &errors), -1);
	CU_ASSERT_STRING_EQUAL(errors, "f:1: a NUL byte\n");
	free(errors);
	for (size_t i = 0; i < 200000; i++) {
		seed = seed * 1103515245u + 12345u;
		noise[i] = (char)(seed >> 16);
	}
	CU_ASSERT_EQUAL(read_text(noise, 200000, &d, &errors), -1);
	free(errors);
	free(noise);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failures;

	CU_initialize_registry();
	suite = CU_add_suite("dialogue", NULL, NULL);
	CU_ADD_TEST(suite, every_step);
	CU_ADD_TEST(suite, mistakes);
	CU_ADD_TEST(suite, all_mistakes);
	CU_ADD_TEST(suite, hostile);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
