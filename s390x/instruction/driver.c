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

/*
 * Which byte of the text selects the row depends on the first byte: for most
 * it is that byte itself (group 0), for the others a second one, of which
 * some bits count.
 */
static const struct group {
	uint8_t first, selector, mask;
} groups[] = {
	{ 0x00, 0, 0xff }, { 0x01, 1, 0xff }, { 0xb2, 1, 0xff }, { 0xb9, 1, 0xff }, { 0xe5, 1, 0xff },
	{ 0xe3, 5, 0xff }, { 0xeb, 5, 0xff }, { 0xc8, 1, 0x0f }, { 0xc4, 1, 0x0f },
};

static uint8_t group_of[256];			 /* by first byte */
static uint8_t index[ARRAY_SIZE(groups)][256]; /* row + 1, by group and selecting byte */
static bool indexed;

static void index_build(void)
{
	for (unsigned n = 1; n < ARRAY_SIZE(groups); n++)
		group_of[groups[n].first] = n;
	for (unsigned n = 0; instruction_table[n].mnemonic; n++) {
		unsigned opcode = instruction_table[n].opcode;
		unsigned group = opcode < 0x100 ? 0 : group_of[opcode >> 8];
		assert_cp(n < 255 && (group || opcode < 0x100));
		index[group][opcode & 0xff] = n + 1;
	}
	indexed = true;
}

/* The row, or -1. */
static int row_find(const uint8_t *text)
{
	unsigned group = group_of[text[0]];
	const struct group *g = &groups[group];

	return index[group][text[g->selector] & g->mask] - 1;
}

static unsigned length_of(uint8_t first)
{
	return first < 0x40 ? 2 : first < 0xc0 ? 4 : 6;
}

/* Text by the data view of the space instructions come from: the original, never the code view's copy. */
static bool text_mapped(struct vcpu *v, gva_t at, uint64_t *word)
{
	uint64_t *e = shadow_entry(v->arch.code_space, VIEW_DATA, at, 1);

	if (!e || *e & PTE_INVALID || (at & 0xfff) > PAGE_SIZE - 8)
		return false;
	*word = *(const uint64_t *)(uintptr_t)((*e & PTE_ORIGIN) | (at & 0xfff));
	return true;
}

static int text_fetch(struct vcpu *v, gva_t at, uint8_t *text, unsigned n)
{
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

static int simulate(struct instruction *i, unsigned row)
{
	const struct instruction_entry *e = i->entry;
	struct vcpu *v = i->v;

	if (e->flags & INSTRUCTION_Z_ONLY && !v->arch.z)
		return PGM_OPERATION;
	if (e->flags & INSTRUCTION_PRIVILEGED && v->arch.psw.mask & PSW_PROBLEM)
		return PGM_PRIVILEGED;
	decode(i);
	v->arch.simulated[row]++;
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

static bool executes(const uint8_t *text)
{
	return text[0] == EX || (text[0] == EXRL && (text[1] & 15) == 0);
}

/* The text, or that of an EXECUTE's target. */
static int text_of(struct instruction *i, gva_t at)
{
	int rc = text_mapped(i->v, at, &i->word) ? 0 : instruction_text(i->v, at, i->text);

	if (rc == 0 && executes(i->text))
		rc = execute_target(i->v, at, i->text);
	return rc;
}

/* What the machine said of an instruction that CP does not know stands. */
static int unknown(struct vcpu *v, int code)
{
	if (v->vm->trace.events & TRACE_PROGRAM)
		trace_user(v, TRACE_PROGRAM, "PROG %04X", code);
	return code;
}

int arch_instruction(struct vcpu *v, struct intercept *k)
{
	struct instruction i;
	int rc, row;

	if (!indexed)
		index_build();
	i.v = v;
	i.length = k->length;
	i.code = k->code;
	v->arch.instruction_address = address_wrap(v, v->arch.psw.address - k->length);
	rc = text_of(&i, v->arch.instruction_address);
	if (rc)
		return rc;
	row = row_find(i.text);
	if (row < 0)
		return unknown(v, k->code);
	i.entry = &instruction_table[row];
	rc = simulate(&i, row);
	return v->arch.per_event ? per_finish(v, rc) : rc;
}
