/*
 * store.c - ordinary store instructions, simulated.
 *
 * Owns: the stores that boot loaders and old programs use most, for the one
 * case in which CP must do them: an instruction that stores into the page it
 * stands in, which is write-protected because it is executed (dat/code.c).
 * Others run for real, one at a time (dat/step.c). Comes after driver.c.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/string.h>

static gva_t indexed(const struct vcpu *v, const uint8_t *text, gva_t a)
{
	unsigned x = text[1] & 15;

	return address_wrap(v, a + (x ? v->arch.gpr[x] : 0));
}

/* The low n bytes of register r. */
static int store_register(struct vcpu *v, unsigned r, gva_t a, size_t n)
{
	return operand_write(v, a, (char *)&v->arch.gpr[r] + 8 - n, n);
}

static int store_multiple(struct vcpu *v, const uint8_t *text, gva_t a, size_t n)
{
	unsigned first = text[1] >> 4, last = text[1] & 15, count = ((last - first) & 15) + 1;
	char buf[16 * 8];

	for (unsigned k = 0; k < count; k++)
		for (size_t b = 0; b < n; b++)
			buf[k * n + b] = ((char *)&v->arch.gpr[(first + k) & 15])[8 - n + b];
	return vcpu_write(v, a, buf, count * n);
}

/*
 * As if byte by byte, left to right: where the operands overlap, what was stored is fetched again. But all is fetched before
 * anything is stored, so that an exception finds nothing done.
 */
static int storage_to_storage(struct vcpu *v, const uint8_t *text,
			      uint8_t (*combine)(uint8_t to, uint8_t from))
{
	gva_t to = base_displacement(v, text + 2), from = base_displacement(v, text + 4);
	unsigned n = text[1] + 1u, result = 0;
	uint64_t behind = address_wrap(v, to - from);
	uint8_t a[256], b[256];
	int rc = operand_read(v, from, b, n);

	if (rc == 0 && combine)
		rc = operand_read(v, to, a, n);
	if (rc)
		return rc;
	for (unsigned k = 0; k < n; k++) {
		if (behind && k >= behind)
			b[k] = b[k - behind];
		if (combine)
			b[k] = combine(a[k], b[k]);
		result |= b[k];
	}
	rc = operand_write(v, to, b, n);
	if (rc == 0 && combine)
		set_cc(v, result != 0);
	return rc;
}

static uint8_t and (uint8_t a, uint8_t b)
{
	return a & b;
}

static uint8_t or (uint8_t a, uint8_t b)
{
	return a | b;
}

static uint8_t exclusive_or(uint8_t a, uint8_t b)
{
	return a ^ b;
}

static int immediate(struct vcpu *v, const uint8_t *text, uint8_t (*combine)(uint8_t to, uint8_t from))
{
	gva_t a = base_displacement(v, text + 2);
	uint8_t byte;
	int rc = operand_read(v, a, &byte, 1);

	byte = combine(byte, text[1]);
	if (rc == 0)
		rc = operand_write(v, a, &byte, 1);
	if (rc == 0)
		set_cc(v, byte != 0);
	return rc;
}

static int simulate(struct vcpu *v, const uint8_t *text)
{
	gva_t a = base_displacement(v, text + 2);
	unsigned r1 = text[1] >> 4;

	switch (text[0]) {
	case 0x42: /* STC */
		return store_register(v, r1, indexed(v, text, a), 1);
	case 0x40: /* STH */
		return store_register(v, r1, indexed(v, text, a), 2);
	case 0x50: /* ST */
		return store_register(v, r1, indexed(v, text, a), 4);
	case 0x90: /* STM */
		return store_multiple(v, text, a, 4);
	case 0x92: /* MVI */
		return operand_write(v, a, &text[1], 1);
	case 0x94: /* NI */
		return immediate(v, text, and);
	case 0x96: /* OI */
		return immediate(v, text, or);
	case 0x97: /* XI */
		return immediate(v, text, exclusive_or);
	case 0xd2: /* MVC */
		return storage_to_storage(v, text, 0);
	case 0xd4: /* NC */
		return storage_to_storage(v, text, and);
	case 0xd6: /* OC */
		return storage_to_storage(v, text, or);
	case 0xd7: /* XC */
		return storage_to_storage(v, text, exclusive_or);
	}
	return STORE_UNKNOWN;
}

/* Six bytes, the last of which selects. */
static int simulate_long(struct vcpu *v, const uint8_t *text)
{
	gva_t a = long_displacement(v, text);
	unsigned r1 = text[1] >> 4;

	switch (text[0] << 8 | text[5]) {
	case 0xe324: /* STG */
		return store_register(v, r1, indexed(v, text, a), 8);
	case 0xe350: /* STY */
		return store_register(v, r1, indexed(v, text, a), 4);
	case 0xe370: /* STHY */
		return store_register(v, r1, indexed(v, text, a), 2);
	case 0xe372: /* STCY */
		return store_register(v, r1, indexed(v, text, a), 1);
	case 0xeb24: /* STMG */
		return store_multiple(v, text, a, 8);
	}
	return STORE_UNKNOWN;
}

/* The text as CP saw it last in the data view; as a rule the page is the one that was asked for before. */
static int text_at(struct vcpu *v, gva_t at, uint8_t *text)
{
	uint64_t seen = shadow_text(v->arch.code_space, at);

	if (!seen)
		return instruction_text(v, at, text);
	memcpy(text, &seen, 6);
	return 0;
}

int store_simulate(struct vcpu *v, unsigned length)
{
	uint8_t text[6];
	int rc;

	if (v->arch.psw.mask & PSW_PER || v->arch.stepping)
		return STORE_UNKNOWN; /* the machine will see to the events */
	rc = text_at(v, v->arch.psw.address, text);
	if (rc)
		return rc;
	rc = text[0] == 0xe3 || text[0] == 0xeb ? simulate_long(v, text) : simulate(v, text);
	if (rc == 0)
		v->arch.psw.address = address_wrap(v, v->arch.psw.address + length);
	return rc;
}
