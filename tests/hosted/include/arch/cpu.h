/*
 * cpu.h - what the hosted port keeps for its one real CPU.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <cp/types.h>

struct arch_cpu {
	tod_t due; /* arch_timer_set() */
};

#endif
