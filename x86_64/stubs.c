/*
 * stubs.c - what this port does not do yet. Each function that is written leaves this file.
 */
#include <cp/arch.h>
#include <cp/panic.h>

#define NOT_YET() panic("%s() does not exist on x86_64 yet", __func__)

int arch_vm_ipl(struct vm *vm) { (void)vm; NOT_YET(); }
