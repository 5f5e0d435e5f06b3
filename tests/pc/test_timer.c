/*
 * test_timer.c - the 8254, port 61, and the clock of CMOS.
 *
 * Before: world.c. Source of what is expected: Intel 8254 and Motorola MC146818A data sheets.
 */
#include "world.h"
#include <CUnit/Basic.h>

/* Long enough for n counts: the clock of the counters has no round number of units of the TOD clock. */
static tod_t ticks(uint64_t n)
{
	return (n * TOD_SECOND + 1193181) / 1193182;
}

static void begin(void)
{
	world_begin();
	outb(0x21, 0); /* all lines open */
	outb(0xa1, 0);
}

static uint16_t latched(uint16_t port)
{
	uint16_t low;

	outb(0x43, (uint8_t)((port & 3) << 6));
	low = inb(port);
	return (uint16_t)(low | inb(port) << 8);
}

/* The 8259 has a request of this line; it is taken and ended. */
static bool taken(unsigned irq)
{
	if (!pic_pending(&world->vm))
		return false;
	CU_ASSERT_EQUAL(pic_acknowledge(&world->vm), irq < 8 ? 0x08 + irq : 0x70 + irq - 8);
	if (irq >= 8)
		outb(0xa0, 0x20);
	outb(0x20, 0x20);
	return true;
}

static void terminal_count(void)
{
	begin();
	outb(0x43, 0x30);
	outb(0x40, 0xe8);
	outb(0x40, 0x03); /* 1000 */
	world_pass(ticks(400));
	CU_ASSERT_EQUAL(latched(0x40), 600);
	CU_ASSERT_FALSE(taken(0));
	CU_ASSERT_EQUAL(pc_due(&world->vm) - world->now, ticks(1000) - ticks(400));
	world_pass(ticks(600));
	CU_ASSERT_TRUE(taken(0));
	CU_ASSERT_EQUAL(pc_due(&world->vm), TOD_NEVER);
	world_pass(ticks(100));
	CU_ASSERT_EQUAL(latched(0x40), 65536 - 100); /* it counts on */
	CU_ASSERT_FALSE(taken(0));
	world_end();
}

static void rate(void)
{
	begin();
	outb(0x43, 0x34);
	outb(0x40, 0x10);
	outb(0x40, 0x27); /* 10000 */
	for (int n = 0; n < 5; n++) {
		world_pass(ticks(9999));
		CU_ASSERT_FALSE(taken(0));
		world_pass(ticks(2));
		CU_ASSERT_TRUE(taken(0));
		world_pass(pc_due(&world->vm) - world->now - ticks(10000));
	}
	/* Periods that were slept over are one interruption. */
	world_pass(ticks(45000));
	CU_ASSERT_TRUE(taken(0));
	CU_ASSERT_FALSE(taken(0));
	/* The next ones stand where they would have stood. */
	CU_ASSERT_TRUE(pc_due(&world->vm) - world->now <= ticks(10000));
	world_end();
}

static void square(void)
{
	begin();
	outb(0x61, 0x01); /* gate of counter 2 */
	outb(0x43, 0xb6);
	outb(0x42, 0x00);
	outb(0x42, 0x04); /* 1024 */
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0x20);
	world_pass(ticks(512));
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0);
	world_pass(ticks(512));
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0x20);
	world_pass(ticks(100));
	CU_ASSERT_EQUAL(latched(0x42), 1024 - 200); /* it counts by twos */
	world_end();
}

static void strobe(void)
{
	begin();
	outb(0x43, 0x38);
	outb(0x40, 100);
	outb(0x40, 0);
	world_pass(ticks(99));
	CU_ASSERT_FALSE(taken(0));
	world_pass(ticks(2));
	CU_ASSERT_TRUE(taken(0));
	world_pass(ticks(70000));
	CU_ASSERT_FALSE(taken(0)); /* once */
	world_end();
}

/* How a system measures its processor: gate down, mode 0, count, gate up, and look at bit 5. */
static void speaker(void)
{
	begin();
	outb(0x61, 0x00);
	outb(0x43, 0xb0);
	outb(0x42, 0x9c);
	outb(0x42, 0x2e); /* 11932: 10 ms */
	world_pass(ticks(20000));
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0); /* the gate is down: nothing counts */
	outb(0x61, 0x01);
	world_pass(9 * TOD_MILLISECOND);
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0);
	outb(0x61, 0x00);
	world_pass(50 * TOD_MILLISECOND);
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0);
	outb(0x61, 0x01);
	world_pass(TOD_MILLISECOND + ticks(2));
	CU_ASSERT_EQUAL(inb(0x61) & 0x20, 0x20);
	/* The refresh bit toggles every 18 counts. */
	world_pass(ticks(18));
	{
		uint8_t before = inb(0x61) & 0x10;

		world_pass(ticks(18));
		CU_ASSERT_NOT_EQUAL(inb(0x61) & 0x10, before);
	}
	world_end();
}

static void read_back(void)
{
	begin();
	outb(0x43, 0x34);
	outb(0x43, 0xe2);                 /* status of counter 0 */
	CU_ASSERT_EQUAL(inb(0x40), 0xf4); /* output high, no count yet, control */
	outb(0x40, 0x00);
	outb(0x40, 0x10);
	world_pass(ticks(0x10));
	outb(0x43, 0xc2); /* status and count */
	world_pass(ticks(0x100));
	CU_ASSERT_EQUAL(inb(0x40), 0xb4);
	CU_ASSERT_EQUAL(inb(0x40), 0xf0);
	CU_ASSERT_EQUAL(inb(0x40), 0x0f);
	/* Unlatched now: the running count, low then high. */
	CU_ASSERT_EQUAL(inb(0x40), 0xf0);
	CU_ASSERT_EQUAL(inb(0x40), 0x0e);
	/* A second latch before the first is read changes nothing. */
	outb(0x43, 0x00);
	world_pass(ticks(0x100));
	CU_ASSERT_EQUAL(latched(0x40), 0x0ef0);
	world_end();
}

static void decimal(void)
{
	begin();
	outb(0x43, 0x31); /* mode 0, BCD */
	outb(0x40, 0x00);
	outb(0x40, 0x10); /* 1000 */
	world_pass(ticks(1));
	CU_ASSERT_EQUAL(latched(0x40), 0x0999);
	world_pass(ticks(999));
	CU_ASSERT_TRUE(taken(0));
	outb(0x43, 0x35);
	outb(0x40, 0);
	outb(0x40, 0); /* 10000 */
	world_pass(ticks(9000));
	CU_ASSERT_EQUAL(latched(0x40), 0x1000);
	world_end();
}

/* A byte at a time, as the control word says. */
static void access_modes(void)
{
	begin();
	outb(0x43, 0x10);
	outb(0x40, 200);
	world_pass(ticks(50));
	CU_ASSERT_EQUAL(inb(0x40), 150);
	outb(0x43, 0x20);
	outb(0x40, 0x02);
	world_pass(ticks(1));
	CU_ASSERT_EQUAL(inb(0x40), 0x01);
	CU_ASSERT_EQUAL(inb(0x43), 0xff);
	world_end();
}

/* A guest that asks for a storm gets a breeze; one that masks the line is not woken for it. */
static void limits(void)
{
	begin();
	outb(0x43, 0x34);
	outb(0x40, 1);
	outb(0x40, 0);
	world_pass(ticks(5));
	CU_ASSERT_TRUE(taken(0));
	CU_ASSERT_TRUE(pc_due(&world->vm) - world->now >= ticks(95));
	outb(0x21, 0x01);
	CU_ASSERT_EQUAL(pc_due(&world->vm), TOD_NEVER);
	world_pass(ticks(1000));
	outb(0x21, 0x00);
	CU_ASSERT_TRUE(pic_pending(&world->vm) || pc_due(&world->vm) <= world->now);
	world_end();
}

/* ---- the clock ------------------------------------------------------------------------------ */

static uint8_t cmos(uint8_t index)
{
	outb(0x70, index);
	return inb(0x71);
}

static void cmos_set(uint8_t index, uint8_t value)
{
	outb(0x70, index);
	outb(0x71, value);
}

/* 1795000000 seconds from 1970: 2026-11-18 11:06:40, a Wednesday. */
static void time_of_day(void)
{
	begin();
	CU_ASSERT_EQUAL(cmos(0), 0x40);
	CU_ASSERT_EQUAL(cmos(2), 0x06);
	CU_ASSERT_EQUAL(cmos(4), 0x11);
	CU_ASSERT_EQUAL(cmos(6), 4);
	CU_ASSERT_EQUAL(cmos(7), 0x18);
	CU_ASSERT_EQUAL(cmos(8), 0x11);
	CU_ASSERT_EQUAL(cmos(9), 0x26);
	CU_ASSERT_EQUAL(cmos(0x32), 0x20);
	CU_ASSERT_EQUAL(cmos(13), 0x80);
	CU_ASSERT_EQUAL(cmos(10), 0x26);
	cmos_set(11, 0x04); /* binary, 12 hours */
	world_pass(2 * 3600 * TOD_SECOND);
	CU_ASSERT_EQUAL(cmos(4), 0x81); /* one in the afternoon */
	CU_ASSERT_EQUAL(cmos(0), 40);
	world_pass(999 * TOD_MILLISECOND);
	CU_ASSERT_EQUAL(cmos(10), 0xa6); /* about to change */
	world_end();
}

static void time_set(void)
{
	begin();
	cmos_set(11, 0x82);
	cmos_set(0, 0x58);
	cmos_set(2, 0x59);
	cmos_set(4, 0x23);
	cmos_set(7, 0x28);
	cmos_set(8, 0x02);
	cmos_set(9, 0x00);
	world_pass(10 * TOD_SECOND);
	CU_ASSERT_EQUAL(cmos(0), 0x58); /* SET stops it */
	cmos_set(11, 0x02);
	world_pass(2 * TOD_SECOND);
	CU_ASSERT_EQUAL(cmos(0), 0);
	CU_ASSERT_EQUAL(cmos(4), 0);
	CU_ASSERT_EQUAL(cmos(7), 0x29); /* 2000 was a leap year */
	/* Nonsense is made sense of, not believed. */
	cmos_set(8, 0xff);
	cmos_set(7, 0xff);
	cmos_set(0x32, 0xff);
	CU_ASSERT_TRUE(cmos(8) != 0xff);
	world_end();
}

static void clock_interruptions(void)
{
	begin();
	CU_ASSERT_EQUAL(pc_due(&world->vm) == TOD_NEVER, false); /* the timer's tick */
	outb(0x21, 0x01);
	CU_ASSERT_EQUAL(pc_due(&world->vm), TOD_NEVER);
	cmos_set(11, 0x12); /* updates */
	world_pass(TOD_SECOND);
	CU_ASSERT_TRUE(taken(8));
	world_pass(TOD_SECOND);
	CU_ASSERT_FALSE(taken(8)); /* not before register C was read */
	CU_ASSERT_EQUAL(cmos(12), 0x90);
	CU_ASSERT_EQUAL(cmos(12), 0);
	/* An alarm, at 11:06:45. */
	cmos_set(1, 0x45);
	cmos_set(3, 0x06);
	cmos_set(5, 0xff);
	cmos_set(11, 0x22);
	for (int n = 0; n < 3; n++) {
		CU_ASSERT_FALSE(taken(8));
		world_pass(TOD_SECOND);
	}
	CU_ASSERT_TRUE(taken(8));
	CU_ASSERT_EQUAL(cmos(12) & 0xa0, 0xa0);
	/* Another minute's is none, and another hour's. */
	cmos_set(1, 0xff);
	cmos_set(3, 0x07);
	world_pass(2 * TOD_SECOND);
	CU_ASSERT_FALSE(taken(8));
	cmos_set(3, 0xff);
	cmos_set(5, 0x12);
	world_pass(2 * TOD_SECOND);
	CU_ASSERT_FALSE(taken(8));
	cmos(12);
	/* Periodic, 1024 a second. */
	cmos_set(11, 0x42);
	CU_ASSERT_EQUAL(pc_due(&world->vm) - world->now, TOD_SECOND / 1024);
	world_pass(TOD_SECOND / 1024);
	CU_ASSERT_TRUE(taken(8));
	CU_ASSERT_EQUAL(cmos(12) & 0xc0, 0xc0);
	cmos_set(11, 0x02);
	CU_ASSERT_EQUAL(pc_due(&world->vm), TOD_NEVER);
	world_end();
}

static void storage_size(void)
{
	begin();
	CU_ASSERT_EQUAL(cmos(0x15) | cmos(0x16) << 8, 640);
	CU_ASSERT_EQUAL(cmos(0x34) | cmos(0x35) << 8, (WORLD_STORAGE - (16 << 20)) >> 16);
	cmos_set(0x40, 0x5a);
	CU_ASSERT_EQUAL(cmos(0xc0), 0x5a); /* the index has seven bits */
	world_end();
}

/* Only what can move a timer makes CP ask for it again before the guest runs on. */
static void asked_again(void)
{
	static const struct {
		uint16_t port;
		uint8_t value;
		bool again;
	} tries[] = {
		{0x43, 0x34, true},  {0x40, 0x00, true},  {0x40, 0x10, true},  {0x21, 0xfe, true},
		{0x20, 0x20, false}, {0x20, 0x0b, false}, {0x70, 0x0b, false}, {0x71, 0x42, true},
		{0x3f8, 'A', false}, {0x80, 0, false},
	};

	world_begin();
	for (unsigned n = 0; n < ARRAY_SIZE(tries); n++) {
		world->vcpu.arch.stale = 0;
		outb(tries[n].port, tries[n].value);
		CU_ASSERT_EQUAL(world->vcpu.arch.stale & STALE_TIMER, tries[n].again ? STALE_TIMER : 0);
	}
	world_end();
}

void suite_timer(void)
{
	CU_pSuite s = CU_add_suite("8254 and clock", NULL, NULL);

	CU_add_test(s, "mode 0", terminal_count);
	CU_add_test(s, "mode 2", rate);
	CU_add_test(s, "mode 3", square);
	CU_add_test(s, "mode 4", strobe);
	CU_add_test(s, "port 61", speaker);
	CU_add_test(s, "latch and read-back", read_back);
	CU_add_test(s, "BCD", decimal);
	CU_add_test(s, "access modes", access_modes);
	CU_add_test(s, "limits", limits);
	CU_add_test(s, "time of day", time_of_day);
	CU_add_test(s, "setting the clock", time_set);
	CU_add_test(s, "alarm, periodic, update", clock_interruptions);
	CU_add_test(s, "size of storage", storage_size);
	CU_add_test(s, "who moves a timer", asked_again);
}
