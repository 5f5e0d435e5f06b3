/*
 * diagnose.c - VMMCALL: DIAGNOSE by another name, and what its handlers need of this port.
 *
 * Owns: which registers a call has. EAX is the code; what DIAGNOSE's Rx and Ry name, with the register after each, is RDI, RSI,
 * RDX, RCX, as registers 0 to 3; a return code of its own goes into RDX; the condition code comes back in EAX. In 64-bit code
 * registers are whole, else their right halves. From a user program it is #UD, or anybody could issue CP commands.
 * Before: driver.c. After: cp/diagnose/table.c. On s390x: instruction/diagnose.c. Heritage: DMKPRV's entry to DMKHVC.
 */
#include <arch/instruction.h>
#include <cp/arch.h>
#include <cp/diagnose.h>
#include <cp/format.h>

enum { OPERAND_X = 0, OPERAND_Y = 2 };

static const uint8_t operands[] = {RDI, RSI, RDX, RCX};

int sim_diagnose(struct vcpu *v)
{
	struct diagnose d = {.v = v, .x = OPERAND_X, .y = OPERAND_Y, .result = OPERAND_Y};
	int rc;

	if (register_get(v, REGISTER_CPL) != 0)
		return EXCEPTION(VECTOR_UNDEFINED);
	d.code = (uint16_t)v->arch.gpr[RAX];
	d.wide = guest_64(v);
	v->arch.condition = 0;
	rc = diagnose_run(&d);
	if (rc == 0)
		v->arch.gpr[RAX] = v->arch.condition;
	return rc;
}

void describe_diagnose(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%04X %016lX %016lX", (unsigned)v->arch.gpr[RAX] & 0xffff,
	       (unsigned long)v->arch.gpr[RDI], (unsigned long)v->arch.gpr[RDX]);
}

/* A PC has no interruption that says so: the guest is told by the call itself. */
bool diagnose_block_end(const struct diagnose *d, uint8_t status, uint64_t parameter, bool wide)
{
	(void)d, (void)status, (void)parameter, (void)wide;
	return false;
}

static unsigned operand(unsigned n)
{
	return operands[n % ARRAY_SIZE(operands)];
}

uint64_t diagnose_register(const struct diagnose *d, unsigned n)
{
	uint64_t value = d->v->arch.gpr[operand(n)];

	return d->wide ? value : (uint32_t)value;
}

void diagnose_set_register(struct diagnose *d, unsigned n, uint64_t value)
{
	d->v->arch.gpr[operand(n)] = d->wide ? value : (uint32_t)value;
}

void diagnose_set_condition(struct diagnose *d, unsigned cc)
{
	d->v->arch.condition = (uint8_t)cc;
}

/* There is no prefixing. */
gabs_t diagnose_absolute(const struct diagnose *d, uint64_t real)
{
	(void)d;
	return real;
}

/* To go on at a PSW in storage means nothing to a PC. */
int diagnose_reset(const struct diagnose *d)
{
	(void)d;
	return DIAG_SPECIFICATION;
}
