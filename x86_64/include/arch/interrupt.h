/*
 * interrupt.h - inside boot/: the parts that make the PC's interruptions.
 */
#ifndef ARCH_INTERRUPT_H
#define ARCH_INTERRUPT_H

#include <cp/types.h>

#define VECTOR_IRQ      0x20 /* sixteen of them, IRQ 0 first */
#define VECTOR_TIMER    0x30
#define VECTOR_SPURIOUS 0xff

/* What vectors.S leaves on the stack. */
struct interrupt_frame {
	uint64_t rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* interrupt.c: before anything may interrupt. */
void interrupt_init(void);
void interrupt_serve(struct interrupt_frame *f);

/* fault.c: an exception in CP itself. */
_Noreturn void fault_cp(const struct interrupt_frame *f);

/* pic.c: the two 8259s. All masked at first. */
void pic_init(void);
void pic_unmask(unsigned irq);
/* Is it one, or did the request go away before the processor asked? */
bool pic_genuine(unsigned irq);
void pic_end(unsigned irq);

/* apic.c: the local APIC, for its timer. Counts of the timer run down from what was set. */
void apic_init(void);
void apic_end(void);
void apic_timer_set(uint32_t count);
uint32_t apic_timer_count(void);

/* clock.c */
void clock_init(void);
void clock_interrupt(void);

#endif
