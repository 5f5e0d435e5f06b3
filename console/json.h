/*
 * json.h - the one thing about JSON that needs care.
 */
#ifndef JSON_H
#define JSON_H

/* Print a string as JSON, quotes and escapes included, on stdout. Bytes that are not ASCII count as Latin-1. */
void json_text(const char *text);

#endif
