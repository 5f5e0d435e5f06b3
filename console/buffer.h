/*
 * buffer.h - bytes on their way: appended at one end, consumed at the other.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

struct buffer {
	char *data;
	size_t length, room;
};

void buffer_add(struct buffer *b, const void *data, size_t length);
void buffer_text(struct buffer *b, const char *text);
/* Drop the first `length` bytes. */
void buffer_drop(struct buffer *b, size_t length);
void buffer_free(struct buffer *b);
/* Take the first line without its end, as a malloc'ed string; NULL when no whole line is there. */
char *buffer_line(struct buffer *b);

#endif
