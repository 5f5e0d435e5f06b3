/*
 * operand.h - operands of simulated instructions.
 *
 * Inline because every simulated instruction has one: where the shadow maps
 * the operand in the page used last, reading and writing is a comparison and
 * an addition. Else instruction/operand.c, which looks at the shadow tables
 * and then walks the guest's own (cp/storage/guest.c).
 */
#ifndef ARCH_OPERAND_H
#define ARCH_OPERAND_H

#include <arch/shadow.h>
#include <cp/string.h>
#include <cp/vm.h>

/* May n bytes from a reach into the next page? Of a power of two also the last n bytes of a page count: one test of bits. */
static inline bool operand_over(gva_t a, size_t n)
{
	if (n == 1)
		return false;
	if ((n & (n - 1)) == 0)
		return (a & (PAGE_SIZE - n)) == PAGE_SIZE - n;
	return (a & (PAGE_SIZE - 1)) + n > PAGE_SIZE;
}

static inline bool operand_recent(struct vcpu *v, gva_t a, size_t n, enum recent use)
{
	return !(v->arch.stale & STALE_SPACES) && !operand_over(a, n) && shadow_recent(v->arch.space, a, use);
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

/* operand.c: the same, by the tables. */
int operand_read_far(struct vcpu *v, gva_t a, void *buf, size_t n);
int operand_write_far(struct vcpu *v, gva_t a, const void *buf, size_t n);

static inline int operand_read(struct vcpu *v, gva_t a, void *buf, size_t n)
{
	if (__builtin_expect(!operand_recent(v, a, n, RECENT_FETCH), 0))
		return operand_read_far(v, a, buf, n);
	operand_copy(buf, shadow_byte(v->arch.space, a, RECENT_FETCH), n);
	return 0;
}

static inline int operand_write(struct vcpu *v, gva_t a, const void *buf, size_t n)
{
	if (__builtin_expect(!operand_recent(v, a, n, RECENT_STORE), 0))
		return operand_write_far(v, a, buf, n);
	operand_copy(shadow_byte(v->arch.space, a, RECENT_STORE), buf, n);
	return 0;
}

#endif
