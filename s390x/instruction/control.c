/*
 * control.c - control registers, prefix, CPU address and the like.
 *
 * Owns: what follows from a change of each control register. Comes after
 * driver.c. Source: PoP chapter 4, "Control Registers".
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>

#define RARE __attribute__((cold)) /* not compiled for speed as the rest is */

/* What has to be done again when a control register changes. */
static const uint8_t stale_by_register[16] = {
	[0] = STALE_REGISTERS, [1] = STALE_SPACES,     [7] = STALE_SPACES,     [8] = STALE_REGISTERS,
	[9] = STALE_REGISTERS, [10] = STALE_REGISTERS, [11] = STALE_REGISTERS, [13] = STALE_SPACES,
};

/* Does the current address space depend on this control register? If not, its change can wait. */
static bool space_register(const struct vcpu *v, unsigned n)
{
	uint64_t mode = v->arch.psw.mask & (PSW_DAT | PSW_SPACE);

	if (n == 13)
		return mode == (PSW_DAT | PSW_HOME);
	if (n == 7)
		return mode == (PSW_DAT | PSW_SECONDARY);
	return mode == (PSW_DAT | PSW_PRIMARY) || mode == (PSW_DAT | PSW_SECONDARY);
}

static void control_set(struct vcpu *v, unsigned n, uint64_t value)
{
	uint64_t old = v->arch.cr[n];
	unsigned stale = stale_by_register[n];

	v->arch.cr[n] = value;
	if (old == value || (stale == STALE_SPACES && !space_register(v, n)))
		return;
	/* Of PER only what is in force now; of CR0 only what the real register takes over. */
	if (n >= 9 && n <= 11 && !(v->arch.psw.mask & PSW_PER))
		return;
	if (n == 0 && !((old ^ value) & (CR0_LOW_PROTECT | CR0_AFP | CR0_VECTOR | CR0_IEP |
					 CR0_FETCH_OVERRIDE | CR0_STORAGE_OVERRIDE)))
		stale = 0;
	v->arch.stale |= stale;
}

static unsigned register_count(const struct instruction *i)
{
	return ((i->r3 - i->r1) & 15) + 1;
}

RARE int sim_lctl(struct instruction *i)
{
	unsigned count = register_count(i);
	uint32_t words[16];
	int rc;

	if (i->a2 & 3)
		return PGM_SPECIFICATION;
	rc = operand_read(i->v, i->a2, words, count * 4);
	if (rc)
		return rc;
	for (unsigned n = 0; n < count; n++) {
		unsigned r = (i->r1 + n) & 15;
		control_set(i->v, r, (i->v->arch.cr[r] & 0xffffffff00000000ull) | words[n]);
	}
	recheck(i->v);
	return 0;
}

int sim_lctlg(struct instruction *i)
{
	unsigned count = register_count(i);
	uint64_t words[16];
	int rc;

	if (i->a2 & 7)
		return PGM_SPECIFICATION;
	rc = operand_read(i->v, i->a2, words, count * 8);
	if (rc)
		return rc;
	for (unsigned n = 0; n < count; n++)
		control_set(i->v, (i->r1 + n) & 15, words[n]);
	recheck(i->v);
	return 0;
}

RARE int sim_stctl(struct instruction *i)
{
	unsigned count = register_count(i);
	uint32_t words[16];

	if (i->a2 & 3)
		return PGM_SPECIFICATION;
	for (unsigned n = 0; n < count; n++)
		words[n] = i->v->arch.cr[(i->r1 + n) & 15];
	return operand_write(i->v, i->a2, words, count * 4);
}

int sim_stctg(struct instruction *i)
{
	unsigned count = register_count(i);
	uint64_t words[16];

	if (i->a2 & 7)
		return PGM_SPECIFICATION;
	for (unsigned n = 0; n < count; n++)
		words[n] = i->v->arch.cr[(i->r1 + n) & 15];
	return operand_write(i->v, i->a2, words, count * 8);
}

int sim_stap(struct instruction *i)
{
	return i->a2 & 1 ? PGM_SPECIFICATION : operand_write(i->v, i->a2, &i->v->arch.address, 2);
}

/* The new prefix area must exist; spaces are per prefix, for translation ends in prefixing. */
RARE int prefix_set(struct vcpu *v, uint32_t prefix)
{
	const struct guest_architecture *a = v->arch.architecture;

	prefix &= a->prefix_mask;
	if ((uint64_t)prefix + a->prefix_size > v->vm->storage.size)
		return PGM_ADDRESSING;
	v->arch.prefix = prefix;
	v->arch.stale |= STALE_SPACES;
	return 0;
}

RARE int sim_spx(struct instruction *i)
{
	uint32_t prefix;
	int rc;

	if (i->a2 & 3)
		return PGM_SPECIFICATION;
	rc = operand_read(i->v, i->a2, &prefix, 4);
	return rc ? rc : prefix_set(i->v, prefix);
}

RARE int sim_stpx(struct instruction *i)
{
	return i->a2 & 3 ? PGM_SPECIFICATION : operand_write(i->v, i->a2, &i->v->arch.prefix, 4);
}

static bool refused(const struct vcpu *v)
{
	return v->arch.psw.mask & PSW_PROBLEM && !(v->arch.cr[0] & CR0_EXTRACTION);
}

RARE int sim_epar(struct instruction *i)
{
	if (!(i->v->arch.psw.mask & PSW_DAT))
		return PGM_SPECIAL_OPERATION;
	if (refused(i->v))
		return PGM_PRIVILEGED;
	gpr_set_low(i->v, i->r1, i->v->arch.cr[4] & 0xffff);
	return 0;
}

RARE int sim_esar(struct instruction *i)
{
	if (!(i->v->arch.psw.mask & PSW_DAT))
		return PGM_SPECIAL_OPERATION;
	if (refused(i->v))
		return PGM_PRIVILEGED;
	gpr_set_low(i->v, i->r1, i->v->arch.cr[3] & 0xffff);
	return 0;
}

#define CR14_ASN_TRANSLATION 0x80000 /* 44 */

/*
 * SET SECONDARY ASN to the current primary: CR7 becomes CR1. Any other ASN has to be looked up in tables, which is not
 * provided: special operation, too, as by the book without ASN-translation control.
 */
RARE int sim_ssar(struct instruction *i)
{
	struct vcpu *v = i->v;
	uint16_t asn = v->arch.gpr[i->r1];

	if (!(v->arch.psw.mask & PSW_DAT) || !(v->arch.cr[14] & CR14_ASN_TRANSLATION) ||
	    asn != (uint16_t)v->arch.cr[4])
		return PGM_SPECIAL_OPERATION;
	v->arch.cr[3] = (v->arch.cr[3] & ~0xffffull) | asn;
	control_set(v, 7, v->arch.cr[1]);
	return 0;
}

/*
 * Program calls, the linkage stack and subspaces are not provided. They need DAT, and authorities that no guest here gives
 * itself; what they do without those is the answer in every case.
 */
int sim_linkage(struct instruction *i)
{
	(void)i;
	return PGM_SPECIAL_OPERATION;
}

/* The program parameter is for measurement, which is not provided; it is fetched and dropped. */
RARE int sim_lpp(struct instruction *i)
{
	uint64_t parameter;

	return operand_read(i->v, i->a2, &parameter, 8);
}
