/*
 * stubs.c - what this port does not do yet. Each function that is written leaves this file.
 */
#include <cp/arch.h>
#include <cp/diagnose.h>
#include <cp/panic.h>

#define NOT_YET() panic("%s() does not exist on x86_64 yet", __func__)

int arch_vm_create(struct vm *vm) { (void)vm; NOT_YET(); }
void arch_vm_destroy(struct vm *vm) { (void)vm; NOT_YET(); }
int arch_vcpu_create(struct vcpu *v) { (void)v; NOT_YET(); }
void arch_vcpu_destroy(struct vcpu *v) { (void)v; NOT_YET(); }
void arch_vcpu_reset(struct vcpu *v, bool initial) { (void)v, (void)initial; NOT_YET(); }
void arch_vcpu_run(struct vcpu *v, struct intercept *i) { (void)v, (void)i; NOT_YET(); }
int arch_instruction(struct vcpu *v, struct intercept *i) { (void)v, (void)i; NOT_YET(); }
int arch_page_fault(struct vcpu *v, struct intercept *i) { (void)v, (void)i; NOT_YET(); }
int arch_vcpu_reflect(struct vcpu *v, const struct intercept *i, int code) { (void)v, (void)i, (void)code; NOT_YET(); }
int arch_vcpu_deliver(struct vcpu *v) { (void)v; NOT_YET(); }
enum wait_state arch_vcpu_wait(const struct vcpu *v) { (void)v; NOT_YET(); }
tod_t arch_vcpu_time(const struct vcpu *v) { (void)v; NOT_YET(); }
tod_t arch_vcpu_due(const struct vcpu *v) { (void)v; NOT_YET(); }
void arch_vcpu_external(struct vcpu *v, uint16_t code) { (void)v, (void)code; NOT_YET(); }
int arch_vcpu_restart(struct vcpu *v) { (void)v; NOT_YET(); }
void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size) { (void)v, (void)text, (void)size; NOT_YET(); }
void arch_vcpu_set_address(struct vcpu *v, gva_t a) { (void)v, (void)a; NOT_YET(); }
int arch_translate(struct vcpu *v, gva_t a, enum access access, gabs_t *abs) { (void)v, (void)a, (void)access, (void)abs; NOT_YET(); }
void arch_storage_changed(struct vm *vm, gabs_t a, size_t n) { (void)vm, (void)a, (void)n; NOT_YET(); }
void arch_storage_unmap(struct vm *vm, gabs_t page) { (void)vm, (void)page; NOT_YET(); }
void arch_frame_key(frame_t frame, uint8_t key) { (void)frame, (void)key; NOT_YET(); }

uint64_t diagnose_register(const struct diagnose *d, unsigned n) { (void)d, (void)n; NOT_YET(); }
void diagnose_set_register(struct diagnose *d, unsigned n, uint64_t value) { (void)d, (void)n, (void)value; NOT_YET(); }
void diagnose_set_condition(struct diagnose *d, unsigned cc) { (void)d, (void)cc; NOT_YET(); }
gabs_t diagnose_absolute(const struct diagnose *d, uint64_t real) { (void)d, (void)real; NOT_YET(); }
int diagnose_reset(const struct diagnose *d) { (void)d; NOT_YET(); }

const struct state_field arch_vcpu_state[] = {
	STATE_ARRAY(struct vcpu, arch.gpr, "GPR", 'G', 1),
	{.name = NULL},
};
