/*
 * segment.h - CP's own segment selectors: the order of boot/segment.c's table.
 */
#ifndef ARCH_SEGMENT_H
#define ARCH_SEGMENT_H

#define SEGMENT_CODE 0x08
#define SEGMENT_DATA 0x10
#define SEGMENT_TASK 0x18 /* two entries long */

/* Stacks of their own for what may come at any moment: numbers in the task-state segment. */
#define STACK_NMI           1
#define STACK_DOUBLE_FAULT  2
#define STACK_MACHINE_CHECK 3

#ifndef __ASSEMBLER__
/* Load the task register, once at the start. */
void segment_init(void);
#endif

#endif
