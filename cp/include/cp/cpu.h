/*
 * cpu.h - what belongs to one real CPU.
 *
 * Everything that two real CPUs must not share is here, reached by
 * arch_cpu(). One CPU is started today.
 */
#ifndef CP_CPU_H
#define CP_CPU_H

#include <arch/cpu.h>
#include <cp/task.h>

struct cpu {
	unsigned number;
	struct task *current; /* NULL while the scheduler runs */
	void *scheduler_sp;   /* saved context of the scheduler itself */
	struct arch_cpu arch; /* port's: lowcore, loaded control registers ... */
};

#endif
