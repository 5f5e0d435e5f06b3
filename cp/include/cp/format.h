/*
 * format.h - printf-shaped text into a buffer, and text codes.
 *
 * Knows %s %c %d %u %x %X %lx %lX %lu %ld %llx.. %% with width, '0', '-' and
 * precision for strings ("%-8.8s"). No floating point: CP has none.
 */
#ifndef CP_FORMAT_H
#define CP_FORMAT_H

#include <cp/types.h>
#include <stdarg.h>

/* Returns the length it would have had; dst is always terminated if size > 0. */
int format(char *dst, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int format_v(char *dst, size_t size, const char *fmt, va_list ap);

/* Broken-down UTC time. */
struct calendar {
	unsigned year, month, day, hour, minute, second, weekday; /* month, day from 1; Sunday is 0 */
};
void calendar_from_tod(tod_t t, struct calendar *c);
tod_t calendar_to_tod(
	const struct calendar *c); /* whole seconds; from 1900 to 2041; its weekday is not looked at */
/* "hh:mm:ss" and "mm/dd/yy" and "MONDAY" for messages. dst must hold 9 bytes. */
void calendar_time(const struct calendar *c, char dst[9]);
void calendar_date(const struct calendar *c, char dst[9]);
const char *calendar_weekday(const struct calendar *c);

/* EBCDIC (code page 037) is what mainframe guests and devices speak; CP thinks in ASCII. */
void ascii_to_ebcdic(void *buf, size_t n);
void ebcdic_to_ascii(void *buf, size_t n);

#endif
