/*
 * client.h - talking to the relay of a machine that is up.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>

enum attach_result { ATTACH_BUSY = -2, ATTACH_GONE = -3, ATTACH_DOWN = -4 };

/* Is there a relay for this machine? */
bool client_up(const char *name);
/* Take a line: a connected socket, or an attach_result. */
int client_attach(const char *name, unsigned line);
/* Send a request and return the whole answer, malloc'ed; NULL when the machine is not up. */
char *client_ask(const char *name, const char *request);

#endif
