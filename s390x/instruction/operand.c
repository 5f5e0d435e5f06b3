/*
 * operand.c - operands that are not in the page used last.
 *
 * Owns: the order of the attempts: the shadow tables, where the guest has
 * just been; then the guest's own tables, with everything that can be wrong.
 * Comes after driver.c; the quick case is inline in arch/operand.h.
 */
#include <arch/instruction.h>

static bool mapped(struct vcpu *v, gva_t a, size_t n, enum recent use)
{
	return !(v->arch.stale & STALE_SPACES) && (a & (PAGE_SIZE - 1)) + n <= PAGE_SIZE &&
	       shadow_page(v->arch.space, a, use);
}

int operand_read_far(struct vcpu *v, gva_t a, void *buf, size_t n)
{
	if (!mapped(v, a, n, RECENT_FETCH))
		return vcpu_read(v, a, buf, n);
	memcpy(buf, shadow_byte(v->arch.space, a, RECENT_FETCH), n);
	return 0;
}

int operand_write_far(struct vcpu *v, gva_t a, const void *buf, size_t n)
{
	if (!mapped(v, a, n, RECENT_STORE))
		return vcpu_write(v, a, buf, n);
	memcpy(shadow_byte(v->arch.space, a, RECENT_STORE), buf, n);
	return 0;
}
