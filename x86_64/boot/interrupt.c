/*
 * interrupt.c - the interruptions of the real PC.
 *
 * Owns: the interrupt descriptor table, and who is told of which IRQ. Called
 * from vectors.S with interruptions off; goes on to a driver's handler, to
 * the clock, or to fault.c. CP opens itself to them in arch_idle(),
 * arch_poll() and real_interrupts_serve() only.
 * Known simplification: devices interrupt through the two 8259s, as on the
 * first PC AT; message-signalled interruptions are not used.
 * Source: AMD64 Architecture Programmer's Manual volume 2, chapter 8.
 * Heritage: DMKIOS, the interruption half.
 */
#include <arch/interrupt.h>
#include <arch/real.h>
#include <arch/segment.h>
#include <cp/panic.h>

#define VECTORS        256
#define IRQS           16
#define ROUTES         32
#define INTERRUPT_GATE 0x8e
#define EXCEPTIONS     32

enum { EXCEPTION_NMI = 2, EXCEPTION_DOUBLE_FAULT = 8, EXCEPTION_MACHINE_CHECK = 18 };

struct gate {
	uint16_t offset_low, selector;
	uint8_t stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

struct route {
	unsigned irq;
	void (*handler)(void *argument);
	void *argument;
};

extern const uint64_t interrupt_entries[VECTORS];

static struct gate gates[VECTORS];
static struct route routes[ROUTES];
static unsigned routed;
static bool unexpected; /* there was one */

static void gate_set(unsigned vector)
{
	uint64_t to = interrupt_entries[vector];

	gates[vector] = (struct gate){
		.offset_low = (uint16_t)to,
		.selector = SEGMENT_CODE,
		.type = INTERRUPT_GATE,
		.offset_middle = (uint16_t)(to >> 16),
		.offset_high = (uint32_t)(to >> 32),
	};
}

void interrupt_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) table = {sizeof(gates) - 1, (uintptr_t)gates};

	for (unsigned vector = 0; vector < VECTORS; vector++)
		gate_set(vector);
	gates[EXCEPTION_NMI].stack = STACK_NMI;
	gates[EXCEPTION_DOUBLE_FAULT].stack = STACK_DOUBLE_FAULT;
	gates[EXCEPTION_MACHINE_CHECK].stack = STACK_MACHINE_CHECK;
	__asm__ volatile("lidt %0" : : "m"(table));
}

void interrupt_route(unsigned irq, void (*handler)(void *argument), void *argument)
{
	assert_cp(irq < IRQS && routed < ROUTES);
	routes[routed++] = (struct route){irq, handler, argument};
	pic_unmask(irq);
}

/* A line may be shared, so everybody on it looks whether it was his device. */
static void irq_serve(unsigned irq)
{
	if (!pic_genuine(irq))
		return;
	for (unsigned n = 0; n < routed; n++) {
		if (routes[n].irq == irq)
			routes[n].handler(routes[n].argument);
	}
	pic_end(irq);
}

/* Nobody has asked for these. Said once, for there may be a storm of them. */
static void unexpected_serve(unsigned vector)
{
	if (!unexpected)
		log_line("Unexpected interruption, vector %02X", vector);
	unexpected = true;
	apic_end();
}

void interrupt_serve(struct interrupt_frame *f)
{
	unsigned vector = (unsigned)f->vector;

	if (vector < EXCEPTIONS)
		fault_cp(f);
	if (vector - VECTOR_IRQ < IRQS)
		irq_serve(vector - VECTOR_IRQ);
	else if (vector == VECTOR_TIMER)
		clock_interrupt();
	else if (vector !=
		 VECTOR_SPURIOUS) /* the APIC's word for one that went away: there is no end to tell it */
		unexpected_serve(vector);
}

/* STI opens after the next instruction only: whatever is pending comes between NOP and CLI. */
void real_interrupts_serve(void)
{
	__asm__ volatile("sti; nop; cli" : : : "memory");
}
