/*
 * rotate.c - RNSBG, ROSBG and RXSBG.
 *
 * Owns: the three instructions that rotate a register and combine selected
 * bits of it with another. They are no business of a supervisor's; but with
 * the T bit, which leaves only the condition code, they end QEMU 7.2, so
 * dat/code.c keeps those from it. Comes after move.c; heritage: none.
 * Known simplification: none.
 */
#include <arch/instruction.h>

#define TEST  0x80 /* I3: the register stays as it is */
#define RNSBG 0x54
#define ROSBG 0x56

static uint64_t rotated(uint64_t value, unsigned left)
{
	return left ? value << left | value >> (64 - left) : value;
}

/* Ones from bit `first` to bit `last`, across the end of the register if need be. */
static uint64_t selected(unsigned first, unsigned last)
{
	uint64_t from = ~0ull >> first, to = ~0ull << (63 - last);

	return first <= last ? from & to : from | to;
}

static uint64_t combined(unsigned operation, uint64_t a, uint64_t b)
{
	return operation == RNSBG ? a & b : operation == ROSBG ? a | b : a ^ b;
}

int sim_rotate(struct instruction *i)
{
	uint64_t *gpr = i->v->arch.gpr;
	uint64_t bits = selected(i->text[2] & 63, i->text[3] & 63);
	uint64_t result = combined(i->text[5], gpr[i->r1], rotated(gpr[i->r2], i->text[4] & 63)) & bits;

	if (!(i->text[2] & TEST))
		gpr[i->r1] = (gpr[i->r1] & ~bits) | result;
	set_cc(i->v, result != 0);
	return 0;
}
