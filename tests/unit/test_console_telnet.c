/*
 * test_console_telnet.c - the telnet codec, against what Hercules sends and what nobody should.
 *
 * Before it: console/telnet.c. The expected bytes come from RFC 854 and RFC 1091.
 */
#include "console/telnet.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
	struct telnet t;
	struct buffer text, reply;
};

static void begin(struct fixture *f, uint16_t device)
{
	*f = (struct fixture){0};
	telnet_start(&f->t, device);
}

static void end(struct fixture *f)
{
	telnet_free(&f->t);
	buffer_free(&f->text);
	buffer_free(&f->reply);
}

static void receive(struct fixture *f, const char *data, size_t length)
{
	telnet_receive(&f->t, (const uint8_t *)data, length, &f->text, &f->reply);
}

static void same(const struct buffer *b, const char *data, size_t length)
{
	CU_ASSERT_EQUAL_FATAL(b->length, length);
	CU_ASSERT_EQUAL(length ? memcmp(b->data, data, length) : 0, 0);
}

#define GREETING "Hercules version 3.13\r\nrunning on x\r\nConnected to device 0:0010\r\n"

/* DO TERMINAL-TYPE is agreed to, SEND is answered with the device number asked for. */
static void negotiation(void)
{
	struct fixture f;

	begin(&f, 0x0010);
	receive(&f, "\xff\xfd\x18", 3);
	same(&f.reply, "\xff\xfb\x18", 3);
	buffer_drop(&f.reply, 3);
	receive(&f, "\xff\xfa\x18\x01\xff\xf0", 6);
	same(&f.reply, "\xff\xfa\x18\x00VM40@0010\xff\xf0", 15);
	same(&f.text, "", 0);
	end(&f);
}

/* The same, a byte at a time: nothing depends on how TCP cuts the stream. */
static void byte_by_byte(void)
{
	static const char stream[] = "\xff\xfd\x18\xff\xfa\x18\x01\xff\xf0" GREETING "VM/40\r\n";
	struct fixture f;

	begin(&f, 0x0009);
	for (size_t i = 0; i < sizeof(stream) - 1; i++)
		receive(&f, stream + i, 1);
	same(&f.reply, "\xff\xfb\x18\xff\xfa\x18\x00VM40@0009\xff\xf0", 18);
	same(&f.text, "VM/40\n", 6);
	CU_ASSERT_FALSE(f.t.refused);
	end(&f);
}

static void other_options(void)
{
	struct fixture f;

	begin(&f, 0x0010);
	receive(&f, "\xff\xfd\x01\xff\xfb\x01\xff\xfe\x01\xff\xfc\x01", 12);
	same(&f.reply, "\xff\xfc\x01\xff\xfe\x01", 6); /* WONT ECHO, DONT ECHO; nothing to DONT and WONT */
	end(&f);
}

static void refusal(void)
{
	static const char text[] =
		"Hercules version 3.13\r\nrunning on x\r\nConnection rejected, device 0010 unavailable\r\n";
	struct fixture f;

	begin(&f, 0x0010);
	receive(&f, text, sizeof(text) - 1);
	CU_ASSERT_TRUE(f.t.refused);
	same(&f.text, "", 0);
	end(&f);
}

static void text_through(void)
{
	struct fixture f;

	begin(&f, 0x0010);
	receive(&f, GREETING, sizeof(GREETING) - 1);
	receive(&f, "a\r\n\ab\xff\xff\0c", 9);
	same(&f.text,
	     "a\nb\xff"
	     "c",
	     5);
	end(&f);
}

#define QUESTION "HHCTE006A Enter input for console device 0010"

/* Hercules' question is no text but says that the system reads; what only looks like it is text. */
static void question(void)
{
	static const struct {
		const char *stream, *text;
		bool reads;
	} rows[] = {
		{QUESTION "\n", "", true},
		{"abc" QUESTION "\ndef\r\n", "abcdef\n", true},
		{"HH" QUESTION "\n", "HH", true},
		{"HHCTE" QUESTION "\n", "HHCTE", true},
		{QUESTION QUESTION "\n", QUESTION, true},
		{QUESTION "\r\n", QUESTION "\n", false}, /* a system that prints it ends its line properly */
		{QUESTION "0\n", QUESTION "0\n", false},
		{"HHCTE006A Enter input for console device 001\n",
		 "HHCTE006A Enter input for console device 001\n", false},
		{"HHH\r\nHHCTE007\r\n", "HHH\nHHCTE007\n", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int whole = 0; whole < 2; whole++) {
			struct fixture f;
			size_t length = strlen(rows[i].stream);

			begin(&f, 0x0010);
			receive(&f, GREETING, sizeof(GREETING) - 1);
			if (whole)
				receive(&f, rows[i].stream, length);
			for (size_t n = 0; !whole && n < length; n++)
				receive(&f, rows[i].stream + n, 1);
			same(&f.text, rows[i].text, strlen(rows[i].text));
			CU_ASSERT_EQUAL(f.t.reads, rows[i].reads);
			end(&f);
		}
	}
}

static void typed(void)
{
	struct buffer wire = {0};
	char longest[400];

	telnet_line("LOGON A", 7, &wire);
	same(&wire, "LOGON A\r\n", 9);
	buffer_drop(&wire, 9);
	telnet_line("", 0, &wire);
	same(&wire, " \r\n", 3);
	buffer_drop(&wire, 3);
	telnet_line("a\x03\xff\tb", 5, &wire);
	same(&wire, "a   b\r\n", 7);
	buffer_drop(&wire, 7);
	memset(longest, 'x', sizeof(longest));
	telnet_line(longest, sizeof(longest), &wire);
	CU_ASSERT_EQUAL(wire.length, 150); /* Hercules' buffer, line end included */
	buffer_free(&wire);
}

/* Whatever comes, nothing is written outside and the codec finds back. */
static void hostile(void)
{
	struct fixture f;
	unsigned seed = 40;

	begin(&f, 0x0010);
	for (int i = 0; i < 200000; i++) {
		char c;

		seed = seed * 1103515245u + 12345u;
		c = seed & 0x100000 ? (char)0xff : (char)(seed >> 16);
		receive(&f, &c, 1);
	}
	receive(&f, "\xff\xf0\xff\xf0\n\n\n", 7);
	buffer_drop(&f.text, f.text.length);
	receive(&f, "sane", 4);
	same(&f.text, "sane", 4);
	end(&f);
}

int main(void)
{
	CU_pSuite suite;
	unsigned failures;

	CU_initialize_registry();
	suite = CU_add_suite("telnet", NULL, NULL);
	CU_ADD_TEST(suite, negotiation);
	CU_ADD_TEST(suite, byte_by_byte);
	CU_ADD_TEST(suite, other_options);
	CU_ADD_TEST(suite, refusal);
	CU_ADD_TEST(suite, text_through);
	CU_ADD_TEST(suite, question);
	CU_ADD_TEST(suite, typed);
	CU_ADD_TEST(suite, hostile);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failures = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failures != 0;
}
