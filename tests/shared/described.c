/*
 * described.c - state descriptions put to the test.
 *
 * Owns: the three questions that described.h asks. Before: cp/machine/state.c.
 * Simplification: the bytes are laid out in the simplest way; a saved machine's are cp/snapshot/'s.
 */
#include "described.h"
#include <CUnit/Basic.h>
#include <cp/arch.h>
#include <stdio.h>
#include <stdlib.h>

static void wrong(const char *name, const char *field, const char *what)
{
	printf("\n%s: %s: %s\n", name, field, what);
	CU_FAIL("state description");
}

void described_sane(const char *name, const struct state_field *table)
{
	for (const struct state_field *f = table; f->name; f++) {
		bool size = f->size == 1 || f->size == 2 || f->size == 4 || f->size == 8;

		if (!size || !f->count || !f->id || (f->get == NULL) != (f->set == NULL))
			wrong(name, f->name, "cannot be");
		if (!f->get && f->bytes != (uint32_t)f->size * f->count)
			wrong(name, f->name, "has elements for more or less than its bytes");
		for (const struct state_field *g = table; g < f; g++)
			if (g->id == f->id || strcmp(g->name, f->name) == 0 ||
			    (f->letter && g->letter == f->letter))
				wrong(name, f->name, "has the id, name or letter of another");
	}
}

/* ---- round trip ------------------------------------------------------------------------------- */

/* One that the element may have. */
static uint64_t distinct(const struct state_field *f, unsigned index)
{
	uint64_t value = ((uint64_t)f->id * 0x9e3779b97f4a7c15ull + index) * 0xff51afd7ed558ccdull + 1;

	if (f->size < 8)
		value &= (1ull << 8 * f->size) - 1;
	if (f->most)
		value = value % f->most + 1;
	return state_allows(f, index, value) ? value : 0;
}

/* id, then the elements, big-endian; a field that goes on by itself is left out. */
static size_t save(const struct state_field *table, const void *object, uint8_t *bytes)
{
	size_t n = 0;

	for (const struct state_field *f = table; f->name; f++) {
		if (f->flags & STATE_CLOCK)
			continue;
		bytes[n++] = (uint8_t)(f->id >> 8);
		bytes[n++] = (uint8_t)f->id;
		for (unsigned i = 0; i < f->count; i++)
			for (int shift = 8 * f->size - 8; shift >= 0; shift -= 8)
				bytes[n++] = (uint8_t)(state_get(f, object, i) >> shift);
	}
	return n;
}

static uint64_t element(const uint8_t *bytes, unsigned size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | *bytes++;
	return value;
}

static void load(const char *name, const struct state_field *table, void *object, const uint8_t *bytes)
{
	for (const struct state_field *f = table; f->name; f++) {
		if (f->flags & STATE_CLOCK)
			continue;
		bytes += 2;
		for (unsigned i = 0; i < f->count; i++, bytes += f->size) {
			uint64_t value = element(bytes, f->size);

			if (!state_allows(f, i, value))
				wrong(name, f->name, "does not allow the value that it has");
			state_set(f, object, i, value);
		}
	}
}

static size_t size_of(const struct state_field *table)
{
	size_t n = 1;

	for (const struct state_field *f = table; f->name; f++)
		n += 2 + (size_t)f->count * f->size;
	return n;
}

static void fill(const char *name, const struct state_field *table, void *a)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			state_set(f, a, i, distinct(f, i));
	/* Where functions stand between, a register may keep only some of the bits. */
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++)
			if (!f->get && state_get(f, a, i) != distinct(f, i))
				wrong(name, f->name, "overlaps another field, or cuts its value");
}

void described_round_trip(const char *name, const struct state_field *table, void *a, void *b)
{
	size_t size = size_of(table), n;
	uint8_t *first = calloc(1, size), *second = calloc(1, size);

	described_sane(name, table);
	fill(name, table, a);
	n = save(table, a, first);
	load(name, table, b, first);
	CU_ASSERT_EQUAL(save(table, b, second), n);
	CU_ASSERT_EQUAL(memcmp(first, second, n), 0);
	free(first);
	free(second);
}

/* ---- completeness --------------------------------------------------------------------------------- */

/* What is kept, element by element, has no holes: should the compiler find some there, it is not to be believed. */
static void believe(const char *name, const struct state_field *f, const uint8_t *members)
{
	for (; f->name; f++)
		for (size_t n = 0; !f->get && n < f->bytes; n++)
			if (!members[f->offset + n])
				wrong(name, f->name, "has a hole");
}

static void mark(const char *name, const struct state_field *f, uint8_t *seen, size_t from, size_t size)
{
	for (; f->name; f++) {
		bool inside = f->offset >= from && f->offset + f->bytes <= from + size;

		if (!f->bytes)
			continue;
		if (!inside)
			wrong(name, f->name, "lies elsewhere");
		for (size_t n = 0; inside && n < f->bytes; n++)
			if (seen[f->offset - from + n]++)
				wrong(name, f->name, "has bytes of another row");
	}
}

void described_bytes(const char *name, const uint8_t *members, size_t from, size_t size,
		     const struct state_field *const *tables)
{
	uint8_t *seen = calloc(1, size);
	char at[40];

	for (; *tables; tables++) {
		believe(name, *tables, members);
		mark(name, *tables, seen, from, size);
		mark(name, state_host(*tables), seen, from, size);
	}
	for (size_t n = 0; n < size; n++)
		if (members[from + n] && !seen[n]) {
			snprintf(at, sizeof(at), "offset %zu", from + n);
			wrong(name, at, "a member that no row speaks for");
			break;
		}
	free(seen);
}

/* ---- what cannot be --------------------------------------------------------------------------------- */

void described_refused(struct vm *vm, void *at, uint64_t value, size_t size)
{
	uint8_t old[8], new[8];

	memcpy(old, at, size);
	for (size_t n = 0; n < size; n++)
		new[n] = (uint8_t)(value >> 8 * n);
	memcpy(at, new, size);
	vm->reason[0] = 0;
	CU_ASSERT_EQUAL(arch_vm_loaded(vm), CP_CANNOT);
	CU_ASSERT_NOT_EQUAL(vm->reason[0], 0);
	memcpy(at, old, size);
	CU_ASSERT_EQUAL(arch_vm_loaded(vm), 0);
}

uint64_t described_random(void)
{
	static uint64_t state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static uint64_t any_of(const struct state_field *f)
{
	uint64_t value = described_random() >> described_random() % 64;

	if (f->most)
		return value % ((uint64_t)f->most + 1);
	return f->size < 8 ? value & ((1ull << 8 * f->size) - 1) : value;
}

void described_shake(const struct state_field *table, void *object)
{
	for (const struct state_field *f = table; f->name; f++)
		for (unsigned i = 0; i < f->count; i++) {
			uint64_t value = any_of(f);

			if (described_random() % 8 == 0 && state_allows(f, i, value))
				state_set(f, object, i, value);
		}
}
