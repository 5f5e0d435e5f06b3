/*
 * move.c - moves between address spaces and storage keys.
 *
 * Owns: MVCOS, MVCP, MVCS, MVCK, MVCSK, MVCDK. They trap because the real
 * CPU runs with CR3 and the secondary-space control off, so that no guest
 * program reaches what its own supervisor has not allowed. Comes after
 * dat/fault.c. Linux copies to and from its users by MVCOS.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <cp/arch.h>
#include <cp/string.h>

#define MVCOS_MOST 4096

/* One operand: its space, its key, its address. */
struct side {
	uint64_t asce;
	unsigned space; /* as a TEID names it: 0 primary, 2 secondary, 3 home */
	unsigned key;
	gva_t address;
};

static int side_translate(struct vcpu *v, const struct side *s, enum access access, gabs_t *abs)
{
	uint64_t mask = v->arch.psw.mask;
	int rc;

	v->arch.psw.mask = (mask & ~PSW_KEY) | (uint64_t)s->key << PSW_KEY_SHIFT;
	rc = translate_in(v, s->asce, s->address, access, abs);
	v->arch.psw.mask = mask;
	if (rc > 0)
		v->arch.teid = (v->arch.teid & ~3ull) | s->space;
	return rc;
}

/* Left to right, a piece that crosses no page boundary on either side at a time. */
static int move(struct vcpu *v, struct side to, struct side from, size_t n)
{
	uint8_t buf[256];

	while (n > 0) {
		size_t piece = n < sizeof(buf) ? n : sizeof(buf);
		gabs_t target, source;
		int rc;
		if (piece > PAGE_SIZE - to.address % PAGE_SIZE)
			piece = PAGE_SIZE - to.address % PAGE_SIZE;
		if (piece > PAGE_SIZE - from.address % PAGE_SIZE)
			piece = PAGE_SIZE - from.address % PAGE_SIZE;
		rc = side_translate(v, &from, ACCESS_FETCH, &source);
		if (rc == 0)
			rc = side_translate(v, &to, ACCESS_STORE, &target);
		if (rc == 0)
			rc = guest_read(v->vm, source, buf, piece);
		if (rc == 0)
			rc = guest_write(v->vm, target, buf, piece);
		if (rc)
			return rc;
		to.address = address_wrap(v, to.address + piece);
		from.address = address_wrap(v, from.address + piece);
		n -= piece;
	}
	return 0;
}

static unsigned psw_key(const struct vcpu *v)
{
	return v->arch.psw.mask >> PSW_KEY_SHIFT & 15;
}

static bool key_refused(const struct vcpu *v, unsigned key)
{
	return v->arch.psw.mask & PSW_PROBLEM && !(v->arch.cr[3] >> (31 - key) & 1);
}

/* An operand-access control of MVCOS: key 0-3, space 8-9, K 14, A 15. */
static int side_by_control(struct vcpu *v, uint16_t oac, struct side *s)
{
	static const uint64_t modes[] = {PSW_PRIMARY, PSW_ACCESS_REGISTER, PSW_SECONDARY, PSW_HOME};
	uint64_t mode = oac & 1 ? modes[oac >> 6 & 3] : v->arch.psw.mask & PSW_SPACE;

	s->key = oac & 2 ? oac >> 12 : psw_key(v);
	if (mode == PSW_HOME && oac & 1 && v->arch.psw.mask & PSW_PROBLEM)
		return PGM_SPECIAL_OPERATION;
	if (mode == PSW_SECONDARY && !(v->arch.cr[0] & CR0_SECONDARY_SPACE))
		return PGM_SPECIAL_OPERATION;
	s->space = mode >> 46;
	s->asce = mode == PSW_HOME ? v->arch.cr[13] : mode == PSW_SECONDARY ? v->arch.cr[7] : v->arch.cr[1];
	if (s->asce & 0x20 && v->arch.z)
		s->asce = SPACE_REAL;
	return mode == PSW_ACCESS_REGISTER ? PGM_SPECIAL_OPERATION : 0;
}

int sim_mvcos(struct instruction *i)
{
	struct vcpu *v = i->v;
	uint64_t length = v->arch.gpr[i->r1];
	struct side to, from;
	int rc;

	if (!(v->arch.psw.mask & PSW_DAT))
		return PGM_SPECIAL_OPERATION;
	if (!(v->arch.psw.mask & PSW_EA))
		length = (uint32_t)length;
	rc = side_by_control(v, v->arch.gpr[0] >> 16, &to);
	if (rc == 0)
		rc = side_by_control(v, v->arch.gpr[0], &from);
	if (rc == 0 && (key_refused(v, to.key) || key_refused(v, from.key)))
		rc = PGM_PRIVILEGED;
	if (rc)
		return rc;
	to.address = i->a1;
	from.address = i->a2;
	rc = move(v, to, from, length > MVCOS_MOST ? MVCOS_MOST : length);
	if (rc == 0)
		set_cc(v, length > MVCOS_MOST ? 3 : 0);
	return rc;
}

enum { PRIMARY = 0, SECONDARY = 2 };

static uint64_t space_asce(const struct vcpu *v, unsigned space)
{
	return v->arch.cr[space == SECONDARY ? 7 : 1];
}

/* MVCP moves to primary from secondary, MVCS the other way; 256 bytes at most, the rest is told by cc 3. */
static int move_between(struct instruction *i, unsigned to_space, unsigned from_space, bool key_of_target)
{
	struct vcpu *v = i->v;
	uint64_t length = v->arch.gpr[i->r1];
	unsigned key = v->arch.gpr[i->r3] >> 4 & 15;
	uint64_t mode = v->arch.psw.mask & (PSW_DAT | PSW_SPACE);
	int rc;

	if (!(v->arch.cr[0] & CR0_SECONDARY_SPACE) ||
	    (mode != (PSW_DAT | PSW_PRIMARY) && mode != (PSW_DAT | PSW_SECONDARY)))
		return PGM_SPECIAL_OPERATION;
	if (key_refused(v, key))
		return PGM_PRIVILEGED;
	if (!(v->arch.psw.mask & PSW_EA))
		length = (uint32_t)length;
	struct side to = {space_asce(v, to_space), to_space, key_of_target ? key : psw_key(v), i->a1};
	struct side from = {space_asce(v, from_space), from_space, key_of_target ? psw_key(v) : key, i->a2};
	rc = move(v, to, from, length > 256 ? 256 : length);
	if (rc == 0)
		set_cc(v, length > 256 ? 3 : 0);
	return rc;
}

int sim_mvcp(struct instruction *i)
{
	return move_between(i, PRIMARY, SECONDARY, false);
}

int sim_mvcs(struct instruction *i)
{
	return move_between(i, SECONDARY, PRIMARY, true);
}

static int move_keys(struct instruction *i, size_t n, unsigned to_key, unsigned from_key, unsigned checked)
{
	struct vcpu *v = i->v;
	uint64_t asce = walk_asce(v, ACCESS_FETCH);
	unsigned space = (v->arch.psw.mask & PSW_SPACE) >> 46;
	struct side to = {asce, space, to_key, i->a1}, from = {asce, space, from_key, i->a2};

	if (key_refused(v, checked))
		return PGM_PRIVILEGED;
	return move(v, to, from, n);
}

int sim_mvck(struct instruction *i)
{
	uint64_t length = i->v->arch.gpr[i->r1];
	unsigned key = i->v->arch.gpr[i->r3] >> 4 & 15;
	int rc;

	if (!(i->v->arch.psw.mask & PSW_EA))
		length = (uint32_t)length;
	rc = move_keys(i, length > 256 ? 256 : length, psw_key(i->v), key, key);
	if (rc == 0)
		set_cc(i->v, length > 256 ? 3 : 0);
	return rc;
}

int sim_mvcsk(struct instruction *i)
{
	unsigned key = i->v->arch.gpr[1] >> 4 & 15;

	return move_keys(i, (i->v->arch.gpr[0] & 0xff) + 1, psw_key(i->v), key, key);
}

int sim_mvcdk(struct instruction *i)
{
	unsigned key = i->v->arch.gpr[1] >> 4 & 15;

	return move_keys(i, (i->v->arch.gpr[0] & 0xff) + 1, key, psw_key(i->v), key);
}
