/*
 * cpu.h - what this port keeps for each real CPU.
 *
 * The control registers that stand in the real CPU are remembered here,
 * because loading one flushes QEMU's whole TLB: engine/trap/enter.c loads
 * only what differs.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdint.h>

struct vcpu;

struct arch_cpu {
	uint64_t cr[16];     /* as loaded */
	struct vcpu *loaded; /* whose floating-point, access and vector registers stand in the CPU */
	uint64_t comparator; /* as loaded by SCKC */
	uint64_t due;        /* arch_timer_set(): CP's own timers */
	uint64_t slice_end;  /* of the task whose guest runs; TOD_NEVER when idle */
};

#endif
