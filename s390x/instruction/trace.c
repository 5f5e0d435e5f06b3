/*
 * trace.c - TRACE and TRACE (TRACG): an entry of the guest's own making in its trace table.
 *
 * Owns: the entries of explicit tracing. Comes after control.c; what the user at the terminal traces is cp/observe/trace.c.
 * Source: Principles of Operation, chapter 4, "Tracing".
 * Simplification: branch and ASN tracing record nothing, for those instructions do not trap.
 */
#include <arch/instruction.h>
#include <cp/arch.h>

#define CR12_EXPLICIT 1
#define CR12_ADDRESS  0x3ffffffffffffffcull /* of the next entry */
#define OFF           0x80000000u           /* in the operand: not this time */
#define ENTRY_TRACE   0x70                  /* plus the number of registers less one */
#define ENTRY_TRACG   0x80                  /* in the second byte: registers are whole */

static unsigned registers_of(const struct instruction *i)
{
	return ((i->r3 - i->r1) & 15) + 1;
}

/* Whatever its length, an entry must find room for the longest one before the end of its page. */
static int entry_store(struct vcpu *v, const void *entry, size_t n, size_t longest)
{
	uint64_t at = v->arch.cr[12] & CR12_ADDRESS;
	int rc;

	if (at % PAGE_SIZE + longest >= PAGE_SIZE)
		return PGM_TRACE_TABLE;
	if (real_protected(v, at))
		return real_protection(v, at);
	rc = real_write(v, at, entry, n);
	if (rc == 0)
		v->arch.cr[12] = (v->arch.cr[12] & ~CR12_ADDRESS) | (at + n);
	return rc;
}

/* Is an entry to be made, and with which operand? > 0: an exception; 0: *make says. */
static int wanted(struct instruction *i, uint32_t *operand, bool *make)
{
	int rc = i->a2 & 3 ? PGM_SPECIFICATION : 0;

	*make = false;
	if (rc || !(i->v->arch.cr[12] & CR12_EXPLICIT))
		return rc;
	rc = operand_read(i->v, i->a2, operand, 4);
	*make = rc == 0 && !(*operand & OFF);
	return rc;
}

#define TRACE_HEADER  12
#define TRACE_LONGEST (TRACE_HEADER + 16 * 4)

int sim_trace(struct instruction *i)
{
	uint64_t clock = arch_clock();
	unsigned count = registers_of(i);
	uint32_t entry[TRACE_LONGEST / 4];
	bool make;
	int rc = wanted(i, &entry[2], &make);

	if (rc || !make)
		return rc;
	entry[0] = (ENTRY_TRACE + count - 1) << 24 | (clock >> 32 & 0xffff);
	entry[1] = (uint32_t)clock;
	for (unsigned n = 0; n < count; n++)
		entry[3 + n] = gpr_low(i->v, (i->r1 + n) & 15);
	return entry_store(i->v, entry, TRACE_HEADER + 4 * count, TRACE_LONGEST);
}

#define TRACG_HEADER  16
#define TRACG_LONGEST (TRACG_HEADER + 16 * 8)

int sim_tracg(struct instruction *i)
{
	uint64_t clock = arch_clock(), entry[TRACG_LONGEST / 8];
	unsigned count = registers_of(i);
	uint32_t operand;
	bool make;
	int rc = wanted(i, &operand, &make);

	if (rc || !make)
		return rc;
	entry[0] = (uint64_t)(ENTRY_TRACE + count - 1) << 56 | (uint64_t)ENTRY_TRACG << 48 | clock >> 16;
	entry[1] = clock << 48 | operand;
	for (unsigned n = 0; n < count; n++)
		entry[2 + n] = i->v->arch.gpr[(i->r1 + n) & 15];
	return entry_store(i->v, entry, TRACG_HEADER + 8 * count, TRACG_LONGEST);
}
