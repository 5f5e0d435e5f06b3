/*
 * task.h - tasks: CP's threads of control, each with its own stack.
 *
 * Every virtual CPU, every logged-on user's session and a few services are
 * tasks. A handler that must wait for CP's own finite work (a disk block, a
 * page, a lock) just calls task_sleep(); no continuations.
 *
 * THE LOCKING RULE. CP is one big critical section: a task runs until it
 * sleeps, yields or enters its guest, and interruptions are taken only
 * while a guest runs or the CPU is idle. So between two possible sleeps a
 * task sees nothing change under it. With several real CPUs this becomes
 * one CP lock, released exactly in arch_vcpu_run() and arch_idle(); state
 * per real CPU is in struct cpu already (cpu.h).
 * What follows from it: a pointer to something another task may free is
 * valid only until the next possible sleep.
 *
 * Heritage: DMKDSP (dispatcher), DMKSTK (CPEXBLOK).
 */
#ifndef CP_TASK_H
#define CP_TASK_H

#include <cp/list.h>

#define TASK_STACK_SIZE 16384u

enum task_state { TASK_READY, TASK_RUNNING, TASK_SLEEPING, TASK_DEAD };

struct vcpu;

struct task {
	void *stack_pointer; /* port's: saved context while not running */
	char *stack;         /* TASK_STACK_SIZE bytes; the lowest words hold a pattern */
	enum task_state state;
	const void *channel; /* what it sleeps on */
	struct list queue;   /* run list or sleepers */
	char name[16];
	void (*entry)(void *argument);
	void *argument;
	struct vcpu *vcpu; /* the virtual CPU whose loop this is, or NULL */
	uint64_t pass;     /* fair-share position: the smallest runs next */
	uint32_t weight;   /* relative share, 100 by default */
	tod_t slice_end;   /* when its time slice is gone */
	tod_t run_time;    /* all time it ran, guest included */
};

/* NULL when storage is exhausted. The new task is ready. */
struct task *task_create(const char *name, void (*entry)(void *argument), void *argument);
struct task *task_self(void);
/* Sleep until task_wake(channel). May return early: re-test the condition in a loop. */
void task_sleep(const void *channel);
/* The same, but also returns when the TOD clock reaches due. Returns false when it was the clock. */
bool task_sleep_until(const void *channel, tod_t due);
void task_wake(const void *channel);
/* Let others run. Loops over 50,000 instructions call it. */
void task_yield(void);
_Noreturn void task_exit(void);

/* The scheduler of this real CPU: never returns. */
_Noreturn void scheduler_run(void);

#endif
