/*
 * test_state.c - machine state as data: every described field set, saved, loaded, equal.
 *
 * It goes over every table there is in the nucleus: the toy CPU's and all device classes'.
 */
#include "unit.h"
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/state.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const class_names[] = {"3215", "2540R", "2501", "3505", "2540P", "3525",
					  "1403", "3203",  "3211", "9336", "3370"};

/* A value that no other field of the table has, in the bytes that the field can hold. */
static uint64_t distinct(const struct state_field *f, unsigned index)
{
	uint64_t value = ((uint64_t)f->id * 0x9e3779b97f4a7c15ull + index) * 0xff51afd7ed558ccdull + 1;

	return f->size == 8 ? value : value & ((1ull << 8 * f->size) - 1);
}

static void table_is_sane(const struct state_field *table, size_t size, const char *name)
{
	for (const struct state_field *f = table; f->name; f++) {
		bool good = f->count > 0 && (f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8) &&
			    (f->get || f->offset + (size_t)f->size * f->count <= size) && f->id != 0;

		if (!good || (f->get == NULL) != (f->set == NULL)) {
			printf("\n%s: field %s\n", name, f->name);
			CU_FAIL("a field that cannot be");
		}
		for (const struct state_field *g = table; g < f; g++) {
			if (g->id == f->id || strcmp(g->name, f->name) == 0 ||
			    (f->letter && g->letter == f->letter)) {
				printf("\n%s: fields %s and %s\n", name, g->name, f->name);
				CU_FAIL("two fields with one id, name or letter");
			}
		}
	}
}

static unsigned table_words(const struct state_field *table)
{
	unsigned n = 0;

	for (const struct state_field *f = table; f->name; f++)
		n += f->count;
	return n;
}

static void save(const struct state_field *table, const void *object, uint64_t *words)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			*words++ = state_get(f, object, i);
}

static void load(const struct state_field *table, void *object, const uint64_t *words)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			state_set(f, object, i, *words++);
}

/* A flag holds 0 or 1 whatever it was set to; all others must come back as they were. */
static void round_trip(const struct state_field *table, size_t size, const char *name)
{
	unsigned n = table_words(table);
	uint64_t *first = calloc(n, sizeof(*first)), *second = calloc(n, sizeof(*second));
	void *a = calloc(1, size), *b = calloc(1, size);

	table_is_sane(table, size, name);
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			state_set(f, a, i, f->size == 1 ? distinct(f, i) & 1 : distinct(f, i));
	for (const struct state_field *f = table; f->name; f++) {
		for (unsigned i = 0; i < f->count; i++) {
			if (f->size > 1 && state_get(f, a, i) != distinct(f, i)) {
				printf("\n%s: %s overlaps another field, or cuts its value\n", name, f->name);
				CU_FAIL("field");
			}
		}
	}
	save(table, a, first);
	load(table, b, first);
	save(table, b, second);
	CU_ASSERT_EQUAL(memcmp(first, second, n * sizeof(*first)), 0);
	CU_ASSERT_EQUAL(memcmp(a, b, size), 0);
	free(first);
	free(second);
	free(a);
	free(b);
}

static void cpu_state(void)
{
	round_trip(arch_vcpu_state, sizeof(struct vcpu), "CPU");
}

static void device_state(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(class_names); i++) {
		const struct device_class *c = device_class_find(class_names[i]);

		CU_ASSERT_PTR_NOT_NULL(c);
		if (c && c->state)
			round_trip(c->state, c->size, c->name);
	}
	CU_ASSERT_PTR_NULL(device_class_find("3350"));
}

struct object {
	uint8_t b[3];
	uint16_t h;
	uint32_t w[2];
	uint64_t d;
	uint32_t hidden;
};

static uint64_t hidden_get(const void *object, unsigned index)
{
	return ~((const struct object *)object)->hidden + index;
}

static void hidden_set(void *object, unsigned index, uint64_t value)
{
	((struct object *)object)->hidden = (uint32_t) ~(value - index);
}

static const struct state_field fields[] = {
	STATE_ARRAY(struct object, b, "B", 'B', 1),
	STATE_FIELD(struct object, h, "H", 0, 2),
	STATE_ARRAY(struct object, w, "W", 'W', 3),
	STATE_FIELD(struct object, d, "D", 0, 4),
	{.name = "HIDDEN", .id = 5, .size = 4, .count = 1, .get = hidden_get, .set = hidden_set},
	{0},
};

static void every_size(void)
{
	struct object o = {0};

	state_set(&fields[0], &o, 2, 0x1ff);
	CU_ASSERT(o.b[2] == 0xff && o.b[1] == 0 && o.h == 0);
	state_set(&fields[1], &o, 0, 0xabcd);
	state_set(&fields[2], &o, 1, 0x12345678);
	state_set(&fields[3], &o, 0, UINT64_MAX);
	state_set(&fields[4], &o, 0, 7);
	CU_ASSERT(o.h == 0xabcd && o.w[1] == 0x12345678 && o.w[0] == 0 && o.d == UINT64_MAX &&
		  o.hidden == ~7u);
	CU_ASSERT_EQUAL(state_get(&fields[0], &o, 2), 0xff);
	CU_ASSERT_EQUAL((uint32_t)state_get(&fields[4], &o, 0), 7);
	CU_ASSERT_PTR_EQUAL(state_find(fields, 'W'), &fields[2]);
	CU_ASSERT_PTR_NULL(state_find(fields, 'X'));
	CU_ASSERT_PTR_EQUAL(state_find_name(fields, "D"), &fields[3]);
	CU_ASSERT_PTR_NULL(state_find_name(fields, "E"));
}

static void beyond(void *argument)
{
	struct object o = {0};

	(void)argument;
	state_get(&fields[0], &o, 3);
}

static void bounds(void)
{
	CU_ASSERT_EQUAL(hosted_child(beyond, NULL), STOP_PANIC);
}

static const struct unit_test tests[] = {
	{"CPU: every field distinct, save, load, equal", cpu_state},
	{"devices of every class: every field distinct, save, load, equal", device_state},
	{"fields of every size, in their place only", every_size},
	{"an element that is not there stops CP", bounds},
};

UNIT_MAIN("state", tests)
