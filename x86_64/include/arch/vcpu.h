/*
 * vcpu.h - the state of a virtual x86-64 CPU and machine.
 *
 * What the processor keeps in its own structure while the guest runs (the
 * segments, control registers, some MSRs) stays there: register.h says how
 * it is read and changed, whichever engine runs the guest. Here is the rest.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <arch/exit.h>
#include <cp/types.h>

struct vmcb;
struct pc;

/* General registers, in the order of their encoding. */
enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, GPRS };

#define RFLAGS_ALWAYS    0x2ull
#define RFLAGS_TRAP      0x100ull
#define RFLAGS_INTERRUPT 0x200ull
#define RFLAGS_DIRECTION 0x400ull
#define RFLAGS_RESUME    0x10000ull

/* An event that the guest takes when it is entered next, in the layout of SVM's EVENTINJ. */
#define EVENT_VECTOR       0xffull
#define EVENT_KIND         0x700ull
#define EVENT_INTERRUPTION 0x000ull
#define EVENT_NMI          0x200ull
#define EVENT_EXCEPTION    0x300ull
#define EVENT_SOFTWARE     0x400ull
#define EVENT_HAS_ERROR    0x800ull
#define EVENT_VALID        0x80000000ull
#define EVENT_ERROR_SHIFT  32

/* The FXSAVE area: x87, MMX, SSE (AMD64 Architecture Programmer's Manual, volume 2, 11.4.4). */
struct fpu_state {
	uint16_t control, status;
	uint8_t tags, reserved;
	uint16_t opcode;
	uint64_t instruction, operand;
	uint32_t mxcsr, mxcsr_mask;
	uint64_t st[8][2];
	uint64_t xmm[16][2];
	uint8_t unused[96];
} __attribute__((aligned(16)));

/* What must be put right before the guest runs again; looked at as a whole. */
enum {
	STALE_TIMER = 1,        /* the guest's next timer is to be asked for again */
	STALE_WINDOW = 2,       /* `window` has changed */
	STALE_TRANSLATIONS = 4, /* nested mappings, or registers that translation depends on, have changed */
	STALE_REGISTERS = 16,   /* floating-point and debug registers do not stand in the CPU */
	STALE_CLOCK = 32,       /* the time in the guest's storage is not that of this TSC */
	STALE_STEP = 8 /* single instructions are run (`following`, `sinking`): stays while it is so */
};

/* A page outside storage that is mapped all the same (memory/nowhere.c). */
#define NOWHERE_SLOTS 4
struct nowhere {
	gabs_t page; /* 0: none */
	bool sink;   /* for stores */
};

struct arch_vcpu {
	uint64_t gpr[GPRS]; /* first: engine/svm/switch.S. RSP is not here: register.h */
	struct vmcb *vmcb;  /* the engine's: a frame of its own */
	uint64_t exit_info; /* what else the processor says of an intercepted IN or OUT (exit.h) */
	uint8_t exit;       /* enum exit: why the guest came back, for kind INSTRUCTION */
	uint8_t length;     /* of the intercepted instruction; 0: not told */
	uint8_t stale;      /* STALE_* */
	bool halted;        /* HLT: waits for an interruption */
	bool shadowed;      /* it was entered with a shadow, */
	uint64_t entered;   /* and there */
	bool window; /* the engine is asked to come back as soon as the guest is open for interruptions */
	bool nmi;    /* pending: the EXTERNAL command */
	bool nmi_blocked;           /* until IRET */
	bool returning;             /* that IRET is being run */
	bool following;             /* TRACE INSTRUCTION */
	bool stepping;              /* the trap flag is CP's for this entry */
	bool trap_own;              /* what it was */
	uint8_t step;               /* what the instruction does with the flags: engine/svm/step.c */
	uint64_t sfmask_own;        /* SFMASK with the guest's own trap flag */
	bool sinking;               /* the next instruction may store where there is no storage */
	bool task_loading;          /* the next instruction is LTR, and let through */
	uint32_t exception_error;   /* of the exception a handler returned */
	uint64_t exception_address; /* CR2 of the same */
	uint64_t clock_at;          /* where the guest wants the time, and bit 0; instruction/pvclock.c */
	uint32_t tsc_aux;           /* what RDTSCP has beside the time */
	uint64_t debug[4];          /* DR0-3; DR6 and DR7 are the engine's */
	struct fpu_state fpu;       /* while they do not stand in the real CPU */
	/* translation-buffer discipline: engine/svm/asid.c */
	uint64_t asid_generation;
	uint64_t nested_seen; /* arch_vm.nested_changes when the ASID was given */
	uint32_t asid;
	uint8_t condition;         /* of the DIAGNOSE under way */
	uint64_t ticks;            /* of the time-stamp counter, spent in the guest: VIRTCPU */
	uint32_t ticks_lately;     /* to be added to them */
	uint64_t simulated[EXITS]; /* counted, by exit */
};

struct arch_vm {
	struct pc *pc;           /* pc/: ports, interruption controllers, timers */
	frame_t nested;          /* root of the nested tables: memory/nested.c */
	uint64_t nested_changes; /* grows when a mapping went away */
	struct nowhere nowhere[NOWHERE_SLOTS];
	unsigned nowhere_next;
	tod_t clock_zero; /* where the clock that it reads in its storage begins: instruction/pvclock.c */
	uint64_t unknown_msrs; /* accesses to MSRs that are not there */
	uint32_t last_unknown_msr;
};

#endif
