/*
 * interrupt.c - what interrupts a guest: exceptions, external interruptions, NMI, and waiting for them.
 *
 * Owns: the choice of the one event that the guest takes when it is entered next; the processor then does the rest, through
 * the guest's own descriptor table. Comes after driver.c. On s390x instruction/interrupt.c does the rest itself. Source:
 * AMD64 Architecture Programmer's Manual volume 2, 8.2.9 (double fault), 15.20 (event injection), 15.21 (virtual interrupts).
 *
 * The rule for external interruptions: a guest that is open for them gets the event at once; else the engine is asked to come
 * back as soon as it is (the window), and then CP looks again.
 */
#include <arch/instruction.h>
#include <arch/pc.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

/* ---- exceptions ------------------------------------------------------------------ */

enum class { BENIGN, CONTRIBUTORY, PAGE };

static enum class class_of(unsigned vector) {
	if (vector == VECTOR_PAGE) return PAGE;
	return vector == 0 || (vector >= 10 && vector <= VECTOR_PROTECTION) ? CONTRIBUTORY : BENIGN;
}

/* An exception of the second kind met while one of the first was being taken: is that a double fault? */
static bool doubles(unsigned first, unsigned second)
{
	return (class_of(first) == CONTRIBUTORY && class_of(second) == CONTRIBUTORY) ||
	       (class_of(first) == PAGE && class_of(second) != BENIGN);
}

static bool has_error(const struct vcpu *v, unsigned vector)
{
	bool with = vector == VECTOR_DOUBLE_FAULT || (vector >= 10 && vector <= VECTOR_PAGE) ||
		    vector == VECTOR_ALIGNMENT;

	return with && register_get(v, REGISTER_CR0) & CR0_PE;
}

static void event_exception(struct vcpu *v, unsigned vector, uint32_t error)
{
	uint64_t event = EVENT_VALID | EVENT_EXCEPTION | vector;

	if (has_error(v, vector))
		event |= EVENT_HAS_ERROR | (uint64_t)error << EVENT_ERROR_SHIFT;
	register_set(v, REGISTER_EVENT, event);
}

int interrupt_exception(struct vcpu *v, unsigned vector, uint32_t error)
{
	uint64_t before = register_get(v, REGISTER_EVENT);
	unsigned first = before & EVENT_VECTOR;

	v->arch.halted = false;
	if (!(before & EVENT_VALID) || (before & EVENT_KIND) != EVENT_EXCEPTION) {
		event_exception(v, vector, error);
		return 0;
	}
	if (first == VECTOR_DOUBLE_FAULT && class_of(vector) != BENIGN) {
		string_copy(v->vm->reason, sizeof(v->vm->reason), "processor shutdown: triple fault;");
		return CP_CANNOT;
	}
	if (doubles(first, vector))
		event_exception(v, VECTOR_DOUBLE_FAULT, 0);
	else
		event_exception(v, vector, error);
	return 0;
}

/* RIP is at the instruction. What cp/ finds wrong with a call or an operand is a protection exception here. */
int arch_vcpu_reflect(struct vcpu *v, const struct intercept *i, int code)
{
	unsigned vector = code & EXCEPTION(0) ? code & EVENT_VECTOR : VECTOR_PROTECTION;
	uint32_t error = code & EXCEPTION(0) ? v->arch.exception_error : 0;

	trace_program(v, i, code);
	if (vector == VECTOR_PAGE)
		register_set(v, REGISTER_CR2, v->arch.exception_address);
	return interrupt_exception(v, vector, error);
}

/* ---- interruptions ------------------------------------------------------------------ */

/* Between two instructions, where an interruption may come, and no other event is to be taken. */
static bool between(const struct vcpu *v)
{
	return !(register_get(v, REGISTER_SHADOW) & 1 || register_get(v, REGISTER_EVENT) & EVENT_VALID);
}

static int deliver_nmi(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	if (!g->nmi || g->nmi_blocked || !between(v))
		return 0;
	if (v->vm->trace.events & TRACE_EXTERNAL)
		trace_user(v, TRACE_EXTERNAL, "NMI");
	g->nmi = g->halted = false;
	g->nmi_blocked = true;
	register_set(v, REGISTER_EVENT, EVENT_VALID | EVENT_NMI | VECTOR_NMI);
	return 1;
}

static bool is_open(const struct vcpu *v)
{
	return register_get(v, REGISTER_RFLAGS) & RFLAGS_INTERRUPT && between(v);
}

static int deliver_external(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	uint8_t vector;

	g->window = false;
	if (!pic_pending(v->vm))
		return 0;
	if (!is_open(v)) {
		g->window = true;
		return 0;
	}
	vector = pic_acknowledge(v->vm);
	if (v->vm->trace.events & TRACE_EXTERNAL)
		trace_user(v, TRACE_EXTERNAL, "INT %02X", vector);
	g->halted = false;
	register_set(v, REGISTER_EVENT, EVENT_VALID | EVENT_INTERRUPTION | vector);
	return 1;
}

int arch_vcpu_deliver(struct vcpu *v)
{
	int rc = v->arch.stale & STALE_CLOCK ? pvclock_update(v) : 0;

	if (rc < 0)
		return rc;
	follow_choose(v);
	pc_advance(v->vm, arch_clock());
	v->arch.stale |= STALE_TIMER | STALE_WINDOW;
	rc = deliver_nmi(v);
	return rc ? rc : deliver_external(v);
}

/* The interruption key of a PC is the NMI button. */
void arch_vcpu_external(struct vcpu *v, uint16_t code)
{
	(void)code;
	v->arch.nmi = true;
	vcpu_kick(v);
}

int arch_vcpu_restart(struct vcpu *v)
{
	format(v->vm->reason, sizeof(v->vm->reason),
	       "A PC has no restart key; SYSTEM RESET and IPL start it");
	return CP_CANNOT;
}

/* ---- waiting ---------------------------------------------------------------------------- */

enum wait_state arch_vcpu_wait(const struct vcpu *v)
{
	if (!v->arch.halted)
		return WAIT_NOT;
	return register_get(v, REGISTER_RFLAGS) & RFLAGS_INTERRUPT ? WAIT_ENABLED : WAIT_DISABLED;
}

tod_t arch_vcpu_due(const struct vcpu *v)
{
	return pc_due(v->vm);
}
