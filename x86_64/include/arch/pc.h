/*
 * pc.h - the virtual PC around a virtual x86-64 CPU.
 *
 * Owned by pc/: ports, interruption controllers, timers, COM1, PCI. Before: the engine, which leaves the guest for every port it
 * names. After: the device classes of cp/device/.
 *
 * All of these run on the virtual CPU's own task, or with it at the top of its loop, but for pic_line(): that one any task may call.
 */
#ifndef ARCH_PC_H
#define ARCH_PC_H

#include <cp/types.h>

struct vm;
struct vcpu;

/* vm->arch.pc, before there are any devices. 0 or CP_NO_STORAGE. */
int pc_create(struct vm *vm);
void pc_destroy(struct vm *vm); /* after its devices */
/* What the reset button does, and then what a firmware leaves behind. From arch_vcpu_reset(). */
void pc_reset(struct vm *vm);

/* All its state and its devices' was loaded: 0, or CP_CANNOT with vm->reason set. */
int pc_loaded(struct vm *vm);

/* IN and OUT of 1, 2 or 4 bytes. 0, or < 0: CP could not. An OUT to a disk sleeps until the transfer is done. */
int pc_port_in(struct vcpu *v, uint16_t port, unsigned size, uint32_t *value);
int pc_port_out(struct vcpu *v, uint16_t port, unsigned size, uint32_t value);
/* OUT of n bytes, one after the other, all to one port. False: nothing was done, it takes them only one by one. */
bool pc_port_out_run(struct vcpu *v, uint16_t port, const uint8_t *bytes, unsigned n);

/* What the 8259 pair has for the CPU. Acknowledge is the CPU's answer: the vector, once, when it takes the interruption. */
bool pic_pending(const struct vm *vm);
uint8_t pic_acknowledge(struct vm *vm);
/* The level of an interruption request line, 0 to 15. A rise that reaches the CPU kicks it. */
void pic_line(struct vm *vm, unsigned irq, bool level);

/* Let the timers do what is due by now; when they want the next call (TOD_NEVER: not). */
void pc_advance(struct vm *vm, tod_t now);
tod_t pc_due(const struct vm *vm);

/* Ports that nobody has, which the guest used all the same: the n-th and how often; false past the last. */
bool pc_unknown_port(const struct vm *vm, unsigned n, uint16_t *port, uint64_t *count);

#endif
