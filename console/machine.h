/*
 * machine.h - the machines that CP runs on, behind one interface.
 *
 * A backend turns a struct machine into a running emulator and says how to reach its lines. The relay
 * (relay.c) does the rest and knows nothing of emulators.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define OPERATOR_DEVICE 0x0009 /* line 0 on Hercules; line N is device 0x000F + N */

struct machine {
	const struct backend *backend;
	const char *name;         /* of the run directory */
	const char *image;        /* path of CP's image */
	const char *volume;       /* path of the volume */
	unsigned memory;          /* MiB */
	const char *icount;       /* QEMU: value of -icount, or NULL */
	const char *const *extra; /* QEMU: more arguments */
	unsigned extra_count;
	bool owned; /* ends when the process that started it does */
	/* set by start */
	pid_t pid;
	uint16_t port;     /* Hercules: its telnet port */
	int to_emulator;   /* Hercules: its command input, else -1 */
	int from_emulator; /* what it says on stdout and stderr */
	/* set while it runs */
	bool clean;      /* CP stopped as it should */
	char *stop_text; /* why it stopped, when known; malloc'ed */
};

struct qemu;

struct backend {
	const char *name;     /* --machine NAME */
	const char *image;    /* CP's image for it, beside this program */
	const char *cms;      /* CMS-lite's, and */
	const char *cms_disk; /* the directory of what goes onto its system disk, both beside this program */
	const char *starting; /* what it says while it starts */
	bool telnet;          /* lines speak telnet rather than plain text */
	bool newline_first;   /* line 0 sends a line's end before the line */
	bool marks;           /* lines do not show who comes and goes: characters say it (line.c) */
	const struct qemu *qemu; /* QEMU: which machine of it, and what it is made of */
	/* Prepare files in the run directory and start the emulator. 0, or -1 with a message. */
	int (*start)(struct machine *m);
	/* Connect to a line, non-blocking socket out. -1: not (yet) to be had. */
	int (*connect)(struct machine *m, unsigned line);
	/* Line 0 is connected: let CP start. */
	void (*go)(struct machine *m);
	/* A line that the emulator printed; return false to keep it out of the log. */
	bool (*output)(struct machine *m, const char *text);
	/* The emulator ended with this wait status: set clean and stop_text. */
	void (*ended)(struct machine *m, int status);
};

extern const struct backend backend_qemu_s390x, backend_qemu_x86_64, backend_hercules, backend_bochs;

/* Find by name (NULL: the usual one); NULL when there is none of it. */
const struct backend *backend_find(const char *name);
/* All their names, "A, B or C", for messages. */
const char *backend_names(void);
/*
 * The machine has stopped with a disabled wait at this address: set clean and stop_text. CP says in the address how it ended
 * (s390x/boot/machine.c: arch_stop()).
 */
void machine_stopped(struct machine *m, uint64_t address);
/* The same, by its code. */
void machine_stopped_code(struct machine *m, unsigned code);
/*
 * Start a program with stdin from `to` (or /dev/null), output to a pipe, new files and sockets with
 * mode 0600. It dies with the caller. Returns 0 and fills pid, from_emulator, to_emulator.
 */
int machine_spawn(struct machine *m, char *const argv[], bool want_input);
/* A symbolic link `file` in the run directory to `target`. 0, or -1 with a message. */
int machine_link(struct machine *m, const char *file, const char *target);
/* A copy `file` in the run directory of `source`. 0, or -1 with a message. */
int machine_copy(struct machine *m, const char *file, const char *source);

#endif
