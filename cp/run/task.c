/*
 * task.c - tasks and the scheduler.
 *
 * Owns: the run list, the sleepers, task stacks. Comes after heap.c; before
 * vcpu.c, whose loop is the body of most tasks. Heritage: DMKDSP, DMKSCH.
 *
 * Fair share: every task has a pass, which grows by the time it ran divided
 * by its weight; the ready task with the smallest pass runs next. A sleeper
 * that wakes starts at the current pass, so it can neither hoard nor owe.
 *
 * Simplification: one real CPU. With more, the run list stays shared under
 * the CP lock (task.h); current and scheduler_sp are per CPU already.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include <cp/timer.h>

#define STACK_PATTERN  0x564d2f343053544bull /* "VM/40STK" */
#define PATTERN_WORDS  8
#define QUANTUM        (10 * TOD_MILLISECOND)
#define DEFAULT_WEIGHT 100

#define SLEEP_LISTS 64

static struct list ready = LIST_INIT(ready); /* ascending by pass */
static struct list sleepers[SLEEP_LISTS];    /* by channel */
static uint64_t current_pass;

static struct list *sleep_list(const void *channel)
{
	struct list *l = &sleepers[((uintptr_t)channel >> 4) % SLEEP_LISTS];

	if (!l->next)
		list_init(l);
	return l;
}

static void pattern_set(struct task *t)
{
	for (unsigned n = 0; n < PATTERN_WORDS; n++)
		((uint64_t *)t->stack)[n] = STACK_PATTERN;
}

/* No guard pages with DAT off: the end of the stack is checked at every switch. */
static void pattern_check(const struct task *t)
{
	const uint64_t *word = (const uint64_t *)t->stack;

	if (word[0] != STACK_PATTERN || word[PATTERN_WORDS - 1] != STACK_PATTERN)
		panic("stack of task %s has overflowed", t->name);
}

static void make_ready(struct task *t)
{
	struct list *at;

	t->state = TASK_READY;
	for (at = ready.prev; at != &ready; at = at->prev)
		if (container_of(at, struct task, queue)->pass <= t->pass)
			break;
	list_insert(at->next, &t->queue);
}

struct task *task_create(const char *name, void (*entry)(void *argument), void *argument)
{
	struct task *t = heap_alloc(sizeof(*t));

	if (!t)
		return NULL;
	t->stack = heap_alloc_dirty(TASK_STACK_SIZE);
	if (!t->stack) {
		heap_free(t, sizeof(*t));
		return NULL;
	}
	string_copy(t->name, sizeof(t->name), name);
	t->entry = entry;
	t->argument = argument;
	t->weight = DEFAULT_WEIGHT;
	t->pass = current_pass;
	list_init(&t->queue);
	pattern_set(t);
	arch_task_prepare(t);
	make_ready(t);
	return t;
}

struct task *task_self(void)
{
	return arch_cpu()->current;
}

/* Back to the scheduler; returns when it picks this task again. */
static void leave(struct task *t)
{
	arch_task_switch(&t->stack_pointer, arch_cpu()->scheduler_sp);
}

void task_sleep(const void *channel)
{
	struct task *t = task_self();

	assert_cp(t);
	t->channel = channel;
	t->state = TASK_SLEEPING;
	list_append(sleep_list(channel), &t->queue);
	leave(t);
}

struct alarm {
	struct timer timer;
	const void *channel;
	bool rang;
};

static void alarm_fire(struct timer *t)
{
	struct alarm *a = container_of(t, struct alarm, timer);

	a->rang = true;
	task_wake(a->channel);
}

bool task_sleep_until(const void *channel, tod_t due)
{
	struct alarm a = {.channel = channel};

	timer_init(&a.timer, alarm_fire);
	timer_set(&a.timer, due);
	task_sleep(channel);
	timer_cancel(&a.timer);
	return !a.rang;
}

void task_wake(const void *channel)
{
	struct list *asleep = sleep_list(channel);
	struct task *t, *tmp;

	list_for_each_safe(t, tmp, asleep, queue) {
		if (t->channel != channel)
			continue;
		list_remove(&t->queue);
		t->channel = NULL;
		if (t->pass < current_pass)
			t->pass = current_pass;
		make_ready(t);
	}
}

void task_yield(void)
{
	struct task *t = task_self();

	if (!t)
		return;
	arch_poll();
	t->state = TASK_READY; /* the scheduler queues it, once it has charged the time */
	leave(t);
}

_Noreturn void task_exit(void)
{
	struct task *t = task_self();

	t->state = TASK_DEAD;
	leave(t);
	panic("dead task %s was resumed", t->name);
}

static void bury(struct task *t)
{
	heap_free(t->stack, TASK_STACK_SIZE);
	heap_free(t, sizeof(*t));
}

static void charge(struct task *t, tod_t ran)
{
	t->run_time += ran;
	t->pass += ran * DEFAULT_WEIGHT / (t->weight ? t->weight : 1);
}

static void run_one(struct cpu *c, struct task *t)
{
	tod_t start = arch_clock(), end;

	list_remove(&t->queue);
	current_pass = t->pass;
	t->state = TASK_RUNNING;
	t->slice_end = start + QUANTUM;
	if (t->vcpu) /* its real timer is another one now, and much may have happened */
		t->vcpu->check = true;
	c->current = t;
	arch_task_switch(&c->scheduler_sp, t->stack_pointer);
	c->current = NULL;
	pattern_check(t);
	end = arch_clock();
	charge(t, end - start);
	if (trace_ring_on)
		trace_dispatch(t, start, end);
	if (t->state == TASK_DEAD)
		bury(t);
	else if (t->state == TASK_READY && list_empty(&t->queue))
		make_ready(t);
}

_Noreturn void scheduler_run(void)
{
	struct cpu *c = arch_cpu();

	for (;;) {
		struct task *t = list_first(&ready, struct task, queue);
		if (!t) {
			arch_idle();
			continue;
		}
		run_one(c, t);
	}
}
