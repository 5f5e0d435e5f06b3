/*
 * vcpu.c - a virtual s390x CPU and machine: made, reset.
 *
 * Owns: resets, the change of architecture. state.c describes the same CPU.
 * Comes before everything that simulates.
 * Source: PoP chapter 4, "CPU Reset", "Initial CPU Reset".
 */
#include <arch/engine.h>
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/sclp.h>
#include <arch/shadow.h>
#include <arch/sie.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/string.h>

#define CR0_INITIAL  0xe0       /* interruption-key, timer, ... subclass masks */
#define CR14_INITIAL 0xc2000000 /* machine-check masks */

int arch_vm_create(struct vm *vm)
{
	return shadow_create(vm);
}

void arch_vm_destroy(struct vm *vm)
{
	virtual_sclp_destroy(vm);
	shadow_destroy(vm);
}

int arch_vcpu_create(struct vcpu *v)
{
	engine_set(v, &trap_engine);
	if (real_machine.sie) {
		v->arch.sie = heap_alloc(sizeof(*v->arch.sie));
		if (!v->arch.sie)
			return CP_NO_STORAGE;
		v->arch.sie->block.last_cpu = 0xffff;
	}
	instruction_index();
	v->arch.address = v->number;
	v->arch.dropped_page = v->arch.dropped_at = ~0ull;
	return 0;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	registers_forget(v);
	if (v->arch.sie)
		heap_free(v->arch.sie, sizeof(*v->arch.sie));
}

/*
 * The PSW of one architecture becomes the other's. Going to ESA/390 the
 * 64-bit addressing mode, and the prefix bit that ESA/390 has more, are lost.
 */
void architecture_set(struct vcpu *v, bool z)
{
	v->arch.z = z;
	v->arch.architecture = z ? &guest_z : &guest_esa390;
	v->arch.prefix &= v->arch.architecture->prefix_mask & guest_z.prefix_mask;
	if (!z)
		v->arch.psw.mask &= ~(uint64_t)PSW_EA;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

void reset_initial(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	registers_forget(v);
	memset(g->cr, 0, sizeof(g->cr));
	g->cr[0] = CR0_INITIAL;
	g->cr[14] = CR14_INITIAL;
	g->prefix = 0;
	g->clock_comparator = TOD_NEVER;
	g->tod_programmable = 0;
	g->fpc = 0;
	g->psw = (struct psw){0, 0};
	cpu_timer_set(v, 0);
	g->stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER;
}

static void reset_clear(struct arch_vcpu *g)
{
	memset(g->gpr, 0, sizeof(g->gpr));
	memset(g->ar, 0, sizeof(g->ar));
	memset(g->fpr, 0, sizeof(g->fpr));
	memset(g->vr, 0, sizeof(g->vr));
}

/* initial: as at LOGON, IPL and SYSTEM RESET: everything to its first state, ESA/390. Else a CPU reset. */
void arch_vcpu_reset(struct vcpu *v, bool initial)
{
	struct arch_vcpu *g = &v->arch;

	registers_forget(v);
	g->pending = 0;
	g->block_ends.count = 0;
	g->per_event = g->stepping = false;
	v->state = VCPU_STOPPED;
	v->check = true;
	if (initial) {
		reset_initial(v);
		reset_clear(g);
		architecture_set(v, false);
		shadow_reset(v->vm);
		virtual_sclp_reset(v->vm);
		report_reset(v->vm);
	}
	g->stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER;
}

void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size)
{
	const struct psw *p = &v->arch.psw;
	uint64_t w;

	if (v->arch.z) {
		format(text, size, "%016lX %016lX", (unsigned long)p->mask, (unsigned long)p->address);
		return;
	}
	w = psw_to_short(p);
	format(text, size, "%08X %08X", (unsigned)(w >> 32), (unsigned)w);
}

/* Of ESA/390's PSW each word is 32 bits. */
bool arch_vcpu_set_psw(struct vcpu *v, const uint64_t *words, unsigned count)
{
	struct psw new = {count == 2 ? words[0] : v->arch.psw.mask, words[count - 1]};

	if (!v->arch.z) {
		uint64_t old = psw_to_short(&v->arch.psw) >> 32;
		if (words[0] >> 32 || words[count - 1] >> 32)
			return false;
		new = psw_from_short((count == 2 ? words[0] : old) << 32 | words[count - 1]);
	}
	if (!psw_valid(v, &new))
		return false;
	v->arch.psw = new;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
	return true;
}

void arch_vcpu_trace(const struct vcpu *v, struct trace_entry *e)
{
	e->at = v->arch.psw.address;
	e->word = v->arch.text;
}

void arch_vcpu_set_address(struct vcpu *v, gva_t a)
{
	v->arch.psw.address = address_wrap(v, a);
}
