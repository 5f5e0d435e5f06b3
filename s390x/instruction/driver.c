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
#include <arch/engine.h>
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>
#include <cp/panic.h>

#define EX   0x44
#define EXRL 0xc6

/*
 * Which byte of the text selects the row depends on the first byte: for most
 * it is that byte itself, for the others a second one, of which some bits
 * count.
 */
static const struct group {
	uint8_t first, selector, mask;
} groups[] = {
	{0x00, 0, 0xff}, {0x01, 1, 0xff}, {0xb2, 1, 0xff}, {0xb9, 1, 0xff}, {0xe5, 1, 0xff},
	{0xe3, 5, 0xff}, {0xeb, 5, 0xff}, {0xec, 5, 0xff}, {0xc8, 1, 0x0f}, {0xc4, 1, 0x0f},
};

static const struct instruction_entry *rows[ARRAY_SIZE(groups)][256]; /* by group and selecting byte */
static struct {
	const struct instruction_entry **rows;
	uint64_t selector;
} by_first[256]; /* the same, found by the first byte */

static unsigned group_of(unsigned first)
{
	for (unsigned n = 1; n < ARRAY_SIZE(groups); n++)
		if (groups[n].first == first)
			return n;
	return 0;
}

/* Bits of the selecting byte that do not count may be anything: the row is entered for all of them. */
static void row_enter(const struct instruction_entry *e)
{
	unsigned n = e->opcode < 0x100 ? 0 : group_of(e->opcode >> 8);

	assert_cp(n || e->opcode < 0x100);
	for (unsigned byte = 0; byte < 256; byte++)
		if ((byte & groups[n].mask) == (e->opcode & 0xff))
			rows[n][byte] = e;
}

__attribute__((cold)) void instruction_index(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	for (unsigned first = 0; first < 256; first++) {
		by_first[first].rows = rows[group_of(first)];
		by_first[first].selector = groups[group_of(first)].selector;
	}
	for (struct instruction_entry *e = instruction_table; e->mnemonic; e++) {
		e->number = e - instruction_table;
		row_enter(e);
	}
}

/* The row, or NULL. */
static inline const struct instruction_entry *row_of(const struct instruction *i)
{
	unsigned long first = i->text[0];

	return by_first[first].rows[i->text[by_first[first].selector]];
}

static __attribute__((cold)) int text_fetch(struct vcpu *v, gva_t at, uint8_t *text, unsigned n)
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

	if (rc == 0 && instruction_length(text[0]) > 2)
		rc = text_fetch(v, at, text, instruction_length(text[0]));
	return rc;
}

__attribute__((cold)) gva_t address_narrow(const struct vcpu *v, gva_t a)
{
	return a & (v->arch.psw.mask & PSW_BA ? 0x7fffffffu : 0xffffffu);
}

gva_t base_displacement(const struct vcpu *v, const uint8_t *field)
{
	return address_of(v, (unsigned long)field[0] << 8 | field[1]);
}

/* RXY, RSY: 20-bit signed displacement, its high byte last. */
gva_t long_displacement(const struct vcpu *v, const uint8_t *text)
{
	unsigned base = text[2] >> 4;
	int32_t d = (int32_t)((int8_t)text[4]) * 4096 + ((text[2] & 15) << 8 | text[3]);

	return address_wrap(v, (int64_t)d + (base ? v->arch.gpr[base] : 0));
}

/* Replace *text by what an EX or EXRL at *at executes, and *at by where that stands. */
static int execute_target(struct vcpu *v, gva_t *at, uint8_t *text)
{
	unsigned r1 = text[1] >> 4, x2 = text[1] & 15;
	uint8_t modifier = r1 ? (uint8_t)v->arch.gpr[r1] : 0;
	gva_t target;
	int rc;

	if (text[0] == EX) {
		target = base_displacement(v, text + 2) + (x2 ? v->arch.gpr[x2] : 0);
	} else {
		int32_t halfwords =
			(int32_t)((uint32_t)text[2] << 24 | text[3] << 16 | text[4] << 8 | text[5]);
		target = *at + 2 * (int64_t)halfwords;
	}
	*at = target = address_wrap(v, target);
	if (target & 1)
		return PGM_SPECIFICATION;
	rc = instruction_text(v, target, text);
	text[1] |= modifier;
	return rc;
}

/* ---- formats: PoP chapter 5, "Instruction Formats" ------------------------- */

static void decode_registers(struct instruction *i)
{
	i->r1 = i->text[1] >> 4;
	i->r2 = i->r3 = i->text[1] & 15;
}

static gva_t indexed_by_r2(const struct instruction *i, gva_t a)
{
	return address_wrap(i->v, a + (i->r2 ? i->v->arch.gpr[i->r2] : 0));
}

void decode_e(struct instruction *i)
{
	(void)i;
}

void decode_s(struct instruction *i)
{
	i->a2 = address_of(i->v, i->half[1]);
}

__attribute__((cold)) void decode_si(struct instruction *i)
{
	i->i2 = i->text[1];
	i->a1 = address_of(i->v, i->half[1]);
}

void decode_rs(struct instruction *i)
{
	decode_registers(i);
	i->a2 = address_of(i->v, i->half[1]);
}

void decode_rsy(struct instruction *i)
{
	decode_registers(i);
	i->a2 = long_displacement(i->v, i->text);
}

void decode_rx(struct instruction *i)
{
	decode_rs(i);
	i->a2 = indexed_by_r2(i, i->a2);
}

void decode_rxy(struct instruction *i)
{
	decode_rsy(i);
	i->a2 = indexed_by_r2(i, i->a2);
}

void decode_rre(struct instruction *i)
{
	i->r1 = i->text[3] >> 4;
	i->r2 = i->text[3] & 15;
	i->r3 = i->text[2] >> 4;
}

__attribute__((cold)) void decode_ss(struct instruction *i)
{
	decode_registers(i);
	i->a1 = address_of(i->v, i->half[1]);
	i->a2 = address_of(i->v, i->half[2]);
}

__attribute__((cold)) void decode_ril(struct instruction *i)
{
	int32_t halfwords = (int32_t)((uint32_t)i->half[1] << 16 | i->half[2]);

	decode_registers(i);
	i->a2 = address_wrap(i->v, i->v->arch.instruction_address + 2 * (int64_t)halfwords);
}

/* The immediate bytes are the handler's. */
__attribute__((cold)) void decode_rie(struct instruction *i)
{
	decode_registers(i);
}

bool arch_vcpu_count(const struct vcpu *v, unsigned n, struct arch_count *c)
{
	if (n >= instruction_rows)
		return false;
	*c = (struct arch_count){.name = instruction_table[n].mnemonic, .count = v->arch.simulated[n]};
	return true;
}

/* ---- one instruction ------------------------------------------------------- */

static void trace_instruction(struct instruction *i)
{
	trace_user(i->v, TRACE_PRIV, "%016lX  %-5s %02X%02X%02X%02X",
		   (unsigned long)i->v->arch.instruction_address, i->entry->mnemonic, i->text[0], i->text[1],
		   i->text[2], i->text[3]);
}

static inline int simulate(struct instruction *i, const struct instruction_entry *e)
{
	struct vcpu *v = i->v;

	if (!v->arch.z && e->flags & INSTRUCTION_Z_ONLY)
		return PGM_OPERATION;
	if (v->arch.psw.mask & PSW_PROBLEM && e->flags & INSTRUCTION_PRIVILEGED)
		return PGM_PRIVILEGED;
	i->entry = e;
	e->decode(i);
	v->arch.simulated[e->number]++;
	if (v->vm->trace.events & TRACE_PRIV)
		trace_instruction(i);
	return e->simulate(i);
}

static bool executes(const uint8_t *text)
{
	return text[0] == EX || (text[0] == EXRL && (text[1] & 15) == 0);
}

/* Text that was not at hand has no name here, nor has an EXECUTE. */
const char *arch_instruction_name(uint64_t word)
{
	const struct instruction_entry *e;
	struct instruction i;

	i.word = word;
	e = row_of(&i);
	return e ? e->mnemonic : NULL;
}

/* Not known to CP: what the machine said of it stands, unless the code view had hidden it. Then the guest has it once more. */
static __attribute__((cold)) int unknown(struct vcpu *v, gva_t at, int code)
{
	gabs_t abs;

	if (code != PGM_OPERATION || arch_translate(v, at, ACCESS_INSTRUCTION, &abs) != 0 ||
	    !code_show(v->vm, abs))
		return code;
	v->arch.psw.address = v->arch.instruction_address;
	v->arch.per_event = false;
	return 0;
}

/* Text that was not at hand. What the code view had hidden has ended after two bytes: the PSW is to be past all of it. */
static __attribute__((cold)) int text_get(struct instruction *i, struct intercept *k)
{
	struct vcpu *v = i->v;
	gva_t at = v->arch.instruction_address;
	int rc = instruction_text(v, at, i->text);

	if (rc == 0) {
		k->length = instruction_length(i->text[0]);
		v->arch.psw.address = address_wrap(v, at + k->length);
	}
	return rc;
}

/* The same, an EXECUTE, or one that CP does not know. */
static __attribute__((cold)) int simulate_other(struct instruction *i, struct intercept *k)
{
	const struct instruction_entry *e;
	struct vcpu *v = i->v;
	gva_t at = v->arch.instruction_address;
	int rc = v->arch.text ? 0 : text_get(i, k);

	if (rc == 0 && executes(i->text))
		rc = execute_target(v, &at, i->text);
	if (rc)
		return rc;
	e = row_of(i);
	return e ? simulate(i, e) : unknown(v, at, k->code);
}

/* The rare cases, all with text 0 or without a row. After an instruction that a PER event came with, the event is the interruption, unless there is another. */
static __attribute__((noinline, cold)) int simulate_rare(struct instruction *i, struct intercept *k)
{
	int rc = simulate_other(i, k);

	return rc == 0 && i->v->arch.per_event ? PGM_PER : rc;
}

int arch_instruction(struct vcpu *v, struct intercept *k)
{
	const struct instruction_entry *e;
	struct instruction i;

	i.v = v;
	i.word = v->arch.text;
	e = row_of(&i);
	if (!e)
		return simulate_rare(&i, k);
	return simulate(&i, e);
}
