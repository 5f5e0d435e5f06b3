/*
 * fault.c - nested page faults.
 *
 * Owns: the giving of frames to guest pages when they are first touched. Comes after nested.c; called by cp/run/intercept.c.
 * On s390x: dat/fault.c, which also has the guest's own tables to obey.
 */
#include <arch/nested.h>
#include <cp/arch.h>
#include <cp/format.h>

int arch_page_fault(struct vcpu *v, struct intercept *i)
{
	gabs_t a = i->address & PAGE_MASK;
	struct page *p;
	frame_t frame;
	int rc;

	if (a >= v->vm->storage.size)
		return nowhere_fault(v, a, i->access);
	rc = storage_frame(v->vm, a, &frame);
	if (rc == 0)
		rc = nested_map(v->vm, a, frame, true);
	if (rc)
		return rc;
	p = storage_page(v->vm, a);
	p->mappings = p; /* there is one: arch_storage_unmap() is to be called */
	return 0;
}

void arch_storage_unmap(struct vm *vm, gabs_t page)
{
	nested_unmap(vm, page);
}

/* Nothing is derived from guest storage here: the processor looks at the guest's own tables. */
void arch_storage_changed(struct vm *vm, gabs_t a, size_t n)
{
	(void)vm, (void)a, (void)n;
}

void arch_frame_key(frame_t frame, uint8_t key)
{
	(void)frame, (void)key;
}
