/*
 * nested.h - nested tables: from a guest's absolute addresses to frames.
 *
 * The processor walks them after the guest's own tables (AMD64 Architecture Programmer's Manual, volume 2, 15.25). They
 * are filled on demand, and an entry stays until its page's frame goes.
 */
#ifndef ARCH_NESTED_H
#define ARCH_NESTED_H

#include <cp/vm.h>

/* The page at `a` is `frame`. 0 or CP_NO_STORAGE. */
int nested_map(struct vm *vm, gabs_t a, frame_t frame, bool write);
/* All 2 MiB at `a` are the frames from `frame` on. False: some of it is mapped already, or there is no storage for a table. */
bool nested_map_block(struct vm *vm, gabs_t a, frame_t frame);
#define NESTED_BLOCK 512u /* pages */
void nested_unmap(struct vm *vm, gabs_t a);
/* The next store there is a nested page fault; nested_map() allows them again. */
void nested_protect(struct vm *vm, gabs_t a);
/* The next fetch of an instruction from there is a nested page fault; nested_map() allows them again. */
void nested_withhold(struct vm *vm, gabs_t a);
void nested_destroy(struct vm *vm);

/* fault.c: CP is about to store much at a and behind: let the frames there be fit for a block, if the machine is large. */
void nested_expect(struct vm *vm, gabs_t a);

/* nowhere.c: an access where there is no storage; and the end of the one instruction that may store there. */
int nowhere_fault(struct vcpu *v, gabs_t a, enum access access);
void nowhere_close(struct vcpu *v);

#endif
