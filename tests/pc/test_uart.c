/*
 * test_uart.c - COM1: what drivers probe, what is written, what is typed; and the console's lines behind it.
 *
 * Before: world.c. Source of what is expected: National PC16550D data sheet, and what Linux's 8250 driver looks for.
 */
#include "world.h"
#include <CUnit/Basic.h>
#include <string.h>

#define COM1 0x3f8
enum { DATA = COM1, IER, IIR, LCR, MCR, LSR, MSR, SCR };

static bool irq(void)
{
	bool any = pic_pending(&world->vm);

	if (any) {
		CU_ASSERT_EQUAL(pic_acknowledge(&world->vm), 0x0c);
		outb(0x20, 0x20);
	}
	return any;
}

static void begin(void)
{
	world_begin();
	outb(0x21, 0xef);
	outb(MCR, 0x0b);
}

static void print(const char *text)
{
	while (*text)
		outb(DATA, (uint8_t)*text++);
}

static bool said(const char *text)
{
	return world->terminal_used == strlen(text) &&
	       memcmp(world->terminal, text, world->terminal_used) == 0;
}

/* The steps of Linux's autoconfig(). */
static void probe(void)
{
	world_begin();
	outb(IER, 0);
	CU_ASSERT_EQUAL(inb(IER) & 0x0f, 0);
	outb(IER, 0x0f);
	CU_ASSERT_EQUAL(inb(IER) & 0x0f, 0x0f);
	outb(IER, 0);
	outb(MCR, 0x1a); /* loop, RTS, OUT2 */
	CU_ASSERT_EQUAL(inb(MSR) & 0xf0, 0x90);
	outb(MCR, 0);
	CU_ASSERT_EQUAL(inb(MSR) & 0xf0, 0xb0);
	outb(LCR, 0xbf);
	outb(IIR, 0);
	outb(LCR, 0);
	outb(IIR, 0x01);
	CU_ASSERT_EQUAL(inb(IIR) >> 6, 3); /* a 16550A */
	outb(LCR, 0x80);
	outb(IER, 0x12);
	outb(DATA, 0x34);
	CU_ASSERT_EQUAL(inb(DATA), 0x34);
	CU_ASSERT_EQUAL(inb(IER), 0x12);
	outb(LCR, 3);
	CU_ASSERT_EQUAL(inb(LCR), 3);
	CU_ASSERT_EQUAL(inb(IER), 0);
	outb(SCR, 0x5a);
	CU_ASSERT_EQUAL(inb(SCR), 0x5a);
	CU_ASSERT_EQUAL(inb(LSR), 0x60);
	world_end();
}

static void output(void)
{
	begin();
	print("HELLO\r\nWORLD");
	CU_ASSERT_TRUE(said("HELLO\n"));
	print("\n");
	CU_ASSERT_TRUE(said("HELLO\nWORLD\n"));
	world_end();
}

static bool run(uint16_t port, const char *text)
{
	return pc_port_out_run(&world->vcpu, port, (const uint8_t *)text, (unsigned)strlen(text));
}

/* A string for the transmitter comes to the same as its bytes do; no other register takes one. */
static void output_run(void)
{
	begin();
	outb(IER, 0x02);
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	CU_ASSERT_TRUE(run(DATA, "HELLO\r\nWOR"));
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_TRUE(said("HELLO\n"));
	CU_ASSERT_TRUE(run(DATA, "LD\r\n"));
	CU_ASSERT_TRUE(said("HELLO\nWORLD\n"));
	CU_ASSERT_FALSE(run(SCR, "A"));
	CU_ASSERT_FALSE(run(0x80, "A"));
	outb(LCR, 0x80);
	CU_ASSERT_FALSE(run(DATA, "A"));
	outb(LCR, 3);
	outb(IIR, 0x07);
	outb(MCR, 0x10);
	CU_ASSERT_TRUE(run(DATA, "0123456789ABCDEFG"));
	CU_ASSERT_EQUAL(inb(LSR) & 0x02, 0x02);
	for (const char *c = "0123456789ABCDEF"; *c; c++)
		CU_ASSERT_EQUAL(inb(DATA), *c);
	CU_ASSERT_TRUE(said("HELLO\nWORLD\n"));
	world_end();
}

/* A line that nobody hears is not made when it ends; what does not end yet may find somebody. */
static void output_unheard(void)
{
	struct console *c;

	begin();
	c = console_of(world_device(WORLD_CONSOLE));
	world->unheard = true;
	world->vm.session = (struct session *)&world; /* not looked into here */
	CU_ASSERT_TRUE(run(DATA, "LOST\r\n"));
	print("LOST\x1b[\n");
	CU_ASSERT_FALSE(c->used || c->skipping || c->flush);
	print("KE");
	CU_ASSERT_TRUE(run(DATA, "PT"));
	world->unheard = false;
	CU_ASSERT_TRUE(run(DATA, "\r\n"));
	CU_ASSERT_TRUE(said("KEPT\n"));
	world->vm.session = NULL;
	world_end();
}

/* Asked for, the empty transmitter interrupts at once; told by IIR, it is quiet until the next byte or the next asking. */
static void empty(void)
{
	begin();
	CU_ASSERT_FALSE(irq());
	outb(IER, 0x02);
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	CU_ASSERT_EQUAL(inb(IIR), 0x01);
	CU_ASSERT_FALSE(irq());
	print("A");
	CU_ASSERT_TRUE(irq());
	outb(IER, 0);
	CU_ASSERT_EQUAL(inb(IIR), 0x01);
	outb(IER, 0x02);
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	outb(IER, 0x02); /* already on: nothing new */
	CU_ASSERT_EQUAL(inb(IIR), 0x01);
	outb(MCR, 0x03); /* without OUT2 nothing gets out */
	print("B");
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	CU_ASSERT_FALSE(irq());
	world_end();
}

/* A terminal that is behind holds the transmitter: it is not empty, and says when it is. Nothing is lost for who looks. */
static void slow_terminal(void)
{
	struct device *console;

	begin();
	console = world_device(WORLD_CONSOLE);
	outb(IER, 0x02);
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	CU_ASSERT_FALSE(irq());
	world->slow = true;
	CU_ASSERT_EQUAL(inb(LSR), 0x60); /* nothing has been sent */
	print("A");
	CU_ASSERT_EQUAL(inb(LSR), 0);
	CU_ASSERT_EQUAL(inb(IIR), 0x01);
	CU_ASSERT_FALSE(irq());
	outb(IER, 0);
	outb(IER, 0x02); /* asking anew does not help */
	CU_ASSERT_FALSE(irq());
	world->vm.trace.events = TRACE_INSTRUCTION; /* what is traced is not held */
	CU_ASSERT_EQUAL(inb(LSR), 0x60);
	world->vm.trace.events = 0;
	outb(MCR, 0x1b);
	outb(DATA, 0x55); /* a loop does not wait for the terminal, which waits still */
	outb(MCR, 0x0b);
	CU_ASSERT_EQUAL(inb(LSR) & 0x60, 0);
	world->slow = false;
	device_ready(console);
	CU_ASSERT_EQUAL(inb(LSR) & 0x60, 0x60);
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_EQUAL(inb(IIR), 0x02);
	device_ready(console); /* once */
	CU_ASSERT_FALSE(irq());
	print("B\n");
	CU_ASSERT_EQUAL(inb(LSR) & 0x60, 0x60);
	CU_ASSERT_TRUE(said("AB\n"));
	world->slow = true; /* who does not look writes on */
	print("C\nD\n");
	CU_ASSERT_TRUE(said("AB\nC\nD\n"));
	pc_reset(&world->vm);
	CU_ASSERT_EQUAL(inb(LSR) & 0x60, 0x60);
	world_end();
}

static void input(void)
{
	char got[40];
	unsigned n = 0;

	begin();
	outb(IIR, 0xc7);
	outb(IER, 0x01);
	CU_ASSERT_TRUE(console_input(&world->vm, "a line of 21 letters.", 21));
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_EQUAL(inb(IIR), 0xc4); /* 16 in the FIFO: over the trigger */
	while (inb(LSR) & 1)
		got[n++] = (char)inb(DATA);
	CU_ASSERT_EQUAL(n, 22);
	CU_ASSERT_TRUE(memcmp(got, "a line of 21 letters.\r", 22) == 0);
	CU_ASSERT_EQUAL(inb(IIR), 0xc1);
	CU_ASSERT_FALSE(irq());
	console_input(&world->vm, "ab", 2);
	CU_ASSERT_EQUAL(inb(IIR), 0xcc); /* under the trigger, but nothing follows */
	CU_ASSERT_TRUE(irq());
	outb(IIR, 0x07); /* cleared */
	CU_ASSERT_EQUAL(inb(LSR) & 1, 0);
	/* Control characters and typed-ahead lines. */
	console_input(&world->vm, "^c", 2);
	console_input(&world->vm, "", 0);
	CU_ASSERT_EQUAL(inb(DATA), 0x03);
	CU_ASSERT_EQUAL(inb(DATA), 0x0d);
	CU_ASSERT_EQUAL(inb(LSR) & 1, 0);
	world_end();
}

/* Without FIFOs, a byte at a time. */
static void input_16450(void)
{
	begin();
	outb(IER, 0x01);
	console_input(&world->vm, "xy", 2);
	CU_ASSERT_EQUAL(inb(IIR), 0x04);
	CU_ASSERT_EQUAL(inb(DATA), 'x');
	CU_ASSERT_EQUAL(inb(LSR) & 1, 1);
	CU_ASSERT_EQUAL(inb(DATA), 'y');
	CU_ASSERT_EQUAL(inb(DATA), '\r');
	CU_ASSERT_EQUAL(inb(IIR), 0x01);
	CU_ASSERT_EQUAL(inb(DATA), 0);
	world_end();
}

/* ATTN is a break: Linux takes a SysRq after it. */
static void attention(void)
{
	begin();
	outb(IIR, 0x01);
	outb(IER, 0x05);
	CU_ASSERT_TRUE(console_attention(&world->vm));
	CU_ASSERT_TRUE(irq());
	CU_ASSERT_EQUAL(inb(IIR), 0xc6);
	CU_ASSERT_EQUAL(inb(LSR) & 0x11, 0x11);
	CU_ASSERT_EQUAL(inb(LSR) & 0x10, 0);
	CU_ASSERT_EQUAL(inb(DATA), 0);
	world_end();
}

static void loop(void)
{
	begin();
	outb(IIR, 0x01);
	outb(MCR, 0x10);
	outb(IER, 0x0f);
	inb(MSR);
	outb(DATA, 0x55);
	CU_ASSERT_EQUAL(inb(DATA), 0x55);
	CU_ASSERT_EQUAL(world->terminal_used, 0);
	CU_ASSERT_FALSE(pic_pending(&world->vm));
	for (int n = 0; n < 17; n++)
		outb(DATA, (uint8_t)n);
	CU_ASSERT_EQUAL(inb(LSR), 0x63); /* overrun */
	CU_ASSERT_EQUAL(inb(LSR), 0x61);
	outb(MCR, 0x14); /* OUT1 is the ring */
	CU_ASSERT_EQUAL(inb(MSR), 0x40);
	outb(MCR, 0x10);
	CU_ASSERT_EQUAL(inb(MSR), 0x04); /* it ended */
	outb(MCR, 0x13);
	CU_ASSERT_EQUAL(inb(MSR), 0x33);
	world_end();
}

void suite_uart(void)
{
	CU_pSuite s = CU_add_suite("COM1", NULL, NULL);

	CU_add_test(s, "what a driver probes", probe);
	CU_add_test(s, "output", output);
	CU_add_test(s, "output by strings", output_run);
	CU_add_test(s, "output that nobody hears", output_unheard);
	CU_add_test(s, "transmitter empty", empty);
	CU_add_test(s, "a slow terminal", slow_terminal);
	CU_add_test(s, "input by FIFO", input);
	CU_add_test(s, "input without FIFO", input_16450);
	CU_add_test(s, "attention", attention);
	CU_add_test(s, "loop", loop);
}
