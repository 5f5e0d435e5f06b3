/*
 * text.c - the bytes of an instruction, where the processor does not tell what they say.
 *
 * Owns: fetching them, prefixes, the width of code. Comes after memory/walk.c; used by port.c and control.c.
 * Known simplification: the limit of the code segment is not looked at, for the processor has just fetched from it.
 */
#include <arch/instruction.h>
#include <cp/arch.h>

unsigned code_size(const struct vcpu *v)
{
	if (guest_64(v))
		return 64;
	return segment_get(v, SEGMENT_CS).attributes & ATTRIBUTE_BIG ? 32 : 16;
}

static gva_t code_address(const struct vcpu *v)
{
	unsigned size = code_size(v);
	gva_t rip = register_get(v, REGISTER_RIP);
	gva_t a = size == 64 ? rip : segment_get(v, SEGMENT_CS).base + rip;

	return size == 64 ? a : a & 0xffffffff;
}

unsigned instruction_text(struct vcpu *v, uint8_t *text, unsigned n)
{
	gva_t a = code_address(v);
	unsigned had = 0;

	while (had < n) {
		unsigned left = PAGE_SIZE - (a + had) % PAGE_SIZE, piece = n - had < left ? n - had : left;
		gabs_t abs;
		if (arch_translate(v, a + had, ACCESS_INSTRUCTION, &abs) != 0 ||
		    guest_read(v->vm, abs, text + had, piece) != 0)
			break;
		had += piece;
	}
	return had;
}

/* A segment override as enum segment_name + 1, or 0. */
static unsigned override_of(uint8_t byte)
{
	switch (byte) {
	case 0x26:
		return SEGMENT_ES + 1;
	case 0x2e:
		return SEGMENT_CS + 1;
	case 0x36:
		return SEGMENT_SS + 1;
	case 0x3e:
		return SEGMENT_DS + 1;
	case 0x64:
		return SEGMENT_FS + 1;
	case 0x65:
		return SEGMENT_GS + 1;
	}
	return 0;
}

/* One legacy prefix; false: it is none. */
static bool prefix_take(struct prefixes *p, uint8_t byte)
{
	if (byte == 0x66)
		p->operand = true;
	else if (byte == 0x67)
		p->address = true;
	else if (override_of(byte))
		p->segment = (uint8_t)override_of(byte);
	else
		return byte == 0xf0 || byte == 0xf2 || byte == 0xf3;
	return true;
}

void prefixes_read(const struct vcpu *v, const uint8_t *text, unsigned n, struct prefixes *p)
{
	*p = (struct prefixes){0};
	while (p->count < n && prefix_take(p, text[p->count]))
		p->count++;
	if (p->count < n && guest_64(v) && (text[p->count] & 0xf0) == 0x40)
		p->rex = text[p->count++];
}
