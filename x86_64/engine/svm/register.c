/*
 * register.c - where the control block has the guest's registers.
 *
 * Owns: the two tables by which the rest of the port reads and changes them. Comes after svm.h. Used by whoever simulates an
 * instruction, walks the guest's tables, resets or describes the CPU.
 */
#include <arch/svm.h>
#include <cp/panic.h>

#define AT(member) { offsetof(struct vmcb, member), sizeof(((struct vmcb *)0)->member) }

static const struct {
	uint16_t offset, size;
} registers[REGISTERS] = {
	[REGISTER_CR0] = AT(cr0), [REGISTER_CR2] = AT(cr2), [REGISTER_CR3] = AT(cr3), [REGISTER_CR4] = AT(cr4),
	[REGISTER_CR8] = { offsetof(struct vmcb, virtual_interrupt), 1 }, /* V_TPR */
	[REGISTER_DR6] = AT(dr6), [REGISTER_DR7] = AT(dr7), [REGISTER_EFER] = AT(efer), [REGISTER_CPL] = AT(cpl),
	[REGISTER_PAT] = AT(pat), [REGISTER_STAR] = AT(star), [REGISTER_LSTAR] = AT(lstar), [REGISTER_CSTAR] = AT(cstar),
	[REGISTER_SFMASK] = AT(sfmask), [REGISTER_KERNEL_GS_BASE] = AT(kernel_gs_base),
	[REGISTER_SYSENTER_CS] = AT(sysenter_cs), [REGISTER_SYSENTER_ESP] = AT(sysenter_esp),
	[REGISTER_SYSENTER_EIP] = AT(sysenter_eip), [REGISTER_TSC_OFFSET] = AT(tsc_offset),
};

static const uint16_t segments[SEGMENTS] = {
	[SEGMENT_ES] = offsetof(struct vmcb, es), [SEGMENT_CS] = offsetof(struct vmcb, cs),
	[SEGMENT_SS] = offsetof(struct vmcb, ss), [SEGMENT_DS] = offsetof(struct vmcb, ds),
	[SEGMENT_FS] = offsetof(struct vmcb, fs), [SEGMENT_GS] = offsetof(struct vmcb, gs),
	[SEGMENT_LDTR] = offsetof(struct vmcb, ldtr), [SEGMENT_TR] = offsetof(struct vmcb, tr),
	[SEGMENT_GDTR] = offsetof(struct vmcb, gdtr), [SEGMENT_IDTR] = offsetof(struct vmcb, idtr),
};

uint64_t register_get(const struct vcpu *v, enum register_name r)
{
	const char *at = (const char *)v->arch.vmcb + registers[r].offset;

	return registers[r].size == 8 ? *(const uint64_t *)at : *(const uint8_t *)at;
}

/* In the control block CR8 is four bits of a word whose others are the engine's. */
void register_set(struct vcpu *v, enum register_name r, uint64_t value)
{
	char *at = (char *)v->arch.vmcb + registers[r].offset;

	if (registers[r].size == 8)
		*(uint64_t *)at = value;
	else
		*(uint8_t *)at = r == REGISTER_CR8 ? value & 15 : value;
}

static struct segment *segment_of(const struct vcpu *v, enum segment_name s)
{
	return (struct segment *)((char *)v->arch.vmcb + segments[s]);
}

struct segment segment_get(const struct vcpu *v, enum segment_name s)
{
	return *segment_of(v, s);
}

void segment_set(struct vcpu *v, enum segment_name s, const struct segment *value)
{
	*segment_of(v, s) = *value;
}
