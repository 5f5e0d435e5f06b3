/*
 * test_ring.c - the trace ring, what intercepts cost, and the tables of why engines were left.
 */
#include "unit.h"
#include <cp/arch.h>
#include <cp/string.h>

int intercept_handle(struct vcpu *v, struct intercept *i);

#define RING_ENTRIES 1024u

static struct vm *vm;
static struct vcpu *v;

static void machine(void)
{
	hosted_start();
	hosted_guest = NULL;
	trace_ring_stop();
	hosted_instruction_result = hosted_page_result = hosted_ipl_result = 0;
	vm = vm_create("TESTER", 1u << 20, MACHINE_ESA);
	CU_ASSERT_PTR_NOT_NULL_FATAL(vm);
	v = vm->cpu[0];
	hosted_settle(TOD_SECOND);
}

static void log_off(void)
{
	trace_ring_stop();
	vm_request(vm, REQUEST_LOGOFF);
	hosted_settle(TOD_SECOND);
}

/* The last entry of this kind; NULL: there is none. */
static const struct trace_entry *last_of(unsigned kind)
{
	unsigned first, n = trace_ring_extent(&first);

	while (n != first)
		if (trace_ring_entry(--n)->kind == kind)
			return trace_ring_entry(n);
	return NULL;
}

/* ---- what goes in ---------------------------------------------------------------------------------------------- */

static struct intercept next;

static void one_intercept(struct vcpu *self, struct intercept *i)
{
	*i = next;
	if (next.kind == INTERCEPT_WAIT)
		self->arch.wait = true;
	next.kind = INTERCEPT_WAIT;
}

static void run_one(enum intercept_kind kind)
{
	hosted_guest = one_intercept;
	next = (struct intercept){.kind = kind, .code = 2, .address = 0x1234};
	vm_request(vm, REQUEST_IPL);
	hosted_settle(TOD_SECOND);
}

static void recorded(void)
{
	const struct trace_entry *i, *d;
	unsigned first, end;

	machine();
	run_one(INTERCEPT_INSTRUCTION);
	CU_ASSERT_EQUAL(trace_ring_extent(&first), first); /* it is off */
	trace_ring_start(true);
	run_one(INTERCEPT_INSTRUCTION);
	i = last_of(INTERCEPT_INSTRUCTION);
	d = last_of(TRACE_DISPATCH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(i);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_STRING_EQUAL(i->who, "TESTER");
	CU_ASSERT_STRING_EQUAL(i->engine, "HOSTED");
	CU_ASSERT_STRING_EQUAL(arch_instruction_name(i->word), "TOY");
	CU_ASSERT(i->code == 2 && i->data == 0x1234 && i->vcpu == 0);
	CU_ASSERT(i->until > i->when);
	CU_ASSERT_STRING_EQUAL(last_of(INTERCEPT_WAIT)->who, "TESTER");
	/* The dispatch in which it came is told after it. */
	for (end = trace_ring_extent(&first); end != first; end--) {
		d = trace_ring_entry(end - 1);
		if (d->kind == TRACE_DISPATCH && strcmp(d->who, "TESTER") == 0)
			break;
	}
	CU_ASSERT(end != first && d->when < i->when && d->until > i->until && d->vcpu == 0);
	log_off();
}

/* The finishing rule is obeyed all the same, and 0 says so. */
static void finished(void)
{
	struct intercept i = {.kind = INTERCEPT_PROGRAM, .code = 0x11};

	machine();
	CU_ASSERT_EQUAL(intercept_handle(v, &i), 0x11);
	CU_ASSERT_EQUAL(v->arch.reflected, 0);
	trace_ring_start(true);
	CU_ASSERT_EQUAL(intercept_handle(v, &i), 0);
	CU_ASSERT_EQUAL(v->arch.reflected, 0x11);
	log_off();
}

/* Without COST nothing is measured. */
static void unmeasured(void)
{
	struct intercept i = {.kind = INTERCEPT_PROGRAM, .code = 0x11};

	machine();
	trace_ring_start(false);
	CU_ASSERT_EQUAL(intercept_handle(v, &i), 0x11);
	CU_ASSERT_PTR_NOT_NULL_FATAL(last_of(INTERCEPT_PROGRAM));
	CU_ASSERT_EQUAL(last_of(INTERCEPT_PROGRAM)->until, 0);
	CU_ASSERT_EQUAL(exits_get(v, 0)->measured[INTERCEPT_PROGRAM], 0);
	CU_ASSERT_EQUAL(exits_get(v, 0)->count[INTERCEPT_PROGRAM], 1);
	log_off();
}

/* Always the last ones, and their numbers go on; to begin is to begin anew. */
static void around(void)
{
	struct intercept i = {.kind = INTERCEPT_NONE};
	unsigned first, before, end;

	machine();
	trace_ring_start(true);
	before = trace_ring_extent(&first);
	CU_ASSERT_EQUAL(before, first);
	for (unsigned n = 0; n < RING_ENTRIES + 7; n++) {
		i.code = (uint16_t)n;
		intercept_handle(v, &i);
	}
	end = trace_ring_extent(&first);
	CU_ASSERT_EQUAL(end, before + RING_ENTRIES + 7);
	CU_ASSERT_EQUAL(first, before + 7);
	CU_ASSERT_EQUAL(trace_ring_entry(first)->code, 7);
	CU_ASSERT_EQUAL(trace_ring_entry(end - 1)->code, RING_ENTRIES + 6);
	trace_ring_stop();
	CU_ASSERT_EQUAL(trace_ring_extent(&first), end);
	trace_ring_start(true);
	CU_ASSERT_EQUAL(trace_ring_extent(&first), end);
	CU_ASSERT_EQUAL(first, end);
	log_off();
}

/* ---- what it costs ------------------------------------------------------------------------------------------------ */

static struct vcpu self;

/* An intercept in which CP sleeps for an hour, and in which others fill the ring meanwhile. */
static void sleeper(void *argument)
{
	struct intercept i = {.kind = INTERCEPT_PAGE}, other = {.kind = INTERCEPT_NONE};
	unsigned first, number = trace_ring_extent(&first);
	struct trace_span s, o;
	bool overtaken = argument;

	self = (struct vcpu){.vm = vm, .task = task_self()};
	exits_begin(&self, "TOY");
	trace_measure(&s, &self, &i);
	task_sleep_until(&self, arch_clock() + 3600 * TOD_SECOND);
	for (unsigned n = 0; overtaken && n < RING_ENTRIES; n++)
		trace_measure(&o, &self, &other);
	trace_measured(&s, &self);
	CU_ASSERT_EQUAL(self.left->measured[INTERCEPT_PAGE], 1);
	CU_ASSERT(self.left->time[INTERCEPT_PAGE] > 0);
	if (overtaken) {
		for (unsigned n = 0; n < RING_ENTRIES; n++)
			CU_ASSERT_EQUAL(trace_ring_entry(n)->until, 0);
		return;
	}
	CU_ASSERT(self.left->time[INTERCEPT_PAGE] < TOD_MILLISECOND);
	CU_ASSERT(trace_ring_entry(number)->until >= trace_ring_entry(number)->when + 3600 * TOD_SECOND);
}

static void asleep(void)
{
	machine();
	trace_ring_start(true);
	UNIT_IN_TASK(sleeper, NULL);
	log_off();
}

/* The end of one that has been overwritten goes nowhere. */
static void overtaken(void)
{
	machine();
	trace_ring_start(true);
	UNIT_IN_TASK(sleeper, vm);
	log_off();
}

/* ---- engines -------------------------------------------------------------------------------------------------------- */

static void engines(void)
{
	static const char one[] = "ONE", other[] = "OTHER";
	struct intercept i = {.kind = INTERCEPT_NONE};
	const struct exits *x;

	machine();
	self = (struct vcpu){.vm = vm, .task = v->task};
	exits_begin(&self, other); /* it does not come to run it */
	exits_begin(&self, one);
	intercept_handle(&self, &i);
	exits_begin(&self, other);
	for (int n = 0; n < 2; n++)
		intercept_handle(&self, &i);
	exits_begin(&self, one);
	intercept_handle(&self, &i);
	x = exits_get(&self, 0);
	CU_ASSERT_PTR_EQUAL(x, self.left);
	CU_ASSERT(x->engine == one && x->count[INTERCEPT_NONE] == 2 && x->measured[INTERCEPT_NONE] == 0);
	x = exits_get(&self, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x);
	CU_ASSERT(x->engine == other && x->count[INTERCEPT_NONE] == 2);
	CU_ASSERT_PTR_NULL(exits_get(&self, 2));
	log_off();
}

static const struct unit_test tests[] = {
	{"ring: an intercept and its dispatch", recorded},
	{"ring: the finishing rule", finished},
	{"ring: without COST nothing is measured", unmeasured},
	{"ring: the last 1024", around},
	{"cost: without the time asleep", asleep},
	{"cost: an entry that was overtaken", overtaken},
	{"exits: a table for each engine", engines},
};

UNIT_MAIN("ring", tests)
