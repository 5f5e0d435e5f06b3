/*
 * sclp.h - the virtual service call logical processor (SCLP) of a machine.
 *
 * Owned by instruction/servc.c: what the operator's side can send to a guest that asked for it.
 */
#ifndef ARCH_SCLP_H
#define ARCH_SCLP_H

#include <cp/vm.h>

/* What the operator's side has for the guest. */
#define VIRTUAL_SCLP_TEXT 200
struct virtual_sclp {
	bool quiesce; /* to be told */
	uint8_t length;
	uint8_t text[VIRTUAL_SCLP_TEXT]; /* operator command, EBCDIC; length 0: none */
};
/* The machine's, made if it has none yet; NULL: no storage. */
struct virtual_sclp *virtual_sclp_of(struct vm *vm);

/* A line for the guest's operator-command input (ASCII). false: it does not listen, or has not taken the last one. */
bool virtual_sclp_command(struct vm *vm, const char *text, size_t length);
/* Ask the guest to shut down (SIGNAL SHUTDOWN). false: it does not listen to that. */
bool virtual_sclp_quiesce(struct vm *vm);
/* The machine is reset: nobody listens, nothing is pending. */
void virtual_sclp_reset(struct vm *vm);
/* The machine goes away. */
void virtual_sclp_destroy(struct vm *vm);

#endif
