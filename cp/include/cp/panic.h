/*
 * panic.h - a fault of CP's own.
 *
 * A guest, a file or a terminal must never get here; if CP's own rules are
 * broken, going on would damage a neighbour, so it stops and says where.
 */
#ifndef CP_PANIC_H
#define CP_PANIC_H

/* What arch_stop() is told, so that who looks after the real machine knows without reading. Never renumbered. The `vm40` command
 * has a sentence for each (console/machine.c). */
enum stop_code {
	STOP_CLEAN = 0,
	STOP_PANIC = 1,     /* CP's own fault; the console says which */
	STOP_NO_VOLUME = 2, /* no disk has a usable VM/40 label */
	STOP_DIRECTORY = 3, /* no usable object directory */
	STOP_SPOOL = 4,     /* the spool area cannot be used */
	STOP_STORAGE = 5,   /* too little real storage to start */
	STOP_PROCESSOR = 6  /* the real processor lacks what CP needs */
};

_Noreturn void panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#define assert_cp(cond)                                                                                      \
	do {                                                                                                 \
		if (!(cond))                                                                                 \
			panic("%s:%d: %s", __FILE__, __LINE__, #cond);                                       \
	} while (0)

/* A line on the operator's console (or the earliest console before there is one). */
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
