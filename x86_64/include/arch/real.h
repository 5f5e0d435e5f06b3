/*
 * real.h - the real PC: its ports, its interruptions, its clock, and what it is.
 *
 * Offered by boot/ to the drivers (io/) and to the guest-CPU engine.
 */
#ifndef ARCH_REAL_H
#define ARCH_REAL_H

#include <cp/types.h>

/* ---- ports and processor registers ---------------------------------------- */

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint16_t inw(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
	return value;
}

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint64_t msr_read(uint32_t number)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (uint64_t)high << 32 | low;
}

static inline void msr_write(uint32_t number, uint64_t value)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
			 : "memory");
}

static inline void cpuid(uint32_t leaf, uint32_t subleaf, uint32_t value[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(value[0]), "=b"(value[1]), "=c"(value[2]), "=d"(value[3])
			 : "a"(leaf), "c"(subleaf));
}

static inline uint64_t tsc_read(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

/* ---- what the machine is: boot/machine.c, boot/storage.c ----------------------- */

struct real_machine {
	char brand[49];      /* of the processor */
	char hypervisor[13]; /* whose machine this is, when it is no real one; or "" */
	bool svm;            /* secure virtual machine, and not locked by the firmware */
	bool nested_paging;
	uint32_t svm_features;   /* CPUID 8000000A EDX */
	uint32_t address_spaces; /* ASIDs, 0 and up */
	uint64_t tsc_hertz;
};

extern struct real_machine real_machine;

/* What arch_cpu() gives, here without the call. */
struct cpu;
extern struct cpu this_cpu;

/* ---- interruptions: boot/interrupt.c ----------------------------------------- */

/* A device on this IRQ (0-15) calls handler(argument), with interruptions off: it must not sleep, it may wake tasks. Several
 * devices may share one. */
void interrupt_route(unsigned irq, void (*handler)(void *argument), void *argument);
/* Take every real interruption that is pending, and return. For the engine, after the guest was left for one. */
void real_interrupts_serve(void);

/* ---- the clock: boot/clock.c, boot/apic.c ----------------------------------------- */

/* Interrupt at due, or as soon as possible if that is past; TOD_NEVER is never. The last call counts. */
void real_timer_arm(tod_t due);
/* How long so many ticks of the TSC are. */
tod_t real_ticks(uint64_t ticks);

#endif
