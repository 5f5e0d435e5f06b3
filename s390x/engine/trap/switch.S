/*
 * switch.S - the world switch, and the way back.
 *
 * Owns: trap_enter(), which lets a guest (or the idle wait) run, and the
 * six places where the hardware brings control back to CP. Called by run.c;
 * nothing else of the trap engine is assembler but the register helpers at
 * the end.
 *
 * The whole trick of the trap engine stands in two instructions: LPSWE
 * below loads a PSW in problem state with DAT on, so that every privileged
 * instruction of the guest is a program interruption; and on_program is
 * where that interruption arrives.
 */
#include <arch/lowcore.h>

	.section .text

/* The assembler knows no 20-bit displacement that is a symbol's: the linker puts it into the instruction before this. */
	.macro	at symbol
	.reloc	.-4, R_390_20, \symbol
	.endm

/*
 * unsigned trap_enter(struct arch_vcpu *guest);
 *
 * Saves CP's registers on its stack, loads the guest's and its real PSW.
 * Returns, through one of the entries below, the class of the interruption
 * (EXIT_*), with the guest's registers saved in the structure again.
 */
	.globl	trap_enter
trap_enter:
	stmg	%r6,%r15,48(%r15)	/* CP's call-saved registers */
	stg	%r15,0; at stack
	stg	%r2,0; at guest
	spt	GUEST_TIMER(%r2)	/* the CPU timer runs for the guest only */
	lmg	%r0,%r1,GUEST_REAL_PSW(%r2)
	cg	%r0,LC_PGM_OLD		/* still as the hardware has stored it? */
	jne	0f
	cg	%r1,LC_PGM_OLD+8
	jne	0f
	lmg	%r0,%r15,GUEST_GPR(%r2)
	lpswe	LC_PGM_OLD		/* away */
0:	cg	%r0,LC_PSW
	je	1f			/* its mask, as a rule */
	stg	%r0,LC_PSW
1:	stg	%r1,LC_PSW+8
	lmg	%r0,%r15,GUEST_GPR(%r2)
	lpswe	LC_PSW			/* away */

/*
 * unsigned trap_resume(struct arch_vcpu *guest);
 *
 * The same for a guest that a program interruption has just brought here: it
 * goes on with the PSW it came with, which still stands where the hardware
 * has stored it. (No other interruption can have come: CP runs disabled.)
 * Its CPU timer has run on meanwhile, as under an assist of the hardware.
 */
	.globl	trap_resume
trap_resume:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,0; at stack
	lmg	%r0,%r15,GUEST_GPR(%r2)
	lpswe	LC_PGM_OLD

/* unsigned trap_resume_real(struct arch_vcpu *guest): the same, with its real PSW. */
	.globl	trap_resume_real
trap_resume_real:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,0; at stack
	lmg	%r0,%r1,GUEST_REAL_PSW(%r2)
	j	0b

/*
 * unsigned sie_enter(struct arch_vcpu *guest, struct sie_block *block);
 *
 * The other way in: the processor itself runs the guest that the block
 * describes, with general registers 0-13 as they stand. CP stays in
 * supervisor state; it is open for interruptions only around this one
 * instruction, which ends for a real one, too: that has its own PSW, at
 * SIE, as old PSW, and arrives below like one out of any guest (registers 14
 * and 15 are then CP's, and the guest's are in the block).
 */
	.globl	sie_enter
sie_enter:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,0; at stack
	stg	%r2,0; at guest
	spt	GUEST_TIMER(%r2)
	lgr	%r14,%r3
	lmg	%r0,%r13,GUEST_GPR(%r2)
	stosm	LC_MASK,0x03		/* I/O and external */
sie_here:
	.insn	s,0xb2140000,0(%r14)	/* SIE */
	stnsm	LC_MASK,0xfc
	lg	%r14,0; at guest
	stmg	%r0,%r13,GUEST_GPR(%r14)
	stpt	GUEST_TIMER(%r14)
	lghi	%r2,EXIT_SIE
	lg	%r15,0; at stack
	lmg	%r6,%r15,48(%r15)
	br	%r14

/*
 * Save the guest's registers and old PSW, get CP's back. The first base
 * register is made by parking two. (Moves go by registers, which are free
 * once they are saved: an MVC of a few bytes is dear on an emulator.)
 */
	.macro	leave_guest class, old
	stpt	GUEST_TIMER(%r14)
	lmg	%r2,%r3,\old
	stmg	%r2,%r3,GUEST_OLD(%r14)
	lghi	%r2,\class
	lg	%r15,0; at stack
	lmg	%r6,%r15,48(%r15)
	br	%r14			/* trap_enter() returns */
	.endm
	.macro	save_guest
	stmg	%r14,%r15,0; at save
	lg	%r14,0; at guest
	stmg	%r0,%r13,GUEST_GPR(%r14)
	lmg	%r2,%r3,0; at save
	stmg	%r2,%r3,GUEST_GPR+14*8(%r14)
	.endm

	.globl	on_program
on_program:
	tm	LC_PGM_OLD+1,0x01	/* problem state? */
	jz	in_cp			/* no: SIE has found no page; or it is CP's own mistake, or QEMU's */
of_guest:
	save_guest
	l	%r2,LC_PGM_ILC
	st	%r2,GUEST_EXIT_CODE(%r14)
	leave_guest EXIT_PROGRAM, LC_PGM_OLD

	.globl	on_svc
on_svc:
	save_guest
	mvc	GUEST_EXIT_CODE(4,%r14),LC_SVC_ILC(%r0)
	leave_guest EXIT_SVC, LC_SVC_OLD

	.globl	on_external
on_external:
	save_guest
	mvc	GUEST_EXIT_CODE(4,%r14),LC_EXT_CODE(%r0)
	mvc	GUEST_PARAMETER(4,%r14),LC_EXT_PARAMETER(%r0)
	leave_guest EXIT_EXTERNAL, LC_EXT_OLD

	.globl	on_io
on_io:
	save_guest
	mvc	GUEST_PARAMETER(8,%r14),LC_IO_ID(%r0)
	leave_guest EXIT_IO, LC_IO_OLD

	.globl	on_machine_check
on_machine_check:
	save_guest
	leave_guest EXIT_MACHINE_CHECK, LC_MCK_OLD

	.globl	on_restart
on_restart:
	save_guest
	leave_guest EXIT_RESTART, LC_RESTART_OLD

/*
 * A program interruption in CP. Two of them are no fault. SIE is nullified
 * when the host's tables have no page for the guest: its old PSW is at
 * SIE. And when a guest's SVC is a PER event, QEMU 7.2 takes the SVC interruption and then, before the
 * first instruction of on_svc, a program interruption for PER, whose old PSW
 * is on_svc plus the SVC's two bytes. Nothing is lost by beginning again.
 */
in_cp:
	stmg	%r14,%r15,0; at save
	larl	%r14,sie_here
	clg	%r14,LC_PGM_OLD+8
	lmg	%r14,%r15,0; at save
	je	of_guest
	cli	LC_PGM_ILC+3,0x80	/* PER, and nothing else? */
	jne	cp_fault
	stmg	%r14,%r15,0; at save
	lg	%r14,LC_SVC_NEW+8
	aghi	%r14,2
	clg	%r14,LC_PGM_OLD+8
	lmg	%r14,%r15,0; at save
	je	on_svc

/* All registers to LC_FAULT, and tell. */
cp_fault:
	stmg	%r0,%r15,LC_FAULT
	larl	%r15,fault_stack_end-160
	brasl	%r14,trap_cp_fault

/* void arch_task_switch(void **save_sp, void *load_sp): the context is r6-r15 on the stack. */
	.globl	arch_task_switch
arch_task_switch:
	stmg	%r6,%r15,48(%r15)
	stg	%r15,0(%r2)
	lgr	%r15,%r3
	lmg	%r6,%r15,48(%r15)
	br	%r14

/* A new task starts here: r6 = task, r7 = its entry, r8 = argument (arch_task_prepare). */
	.globl	task_start
task_start:
	lgr	%r2,%r8
	basr	%r14,%r7
	brasl	%r14,task_exit

/* trap_poll_stub: with interruptions enabled, says "none was pending". */
	.globl	trap_poll_stub
trap_poll_stub:
	svc	0

/* sie_stub: CP's own trial of SIE (engine/sie/probe.c): what is always intercepted. */
	.globl	sie_stub
sie_stub:
	stidp	0

/* void trap_control_load(const uint64_t cr[16]). One instruction, so QEMU flushes its TLB once. */
	.globl	trap_control_load
trap_control_load:
	lctlg	%c0,%c15,0(%r2)
	br	%r14

/*
 * Floating-point, access and vector registers. The guest's FPRs are the left
 * halves of vector registers 0-15; where there is no vector facility only
 * they are kept.
 */
	.globl	trap_fpr_save
trap_fpr_save:			/* (uint64_t fpr[16], uint32_t *fpc, uint32_t ar[16]) */
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	std	%f\n,\n*8(%r2)
	.endr
	stfpc	0(%r3)
	stam	%a0,%a15,0(%r4)
	br	%r14

	.globl	trap_fpr_load
trap_fpr_load:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	ld	%f\n,\n*8(%r2)
	.endr
	lfpc	0(%r3)
	lam	%a0,%a15,0(%r4)
	br	%r14

	.machine "z13"
	.globl	trap_vector_save
trap_vector_save:		/* (uint64_t vr[32][2]) */
	vstm	%v0,%v15,0(%r2)
	vstm	%v16,%v31,256(%r2)
	br	%r14

	.globl	trap_vector_load
trap_vector_load:
	vlm	%v0,%v15,0(%r2)
	vlm	%v16,%v31,256(%r2)
	br	%r14

/*
 * What is needed while there is no base register, within the 512 KiB that a displacement reaches. Not in low storage: the guest's
 * low-address protection stays on while CP runs, and then QEMU has no use for its TLB for any store into the first two pages.
 */
	.section .bss
	.balign	8
save:	.skip	16			/* two registers */
guest:	.skip	8			/* struct arch_vcpu of who runs, or the idle one */
stack:	.skip	8			/* CP's stack pointer when it let the guest run */
	.skip	8192
fault_stack_end:
