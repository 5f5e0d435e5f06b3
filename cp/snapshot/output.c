/*
 * output.c - spool files that a machine has open for writing, as part of its image.
 *
 * Owns: their lines, in records and back. Before: spool/, which loses an open file when CP stops. After: save.c, restore.c.
 * The lines are in the image, not the file: what the machine prints after SAVE does not disturb what it had printed before. RESTORE makes
 * a file anew, with another number; the one of the machine that is replaced goes with it.
 */
#include <cp/console.h>
#include <cp/heap.h>
#include <cp/string.h>
#include "snapshot.h"

struct spool_file **output_file(struct device *d)
{
	struct unit_record *u = unit_record_of(d);
	struct console *c = console_of(d);

	if (c)
		return &c->listing;
	return u && u->queue != SPOOL_READER ? &u->file : NULL;
}

/* ---- SAVE --------------------------------------------------------------------------------------------------------- */

#define BATCH 8192 /* bytes of a record of lines; the longest line goes in */

struct batch {
	struct image_writer *w;
	uint32_t vdev;
	size_t used;
	uint8_t bytes[BATCH];
};

static void batch_flush(struct batch *b)
{
	if (b->used) {
		image_record(b->w, IMAGE_OUTPUT, b->vdev, b->used);
		image_put(b->w, b->bytes, b->used);
	}
	b->used = 0;
}

static int line_save(void *context, uint8_t control, const void *text, size_t length)
{
	struct batch *b = context;
	struct image_line line = {.length = be16_make((uint16_t)length), .control = control};

	if (BATCH - b->used < sizeof(line) + length)
		batch_flush(b);
	memcpy(b->bytes + b->used, &line, sizeof(line));
	memcpy(b->bytes + b->used + sizeof(line), text, length);
	b->used += sizeof(line) + length;
	return b->w->result < 0 ? b->w->result : 0;
}

int output_save(struct image_writer *w, struct device *d)
{
	struct spool_file **f = output_file(d);
	struct batch *b;
	int rc;

	if (!f || !*f)
		return 0;
	b = heap_alloc(sizeof(*b));
	if (!b)
		return CP_NO_STORAGE;
	b->w = w;
	b->vdev = d->vdev;
	rc = spool_each(*f, line_save, b);
	batch_flush(b);
	heap_free(b, sizeof(*b));
	return rc;
}

/* ---- RESTORE ------------------------------------------------------------------------------------------------------ */

static struct spool_file *file_of(struct device *d, struct spool_file **f)
{
	struct unit_record *u = unit_record_of(d);

	if (!*f)
		*f = u ? spool_create(d->vm->userid, u->queue, u->spool.class)
		       : spool_create(d->vm->userid, SPOOL_CONSOLE, console_of(d)->spool.class);
	return *f;
}

const char *output_load(struct device *d, const uint8_t *bytes, size_t n)
{
	struct spool_file **f = output_file(d);

	if (!f)
		return "has no output";
	while (n > 0) {
		const struct image_line *line = (const struct image_line *)bytes;
		size_t length = n < sizeof(*line) ? 0 : be16_get(line->length);

		if (n < sizeof(*line) || length > n - sizeof(*line) || length > SPOOL_RECORD_MAX)
			return "has lines without sense";
		if (!file_of(d, f) || spool_append(*f, line->control, line + 1, length) < 0)
			return "has more lines than the spool area has room for";
		bytes += sizeof(*line) + length;
		n -= sizeof(*line) + length;
	}
	return NULL;
}

/* Nobody else knows the machine, so none of its devices goes while a file is purged. */
void machine_discard(struct vm *vm)
{
	struct device *d;

	list_for_each(d, &vm->devices, list) {
		struct spool_file **f = output_file(d), *file = f ? *f : NULL;

		if (!file)
			continue;
		*f = NULL;
		spool_purge(file);
	}
	vm_destroy(vm);
}
