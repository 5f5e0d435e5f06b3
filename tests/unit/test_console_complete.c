/*
 * test_console_complete.c - which words the console offers for a Tab.
 *
 * Before it: console/complete.c.
 */
#include "console/complete.h"
#include "console/vm40.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char offered[400];

static void note(void *context, const char *word)
{
	(void)context;
	if (offered[0])
		strcat(offered, " ");
	strcat(offered, word);
}

static const char *offers(const char *before, const char *text)
{
	offered[0] = '\0';
	complete_candidates(before, text, note, NULL);
	return offered;
}

static char *file_with(const char *text)
{
	char *path = must_copy("/tmp/vm40-complete-XXXXXX");
	int fd = mkstemp(path);

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	return path;
}

static void candidates(void)
{
	char *commands = file_with("LINK\nLOGON\nQUERY\nQUERY LINKS\nQUERY NAMES\nSET\nSET MSG\nSET RUN\n");
	char *users = file_with("LINUX\nSTUDENT1\n");

	complete_read(must_copy(commands), must_copy(users));
	unlink(commands);
	unlink(users);
	CU_ASSERT_STRING_EQUAL(offers("", "l"), "LINK LOGON");
	CU_ASSERT_STRING_EQUAL(offers("  #cp ", "L"), "LINK LOGON");
	CU_ASSERT_STRING_EQUAL(offers("QUERY ", ""), "LINKS NAMES LINUX STUDENT1");
	CU_ASSERT_STRING_EQUAL(offers("#CP q ", "LIN"), "LINKS LINUX");
	CU_ASSERT_STRING_EQUAL(offers("SET ", "R"), "RUN");
	CU_ASSERT_STRING_EQUAL(offers("QUERYX ", "N"), "");
	CU_ASSERT_STRING_EQUAL(offers("LOGON ", "s"), "STUDENT1");
	CU_ASSERT_STRING_EQUAL(offers("SET SECUSER ", "L"), "LINUX");
	CU_ASSERT_STRING_EQUAL(offers("", "XYZ"), "");
	free(commands);
	free(users);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failures;

	CU_initialize_registry();
	suite = CU_add_suite("complete", NULL, NULL);
	CU_ADD_TEST(suite, candidates);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
