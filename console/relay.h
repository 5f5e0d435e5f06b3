/*
 * relay.h - the process that stays behind: it holds a machine's emulator and its lines.
 */
#ifndef RELAY_H
#define RELAY_H

#include "machine.h"

/*
 * Start the relay for a machine in a process of its own, with the run directory as its current
 * directory. Returns its pid, or -1 with a message. How the machine ended is in the file `outcome` of the run directory: "clean TEXT" or
 * "failed TEXT".
 */
pid_t relay_start(struct machine *m);

/*
 * The relay's socket `control` takes one request a connection, a line:
 *   attach N    answered "ok", "busy" or "gone"; after "ok" the connection is the line, both ways
 *   status      answered "emulator PID" and "lines N N ..." (those in use)
 *   type TEXT   types TEXT on line 0
 *   kill        ends the emulator
 */

#endif
