/*
 * exits.c - what the processor says of why the guest stopped, in CP's words.
 *
 * Owns: the table from SVM's exit codes to kinds of intercept and to rows of the instruction table. Comes after run.c; what
 * an intercepted instruction means is in instruction/. Source: AMD64 Architecture Programmer's Manual volume 2, appendix C.
 */
#include <arch/instruction.h>
#include <arch/pc.h>
#include <arch/real.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/panic.h>
#include <cp/string.h>

#define VMCALL_TEXT 0xc1010full

/*
 * QEMU takes no notice of the shadow with which a guest is entered, and says at the exit that there is none, though the instruction
 * in it has not been done.
 */
static void shadow_keep(struct arch_vcpu *g)
{
	if (g->shadowed && g->vmcb->rip == g->entered)
		g->vmcb->shadow |= SHADOW_INTERRUPT;
}

/* A real interruption ended the run. The guest's own timers may have come due, too. */
static void on_interruption(struct vcpu *v, struct intercept *i)
{
	(void)i;
	shadow_keep(&v->arch);
	real_interrupts_serve();
	v->arch.stale |= STALE_TIMER;
	v->check = true;
}

/* It came to CP's own handler as soon as svm_enter() let it (boot/interrupt.c). */
static void on_nmi(struct vcpu *v, struct intercept *i)
{
	(void)v, (void)i;
}

static void on_window(struct vcpu *v, struct intercept *i)
{
	(void)i;
	shadow_keep(&v->arch);
	v->arch.window = false;
	v->arch.stale |= STALE_WINDOW;
	v->check = true;
}

/*
 * The guest's NMI handler is about to return. Another NMI may come when that is done and not before: IRET is run by itself
 * (step.c).
 */
static void on_iret(struct vcpu *v, struct intercept *i)
{
	(void)i;
	v->arch.returning = true;
	v->arch.stale |= STALE_WINDOW;
}

static void on_msr(struct vcpu *v, struct intercept *i)
{
	(void)i;
	v->arch.exit = v->arch.vmcb->exit_info[0] & 1 ? EXIT_WRMSR : EXIT_RDMSR;
	if (!v->arch.length)
		v->arch.length = 2;
}

/* Here the processor tells the address of the next instruction, though not of others. */
static void on_port(struct vcpu *v, struct intercept *i)
{
	(void)i;
	v->arch.exit_info = v->arch.vmcb->exit_info[0];
	v->arch.length = (uint8_t)(v->arch.vmcb->exit_info[1] - v->arch.vmcb->rip);
}

static void on_nested(struct vcpu *v, struct intercept *i)
{
	uint64_t why = v->arch.vmcb->exit_info[0];

	i->address = v->arch.vmcb->exit_info[1];
	i->access = why & NPF_FETCH ? ACCESS_INSTRUCTION : why & NPF_WRITE ? ACCESS_STORE : ACCESS_FETCH;
	i->detail = why;
}

static void on_shutdown(struct vcpu *v, struct intercept *i)
{
	(void)i;
	string_copy(v->vm->reason, sizeof(v->vm->reason), "processor shutdown: triple fault;");
}

/* What stands in the control block now may be CP's own state: nothing of it is to be shown or run. */
static void on_invalid(struct vcpu *v, struct intercept *i)
{
	(void)i;
	arch_vcpu_reset(v, true);
	string_copy(v->vm->reason, sizeof(v->vm->reason),
		    "the processor refused the machine's state, which was reset;");
}

const struct exit_entry svm_exits[SVM_EXITS] = {
	[SVM_EXIT_CR_WRITE + 4] = {INTERCEPT_INSTRUCTION, EXIT_CR_WRITE, 0, NULL},
	[SVM_EXIT_CR_WRITE + 8] = {INTERCEPT_INSTRUCTION, EXIT_CR8_WRITE, 0, NULL},
	[SVM_EXIT_INTR] = {INTERCEPT_NONE, 0, 0, on_interruption},
	[SVM_EXIT_NMI] = {INTERCEPT_NONE, 0, 0, on_nmi},
	[SVM_EXIT_SMI] = {INTERCEPT_NONE, 0, 0, on_nmi},
	[SVM_EXIT_INIT] = {INTERCEPT_NONE, 0, 0, on_nmi},
	[SVM_EXIT_VINTR] = {INTERCEPT_NONE, 0, 0, on_window},
	[SVM_EXIT_CR0] = {INTERCEPT_INSTRUCTION, EXIT_CR_WRITE, 0, NULL},
	[SVM_EXIT_TR_WRITE] = {INTERCEPT_INSTRUCTION, EXIT_LTR, 0, NULL},
	[SVM_EXIT_RDPMC] = {INTERCEPT_INSTRUCTION, EXIT_REFUSED, 0, NULL},
	[SVM_EXIT_CPUID] = {INTERCEPT_INSTRUCTION, EXIT_CPUID, 2, NULL},
	[SVM_EXIT_RSM] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_IRET] = {INTERCEPT_NONE, 0, 0, on_iret},
	[SVM_EXIT_INVD] = {INTERCEPT_INSTRUCTION, EXIT_CACHE, 2, NULL},
	[SVM_EXIT_HLT] = {INTERCEPT_INSTRUCTION, EXIT_HLT, 1, NULL},
	[SVM_EXIT_INVLPGA] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_IOIO] = {INTERCEPT_INSTRUCTION, EXIT_PORT, 0, on_port},
	[SVM_EXIT_MSR] = {INTERCEPT_INSTRUCTION, EXIT_RDMSR, 0, on_msr},
	[SVM_EXIT_FREEZE] = {INTERCEPT_NONE, 0, 0, on_nmi},
	[SVM_EXIT_SHUTDOWN] = {INTERCEPT_ERROR, 0, 0, on_shutdown},
	[SVM_EXIT_VMRUN] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_VMMCALL] = {INTERCEPT_INSTRUCTION, EXIT_DIAGNOSE, 3, NULL},
	[SVM_EXIT_VMLOAD] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_VMSAVE] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_STGI] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_CLGI] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_SKINIT] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_WBINVD] = {INTERCEPT_INSTRUCTION, EXIT_CACHE, 2, NULL},
	[SVM_EXIT_MONITOR] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_MWAIT] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_MWAIT_ARMED] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
	[SVM_EXIT_XSETBV] = {INTERCEPT_INSTRUCTION, EXIT_UNDEFINED, 0, NULL},
};

static void unexpected(struct vcpu *v, struct intercept *i, uint32_t code)
{
	i->kind = INTERCEPT_ERROR;
	format(v->vm->reason, sizeof(v->vm->reason),
	       "the processor stopped the guest for a reason not asked for (%X);", code);
}

/* A processor that does not know Intel's VMCALL says #UD. */
static bool is_vmcall(struct vcpu *v)
{
	uint64_t text = 0;

	return instruction_text(v, (uint8_t *)&text, 3) == 3 && text == VMCALL_TEXT;
}

static void exception_intercept(struct vcpu *v, struct intercept *i, unsigned vector)
{
	struct arch_vcpu *g = &v->arch;

	i->kind = INTERCEPT_PROGRAM;
	i->code = EXCEPTION(vector);
	g->exception_error = (uint32_t)g->vmcb->exit_info[0];
	g->exception_address = g->vmcb->exit_info[1];
	switch (vector) {
	case VECTOR_UNDEFINED:
		if (!is_vmcall(v))
			return;
		i->kind = INTERCEPT_INSTRUCTION;
		i->code = g->exit = EXIT_DIAGNOSE;
		g->length = 3;
		return;
	case VECTOR_MACHINE_CHECK:
		panic("machine check while a guest ran");
	}
}

void exit_other(struct vcpu *v, struct intercept *i)
{
	uint32_t code = (uint32_t)v->arch.vmcb->exit_code;

	if (code - SVM_EXIT_EXCEPTION < 32) {
		exception_intercept(v, i, code - SVM_EXIT_EXCEPTION);
	} else if (code == SVM_EXIT_NPF) {
		shadow_keep(&v->arch);
		v->arch.stale |= STALE_WINDOW; /* it may be in a shadow */
		i->kind = INTERCEPT_PAGE;
		on_nested(v, i);
	} else if (code == SVM_EXIT_INVALID) {
		i->kind = INTERCEPT_ERROR;
		on_invalid(v, i);
	} else {
		unexpected(v, i, code);
	}
}
