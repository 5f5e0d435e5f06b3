/*
 * console.h - the 3215, a virtual machine's typewriter console.
 *
 * Owned by device/console.c. Typed lines come from the session, one whole
 * line a call; output goes to the session and, when SPOOL CONSOLE START is
 * in force, into a listing.
 */
#ifndef CP_CONSOLE_H
#define CP_CONSOLE_H

#include <cp/device.h>
#include <cp/unitrecord.h>

#define CONSOLE_LINES      8   /* typed-ahead lines the device keeps */
#define CONSOLE_LINE_MAX   240 /* characters of one input line */
#define CONSOLE_OUTPUT_MAX 240 /* longest piece of output handed to the session at once */

struct console {
	struct spool_settings spool; /* SPOOL CONSOLE; spool.started says whether output is copied */
	struct spool_file *listing;  /* open while started and written to */
	uint8_t line[CONSOLE_LINES][CONSOLE_LINE_MAX]; /* unread input, in the guest's code */
	uint8_t length[CONSOLE_LINES];
	uint8_t head, count;                /* ring of lines: first, number */
	uint32_t reads;                     /* lines that the guest has taken, ever */
	uint8_t taken;                      /* characters of the first that console_take() has given */
	bool reading;                       /* a read waits for a line */
	bool attention;                     /* attention was presented and not yet answered by a read */
	bool writing;                       /* a write waits until the terminal has caught up */
	uint8_t output[CONSOLE_OUTPUT_MAX]; /* the line being written, ASCII, not yet ended */
	uint8_t used;
	bool skipping;  /* inside a terminal control sequence, which is left out */
	tod_t flush;    /* when to show a line that does not end; 0: none */
	bool looked_at; /* it was due once */
};

/* The console's private structure; NULL if d is not a console. */
struct console *console_of(struct device *d);
/* A typed line, ASCII without line end, for vm's console: completes a pending read, else it is kept and an
 * attention is presented. false: no console, or too many unread lines. */
bool console_input(struct vm *vm, const char *text, size_t length);
/* Wait until vm's console may have room for a line: the machine has read one. false: not by then. */
bool console_wait(struct vm *vm, tod_t due);
/* Present an attention (the ATTN and REQUEST commands). false: no console. */
bool console_attention(struct vm *vm);
/* Copy a line that CP itself writes to vm's user into a started console listing. ASCII. May sleep. */
void console_listing(struct vm *vm, const char *text, size_t length);
/* A line the machine writes on its console by another way (virtual SCLP). In the guest's code. */
void console_write(struct vm *vm, const uint8_t *text, size_t length);
/* What vm has written of a line that has no end yet is shown as a line now. May sleep. */
void console_show(struct vm *vm);
/* A terminal has caught up, or was taken away: consoles that wait for it write on. Does not sleep. */
void console_drained(void);
/* True when the machine has asked for input: a read is waiting. */
bool console_reading(struct vm *vm);

/*
 * For a machine whose console is a serial port, byte by byte, in the guest's code. A typed line comes as its characters and a
 * carriage return (X'0D'), and is announced by arch_device_attention(); "^c" typed alone is the one byte X'03', as with any
 * letter. d is a console.
 */
/* Bytes that the guest has sent. May sleep: device_hold() d. */
void console_put(struct device *d, const uint8_t *bytes, size_t n);
/* Has the terminal so much to catch up with that the guest is to wait? Then arch_device_ready() says when it has caught up. What is
 * put all the same may be lost. */
bool console_behind(struct device *d);
/* Is there one for the guest? */
bool console_ready(const struct device *d);
/* The next one; false: none. */
bool console_take(struct device *d, uint8_t *byte);
/* The first line of the ring is done with. */
void console_line_taken(struct device *d);

#endif
