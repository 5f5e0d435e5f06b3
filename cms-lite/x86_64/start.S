/*
 * start.S - the only assembler of this machine layer: the start, the interruption entries, into a program and back.
 *
 * Owns: the nucleus stack and the page tables. Before it: a multiboot loader, CP's IPL or a bare machine's, which leaves us in
 * 32-bit mode. After it: cms_main() in main.c.
 *
 * All addresses are real: the page tables map the first 2 MiB to themselves, page 0 left out, and only the program area may be
 * used at privilege level 3.
 *
 * Simplification: what lies above 2 MiB is not used.
 */
#include "port.h"

#define MULTIBOOT_HEADER 0x1badb002
#define MULTIBOOT_FLAGS  0x00010003 /* pages aligned; storage information wanted; addresses are given here */
#define MULTIBOOT_LOADER 0x2badb002
#define INFO_STORAGE     1
#define INFO_UPPER       8

#define PAGE_PRESENT  0x01
#define PAGE_WRITABLE 0x02
#define PAGE_USER     0x04
#define PAGE_ALL      (PAGE_PRESENT | PAGE_WRITABLE | PAGE_USER)

#define PROGRAM_FIRST 0x20 /* pages of the program area */
#define PROGRAM_LAST  0x7f

#define CR4_PAE    0x20
#define EFER       0xc0000080
#define EFER_LONG  0x100
#define CR0_PAGING 0x80010001 /* with write protection */

#define USER_FLAGS 0x202 /* interruptions on */

	.section .start, "ax"
	.code32
header:
	.long	MULTIBOOT_HEADER, MULTIBOOT_FLAGS, -(MULTIBOOT_HEADER + MULTIBOOT_FLAGS)
	.long	header, header, image_end, nucleus_end, _start

	.globl	_start
_start:
	cli
	cld
	movl	$stack_top, %esp
	cmpl	$MULTIBOOT_LOADER, %eax
	jne	1f
	testb	$INFO_STORAGE, (%ebx)
	jz	1f
	movl	INFO_UPPER(%ebx), %eax
	movl	%eax, storage_upper
1:	movl	$page_directories + PAGE_ALL, page_root
	movl	$page_directory + PAGE_ALL, page_directories
	movl	$page_table + PAGE_ALL, page_directory
	movl	$1, %ecx		# page 0 stays absent
2:	movl	%ecx, %eax
	shll	$12, %eax
	orl	$PAGE_PRESENT | PAGE_WRITABLE, %eax
	cmpl	$PROGRAM_FIRST, %ecx
	jb	3f
	cmpl	$PROGRAM_LAST, %ecx
	ja	3f
	orl	$PAGE_USER, %eax
3:	movl	%eax, page_table(, %ecx, 8)
	incl	%ecx
	cmpl	$512, %ecx
	jb	2b
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$page_root, %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_LONG, %eax
	wrmsr
	movl	$CR0_PAGING, %eax
	movl	%eax, %cr0
	lgdt	descriptors_place
	ljmp	$CODE_SEGMENT, $long_mode

	.code64
long_mode:
	movl	$DATA_SEGMENT, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	movl	$stack_top, %esp
	call	cms_main
0:	hlt
	jmp	0b

	.text
# ---- interruptions: a frame on the stack, whoever was interrupted ----------------------------------------------
	.macro	entry vector
entry_\vector:
	.if	\vector != 8 && (\vector < 10 || \vector > 14) && \vector != 17
	pushq	$0			# the processor pushes no error code
	.endif
	pushq	$\vector
	jmp	interruption
	.endm

	.altmacro
	.set	number, 0
	.rept	VECTORS
	entry	%number
	.set	number, number + 1
	.endr

	.macro	address vector
	.quad	entry_\vector
	.endm
	.section .rodata
	.balign	8
	.globl	vector_entries
vector_entries:
	.set	number, 0
	.rept	VECTORS
	address	%number
	.set	number, number + 1
	.endr
	.text

interruption:
	pushq	%rax
	pushq	%rbx
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%rbp
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	cld
	movq	%rsp, %rdi
	call	interrupted
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rbp
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rbx
	popq	%rax
	addq	$16, %rsp
	iretq

# ---- void program_enter(entry, arguments, stack): go to the program; returns when program_leave() is called --------------
	.globl	program_enter, program_leave
program_enter:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, program_stack
	movq	%rsp, %rax
	andq	$-16, %rax
	movq	%rax, task_state + 4	# where interruptions of the program put their frames
	pushq	$USER_DATA_SEGMENT
	pushq	%rdx
	pushq	$USER_FLAGS
	pushq	$USER_CODE_SEGMENT
	pushq	%rdi
	movq	%rsi, %rdi
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%esi, %esi
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	xorl	%r15d, %r15d
	iretq

program_leave:
	movq	program_stack, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

# ---- data ----------------------------------------------------------------------------------------------------------
	.data
	.balign	8
	.globl	task_descriptor
descriptors:
	.quad	0
	.quad	0x00af9a000000ffff	# code, 64 bits
	.quad	0x00cf92000000ffff	# data
	.quad	0x00cff2000000ffff	# a program's data
	.quad	0x00affa000000ffff	# a program's code
task_descriptor:
	.quad	0, 0
descriptors_end:
descriptors_place:
	.word	descriptors_end - descriptors - 1
	.quad	descriptors

	.globl	storage_upper
	.balign	4
storage_upper:
	.long	0

	.section .tables, "aw", @nobits
	.balign	4096
page_root:
	.skip	4096
page_directories:
	.skip	4096
page_directory:
	.skip	4096
page_table:
	.skip	4096
	.bss
	.balign	8
	.globl	program_stack, task_state
program_stack:
	.skip	8
task_state:
	.skip	104
	.balign	16
	.skip	32768
stack_top:
	.section .note.GNU-stack, "", @progbits
