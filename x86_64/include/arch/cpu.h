/*
 * cpu.h - what this port keeps for each real CPU.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

/* For switch.S, asserted in run.c: where struct cpu has arch.engine.host, and struct vcpu its general registers. */
#define CPU_HOST 0x48
#define VCPU_GPR 0x60

#ifndef __ASSEMBLER__

#include <arch/engine.h>
#include <cp/types.h>

struct arch_cpu {
	tod_t due;   /* arch_timer_set(): CP's own timers */
	tod_t armed; /* what the real timer stands at */
	struct engine_cpu engine;
};

#endif

#endif
