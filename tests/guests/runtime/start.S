# The first and last words of every tiny guest: the low storage that an IPL loads, the way in, and the one door
# through which every interruption comes back to C.
# Before it: nothing (this IS the IPL). After it: trial.c, which calls guest_enter().
# Known simplification: one CPU, and the door is not reentrant.
#
# Low storage, beside what the architecture assigns (everything stays below 4096, so that no base register is needed):
#	0x200	16 general registers of the trial		0x288	kind of the interruption (1..6)
#	0x290	the PSW to load
	.section .lowcore, "ax"
	.org	0
	.long	0x00080000, 0x80010000		# IPL PSW: 31-bit addressing, start at 0x10000
	.org	0x1a0				# new PSWs: DAT off, disabled, 64-bit addressing
	.quad	0x0000000180000000, trap_restart
	.quad	0x0000000180000000, trap_external
	.quad	0x0000000180000000, trap_svc
	.quad	0x0000000180000000, trap_program
	.quad	0x0000000180000000, trap_check
	.quad	0x0000000180000000, trap_io
	.org	0x200

	.section .entry, "ax"
	.globl	_start
_start:	lhi	%r1, 1				# An IPL leaves the CPU in ESA/390 mode; QEMU's -kernel does not.
	slr	%r0, %r0
	sigp	%r1, %r0, 0x12			# Set architecture: z/Architecture. Already there: cc 1, harmless.
	sam64
	larl	%r2, first_controls
	lctlg	%c0, %c15, 0(%r2)
	larl	%r15, stack_top - 160
	brasl	%r14, main
	lgr	%r3, %r2
	brasl	%r14, guest_finish

	.text
# guest_enter(): load the trial's registers and PSW; come back when anything at all interrupts.
	.globl	guest_enter
guest_enter:
	larl	%r1, program_registers		# out of reach of a wild trial, unlike low storage
	stmg	%r6, %r15, 0(%r1)
	lmg	%r0, %r15, 0x200
	lpswe	0x290

	.macro	trap name, kind
\name:	mvi	0x288, \kind			# MVI and STMG need no free register
	stmg	%r0, %r15, 0x200
	j	leave
	.endm
	trap	trap_program, 1
	trap	trap_svc, 2
	trap	trap_external, 3
	trap	trap_io, 4
	trap	trap_restart, 5
	trap	trap_check, 6
leave:	larl	%r1, program_registers
	lmg	%r6, %r15, 0(%r1)
	br	%r14

	.section .rodata
	.align	8
first_controls:
	.quad	0x200, 0, 0, 0, 0, 0, 0, 0	# CR0: only the service signal of SCLP is open
	.quad	0, 0, 0, 0, 0, 0, 0xc2000000, 0
	.bss
	.align	8
program_registers:
	.space	80
	.align	4096
stack:	.space	16384
	.globl	stack_top
stack_top:
