/*
 * segment.c - the segment descriptors that long mode still wants.
 *
 * Owns: CP's descriptor table and task-state segment. The first is loaded by
 * start.S; the second only names the stacks for faults that find no good one.
 * Source: AMD64 Architecture Programmer's Manual volume 2, 4.8 and 12.2.5.
 */
#include <arch/segment.h>
#include <cp/types.h>

#define FAULT_STACK 4096

struct task_state {
	uint32_t reserved;
	uint64_t stack[3]; /* for a change of privilege, which CP never makes */
	uint64_t reserved2;
	uint64_t interrupt_stack[7]; /* [n - 1] is stack n */
	uint64_t reserved3;
	uint16_t reserved4, io_map;
} __attribute__((packed));

extern uint64_t real_segments[];

uint64_t real_segments[5] = {
	[SEGMENT_CODE / 8] = 0x00209a0000000000, /* 64-bit code */
	[SEGMENT_DATA / 8] = 0x0000920000000000,
};

static struct task_state task_state = {.io_map = sizeof(task_state)};
static char stacks[3][FAULT_STACK] __attribute__((aligned(16)));

void segment_init(void)
{
	uint64_t base = (uintptr_t)&task_state;

	for (unsigned n = 0; n < ARRAY_SIZE(stacks); n++)
		task_state.interrupt_stack[n] = (uintptr_t)stacks[n] + FAULT_STACK;
	real_segments[SEGMENT_TASK / 8] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
					  (base >> 24 & 0xff) << 56;
	real_segments[SEGMENT_TASK / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(SEGMENT_TASK) : "memory");
}
