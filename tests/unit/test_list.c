/*
 * test_list.c - lists and timers, against models.
 */
#include "unit.h"
#include <cp/timer.h>

struct element {
	unsigned n;
	struct list list;
};

static void order_is_kept(void)
{
	struct list head = LIST_INIT(head);
	struct element e[5], *at, *tmp;
	unsigned seen = 0, sum = 0;

	CU_ASSERT(list_empty(&head));
	CU_ASSERT_PTR_NULL(list_first(&head, struct element, list));
	for (unsigned i = 0; i < 5; i++) {
		e[i].n = i;
		list_append(&head, &e[i].list);
	}
	list_for_each(at, &head, list)
		CU_ASSERT_EQUAL(at->n, seen++);
	CU_ASSERT_EQUAL(seen, 5);
	list_remove(&e[2].list);
	list_remove(&e[2].list); /* on no list: nothing happens */
	CU_ASSERT(list_empty(&e[2].list));
	list_insert(&e[0].list, &e[2].list); /* to the front */
	CU_ASSERT_PTR_EQUAL(list_first(&head, struct element, list), &e[2]);
	list_for_each_safe(at, tmp, &head, list) {
		sum = sum * 10 + at->n;
		list_remove(&at->list);
	}
	CU_ASSERT_EQUAL(sum, 20134);
	CU_ASSERT(list_empty(&head));
}

/* ---- timers ------------------------------------------------------------------------------------------------------- */

#define TIMERS 40

struct alarm {
	struct timer timer;
	tod_t due; /* 0: not armed */
	unsigned fired;
};

static struct alarm alarms[TIMERS];
static tod_t last_due;
static bool in_order;

static void fire(struct timer *t)
{
	struct alarm *a = container_of(t, struct alarm, timer);

	in_order &= a->due && a->due >= last_due;
	last_due = a->due;
	a->due = 0;
	a->fired++;
}

static tod_t earliest(void)
{
	tod_t t = TOD_NEVER;

	for (unsigned i = 0; i < TIMERS; i++) {
		if (alarms[i].due && alarms[i].due < t)
			t = alarms[i].due;
	}
	return t;
}

static void timers_against_a_model(void)
{
	tod_t now = 1000;
	uint64_t seed = 6;

	hosted_start();
	in_order = true;
	for (unsigned i = 0; i < TIMERS; i++)
		timer_init(&alarms[i].timer, fire);
	CU_ASSERT_EQUAL(timer_next(), TOD_NEVER);
	for (unsigned round = 0; round < 20000; round++) {
		struct alarm *a = &alarms[hosted_random(&seed) % TIMERS];

		switch (hosted_random(&seed) % 4) {
		case 0:
			timer_cancel(&a->timer);
			a->due = 0;
			break;
		case 1:
			now += hosted_random(&seed) % 300;
			last_due = 0;
			timer_expire(now);
			CU_ASSERT(earliest() > now);
			break;
		default:
			a->due = now + hosted_random(&seed) % 1000;
			timer_set(&a->timer, a->due);
			CU_ASSERT(arch_cpu()->arch.due <= a->due);
		}
		CU_ASSERT_EQUAL(timer_next(), earliest());
	}
	CU_ASSERT(in_order);
	for (unsigned i = 0; i < TIMERS; i++) {
		CU_ASSERT(alarms[i].fired > 0);
		timer_cancel(&alarms[i].timer);
	}
}

/* A timer may arm itself again, and cancel another, while it fires. */
static struct timer again, other;
static unsigned again_fired;

static void fire_again(struct timer *t)
{
	again_fired++;
	if (again_fired < 5)
		timer_set(t, 100 * (again_fired + 1));
	timer_cancel(&other);
}

static void fire_never(struct timer *t)
{
	(void)t;
	CU_FAIL("was cancelled");
}

static void timers_in_timers(void)
{
	timer_init(&again, fire_again);
	timer_init(&other, fire_never);
	timer_set(&again, 100);
	timer_set(&other, 200);
	timer_expire(350);
	CU_ASSERT_EQUAL(again_fired, 3);
	timer_expire(1000);
	CU_ASSERT_EQUAL(again_fired, 5);
	CU_ASSERT_EQUAL(timer_next(), TOD_NEVER);
}

static const struct unit_test tests[] = {
	{"lists keep their order", order_is_kept},
	{"timers fire once, in order, when due", timers_against_a_model},
	{"a timer that arms itself and cancels another", timers_in_timers},
};

UNIT_MAIN("list", tests)
