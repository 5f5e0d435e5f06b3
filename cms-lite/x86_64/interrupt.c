/*
 * interrupt.c - interruptions: the processor's tables, the two 8259s, and who an interruption is for.
 *
 * Owns: interruption descriptors, the task state segment, the 8259s. Before it: start.S, which makes the frames. After it: console.c,
 * machine.c, run.c.
 *
 * Simplification: an interruption request that nobody opened does not come, so none is spurious.
 */
#include "port.h"

#define GATE           0x8e00 /* present, interruptions off */
#define GATE_OF_USER   0x6000 /* a program may use it by INT */
#define TASK_PORTS     102
#define TASK_AVAILABLE 0x0000890000000000ull

#define MASTER    0x20
#define SLAVE     0xa0
#define MASK      1 /* its second port */
#define START     0x11
#define MODE_8086 0x01
#define END       0x20 /* of interruption */

struct gate {
	uint16_t low, segment, type, middle;
	uint32_t high, reserved;
};

struct table_place {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

extern uint8_t task_state[104];
extern uint64_t task_descriptor[2];

static struct gate gates[VECTORS];
static uint16_t open_requests = 1 << REQUEST_CASCADE;

static void masks_set(void)
{
	port_out(MASTER + MASK, (uint8_t)~open_requests);
	port_out(SLAVE + MASK, (uint8_t)(~open_requests >> 8));
}

void request_open(unsigned request)
{
	open_requests |= (uint16_t)(1u << request);
	masks_set();
}

void request_close(unsigned request)
{
	open_requests &= (uint16_t) ~(1u << request);
	masks_set();
}

static void controller_start(uint16_t port, uint8_t vector, uint8_t cascade)
{
	port_out(port, START);
	port_out(port + MASK, vector);
	port_out(port + MASK, cascade);
	port_out(port + MASK, MODE_8086);
}

static void gates_load(void)
{
	struct table_place place = {sizeof(gates) - 1, (uintptr_t)gates};

	for (unsigned n = 0; n < VECTORS; n++) {
		uint64_t entry = vector_entries[n];

		gates[n] = (struct gate){.low = (uint16_t)entry,
					 .segment = CODE_SEGMENT,
					 .type = GATE,
					 .middle = (uint16_t)(entry >> 16),
					 .high = (uint32_t)(entry >> 32)};
	}
	gates[VECTOR_CALL].type |= GATE_OF_USER;
	asm volatile("lidt %0" : : "m"(place));
}

/* The processor finds the nucleus' stack there when it interrupts a program. */
static void task_load(void)
{
	const uint16_t no_ports =
		sizeof(task_state); /* where the map of ports that a program may use would begin */
	uint64_t base = (uintptr_t)task_state;

	memcpy(task_state + TASK_PORTS, &no_ports, sizeof(no_ports));
	task_descriptor[0] = (sizeof(task_state) - 1) | (base & 0xffffff) << 16 | TASK_AVAILABLE |
			     (base >> 24 & 0xff) << 56;
	task_descriptor[1] = base >> 32;
	asm volatile("ltr %w0" : : "r"(TASK_SEGMENT));
}

/* Again after each IPL: a saved system finds the 8259s as a firmware leaves them. They are masked by the first request_open(). */
void interrupt_start(void)
{
	gates_load();
	task_load();
	controller_start(MASTER, VECTOR_REQUEST, 1 << REQUEST_CASCADE);
	controller_start(SLAVE, VECTOR_REQUEST + 8, REQUEST_CASCADE);
}

static void requested(unsigned request)
{
	if (request == REQUEST_CONSOLE)
		console_interrupted();
	else if (request == REQUEST_TIMER)
		timer_expired();
	if (request >= 8)
		port_out(SLAVE, END);
	port_out(MASTER, END);
}

/* The EXTERNAL command's non-maskable interruption is as good as none. */
void interrupted(struct frame *frame)
{
	bool program = frame->cs == USER_CODE_SEGMENT;

	if (frame->vector >= VECTOR_REQUEST && frame->vector < VECTOR_CALL)
		requested((unsigned)frame->vector - VECTOR_REQUEST);
	else if (program)
		program_interrupted(frame);
	else if (frame->vector != VECTOR_NMI)
		nucleus_check(frame);
	if (program)
		program_attend();
}
