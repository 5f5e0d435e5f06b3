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
	unsigned from, to; /* bytes stored into since the code view was told */
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

/* What is stored in one go the code view hears of at once, before an instruction runs by it. */
static void own_tell(struct vcpu *v, struct own_page *own)
{
	if (own->from < own->to)
		arch_storage_changed(v->vm, own->abs + own->from, own->to - own->from);
	own->from = own->to = 0;
}

/* What lies far apart is told apart. */
static void own_note(struct vcpu *v, struct own_page *own, unsigned from, unsigned to)
{
	if (from < own->from || to - own->from > REVIEW_MOST)
		own_tell(v, own);
	if (own->from == own->to)
		own->from = from;
	if (own->to < to)
		own->to = to;
}

/* An operand that lies in it. NULL: not this one. */
static char *own_operand(const struct own_page *own, gva_t a, size_t n)
{
	unsigned offset = a & ~PAGE_MASK;

	if ((a & PAGE_MASK) != own->page || offset + n > PAGE_SIZE)
		return NULL;
	return (char *)((uintptr_t)own->p->frame_number * PAGE_SIZE + offset);
}

/* An instruction's text stands in a doubleword, from its left end on: its second byte has two registers or an immediate. */
static unsigned byte_of(uint64_t text, unsigned n)
{
	return text >> (56 - 8 * n) & 0xff;
}

static unsigned first_register(uint64_t text)
{
	return text >> 52 & 15;
}

static unsigned second_register(uint64_t text)
{
	return text >> 48 & 15;
}

static gva_t first_address(const struct vcpu *v, uint64_t text)
{
	return address_of(v, text >> 32 & 0xffff);
}

static gva_t second_address(const struct vcpu *v, uint64_t text)
{
	return address_of(v, text >> 16 & 0xffff);
}

static gva_t indexed(const struct vcpu *v, uint64_t text, gva_t a)
{
	unsigned x = second_register(text);

	return address_wrap(v, a + (x ? v->arch.gpr[x] : 0));
}

/* The low n bytes of register r. */
static int store_register(struct vcpu *v, struct own_page *own, unsigned r, gva_t a, size_t n)
{
	const char *from = (const char *)&v->arch.gpr[r] + 8 - n;
	char *to = own_operand(own, a, n);
	unsigned offset = a & ~PAGE_MASK;

	if (!to)
		return operand_write(v, a, from, n);
	own->p->key |= KEY_REFERENCE | KEY_CHANGE;
	operand_copy(to, from, n);
	own_note(v, own, offset, offset + n);
	return 0;
}

static __attribute__((cold)) int store_multiple(struct vcpu *v, uint64_t text, gva_t a, size_t n)
{
	unsigned first = first_register(text), last = second_register(text),
		 count = ((last - first) & 15) + 1;
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
static __attribute__((cold)) int storage_to_storage(struct vcpu *v, uint64_t text, unsigned how)
{
	gva_t to = first_address(v, text), from = second_address(v, text);
	unsigned n = byte_of(text, 1) + 1, result = 0;
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

static __attribute__((cold)) int immediate(struct vcpu *v, uint64_t text, unsigned how)
{
	gva_t a = first_address(v, text);
	uint8_t byte = 0;
	int rc = how == MOVE ? 0 : operand_read(v, a, &byte, 1);

	byte = combine(how, byte, byte_of(text, 1));
	if (rc == 0)
		rc = operand_write(v, a, &byte, 1);
	if (rc == 0 && how != MOVE)
		set_cc(v, byte != 0);
	return rc;
}

static int load(struct vcpu *v, const struct own_page *own, unsigned r, gva_t a)
{
	const char *from = own_operand(own, a, 4);

	if (!from)
		return operand_read(v, a, (char *)&v->arch.gpr[r] + 4, 4);
	gpr_set_low(v, r, *(const uint32_t *)from);
	return 0;
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

static int with_immediate(struct vcpu *v, uint64_t text)
{
	int16_t i2 = text >> 32;
	unsigned r1 = first_register(text), what = text >> 48 & 15;

	switch (what) {
	case 0x6: /* BRCT */
	case 0x7: /* BRCTG */
		return branch_on_count(v, r1, i2, what & 1);
	case 0xa: /* AHI */
	case 0xb: /* AGHI */
		return add(v, (int64_t *)&v->arch.gpr[r1], i2, what & 1);
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

static int simulate(struct vcpu *v, struct own_page *own, uint64_t text)
{
	unsigned first = byte_of(text, 0), last = first >= 0xe0 ? byte_of(text, 5) : 0, how = first & 15;
	gva_t a = first >= 0xe0 ? long_displacement(v, (const uint8_t *)&text) : first_address(v, text);
	unsigned r1 = first_register(text);

	if (first == 0x58) /* L */
		return load(v, own, r1, indexed(v, text, a));
	for (unsigned n = 0; n < ARRAY_SIZE(registers); n++)
		if (first == registers[n].first && last == registers[n].last)
			return store_register(v, own, r1, indexed(v, text, a), registers[n].bytes);
	if (first == 0x90) /* STM */
		return store_multiple(v, text, a, 4);
	if (first == 0xeb && last == 0x24) /* STMG */
		return store_multiple(v, text, a, 8);
	if (first >> 4 == 0x9 && COMBINES >> how & 1)
		return immediate(v, text, how);
	if (first >> 4 == 0xd && COMBINES >> how & 1)
		return storage_to_storage(v, text, how);
	return STORE_UNKNOWN;
}

/* The text as CP saw it last in the data view; as a rule the page is the one that was asked for before. */
static int text_at(struct vcpu *v, gva_t at, uint64_t *text)
{
	*text = shadow_text(v->arch.code_space, at);
	return *text ? 0 : instruction_text(v, at, (uint8_t *)text);
}

/* The instruction that the PSW is at, and past it: only if it could be done. */
static int one(struct vcpu *v, struct own_page *own, uint64_t text)
{
	gva_t at = v->arch.psw.address;
	unsigned first = byte_of(text, 0);
	int rc;

	v->arch.psw.address = address_wrap(v, at + instruction_length(first));
	rc = first == 0xa7 ? with_immediate(v, text) : simulate(v, own, text);
	if (rc)
		v->arch.psw.address = at;
	return rc;
}

#define FURTHER 256 /* instructions; then whoever waits is heard */

/*
 * Does CP go on with the next one, and what is its text? With key 0, for what an operand's page allows was asked for the first store
 * alone. What cannot be done here, or not at all, the guest comes to by itself.
 */
static inline bool goes_on(struct vcpu *v, struct own_page *own, gva_t page, unsigned done, uint64_t *text)
{
	struct arch_vcpu *g = &v->arch;

	if (done == 1) {
		if (g->psw.mask & PSW_KEY || g->following)
			return false;
		*own = own_find(v, page);
	}
	*text = shadow_text(g->code_space, g->psw.address);
	return *text && (g->psw.address & PAGE_MASK) == page && done < FURTHER;
}

int store_simulate(struct vcpu *v)
{
	gva_t at = v->arch.psw.address;
	struct own_page own = {.page = NOT_OWN};
	unsigned done = 0;
	uint64_t text;
	int rc;

	if (v->arch.psw.mask & PSW_PER || v->arch.stepping)
		return STORE_UNKNOWN; /* the machine will see to the events */
	rc = text_at(v, at, &text);
	while (rc == 0) {
		rc = one(v, &own, text);
		if (rc || !goes_on(v, &own, at & PAGE_MASK, ++done, &text))
			break;
	}
	own_tell(v, &own);
	return done ? 0 : rc;
}
