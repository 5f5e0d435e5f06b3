/*
 * operand.h - operands of simulated instructions.
 *
 * Inline because every simulated instruction has one: where the shadow maps
 * the operand, as it does for what the guest has just used, reading and
 * writing is a look into one page table. Else the long way, which walks the
 * guest's own tables (cp/storage/guest.c).
 */
#ifndef ARCH_OPERAND_H
#define ARCH_OPERAND_H

#include <arch/shadow.h>
#include <cp/string.h>
#include <cp/vm.h>

#define OPERAND_LOW 0x2000 /* stores below may meet low-address protection */

/* Where the data view maps all n bytes with none of the refused bits; or NULL. */
static inline char *operand_mapped(struct vcpu *v, gva_t a, size_t n, uint64_t refused)
{
	uint64_t *e;

	if (v->arch.stale & STALE_SPACES || (a & 0xfff) + n > PAGE_SIZE)
		return NULL;
	e = shadow_entry(v->arch.space, VIEW_DATA, a, 0);
	if (!e || *e & refused)
		return NULL;
	return (char *)(uintptr_t)((*e & PTE_ORIGIN) | (a & 0xfff));
}

static inline void operand_copy(void *to, const void *from, size_t n)
{
	if (n == 8)
		*(uint64_t *)to = *(const uint64_t *)from;
	else if (n == 4)
		*(uint32_t *)to = *(const uint32_t *)from;
	else if (n == 2)
		*(uint16_t *)to = *(const uint16_t *)from;
	else if (n == 1)
		*(uint8_t *)to = *(const uint8_t *)from;
	else
		memcpy(to, from, n);
}

static inline int operand_read(struct vcpu *v, gva_t a, void *buf, size_t n)
{
	const char *at = operand_mapped(v, a, n, PTE_INVALID);

	if (!at)
		return vcpu_read(v, a, buf, n);
	operand_copy(buf, at, n);
	return 0;
}

static inline int operand_write(struct vcpu *v, gva_t a, const void *buf, size_t n)
{
	char *at = a < OPERAND_LOW ? NULL : operand_mapped(v, a, n, PTE_INVALID | PTE_PROTECT);

	if (!at)
		return vcpu_write(v, a, buf, n);
	operand_copy(at, buf, n);
	return 0;
}

#endif
