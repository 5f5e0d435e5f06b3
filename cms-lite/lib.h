/*
 * lib.h - the few routines a freestanding C program has to bring along.
 *
 * Owns: bytes, strings, numbers, and text in printf's shape. Everything in CMS-lite comes after it.
 *
 * Simplification: format knows %s %c %d %u %x %X %% with width, '0', '-', precision for strings, and an l for 64 bits.
 */
#ifndef CMS_LIB_H
#define CMS_LIB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);

/* Copy as much as fits; to is always NUL-terminated. */
void text_copy(char *to, size_t size, const char *from);
char text_upper(char c);
void text_upper_all(char *text);
bool text_same_nocase(const char *a, const char *b);

/* Numbers; false when the text is not one, or does not fit. */
bool text_decimal(const char *text, uint32_t *value);
bool text_hex(const char *text, uint32_t *value);

/* Returns the length written; to is always NUL-terminated, what does not fit is cut. */
size_t format(char *to, size_t size, const char *text, ...) __attribute__((format(printf, 3, 4)));
size_t format_list(char *to, size_t size, const char *text, va_list list);

/* Calendar of the proleptic Gregorian year, UTC. */
struct calendar {
	uint32_t year, month, day, hour, minute, second;
};
struct calendar calendar_from(uint64_t seconds_since_1970);

#endif
