/*
 * svm.h - the virtual machine control block, and what its numbers mean.
 *
 * Source: AMD64 Architecture Programmer's Manual, volume 2 (24593), chapter 15 and appendices B and C.
 */
#ifndef ARCH_SVM_H
#define ARCH_SVM_H

#include <arch/engine.h>
#include <arch/register.h>

/* Intercepts, as bits of the halfword at 2 and of the words at 0x0c and 0x10. */
#define STOP_CR4 (1u << 4)
#define STOP_CR8 (1u << 8)

#define STOP_INTR     (1u << 0)
#define STOP_NMI      (1u << 1)
#define STOP_SMI      (1u << 2)
#define STOP_INIT     (1u << 3)
#define STOP_VINTR    (1u << 4)
#define STOP_CR0      (1u << 5) /* a write that changes more than TS and MP */
#define STOP_TR_WRITE (1u << 13)
#define STOP_RDPMC    (1u << 15)
#define STOP_CPUID    (1u << 18)
#define STOP_RSM      (1u << 19)
#define STOP_IRET     (1u << 20)
#define STOP_INVD     (1u << 22)
#define STOP_PAUSE    (1u << 23)
#define STOP_HLT      (1u << 24)
#define STOP_INVLPGA  (1u << 26)
#define STOP_IOIO     (1u << 27)
#define STOP_MSR      (1u << 28)
#define STOP_FREEZE   (1u << 30)
#define STOP_SHUTDOWN (1u << 31)

#define STOP2_VMRUN       (1u << 0)
#define STOP2_VMMCALL     (1u << 1)
#define STOP2_VMLOAD      (1u << 2)
#define STOP2_VMSAVE      (1u << 3)
#define STOP2_STGI        (1u << 4)
#define STOP2_CLGI        (1u << 5)
#define STOP2_SKINIT      (1u << 6)
#define STOP2_WBINVD      (1u << 9)
#define STOP2_MONITOR     (1u << 10)
#define STOP2_MWAIT       (1u << 11)
#define STOP2_MWAIT_ARMED (1u << 12)
#define STOP2_XSETBV      (1u << 13)

/* Exit codes. */
#define SVM_EXIT_CR_WRITE    0x010
#define SVM_EXIT_EXCEPTION   0x040
#define SVM_EXIT_INTR        0x060
#define SVM_EXIT_NMI         0x061
#define SVM_EXIT_SMI         0x062
#define SVM_EXIT_INIT        0x063
#define SVM_EXIT_VINTR       0x064
#define SVM_EXIT_CR0         0x065
#define SVM_EXIT_TR_WRITE    0x06d
#define SVM_EXIT_RDPMC       0x06f
#define SVM_EXIT_CPUID       0x072
#define SVM_EXIT_RSM         0x073
#define SVM_EXIT_IRET        0x074
#define SVM_EXIT_INVD        0x076
#define SVM_EXIT_PAUSE       0x077
#define SVM_EXIT_HLT         0x078
#define SVM_EXIT_INVLPGA     0x07a
#define SVM_EXIT_IOIO        0x07b
#define SVM_EXIT_MSR         0x07c
#define SVM_EXIT_FREEZE      0x07e
#define SVM_EXIT_SHUTDOWN    0x07f
#define SVM_EXIT_VMRUN       0x080
#define SVM_EXIT_VMMCALL     0x081
#define SVM_EXIT_VMLOAD      0x082
#define SVM_EXIT_VMSAVE      0x083
#define SVM_EXIT_STGI        0x084
#define SVM_EXIT_CLGI        0x085
#define SVM_EXIT_SKINIT      0x086
#define SVM_EXIT_WBINVD      0x089 /* TCG says so of INVD, too */
#define SVM_EXIT_MONITOR     0x08a
#define SVM_EXIT_MWAIT       0x08b
#define SVM_EXIT_MWAIT_ARMED 0x08c
#define SVM_EXIT_XSETBV      0x08d
#define SVM_EXIT_NPF         0x400
#define SVM_EXIT_INVALID     0xffffffffu /* of the low word: TCG leaves the high one zero */

/* exit_info[0] of a nested page fault. */
#define NPF_WRITE  0x2
#define NPF_FETCH  0x10
#define NPF_TABLES (1ull << 33) /* met while the guest's own tables were walked */

/* The word at 0x60. */
#define VIRTUAL_IRQ            (1u << 8)
#define VIRTUAL_IRQ_IGNORE_TPR (1u << 20)
#define VIRTUAL_INTR_MASKING   (1u << 24)

/* #DB and #AC always come to CP: delivered by the processor, each can be made to raise itself without end. #UD may be VMCALL. */
#define EXCEPTIONS_ALWAYS (1u << 1 | 1u << 6 | 1u << 17 | 1u << 18)
/* #BP and #OF do not come for INT3 and INTO on all processors, and would point elsewhere. */
#define EXCEPTIONS_ALL (UINT32_MAX & ~(1u << 3 | 1u << 4))

#define TLB_FLUSH_ALL    1
#define NESTED_PAGING    1
#define SHADOW_INTERRUPT 1

struct vmcb {
	/* control area */
	uint16_t cr_read, cr_write, dr_read, dr_write;
	uint32_t exceptions;
	uint32_t intercepts, intercepts2;
	uint8_t reserved1[0x3c - 0x14];
	uint16_t pause_threshold, pause_count;
	uint64_t io_map, msr_map;
	uint64_t tsc_offset;
	uint32_t asid;
	uint32_t tlb_control;
	uint32_t virtual_interrupt, virtual_vector;
	uint64_t shadow;
	uint64_t exit_code, exit_info[2], exit_event;
	uint64_t nested_enable;
	uint8_t reserved2[0xa8 - 0x98];
	uint64_t event;
	uint64_t nested_cr3;
	uint64_t lbr_enable;
	uint32_t clean, reserved3;
	uint64_t next_rip;
	uint8_t reserved4[0x400 - 0xd0];
	/* state save area */
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved5[0x4cb - 0x4a0];
	uint8_t cpl;
	uint32_t reserved6;
	uint64_t efer;
	uint8_t reserved7[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved8[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t reserved9[0x5f8 - 0x5e0];
	uint64_t rax;
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	uint8_t reserved10[0x668 - 0x648];
	uint64_t pat;
	uint8_t reserved11[0x1000 - 0x670];
} __attribute__((aligned(4096)));

_Static_assert(offsetof(struct vmcb, io_map) == 0x40, "APM appendix B");
_Static_assert(offsetof(struct vmcb, asid) == 0x58, "APM appendix B");
_Static_assert(offsetof(struct vmcb, exit_code) == 0x70, "APM appendix B");
_Static_assert(offsetof(struct vmcb, event) == 0xa8, "APM appendix B");
_Static_assert(offsetof(struct vmcb, next_rip) == 0xc8, "APM appendix B");
_Static_assert(offsetof(struct vmcb, tr) == 0x490, "APM appendix B");
_Static_assert(offsetof(struct vmcb, cpl) == 0x4cb, "APM appendix B");
_Static_assert(offsetof(struct vmcb, efer) == 0x4d0, "APM appendix B");
_Static_assert(offsetof(struct vmcb, rip) == 0x578, "APM appendix B");
_Static_assert(offsetof(struct vmcb, rsp) == 0x5d8, "APM appendix B");
_Static_assert(offsetof(struct vmcb, rax) == 0x5f8, "APM appendix B");
_Static_assert(offsetof(struct vmcb, cr2) == 0x640, "APM appendix B");
_Static_assert(offsetof(struct vmcb, pat) == 0x668, "APM appendix B");
_Static_assert(sizeof(struct vmcb) == 4096, "APM appendix B");

/* ---- the guest's registers (arch/register.h) ------------------------------------------ */

#define VMCB_AT(member)                                                                                      \
	{                                                                                                    \
		offsetof(struct vmcb, member), sizeof(((struct vmcb *)0)->member)                            \
	}

static const struct {
	uint16_t offset, size;
} svm_registers[REGISTERS] = {
	[REGISTER_RIP] = VMCB_AT(rip),
	[REGISTER_RSP] = VMCB_AT(rsp),
	[REGISTER_RFLAGS] = VMCB_AT(rflags),
	[REGISTER_CR0] = VMCB_AT(cr0),
	[REGISTER_CR2] = VMCB_AT(cr2),
	[REGISTER_CR3] = VMCB_AT(cr3),
	[REGISTER_CR4] = VMCB_AT(cr4),
	[REGISTER_CR8] = {offsetof(struct vmcb, virtual_interrupt), 1}, /* V_TPR */
	[REGISTER_DR6] = VMCB_AT(dr6),
	[REGISTER_DR7] = VMCB_AT(dr7),
	[REGISTER_EFER] = VMCB_AT(efer),
	[REGISTER_CPL] = VMCB_AT(cpl),
	[REGISTER_PAT] = VMCB_AT(pat),
	[REGISTER_STAR] = VMCB_AT(star),
	[REGISTER_LSTAR] = VMCB_AT(lstar),
	[REGISTER_CSTAR] = VMCB_AT(cstar),
	[REGISTER_SFMASK] = VMCB_AT(sfmask),
	[REGISTER_KERNEL_GS_BASE] = VMCB_AT(kernel_gs_base),
	[REGISTER_SYSENTER_CS] = VMCB_AT(sysenter_cs),
	[REGISTER_SYSENTER_ESP] = VMCB_AT(sysenter_esp),
	[REGISTER_SYSENTER_EIP] = VMCB_AT(sysenter_eip),
	[REGISTER_TSC_OFFSET] = VMCB_AT(tsc_offset),
	[REGISTER_SHADOW] = {offsetof(struct vmcb, shadow), 1},
	[REGISTER_EVENT] = VMCB_AT(event),
};

static const uint16_t svm_segments[SEGMENTS] = {
	[SEGMENT_ES] = offsetof(struct vmcb, es),     [SEGMENT_CS] = offsetof(struct vmcb, cs),
	[SEGMENT_SS] = offsetof(struct vmcb, ss),     [SEGMENT_DS] = offsetof(struct vmcb, ds),
	[SEGMENT_FS] = offsetof(struct vmcb, fs),     [SEGMENT_GS] = offsetof(struct vmcb, gs),
	[SEGMENT_LDTR] = offsetof(struct vmcb, ldtr), [SEGMENT_TR] = offsetof(struct vmcb, tr),
	[SEGMENT_GDTR] = offsetof(struct vmcb, gdtr), [SEGMENT_IDTR] = offsetof(struct vmcb, idtr),
};

static inline uint64_t register_get(const struct vcpu *v, enum register_name r)
{
	const char *at = (const char *)v->arch.vmcb + svm_registers[r].offset;

	return svm_registers[r].size == 8 ? *(const uint64_t *)at : *(const uint8_t *)at;
}

/* CR8 is four bits of a byte. */
static inline void register_set(struct vcpu *v, enum register_name r, uint64_t value)
{
	char *at = (char *)v->arch.vmcb + svm_registers[r].offset;

	if (svm_registers[r].size == 8)
		*(uint64_t *)at = value;
	else
		*(uint8_t *)at = r == REGISTER_CR8 ? value & 15 : value;
}

static inline struct segment segment_get(const struct vcpu *v, enum segment_name s)
{
	return *(const struct segment *)((const char *)v->arch.vmcb + svm_segments[s]);
}

static inline void segment_set(struct vcpu *v, enum segment_name s, const struct segment *value)
{
	*(struct segment *)((char *)v->arch.vmcb + svm_segments[s]) = *value;
}

/* ---- the engine's own interface --------------------------------------------------------- */

/* exits.c: what SVM's exit code means. A row with a length, that of the instruction without prefixes, says all; else more() fills
 * in the rest. */
struct exit_entry {
	uint8_t kind, exit, length;
	void (*more)(struct vcpu *v, struct intercept *i);
};
#define SVM_EXITS 0x90
extern const struct exit_entry svm_exits[SVM_EXITS];
/* The codes that have no row. */
void exit_other(struct vcpu *v, struct intercept *i);

/* start.c: a control block for a new virtual CPU: 0 or CP_NO_STORAGE. */
int svm_create(struct vcpu *v);
void svm_destroy(struct vcpu *v);

/* asid.c: give the guest a translation-buffer tag that nothing stale stands under. */
void asid_choose(struct engine_cpu *c, struct vcpu *v);

/* follow.c: TRACE INSTRUCTION. Begin or end, as the user's settings say; the instruction to be run; and its line. */
struct follow {
	gva_t at;
	uint8_t size, text[15];
};
void follow_choose(struct vcpu *v);
void follow_fetch(struct vcpu *v, struct follow *f);
void follow_line(struct vcpu *v, const struct follow *f, const struct intercept *i);

/* step.c: one instruction, and back. Before: make it so (false: only an event is taken). After: what ended it was that, or
 * something else. */
bool step_begin(struct vcpu *v);
void step_end(struct vcpu *v, struct intercept *i);

/* task.c: LTR as a single step, and what came of it. */
struct task_register {
	gva_t at;
	struct segment old;
};
void task_begin(struct vcpu *v, struct task_register *t);
void task_end(struct vcpu *v, struct intercept *i, const struct task_register *t);

#endif
