/*
 * intercept.c - what is done when a guest comes back to CP.
 *
 * Owns: the table of handlers by kind of intercept, and THE finishing rule.
 * Comes after vcpu.c; from here the story goes to the port's instruction
 * driver or to its page-fault handler. Heritage: DMKPRG, DMKPRV's exits.
 *
 * The finishing rule. A handler returns
 *     0    done
 *   > 0    the guest's fault: reflect that program interruption into it
 *   < 0    CP could not: stop that guest with a sentence
 * A fault of CP's own is panic(), never a return code.
 */
#include <cp/arch.h>
#include <cp/panic.h>

int intercept_handle(struct vcpu *v, struct intercept *i);
void intercept_finish(struct vcpu *v, struct intercept *i, int rc);

/* The top of the loop will look: the slice may have ended, the port has posted a timer, or the PSW waits. */
static int intercept_check(struct vcpu *v, struct intercept *i)
{
	(void)i;
	v->check = true;
	return 0;
}

static int intercept_program(struct vcpu *v, struct intercept *i)
{
	(void)v;
	return i->code;
}

static int intercept_svc(struct vcpu *v, struct intercept *i)
{
	if (v->vm->trace.events & TRACE_SVC)
		trace_user(v, TRACE_SVC, "SVC %02X", i->code);
	return arch_vcpu_reflect(v, i, 0);
}

static int intercept_error(struct vcpu *v, struct intercept *i)
{
	(void)v, (void)i;
	return CP_CANNOT; /* vm->reason was set where it was found */
}

const char *const intercept_names[INTERCEPT_KINDS] = {
	[INTERCEPT_NONE] = "INTERRUPTED", [INTERCEPT_INSTRUCTION] = "SIMULATED",
	[INTERCEPT_PROGRAM] = "PROGRAM",  [INTERCEPT_SVC] = "SVC",
	[INTERCEPT_PAGE] = "PAGE",        [INTERCEPT_TIMER] = "REQUEST",
	[INTERCEPT_WAIT] = "WAIT",        [INTERCEPT_ERROR] = "ERROR",
};

static int (*const handlers[INTERCEPT_KINDS])(struct vcpu *v, struct intercept *i) = {
	[INTERCEPT_NONE] = intercept_check,      [INTERCEPT_INSTRUCTION] = arch_instruction,
	[INTERCEPT_PROGRAM] = intercept_program, [INTERCEPT_SVC] = intercept_svc,
	[INTERCEPT_PAGE] = arch_page_fault,      [INTERCEPT_TIMER] = intercept_check,
	[INTERCEPT_WAIT] = intercept_check,      [INTERCEPT_ERROR] = intercept_error,
};

static const char *why_cp_could_not(const struct vm *vm, int rc)
{
	switch (rc) {
	case CP_NO_STORAGE:
		return "CP has no real storage left";
	case CP_IO_ERROR:
		return "CP's disk reported an error";
	default:
		return vm->reason[0] ? vm->reason : "CP cannot continue this machine";
	}
}

void intercept_finish(struct vcpu *v, struct intercept *i, int rc)
{
	if (rc > 0)
		rc = arch_vcpu_reflect(v, i, rc);
	if (rc < 0)
		vm_stop(v->vm, 0, "%s", why_cp_could_not(v->vm, rc));
}

/* With all that belongs to it: finished is a part of what it costs. */
static __attribute__((noinline)) int handle_measured(struct vcpu *v, struct intercept *i)
{
	struct trace_span s;
	int rc;

	trace_measure(&s, v, i);
	rc = handlers[i->kind](v, i);
	if (rc)
		intercept_finish(v, i, rc);
	trace_measured(&s, v);
	return 0;
}

static __attribute__((noinline)) int handle_recorded(struct vcpu *v, struct intercept *i)
{
	if (trace_cost_on)
		return handle_measured(v, i);
	trace_intercept(v, i);
	return handlers[i->kind](v, i);
}

/* The result is the handler's, for the finishing rule; 0 also when that has been obeyed. */
int intercept_handle(struct vcpu *v, struct intercept *i)
{
	v->intercepts[i->kind]++;
	if (trace_ring_on)
		return handle_recorded(v, i);
	return handlers[i->kind](v, i);
}
