/*
 * rundir.h - the private directory of a machine that is up: its sockets, logs and state.
 */
#ifndef RUNDIR_H
#define RUNDIR_H

#include <stddef.h>
#include <stdbool.h>

/* Is this a fit name for a machine: letters, digits, '-', '_' and '.', 1 to 32, not beginning with '.'? */
bool rundir_name_ok(const char *name);
/* The directory of all machines of this user, malloc'ed: $XDG_RUNTIME_DIR/vm40 or /tmp/vm40-UID. */
char *rundir_root(void);
/* A path in the directory of a machine, malloc'ed; `file` NULL gives the directory itself. */
char *rundir_path(const char *name, const char *file);
/* Create it, mode 0700, empty but for what a machine that ended has left. 0, or -1 with a message. */
int rundir_create(const char *name);
/* Remove it and all it holds. */
void rundir_remove(const char *name);
/* Write or read a one-line file there; read returns malloc'ed text or NULL. */
int rundir_write(const char *name, const char *file, const char *text);
char *rundir_read(const char *name, const char *file);
/* The machines that have a directory: malloc'ed names, ended by NULL; free with rundir_list_free(). */
char **rundir_list(void);
void rundir_list_free(char **names);
/* The newest lines of a log there, to `stderr`, each after two blanks. */
void rundir_show_tail(const char *name, const char *file, int lines);
/* Connect to a socket there; -1 when nobody listens. */
int rundir_dial(const char *name, const char *file);
/* Fill the address of a Unix socket; false when the path is too long for one. */
struct sockaddr_un;
bool rundir_address(const char *path, struct sockaddr_un *address);

#endif
