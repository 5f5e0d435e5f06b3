/*
 * line.h - a real terminal line: somebody may sit at its other end.
 *
 * Below: a driver of the port (SCLP console, virtio-serial port, 3215).
 * Above: the session that reads commands from it. Text is ASCII, a line at
 * a time, without line ends; drivers translate and frame.
 *
 * Output is queued in the line and sent as the device takes it: writing
 * never waits for a terminal. A full queue drops its oldest text.
 */
#ifndef CP_LINE_H
#define CP_LINE_H

#include <cp/list.h>

#define LINE_INPUT_MAX   240 /* characters of one input line; the rest is cut */
#define LINE_OUTPUT_SIZE 16384

struct line;
struct session;

struct line_driver {
	const char *name;
	/* There is output, or room for input again: get going if idle. Takes output with line_output(). */
	void (*start)(struct line *l);
};

struct line {
	struct list all;
	const struct line_driver *driver;
	void *private; /* the driver's */
	uint16_t address;
	unsigned number;         /* 0 is the operator's */
	bool open;               /* somebody is there (carrier) */
	bool prompted;           /* a read is outstanding for devices that need one */
	struct session *session; /* who uses it, or NULL */
	char *output; /* ring of LINE_OUTPUT_SIZE bytes, made by line_register(); '\n' after every line */
	uint32_t head, tail;
	bool crowded; /* somebody waits until half of it is free */
	unsigned
		failures; /* wrong passwords since somebody last logged on here: hanging up does not forget them */
};

/* Drivers call these, at probe time and from interruption handling (no sleep). */
void line_register(struct line *l); /* l->number is a wish: a taken one becomes the next free */
void line_opened(struct line *l);
void line_closed(struct line *l); /* hang-up: disconnects the user */
void line_input(struct line *l, const char *text, size_t length);
/* Is there room for one more typed line, and for its answer? A driver that can leave what is typed in its device does so
 * until then: it looks again whenever start() is called and when its output has gone. */
bool line_room(struct line *l);
/* Take up to max bytes of queued output, whole lines if possible; returns the number. */
size_t line_output(struct line *l, char *buf, size_t max);
/* For devices that print line by line: one line, or its next max characters, without its end; *ended tells whether
 * the line ends here. Returns the length (0 is an empty line), or -1 when nothing is queued. */
int line_output_line(struct line *l, char *buf, size_t max, bool *ended);

/* The session side. */
struct line *line_find(unsigned number);
struct line *line_next(struct line *l); /* NULL starts; NULL ends */
/* Is half of the output queue free? When not, console_drained() tells when it is. */
bool line_ready(struct line *l);
void line_write(struct line *l, const char *text, size_t length); /* one line; '\n' is added */

#endif
