/*
 * line.c - a terminal line that is a piece of storage: it takes all output at once.
 */
#include <hosted.h>
#include <cp/heap.h>
#include <stdlib.h>
#include <string.h>

static void line_start(struct line *l)
{
	struct hosted_line *h = l->private;
	size_t n = h->slow ? 0 : line_output(l, h->text + h->used, sizeof(h->text) - 1 - h->used);

	h->started++;
	h->used += n;
	h->text[h->used] = '\0';
	if (h->used > sizeof(h->text) / 2) /* keep the newer part */
		hosted_line_clear(h);
}

static const struct line_driver driver = {.name = "hosted", .start = line_start};

struct hosted_line *hosted_line_create(unsigned number)
{
	struct hosted_line *h = calloc(1, sizeof(*h));

	hosted_start();
	h->line.driver = &driver;
	h->line.private = h;
	h->line.number = number;
	h->line.address = (uint16_t)number;
	line_register(&h->line);
	return h;
}

void hosted_line_destroy(struct hosted_line *h)
{
	list_remove(&h->line.all);
	heap_free(h->line.output, LINE_OUTPUT_SIZE);
	free(h);
}

bool hosted_line_take(struct hosted_line *h)
{
	bool ended;
	int n = line_output_line(&h->line, h->text + h->used, sizeof(h->text) - 2 - h->used, &ended);

	if (n < 0)
		return false;
	h->used += (size_t)n;
	h->text[h->used++] = '\n';
	h->text[h->used] = '\0';
	return true;
}

void hosted_line_type(struct hosted_line *h, const char *text)
{
	line_input(&h->line, text, strlen(text));
}

bool hosted_line_has(const struct hosted_line *h, const char *text)
{
	return strstr(h->text, text) != NULL;
}

void hosted_line_clear(struct hosted_line *h)
{
	h->used = 0;
	h->text[0] = '\0';
}
