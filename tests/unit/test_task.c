/*
 * test_task.c - tasks: switching, sleeping, waking, fair shares, stacks.
 */
#include "unit.h"
#include <cp/panic.h>
#include <cp/string.h>
#include <stdio.h>

static char trail[200];
static unsigned steps;

static void mark(char c)
{
	if (steps < sizeof(trail) - 1)
		trail[steps++] = c;
	trail[steps] = '\0';
}

static void clear(void)
{
	steps = 0;
	trail[0] = '\0';
}

/* ---- taking turns --------------------------------------------------------------------------------------------------- */

static void say_three_times(void *argument)
{
	for (int i = 0; i < 3; i++) {
		mark(*(const char *)argument);
		task_yield();
	}
}

static void turns(void)
{
	clear();
	hosted_start();
	CU_ASSERT_PTR_NOT_NULL(task_create("a", say_three_times, "a"));
	CU_ASSERT_PTR_NOT_NULL(task_create("b", say_three_times, "b"));
	hosted_settle(TOD_SECOND);
	CU_ASSERT_STRING_EQUAL(trail, "ababab");
	CU_ASSERT_PTR_NULL(task_self());
}

/* ---- sleeping ------------------------------------------------------------------------------------------------------- */

static int channel, other_channel;
static bool ready;

static void wait_for_it(void *argument)
{
	mark('w');
	while (!ready)
		task_sleep(&channel);
	mark(*(const char *)argument);
}

static void wake_it(void *argument)
{
	(void)argument;
	mark('1');
	task_wake(&other_channel); /* nobody's */
	task_yield();
	task_wake(&channel); /* too early: they sleep again */
	task_yield();
	mark('2');
	ready = true;
	task_wake(&channel);
	task_yield();
	mark('3');
}

static void sleeping(void)
{
	clear();
	ready = false;
	task_create("x", wait_for_it, "x");
	task_create("y", wait_for_it, "y");
	UNIT_IN_TASK(wake_it, NULL);
	CU_ASSERT_STRING_EQUAL(trail, "ww12xy3");
}

static void never_woken(void *argument)
{
	(void)argument;
	task_sleep(&other_channel);
}

static void deadlock_is_seen(void)
{
	CU_ASSERT_FALSE(hosted_run(never_woken, NULL));
	task_wake(&other_channel);
	hosted_settle(0);
}

static bool by_clock, by_wake;
static tod_t slept;

static void sleep_until(void *argument)
{
	tod_t start = arch_clock();

	(void)argument;
	by_clock = !task_sleep_until(&channel, start + 5 * TOD_SECOND);
	slept = arch_clock() - start;
	by_wake = task_sleep_until(&channel, arch_clock() + 3600 * TOD_SECOND);
}

static void wake_after_a_while(void *argument)
{
	(void)argument;
	task_sleep_until(&other_channel, arch_clock() + 60 * TOD_SECOND);
	task_wake(&channel);
}

static void alarms(void)
{
	by_clock = by_wake = false;
	task_create("waker", wake_after_a_while, NULL);
	UNIT_IN_TASK(sleep_until, NULL);
	CU_ASSERT(by_clock && by_wake);
	CU_ASSERT(slept >= 5 * TOD_SECOND && slept < 6 * TOD_SECOND);
}

/* ---- shares --------------------------------------------------------------------------------------------------------- */

struct share {
	unsigned weight, turns;
};

static bool enough;

/* The simulated clock makes a turn as long as the looks at it. */
static void work(void *argument)
{
	struct share *s = argument;

	task_self()->weight = s->weight;
	while (!enough) {
		s->turns++;
		for (int i = 0; i < 1000; i++)
			arch_clock();
		task_yield();
	}
}

static void stop_the_others(void *argument)
{
	(void)argument;
	task_sleep_until(&other_channel, arch_clock() + 2 * TOD_SECOND);
	enough = true;
}

static void shares(void)
{
	struct share one = {100, 0}, three = {300, 0};

	enough = false;
	task_create("one", work, &one);
	task_create("three", work, &three);
	UNIT_IN_TASK(stop_the_others, NULL);
	hosted_settle(TOD_SECOND);
	CU_ASSERT(one.turns > 100);
	CU_ASSERT(three.turns > one.turns * 29 / 10 && three.turns < one.turns * 31 / 10);
}

/* Who sleeps neither hoards nor owes: after a long sleep it gets its share from now on, not the CPU alone. */
static struct share sleeper_share, worker_share;

static void sleep_then_work(void *argument)
{
	task_sleep_until(&sleeper_share, arch_clock() + TOD_SECOND);
	worker_share.turns = 0;
	work(argument);
}

static void sleepers_do_not_hoard(void)
{
	sleeper_share = worker_share = (struct share){100, 0};
	enough = false;
	task_create("worker", work, &worker_share);
	task_create("sleeper", sleep_then_work, &sleeper_share);
	UNIT_IN_TASK(stop_the_others, NULL);
	hosted_settle(TOD_SECOND);
	CU_ASSERT(sleeper_share.turns > 100);
	CU_ASSERT(sleeper_share.turns < worker_share.turns * 12 / 10);
	CU_ASSERT(sleeper_share.turns > worker_share.turns * 8 / 10);
}

/* ---- many, and their storage ------------------------------------------------------------------------------------------ */

static unsigned lived;

static void live(void *argument)
{
	(void)argument;
	task_yield();
	lived++;
}

static void many(void)
{
	size_t before = hosted_heap_used();

	lived = 0;
	for (int i = 0; i < 500; i++)
		CU_ASSERT_PTR_NOT_NULL(task_create("many", live, NULL));
	hosted_settle(TOD_SECOND);
	CU_ASSERT_EQUAL(lived, 500);
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
	hosted_heap_fail_after(1); /* a task, but no stack for it */
	CU_ASSERT_PTR_NULL(task_create("none", live, NULL));
	hosted_heap_fail_after(-1);
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
}

static void overflow(void *argument)
{
	(void)argument;
	memset(task_self()->stack, 0, 8);
	task_yield();
}

static void stack_overflow(void)
{
	CU_ASSERT_EQUAL(hosted_child(overflow, NULL), STOP_PANIC);
}

static const struct unit_test tests[] = {
	{"tasks take turns", turns},
	{"sleep until woken on the same channel", sleeping},
	{"a deadlock is seen by the tests", deadlock_is_seen},
	{"sleep until a time, or woken before it", alarms},
	{"shares by weight", shares},
	{"a sleeper does not hoard", sleepers_do_not_hoard},
	{"five hundred tasks leave nothing behind", many},
	{"a stack that overflowed stops CP", stack_overflow},
};

UNIT_MAIN("task", tests)
