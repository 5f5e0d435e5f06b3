/*
 * cpu.h - what this port keeps for each real CPU.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/engine.h>
#include <cp/types.h>

struct arch_cpu {
	tod_t due;   /* arch_timer_set(): CP's own timers */
	tod_t armed; /* what the real timer stands at */
	struct engine_cpu engine;
};

#endif
