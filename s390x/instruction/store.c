/*
 * store.c - ordinary store instructions, simulated.
 *
 * Owns: the stores that boot loaders and old programs use most, for the one
 * case in which CP must do them: an instruction that stores into the page it
 * stands in, which is write-protected because it is executed (dat/code.c).
 * Others run for real, one at a time (dat/step.c). Comes after driver.c.
 *
 * Such a store has its like a few instructions further on, as a rule in a
 * loop (Linux's card loader moves 20 addresses on, 4,000 times). So CP goes
 * on from there by itself, for as long as it knows what stands in the page:
 * these stores, and the few instructions that loops are made of.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>
#include <cp/string.h>

/*
 * The page at the address of the one in which the instructions stand. Once a store into it has been done there is nothing to ask of the
 * next ones, if it has a frame for itself. But low-address protection is not by the page.
 */
struct own_page {
	gva_t page;
	gabs_t abs;
	struct page *p;
};

#define LOW_STORAGE (2 * PAGE_SIZE)
#define NOT_OWN     (~0ull)

static struct own_page own_find(struct vcpu *v, gva_t page)
{
	struct own_page own = {.page = NOT_OWN};

	if ((v->arch.cr[0] & CR0_LOW_PROTECT && page < LOW_STORAGE) ||
	    arch_translate(v, page, ACCESS_STORE, &own.abs) != 0)
		return own;
	own.p = storage_page_known(v->vm, own.abs);
	if (own.p && own.p->frame_number && own.p->flags & PAGE_CODE && !(own.p->flags & PAGE_SHARED))
		own.page = page;
	return own;
}

static int own_write(struct vcpu *v, const struct own_page *own, gva_t a, const void *buf, size_t n)
{
	gva_t offset = a & ~PAGE_MASK;

	if ((a & PAGE_MASK) != own->page || operand_over(a, n))
		return operand_write(v, a, buf, n);
	own->p->key |= KEY_REFERENCE | KEY_CHANGE;
	operand_copy((char *)((uintptr_t)own->p->frame_number * PAGE_SIZE + offset), buf, n);
	arch_storage_changed(v->vm, own->abs + offset, n);
	return 0;
}

static gva_t indexed(const struct vcpu *v, const uint8_t *text, gva_t a)
{
	unsigned x = text[1] & 15;

	return address_wrap(v, a + (x ? v->arch.gpr[x] : 0));
}

/* The low n bytes of register r. */
static int store_register(struct vcpu *v, const struct own_page *own, unsigned r, gva_t a, size_t n)
{
	return own_write(v, own, a, (char *)&v->arch.gpr[r] + 8 - n, n);
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

/* The low half of the opcode says what becomes of a byte, in MVI NI OI XI (9x) and in MVC NC OC XC (Dx). */
enum { MOVE = 2, AND = 4, OR = 6, XOR = 7 };
#define COMBINES (1 << MOVE | 1 << AND | 1 << OR | 1 << XOR)

static uint8_t combine(unsigned how, uint8_t to, uint8_t from)
{
	return how == MOVE ? from : how == AND ? to & from : how == OR ? to | from : to ^ from;
}

/*
 * As if byte by byte, left to right: where the operands overlap, what was stored is fetched again. But all is fetched before
 * anything is stored, so that an exception finds nothing done.
 */
static int storage_to_storage(struct vcpu *v, const uint8_t *text, unsigned how)
{
	gva_t to = base_displacement(v, text + 2), from = base_displacement(v, text + 4);
	unsigned n = text[1] + 1u, result = 0;
	uint64_t behind = address_wrap(v, to - from);
	uint8_t a[256], b[256];
	int rc = operand_read(v, from, b, n);

	if (rc == 0 && how != MOVE)
		rc = operand_read(v, to, a, n);
	if (rc)
		return rc;
	for (unsigned k = 0; k < n; k++) {
		if (behind && k >= behind)
			b[k] = b[k - behind];
		if (how != MOVE)
			b[k] = combine(how, a[k], b[k]);
		result |= b[k];
	}
	rc = operand_write(v, to, b, n);
	if (rc == 0 && how != MOVE)
		set_cc(v, result != 0);
	return rc;
}

static int immediate(struct vcpu *v, const uint8_t *text, unsigned how)
{
	gva_t a = base_displacement(v, text + 2);
	uint8_t byte = 0;
	int rc = how == MOVE ? 0 : operand_read(v, a, &byte, 1);

	byte = combine(how, byte, text[1]);
	if (rc == 0)
		rc = operand_write(v, a, &byte, 1);
	if (rc == 0 && how != MOVE)
		set_cc(v, byte != 0);
	return rc;
}

static int load(struct vcpu *v, unsigned r, gva_t a)
{
	return operand_read(v, a, (char *)&v->arch.gpr[r] + 4, 4);
}

static int add(struct vcpu *v, int64_t *r, int64_t i, bool wide)
{
	int64_t sum, old = wide ? *r : (int32_t)*r;

	if (__builtin_add_overflow(old, i, &sum) || (!wide && sum != (int32_t)sum))
		return STORE_UNKNOWN; /* may be an exception */
	set_cc(v, sum < 0 ? 1 : sum > 0 ? 2 : 0);
	*r = wide ? sum : (int64_t)((*r & 0xffffffff00000000ull) | (uint32_t)sum);
	return 0;
}

/* The PSW is past the branch, which has four bytes. */
static int branch_on_count(struct vcpu *v, unsigned r, int64_t halfwords, bool wide)
{
	uint64_t left = v->arch.gpr[r] - 1;

	if (wide)
		v->arch.gpr[r] = left;
	else
		gpr_set_low(v, r, left);
	if (wide ? left : (uint32_t)left)
		v->arch.psw.address = address_wrap(v, v->arch.psw.address - 4 + 2 * halfwords);
	return 0;
}

static int with_immediate(struct vcpu *v, const uint8_t *text)
{
	int16_t i2 = text[2] << 8 | text[3];
	unsigned r1 = text[1] >> 4;

	switch (text[1] & 15) {
	case 0x6: /* BRCT */
	case 0x7: /* BRCTG */
		return branch_on_count(v, r1, i2, text[1] & 1);
	case 0xa: /* AHI */
	case 0xb: /* AGHI */
		return add(v, (int64_t *)&v->arch.gpr[r1], i2, text[1] & 1);
	}
	return STORE_UNKNOWN;
}

/* Stores of a register: the opcode, first and last byte of the text, and how much of it. */
static const struct {
	uint8_t first, last, bytes;
} registers[] = {
	{0x50, 0, 4},    {0x42, 0, 1},    {0x40, 0, 2},                     /* ST STC STH */
	{0xe3, 0x24, 8}, {0xe3, 0x50, 4}, {0xe3, 0x70, 2}, {0xe3, 0x72, 1}, /* STG STY STHY STCY */
};

static int simulate(struct vcpu *v, const struct own_page *own, const uint8_t *text)
{
	bool longer = text[0] >= 0xe0;
	gva_t a = longer ? long_displacement(v, text) : base_displacement(v, text + 2);
	unsigned r1 = text[1] >> 4, last = longer ? text[5] : 0, how = text[0] & 15;

	if (text[0] == 0x58) /* L */
		return load(v, r1, indexed(v, text, a));
	for (unsigned n = 0; n < ARRAY_SIZE(registers); n++)
		if (text[0] == registers[n].first && last == registers[n].last)
			return store_register(v, own, r1, indexed(v, text, a), registers[n].bytes);
	if (text[0] == 0x90) /* STM */
		return store_multiple(v, text, a, 4);
	if (text[0] == 0xeb && last == 0x24) /* STMG */
		return store_multiple(v, text, a, 8);
	if (text[0] >> 4 == 0x9 && COMBINES >> how & 1)
		return immediate(v, text, how);
	if (text[0] >> 4 == 0xd && COMBINES >> how & 1)
		return storage_to_storage(v, text, how);
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

/* The instruction that the PSW is at, and past it: only if it could be done. */
static int one(struct vcpu *v, const struct own_page *own, const uint8_t *text)
{
	gva_t at = v->arch.psw.address;
	int rc;

	v->arch.psw.address = address_wrap(v, at + instruction_length(text[0]));
	rc = text[0] == 0xa7 ? with_immediate(v, text) : simulate(v, own, text);
	if (rc)
		v->arch.psw.address = at;
	return rc;
}

#define FURTHER 256 /* instructions; then whoever waits is heard */

/* With key 0, for what an operand's page allows was asked for the store alone. What cannot be done here, or not at all, the guest
 * comes to by itself. */
static void further(struct vcpu *v, gva_t page)
{
	struct arch_vcpu *g = &v->arch;
	struct own_page own;

	if (g->psw.mask & PSW_KEY || g->following)
		return;
	own = own_find(v, page);
	for (unsigned n = 0; n < FURTHER; n++) {
		uint64_t text = shadow_text(g->code_space, g->psw.address);

		if (!text || (g->psw.address & PAGE_MASK) != page ||
		    one(v, &own, (const uint8_t *)&text) != 0)
			return;
	}
}

int store_simulate(struct vcpu *v)
{
	gva_t at = v->arch.psw.address;
	uint8_t text[6];
	int rc;

	if (v->arch.psw.mask & PSW_PER || v->arch.stepping)
		return STORE_UNKNOWN; /* the machine will see to the events */
	rc = text_at(v, at, text);
	if (rc == 0)
		rc = one(v, &(struct own_page){.page = NOT_OWN}, text);
	if (rc == 0)
		further(v, at & PAGE_MASK);
	return rc;
}
