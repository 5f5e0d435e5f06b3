/*
 * fiber.c - CP's tasks as contexts of an ordinary program, and its clock.
 *
 * Owns: arch_task_prepare(), arch_task_switch(), time, idling. A task's real stack is larger than the one CP gives it, for
 * AddressSanitizer needs room; CP's own is only looked at by its overflow check.
 */
#include <hosted.h>
#include <cp/heap.h>
#include <cp/timer.h>
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define STACK_SIZE  (256u << 10)
#define FIBERS      8192
#define ARENA_SIZE  (64u << 20)
#define CLOCK_START (TOD_UNIX_EPOCH + 1795392000ull * TOD_SECOND) /* 2026-11-23 00:00 UTC */
#define IDLE_LIMIT  1000000u
#define AFTERWARDS  (100 * TOD_MILLISECOND) /* what others get after the wanted function has returned */

struct fiber {
	ucontext_t context;
	void *stack;
	size_t size;
	void *fake;
	const void *key; /* the CP stack it stands for */
	struct task *task;
};

static struct fiber fibers[FIBERS];
static struct fiber main_fiber, scheduler_fiber;
static struct fiber *current = &main_fiber;
static struct cpu cpu;
static tod_t now = CLOCK_START, settle_until, done_at;
static bool started, wanted_done, settling;
static unsigned idles;

struct cpu *arch_cpu(void)
{
	return &cpu;
}

/* ---- contexts ----------------------------------------------------------------------------------------------------- */

static void switch_to(struct fiber *to)
{
	struct fiber *from = current;

	current = to;
	__sanitizer_start_switch_fiber(&from->fake, to->stack, to->size);
	swapcontext(&from->context, &to->context);
	__sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
}

static void fiber_begin(void)
{
	__sanitizer_finish_switch_fiber(NULL, NULL, NULL);
	if (current == &scheduler_fiber)
		scheduler_run();
	current->task->entry(current->task->argument);
	task_exit();
}

static void fiber_make(struct fiber *f)
{
	if (!f->stack) {
		f->size = STACK_SIZE;
		f->stack = malloc(f->size); /* not mmap(): the leak detector looks for pointers here */
	}
	f->fake = NULL;
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = f->stack;
	f->context.uc_stack.ss_size = f->size;
	f->context.uc_link = NULL;
	makecontext(&f->context, fiber_begin, 0);
}

/* The same CP stack again means that its earlier task is dead and buried. */
void arch_task_prepare(struct task *t)
{
	struct fiber *f = fibers;

	while (f->key && f->key != t->stack && f < fibers + FIBERS - 1)
		f++;
	f->key = t->stack;
	f->task = t;
	fiber_make(f);
	t->stack_pointer = f;
}

/* Has the test got what it wanted? Then it goes on at the next switch, even if a task would run for ever. */
static bool time_is_up(void)
{
	return (wanted_done && now > done_at + AFTERWARDS) || (settling && now > settle_until);
}

void arch_task_switch(void **save_sp, void *load_sp)
{
	*save_sp = current;
	switch_to(load_sp == &scheduler_fiber && time_is_up() ? &main_fiber : load_sp);
}

/* ---- time --------------------------------------------------------------------------------------------------------- */

tod_t arch_clock(void)
{
	now += TOD_MICROSECOND;
	return now;
}

void arch_clock_set(tod_t t)
{
	if (t > now)
		now = t;
}

void arch_timer_set(tod_t due)
{
	cpu.arch.due = due;
}

void arch_poll(void)
{
	if (timer_next() <= arch_clock())
		timer_expire(now);
}

/* Nothing is ready: jump to the next timer, or go back to the test. */
void arch_idle(void)
{
	tod_t due = timer_next();
	bool beyond = settling && due > settle_until;

	if (wanted_done || beyond || due == TOD_NEVER || ++idles > IDLE_LIMIT) {
		if (settling && now < settle_until)
			now = settle_until;
		switch_to(&main_fiber);
		return;
	}
	if (due > now)
		now = due;
	timer_expire(now);
}

/* ---- the test's side ---------------------------------------------------------------------------------------------- */

static void main_stack(void)
{
	pthread_attr_t attr;

	pthread_getattr_np(pthread_self(), &attr);
	pthread_attr_getstack(&attr, &main_fiber.stack, &main_fiber.size);
	pthread_attr_destroy(&attr);
}

/* Frames have 32-bit numbers in struct page, and CP's storage begins low: so does the arena. */
void hosted_start(void)
{
	char *arena;

	if (started)
		return;
	started = true;
	main_stack();
	fiber_make(&scheduler_fiber);
	arena = mmap((void *)0x10000000, ARENA_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (arena == MAP_FAILED) {
		perror("hosted: arena");
		exit(1);
	}
	frame_add((uintptr_t)arena, (uintptr_t)arena + ARENA_SIZE);
}

struct wanted {
	void (*function)(void *argument);
	void *argument;
};

static void wanted_task(void *argument)
{
	struct wanted *w = argument;

	w->function(w->argument);
	done_at = now;
	wanted_done = true;
}

bool hosted_run(void (*function)(void *argument), void *argument)
{
	struct wanted w = {function, argument};

	hosted_start();
	wanted_done = false;
	settling = false;
	idles = 0;
	if (!task_create("test", wanted_task, &w))
		return false;
	switch_to(&scheduler_fiber);
	return wanted_done;
}

void hosted_settle(tod_t span)
{
	hosted_start();
	wanted_done = false;
	settling = true;
	settle_until = now + span;
	idles = 0;
	switch_to(&scheduler_fiber);
	settling = false;
}
