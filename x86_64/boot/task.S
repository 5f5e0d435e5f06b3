/*
 * task.S - from one task's stack to another's.
 *
 * Owns: arch_task_switch() and the first step of a new task. The context is
 * the registers that a C function must keep, on the stack.
 */
	.section .text

/* void arch_task_switch(void **save_sp, void *load_sp) */
	.globl	arch_task_switch
arch_task_switch:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/* A new task starts here: r12 = its entry, r13 = argument (arch_task_prepare). */
	.globl	task_start
task_start:
	movq	%r13, %rdi
	call	*%r12
	call	task_exit
