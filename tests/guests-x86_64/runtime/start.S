/*
 * The first and last words of every tiny guest: from multiboot's 32-bit mode to C in long mode, and the one door through which
 * every exception and interruption comes back to C.
 * Before it: nothing (this is what a loader enters). After it: trial.c, which calls guest_enter().
 * Known simplification: one CPU; what comes while no trial runs, or at the door itself, ends the guest (guest_lost). The first
 * 4 GiB are mapped one to one, for user programs, too.
 *
 * At image_words, for who makes the file: what the test wants of the guest (a count, a seed, and whether nothing is to be left out),
 * 8 bytes each.
 */
#define FLAGS 0x10003		/* pages aligned, storage sizes, addresses below are valid */
#define MAGIC 0x1badb002

	.section .entry, "ax"
	.code32
	.globl	_start
header:	.long	MAGIC, FLAGS, -(MAGIC + FLAGS)
	.long	header, image_begin, image_end, bss_end, _start
	.globl	image_words
image_words:
	.quad	0, 0, 0
_start:
	movl	$stack_top, %esp
	movl	$image_end, %edi	/* the bss, in case the loader did not */
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	cld
	rep stosl
	movl	$directories + 7, %eax	/* four page directories of 2 MiB pages: present, writable, user */
	movl	$map, %edi
1:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	cmpl	$map + 32, %edi
	jb	1b
	movl	$0x87, %eax
	movl	$directories, %edi
2:	movl	%eax, (%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	cmpl	$directories + 4 * 4096, %edi
	jb	2b
	movl	$map + 7, root
	movl	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	movl	%eax, %cr4
	movl	$root, %eax
	movl	%eax, %cr3
	movl	$0xc0000080, %ecx
	rdmsr
	orl	$0x901, %eax		/* LME, NXE, SCE */
	wrmsr
	movl	%cr0, %eax
	andl	$~0x60000004, %eax	/* caches on, no emulation */
	orl	$0x80010022, %eax	/* paging, write protection, NE, MP */
	movl	%eax, %cr0
	lgdt	table
	ljmp	$0x08, $long_mode
	.code64
long_mode:
	movl	$0x10, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	movl	$stack_top, %esp
	call	guest_prepare
	call	main
	movl	%eax, %edi
	call	guest_finish

	.text
/* guest_enter(struct trial *): load the trial's registers; come back when anything at all interrupts. */
	.globl	guest_enter
guest_enter:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, kernel_rsp
	movq	%rdi, current
	pushq	160(%rdi)		/* SS */
	pushq	32(%rdi)		/* RSP */
	pushq	136(%rdi)		/* RFLAGS */
	pushq	152(%rdi)		/* CS */
	pushq	128(%rdi)		/* RIP */
	movq	0(%rdi), %rax
	movq	8(%rdi), %rcx
	movq	16(%rdi), %rdx
	movq	24(%rdi), %rbx
	movq	40(%rdi), %rbp
	movq	48(%rdi), %rsi
	movq	64(%rdi), %r8
	movq	72(%rdi), %r9
	movq	80(%rdi), %r10
	movq	88(%rdi), %r11
	movq	96(%rdi), %r12
	movq	104(%rdi), %r13
	movq	112(%rdi), %r14
	movq	120(%rdi), %r15
	movq	56(%rdi), %rdi
	iretq

/* On the stack: vector, error code (0 where there is none), RIP, CS, RFLAGS, RSP, SS. */
door:
	pushq	%rax
	xorl	%eax, %eax
	xchgq	kernel_rsp, %rax
	testq	%rax, %rax
	jz	lost
	movq	%rax, back_rsp
	movabsq	current, %rax
	movq	%rcx, 8(%rax)
	movq	%rdx, 16(%rax)
	movq	%rbx, 24(%rax)
	movq	%rbp, 40(%rax)
	movq	%rsi, 48(%rax)
	movq	%rdi, 56(%rax)
	movq	%r8, 64(%rax)
	movq	%r9, 72(%rax)
	movq	%r10, 80(%rax)
	movq	%r11, 88(%rax)
	movq	%r12, 96(%rax)
	movq	%r13, 104(%rax)
	movq	%r14, 112(%rax)
	movq	%r15, 120(%rax)
	popq	0(%rax)
	popq	168(%rax)		/* vector */
	popq	176(%rax)		/* error code */
	popq	128(%rax)
	popq	152(%rax)
	popq	136(%rax)
	popq	32(%rax)
	popq	160(%rax)
	movl	$0x10, %ecx		/* whatever it left in them */
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %ss
	movq	back_rsp, %rsp
	cld
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

lost:	movl	$0x10, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movq	8(%rsp), %rdi
	movq	24(%rsp), %rsi
	movl	$stack_top, %esp
	cld
	call	guest_lost

/* 256 entries of 16 bytes: the error code first, where the CPU stores none; then the vector. */
	.balign	16
	.globl	doors
doors:
	.set	vector, 0
	.rept	256
	.balign	16
	.if	vector != 8 && (vector < 10 || vector > 14) && vector != 17
	pushq	$0
	.endif
	pushq	$vector
	jmp	door
	.set	vector, vector + 1
	.endr

	.section .data
	.balign	16
	.globl	segments
segments:				/* 08 code, 10 data, 18 user data, 20 user code, 28 TSS, 38 32-bit code, 40 16-bit code */
	.quad	0, 0x00209a0000000000, 0x00cf92000000ffff, 0x00cff2000000ffff, 0x0020fa0000000000, 0, 0
	.quad	0x00cf9a000000ffff, 0x00009a000000ffff
segments_end:
	.globl	table
table:	.word	segments_end - segments - 1
	.quad	segments

	.section .bss
	.balign	4096
	.globl	root
root:	.skip	4096
map:	.skip	4096
	.globl	directories
directories:
	.skip	4 * 4096
	.skip	16384
stack_top:
	.globl	trap_stack_top
	.skip	4096
trap_stack_top:
	.balign	8
current:
	.skip	8
kernel_rsp:				/* 0: no trial runs */
	.skip	8
back_rsp:
	.skip	8
