/*
 * state.c - getting and setting what a state description names.
 *
 * Owns: the one place where a described field becomes a 64-bit word and
 * back. Comes after state.h; before command/display.c and snapshot/.
 */
#include <cp/panic.h>
#include <cp/state.h>
#include <cp/string.h>

static uint64_t load(const void *at, unsigned size)
{
	switch (size) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	case 4:
		return *(const uint32_t *)at;
	case 8:
		return *(const uint64_t *)at;
	}
	panic("state field of size %u", size);
}

static void store(void *at, unsigned size, uint64_t value)
{
	switch (size) {
	case 1:
		*(uint8_t *)at = value;
		return;
	case 2:
		*(uint16_t *)at = value;
		return;
	case 4:
		*(uint32_t *)at = value;
		return;
	case 8:
		*(uint64_t *)at = value;
		return;
	}
	panic("state field of size %u", size);
}

uint64_t state_get(const struct state_field *f, const void *object, unsigned index)
{
	assert_cp(index < f->count);
	if (f->get)
		return f->get(object, index);
	return load((const char *)object + f->offset + (size_t)index * f->size, f->size);
}

void state_set(const struct state_field *f, void *object, unsigned index, uint64_t value)
{
	assert_cp(index < f->count);
	if (f->set)
		f->set(object, index, value);
	else
		store((char *)object + f->offset + (size_t)index * f->size, f->size, value);
}

bool state_allows(const struct state_field *f, unsigned index, uint64_t value)
{
	if (f->size < sizeof(value) && value >> 8 * f->size)
		return false;
	if (f->flags & STATE_ENDED && index + 1 == f->count && value)
		return false;
	return !f->most || value <= f->most;
}

const struct state_field *state_find(const struct state_field *table, char letter)
{
	for (; table->name; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

const struct state_field *state_find_name(const struct state_field *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

const struct state_field *state_host(const struct state_field *table)
{
	while (table->name)
		table++;
	return table + 1;
}
