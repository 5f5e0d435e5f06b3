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
#define SSM 0x80
#define SYSTEM_MASK_SHIFT 56
#define OPEN_BITS (PSW_IO | PSW_EXTERNAL)

static bool simple(const struct vcpu *v)
{
	return fast_path_on && v->arch.exit_code == (4u << 16 | PGM_PRIVILEGED) && !v->check && !v->vm->trace.events &&
	       !trace_ring_on && !(v->arch.psw.mask & (PSW_PROBLEM | PSW_PER)) && v->arch.psw.mask & PSW_BA;
}

static gva_t operand_address(const struct arch_vcpu *g, uint32_t text)
{
	unsigned base = text >> 12 & 15;
	gva_t a = (text & 0xfff) + (base ? g->gpr[base] : 0);

	return g->psw.mask & PSW_EA ? a : a & 0x7fffffff;
}

bool fast_path(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;
	gva_t at = g->psw.address - 4, operand;
	uint64_t *code, *data, mask, old = g->psw.mask;
	uint8_t *byte, immediate;
	uint32_t text;

	if (!simple(v) || (at & 0xfff) > 0xffc)
		return false;
	code = shadow_entry(g->code_space, VIEW_DATA, at, 1);
	if (!code || *code & PTE_INVALID)
		return false;
	text = *(uint32_t *)(uintptr_t)((*code & PTE_ORIGIN) | (at & 0xfff));
	immediate = text >> 16;
	operand = operand_address(g, text);
	data = shadow_entry(g->space, VIEW_DATA, operand, 0);
	if (!data || operand < 0x2000)
		return false;
	byte = (uint8_t *)(uintptr_t)((*data & PTE_ORIGIN) | (operand & 0xfff));
	switch (text >> 24) {
	case STOSM:
		mask = old | (uint64_t)immediate << SYSTEM_MASK_SHIFT;
		break;
	case STNSM:
		mask = old & ((uint64_t)immediate << SYSTEM_MASK_SHIFT | 0x00ffffffffffffffull);
		break;
	default:
		return false;
	}
	/* Only the I/O and external masks may change here; DAT and PER need more, and an open mask may let something in. */
	if ((mask ^ old) & ~OPEN_BITS || *data & (PTE_INVALID | PTE_PROTECT))
		return false;
	if (mask & ~old && (g->pending || v->vm->arch.io_pending))
		return false;
	*byte = old >> SYSTEM_MASK_SHIFT;
	g->psw.mask = mask;
	g->simulated[text >> 24 == STOSM ? ROW_STOSM : ROW_STNSM]++;
	return true;
}
