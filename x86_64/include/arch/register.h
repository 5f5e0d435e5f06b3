/*
 * register.h - the guest's registers that the processor keeps while the guest runs.
 *
 * Each engine has them in a structure of its own (SVM's VMCB, VMX's VMCS); whoever simulates an instruction, walks the
 * guest's tables, resets or describes the CPU names them as here. With a second engine in the image the four functions would go
 * by the engine that runs the guest.
 */
#ifndef ARCH_REGISTER_H
#define ARCH_REGISTER_H

#include <cp/vm.h>

enum segment_name {
	SEGMENT_ES,
	SEGMENT_CS,
	SEGMENT_SS,
	SEGMENT_DS,
	SEGMENT_FS,
	SEGMENT_GS,
	SEGMENT_LDTR,
	SEGMENT_TR,
	SEGMENT_GDTR,
	SEGMENT_IDTR,
	SEGMENTS
};

/* Attributes as in bits 40-47 and 52-55 of a descriptor, put together: type, S, DPL, P, AVL, L, D, G. */
#define ATTRIBUTE_PRESENT 0x80
#define ATTRIBUTE_LONG    0x200
#define ATTRIBUTE_BIG     0x400

struct segment {
	uint16_t selector, attributes;
	uint32_t limit;
	uint64_t base;
};

enum register_name {
	REGISTER_RIP,
	REGISTER_RSP,
	REGISTER_RFLAGS,
	REGISTER_CR0,
	REGISTER_CR2,
	REGISTER_CR3,
	REGISTER_CR4,
	REGISTER_CR8,
	REGISTER_DR6,
	REGISTER_DR7,
	REGISTER_EFER,
	REGISTER_CPL,
	REGISTER_PAT,
	REGISTER_STAR,
	REGISTER_LSTAR,
	REGISTER_CSTAR,
	REGISTER_SFMASK,
	REGISTER_KERNEL_GS_BASE,
	REGISTER_SYSENTER_CS,
	REGISTER_SYSENTER_ESP,
	REGISTER_SYSENTER_EIP,
	REGISTER_TSC_OFFSET,
	REGISTER_SHADOW, /* 1: the next instruction is not interruptible (after STI, MOV SS) */
	REGISTER_EVENT,  /* EVENT_*: to be taken at the next entry */
	REGISTERS
};

#define CR0_PE    0x1ull
#define CR0_MP    0x2ull
#define CR0_ET    0x10ull
#define CR0_NE    0x20ull
#define CR0_WP    0x10000ull
#define CR0_PG    0x80000000ull
#define CR4_PSE   0x10ull
#define CR4_PAE   0x20ull
#define EFER_SCE  0x1ull
#define EFER_LME  0x100ull
#define EFER_LMA  0x400ull
#define EFER_NXE  0x800ull
#define EFER_SVME 0x1000ull

#endif
