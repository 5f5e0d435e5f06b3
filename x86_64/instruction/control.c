/*
 * control.c - MOV to control registers 0, 4 and sometimes 8, which a guest may not set alone.
 *
 * Owns: which of their features a guest may turn on or off. CR2, CR3 and CR8 the processor has for each guest by itself; these
 * two it has, too, but CR4 would let the guest turn on what CP does not switch between guests (AVX state by OSXSAVE, protection
 * keys) or has not shown, and CR0.NE off would send its floating-point errors down a real line, to the real machine's interruption
 * controller. CR8 comes here while CP waits for the guest's window (engine/svm/run.c). Comes after text.c. Source: AMD64
 * Architecture Programmer's Manual volume 2, 3.1.1, 3.1.3, 14.6.
 * Known simplification: CR0.NE is always one, so that an x87 error is exception 16 and never IRQ 13. LMSW from storage is not
 * provided.
 */
#include <arch/instruction.h>
#include <cp/format.h>
#include <cp/string.h>

/* VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT */
#define CR4_OFFERED     0x7ffull
#define CR4_TRANSLATION 0xb0ull /* PSE PAE PGE: the translation buffer is emptied */
#define CR0_NW          (1ull << 29)
#define CR0_CD          (1ull << 30)
#define CR0_KEPT        0xffffffffull
#define CR8_MAX         15
#define LMSW_BITS       0xeull /* MP EM TS; PE can only be set */
#define CR_LMSW         16     /* a number that no control register has */

struct control {
	unsigned number;
	uint64_t value;
};

static int protection(struct vcpu *v)
{
	v->arch.exception_error = 0;
	return EXCEPTION(VECTOR_PROTECTION);
}

/* 0F 22 /r and 0F 01 /6 with a register. False: it is something else. */
static bool decode(struct vcpu *v, struct control *c)
{
	uint8_t text[INSTRUCTION_MAX + 3] = {0}; /* what follows the prefixes is there, if only as zeros */
	unsigned n = instruction_text(v, text, INSTRUCTION_MAX);
	struct prefixes p = {0};
	const uint8_t *op;
	unsigned field;

	prefixes_read(v, text, n, &p);
	op = text + p.count;
	field = op[2] >> 3 & 7;
	if (p.count + 3u > n || op[0] != 0x0f)
		return false;
	v->arch.length = p.count + 3;
	c->value = general_get(v, (op[2] & 7) | (p.rex & 1u) << 3);
	if (!guest_64(v))
		c->value = (uint32_t)c->value;
	c->number = op[1] == 0x22 ? field : CR_LMSW;
	return op[1] == 0x22 || (op[1] == 0x01 && field == 6 && op[2] >= 0xc0);
}

/* Long mode becomes active when paging is turned on with EFER.LME. */
static bool paging_allowed(const struct vcpu *v, uint64_t value)
{
	if (!(value & CR0_PG))
		return !guest_64(v); /* paging cannot be turned off in 64-bit code */
	if (!(value & CR0_PE))
		return false;
	if (!(register_get(v, REGISTER_EFER) & EFER_LME) || register_get(v, REGISTER_CR0) & CR0_PG)
		return true;
	return register_get(v, REGISTER_CR4) & CR4_PAE &&
	       !(segment_get(v, SEGMENT_CS).attributes & ATTRIBUTE_LONG);
}

static int cr0_set(struct vcpu *v, uint64_t value)
{
	uint64_t efer = register_get(v, REGISTER_EFER) & ~EFER_LMA;

	if (value & ~CR0_KEPT || (value & CR0_NW && !(value & CR0_CD)) || !paging_allowed(v, value))
		return protection(v);
	if (value & CR0_PG && efer & EFER_LME)
		efer |= EFER_LMA;
	register_set(v, REGISTER_EFER, efer);
	register_set(v, REGISTER_CR0, value | CR0_ET | CR0_NE);
	engine_translations_changed(v);
	return 0;
}

static int cr4_set(struct vcpu *v, uint64_t value)
{
	uint64_t old = register_get(v, REGISTER_CR4);

	if (value & ~CR4_OFFERED || (guest_long(v) && !(value & CR4_PAE)))
		return protection(v);
	register_set(v, REGISTER_CR4, value);
	if ((old ^ value) & CR4_TRANSLATION)
		engine_translations_changed(v);
	return 0;
}

int sim_cr_write(struct vcpu *v)
{
	uint64_t cr0 = register_get(v, REGISTER_CR0);
	struct control c;

	if (!decode(v, &c)) {
		string_copy(v->vm->reason, sizeof(v->vm->reason), "LMSW from storage is not provided;");
		return CP_CANNOT;
	}
	switch (c.number) {
	case 0:
		return cr0_set(v, c.value);
	case 4:
		return cr4_set(v, c.value);
	case CR_LMSW:
		return cr0_set(v, (cr0 & ~LMSW_BITS) | (c.value & (LMSW_BITS | CR0_PE)));
	}
	return EXCEPTION(VECTOR_UNDEFINED);
}

/* Its number is not looked at: LOCK MOV CR0 is another way to write it. */
int sim_cr8_write(struct vcpu *v)
{
	struct control c;

	if (!decode(v, &c) || c.value > CR8_MAX)
		return protection(v);
	register_set(v, REGISTER_CR8, c.value);
	return 0;
}

void describe_cr_write(const struct vcpu *v, char *text, size_t size)
{
	(void)v;
	format(text, size, "TO CR");
}
