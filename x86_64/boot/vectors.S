/*
 * vectors.S - where the processor brings an interruption or an exception.
 *
 * Owns: 256 entries that make one frame of what the processor saved and what
 * it did not (struct interrupt_frame in arch/interrupt.h), and the way back.
 * Called by nobody; next: interrupt_serve() in interrupt.c.
 */
	.section .text
	.altmacro
	.macro entry vector
	.balign	16
entry_\vector:
	.if	(\vector == 8) || ((\vector >= 10) && (\vector <= 14)) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
	.else
	pushq	$0			/* the others have no error code */
	.endif
	pushq	$\vector
	jmp	interrupt
	.endm
	.macro	address vector
	.quad	entry_\vector
	.endm

	.set	n, 0
	.rept	256
	entry	%n
	.set	n, n + 1
	.endr

interrupt:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rdi
	pushq	%rsi
	pushq	%rbp
	pushq	%rbx
	pushq	%rdx
	pushq	%rcx
	pushq	%rax
	cld
	movq	%rsp, %rdi
	call	interrupt_serve
	popq	%rax
	popq	%rcx
	popq	%rdx
	popq	%rbx
	popq	%rbp
	popq	%rsi
	popq	%rdi
	popq	%r8
	popq	%r9
	popq	%r10
	popq	%r11
	popq	%r12
	popq	%r13
	popq	%r14
	popq	%r15
	addq	$16, %rsp		/* vector and error code */
	iretq

	.section .rodata
	.balign	8
	.globl	interrupt_entries
interrupt_entries:
	.set	n, 0
	.rept	256
	address	%n
	.set	n, n + 1
	.endr
