/*
 * registers.c - floating-point, access, vector and control registers: what
 * need not be switched at every intercept.
 *
 * Owns: the rule that these registers stay in the real CPU until another
 * virtual CPU wants it. Comes after switch.S; called by run.c.
 *
 * The guest's own CR0 bits that the real CPU must obey for it (low-address
 * protection, AFP, vector, execution protection) go into the real CR0. CR1
 * is the instruction view; CR7 and CR13 always are the guest's data view,
 * so that no switch of address space that traps nowhere leads out of it.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define CR0_PASSED (CR0_LOW_PROTECT | CR0_FETCH_OVERRIDE | CR0_STORAGE_OVERRIDE)

/* To store them all the AFP and vector controls must be on. */
static void open_all(struct cpu *c)
{
	c->arch.cr[0] = CP_CR0 | CR0_AFP | (real_machine.vector ? CR0_VECTOR : 0);
	c->arch.cr[6] = CP_CR6;
	trap_control_load(c->arch.cr);
}

static void save(struct vcpu *v)
{
	if (real_machine.vector)
		trap_vector_save(v->arch.vr);
	trap_fpr_save(v->arch.fpr, &v->arch.fpc, v->arch.ar);
}

/* The FPRs are written last: they win over the left halves of VR0-15. */
static void load(struct vcpu *v)
{
	if (real_machine.vector)
		trap_vector_load(v->arch.vr);
	trap_fpr_load(v->arch.fpr, &v->arch.fpc, v->arch.ar);
}

#define PER_FETCH   0x40000000
#define PER_NULLIFY 0x01000000

/* An EX or EXRL that the PSW is at. */
static bool at_execute(struct vcpu *v)
{
	uint8_t text[6];

	return instruction_text(v, v->arch.psw.address, text) == 0 &&
	       (text[0] == 0x44 || (text[0] == 0xc6 && (text[1] & 15) == 0));
}

/*
 * CP's own program-event recording, which brings the guest back after one
 * instruction: an event before any instruction but the one that the PSW is
 * at (the range wraps around). The event after it would be simpler; but QEMU
 * 7.2 then gives a wrong address after a branch and a wrong condition code.
 * On Hercules the target of an EX is stopped at, too, so there an EX is run
 * with the event after it.
 */
static void per_one(uint64_t *cr, struct vcpu *v)
{
	gva_t at = v->arch.psw.address;
	bool after = real_machine.keys && at_execute(v);

	cr[9] = after ? PER_FETCH : PER_FETCH | PER_NULLIFY;
	cr[10] = after ? 0 : at + 1;
	cr[11] = after ? ~0ull : at - 1;
}

static void per(uint64_t *cr, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	if (g->by_per) {
		per_one(cr, v);
		return;
	}
	cr[9] = g->psw.mask & PSW_PER ? g->cr[9] : 0;
	cr[10] = g->cr[10];
	cr[11] = g->cr[11];
}

static void control(struct cpu *c, struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	uint64_t *cr = c->arch.cr;
	uint64_t passed = CR0_PASSED | CR0_AFP;

	if (v->vm->options & SET_HOST_FACILITIES)
		passed |= (real_machine.vector ? CR0_VECTOR : 0) | (real_machine.iep ? CR0_IEP : 0);
	cr[0] = (CP_CR0 & ~(uint64_t)CR0_AFP) | (g->cr[0] & passed);
	cr[1] = shadow_asce(g->code_space, VIEW_CODE);
	cr[7] = cr[13] = shadow_asce(g->space, VIEW_DATA);
	cr[6] = CP_CR6;
	cr[8] = g->cr[8] & 0xffff;
	per(cr, v);
	trap_control_load(cr);
	g->stale &= ~STALE_REGISTERS;
}

void registers_save(struct vcpu *v)
{
	struct cpu *c = arch_cpu();

	if (c->arch.loaded == v) {
		open_all(c);
		save(v);
		v->arch.stale |= STALE_REGISTERS;
	}
}

void registers_forget(struct vcpu *v)
{
	struct cpu *c = arch_cpu();

	registers_save(v);
	if (c->arch.loaded == v)
		c->arch.loaded = NULL;
}

void registers_own(struct vcpu *v)
{
	struct cpu *c = arch_cpu();

	if (c->arch.loaded == v)
		return;
	if (c->arch.loaded)
		registers_forget(c->arch.loaded);
	else
		open_all(c);
	load(v);
	c->arch.loaded = v;
}

void registers_load(struct vcpu *v)
{
	registers_own(v);
	control(arch_cpu(), v);
}
