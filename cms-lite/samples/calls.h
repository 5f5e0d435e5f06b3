/*
 * calls.h - the calls of CMS-lite for programs in C.
 *
 * Owns: nothing; one inline function a call, in the order of ../module.h. Before it: gate.h in s390x/ or x86_64/. After it: the samples, your programs.
 *
 * Simplification: there is no C library.
 */
#ifndef CMS_CALLS_H
#define CMS_CALLS_H

#include "../module.h"

#include <stddef.h>
#include <stdint.h>

#include "gate.h" /* of the machine: CALL() */

/* Write a line. */
static inline void cms_write(const char *text, size_t length)
{
	CALL(CALL_WRITE, (uintptr_t)text, length);
}

/* Wait for a line; returns its length. */
static inline size_t cms_read(char *buffer, size_t size)
{
	return (size_t)CALL(CALL_READ, (uintptr_t)buffer, size);
}

/* Run a command; returns its return code. */
static inline int cms_command(const char *text, size_t length)
{
	return (int)CALL(CALL_COMMAND, (uintptr_t)text, length);
}

/* Seconds since 1970. */
static inline int64_t cms_clock(void)
{
	return CALL(CALL_CLOCK, 0, 0);
}

/* Microseconds of CPU used since IPL. */
static inline int64_t cms_time(void)
{
	return CALL(CALL_TIME, 0, 0);
}

/* Every program begins here. Its value is the return code. */
int program(const char *arguments);

#endif
