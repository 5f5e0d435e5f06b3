/*
 * nowhere.c - guest addresses where there is no storage.
 *
 * Owns: what a PC gives there: loads see all ones, stores are lost. Comes after fault.c. CP decodes no instructions for it: a
 * load finds a page of ones mapped, read-only; for a store a page is mapped that may be written, for one instruction
 * (engine/svm/step.c), and taken away.
 *
 * Only a few such pages are mapped at a time, so that a guest which touches them all costs no storage.
 * Known simplification: an instruction that stores over the end of more than NOWHERE_SLOTS such pages at once never ends; its
 * machine's slices do.
 */
#include <arch/nested.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#define REACH (1ull << 48) /* of four levels of tables */

static uint8_t ones[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
static uint8_t sink[PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));

/* The slot of a page; of one that has none, the next, whose page is forgotten. */
static struct nowhere *slot_of(struct vm *vm, gabs_t a)
{
	struct nowhere *s = vm->arch.nowhere;

	for (unsigned n = 0; n < NOWHERE_SLOTS; n++)
		if (s[n].page == a)
			return &s[n];
	s += vm->arch.nowhere_next++ % NOWHERE_SLOTS;
	if (s->page)
		nested_unmap(vm, s->page);
	*s = (struct nowhere){.page = a};
	return s;
}

int nowhere_fault(struct vcpu *v, gabs_t a, enum access access)
{
	struct nowhere *s;
	bool store = access == ACCESS_STORE;

	if (a >= REACH) {
		format(v->vm->reason, sizeof(v->vm->reason), "access to %016lX, which no table can map;",
		       (unsigned long)a);
		return CP_CANNOT;
	}
	s = slot_of(v->vm, a);
	memset(store ? sink : ones, 0xff, PAGE_SIZE);
	s->sink |= store;
	v->arch.sinking |= store;
	v->arch.stale |= STALE_STEP;
	return nested_map(v->vm, a, (uintptr_t)(s->sink ? sink : ones), s->sink);
}

void nowhere_close(struct vcpu *v)
{
	struct nowhere *s = v->vm->arch.nowhere;

	v->arch.sinking = false;
	v->arch.stale |= STALE_STEP; /* looked at once more */
	for (unsigned n = 0; n < NOWHERE_SLOTS; n++) {
		if (!s[n].sink)
			continue;
		nested_unmap(v->vm, s[n].page);
		s[n] = (struct nowhere){0};
	}
}
