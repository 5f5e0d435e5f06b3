/*
 * json.h - the one thing about JSON that needs care.
 */
#ifndef JSON_H
#define JSON_H

#include <stdio.h>

/* Print a string as JSON, quotes and escapes included. Bytes that are not ASCII count as Latin-1. */
void json_text_to(FILE *out, const char *text);
/* The same on stdout. */
void json_text(const char *text);

#endif
