/*
 * test_state.c - machine state as data: every described field set, saved, loaded, equal.
 *
 * It goes over every table there is in the nucleus: machine, terminal, the toy CPU, and all device classes.
 */
#include "unit.h"
#include "../shared/described.h"
#include <cp/console.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/minidisk.h>
#include <cp/session.h>
#include <cp/state.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const class_names[] = {"3215", "2540R", "2501", "3505", "2540P", "3525",
					  "1403", "3203",  "3211", "9336", "3370"};

static void round_trip(const char *name, const struct state_field *table, size_t size)
{
	void *a = calloc(1, size), *b = calloc(1, size);

	described_round_trip(name, table, a, b);
	free(a);
	free(b);
}

static void machine(void)
{
	round_trip("machine", vm_state, sizeof(struct vm));
	DESCRIBED_WHOLE(struct vm, vm_state);
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		round_trip(p->name, p->fields, sizeof(struct vm));
	DESCRIBED_MEMBER(struct vm, arch, arch_vm_parts[0].fields);
	round_trip("terminal", terminal_state, sizeof(struct session));
	DESCRIBED_WHOLE(struct session, terminal_state);
}

static void cpu(void)
{
	round_trip("CPU", vcpu_state, sizeof(struct vcpu));
	round_trip("CPU's registers", arch_vcpu_state, sizeof(struct vcpu));
	DESCRIBED_WHOLE(struct vcpu, vcpu_state);
	DESCRIBED_MEMBER(struct vcpu, arch, arch_vcpu_state);
	/* Both stand in one record. */
	for (const struct state_field *f = vcpu_state; f->name; f++)
		for (const struct state_field *g = arch_vcpu_state; g->name; g++)
			CU_ASSERT_NOT_EQUAL(f->id, g->id);
}

static void devices(void)
{
	round_trip("device", device_state, sizeof(struct device));
	round_trip("subchannel", arch_device_state, sizeof(struct arch_device));
	DESCRIBED_WHOLE(struct device, device_state);
	DESCRIBED_WHOLE(struct arch_device, arch_device_state);
	for (unsigned i = 0; i < ARRAY_SIZE(class_names); i++) {
		const struct device_class *c = device_class_find(class_names[i]);

		CU_ASSERT_PTR_NOT_NULL_FATAL(c);
		round_trip(c->name, c->state, c->size);
		if (c->size == sizeof(struct console) && strcmp(c->name, "3215") == 0)
			DESCRIBED_WHOLE(struct console, c->state);
		else if (strcmp(c->query_name, "DASD") == 0)
			DESCRIBED_WHOLE(struct minidisk, c->state);
		else
			DESCRIBED_WHOLE(struct unit_record, c->state);
	}
	CU_ASSERT_PTR_NULL(device_class_find("3350"));
}

struct object {
	uint8_t b[3];
	uint16_t h;
	uint32_t w[2];
	uint64_t d;
	uint32_t hidden;
	uint8_t few;
	char text[4];
	void *own;
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
	STATE_HOOKED(struct object, hidden, "HIDDEN", 0, 5, 4, 1, hidden_get, hidden_set),
	STATE_UP_TO(struct object, few, "FEW", 6, 7),
	STATE_STRING(struct object, text, "TEXT", 7),
	STATE_END,
	STATE_HOST(struct object, own),
	STATE_END,
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

static void limits(void)
{
	CU_ASSERT_TRUE(state_allows(&fields[5], 0, 7));
	CU_ASSERT_FALSE(state_allows(&fields[5], 0, 8));
	CU_ASSERT_TRUE(state_allows(&fields[1], 0, 0xffff));
	CU_ASSERT_FALSE(state_allows(&fields[1], 0, 0x10000));
	CU_ASSERT_TRUE(state_allows(&fields[3], 0, UINT64_MAX));
	CU_ASSERT_TRUE(state_allows(&fields[6], 2, 'X'));
	CU_ASSERT_TRUE(state_allows(&fields[6], 3, 0));
	CU_ASSERT_FALSE(state_allows(&fields[6], 3, 'X'));
	CU_ASSERT_STRING_EQUAL(state_host(fields)->name, "own");
	DESCRIBED_WHOLE(struct object, fields);
}

/* A member that was forgotten is found, though it be a byte in a hole. */
static void forgotten(void *argument)
{
	static const struct state_field forgets[] = {
		STATE_ARRAY(struct object, b, "B", 'B', 1),
		STATE_FIELD(struct object, h, "H", 0, 2),
		STATE_ARRAY(struct object, w, "W", 'W', 3),
		STATE_FIELD(struct object, d, "D", 0, 4),
		STATE_FIELD(struct object, hidden, "HIDDEN", 0, 5),
		STATE_STRING(struct object, text, "TEXT", 7),
		STATE_END,
		STATE_HOST(struct object, own),
		STATE_END,
	};
	unsigned before = CU_get_number_of_failures();

	(void)argument;
	DESCRIBED_WHOLE(struct object, forgets);
	arch_stop(CU_get_number_of_failures() == before + 1 ? STOP_PANIC : 0);
}

static void completeness(void)
{
	CU_ASSERT_EQUAL(hosted_child(forgotten, NULL), STOP_PANIC);
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
	{"machine: every field distinct, save, load, equal; no member forgotten", machine},
	{"CPU: the same", cpu},
	{"devices of every class: the same", devices},
	{"fields of every size, in their place only", every_size},
	{"what may be loaded", limits},
	{"a member that no row speaks for is found", completeness},
	{"an element that is not there stops CP", bounds},
};

UNIT_MAIN("state", tests)
