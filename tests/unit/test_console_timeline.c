/*
 * test_console_timeline.c - the lines of QUERY CPTRACE, and the trace file that is made of them.
 *
 * Before it: console/timeline.c.
 */
#include "console/timeline.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

static const char *const lines[] = {
	"CPTRACE 7 session 255 E3A8000000000000 E3A8000000001000 DISPATCH - 0000 - 0 0\r\n",
	"CPTRACE 8 ALICE 0 E3A8000000011000 E3A8000000011800 SIMULATED TRAP 0002 DIAG 1004 1000\n",
	/* its handler sleeps: it goes on in the next dispatch */
	"CPTRACE 9 ALICE 0 E3A8000000018000 E3A8000000041800 PAGE SIE 0000 - FFFFFFFF80001000 7000\n",
	"CPTRACE 10 ALICE 0 E3A8000000010000 E3A8000000020000 DISPATCH - 0000 - 0 0\n",
	"CPTRACE 11 BOB\"X 0 E3A8000000021000 0000000000000000 SVC TRAP 00CA - 2000 0\n",
	"CPTRACE 12 BOB\"X 0 E3A8000000020000 E3A8000000030000 DISPATCH - 0000 - 0 0\n",
	"CPTRACE 13 ALICE 0 E3A8000000040000 E3A8000000050000 DISPATCH - 0000 - 0 0\n",
};

static struct timeline taken(void)
{
	struct timeline t = {0};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_TRUE(timeline_add(&t, lines[i]));
	return t;
}

static char *written(const struct timeline *t, const char *user, int rc)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	CU_ASSERT_EQUAL(timeline_write(t, "here", user, out), rc);
	fclose(out);
	return text;
}

static void read_lines(void)
{
	struct timeline t = taken();
	const struct timeline_entry *e = &t.entries[1];

	CU_ASSERT_EQUAL(t.count, 7);
	CU_ASSERT(e->number == 8 && e->vcpu == 0 && e->code == 2 && e->at == 0x1004 && e->address == 0x1000);
	CU_ASSERT_STRING_EQUAL(e->who, "ALICE");
	CU_ASSERT_STRING_EQUAL(e->kind, "SIMULATED");
	CU_ASSERT_STRING_EQUAL(e->engine, "TRAP");
	CU_ASSERT_STRING_EQUAL(e->instruction, "DIAG");
	CU_ASSERT_EQUAL(t.entries[0].vcpu, TIMELINE_NO_VCPU);
	CU_ASSERT_EQUAL(timeline_length(&t), 0x50 * 1000);
	timeline_free(&t);
}

static void refuse_lines(void)
{
	static const char *const wrong[] = {
		"",
		"CPTRACE",
		"CPTRACE ON ENTRIES 0 TO 5 NEXT 5\n",
		" CPTRACE 7 session 255 E3A8000000000000 E3A8000000001000 DISPATCH - 0000 - 0 0\n",
		"12:00:00 MSG FROM BOB: CPTRACE 7 session 255 E3A8000000000000 E3A8000000001000 DISPATCH - 0000 - 0 0\n",
		"CPTRACE 7 session 255 E3A8000000000000 E3A8000000001000 DISPATCH\n",
		"CPTRACE 7 session 255 E3A8000000000000 E3A8000000001000\n",
		"CPTRACE 8 ALICE 0 E3A8000000011000 E3A8000000011800 SIMULATED TRAP 0002 DIAG 1004\n",
		"CPTRACE 8 ALICE 0 E3A8000000011000 E3A8000000011800 SIMULATED TRAP 0002 DIAG 1004 X\n",
		"CPTRACE x ALICE 0 E3A8000000011000 E3A8000000011800 DISPATCH - 0000 - 0 0\n",
	};
	struct timeline t = {0};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_FALSE(timeline_add(&t, wrong[i]));
	CU_ASSERT_EQUAL(t.count, 0);
	CU_ASSERT_EQUAL(timeline_length(&t), 0);
	free(written(&t, NULL, -1));
}

/* All of it, to the letter: the tracks one after the other, each in time's order, what holds another before it. */
static void write_all(void)
{
	static const char expected[] =
		"{\"displayTimeUnit\": \"ns\", \"otherData\": {\"product\": \"VM/40\", \"machine\": \"here\", \"tod\": "
		"\"E3A8000000000000\"}, \"traceEvents\": [\n"
		"{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 1, \"tid\": 0, \"args\": {\"name\": \"real machine\"}},\n"
		"{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 2, \"tid\": 0, \"args\": {\"name\": \"ALICE\"}},\n"
		"{\"ph\": \"M\", \"name\": \"process_name\", \"pid\": 3, \"tid\": 0, \"args\": {\"name\": \"BOB\\\"X\"}},\n"
		"{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 1, \"tid\": 1, \"args\": {\"name\": \"CPU 00\"}},\n"
		"{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 2, \"tid\": 1, \"args\": {\"name\": \"CPU 00\"}},\n"
		"{\"ph\": \"M\", \"name\": \"thread_name\", \"pid\": 3, \"tid\": 1, \"args\": {\"name\": \"CPU 00\"}},\n"
		"{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": 0.000, \"dur\": 1.000, \"name\": \"session\", \"cat\": "
		"\"dispatch\", \"args\": {}},\n"
		"{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": 16.000, \"dur\": 16.000, \"name\": \"ALICE\", \"cat\": "
		"\"dispatch\", \"args\": {\"vcpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": 32.000, \"dur\": 16.000, \"name\": \"BOB\\\"X\", \"cat\": "
		"\"dispatch\", \"args\": {\"vcpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": 64.000, \"dur\": 16.000, \"name\": \"ALICE\", \"cat\": "
		"\"dispatch\", \"args\": {\"vcpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 2, \"tid\": 1, \"ts\": 16.000, \"dur\": 16.000, \"name\": \"dispatched\", \"cat\": "
		"\"dispatch\", \"args\": {\"cpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 2, \"tid\": 1, \"ts\": 17.000, \"dur\": 0.500, \"name\": \"DIAG\", \"cat\": \"intercept\", "
		"\"args\": {\"engine\": \"TRAP\", \"kind\": \"SIMULATED\", \"instruction\": \"DIAG\", \"code\": \"0002\", \"psw\": "
		"\"0000000000001004\", \"address\": \"0000000000001000\"}},\n"
		"{\"ph\": \"X\", \"pid\": 2, \"tid\": 1, \"ts\": 24.000, \"dur\": 8.000, \"name\": \"PAGE\", \"cat\": \"intercept\", "
		"\"args\": {\"engine\": \"SIE\", \"kind\": \"PAGE\", \"code\": \"0000\", \"psw\": \"FFFFFFFF80001000\", \"address\": "
		"\"0000000000007000\"}},\n"
		"{\"ph\": \"X\", \"pid\": 2, \"tid\": 1, \"ts\": 64.000, \"dur\": 16.000, \"name\": \"dispatched\", \"cat\": "
		"\"dispatch\", \"args\": {\"cpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 2, \"tid\": 1, \"ts\": 64.000, \"dur\": 1.500, \"name\": \"PAGE\", \"cat\": \"intercept\", "
		"\"args\": {\"engine\": \"SIE\", \"kind\": \"PAGE\", \"code\": \"0000\", \"psw\": \"FFFFFFFF80001000\", \"address\": "
		"\"0000000000007000\", \"continued\": true}},\n"
		"{\"ph\": \"X\", \"pid\": 3, \"tid\": 1, \"ts\": 32.000, \"dur\": 16.000, \"name\": \"dispatched\", \"cat\": "
		"\"dispatch\", \"args\": {\"cpu\": 0}},\n"
		"{\"ph\": \"X\", \"pid\": 3, \"tid\": 1, \"ts\": 33.000, \"dur\": 15.000, \"name\": \"SVC\", \"cat\": \"intercept\", "
		"\"args\": {\"engine\": \"TRAP\", \"kind\": \"SVC\", \"code\": \"00CA\", \"psw\": \"0000000000002000\", \"address\": "
		"\"0000000000000000\"}}\n"
		"]}\n";
	struct timeline t = taken();
	char *text = written(&t, NULL, 0);

	CU_ASSERT_STRING_EQUAL(text, expected);
	free(text);
	timeline_free(&t);
}

/* The real CPU is all there; of the virtual ones only his. */
static void write_one_user(void)
{
	struct timeline t = taken();
	char *text = written(&t, "ALICE", 0);

	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"name\": \"BOB\\\"X\", \"cat\": \"dispatch\""));
	CU_ASSERT_PTR_NULL(strstr(text, "\"SVC\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\"DIAG\""));
	free(text);
	free(written(&t, "NOBODY", -1));
	timeline_free(&t);
}

int main(void)
{
	unsigned failures;
	CU_pSuite suite;

	CU_initialize_registry();
	suite = CU_add_suite("timeline", NULL, NULL);
	CU_ADD_TEST(suite, read_lines);
	CU_ADD_TEST(suite, refuse_lines);
	CU_ADD_TEST(suite, write_all);
	CU_ADD_TEST(suite, write_one_user);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
