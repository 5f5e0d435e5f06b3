/*
 * sclp.h - the virtual service call logical processor (SCLP) of a machine.
 *
 * Owned by instruction/servc.c: what the operator's side can send to a guest that asked for it.
 */
#ifndef ARCH_SCLP_H
#define ARCH_SCLP_H

#include <cp/vm.h>

/* A line for the guest's operator-command input (ASCII). false: it does not listen, or has not taken the last one. */
bool virtual_sclp_command(struct vm *vm, const char *text, size_t length);
/* Ask the guest to shut down (SIGNAL SHUTDOWN). false: it does not listen to that. */
bool virtual_sclp_quiesce(struct vm *vm);
/* The machine is reset: nobody listens, nothing is pending. */
void virtual_sclp_reset(struct vm *vm);
/* The machine goes away. */
void virtual_sclp_destroy(struct vm *vm);

#endif
