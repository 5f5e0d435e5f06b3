/*
 * switch.S - the world switch.
 *
 * Owns: svm_enter(), which lets a guest run until the processor brings
 * control back. Called by run.c; nothing else of the engine is assembler but
 * the floating-point helpers in registers.c.
 *
 * One instruction is the whole trick: VMRUN saves CP's place, loads the
 * guest's from its control block, and is "finished" when something happens
 * that the block says CP wants to know of. What VMRUN does not switch is
 * done by hand here: the general registers, and by VMLOAD and VMSAVE the
 * registers that have parts no program sees.
 * Source: AMD64 Architecture Programmer's Manual volume 2, 15.5.
 */
#include <arch/cpu.h>

#define GUEST_GPR(n) (VCPU_GPR + 8 * (n))

	.section .text

/*
 * svm_enter: rdi the guest's struct vcpu, rsi its control block. It is called from one place (run.c), which knows that every
 * register but RSP and RDI is lost.
 */
	.globl	svm_enter
svm_enter:
	pushq	%rdi			/* the guest: for the way back */
	movq	%rsi, %rax		/* the three SVM instructions take the block's address from RAX */

	movq	GUEST_GPR(1)(%rdi), %rcx	/* RAX and RSP are in the block */
	movq	GUEST_GPR(2)(%rdi), %rdx
	movq	GUEST_GPR(3)(%rdi), %rbx
	movq	GUEST_GPR(5)(%rdi), %rbp
	movq	GUEST_GPR(6)(%rdi), %rsi
	movq	GUEST_GPR(8)(%rdi), %r8
	movq	GUEST_GPR(9)(%rdi), %r9
	movq	GUEST_GPR(10)(%rdi), %r10
	movq	GUEST_GPR(11)(%rdi), %r11
	movq	GUEST_GPR(12)(%rdi), %r12
	movq	GUEST_GPR(13)(%rdi), %r13
	movq	GUEST_GPR(14)(%rdi), %r14
	movq	GUEST_GPR(15)(%rdi), %r15
	movq	GUEST_GPR(7)(%rdi), %rdi

	clgi				/* nothing may come between the two worlds, not even an NMI */
	sti				/* once the guest runs, CP's interruptions are to end it */
	vmload	%rax			/* the guest's FS, GS, TR, LDTR and system-call registers */
	vmrun	%rax			/* away; the next instruction runs when the guest is stopped */
	vmsave	%rax			/* RAX, RSP and the flags are CP's again; GIF is 0 */

	xchgq	%rdi, (%rsp)		/* the guest structure; its RDI takes the place on the stack */
	movq	%rcx, GUEST_GPR(1)(%rdi)
	movq	%rdx, GUEST_GPR(2)(%rdi)
	movq	%rbx, GUEST_GPR(3)(%rdi)
	movq	%rbp, GUEST_GPR(5)(%rdi)
	movq	%rsi, GUEST_GPR(6)(%rdi)
	movq	%r8, GUEST_GPR(8)(%rdi)
	movq	%r9, GUEST_GPR(9)(%rdi)
	movq	%r10, GUEST_GPR(10)(%rdi)
	movq	%r11, GUEST_GPR(11)(%rdi)
	movq	%r12, GUEST_GPR(12)(%rdi)
	movq	%r13, GUEST_GPR(13)(%rdi)
	movq	%r14, GUEST_GPR(14)(%rdi)
	movq	%r15, GUEST_GPR(15)(%rdi)
	popq	GUEST_GPR(7)(%rdi)

	movq	this_cpu+CPU_HOST(%rip), %rax
	vmload	%rax			/* CP's own hidden registers */
	cli				/* CP runs with interruptions off; one that waits, waits */
	stgi				/* an NMI that waited comes here */
	ret
