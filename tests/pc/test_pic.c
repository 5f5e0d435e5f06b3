/*
 * test_pic.c - the 8259 pair: priorities, ends, masks, modes, levels and edges, what is spurious.
 *
 * Before: world.c. Source of what is expected: Intel 8259A data sheet (231468).
 */
#include "world.h"
#include <CUnit/Basic.h>

#define MASTER 0x20
#define SLAVE  0xa0
#define END    0x20

/* As every PC's system does: vectors 20 and 28, all open. */
static void ready(uint8_t icw4)
{
	world_begin();
	outb(MASTER, 0x11);
	outb(MASTER + 1, 0x20);
	outb(MASTER + 1, 0x04);
	outb(MASTER + 1, icw4);
	outb(SLAVE, 0x11);
	outb(SLAVE + 1, 0x28);
	outb(SLAVE + 1, 0x02);
	outb(SLAVE + 1, 0x01);
	outb(MASTER + 1, 0);
	outb(SLAVE + 1, 0);
}

static void pulse(unsigned irq)
{
	pic_line(&world->vm, irq, false);
	pic_line(&world->vm, irq, true);
}

static bool pending(void)
{
	return pic_pending(&world->vm);
}

static unsigned acknowledge(void)
{
	return pic_acknowledge(&world->vm);
}

static void priorities(void)
{
	ready(1);
	pulse(5);
	pulse(3);
	CU_ASSERT_TRUE(world->kicks > 0);
	CU_ASSERT_EQUAL(acknowledge(), 0x23);
	CU_ASSERT_FALSE(pending()); /* 5 waits for 3's end */
	pulse(1);
	CU_ASSERT_EQUAL(acknowledge(), 0x21); /* 1 does not */
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0x0a); /* in service */
	outb(MASTER, 0x0a);
	CU_ASSERT_EQUAL(inb(MASTER), 0x20); /* requested */
	outb(MASTER, END);
	CU_ASSERT_FALSE(pending());
	outb(MASTER, END);
	CU_ASSERT_EQUAL(acknowledge(), 0x25);
	outb(MASTER, 0x65); /* specific */
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0);
	world_end();
}

static void cascade(void)
{
	ready(1);
	pulse(14);
	pulse(8);
	CU_ASSERT_EQUAL(acknowledge(), 0x28);
	CU_ASSERT_FALSE(pending());
	outb(SLAVE, END); /* the slave wants again, the master is still in service */
	CU_ASSERT_FALSE(pending());
	outb(MASTER, END);
	CU_ASSERT_EQUAL(acknowledge(), 0x2e);
	outb(SLAVE, END);
	outb(MASTER, END);
	CU_ASSERT_FALSE(pending());
	world_end();
}

/* In special fully nested mode a higher line of the slave goes through while a lower one is in service. */
static void special_nested(void)
{
	ready(0x11);
	pulse(14);
	CU_ASSERT_EQUAL(acknowledge(), 0x2e);
	pulse(9);
	CU_ASSERT_EQUAL(acknowledge(), 0x29);
	pulse(12);
	CU_ASSERT_FALSE(pending());
	world_end();
}

static void masks(void)
{
	ready(1);
	outb(MASTER + 1, 0x10);
	CU_ASSERT_EQUAL(inb(MASTER + 1), 0x10);
	pulse(4);
	CU_ASSERT_FALSE(pending());
	outb(MASTER + 1, 0);
	CU_ASSERT_EQUAL(acknowledge(), 0x24); /* the edge was kept */
	/* Special mask: what is masked and in service holds nobody up. */
	outb(MASTER, 0x68);
	outb(MASTER + 1, 0x10);
	pulse(6);
	CU_ASSERT_EQUAL(acknowledge(), 0x26);
	outb(MASTER, END); /* ends 6, for 4 is masked */
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0x10);
	outb(MASTER, 0x48);
	pulse(6);
	CU_ASSERT_FALSE(pending());
	world_end();
}

static void rotation(void)
{
	ready(1);
	pulse(0);
	acknowledge();
	outb(MASTER, 0xa0); /* end, and 0 becomes the lowest */
	pulse(0);
	pulse(7);
	CU_ASSERT_EQUAL(acknowledge(), 0x27);
	outb(MASTER, 0xe7); /* specific, 7 becomes the lowest */
	CU_ASSERT_EQUAL(acknowledge(), 0x20);
	outb(MASTER, END);
	outb(MASTER, 0xc3); /* 3 the lowest: 4 the highest */
	pulse(1);
	pulse(4);
	CU_ASSERT_EQUAL(acknowledge(), 0x24);
	world_end();
}

/* Automatic end: nothing stays in service; with rotation who was served goes last. */
static void automatic(void)
{
	ready(0x03);
	outb(MASTER, 0x80);
	pulse(1);
	CU_ASSERT_EQUAL(acknowledge(), 0x21);
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0);
	pulse(1);
	pulse(6);
	CU_ASSERT_EQUAL(acknowledge(), 0x26);
	CU_ASSERT_EQUAL(acknowledge(), 0x21);
	outb(MASTER, 0x00);
	world_end();
}

static void levels(void)
{
	ready(1);
	CU_ASSERT_EQUAL(inb(0x4d0), 0x20); /* PCI's, as the firmware left them: 5, 9, 10, 11 */
	CU_ASSERT_EQUAL(inb(0x4d1), 0x0e);
	outb(0x4d0, 0xff);
	CU_ASSERT_EQUAL(inb(0x4d0), 0xf8);
	outb(0x4d1, 0xff);
	CU_ASSERT_EQUAL(inb(0x4d1), 0xde);
	pic_line(&world->vm, 11, true);
	CU_ASSERT_EQUAL(acknowledge(), 0x2b);
	outb(SLAVE, END);
	outb(MASTER, END);
	CU_ASSERT_EQUAL(acknowledge(), 0x2b); /* still up */
	pic_line(&world->vm, 11, false);
	outb(SLAVE, END);
	outb(MASTER, END);
	CU_ASSERT_FALSE(pending());
	/* An edge is used up by its acknowledge. */
	outb(0x4d0, 0);
	pic_line(&world->vm, 5, true);
	CU_ASSERT_EQUAL(acknowledge(), 0x25);
	outb(MASTER, END);
	CU_ASSERT_FALSE(pending());
	/* ICW1 can make all lines levels, and back. */
	outb(MASTER, 0x19);
	outb(MASTER + 1, 0x20);
	outb(MASTER + 1, 4);
	outb(MASTER + 1, 1);
	CU_ASSERT_EQUAL(acknowledge(), 0x25);
	world_end();
}

static void spurious(void)
{
	ready(1);
	pulse(3);
	pic_line(&world->vm, 3, false);
	CU_ASSERT_FALSE(pending());
	CU_ASSERT_EQUAL(acknowledge(), 0x27);
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0); /* none in service */
	/* A request of the slave's that goes away takes the master's with it. */
	pulse(12);
	CU_ASSERT_TRUE(pending());
	pic_line(&world->vm, 12, false);
	CU_ASSERT_FALSE(pending());
	CU_ASSERT_EQUAL(acknowledge(), 0x27);
	world_end();
}

static void poll(void)
{
	ready(1);
	outb(MASTER, 0x0c);
	CU_ASSERT_EQUAL(inb(MASTER), 0);
	pulse(6);
	outb(MASTER, 0x0c);
	CU_ASSERT_EQUAL(inb(MASTER), 0x86);
	outb(MASTER, 0x0b);
	CU_ASSERT_EQUAL(inb(MASTER), 0x40);
	world_end();
}

/* A single one has no ICW3, and without ICW4 it is done after ICW2. */
static void initialization(void)
{
	ready(1);
	outb(MASTER + 1, 0xff);
	outb(MASTER, 0x12);
	outb(MASTER + 1, 0x47);
	CU_ASSERT_EQUAL(inb(MASTER + 1), 0); /* ICW1 opens the mask */
	outb(MASTER + 1, 0x01);
	CU_ASSERT_EQUAL(inb(MASTER + 1), 0x01);
	pulse(2 + 1);
	CU_ASSERT_EQUAL(acknowledge(), 0x43);
	world_end();
}

void suite_pic(void)
{
	CU_pSuite s = CU_add_suite("8259", NULL, NULL);

	CU_add_test(s, "priorities and ends", priorities);
	CU_add_test(s, "cascade", cascade);
	CU_add_test(s, "special fully nested mode", special_nested);
	CU_add_test(s, "masks and special mask mode", masks);
	CU_add_test(s, "rotation", rotation);
	CU_add_test(s, "automatic end", automatic);
	CU_add_test(s, "levels and edges", levels);
	CU_add_test(s, "spurious", spurious);
	CU_add_test(s, "poll", poll);
	CU_add_test(s, "initialization", initialization);
}
