/*
 * A trial: load registers, run until anything interrupts, write down what came. And the verdict at the end.
 * Before it: start.S. After it: try.c.
 * Known simplification: one trial at a time.
 */
#include "guest.h"

#define SERIAL       0x3f8
#define POWER        0x604 /* ACPI's power control on QEMU and under CP */
#define SLEEP        0x2000
#define VERDICT_GOOD 0x900d
#define VERDICT_BAD  0xbad

struct gate {
	uint16_t low, selector;
	uint8_t stack, type;
	uint16_t middle;
	uint32_t high, reserved;
};

extern const char doors[], trap_stack_top[], table[];

bool under_cp;

static struct gate gates[256] __attribute__((aligned(16)));
static struct {
	uint32_t reserved;
	uint64_t stack[3], reserved2, interrupt_stack[7], reserved3;
	uint16_t reserved4, io_map;
} __attribute__((packed)) task;

static void gate_set(unsigned vector, uint8_t type)
{
	uint64_t to = (uint64_t)(doors + 16 * vector);

	gates[vector] = (struct gate){.low = to,
				      .selector = CODE_KERNEL,
				      .stack = 1,
				      .type = type,
				      .middle = to >> 16,
				      .high = to >> 32};
}

static void task_set(void)
{
	uint64_t base = (uint64_t)&task;

	task.interrupt_stack[0] = task.stack[0] = (uint64_t)trap_stack_top;
	task.io_map = sizeof(task);
	segments[5] = (sizeof(task) - 1) | (base & 0xffffff) << 16 | 0x89ul << 40 | (base >> 24 & 0xff) << 56;
	segments[6] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(0x28));
}

void guest_prepare(void);
void guest_prepare(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) pointer = {sizeof(gates) - 1, (uint64_t)gates};
	struct cpuid hypervisor = cpuid(0x40000000, 0);

	for (unsigned vector = 0; vector < 256; vector++)
		gate_set(vector, vector == VECTOR_DONE || vector == VECTOR_BREAKPOINT ? 0xee : 0x8e);
	task_set();
	__asm__ volatile("lidt %0" : : "m"(pointer));
	under_cp = cpuid(1, 0).ecx >> 31 && hypervisor.ebx == 0x342f4d56;
	pic_set(0);
}

void trial_run(struct trial *t)
{
	static char stack[4096] __attribute__((aligned(16)));

	if (!t->gpr[RSP])
		t->gpr[RSP] = (uint64_t)stack + sizeof(stack);
	guest_enter(t);
	__asm__ volatile("mov %%cr2, %0" : "=r"(t->cr2));
}

void *page_new(unsigned pages)
{
	static char *next = storage_free;
	char *page = next;

	next += 4096ul * pages;
	return memset(page, 0, 4096ul * pages);
}

void pic_set(uint16_t open)
{
	static const uint8_t words[2][4] = {{0x11, VECTOR_IRQ, 4, 1}, {0x11, VECTOR_IRQ + 8, 2, 1}};

	for (unsigned n = 0; n < 2; n++) {
		uint16_t port = n ? 0xa0 : 0x20;
		out8(port, words[n][0]);
		for (unsigned w = 1; w < 4; w++)
			out8(port + 1, words[n][w]);
		out8(port + 1, (uint8_t) ~(open >> 8 * n));
	}
}

void pic_end(unsigned irq)
{
	if (irq >= 8)
		out8(0xa0, 0x20);
	out8(0x20, 0x20);
}

void guest_off(void)
{
	while (!(in8(SERIAL + 5) & 0x40)) /* the last line is out */
		;
	out16(POWER, SLEEP);
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* Something came while no trial ran, or at the door: what was to catch it is damaged. What this needs may be, too. */
void guest_lost(uint64_t vector, uint64_t rip) __attribute__((noreturn));
void guest_lost(uint64_t vector, uint64_t rip)
{
	static bool again;

	if (!again) {
		again = true;
		print("\nguest: FAILED, vector %02lX at %lX outside of a trial\n", vector, rip);
		guest_off();
	}
	for (;;)
		__asm__ volatile("cli; hlt");
}

void guest_finish(int failed)
{
	print("guest: %s, %d failures\n", failed ? "FAILED" : "passed", failed);
	image_words[0] = failed ? VERDICT_BAD : VERDICT_GOOD; /* for who looks into storage */
	guest_off();
}
