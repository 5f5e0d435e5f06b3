/*
 * control.c - MOV to control register 4, the one control register that a guest may not set alone.
 *
 * Owns: which of its features a guest may turn on. CR0, CR2, CR3 and CR8 the processor has for each guest by itself; CR4 it has,
 * too, but would let the guest turn on what CP does not switch between guests (AVX state by OSXSAVE, protection keys) or
 * has not shown. Comes after text.c. Source: AMD64 Architecture Programmer's Manual volume 2, 3.1.3.
 */
#include <arch/instruction.h>
#include <cp/format.h>

/* VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT */
#define CR4_OFFERED 0x7ffull
#define CR4_TRANSLATION 0xb0ull /* PSE PAE PGE: the translation buffer is emptied */

/* 0F 22 /r: the register operand's number, and the length. False: it is something else. */
static bool decode(struct vcpu *v, unsigned *from)
{
	uint8_t text[INSTRUCTION_MAX];
	unsigned n = instruction_text(v, text, sizeof(text));
	struct prefixes p = prefixes_read(v, text, n);

	if (p.count + 3u > n || text[p.count] != 0x0f || text[p.count + 1] != 0x22)
		return false;
	*from = (text[p.count + 2] & 7) | (p.rex & 1) << 3;
	v->arch.length = p.count + 3;
	return true;
}

static uint64_t operand(const struct vcpu *v, unsigned from)
{
	return code_size(v) == 64 ? v->arch.gpr[from] : (uint32_t)v->arch.gpr[from];
}

int sim_cr_write(struct vcpu *v)
{
	uint64_t old = register_get(v, REGISTER_CR4), value;
	unsigned from;

	if (!decode(v, &from))
		return EXCEPTION(VECTOR_UNDEFINED);
	value = operand(v, from);
	v->arch.exception_error = 0;
	if (value & ~CR4_OFFERED || (guest_long(v) && !(value & CR4_PAE)))
		return EXCEPTION(VECTOR_PROTECTION);
	register_set(v, REGISTER_CR4, value);
	if ((old ^ value) & CR4_TRANSLATION)
		engine_translations_changed(v);
	return 0;
}

void describe_cr_write(const struct vcpu *v, char *text, size_t size)
{
	(void)v;
	format(text, size, "TO CR4");
}
