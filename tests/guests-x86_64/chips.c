/*
 * The chips: interruption controllers (requests, priorities, rotation, ends, poll, special mask), the timer's modes, the clock's
 * registers, and that time only goes on. What the data sheets say is judged; all of it is compared with the bare machine.
 * Before it: window.c. After it: ends.c. Source: Intel 8259A and 8254 data sheets, Motorola MC146818.
 */
#include "runtime/guest.h"

#define SERIAL_ENABLE   0x3f9
#define SERIAL_CONTROL  0x3fc
#define SERIAL_IDENTIFY 0x3fa
#define SERIAL_STATUS   0x3fd
#define LINE_TIMER      0
#define LINE_SERIAL     4
#define MASTER          0x20
#define READ_REQUESTS   0x0a
#define READ_SERVICE    0x0b
#define POLL            0x0c
#define END             0x20
#define END_ROTATE      0xa0
#define END_OF          0x60 /* that line */
#define LOWEST_IS       0xc0 /* that line */
#define TRIES           3

static struct trial t;

/* A point: a value that must be as it is bare, and what the data sheet says of it. */
static void show(const char *name, unsigned value, unsigned expected)
{
	trying(name);
	print("%s: done, %02X\n", name, value);
	expect("what the data sheet says", value == expected);
	if (value != expected)
		print("  %02X, and not %02X\n", value, expected);
}

/* ---- the interruption controllers ---- */

static uint8_t pic_read(uint8_t command)
{
	out8(MASTER, command);
	return in8(MASTER);
}

/* Requests of both lines, which stay: the timer's from the end of its count, the port's as long as it is not asked why. */
static void request(bool timer, bool serial)
{
	while ((in8(SERIAL_STATUS) & 0x60) != 0x60)
		;
	out8(SERIAL_CONTROL, 0x08);
	out8(SERIAL_ENABLE, 0);
	if (serial)
		out8(SERIAL_ENABLE, 2);
	if (!timer)
		return;
	out8(0x43, 0x30);
	out8(0x40, 50);
	out8(0x40, 0);
	while (!(pic_read(READ_REQUESTS) & 1))
		;
}

static void request_end(void)
{
	in8(SERIAL_IDENTIFY);
	out8(SERIAL_ENABLE, 0);
}

static unsigned taken(void)
{
	t = (struct trial){.rflags = FLAGS_IF | 2, .cs = CODE_KERNEL, .ss = DATA_KERNEL};
	t.rip = (uint64_t)CODE("nop\n nop");
	trial_run(&t);
	return (unsigned)t.vector;
}

static void pic_priorities(void)
{
	unsigned first, second, requests, service, rest;

	pic_set(1 << LINE_TIMER | 1 << LINE_SERIAL);
	request(true, true);
	requests = pic_read(READ_REQUESTS);
	first = taken();
	service = pic_read(READ_SERVICE);
	rest = taken();
	out8(MASTER, END);
	second = taken();
	out8(MASTER, END_OF + LINE_SERIAL);
	request_end();
	show("requests of two lines", requests, 0x11);
	show("the timer comes first", first, VECTOR_IRQ);
	show("it is in service", service, 1);
	show("it holds the other one off", rest, VECTOR_DONE);
	show("which comes after its end", second, VECTOR_IRQ + LINE_SERIAL);
	show("none is in service", pic_read(READ_SERVICE), 0);
}

static void pic_rotation(void)
{
	unsigned first, second, third;

	pic_set(1 << LINE_TIMER | 1 << LINE_SERIAL);
	out8(MASTER, LOWEST_IS + 3);
	request(true, true);
	first = taken();
	out8(MASTER, END_ROTATE); /* the port's line is the lowest now */
	request_end();
	request(false, true);
	second = taken();
	out8(MASTER, END);
	third = taken();
	out8(MASTER, END);
	request_end();
	show("line 3 lowest: the port comes first", first, VECTOR_IRQ + LINE_SERIAL);
	show("its end made it the lowest", second, VECTOR_IRQ);
	show("then it again", third, VECTOR_IRQ + LINE_SERIAL);
}

static void pic_others(void)
{
	unsigned polled, again, before, after, gone;

	pic_set(1 << LINE_TIMER | 1 << LINE_SERIAL);
	request(false, true);
	polled = pic_read(POLL);
	again = pic_read(POLL);
	out8(MASTER, END);
	request_end();
	show("a poll takes the request", polled, 0x80 | LINE_SERIAL);
	show("and there is no other", again & 0x80, 0);
	request(true, true);
	taken();
	out8(MASTER + 1, 0xff & ~(1 << LINE_SERIAL)); /* the one in service is masked */
	before = taken();
	out8(MASTER, 0x68);
	after = taken();
	out8(MASTER, 0x48);
	request_end();
	show("a masked one in service holds off", before, VECTOR_DONE);
	show("but not in special mask mode", after, VECTOR_IRQ + LINE_SERIAL);
	pic_set(1 << LINE_SERIAL);
	request(false, true);
	request_end();
	gone = taken();
	show("a request that went away", gone, VECTOR_DONE);
	show("masks can be read", in8(MASTER + 1), 0xef);
	pic_set(0);
}

/* ---- the timer: channel 2, whose gate and output are at port 61 ---- */

static void gate_set(unsigned on)
{
	out8(0x61, on);
}

static unsigned output(void)
{
	return in8(0x61) >> 5 & 1;
}

static unsigned status_read(void)
{
	out8(0x43, 0xe8);
	return in8(0x42);
}

static void delay(void)
{
	uint64_t until = tsc() + 2000000;

	while (tsc() < until)
		;
}

static void timer_load(unsigned control, unsigned count)
{
	out8(0x43, (uint8_t)(0xb0 | control));
	out8(0x42, (uint8_t)count);
	out8(0x42, (uint8_t)(count >> 8));
	delay();
}

static unsigned count_read(void)
{
	unsigned low;

	out8(0x43, 0x80);
	low = in8(0x42);
	return low | (unsigned)in8(0x42) << 8;
}

/* The status, output and all. A guest that was stopped meanwhile finds the count at its end, and looks once more. */
static unsigned timer_begun(unsigned mode, unsigned mask, unsigned expected)
{
	unsigned status = expected + 1;

	for (unsigned n = 0; n < TRIES && status != expected; n++) {
		timer_load(mode << 1, 0xffff);
		status = status_read() & mask;
	}
	return status;
}

/* The same for how far it has come. */
static bool counts_down(void)
{
	bool down = false;

	for (unsigned n = 0; n < TRIES && !down; n++) {
		unsigned first;

		timer_load(4, 0xffff);
		first = count_read();
		delay();
		down = count_read() < first;
	}
	return down;
}

static void timer_modes(void)
{
	static const char *const names[] = {"mode 0, gate on", "mode 1, gate on", "mode 2, gate on",
					    "mode 3, gate on", "mode 4, gate on", "mode 5, gate on"};
	static const char *const closed[] = {"mode 0, gate off", "mode 1, gate off", "mode 2, gate off",
					     "mode 3, gate off", "mode 4, gate off", "mode 5, gate off"};

	for (unsigned mode = 0; mode < 6; mode++) {
		bool loaded = mode != 1 && mode != 5; /* they wait for the gate to rise */
		unsigned expected = 0x30 | mode << 1 | (mode ? 0x80 : 0);

		gate_set(0);
		show(closed[mode], timer_begun(mode, 0xbf, expected), expected);
		gate_set(1);
		show(names[mode], timer_begun(mode, loaded ? 0xff : 0xbf, expected), expected);
	}
}

static void timer_ends(void)
{
	unsigned first, second;

	gate_set(1);
	timer_load(0, 20);
	show("mode 0 has counted: its output is high", output(), 1);
	gate_set(0);
	timer_load(2, 20);
	gate_set(1);
	delay();
	show("mode 1 has counted after the gate rose", output(), 1);
	timer_load(8, 20);
	show("mode 4 has strobed", output(), 1);
	gate_set(0);
	timer_load(0, 0x4000);
	first = count_read();
	delay();
	second = count_read();
	show("a closed gate holds mode 0's count", first == second, 1);
	gate_set(1);
	show("mode 2 counts down", counts_down(), 1);
	out8(0x43, 0x90); /* the low byte only */
	out8(0x42, 0x55);
	delay();
	show("access to the low byte", status_read() & 0x3f, 0x10);
	gate_set(0);
	timer_load(1, 0x9999); /* decimal */
	show("decimal", status_read() & 0x3f, 0x31);
}

/* ---- the clock ---- */

static uint8_t cmos(uint8_t n)
{
	out8(0x70, n);
	return in8(0x71);
}

static void cmos_set(uint8_t n, uint8_t value)
{
	out8(0x70, n);
	out8(0x71, value);
}

static void clock(void)
{
	uint8_t before = cmos(11);

	show("register A, but for the update in progress", cmos(10) & 0x7f, 0x26);
	show("register B", before, 2);
	show("register D: the battery is good", cmos(13), 0x80);
	cmos_set(11, 6);
	show("register B, binary", cmos(11), 6);
	show("the month is binary", cmos(8) <= 12, 1);
	cmos_set(11, 2 | 0x80);
	cmos_set(4, 0x23);
	show("hours are kept while the clock is set", cmos(4), 0x23);
	cmos_set(11, before);
	cmos_set(0x50, 0xa5);
	show("a byte of storage", cmos(0x50), 0xa5);
	cmos_set(1, 0x59);
	show("the alarm's seconds", cmos(1), 0x59);
	show("register C, asked twice", (cmos(12), cmos(12)), 0);
}

/* Across CP as well as without it. */
static void time(void)
{
	uint64_t last = tsc(), now;
	unsigned back = 0, a, d, c;

	for (unsigned n = 0; n < 5000; n++) {
		if (n % 3 == 0)
			cpuid(0, 0);
		if (n % 7 == 0)
			in8(0x61);
		now = tsc();
		back += now <= last;
		last = now;
		__asm__ volatile("rdtscp" : "=a"(a), "=d"(d), "=c"(c));
		now = (uint64_t)d << 32 | a;
		back += now <= last;
		last = now;
	}
	show("the time-stamp counter never stands or goes back", back, 0);
}

int main(void)
{
	pic_priorities();
	pic_rotation();
	pic_others();
	timer_modes();
	timer_ends();
	clock();
	time();
	return failures;
}
