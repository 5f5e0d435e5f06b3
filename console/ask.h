/*
 * ask.h - a command to the CP of a machine that is up, and the lines of its answer.
 */
#ifndef ASK_H
#define ASK_H

/* Looks at a line of what CP says; its end is still there. The exit code when it ends the answer, else ASK_MORE. */
#define ASK_MORE (-1)
typedef int (*ask_line)(void *context, const char *line);

/* Type a command on the operator's line, and hand each line that CP says from then on to `line` until that has an exit code. */
int ask(const char *name, const char *command, ask_line line, void *context);
/* The same for a command that CP does not answer. */
void ask_nothing(const char *name, const char *command);

#endif
