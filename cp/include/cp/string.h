/*
 * string.h - the handful of string routines CP uses.
 *
 * Freestanding CP brings its own (cp/lib/string.c); hosted builds of the
 * same sources take the C library's.
 */
#ifndef CP_STRING_H
#define CP_STRING_H

#include <cp/types.h>

#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
#endif

/* strlen(s), but no more than limit; beyond that nothing is looked at. */
size_t string_length(const char *s, size_t limit);
/* Copy src into dst of size bytes, always NUL-terminated; returns strlen(src). */
size_t string_copy(char *dst, size_t size, const char *src);
/* Compare without regard to case, as CP's commands and userids are. */
int string_compare_nocase(const char *a, const char *b);
void string_upper(char *s);
/* Is all of it from ' ' to '~'? */
bool string_printable(const void *bytes, size_t n);
/* Number parsers: whole string must match; false leaves *value untouched. */
bool string_hex(const char *s, uint64_t *value);
bool string_decimal(const char *s, uint64_t *value);

#endif
