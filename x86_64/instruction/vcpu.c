/*
 * vcpu.c - a virtual x86-64 CPU and machine: made, reset, started.
 *
 * Owns: what a reset leaves, and the states in which a loader may start a guest. Comes before everything that simulates;
 * state.c describes the same CPU. Source: AMD64 Architecture Programmer's Manual volume 2, 14.1.3.
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/nested.h>
#include <arch/pc.h>
#include <arch/real.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/string.h>

#define CODE_SELECTOR     0x10
#define DATA_SELECTOR     0x18
#define TYPE_CODE         0x9b /* present, code, readable, accessed */
#define TYPE_DATA         0x93
#define TYPE_LDT          0x82
#define TYPE_TSS          0x8b /* busy */
#define GRANULAR          0x800
#define RESET_CR0         0x60000030ull /* caches off; NE: control.c */
#define RESET_DR6         0xffff0ff0ull
#define RESET_DR7         0x400ull
#define RESET_PAT         0x0007040600070406ull
#define RESET_FPU_CONTROL 0x40
#define RESET_MXCSR       0x1f80

int arch_vm_create(struct vm *vm)
{
	int rc;

	vm->arch.clock_zero = arch_clock();
	vm->arch.nested = frame_alloc();
	if (!vm->arch.nested)
		return CP_NO_STORAGE;
	rc = pc_create(vm);
	if (rc)
		nested_destroy(vm);
	return rc;
}

void arch_vm_destroy(struct vm *vm)
{
	pc_destroy(vm);
	nested_destroy(vm);
}

int arch_vcpu_create(struct vcpu *v)
{
	return svm_create(v);
}

void arch_vcpu_destroy(struct vcpu *v)
{
	registers_forget(v);
	svm_destroy(v);
}

/* ---- reset ---------------------------------------------------------------------- */

static void segments_reset(struct vcpu *v)
{
	const struct segment data = {0, TYPE_DATA, 0xffff, 0}, code = {0xf000, TYPE_CODE, 0xffff, 0xffff0000};
	const struct segment ldt = {0, TYPE_LDT, 0xffff, 0}, task = {0, TYPE_TSS, 0xffff, 0},
			     table = {0, 0, 0xffff, 0};

	for (enum segment_name s = 0; s < SEGMENTS; s++)
		segment_set(v, s, &data);
	segment_set(v, SEGMENT_CS, &code);
	segment_set(v, SEGMENT_LDTR, &ldt);
	segment_set(v, SEGMENT_TR, &task);
	segment_set(v, SEGMENT_GDTR, &table);
	segment_set(v, SEGMENT_IDTR, &table);
}

static void registers_reset(struct vcpu *v)
{
	for (enum register_name r = 0; r < REGISTERS; r++)
		register_set(v, r, 0);
	register_set(v, REGISTER_RIP, 0xfff0);
	register_set(v, REGISTER_RFLAGS, RFLAGS_ALWAYS);
	register_set(v, REGISTER_CR0, RESET_CR0);
	register_set(v, REGISTER_DR6, RESET_DR6);
	register_set(v, REGISTER_DR7, RESET_DR7);
	register_set(v, REGISTER_EFER, EFER_SVME);
	register_set(v, REGISTER_PAT, RESET_PAT);
	segments_reset(v);
}

/* Only one kind of reset: a PC's. What loads next sets what it needs (guest_start). */
void arch_vcpu_reset(struct vcpu *v, bool initial)
{
	struct arch_vcpu *g = &v->arch;
	uint32_t value[4];

	(void)initial;
	registers_forget(v);
	memset(g->gpr, 0, sizeof(g->gpr));
	memset(g->debug, 0, sizeof(g->debug));
	memset(&g->fpu, 0, sizeof(g->fpu));
	g->fpu.control = RESET_FPU_CONTROL;
	g->fpu.mxcsr = RESET_MXCSR;
	cpuid(1, 0, value);
	g->gpr[RDX] = value[0];
	g->tsc_aux = 0;
	g->clock_at = 0;
	g->halted = g->window = g->nmi = g->nmi_blocked = g->returning = false;
	g->stale = STALE_TIMER;
	registers_reset(v);
	engine_translations_changed(v);
	v->state = VCPU_STOPPED;
	v->check = true;
	if (v->number == 0)
		pc_reset(v->vm);
}

/* ---- started by a loader ------------------------------------------------------------ */

static void segments_flat(struct vcpu *v, const struct guest_start *start, uint16_t size)
{
	const struct segment table = {0, 0, start->gdt_limit, start->gdt};
	const struct segment data = {DATA_SELECTOR, TYPE_DATA | ATTRIBUTE_BIG | GRANULAR, UINT32_MAX, 0};
	const struct segment code = {CODE_SELECTOR, TYPE_CODE | size | GRANULAR, UINT32_MAX, 0};

	for (enum segment_name s = SEGMENT_ES; s <= SEGMENT_GS; s++)
		segment_set(v, s, &data);
	segment_set(v, SEGMENT_CS, &code);
	if (start->gdt_limit)
		segment_set(v, SEGMENT_GDTR, &table);
}

void guest_start(struct vcpu *v, const struct guest_start *s)
{
	const struct segment code = {0, TYPE_CODE, 0xffff, 0};
	struct arch_vcpu *g = &v->arch;

	register_set(v, REGISTER_RIP, s->rip);
	register_set(v, REGISTER_RSP, s->rsp);
	g->gpr[RAX] = s->rax;
	g->gpr[RBX] = s->rbx;
	g->gpr[RSI] = s->rsi;
	register_set(v, REGISTER_CR0, CR0_ET | CR0_NE);
	switch (s->mode) {
	case START_REAL:
		segment_set(v, SEGMENT_CS, &code);
		break;
	case START_FLAT32:
		segments_flat(v, s, ATTRIBUTE_BIG);
		register_set(v, REGISTER_CR0, CR0_ET | CR0_NE | CR0_PE);
		break;
	case START_LONG64:
		segments_flat(v, s, ATTRIBUTE_LONG);
		register_set(v, REGISTER_CR3, s->page_tables);
		register_set(v, REGISTER_CR4, CR4_PAE);
		register_set(v, REGISTER_EFER, EFER_SVME | EFER_LME | EFER_LMA);
		register_set(v, REGISTER_CR0, CR0_ET | CR0_NE | CR0_PE | CR0_PG);
		break;
	}
	engine_translations_changed(v);
}

/* ---- for people --------------------------------------------------------------------------- */

static const char *mode_name(const struct vcpu *v)
{
	if (!(register_get(v, REGISTER_CR0) & CR0_PE))
		return "REAL";
	if (guest_long(v))
		return code_size(v) == 64 ? "LONG64" : "LONG32";
	return code_size(v) == 32 ? "PROT32" : "PROT16";
}

void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%016lX RFLAGS %08lX %s CPL%u", (unsigned long)register_get(v, REGISTER_RIP),
	       (unsigned long)register_get(v, REGISTER_RFLAGS), mode_name(v),
	       (unsigned)register_get(v, REGISTER_CPL));
}

/* RIP alone: the flags are a register of their own. */
bool arch_vcpu_set_psw(struct vcpu *v, const uint64_t *words, unsigned count)
{
	if (count == 1)
		register_set(v, REGISTER_RIP, words[0]);
	return count == 1;
}

/* A PC has no place for it. */
int arch_vcpu_status(struct vcpu *v)
{
	(void)v;
	return CP_CANNOT;
}

void arch_vcpu_trace(const struct vcpu *v, struct trace_entry *e)
{
	e->at = register_get(v, REGISTER_RIP);
	e->word = v->arch.exit;
}

void arch_vcpu_set_address(struct vcpu *v, gva_t a)
{
	register_set(v, REGISTER_RIP, a);
	v->arch.halted = false;
}

bool arch_interprets(void)
{
	return false; /* there is one engine */
}

const char *arch_vcpu_engine(const struct vcpu *v)
{
	(void)v;
	return "SVM";
}

tod_t arch_vcpu_time(const struct vcpu *v)
{
	return real_ticks(v->arch.ticks + v->arch.ticks_lately);
}
