/*
 * clock.h - a machine's own time, as far as the host can tell it.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <sys/types.h>

/*
 * Time that passes for an emulator: the host's time less the time in which its threads stood ready but had no
 * host CPU. Limits counted in it do not shrink because the host is busy with something else.
 */
struct machine_clock {
	pid_t pid;
	double wall;    /* seconds, when last read */
	double waiting; /* seconds that the hungriest thread had waited by then */
	double elapsed; /* the machine's seconds since clock_start() */
};

void clock_start(struct machine_clock *c, pid_t pid);
/* Seconds of machine time since clock_start(). */
double clock_read(struct machine_clock *c);

#endif
