/*
 * test_console_paths.c - run directories, option values and buffers of the vm40 command.
 *
 * Before it: console/rundir.c, console/options.c, console/buffer.c.
 */
#include "console/buffer.h"
#include "console/options.h"
#include "console/rundir.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char base[] = "/tmp/vm40-unit-XXXXXX";

static int set_up(void)
{
	return !mkdtemp(base) || setenv("XDG_RUNTIME_DIR", base, 1);
}

static int clean_up(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", base);
	return system(command);
}

static void names(void)
{
	static const char *const good[] = {"vm40", "a", "A-1_b.c", "play-12345",
					   "12345678901234567890123456789012"};
	static const char *const bad[] = {
		"",     ".",   "..",       ".a",  "a/b",
		"../a", "a b", "\xc3\xa4", "a\n", "123456789012345678901234567890123"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_TRUE(rundir_name_ok(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_FALSE(rundir_name_ok(bad[i]));
}

static void paths(void)
{
	char expected[128], *path = rundir_path("vm40", "control");

	snprintf(expected, sizeof(expected), "%s/vm40/vm40/control", base);
	CU_ASSERT_STRING_EQUAL(path, expected);
	free(path);
	setenv("XDG_RUNTIME_DIR", "relative", 1);
	path = rundir_root();
	snprintf(expected, sizeof(expected), "/tmp/vm40-%u", (unsigned)getuid());
	CU_ASSERT_STRING_EQUAL(path, expected);
	free(path);
	setenv("XDG_RUNTIME_DIR", base, 1);
}

static void private_directory(void)
{
	char *path = rundir_path("vm40", NULL), *text, **list;
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(rundir_create("vm40"), 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0700);
	CU_ASSERT_EQUAL(rundir_write("vm40", "machine", "hercules"), 0);
	text = rundir_read("vm40", "machine");
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	CU_ASSERT_STRING_EQUAL(text, "hercules");
	free(text);
	list = rundir_list();
	CU_ASSERT_PTR_NOT_NULL_FATAL(list[0]);
	CU_ASSERT_STRING_EQUAL(list[0], "vm40");
	CU_ASSERT_PTR_NULL(list[1]);
	rundir_list_free(list);
	CU_ASSERT_EQUAL(rundir_create("vm40"), 0); /* what the last machine left is gone */
	CU_ASSERT_PTR_NULL(rundir_read("vm40", "machine"));
	chmod(path, 0755);
	CU_ASSERT_EQUAL(rundir_create("vm40"), -1); /* others could have looked in: not used */
	chmod(path, 0700);
	rundir_remove("vm40");
	CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
	free(path);
}

/* A link that somebody else may have put there is not followed. */
static void planted_link(void)
{
	char *path = rundir_path("trap", NULL);

	CU_ASSERT_EQUAL(rundir_create("vm40"), 0);
	CU_ASSERT_EQUAL(symlink("/tmp", path), 0);
	CU_ASSERT_EQUAL(rundir_create("trap"), -1);
	unlink(path);
	free(path);
}

static void long_socket_path(void)
{
	struct sockaddr_un address;
	char path[200], long_base[128];

	memset(path, 'x', sizeof(path));
	path[107] = '\0';
	CU_ASSERT_TRUE(rundir_address(path, &address));
	path[107] = 'x';
	path[108] = '\0';
	CU_ASSERT_FALSE(rundir_address(path, &address));
	snprintf(long_base, sizeof(long_base), "%s/%060d", base, 0);
	setenv("XDG_RUNTIME_DIR", long_base, 1);
	CU_ASSERT_EQUAL(mkdir(long_base, 0700), 0);
	CU_ASSERT_EQUAL(rundir_create("a-name-of-thirty-two-characters-"), -1);
	setenv("XDG_RUNTIME_DIR", base, 1);
}

static void memory_sizes(void)
{
	CU_ASSERT_EQUAL(options_memory("256"), 256);
	CU_ASSERT_EQUAL(options_memory("256M"), 256);
	CU_ASSERT_EQUAL(options_memory("1g"), 1024);
	CU_ASSERT_EQUAL(options_memory("64G"), 65536);
	CU_ASSERT_EQUAL(options_memory("31"), 0);
	CU_ASSERT_EQUAL(options_memory("65G"), 0);
	CU_ASSERT_EQUAL(options_memory("-256"), 0);
	CU_ASSERT_EQUAL(options_memory("256MB"), 0);
	CU_ASSERT_EQUAL(options_memory("256K"), 0);
	CU_ASSERT_EQUAL(options_memory(""), 0);
	CU_ASSERT_EQUAL(options_memory("99999999999999999999G"), 0);
}

static void buffers(void)
{
	struct buffer b = {0};
	char *line;

	CU_ASSERT_PTR_NULL(buffer_line(&b));
	buffer_text(&b, "one\r\ntwo\n\nthr");
	line = buffer_line(&b);
	CU_ASSERT_STRING_EQUAL(line, "one");
	free(line);
	line = buffer_line(&b);
	CU_ASSERT_STRING_EQUAL(line, "two");
	free(line);
	line = buffer_line(&b);
	CU_ASSERT_STRING_EQUAL(line, "");
	free(line);
	CU_ASSERT_PTR_NULL(buffer_line(&b));
	buffer_drop(&b, 1000);
	CU_ASSERT_EQUAL(b.length, 0);
	buffer_free(&b);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failures;

	CU_initialize_registry();
	suite = CU_add_suite("paths", set_up, clean_up);
	CU_ADD_TEST(suite, names);
	CU_ADD_TEST(suite, paths);
	CU_ADD_TEST(suite, private_directory);
	CU_ADD_TEST(suite, planted_link);
	CU_ADD_TEST(suite, long_socket_path);
	CU_ADD_TEST(suite, memory_sizes);
	CU_ADD_TEST(suite, buffers);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
