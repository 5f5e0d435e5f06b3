/*
 * start.S - the first instructions.
 *
 * Owns: the way from IPL (ESA/390 mode on Hercules and under CP itself,
 * z/Architecture mode already on QEMU) to C. Next: cp/main.c.
 */
	.section .entry, "ax"
	.globl	start
start:
	lhi	%r1,1			/* z/Architecture mode, please */
	slr	%r0,%r0
	slr	%r2,%r2
	sigp	%r1,%r2,0x12		/* cc 1 where it is so already: fine */
	sam64
	larl	%r1,control
	lctlg	%c0,%c15,0(%r1)
	larl	%r15,boot_stack_end-160
	larl	%r2,__bss_words		/* zero the bss: NOLOAD, so nobody else did */
	lmg	%r2,%r3,0(%r2)
	slgr	%r3,%r2
	slgr	%r4,%r4
	slgr	%r5,%r5
0:	mvcle	%r2,%r4,0		/* pads with zeroes; interruptible, so repeat */
	brc	1,0b
	brasl	%r14,cp_main

	.balign	8
__bss_words:
	.quad	bss_start, bss_end
	/* CR0: AFP, clock comparator, CPU timer, service signal. CR6: all I/O subclasses. CR14: no machine checks. */
control:
	.quad	0x0000000000040e00, 0, 0, 0, 0, 0, 0x00000000ff000000, 0
	.quad	0, 0, 0, 0, 0, 0, 0, 0

	.section .bss
	.balign	8
	.skip	16384
	.globl	boot_stack_end
boot_stack_end:
