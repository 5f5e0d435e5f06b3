/*
 * buffer.c - bytes on their way: appended at one end, consumed at the other.
 *
 * Read before: vm40.h. Read after: telnet.c, relay.c.
 * Known simplification: consuming moves the rest down; buffers here are short.
 */
#include "buffer.h"

#include "vm40.h"

#include <stdlib.h>
#include <string.h>

void buffer_add(struct buffer *b, const void *data, size_t length)
{
	if (b->length + length > b->room) {
		b->room = (b->length + length) * 2;
		b->data = must_resize(b->data, b->room);
	}
	if (length)
		memcpy(b->data + b->length, data, length);
	b->length += length;
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_drop(struct buffer *b, size_t length)
{
	if (length > b->length)
		length = b->length;
	b->length -= length;
	if (b->length)
		memmove(b->data, b->data + length, b->length);
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

char *buffer_line(struct buffer *b)
{
	char *end = b->length ? memchr(b->data, '\n', b->length) : NULL;
	size_t length;
	char *line;

	if (!end)
		return NULL;
	length = (size_t)(end - b->data);
	line = must_alloc(length + 1);
	memcpy(line, b->data, length);
	line[length] = '\0';
	if (length && line[length - 1] == '\r')
		line[length - 1] = '\0';
	buffer_drop(b, length + 1);
	return line;
}
