/*
 * storage.c - the instructions that use real addresses or store in special
 * ways.
 *
 * Owns: STURA LURA CSP CSST and the relative stores that arrive by the code
 * view on Hercules (dat/code.c). Operands are read and written by the inline
 * functions of arch/operand.h. Comes after driver.c.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>
#include <cp/string.h>

bool real_protected(const struct vcpu *v, uint64_t real)
{
	return v->arch.cr[0] & CR0_LOW_PROTECT && (real & ~0x11ffull) == 0;
}

int real_protection(struct vcpu *v, uint64_t real)
{
	v->arch.teid = (real & PAGE_MASK) | 0x400; /* a store */
	return PGM_PROTECTION;
}

static int store_real(struct instruction *i, const void *value, size_t n)
{
	uint64_t real = address_wrap(i->v, i->v->arch.gpr[i->r2]);
	gabs_t abs = real_to_absolute(i->v, real);
	int rc;

	if (real & (n - 1))
		return PGM_SPECIFICATION;
	rc = key_check(i->v, abs, real, ACCESS_STORE);
	if (rc)
		return rc;
	if (real_protected(i->v, real))
		return real_protection(i->v, real);
	return guest_write(i->v->vm, abs, value, n);
}

int sim_stura(struct instruction *i)
{
	uint32_t w = gpr_low(i->v, i->r1);

	return store_real(i, &w, 4);
}

int sim_sturg(struct instruction *i)
{
	return store_real(i, &i->v->arch.gpr[i->r1], 8);
}

static int load_real(struct instruction *i, void *value, size_t n)
{
	uint64_t real = address_wrap(i->v, i->v->arch.gpr[i->r2]);
	int rc = real & (n - 1) ? PGM_SPECIFICATION
				: key_check(i->v, real_to_absolute(i->v, real), real, ACCESS_FETCH);

	return rc ? rc : real_read(i->v, real, value, n);
}

int sim_lura(struct instruction *i)
{
	uint32_t w;
	int rc = load_real(i, &w, 4);

	if (rc == 0)
		gpr_set_low(i->v, i->r1, w);
	return rc;
}

int sim_lurag(struct instruction *i)
{
	return load_real(i, &i->v->arch.gpr[i->r1], 8);
}

/* Compare and swap at a logical address; the purge that CSP(G) asks for is the whole shadow. */
static int compare_swap(struct instruction *i, void *old, const void *new, size_t n, bool *swapped)
{
	uint64_t r2 = i->v->arch.gpr[i->r2];
	gabs_t abs;
	int rc = arch_translate(i->v, address_wrap(i->v, r2 & ~(uint64_t)(n - 1)), ACCESS_STORE, &abs);

	if (rc == 0)
		rc = guest_compare_swap(i->v->vm, abs, old, new, n);
	*swapped = rc == 0;
	if (rc == 0 && r2 & 1)
		shadow_purge(i->v->vm);
	return rc == GUEST_UNEQUAL ? 0 : rc;
}

int sim_csp(struct instruction *i)
{
	uint32_t old = gpr_low(i->v, i->r1), new = gpr_low(i->v, i->r1 + 1u);
	bool swapped;
	int rc;

	if (i->r1 & 1)
		return PGM_SPECIFICATION;
	rc = compare_swap(i, &old, &new, 4, &swapped);
	if (rc)
		return rc;
	gpr_set_low(i->v, i->r1, old);
	set_cc(i->v, !swapped);
	return 0;
}

int sim_cspg(struct instruction *i)
{
	uint64_t old = i->v->arch.gpr[i->r1];
	bool swapped;
	int rc;

	if (i->r1 & 1)
		return PGM_SPECIFICATION;
	rc = compare_swap(i, &old, &i->v->arch.gpr[i->r1 + 1], 8, &swapped);
	if (rc)
		return rc;
	i->v->arch.gpr[i->r1] = old;
	set_cc(i->v, !swapped);
	return 0;
}

/*
 * COMPARE AND SWAP AND STORE, problem state. Function code (0-2: 4, 8, 16
 * bytes compared) and store characteristic (0-4: 1 to 16 bytes) in GR0; the
 * replacement and the store value in the parameter list GR1 points to.
 */
int sim_csst(struct instruction *i)
{
	struct vcpu *v = i->v;
	unsigned fc = v->arch.gpr[0] & 0xff, sc = v->arch.gpr[0] >> 8 & 0xff;
	size_t compared = 4u << fc, stored = 1u << sc;
	uint8_t list[32], old[16], now[16];
	int rc;

	if (fc > 2 || sc > 4 || i->a1 & (compared - 1) || i->a2 & (stored - 1) || v->arch.gpr[1] & 15 ||
	    (fc == 2 && i->r1 & 1))
		return PGM_SPECIFICATION;
	rc = operand_read(v, address_wrap(v, v->arch.gpr[1]), list, sizeof(list));
	if (rc)
		return rc;
	if (fc == 0)
		memcpy(old, (char *)&v->arch.gpr[i->r1] + 4, 4);
	else
		memcpy(old, &v->arch.gpr[i->r1], compared);
	rc = operand_read(v, i->a1, now, compared);
	if (rc)
		return rc;
	if (memcmp(old, now, compared) != 0) {
		memcpy((char *)&v->arch.gpr[i->r1] + (fc == 0 ? 4 : 0), now, compared);
		set_cc(v, 1);
		return 0;
	}
	rc = operand_write(v, i->a2, list + 16, stored);
	if (rc == 0)
		rc = operand_write(v, i->a1, list, compared);
	if (rc == 0)
		set_cc(v, 0);
	return rc;
}

/* STHRL, STRL, STGRL. */
int sim_store_relative(struct instruction *i)
{
	static const uint8_t sizes[16] = {[0x7] = 2, [0xb] = 8, [0xf] = 4};
	size_t n = sizes[i->text[1] & 15];

	if (i->a2 & (n - 1))
		return PGM_SPECIFICATION;
	return operand_write(i->v, i->a2, (char *)&i->v->arch.gpr[i->r1] + 8 - n, n);
}
