/*
 * start.S - the first instructions.
 *
 * Owns: the way from the boot loader's 32-bit mode to C in long mode, with
 * storage mapped one to one. Next: cp/main.c.
 * Known simplification: the first 4 GiB, in pages of 2 MiB; boot/storage.c
 * maps what lies above.
 */
#include <arch/debug_exit.h>
#include <arch/segment.h>

#define PRESENT_WRITE 3
#define LARGE 0x80
#define CR4_PAE (1 << 5)
#define CR0_PAGING ((1 << 31) | (1 << 16)) /* and write protection for CP itself */
#define EFER 0xc0000080
#define EFER_LONG (1 << 8)
#define COM1 0x3f8
#define STOP_PROCESSOR 6	/* cp/panic.h */

	.section .text
	.code32
	.globl	start
start:
	cli
	cld
	movl	$boot_stack_end, %esp
	movl	%eax, %ebp		/* multiboot2 says its name here, PVH nothing */
	movl	$bss_start, %edi	/* zero the bss: not all loaders do */
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	%ebp, boot_magic
	movl	%ebx, boot_information

	movl	$0x80000000, %eax	/* a 64-bit processor? */
	cpuid
	cmpl	$0x80000001, %eax
	jb	too_old
	movl	$0x80000001, %eax
	cpuid
	btl	$29, %edx
	jnc	too_old

	movl	$page_map + PRESENT_WRITE, real_page_tables
	movl	$page_map, %edi		/* the four page directories of 2 MiB pages */
	movl	$page_directory + PRESENT_WRITE, %eax
1:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	cmpl	$page_map + 4 * 8, %edi
	jb	1b
	movl	$page_directory, %edi
	movl	$PRESENT_WRITE + LARGE, %eax
2:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	cmpl	$page_directory + 4 * 4096, %edi
	jb	2b
	movl	$page_table + PRESENT_WRITE, page_directory
	movl	$page_table, %edi	/* the first 2 MiB by small pages */
	movl	$PRESENT_WRITE, %eax
3:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	cmpl	$page_table + 4096, %edi
	jb	3b

	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$real_page_tables, %eax
	movl	%eax, %cr3
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_LONG, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PAGING, %eax
	movl	%eax, %cr0
	lgdt	boot_gdt
	ljmp	$SEGMENT_CODE, $long_mode

too_old:
	movl	$refusal, %esi
	movw	$COM1, %dx
4:	lodsb
	testb	%al, %al
	jz	5f
	outb	%al, %dx
	jmp	4b
5:	inb	$DEBUG_EXIT, %al	/* as arch_stop() does it */
	testb	%al, %al
	jnz	6f
	movb	$DEBUG_CODE + STOP_PROCESSOR, %al
	outb	%al, $DEBUG_EXIT
6:	hlt
	jmp	6b

	.code64
long_mode:
	movl	$SEGMENT_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	$boot_stack_end, %esp
	xorl	%ebp, %ebp
	call	cp_main

	.section .rodata
refusal:
	.asciz	"VM/40 CANNOT START: this processor has no 64-bit mode\r\n"
	.balign	8
boot_gdt:
	.word	5 * 8 - 1
	.quad	real_segments

	.section .bss
	.balign	4096
	.globl	real_page_tables
real_page_tables:
	.skip	4096
page_map:
	.skip	4096
page_directory:
	.skip	4 * 4096
	.globl	page_table
page_table:
	.skip	4096
	.skip	16384
	.globl	boot_stack_end
boot_stack_end:
