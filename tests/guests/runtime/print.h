/*
 * What a tiny guest says: formatted lines. print.c makes them; how a line gets out, and in which code, is the machine's.
 */
#ifndef GUEST_PRINT_H
#define GUEST_PRINT_H

#include <stddef.h>
#include <stdint.h>

/* Formats %x %X %d %u %s %c with a width and 0 fill and the modifier l; a line feed sends the line. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);
int memcmp(const void *a, const void *b, size_t size);

/* The machine's: a character in its code, a full stop for what has none; and one line of them, at most 256 bytes. */
uint8_t print_code(char c);
void print_line(const char *text, unsigned length);
/* The machine was reset since: its voice must be opened again. */
void print_anew(void);

#endif
