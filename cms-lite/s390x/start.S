/*
 * start.S - the only assembler of CMS-lite: the start, the interruption entries, and the way into a program and back.
 *
 * Owns: the nucleus stack. Before it: IPL. After it: cms_main() in main.c.
 *
 * The nucleus always runs disabled, except in wait_enabled, so an interruption finds either the nucleus waiting there,
 * or a program in problem state. Nothing else can be interrupted, and nothing needs a lock.
 *
 * Simplification: one save area per direction; interruptions do not nest.
 */
#include "lowcore.h"

#define STACK_SIZE 32768

	.section .start, "ax"
	.globl	_start
_start:
	# IPL leaves us in ESA/390 mode with 31-bit addresses. SIGP order X'12' with parameter 1 switches the machine to
	# z/Architecture; where it is in that mode already the answer is cc 1, which does not matter. The register for the
	# parameter is odd on purpose: an even one would mean its neighbour.
	lhi	1, 1
	slr	0, 0
	sigp	1, 0, 0x12
	sam64
	larl	1, control_registers
	lctlg	0, 15, 0(1)
	# The six new PSWs, copied because an IPL from disk loads nothing below X'2000'.
	larl	1, new_psws
	mvc	LOW_NEW_PSWS(96, 0), 0(1)
	larl	15, stack_top
	aghi	15, -160
	# The image holds no zeros for .bss, and storage may hold what an earlier system left.
	larl	2, bss_start
	larl	3, bss_end
	sgr	3, 2
	slgr	4, 4
	slgr	5, 5
0:	mvcle	2, 4, 0
	jo	0b
	xc	LOW_SAVED_REGISTERS(160, 0), LOW_SAVED_REGISTERS
	brasl	14, cms_main
	j	.

# ---- interruptions ---------------------------------------------------------------------------------------------
external_entry:
	stmg	0, 15, LOW_SAVED_REGISTERS
	lghi	2, CLASS_EXTERNAL
	lghi	3, LOW_EXTERNAL_OLD
	j	interruption
svc_entry:
	stmg	0, 15, LOW_SAVED_REGISTERS
	lghi	2, CLASS_SVC
	lghi	3, LOW_SVC_OLD
	j	interruption
program_entry:
	stmg	0, 15, LOW_SAVED_REGISTERS
	lghi	2, CLASS_PROGRAM
	lghi	3, LOW_PROGRAM_OLD
	j	interruption
io_entry:
	stmg	0, 15, LOW_SAVED_REGISTERS
	lghi	2, CLASS_IO
	lghi	3, LOW_IO_OLD

interruption:
	tm	1(3), 0x01		# problem state in the old PSW: it was a program
	jo	from_program
	cghi	2, CLASS_PROGRAM
	je	nucleus_program_check
	# The nucleus was waiting: return from wait_enabled, whose value is the class.
	lg	15, LOW_WAIT_STACK
	lmg	6, 15, 48(15)
	br	14

nucleus_program_check:
	lg	1, LOW_RECOVERY
	ltgr	1, 1
	jz	0f
	br	1			# storage_probe expected it
0:	larl	15, stack_top
	aghi	15, -160
	brasl	14, nucleus_check	# does not return

from_program:
	larl	1, program_registers
	mvc	0(128, 1), LOW_SAVED_REGISTERS(0)
	larl	1, program_psw
	mvc	0(16, 1), 0(3)
	larl	1, nucleus_stack
	lg	15, 0(1)
	aghi	15, -160
	brasl	14, program_interrupted	# (class)
	larl	1, program_registers
	mvc	LOW_SAVED_REGISTERS(128, 0), 0(1)
	larl	1, program_psw
	mvc	LOW_PSW(16, 0), 0(1)
	lmg	0, 15, LOW_SAVED_REGISTERS
	lpswe	LOW_PSW

# ---- int wait_enabled(uint64_t mask): load a wait PSW of that mask; returns the class of the interruption --------------
	.globl	wait_enabled
wait_enabled:
	stmg	6, 15, 48(15)
	stg	15, LOW_WAIT_STACK
	stg	2, LOW_PSW
	larl	1, .
	stg	1, LOW_PSW+8
	lpswe	LOW_PSW

# ---- uint64_t program_enter(void): go to the program in program_psw, program_registers -----------------------------
#      void program_leave(uint64_t value): come back out of program_enter with value
	.globl	program_enter, program_leave, program_return
program_enter:
	stmg	6, 15, 48(15)
	larl	1, nucleus_stack
	stg	15, 0(1)
	larl	1, program_psw
	mvc	LOW_PSW(16, 0), 0(1)
	larl	1, program_registers
	lmg	0, 15, 0(1)
	lpswe	LOW_PSW

program_leave:
	larl	1, nucleus_stack
	lg	15, 0(1)
	lmg	6, 15, 48(15)
	br	14

# A program that returns instead of calling EXIT comes here, in problem state, its value in register 2.
program_return:
	svc	0

# ---- int storage_probe(uint64_t address): is there storage? 1 or 0 ------------------------------------------------------
	.globl	storage_probe
storage_probe:
	larl	1, 0f
	stg	1, LOW_RECOVERY
	ic	0, 0(2)
	lghi	2, 1
	j	1f
0:	lghi	2, 0
1:	slgr	1, 1
	stg	1, LOW_RECOVERY
	br	14

# ---- constants ---------------------------------------------------------------------------------------------------
	.section .rodata
	.balign	8
control_registers:
	.quad	0x0000000000000800	# 0: clock-comparator interruptions
	.quad	0, 0, 0, 0, 0
	.quad	0x00000000ff000000	# 6: all I/O interruption subclasses
	.quad	0, 0, 0, 0, 0, 0, 0, 0, 0
new_psws:
	.quad	PSW_STOP, 0x1a0		# restart: not expected
	.quad	PSW_64BIT, external_entry
	.quad	PSW_64BIT, svc_entry
	.quad	PSW_64BIT, program_entry
	.quad	PSW_STOP, 0x1e0		# machine check: not expected
	.quad	PSW_64BIT, io_entry

	.section .bss.start, "aw", @nobits
	.balign	8
nucleus_stack:
	.skip	8
	.globl	program_registers, program_psw
program_registers:
	.skip	128
program_psw:
	.skip	16

	.section .bss.stack, "aw", @nobits
	.balign	16
	.skip	STACK_SIZE
stack_top:
	.section .note.GNU-stack, "", @progbits
