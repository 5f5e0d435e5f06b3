/*
 * reply.c - where the answers of commands go.
 *
 * Owns: reply_line() and reply_message(), which every handler answers with, and the reply that fills a buffer for
 * DIAGNOSE X'08'. Before: catalogue.c. After: every command. Heritage: DMKQCN, DMKERM.
 * Simplification: a line is at most REPLY_LINE_MAX characters; longer ones are cut.
 */
#include <cp/command.h>
#include <cp/format.h>
#include <cp/string.h>

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

static uint32_t command_emsg(const struct command *c)
{
	return c->vm ? c->vm->options & EMSG_BOTH : EMSG_BOTH;
}

void reply_line(struct command *c, const char *fmt, ...)
{
	char line[REPLY_LINE_MAX + 1];
	va_list ap;

	va_start(ap, fmt);
	format_v(line, sizeof(line), fmt, ap);
	va_end(ap);
	c->reply->put(c->reply, line, strlen(line));
}

static int put_message(struct reply *r, uint32_t emsg, enum message_id id, va_list ap)
{
	char line[REPLY_LINE_MAX + 1];
	int number = message_format_v(line, sizeof(line), emsg, id, ap);

	if (line[0])
		r->put(r, line, strlen(line));
	return number;
}

int reply_message(struct command *c, enum message_id id, ...)
{
	va_list ap;
	int number;

	va_start(ap, id);
	number = put_message(c->reply, command_emsg(c), id, ap);
	va_end(ap);
	return number;
}

int reply_to(struct reply *r, uint32_t emsg, enum message_id id, ...)
{
	va_list ap;
	int number;

	va_start(ap, id);
	number = put_message(r, emsg, id, ap);
	va_end(ap);
	return number;
}

static void nowhere_put(struct reply *r, const char *line, size_t length)
{
	(void)r;
	(void)line;
	(void)length;
}

struct reply reply_nowhere = {.put = nowhere_put};

static void operator_put(struct reply *r, const char *line, size_t length)
{
	(void)r;
	operator_write("%.*s", (int)length, line);
}

struct reply reply_operator = {.put = operator_put};

/* Take what fits, count what does not: the caller is told how much was lost. */
static void buffer_put_bytes(struct reply_buffer *b, const char *bytes, size_t n)
{
	size_t room = b->size - b->used;
	size_t take = n < room ? n : room;

	memcpy(b->data + b->used, bytes, take);
	b->used += take;
	b->lost += n - take;
}

static void buffer_put(struct reply *r, const char *line, size_t length)
{
	struct reply_buffer *b = container_of(r, struct reply_buffer, reply);

	buffer_put_bytes(b, line, length);
	buffer_put_bytes(b, "\n", 1);
}

void reply_buffer_init(struct reply_buffer *b, char *data, size_t size, struct session *s)
{
	b->reply.put = buffer_put;
	b->reply.session = s;
	b->data = data;
	b->size = size;
	b->used = b->lost = 0;
}
