/* The guest's voice: one line of EBCDIC text, at most 256 bytes. */
#ifndef GUEST_SCLP_H
#define GUEST_SCLP_H
void sclp_write(const char *text, unsigned length);
/* The machine was reset since: SCLP must be told again what it will get. */
void sclp_anew(void);
#endif
