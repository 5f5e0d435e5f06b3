/*
 * trap.h - the trap engine's own interface (engine/trap/), inside the port.
 */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#include <arch/lowcore.h>
#include <cp/cpu.h>
#include <cp/vm.h>

/* switch.S */
unsigned trap_enter(struct arch_vcpu *guest);
unsigned trap_resume(struct arch_vcpu *guest);
unsigned trap_resume_real(struct arch_vcpu *guest);
void trap_control_load(const uint64_t cr[16]);
void trap_fpr_save(uint64_t fpr[16], uint32_t *fpc, uint32_t ar[16]);
void trap_fpr_load(const uint64_t fpr[16], const uint32_t *fpc, const uint32_t ar[16]);
void trap_vector_save(uint64_t vr[32][2]);
void trap_vector_load(uint64_t vr[32][2]);
extern char trap_poll_stub[], task_start[];

/* CP's own part of CR0: AFP, clock comparator, CPU timer, service signal. */
#define CP_CR0 0x40e00ull
#define CP_CR6 0xff000000ull

/* run.c: serve a real external or I/O interruption that ended trap_enter(). */
void trap_serve(struct arch_vcpu *g, unsigned class);
_Noreturn void trap_cp_fault(void);

/* The same, and the guest's loop is to look again. */
void trap_interrupted(struct vcpu *v, unsigned class);
/* The page that the last translation exception was about. */
gva_t translation_address(void);

/* registers.c: which virtual CPU's registers stand in the real one; and, for the trap engine, the control registers. */
void registers_own(struct vcpu *v);
void registers_load(struct vcpu *v);
void registers_forget(struct vcpu *v);
/* Bring the saved copy up to date, for whoever reads or changes it. */
void registers_save(struct vcpu *v);

/* The commonest end of a run. */
static inline bool ended_privileged(const struct arch_vcpu *g, unsigned class)
{
	return class == EXIT_PROGRAM && g->exit_code == PGM_PRIVILEGED;
}

/*
 * fast.c: the privileged instruction at arch.text, which the guest's PSW in arch.old is past, is done, and the guest has run on, through
 * more of them: *class says how that ended, as of trap_enter(). False: take the plain path.
 */
bool fast_masks(struct vcpu *v, unsigned *class);
bool fast_lra(struct vcpu *v, unsigned *class);
#define FAST_MASKS (0xaeull << 56) /* what the first knows is below this, */
#define FAST_LRA   (0xb1ull << 56) /* the second from here on, */
#define FAST_END   (0xb2ull << 56) /* to here */

/* boot/machine.c: what arch_cpu() gives, here without the call */
extern struct cpu this_cpu;

/* real clocks, boot/clock.c */
void comparator_load(struct cpu *c, uint64_t due);
/* For the time v runs: the earliest of its slice's end, CP's timers, and due. */
void slice_load(struct cpu *c, const struct vcpu *v, uint64_t due);

/* facilities of the real machine, boot/machine.c */
struct real_machine {
	uint64_t facilities[4];
	uint64_t cpu_id; /* STIDP */
	bool keys;       /* enforces storage keys */
	bool vector;
	bool sie;            /* interpretive execution, also of z/Architecture guests */
	bool iep;            /* instruction-execution protection */
	bool local_clearing; /* IPTE and IDTE may be for this CPU only */
};
extern struct real_machine real_machine;

/* follow.c: TRACE INSTRUCTION. Begin or end, as the user's settings say; tell of the instruction at `at`. */
void follow_choose(struct vcpu *v);
void follow_line(struct vcpu *v, gva_t at, const struct intercept *i);

/* single.c: one instruction in a code view of its own. Make it (false: it must run in the ordinary one); load it; did the
 * guest come back only because the view ended there? */
bool single_prepare(struct vcpu *v);
void single_load(void);
bool single_ended(struct vcpu *v, unsigned class);

#endif
