/*
 * fast.c - STNSM and STOSM without the long way (CP's "assist", in
 * software; heritage: the VM/370 Virtual Machine Assist).
 *
 * Owns: nothing new. Each case is an inline form of the plain handler in
 * instruction/psw.c and must leave the same machine state; fast_path_on
 * switches all of it off. Linux issues these 660,000 times while it boots.
 *
 * Taken only when everything is simple: supervisor state, no PER, no trace,
 * operand and text mapped in the shadow, nothing pending that the new mask
 * might open.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>

bool fast_path_on = true;

#define STNSM 0xac
#define STOSM 0xad
#define SYSTEM_MASK_SHIFT 56
#define OPEN_BITS (PSW_IO | PSW_EXTERNAL)

static bool simple(const struct vcpu *v)
{
	return fast_path_on && !v->check && !v->vm->trace.events && !trace_ring_on &&
	       !(v->arch.psw.mask & (PSW_PROBLEM | PSW_PER)) && v->arch.psw.mask & PSW_BA;
}

/* The text where it is mapped and lies in one page, else 0: no instruction of interest. */
static uint32_t text_at(struct arch_vcpu *g, gva_t at)
{
	uint64_t *e = shadow_entry(g->code_space, VIEW_DATA, at, 1);

	if (!e || *e & PTE_INVALID || (at & 0xfff) > PAGE_SIZE - 4)
		return 0;
	return *(uint32_t *)(uintptr_t)((*e & PTE_ORIGIN) | (at & 0xfff));
}

static gva_t operand_address(const struct arch_vcpu *g, uint32_t text)
{
	unsigned base = text >> 12 & 15;
	gva_t a = (text & 0xfff) + (base ? g->gpr[base] : 0);

	return g->psw.mask & PSW_EA ? a : a & 0x7fffffff;
}

/* The PSW mask that the instruction makes of this one. */
static uint64_t new_mask(uint64_t old, uint32_t text)
{
	uint64_t immediate = (uint64_t)(text >> 16 & 0xff) << SYSTEM_MASK_SHIFT;

	return text >> 24 == STOSM ? old | immediate : old & (immediate | 0x00ffffffffffffffull);
}

bool fast_path(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	uint32_t text = text_at(g, g->psw.address - 4), opcode = text >> 24;
	uint64_t mask, old = g->psw.mask;
	gva_t operand;
	char *byte;

	if ((opcode != STOSM && opcode != STNSM) || !simple(v))
		return false;
	operand = operand_address(g, text);
	byte = operand < OPERAND_LOW ? NULL : operand_mapped(v, operand, 1, PTE_INVALID | PTE_PROTECT);
	mask = new_mask(old, text);
	/* Only the I/O and external masks may change here: DAT and PER need more, and a mask opened may let something in. */
	if (!byte || (mask ^ old) & ~OPEN_BITS || (mask & ~old && (g->pending || v->vm->arch.io_pending)))
		return false;
	*byte = old >> SYSTEM_MASK_SHIFT;
	g->psw.mask = mask;
	g->simulated[opcode == STOSM ? ROW_STOSM : ROW_STNSM]++;
	return true;
}
