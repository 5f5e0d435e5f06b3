/*
 * line.h - one terminal line in the relay: an emulator's end and a client's end.
 */
#ifndef LINE_H
#define LINE_H

#include "buffer.h"
#include "clock.h"
#include "machine.h"
#include "telnet.h"

#include <stdio.h>

struct line {
	unsigned number;
	bool telnet;
	int upstream, client; /* sockets, -1 when closed */
	bool newline_first;   /* the emulator sends a line's end before the line, not after it */
	bool begun, texted;   /* newline_first: a line has begun; it has text */
	long last_text;       /* newline_first: when it last grew, in milliseconds */
	bool marks;           /* the emulator's end stays open: characters say who comes and goes */
	bool leaving; /* the client is gone: close upstream when `wire` is empty, or wait for CP's mark */
	struct telnet codec;
	struct buffer typed;       /* from the client, not yet framed */
	struct buffer wire;        /* framed, on its way to the emulator */
	struct buffer shown;       /* text on its way to the client; on line 0 held while there is none */
	bool knocked;              /* telnet: the system has been asked to read */
	struct machine_clock sent; /* telnet: since then, or since the call, in the machine's time */
	bool again;                /* telnet: to be called again, for the emulator did not take the call */
	FILE *transcript;          /* line 0: all that came and went */
};

void line_init(struct line *l, unsigned number, const struct backend *backend);
/* Connect the emulator's end. false: not (yet) to be had. */
bool line_open(struct line *l, struct machine *m);
/* telnet: has the emulator been called and not answered yet? Too late, it is to be called again. */
bool line_calling(struct line *l);
/* A client took the line, or left it. */
void line_attach(struct line *l, int client);
void line_detach(struct line *l);
/* Close the emulator's end, at once. */
void line_close(struct line *l);
/* The poll events to wait for at each end. */
short line_upstream_events(const struct line *l);
short line_client_events(const struct line *l);
/* Move what can be moved, after poll said so. */
void line_from_upstream(struct line *l);
void line_from_client(struct line *l);
void line_flush(struct line *l);
/* Does typed text wait to go out? */
bool line_typing(const struct line *l);
/* Type a line as if the client had. */
void line_type(struct line *l, const char *text);
/* Milliseconds of a clock that only goes forward. */
long now_ms(void);

#endif
