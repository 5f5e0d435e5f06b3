/*
 * vcpu.h - the state of a virtual s390x CPU and machine.
 *
 * The first fields are used by assembler (engine/trap/switch.S, offsets
 * in lowcore.h, asserted in engine/trap/run.c) and are the hot ones.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <arch/psw.h>
#include <cp/types.h>

struct vm;
struct guest_architecture;
struct shadow_space;
struct engine;
struct intercept;
struct vcpu;
struct sie;

/* Pending external interruptions, one bit each; order is their priority (PoP chapter 6). */
enum {
	PENDING_INTERRUPT_KEY = 1 << 0,
	PENDING_MALFUNCTION = 1 << 1,
	PENDING_EMERGENCY = 1 << 2,
	PENDING_CALL = 1 << 3,
	PENDING_SERVICE = 1 << 4,
	PENDING_EXTERNAL = 1 << 5,   /* EXTERNAL command with another code */
	PENDING_COMPARATOR = 1 << 6, /* clock comparator: looked at again when delivered */
	PENDING_CPU_TIMER = 1 << 7,
	PENDING_BLOCK_END = 1 << 8, /* the oldest of block_ends */
	PENDING_ALL = (1 << 9) - 1,
	PENDING_TIMERS = PENDING_COMPARATOR | PENDING_CPU_TIMER
};

/* Ends of asynchronous block I/O (DIAGNOSE X'250') that the guest has not taken, oldest first. */
#define BLOCK_ENDS_MAX   16
#define BLOCK_END_NARROW 0x0300 /* code: which parameter, then the status */
#define BLOCK_END_WIDE   0x0700
struct block_ends {
	uint64_t parameter[BLOCK_ENDS_MAX];
	uint16_t code[BLOCK_ENDS_MAX];
	uint8_t count;
};

struct arch_vcpu {
	uint64_t gpr[16];
	struct psw psw;      /* the guest's own, as it sees it */
	struct psw real_psw; /* what the real CPU is to load */
	/* filled in by switch.S when the guest stops */
	struct psw old;       /* real old PSW */
	uint16_t exit_length; /* of the instruction, for program and SVC: its ILC */
	uint16_t exit_code;   /* interruption code */
	uint32_t spare;
	uint64_t teid;           /* translation-exception identification */
	uint64_t exit_parameter; /* external: parameter; I/O: subchannel id */
	uint64_t cpu_timer;      /* saved while the guest does not run */
	/* C only from here */
	uint64_t cr[16];
	uint32_t prefix;
	bool z; /* in z/Architecture mode; else ESA/390 */
	const struct guest_architecture *architecture;
	uint64_t clock_comparator;
	uint32_t tod_programmable;
	gva_t instruction_address; /* of an intercepted instruction, */
	uint64_t text;             /* and eight bytes from there; 0: to be fetched (engine/trap/run.c) */
	uint16_t address;          /* CPU address */
	uint32_t pending;          /* PENDING_* */
	uint16_t external_code;
	uint16_t emergency_from, call_from;
	uint32_t service_parameter;
	struct block_ends block_ends;
	uint32_t ar[16];
	uint64_t fpr[16];
	uint32_t fpc;
	uint64_t vr[32][2]; /* whole vector registers; VR0-15's left halves are the FPRs */
	bool per_event;     /* one is to be reflected with, or after, what the guest just did */
	uint16_t per_code;
	uint64_t per_address;
	uint32_t data_code; /* DXC of a data exception */
	uint16_t monitor_class;
	uint64_t monitor_code;

	const struct engine *engine; /* what runs it now: engine/choose.c; and its run(), the hot way: */
	void (*run)(struct vcpu *v, struct intercept *i);
	struct sie *sie; /* its state description; NULL: the real machine has no SIE */

	/* shadow translation (dat/shadow.c) */
	struct shadow_space *space;      /* the one data goes through now */
	struct shadow_space *code_space; /* the one instructions come from */
	gabs_t dropped_page;             /* last page that lost its code view to a store, */
	gva_t dropped_at;                /* and the PSW address of that store */
	uint64_t real_always;            /* what the real PSW has besides the guest's */
	bool assist;                     /* engine/trap/fast.c may be used: the user traces nothing */
	bool stepping;            /* one instruction is run that stores into its own page: dat/step.c */
	bool following;           /* TRACE INSTRUCTION: engine/trap/follow.c */
	bool by_per;              /* it uses PER for this instruction */
	uint8_t stale;            /* STALE_*: to be put right before the guest runs again */
	uint64_t timer_offset;    /* the guest's CPU timer is cpu_timer less this: instruction/clock.c */
	uint64_t timer_reference; /* cpu_timer when it was last set, for VIRTCPU */
	tod_t time_before;        /* VIRTCPU up to then */

	/* counted, for INDICATE and for deciding what to speed up */
	uint64_t simulated[256];
};

enum {
	STALE_SPACES = 1,    /* CRs, DAT mode or address space changed: choose the spaces again */
	STALE_REGISTERS = 2, /* real control registers must be loaded again (on QEMU this flushes the TLB) */
	STALE_TIMER = 4,     /* the clock comparator */
	STALE_TLB = 8        /* the real TLB: shadow tables went away */
};

/* Subchannels whose device has come or gone, oldest first: channel/report.c. */
#define REPORTS_MAX 16
struct channel_reports {
	uint16_t subchannel[REPORTS_MAX];
	uint8_t count;
	bool lost;         /* there was no room for one */
	bool interruption; /* a machine check is to tell of them */
};

struct arch_vm {
	struct shadow *shadow; /* dat/shadow.c: all its shadow tables */
	struct channel_reports reports;
	uint32_t sclp_masks_send, sclp_masks_receive;
	uint64_t io_pending; /* number of subchannels with an interruption pending */
	struct virtual_sclp *sclp;
	uint16_t next_subchannel;
};

#endif
