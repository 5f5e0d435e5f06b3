/*
 * telnet.c - the telnet that Hercules speaks to a keyboard-printer terminal.
 *
 * Hercules asks for the terminal type; a type that does not begin with "IBM-" makes a 3215, and a
 * suffix "@0010" asks for that device number (RFC 854 and 1091; the suffix is Hercules' own). It
 * then prints three lines about itself, which are no business of the user. Input ends with CR LF.
 *
 * A 3215 of Hercules has one buffer: a line that comes while another one is in it is run together with it, and two that
 * come in one piece make Hercules hang up. But when the system reads and the buffer is empty, Hercules says so, in a
 * question that ends with LF alone, as nothing that a system writes does. line.c therefore knocks, with an empty line,
 * and sends a line only for an answer to that question.
 *
 * Read before: buffer.c. Read after: hercules.c, relay.c.
 * Known simplification: every option but the terminal type is refused; text of a line that begins like the question is
 * shown only when it is known not to be one.
 */
#include "telnet.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { SE = 240, SB = 250, WILL = 251, WONT = 252, DO = 253, DONT = 254, IAC = 255 };
enum { OPTION_TERMINAL_TYPE = 24, TYPE_IS = 0, TYPE_SEND = 1 };

#define GREETING_LINES 3
#define QUESTION       "HHCTE006A Enter input for console device " /* and four digits, LF */

void telnet_start(struct telnet *t, uint16_t device)
{
	*t = (struct telnet){.device = device, .banner = GREETING_LINES};
}

static void reply_option(const struct telnet *t, uint8_t option, struct buffer *reply)
{
	uint8_t answer[3] = {IAC, 0, option};

	if (t->verb == DO)
		answer[1] = option == OPTION_TERMINAL_TYPE ? WILL : WONT;
	else if (t->verb == WILL)
		answer[1] = DONT;
	else
		return; /* WONT and DONT: that is how it is already */
	buffer_add(reply, answer, sizeof(answer));
}

static void reply_type(const struct telnet *t, struct buffer *reply)
{
	char answer[32];
	int length;

	if (t->sub_length < 2 || t->sub[0] != OPTION_TERMINAL_TYPE || t->sub[1] != TYPE_SEND)
		return;
	length = snprintf(answer, sizeof(answer), "%c%c%c%cVM40@%04X%c%c", IAC, SB, OPTION_TERMINAL_TYPE,
			  TYPE_IS, t->device, IAC, SE);
	buffer_add(reply, answer, (size_t)length);
}

/* It is none of Hercules' question after all: what was held back is text. */
static void no_question(struct telnet *t, struct buffer *text)
{
	size_t known = t->asking < sizeof(QUESTION) - 1 ? t->asking : sizeof(QUESTION) - 1;

	buffer_add(text, QUESTION, known);
	buffer_add(text, t->number, t->asking - known);
	t->asking = 0;
}

/* Is c the next byte of Hercules' question? Its last one, the LF, sets t->reads. */
static bool take_question(struct telnet *t, uint8_t c, struct buffer *text)
{
	const size_t known = sizeof(QUESTION) - 1, whole = known + sizeof(t->number);

	if (t->asking == whole && c == '\n') {
		t->asking = 0;
		t->reads = true;
		return true;
	}
	if (t->asking >= known && t->asking < whole && isxdigit(c)) {
		t->number[t->asking++ - known] = (char)c;
		return true;
	}
	if (t->asking < known && c == (uint8_t)QUESTION[t->asking]) {
		t->asking++;
		return true;
	}
	if (t->asking == 2 && c == 'H') { /* of three H the first is not the question's */
		buffer_add(text, &c, 1);
		return true;
	}
	if (t->asking)
		no_question(t, text);
	t->asking = c == (uint8_t)QUESTION[0];
	return t->asking;
}

/* A byte of text; of the emulator's greeting only a refusal counts. */
static void take_text(struct telnet *t, uint8_t c, struct buffer *text)
{
	if (!t->banner && take_question(t, c, text))
		return;
	if (c == '\r' || c == '\0' || c == TELNET_BELL)
		return;
	if (!t->banner) {
		buffer_add(text, &c, 1);
		return;
	}
	buffer_add(&t->partial, &c, 1);
	if (c != '\n')
		return;
	if (memmem(t->partial.data, t->partial.length, "rejected", 8))
		t->refused = true;
	buffer_drop(&t->partial, t->partial.length);
	t->banner--;
}

static void take_sub(struct telnet *t, uint8_t c)
{
	if (t->sub_length < sizeof(t->sub))
		t->sub[t->sub_length++] = c;
}

static void take_command(struct telnet *t, uint8_t c, struct buffer *text)
{
	t->state = TELNET_DATA;
	if (c == IAC)
		take_text(t, c, text);
	else if (c == SB) {
		t->sub_length = 0;
		t->state = TELNET_SUB;
	} else if (c >= WILL) {
		t->verb = c;
		t->state = TELNET_OPTION;
	}
}

static void take_byte(struct telnet *t, uint8_t c, struct buffer *text, struct buffer *reply)
{
	switch (t->state) {
	case TELNET_DATA:
		if (c == IAC)
			t->state = TELNET_IAC;
		else
			take_text(t, c, text);
		break;
	case TELNET_IAC:
		take_command(t, c, text);
		break;
	case TELNET_OPTION:
		reply_option(t, c, reply);
		t->state = TELNET_DATA;
		break;
	case TELNET_SUB:
		if (c == IAC)
			t->state = TELNET_SUB_IAC;
		else
			take_sub(t, c);
		break;
	case TELNET_SUB_IAC:
		if (c == SE)
			reply_type(t, reply);
		else
			take_sub(t, c);
		t->state = c == SE ? TELNET_DATA : TELNET_SUB;
		break;
	}
}

void telnet_receive(struct telnet *t, const uint8_t *data, size_t length, struct buffer *text,
		    struct buffer *reply)
{
	for (size_t i = 0; i < length; i++)
		take_byte(t, data[i], text, reply);
}

void telnet_knock(struct buffer *wire)
{
	buffer_text(wire, "\r\n");
}

void telnet_line(const char *line, size_t length, struct buffer *wire)
{
	if (length == 0)
		buffer_text(wire, " ");
	for (size_t i = 0; i < length && i < TELNET_LINE_MAX; i++) {
		char c = line[i];

		if (c < ' ' || c > '~')
			c = ' ';
		buffer_add(wire, &c, 1);
	}
	buffer_text(wire, "\r\n");
}

void telnet_free(struct telnet *t)
{
	buffer_free(&t->partial);
}
