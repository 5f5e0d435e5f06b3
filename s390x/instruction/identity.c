/*
 * identity.c - what the machine says it is: a virtual one, under CP.
 *
 * Owns: STIDP, STFL, STFLE, STSI. Linux takes its z/VM drivers because of
 * the version FF and the "z/VM" in STSI 3.2.2. Comes after driver.c.
 *
 * Facilities: by default every machine sees only what QEMU, Hercules and CP
 * all provide, so that a saved machine can go from one to the other. SET
 * MACHINE FACILITIES HOST shows what this host and CP have.
 */
#include <arch/instruction.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

static const uint64_t facilities_common[] = {0xf140f6d3f4c40000, 0x001c000000000000, 0};

/*
 * Never shown, whatever the host has: facilities whose instructions CP does
 * not simulate or whose table bits it does not honour (IDTE by region, EDAT,
 * conditional SSKE, IPTE range, PFMF, PTFF, measurement and the like), and the third of
 * miscellaneous instructions, whose MVCRL QEMU does not survive.
 */
static const uint64_t facilities_hidden[] = {0x0eb7002800000004, 0x0067ffffffffffff, 0x8000000000000000};

static uint64_t facility_word(const struct vm *vm, unsigned n)
{
	if (!(vm->options & SET_HOST_FACILITIES))
		return facilities_common[n];
	return real_machine.facilities[n] & ~facilities_hidden[n];
}

bool arch_facility(const struct vm *vm, unsigned n, char *text, size_t size)
{
	for (unsigned bit = 0; bit < 64 * ARRAY_SIZE(facilities_common); bit++)
		if (facility_word(vm, bit / 64) >> (63 - bit % 64) & 1 && n-- == 0) {
			format(text, size, "FACILITY %u", bit);
			return true;
		}
	return false;
}

int sim_stidp(struct instruction *i)
{
	uint64_t id = vm_cpuid(i->v->vm, i->v->arch.address);

	return i->a2 & 7 ? PGM_SPECIFICATION : operand_write(i->v, i->a2, &id, 8);
}

#define STFL_WORD 200

int sim_stfl(struct instruction *i)
{
	uint32_t word = facility_word(i->v->vm, 0) >> 32;

	if (!i->v->arch.z)
		word &= ~0x40000000u; /* z/Architecture is installed, but not active */
	return real_write(i->v, STFL_WORD, &word, 4);
}

int sim_stfle(struct instruction *i)
{
	struct vcpu *v = i->v;
	unsigned asked = (v->arch.gpr[0] & 0xff) + 1, have = ARRAY_SIZE(facilities_common);
	uint64_t list[ARRAY_SIZE(facilities_common)];
	int rc;

	if (i->a2 & 7)
		return PGM_SPECIFICATION;
	for (unsigned n = 0; n < have; n++)
		list[n] = facility_word(v->vm, n);
	rc = operand_write(v, i->a2, list, 8 * (asked < have ? asked : have));
	if (rc)
		return rc;
	v->arch.gpr[0] = (v->arch.gpr[0] & ~0xffull) | (have - 1);
	set_cc(v, asked < have ? 3 : 0);
	return 0;
}

/* ---- STSI: each system-information block is filled in by one function -------- */

static void text(uint8_t *at, size_t n, const char *s)
{
	size_t length = strlen(s);

	memset(at, ' ', n);
	memcpy(at, s, length < n ? length : n);
	ascii_to_ebcdic(at, n);
}

static void half(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void word(uint8_t *at, uint32_t value)
{
	half(at, value >> 16);
	half(at + 2, value);
}

static void machine(const struct vcpu *v, uint8_t *b) /* 1.1.1 */
{
	(void)v;
	text(b + 32, 16, "VM/40");
	text(b + 48, 4, "2094");
	text(b + 64, 16, "700");
	text(b + 80, 16, "0000000000000611");
	text(b + 96, 4, "40");
	text(b + 100, 16, "700");
}

static void machine_cpu(const struct vcpu *v, uint8_t *b) /* 1.2.1 and 2.2.1 */
{
	text(b + 80, 16, "0000000000000611");
	text(b + 96, 4, "40");
	half(b + 100, v->arch.address);
	half(b + 102, v->arch.address);
}

static void machine_cpus(const struct vcpu *v, uint8_t *b) /* 1.2.2 */
{
	word(b + 32, 0x1000);
	half(b + 36, v->vm->cpus);
	half(b + 38, v->vm->cpus);
}

static void partition(const struct vcpu *v, uint8_t *b) /* 2.2.2 */
{
	half(b + 32, 1);
	half(b + 36, v->vm->cpus);
	half(b + 38, v->vm->cpus);
	text(b + 44, 8, "VM40");
	word(b + 52, 1000);
}

static void virtual_machine(const struct vcpu *v, uint8_t *b) /* 3.2.2 */
{
	uint8_t *vm = b + 32;

	b[31] = 1; /* one level */
	half(vm + 4, v->vm->cpus);
	half(vm + 6, v->vm->cpus);
	text(vm + 12, 8, v->vm->userid);
	word(vm + 20, 1000);
	text(vm + 24, 16, "z/VM    VM/40");
}

static const struct block {
	uint8_t function, selector1, selector2;
	void (*fill)(const struct vcpu *v, uint8_t *b);
} blocks[] = {
	{1, 1, 1, machine},     {1, 2, 1, machine_cpu}, {1, 2, 2, machine_cpus},
	{2, 2, 1, machine_cpu}, {2, 2, 2, partition},   {3, 2, 2, virtual_machine},
};

#define LEVEL 3 /* this is a machine within a partition within a machine */

int sim_stsi(struct instruction *i)
{
	struct vcpu *v = i->v;
	uint32_t gr0 = gpr_low(v, 0), gr1 = gpr_low(v, 1);
	uint8_t b[512] = {0};
	int rc = 0;

	if (gr0 >> 28 == 0) {
		gpr_set_low(v, 0, LEVEL << 28);
		set_cc(v, 0);
		return 0;
	}
	if (gr0 & 0x0fffff00 || gr1 & 0xffff0000)
		return PGM_SPECIFICATION;
	if (i->a2 & 0xfff)
		return PGM_SPECIFICATION;
	for (unsigned n = 0; n < ARRAY_SIZE(blocks); n++) {
		const struct block *k = &blocks[n];
		if (k->function != gr0 >> 28 || k->selector1 != (gr0 & 0xff) || k->selector2 != gr1)
			continue;
		k->fill(v, b);
		for (unsigned at = 0; at < PAGE_SIZE && rc == 0; at += sizeof(b)) {
			rc = vcpu_write(v, i->a2 + at, b, sizeof(b));
			memset(b, 0, sizeof(b));
		}
		if (rc == 0)
			set_cc(v, 0);
		return rc;
	}
	set_cc(v, 3);
	return 0;
}
