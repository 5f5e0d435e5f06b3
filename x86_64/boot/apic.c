/*
 * apic.c - the local APIC, of which CP uses the timer.
 *
 * Owns: its registers. It lets the 8259s through (LINT0 as "ExtINT") and
 * NMI (LINT1). Used by interrupt.c and clock.c.
 * Known simplification: its registers are read in storage (xAPIC mode), as
 * all firmware leaves it on machines below 256 processors.
 * Source: AMD64 Architecture Programmer's Manual volume 2, chapter 16.
 */
#include <arch/interrupt.h>
#include <arch/real.h>

#define MSR_APIC_BASE 0x1b
#define BASE_ENABLE   (1u << 11)
#define BASE_ADDRESS  0xffffff000ull

#define APIC_PRIORITY 0x080
#define APIC_END      0x0b0
#define APIC_SPURIOUS 0x0f0
#define APIC_TIMER    0x320
#define APIC_LINT0    0x350
#define APIC_LINT1    0x360
#define APIC_INITIAL  0x380
#define APIC_CURRENT  0x390
#define APIC_DIVIDE   0x3e0

#define SOFTWARE_ENABLE  0x100
#define DELIVER_NMI      0x400
#define DELIVER_EXTERNAL 0x700
#define DIVIDE_BY_16     3

static volatile uint32_t *registers;

static void apic_write(unsigned offset, uint32_t value)
{
	registers[offset / 4] = value;
}

void apic_init(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE);

	msr_write(MSR_APIC_BASE, base | BASE_ENABLE);
	registers = (volatile uint32_t *)(uintptr_t)(base & BASE_ADDRESS);
	apic_write(APIC_SPURIOUS, SOFTWARE_ENABLE | VECTOR_SPURIOUS);
	apic_write(APIC_PRIORITY, 0);
	apic_write(APIC_LINT0, DELIVER_EXTERNAL);
	apic_write(APIC_LINT1, DELIVER_NMI);
	apic_write(APIC_DIVIDE, DIVIDE_BY_16);
	apic_write(APIC_TIMER, VECTOR_TIMER); /* once, for each count that is set */
}

void apic_end(void)
{
	apic_write(APIC_END, 0);
}

/* 0 stops it. */
void apic_timer_set(uint32_t count)
{
	apic_write(APIC_INITIAL, count);
}

uint32_t apic_timer_count(void)
{
	return registers[APIC_CURRENT / 4];
}
