/*
 * intercept.h - why a guest stopped running, and what CP made of it.
 */
#ifndef CP_INTERCEPT_H
#define CP_INTERCEPT_H

#include <cp/types.h>

struct vcpu;

enum intercept_kind {
	INTERCEPT_NONE,        /* a real interruption was served; nothing to do for the guest */
	INTERCEPT_INSTRUCTION, /* an instruction CP must simulate */
	INTERCEPT_PROGRAM,     /* a program interruption that is the guest's own */
	INTERCEPT_SVC,         /* supervisor call: reflect */
	INTERCEPT_PAGE,        /* a page fault of CP's making (shadow or nested table) */
	INTERCEPT_TIMER,       /* one of the guest's own timers came due */
	INTERCEPT_WAIT,        /* the guest entered the wait state */
	INTERCEPT_ERROR,       /* the engine found the guest not runnable; vm->reason says why */
	INTERCEPT_KINDS
};

/* Filled in by arch_vcpu_run(). The port's details stay in its own part of the vcpu. */
struct intercept {
	enum intercept_kind kind;
	unsigned length; /* of the instruction, bytes */
	uint16_t code;   /* program-interruption code, SVC number ... */
	uint8_t access;  /* enum access, for PAGE */
	gva_t address;   /* faulting guest virtual address, for PAGE */
	uint64_t detail; /* port's: TEID, exit information */
};

/* What people call the kinds, in INDICATE, TRACE and the trace ring. */
extern const char *const intercept_names[INTERCEPT_KINDS];

#endif
