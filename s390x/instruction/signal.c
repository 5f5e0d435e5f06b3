/*
 * signal.c - SIGNAL PROCESSOR.
 *
 * Owns: the orders, as a table. A machine has one CPU today, so a CPU can
 * only signal itself; every other address is not operational. Comes after
 * driver.c. Source: PoP chapter 4, "CPU Signaling and Response".
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <cp/arch.h>
#include <cp/session.h>

#define STATUS_INCORRECT_STATE   0x200
#define STATUS_INVALID_PARAMETER 0x100
#define STATUS_INVALID_ORDER     0x2

enum { CC_ACCEPTED, CC_STATUS_STORED, CC_BUSY, CC_NOT_OPERATIONAL };

static int status(struct instruction *i, uint32_t bits)
{
	gpr_set_low(i->v, i->r1, bits);
	return CC_STATUS_STORED;
}

static struct vcpu *addressed(struct instruction *i)
{
	uint16_t address = i->v->arch.gpr[i->r3];

	for (unsigned n = 0; n < i->v->vm->cpus; n++)
		if (i->v->vm->cpu[n]->arch.address == address)
			return i->v->vm->cpu[n];
	return NULL;
}

static int order_sense(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)parameter;
	if (target->arch.pending & PENDING_CALL)
		return status(i, 0x80);
	return CC_ACCEPTED;
}

static int order_external_call(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)parameter;
	if (target->arch.pending & PENDING_CALL)
		return status(i, 0x80);
	target->arch.call_from = i->v->arch.address;
	target->arch.pending |= PENDING_CALL;
	vcpu_kick(target);
	return CC_ACCEPTED;
}

static int order_emergency(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)parameter;
	target->arch.emergency_from = i->v->arch.address;
	target->arch.pending |= PENDING_EMERGENCY;
	vcpu_kick(target);
	return CC_ACCEPTED;
}

static int order_start(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)i, (void)target, (void)parameter;
	return CC_ACCEPTED; /* it runs: it is the one that asks */
}

static int order_stop(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)parameter;
	set_cc(i->v, CC_ACCEPTED); /* before it stands still */
	vm_write(target->vm,
		 "HCPGSP2629I The virtual machine is placed in CP mode due to a SIGP stop from CPU %02X.",
		 i->v->arch.address);
	vm_request(target->vm, REQUEST_STOP);
	return CC_ACCEPTED;
}

static int order_stop_store(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	set_cc(i->v, CC_ACCEPTED);
	return arch_vcpu_status(target) < 0 ? CC_BUSY : order_stop(i, target, parameter);
}

/* A CPU that resets itself stands still thereafter. */
static int order_reset(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	int cc = order_stop(i, target, parameter);

	arch_vcpu_reset(target, false);
	return cc;
}

static int order_reset_initial(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	int cc = order_reset(i, target, parameter);

	reset_initial(target);
	return cc;
}

static int order_restart(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)i, (void)parameter;
	vm_request(target->vm, REQUEST_RESTART);
	return CC_ACCEPTED;
}

static int order_set_prefix(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)target, (void)parameter;
	return status(i, STATUS_INCORRECT_STATE); /* only for a stopped CPU */
}

static int order_set_architecture(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	unsigned mode = parameter & 0xff;

	if (mode > 2 || (mode != 0) == target->arch.z)
		return status(i, STATUS_INVALID_PARAMETER);
	architecture_set(target, mode != 0);
	return CC_ACCEPTED;
}

static int order_sense_running(struct instruction *i, struct vcpu *target, uint64_t parameter)
{
	(void)i, (void)target, (void)parameter;
	return CC_ACCEPTED;
}

static int (*const orders[32])(struct instruction *i, struct vcpu *target, uint64_t parameter) = {
	[0x01] = order_sense,         [0x02] = order_external_call, [0x03] = order_emergency,
	[0x04] = order_start,         [0x05] = order_stop,          [0x06] = order_restart,
	[0x09] = order_stop_store,    [0x0b] = order_reset_initial, [0x0c] = order_reset,
	[0x0d] = order_set_prefix,    [0x0e] = order_set_prefix,    [0x12] = order_set_architecture,
	[0x15] = order_sense_running,
};

int sim_sigp(struct instruction *i)
{
	struct vcpu *target = addressed(i);
	unsigned order = i->a2 & 0xff;
	uint64_t parameter = i->v->arch.gpr[i->r1 | 1];
	int cc;

	if (order == 0x12) /* set architecture concerns all CPUs; the address is ignored */
		target = i->v;
	if (!target)
		cc = CC_NOT_OPERATIONAL;
	else if (order < ARRAY_SIZE(orders) && orders[order])
		cc = orders[order](i, target, parameter);
	else
		cc = status(i, STATUS_INVALID_ORDER);
	set_cc(i->v, cc);
	return 0;
}
