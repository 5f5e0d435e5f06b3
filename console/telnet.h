/*
 * telnet.h - the telnet that Hercules speaks to a keyboard-printer terminal.
 */
#ifndef TELNET_H
#define TELNET_H

#include "buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define TELNET_BELL     0x07
#define TELNET_LINE_MAX 148 /* Hercules hangs up on a longer line */

enum telnet_state { TELNET_DATA, TELNET_IAC, TELNET_OPTION, TELNET_SUB, TELNET_SUB_IAC };

struct telnet {
	uint16_t device; /* the device number to ask for */
	enum telnet_state state;
	uint8_t verb;          /* WILL, WONT, DO or DONT while in TELNET_OPTION */
	uint8_t sub[8];        /* start of a subnegotiation; the rest is dropped */
	size_t sub_length;     /* bytes of it seen */
	unsigned banner;       /* lines of the emulator's greeting still to drop */
	bool refused;          /* the device was not to be had */
	bool reads;            /* the system reads and waits for a line: the caller sets it back */
	struct buffer partial; /* a greeting line on its way */
	size_t asking;         /* characters of Hercules' question that have come */
	char number[4];        /* the device number in it */
};

void telnet_start(struct telnet *t, uint16_t device);
/*
 * Take bytes from the emulator. Text for the user is appended to `text`, bytes that must be sent
 * back to `reply`.
 */
void telnet_receive(struct telnet *t, const uint8_t *data, size_t length, struct buffer *text,
		    struct buffer *reply);
/* Append what makes the system read: the attention key, and no text. */
void telnet_knock(struct buffer *wire);
/*
 * Append one typed line, as the emulator wants it, to `wire`. Bytes that are not printable become
 * blanks, the end of a line past TELNET_LINE_MAX is cut, and an empty line becomes one blank, since
 * an empty one is a knock.
 */
void telnet_line(const char *line, size_t length, struct buffer *wire);
void telnet_free(struct telnet *t);

#endif
