/*
 * registers.c - floating-point, SSE and debug registers, TSC_AUX: what need not be switched at every intercept.
 *
 * Owns: the rule that these registers stay in the real CPU until another virtual CPU wants it, for CP itself uses none of them.
 * Comes after switch.S; called by run.c, and by vcpu.c before the saved copy is looked at. On s390x:
 * engine/trap/registers.c.
 *
 * FXSAVE is enough: XSAVE and what it brings (AVX, protection keys) is hidden from guests and cannot be turned on by them
 * (instruction/control.c).
 */
#include <arch/engine.h>
#include <arch/real.h>
#include <arch/svm.h>
#include <cp/arch.h>

static struct engine_cpu *engine(void)
{
	return &arch_cpu()->arch.engine;
}

#define MSR_TSC_AUX 0xc0000103

static void save(struct arch_vcpu *g)
{
	__asm__ volatile("fxsave64 %0" : "=m"(g->fpu));
	__asm__ volatile("mov %%dr0, %0" : "=r"(g->debug[0]));
	__asm__ volatile("mov %%dr1, %0" : "=r"(g->debug[1]));
	__asm__ volatile("mov %%dr2, %0" : "=r"(g->debug[2]));
	__asm__ volatile("mov %%dr3, %0" : "=r"(g->debug[3]));
}

/*
 * AMD's FXRSTOR leaves the last x87 instruction's and operand's addresses alone unless an exception is pending: another
 * guest's would be seen. A load of CP's own overwrites them first.
 */
static void load(const struct arch_vcpu *g)
{
	static const uint32_t anything;

	__asm__ volatile("fnclex; emms; fildl %0" : : "m"(anything));
	__asm__ volatile("fxrstor64 %0" : : "m"(g->fpu));
	__asm__ volatile("mov %0, %%dr0" : : "r"(g->debug[0]));
	__asm__ volatile("mov %0, %%dr1" : : "r"(g->debug[1]));
	__asm__ volatile("mov %0, %%dr2" : : "r"(g->debug[2]));
	__asm__ volatile("mov %0, %%dr3" : : "r"(g->debug[3]));
	if (engine()->rdtscp)
		msr_write(MSR_TSC_AUX, g->tsc_aux);
}

void registers_save(struct vcpu *v)
{
	if (engine()->loaded == v)
		save(&v->arch);
}

void registers_forget(struct vcpu *v)
{
	registers_save(v);
	if (engine()->loaded == v)
		engine()->loaded = NULL;
	v->arch.stale |= STALE_REGISTERS;
}

void registers_load(struct vcpu *v)
{
	struct engine_cpu *c = engine();

	if (c->loaded == v)
		return;
	if (c->loaded)
		save(&c->loaded->arch);
	load(&v->arch);
	c->loaded = v;
}
