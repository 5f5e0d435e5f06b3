/*
 * vcpu.h - the state of a virtual x86-64 CPU and machine.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <cp/types.h>

struct pc;

struct arch_vcpu {
	uint64_t gpr[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8-r15 */
	uint64_t rip, rflags;
};

struct arch_vm {
	struct pc *pc;
};

#endif
