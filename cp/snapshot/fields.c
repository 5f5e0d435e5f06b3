/*
 * fields.c - a state description as a record of an image, and back.
 *
 * Owns: the way between a table's rows and bytes. Before: state.h, stream.c. After: save.c and restore.c.
 * Simplification: a row that the image does not have keeps what the object has; nobody counts them.
 */
#include <cp/string.h>
#include "snapshot.h"

static size_t field_size(const struct state_field *f)
{
	return sizeof(struct image_field) + strlen(f->name) + (size_t)f->count * f->size;
}

static void field_put(struct image_writer *w, const struct state_field *f, const void *object)
{
	struct image_field head = {
		.id = be16_make((uint16_t)(f->id | (f->flags & STATE_OPTIONAL ? IMAGE_OPTIONAL : 0))),
		.count = be16_make(f->count),
		.size = f->size,
		.flags = (uint8_t)((f->flags & STATE_TEXT ? IMAGE_FIELD_TEXT : 0) |
				   (f->flags & STATE_CLOCK ? IMAGE_FIELD_CLOCK : 0)),
		.name = (uint8_t)strlen(f->name),
	};

	image_put(w, &head, sizeof(head));
	image_put(w, f->name, head.name);
	for (unsigned i = 0; i < f->count; i++) {
		struct be64 value = be64_make(state_get(f, object, i));
		image_put(w, value.b + 8 - f->size, f->size);
	}
}

void fields_save(struct image_writer *w, uint16_t type, uint32_t instance, const struct fields *fields)
{
	size_t length = 0;

	for (const struct fields *p = fields; p->table; p++)
		for (const struct state_field *f = p->table; f->name; f++)
			length += field_size(f);
	image_record(w, type, instance, length);
	for (const struct fields *p = fields; p->table; p++)
		for (const struct state_field *f = p->table; f->name; f++)
			field_put(w, f, p->object);
}

static const struct state_field *row_find(const struct fields *fields, uint16_t id, void **object)
{
	for (; fields->table; fields++)
		for (const struct state_field *f = fields->table; f->name; f++)
			if (f->id == (id & ~IMAGE_OPTIONAL)) {
				*object = fields->object;
				return f;
			}
	return NULL;
}

/* What is wrong with it, or NULL. */
static const char *value_load(const struct state_field *f, const struct image_value *v, void *object)
{
	if (v->count > f->count)
		return "has too many values";
	for (unsigned i = 0; i < v->count; i++) {
		uint64_t value = image_value_get(v, i);

		if (!state_allows(f, i, value))
			return "has a value that cannot be";
		if (object)
			state_set(f, object, i, value);
	}
	return NULL;
}

bool fields_load(const uint8_t *bytes, size_t n, const struct fields *fields, struct fields_trouble *trouble)
{
	struct image_cursor c = {bytes, bytes + n};
	struct image_value v;
	int status;

	*trouble = (struct fields_trouble){.name = "", .what = NULL};
	while ((status = image_field_next(&c, &v)) == IMAGE_MORE) {
		void *object = NULL;
		const struct state_field *f = row_find(fields, v.id, &object);

		if (!f && v.id & IMAGE_OPTIONAL)
			continue;
		trouble->what = f ? value_load(f, &v, object) : "is unknown here";
		if (trouble->what) {
			string_copy(trouble->name, sizeof(trouble->name), v.name);
			return false;
		}
	}
	if (status < 0)
		trouble->what = "has fields without sense";
	return status == IMAGE_DONE;
}
