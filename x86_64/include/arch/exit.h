/*
 * exit.h - what a guest may be stopped for that CP must simulate: the key of
 * the instruction table (instruction/table.c), whichever engine brought it.
 */
#ifndef ARCH_EXIT_H
#define ARCH_EXIT_H

enum exit {
	EXIT_CPUID,
	EXIT_RDMSR,
	EXIT_WRMSR,
	EXIT_PORT, /* IN, OUT, INS, OUTS: exit_info tells which */
	EXIT_HLT,
	EXIT_DIAGNOSE,  /* VMMCALL, VMCALL */
	EXIT_CR_WRITE,  /* MOV to CR0 or CR4, LMSW */
	EXIT_CR8_WRITE, /* while it is asked for */
	EXIT_LTR,
	EXIT_CACHE,     /* INVD, WBINVD */
	EXIT_UNDEFINED, /* an instruction that this guest's processor does not have */
	EXIT_REFUSED,   /* one that it has, but gives #GP (RDPMC) */
	EXITS
};

/* exit_info of EXIT_PORT, and where the port number stands. */
#define PORT_IN         1u
#define PORT_STRING     4u
#define PORT_REPEAT     8u
#define PORT_SIZE_SHIFT 4 /* bits 4-6: 1, 2 or 4 bytes */
#define PORT_SHIFT      16

#endif
