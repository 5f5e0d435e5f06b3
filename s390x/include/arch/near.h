/*
 * near.h - guest storage by absolute address, without a call.
 *
 * Inline because every translation and every channel command word asks for some: where the page has been asked for before and has a frame, as
 * nearly always, its bytes are two additions away. Else cp/storage/guest.c, with all that can be wrong.
 */
#ifndef ARCH_NEAR_H
#define ARCH_NEAR_H

#include <arch/psw.h>
#include <cp/vm.h>

/* To be read, as far as the end of the page: it has been referred to. NULL: not near. */
static inline const void *guest_near(const struct vm *vm, gabs_t a)
{
	struct page *p = storage_page_known(vm, a);

	if (!p || !p->frame_number)
		return NULL;
	p->key |= KEY_REFERENCE;
	return (const void *)((uintptr_t)p->frame_number * PAGE_SIZE + a % PAGE_SIZE);
}

/* The same to be stored into: nobody shares the page, nor has anything been derived from it. */
static inline void *guest_near_own(const struct vm *vm, gabs_t a)
{
	struct page *p = storage_page_known(vm, a);

	if (!p || !p->frame_number || p->flags)
		return NULL;
	p->key |= KEY_REFERENCE | KEY_CHANGE;
	return (void *)((uintptr_t)p->frame_number * PAGE_SIZE + a % PAGE_SIZE);
}

#endif
