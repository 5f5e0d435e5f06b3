/*
 * driver.c - from an intercepted instruction to its handler.
 *
 * Owns: fetching the text (also of an EXECUTE's target), finding the row,
 * the privilege check, decoding by format, counting, tracing. The meaning of
 * each instruction is in its handler; the rows are in table.c. Comes after
 * cp/run/intercept.c. Heritage: DMKPRV.
 *
 * The PSW stands past the instruction when a handler is called, as the
 * hardware left it: a handler that returns 0 has nothing to step.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>
#include <cp/panic.h>

#define EX 0x44
#define EXRL 0xc6

/* index[page][byte]: row number + 1. Which byte of the text selects depends on the first. */
enum { PAGE_ONE, PAGE_01, PAGE_B2, PAGE_B9, PAGE_E5, PAGE_E3, PAGE_EB, PAGE_C8, PAGE_C4, PAGES };
static uint8_t index[PAGES][256];
static bool indexed;

static unsigned page_of(unsigned first)
{
	switch (first) {
	case 0x01:
		return PAGE_01;
	case 0xb2:
		return PAGE_B2;
	case 0xb9:
		return PAGE_B9;
	case 0xe5:
		return PAGE_E5;
	case 0xe3:
		return PAGE_E3;
	case 0xeb:
		return PAGE_EB;
	case 0xc8:
		return PAGE_C8;
	case 0xc4:
		return PAGE_C4;
	default:
		return PAGE_ONE;
	}
}

static void index_build(void)
{
	for (unsigned n = 0; instruction_table[n].mnemonic; n++) {
		unsigned opcode = instruction_table[n].opcode;
		assert_cp(n < 255);
		if (opcode < 0x100 && page_of(opcode) == PAGE_ONE)
			index[PAGE_ONE][opcode] = n + 1;
		else
			index[page_of(opcode >> 8)][opcode & 0xff] = n + 1;
	}
	indexed = true;
}

static const struct instruction_entry *entry_find(const uint8_t *text)
{
	unsigned page = page_of(text[0]), row;

	switch (page) {
	case PAGE_ONE:
		row = index[page][text[0]];
		break;
	case PAGE_E3:
	case PAGE_EB:
		row = index[page][text[5]];
		break;
	case PAGE_C8:
	case PAGE_C4:
		row = index[page][text[1] & 15];
		break;
	default:
		row = index[page][text[1]];
	}
	return row ? &instruction_table[row - 1] : NULL;
}

gva_t address_wrap(const struct vcpu *v, gva_t a)
{
	if (v->arch.psw.mask & PSW_EA)
		return a;
	return a & (v->arch.psw.mask & PSW_BA ? 0x7fffffffu : 0xffffffu);
}

static unsigned length_of(uint8_t first)
{
	return first < 0x40 ? 2 : first < 0xc0 ? 4 : 6;
}

/* Text by the data view of the space instructions come from: the original, never the code view's copy. */
static int text_fetch(struct vcpu *v, gva_t at, uint8_t *text, unsigned n)
{
	uint64_t *e = shadow_entry(v->arch.code_space, VIEW_DATA, at, 1);

	if (e && !(*e & PTE_INVALID) && (at & 0xfff) <= PAGE_SIZE - 6) {
		const uint16_t *from = (const uint16_t *)(uintptr_t)((*e & PTE_ORIGIN) | (at & 0xfff));
		((uint16_t *)text)[0] = from[0];
		((uint16_t *)text)[1] = from[1];
		((uint16_t *)text)[2] = from[2];
		return 0;
	}
	while (n > 0) {
		unsigned piece = n < PAGE_SIZE - at % PAGE_SIZE ? n : PAGE_SIZE - at % PAGE_SIZE;
		gabs_t abs;
		int rc = arch_translate(v, at, ACCESS_INSTRUCTION, &abs);
		if (rc == 0)
			rc = guest_read(v->vm, abs, text, piece);
		if (rc)
			return rc;
		at += piece;
		text += piece;
		n -= piece;
	}
	return 0;
}

int instruction_text(struct vcpu *v, gva_t at, uint8_t *text)
{
	int rc = text_fetch(v, at, text, 2);

	if (rc == 0 && length_of(text[0]) > 2)
		rc = text_fetch(v, at, text, length_of(text[0]));
	return rc;
}

gva_t base_displacement(const struct vcpu *v, const uint8_t *field)
{
	unsigned base = field[0] >> 4, displacement = (field[0] & 15) << 8 | field[1];

	return address_wrap(v, displacement + (base ? v->arch.gpr[base] : 0));
}

/* RXY, RSY: 20-bit signed displacement, its high byte last. */
gva_t long_displacement(const struct vcpu *v, const uint8_t *text)
{
	unsigned base = text[2] >> 4;
	int32_t d = (int32_t)((int8_t)text[4]) * 4096 + ((text[2] & 15) << 8 | text[3]);

	return address_wrap(v, (int64_t)d + (base ? v->arch.gpr[base] : 0));
}

/* Replace *text by what an EX or EXRL at `at` executes. */
static int execute_target(struct vcpu *v, gva_t at, uint8_t *text)
{
	unsigned r1 = text[1] >> 4, x2 = text[1] & 15;
	uint8_t modifier = r1 ? (uint8_t)v->arch.gpr[r1] : 0;
	gva_t target;
	int rc;

	if (text[0] == EX) {
		target = base_displacement(v, text + 2) + (x2 ? v->arch.gpr[x2] : 0);
	} else {
		int32_t halfwords = (int32_t)((uint32_t)text[2] << 24 | text[3] << 16 | text[4] << 8 | text[5]);
		target = at + 2 * (int64_t)halfwords;
	}
	target = address_wrap(v, target);
	if (target & 1)
		return PGM_SPECIFICATION;
	rc = instruction_text(v, target, text);
	text[1] |= modifier;
	return rc;
}

static void decode(struct instruction *i)
{
	const uint8_t *t = i->text;
	struct vcpu *v = i->v;

	i->r1 = t[1] >> 4;
	i->r2 = i->r3 = t[1] & 15;
	switch (i->entry->format) {
	case FORMAT_S:
	case FORMAT_RS:
		i->a2 = base_displacement(v, t + 2);
		break;
	case FORMAT_RX:
		i->a2 = address_wrap(v, base_displacement(v, t + 2) + (i->r2 ? v->arch.gpr[i->r2] : 0));
		break;
	case FORMAT_RXY:
		i->a2 = address_wrap(v, long_displacement(v, t) + (i->r2 ? v->arch.gpr[i->r2] : 0));
		break;
	case FORMAT_RSY:
		i->a2 = long_displacement(v, t);
		break;
	case FORMAT_SI:
		i->i2 = t[1];
		i->a1 = base_displacement(v, t + 2);
		break;
	case FORMAT_RRE:
	case FORMAT_RRF:
		i->r1 = t[3] >> 4;
		i->r2 = t[3] & 15;
		i->r3 = t[2] >> 4;
		break;
	case FORMAT_SS:
	case FORMAT_SSE:
	case FORMAT_SSF:
		i->a1 = base_displacement(v, t + 2);
		i->a2 = base_displacement(v, t + 4);
		break;
	case FORMAT_RIL:
		i->a2 = address_wrap(v, v->arch.instruction_address +
						2 * (int64_t)(int32_t)((uint32_t)t[2] << 24 | t[3] << 16 | t[4] << 8 | t[5]));
		break;
	}
}

static void trace_instruction(struct instruction *i)
{
	trace_user(i->v, TRACE_PRIV, "%016lX  %-5s %02X%02X%02X%02X", (unsigned long)i->v->arch.instruction_address,
		   i->entry->mnemonic, i->text[0], i->text[1], i->text[2], i->text[3]);
}

static int simulate(struct instruction *i)
{
	const struct instruction_entry *e = i->entry;
	struct vcpu *v = i->v;

	if (e->flags & INSTRUCTION_Z_ONLY && !v->arch.z)
		return PGM_OPERATION;
	if (e->flags & INSTRUCTION_PRIVILEGED && v->arch.psw.mask & PSW_PROBLEM)
		return PGM_PRIVILEGED;
	decode(i);
	v->arch.simulated[e - instruction_table]++;
	if (v->vm->trace.events & TRACE_PRIV)
		trace_instruction(i);
	return e->simulate(i);
}

/* After an instruction that a PER event came with: the event is the interruption, unless there is another. */
static int per_finish(struct vcpu *v, int rc)
{
	if (!v->arch.per_event || rc < 0)
		return rc;
	return rc == 0 ? PGM_PER : rc;
}

int arch_instruction(struct vcpu *v, struct intercept *k)
{
	struct instruction i;
	gva_t at = address_wrap(v, v->arch.psw.address - k->length);
	int rc;

	if (!indexed)
		index_build();
	i.v = v;
	i.length = k->length;
	i.code = k->code;
	v->arch.instruction_address = at;
	rc = instruction_text(v, at, i.text);
	if (rc == 0 && (i.text[0] == EX || (i.text[0] == EXRL && (i.text[1] & 15) == 0)))
		rc = execute_target(v, at, i.text);
	if (rc)
		return rc;
	i.entry = entry_find(i.text);
	if (!i.entry)
		return k->code; /* what the machine said of it stands */
	rc = simulate(&i);
	return v->arch.per_event ? per_finish(v, rc) : rc;
}
